"""What `make share` asks, says and shows before the server starts."""

import re
import socket
from collections.abc import Callable

import numpy as np
import pytest

from club import config
from club.cli import main
from club.sharing import SETTINGS, Passphrases, load_passphrases, qr_terminal

MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"


@pytest.fixture
def port() -> int:
    """A port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def share(tmp_path, port, monkeypatch) -> Callable[..., int]:
    """Run the command; returns its status."""
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    return lambda *arguments: main(["share", "--port", str(port), *arguments])


def test_share_shows_a_new_passphrase_once_and_the_address(
    share, port, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setattr("club.sharing.home_address", lambda port: f"http://192.0.2.7:{port}")
    assert share() == 0
    told = capsys.readouterr().out
    made = re.search(r"shown only this once: (.*)", told)[1]
    assert f"http://192.0.2.7:{port}" in told
    assert "▀" in told
    assert load_passphrases(tmp_path).member.matches(made)
    assert share() == 0
    again = capsys.readouterr().out
    assert "from before" in again
    assert made not in again
    assert share("--new") == 0
    assert made not in capsys.readouterr().out
    assert not load_passphrases(tmp_path).member.matches(made)


def test_damaged_settings_name_the_command_that_replaces_them(share, tmp_path, capsys) -> None:
    (tmp_path / SETTINGS).write_text("{")
    assert share() == 2
    assert "make share NEW=--new" in capsys.readouterr().err
    assert share("--new") == 0
    assert isinstance(load_passphrases(tmp_path), Passphrases)


def typed(monkeypatch, *answers: str) -> None:
    given_ = iter(answers)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(given_))


def test_share_takes_typed_passphrases(share, tmp_path, monkeypatch, capsys) -> None:
    typed(monkeypatch, MEMBER, MEMBER, HOST, HOST)
    assert share() == 0
    assert MEMBER not in capsys.readouterr().out
    known = load_passphrases(tmp_path)
    assert known.member.matches(MEMBER)
    assert known.host.matches(HOST)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((MEMBER, HOST), "not the same"),
        ((MEMBER, MEMBER, MEMBER.title(), MEMBER.title()), "of their own"),
        (("short", "short", ""), "12 to 200"),
    ],
)
def test_refused_passphrases_change_nothing(share, monkeypatch, capsys, answers, told) -> None:
    typed(monkeypatch, *answers)
    assert share() == 2
    assert told in capsys.readouterr().err
    assert load_passphrases(config.folder()) is None


def test_used_port_gets_no_passphrase(share, port, tmp_path, capsys) -> None:
    with socket.create_server(("127.0.0.1", port)):
        assert share() == 2
    assert f"Port {port} cannot be used" in capsys.readouterr().err
    assert share("--port", "99999") == 2
    assert list(tmp_path.iterdir()) == []


def test_scanner_reads_the_address_in_a_terminal() -> None:
    scanner = pytest.importorskip("zxingcpp", reason="zxing-cpp reads QR codes")
    rows: list[list[bool]] = []
    for line in qr_terminal("http://192.168.178.123:8501").split("\n"):
        # The colours are named, so that a light terminal shows the same.
        blocks = re.fullmatch(r"\x1b\[38;5;231;48;5;16m(.*)\x1b\[0m", line)[1]
        rows += [[block in "█▀" for block in blocks], [block in "█▄" for block in blocks]]
    picture = np.kron(np.array(rows, np.uint8) * 255, np.ones((8, 8), np.uint8))
    found = scanner.read_barcodes(picture, try_invert=False)  # as many phones do
    assert [code.text for code in found] == ["http://192.168.178.123:8501"]
