"""The gate: guesses that are slowed down, and passes."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from club import passphrase
from club.errors import StoreUnavailable
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


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def locks(cheap: int) -> Locks:
    return Locks(hashed(MEMBER, cheap), hashed(HOST, cheap))


@pytest.fixture
def gate(locks: Locks, tmp_path: Path, clock: Clock) -> Gate:
    passphrase.save(locks, tmp_path)
    return Gate(tmp_path, clock)


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


def test_a_new_passphrase_sends_everybody_out(
    gate: Gate, locks: Locks, cheap: int, tmp_path: Path
) -> None:
    gate.enter("member", "10.0.0.7", MEMBER)
    gate.enter("host", "10.0.0.7", HOST)
    passphrase.save(Locks(hashed(MEMBER, cheap), locks.host), tmp_path)
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
