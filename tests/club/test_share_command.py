"""What `make share` asks, says and shows before the server starts."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

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
def share(tmp_path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run the command; returns its status."""
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    return lambda *arguments: main(["share", "--port", str(port), *arguments])


def test_share_generates_a_passphrase_once_and_shows_the_address(
    share: Callable[..., int],
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
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


def test_damaged_settings_are_named_with_the_command_that_replaces_them(
    share: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / SETTINGS).write_text("{")
    assert share() == 2
    assert "make share NEW=--new" in capsys.readouterr().err
    assert share("--new") == 0
    assert isinstance(load_passphrases(tmp_path), Passphrases)


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    given_ = iter(answers)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(given_))


def test_share_takes_typed_passphrases(
    share: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
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
def test_refused_passphrases_change_nothing(  # noqa: PLR0917
    share: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answers: tuple[str, ...],
    told: str,
) -> None:
    typed(monkeypatch, *answers)
    assert share() == 2
    assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_used_port_gets_no_passphrase(
    share: Callable[..., int], port: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", port)):
        assert share() == 2
    assert f"Port {port} cannot be used" in capsys.readouterr().err
    assert share("--port", "99999") == 2
    assert list(tmp_path.iterdir()) == []


def pixels(code: str, *, light: bool) -> np.ndarray:
    """What a terminal shows of a QR code in half blocks, one pixel a module, uint8.

    Args:
        light: the terminal writes black on white, where nobody names the colours.
    """
    rows = []
    for line in code.split("\n"):
        named = re.fullmatch(r"\x1b\[38;5;231;48;5;16m(.*)\x1b\[0m", line)
        blocks = named[1] if named else line
        ink = [[block in "█▀" for block in blocks], [block in "█▄" for block in blocks]]
        rows += [np.array(row) ^ (light and not named) for row in ink]
    return np.array(rows, dtype=np.uint8) * 255


@pytest.mark.parametrize("light", [False, True])
def test_scanner_reads_the_address_in_a_terminal(light: bool) -> None:
    scanner = pytest.importorskip("zxingcpp", reason="zxing-cpp reads QR codes")
    shown = qr_terminal("http://192.168.178.123:8501")
    picture = np.kron(pixels(shown, light=light), np.ones((8, 8), np.uint8))
    found = scanner.read_barcodes(picture, try_invert=False)  # as many phones do
    assert [code.text for code in found] == ["http://192.168.178.123:8501"]
