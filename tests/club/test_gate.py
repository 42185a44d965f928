"""Passphrases, guesses that are slowed down, and passes."""

from __future__ import annotations

import json
import logging
import math
import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from club import home_network, passphrase
from club.__main__ import main
from club.errors import InvalidInput, StoreUnavailable
from club.gate import (
    CLIENTS,
    FREE,
    LONGEST,
    LONGEST_OF_ALL,
    QUIET,
    STAY,
    Gate,
    Role,
    SlowDown,
    network,
)
from club.passphrase import Locks, hashed

MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"
CHEAP = 2**14
WORDS = some.text("abcdefgé ß-", min_size=14, max_size=60).filter(
    lambda text: len(passphrase.spoken(text)) >= passphrase.SHORTEST
)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def locks() -> Locks:
    return Locks(hashed(MEMBER, CHEAP), hashed(HOST, CHEAP))


@pytest.fixture
def gate(locks: Locks, tmp_path: Path, clock: Clock) -> Gate:
    passphrase.save(locks, tmp_path)
    return Gate(tmp_path, clock)


@settings(max_examples=12, deadline=None)
@example(MEMBER, f"{MEMBER}\0")
@example(MEMBER, f"{MEMBER}\0s")
@given(WORDS, some.text(max_size=60))
def test_a_passphrase_matches_itself_and_nothing_else(text: str, other: str) -> None:
    lock = hashed(text, CHEAP)
    assert lock.matches(f" {text.upper()} ")
    assert lock.matches(other) == (passphrase.spoken(other) == passphrase.spoken(text))


@given(some.text(max_size=60))
def test_how_a_passphrase_is_typed_does_not_matter(text: str) -> None:
    said = passphrase.spoken(text)
    assert passphrase.spoken(said) == said
    assert passphrase.spoken(f"  {text}\n") == said


def test_the_same_passphrase_is_kept_differently_every_time() -> None:
    one, other = hashed(MEMBER, CHEAP), hashed(MEMBER, CHEAP)
    assert one.salt != other.salt
    assert one.digest != other.digest
    assert hashed(MEMBER).cost >= 2**14


def test_a_passphrase_made_here_has_sixty_bits() -> None:
    made = passphrase.make().split()
    assert len(set(passphrase.WORDS)) == len(passphrase.WORDS)
    assert len(made) * math.log2(len(passphrase.WORDS)) >= 60
    assert set(made) <= set(passphrase.WORDS)
    assert len({passphrase.make() for _ in range(50)}) == 50


@pytest.mark.parametrize("bad", ["", "short one", " " * 40, "x" * 201])
def test_a_passphrase_that_is_too_short_or_long_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInput, match="12 to 200 characters"):
        hashed(bad)


def test_the_file_is_its_owners_only_and_tells_no_passphrase(gate: Gate, tmp_path: Path) -> None:
    (file,) = tmp_path.iterdir()
    assert file.name == "sharing.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not set(re.findall(r"\w+", file.read_text("utf-8"))) & set(f"{MEMBER} {HOST}".split())


def test_what_was_saved_is_read_again(locks: Locks, tmp_path: Path) -> None:
    assert passphrase.load(tmp_path) is None
    passphrase.save(locks, tmp_path)
    assert passphrase.load(tmp_path) == locks
    passphrase.save(Locks(locks.host), tmp_path)
    assert passphrase.load(tmp_path) == Locks(locks.host)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"member": null, "host": null}',
        '{"member": {"salt": "00"}}',
    ],
)
def test_a_damaged_file_lets_nobody_in(gate: Gate, tmp_path: Path, content: str) -> None:
    assert gate.enter("browser", "10.0.0.7", MEMBER).role == "member"
    (tmp_path / passphrase.FILE).write_text(content)
    with pytest.raises(StoreUnavailable):
        gate.enter("browser", "10.0.0.7", MEMBER)
    with pytest.raises(StoreUnavailable):
        gate.role("browser")


@pytest.mark.parametrize("changed", [{"n": 2}, {"n": 2**30}, {"salt": "00"}, {"scrypt": ""}])
def test_a_file_with_a_weaker_or_absurd_hash_is_refused(
    gate: Gate, tmp_path: Path, changed: dict[str, object]
) -> None:
    file = tmp_path / passphrase.FILE
    content = json.loads(file.read_text())
    file.write_text(json.dumps(content | {"member": content["member"] | changed}))
    with pytest.raises(StoreUnavailable, match="set a new passphrase"):
        gate.is_set()


