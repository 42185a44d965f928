"""Passphrases, their settings file, throttled attempts, sessions, and the command."""

import logging
import math
import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from club import config, sharing
from club.cli import main
from club.errors import InvalidInput, StoreUnavailable
from club.sharing import (
    EVENING,
    LONGEST_FOR_ALL,
    LONGEST_WAIT,
    MAX_CLIENTS,
    SETTINGS,
    Passphrases,
    Sessions,
    Throttle,
    hash_passphrase,
    load_passphrases,
    network,
    qr_terminal,
    save_passphrases,
)

MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"
CHEAP = 2**14


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def passphrases() -> Passphrases:
    return Passphrases(hash_passphrase(MEMBER, CHEAP), hash_passphrase(HOST, CHEAP))


@pytest.fixture
def sessions_of_members(passphrases: Passphrases, tmp_path: Path, clock: Clock) -> Sessions:
    """Half as slow: an attempt is compared with one passphrase."""
    save_passphrases(Passphrases(passphrases.member), tmp_path)
    return Sessions(tmp_path, clock)


@pytest.fixture
def sessions(passphrases: Passphrases, tmp_path: Path, clock: Clock) -> Sessions:
    save_passphrases(passphrases, tmp_path)
    return Sessions(tmp_path, clock)


def refusal(sessions: Sessions, passphrase: str) -> str:
    with pytest.raises(InvalidInput) as refused:
        sessions.sign_in(passphrase, "10.0.0.7")
    return str(refused.value)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [(f" {MEMBER.upper()} ", True), (f"{MEMBER}\0", True), (f"{MEMBER}\0s", False), ("", False)],
)
def test_hash_matches_the_passphrase_only(passphrases, typed, expected) -> None:
    assert passphrases.member.matches(typed) is expected


@pytest.mark.parametrize("bad", ["", "short one", " " * 40, "x" * 201])
def test_hash_refuses_a_passphrase_that_is_too_short_or_long(bad) -> None:
    with pytest.raises(InvalidInput, match="12 to 200 characters"):
        hash_passphrase(bad)


def test_generated_passphrase_has_sixty_bits() -> None:
    words = sharing.generate_passphrase().split()
    assert set(words) <= set(sharing.WORDS)
    assert len(words) * math.log2(len(set(sharing.WORDS))) >= 60
    assert words != sharing.generate_passphrase().split()


def test_settings_file_is_private_and_holds_no_passphrase(passphrases, tmp_path) -> None:
    assert load_passphrases(tmp_path) is None
    assert "not the passphrase" in refusal(Sessions(tmp_path), "")
    save_passphrases(passphrases, tmp_path)
    (file,) = tmp_path.iterdir()
    assert file.name == "sharing.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not set(re.findall(r"\w+", file.read_text("utf-8"))) & set(f"{MEMBER} {HOST}".split())
    assert load_passphrases(tmp_path) == passphrases


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "{",
        lambda _: "[" * 100_000,
        lambda text: text.replace('"member"', '"members"'),
        lambda text: text.replace(str(CHEAP), str(2**30)),
        lambda text: re.sub('"salt": "[0-9a-f]*"', '"salt": "00"', text),
    ],
)
def test_damaged_settings_let_nobody_in_and_name_the_command(sessions, tmp_path, change) -> None:
    session, file = sessions.sign_in(MEMBER, "10.0.0.7"), tmp_path / SETTINGS
    file.write_text(change(file.read_text()))
    with pytest.raises(StoreUnavailable, match="make share NEW=--new"):
        sessions.sign_in(MEMBER, "10.0.0.7")
    with pytest.raises(StoreUnavailable):
        session.current_role()


def test_each_passphrase_gives_its_role_until_the_session_ends(sessions) -> None:
    member = sessions.sign_in(MEMBER, "10.0.0.7")
    host = sessions.sign_in(f" {HOST.title()} ", "10.0.0.8")
    assert (member.current_role(), host.current_role()) == ("member", "host")
    assert member.key != host.key
    sessions.end(host.key)
    assert (sessions.get(member.key), sessions.get(host.key)) == (member, None)
    assert sessions.get("another") is None
    assert sessions.get("") is None  # the machine's is no browser's