def test_without_a_passphrase_nobody_comes_in(tmp_path: Path, clock: Clock) -> None:
    gate = Gate(tmp_path, clock)
    assert not gate.is_set()
    assert gate.enter("browser", "10.0.0.7", "").role is None
    assert gate.role("browser") is None


def test_each_passphrase_gives_its_role_to_that_browser_only(gate: Gate) -> None:
    assert gate.enter("one", "10.0.0.7", MEMBER).role == "member"
    assert gate.enter("two", "10.0.0.8", HOST).role == "host"
    assert (gate.role("one"), gate.role("two"), gate.role("three")) == ("member", "host", None)
    gate.leave("two")
    assert (gate.role("one"), gate.role("two")) == ("member", None)


def test_a_pass_ends_after_an_evening(gate: Gate, clock: Clock) -> None:
    gate.enter("browser", "10.0.0.7", MEMBER)
    clock.now += STAY - 1
    assert gate.role("browser") == "member"
    clock.now += 1
    assert gate.role("browser") is None


def test_a_new_passphrase_sends_everybody_out(gate: Gate, locks: Locks, tmp_path: Path) -> None:
    gate.enter("member", "10.0.0.7", MEMBER)
    gate.enter("host", "10.0.0.7", HOST)
    passphrase.save(Locks(hashed(MEMBER, CHEAP), locks.host), tmp_path)
    assert (gate.role("member"), gate.role("host")) == (None, "host")


def test_the_fourth_guess_must_wait_and_is_not_even_looked_at(gate: Gate, clock: Clock) -> None:
    waits = [gate.enter("browser", "10.0.0.7", "wrong").wait for _ in range(FREE)]
    assert waits == [0.0, 0.0, 5.0]
    clock.now += 4.5
    early = gate.enter("browser", "10.0.0.7", MEMBER)
    assert (early.role, early.heard, early.wait) == (None, False, 0.5)
    assert gate.enter("browser", "10.0.0.8", MEMBER).role == "member"  # a friend elsewhere
    clock.now += 0.5
    assert gate.enter("other", "10.0.0.7", "wrong").wait == 10.0
    clock.now += 10.0
    assert gate.enter("other", "10.0.0.7", MEMBER).role == "member"


def test_a_member_cannot_guess_at_the_hosts_passphrase_for_ever(gate: Gate) -> None:
    for _ in range(FREE):
        gate.enter("browser", "10.0.0.7", "wrong")
        last = gate.enter("browser", "10.0.0.7", MEMBER)
    assert not last.heard


def test_who_is_known_otherwise_is_asked_for_every_time_and_leaves_for_good(gate: Gate) -> None:
    now: list[Role | None] = ["host"]
    gate.admit("login", lambda: now[0])
    assert gate.role("login") == "host"
    now[0] = None  # on no list any more
    assert gate.role("login") is None
    now[0] = "member"
    gate.leave("login")
    gate.admit("login", lambda: now[0])  # by another tab that has not noticed
    assert gate.role("login") is None
    assert gate.has_left("login")
    assert not gate.has_left("another login")
    assert gate.enter("login", "10.0.0.7", MEMBER).role == "member"  # a passphrase does


def test_how_long_a_guess_is_does_not_matter(gate: Gate, clock: Clock) -> None:
    for guess in ("x" * 1_000_000, "\ufdfa" * 1_000_000, "\0" * 30, "\ud800"):
        assert gate.enter("browser", "10.0.0.7", guess).role is None
        clock.now += LONGEST


@given(some.lists(some.tuples(some.sampled_from("abc"), some.floats(0, 1000)), max_size=200))
def test_waits_stay_within_bounds_and_are_forgotten(guesses: list[tuple[str, float]]) -> None:
    clock = Clock()
    slow = SlowDown(clock)
    for client, pause in guesses:
        clock.now += pause
        if not slow.wait(client):
            slow.wrong(client)
        assert 0 <= slow.wait(client) <= LONGEST
        assert slow.wait("a stranger") <= LONGEST_OF_ALL
    clock.now += QUIET
    assert [slow.wait(client) for client in "abc"] == [0, 0, 0]