def test_session_expires_after_an_evening(sessions, clock) -> None:
    session = sessions.sign_in(MEMBER, "10.0.0.7")
    clock.now += EVENING - 1
    assert sessions.get(session.key) is session
    clock.now += 1
    assert sessions.get(session.key) is None


def test_new_passphrase_ends_the_sessions_of_the_old_one(sessions, passphrases, tmp_path) -> None:
    member, host = (sessions.sign_in(typed, "10.0.0.7") for typed in (MEMBER, HOST))
    save_passphrases(Passphrases(hash_passphrase(MEMBER, CHEAP), passphrases.host), tmp_path)
    assert (member.current_role(), host.current_role()) == (None, "host")


def test_fourth_attempt_waits_and_is_not_checked(sessions_of_members, clock) -> None:
    sessions = sessions_of_members
    told = [refusal(sessions, "wrong") for _ in range(sharing.FREE_ATTEMPTS)]
    assert told[0] == told[1] == "That is not the passphrase."
    assert told[2] == f"{told[0]} The next try counts in 5 seconds."
    clock.now += 4.5
    assert refusal(sessions, MEMBER).endswith("Try again in 1 second.")
    assert sessions.sign_in(MEMBER, "10.0.0.8")  # a friend elsewhere
    clock.now += 0.5
    assert "in 10 seconds" in refusal(sessions, "wrong")
    clock.now += 10.0
    assert sessions.sign_in(MEMBER, "10.0.0.7")


def test_right_passphrase_resets_no_waiting_time(sessions_of_members) -> None:
    sessions = sessions_of_members
    for _ in range(sharing.FREE_ATTEMPTS):
        sessions.sign_in(MEMBER, "10.0.0.7")
        refusal(sessions, "wrong")
    assert "Try again in" in refusal(sessions, MEMBER)


@pytest.mark.parametrize("typed", ["x" * 1_000_000, "\ufdfa" * 100_000, "\0" * 30, "\ud800"])
def test_odd_passphrase_is_wrong(sessions, typed) -> None:
    assert "not the passphrase" in refusal(sessions, typed)


def test_log_tells_sign_ins_and_no_secret(sessions, passphrases, caplog) -> None:
    caplog.set_level(logging.INFO, "club")
    signed_in = [sessions.sign_in(typed, "10.0.0.7") for typed in (MEMBER, HOST)]
    key = signed_in[0].key
    told = refusal(sessions, "nope")
    sessions.end(key)
    shown = f"{sessions!r} {passphrases!r} {signed_in!r} {told} {caplog.text}"
    for secret in (*MEMBER.split(), *HOST.split(), "nope", key, passphrases.member.digest.hex()):
        assert secret not in shown
    assert [record.getMessage() for record in caplog.records] == [
        "Signed in as a member, with a passphrase",
        "Signed in as a host, with a passphrase",
        "A wrong passphrase",
        "Signed out",
    ]


@given(some.lists(some.tuples(some.sampled_from("abc"), some.floats(0, 1000)), max_size=200))
def test_waits_stay_within_bounds_and_are_forgotten(attempts) -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for client, pause in attempts:
        clock.now += pause
        if not throttle.wait(client):
            throttle.failed(client)
        assert 0 <= throttle.wait(client) <= LONGEST_WAIT
        assert throttle.wait("another") <= LONGEST_FOR_ALL
    clock.now += sharing.FORGET_AFTER
    assert [throttle.wait(client) for client in "abc"] == [0, 0, 0]


def test_from_many_addresses_one_attempt_in_five_seconds_is_checked() -> None:
    clock = Clock()
    throttle, checked = Throttle(clock), 0
    for number in range(3 * MAX_CLIENTS):
        client = f"10.1.{number // 256}.{number % 256}"
        if not throttle.wait(client):
            throttle.failed(client)
            checked += 1
        clock.now += 0.5
    assert checked <= 20 + 3 * MAX_CLIENTS * 0.5 / 5 + 1
    assert throttle.wait("192.168.0.2") <= LONGEST_FOR_ALL


def test_network_of_an_address() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") != network("2001:db8::1")
    assert network("::ffff:10.0.0.7") == network("10.0.0.7") == "10.0.0.7"
    assert network("here") == "here"


# The command: what it asks, says and shows before the server starts


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