@given(some.floats(0, 60))
def test_waits_double_up_to_a_quarter_of_an_hour(patience: float) -> None:
    clock = Clock()
    slow, waits = SlowDown(clock), []
    for _ in range(14):
        slow.wrong("client")
        waits.append(round(slow.wait("client"), 6))
        clock.now += slow.wait("client") + patience
    assert waits == [0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]


def test_a_patient_guesser_gets_few_guesses_a_day() -> None:
    clock = Clock()
    slow, heard, end = SlowDown(clock), 0, clock.now + 24 * 3600
    while clock.now < end:
        slow.wrong("client")
        heard += 1
        clock.now += slow.wait("client")
    assert heard == 105


def test_from_many_addresses_one_guess_in_five_seconds_is_looked_at() -> None:
    clock = Clock()
    slow, heard = SlowDown(clock), 0
    for number in range(3 * CLIENTS):
        client = f"10.1.{number // 256}.{number % 256}"
        if not slow.wait(client):
            slow.wrong(client)
            heard += 1
        clock.now += 0.5
    assert heard <= 20 + 3 * CLIENTS * 0.5 / 5 + 1
    assert slow.wait("192.168.0.2") <= LONGEST_OF_ALL


def test_a_home_has_one_network_of_version_six() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9") != network("2001:db8::1")
    assert network("::ffff:10.0.0.7") == network("10.0.0.7") == "10.0.0.7"
    assert network("here") == "here"


def test_nothing_about_a_passphrase_is_logged_or_shown(
    gate: Gate, locks: Locks, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [gate.enter("browser-secret", "10.0.0.7", guess) for guess in (MEMBER, HOST, "nope")]
    shown = f"{gate!r} {vars(gate)!r} {locks!r} {answers!r} {caplog.text}"
    for secret in (*MEMBER.split(), *HOST.split(), "browser-secret", locks.member.digest.hex()):
        assert secret not in shown
    assert repr(locks.member.digest) not in shown


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


def test_the_command_makes_a_passphrase_once_and_shows_where_to_go(
    share: Callable[..., int],
    port: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("club.home_network.address", lambda port: f"http://192.0.2.7:{port}")
    assert share() == 0
    told = capsys.readouterr().out
    made = re.search(r"shown only this once: (.*)", told)[1]
    assert f"http://192.0.2.7:{port}" in told
    assert "▀" in told
    assert Gate(tmp_path).enter("browser", "10.0.0.7", made).role == "member"
    assert share() == 0
    again = capsys.readouterr().out
    assert "from before" in again
    assert made not in again
    assert share("--new") == 0
    assert made not in capsys.readouterr().out
    assert Gate(tmp_path).enter("browser", "10.0.0.7", made).role is None


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
    given_ = iter(answers)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda _: next(given_))


def test_the_command_takes_passphrases_that_somebody_thought_of(
    share: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed(monkeypatch, MEMBER, MEMBER, HOST, HOST)
    assert share() == 0
    assert MEMBER not in capsys.readouterr().out
    gate = Gate(tmp_path)
    assert gate.enter("one", "10.0.0.7", MEMBER).role == "member"
    assert gate.enter("one", "10.0.0.7", HOST).role == "host"


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((MEMBER, HOST), "not the same"),
        ((MEMBER, MEMBER, MEMBER.title(), MEMBER.title()), "of their own"),
        (("short", "short", ""), "12 to 200"),
    ],
)
def test_passphrases_that_cannot_be_used_change_nothing(  # noqa: PLR0917
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


def test_a_port_that_something_else_uses_gets_no_passphrase(
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
def test_a_scanner_reads_the_address_off_a_terminal(light: bool) -> None:
    scanner = pytest.importorskip("zxingcpp", reason="zxing-cpp reads QR codes")
    shown = home_network.terminal("http://192.168.178.123:8501")
    picture = np.kron(pixels(shown, light=light), np.ones((8, 8), np.uint8))
    found = scanner.read_barcodes(picture, try_invert=False)  # as many phones do
    assert [code.text for code in found] == ["http://192.168.178.123:8501"]
