"""Passphrases: made, typed in many ways, kept as hashes in one file."""

from __future__ import annotations

import math
import re
import stat
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from club import passphrase
from club.errors import InvalidInput
from club.passphrase import Locks, hashed

MEMBER, HOST = "violet otter cinema wagon", "granite teapot monsoon lizard"
WORDS = some.text("abcdefgé ß-", min_size=14, max_size=60).filter(
    lambda text: len(passphrase.spoken(text)) >= passphrase.SHORTEST
)


@pytest.fixture(scope="module")
def locks(cheap: int) -> Locks:
    return Locks(hashed(MEMBER, cheap), hashed(HOST, cheap))


@example(text=MEMBER, other=f"{MEMBER}\0")
@example(text=MEMBER, other=f"{MEMBER}\0s")
@given(text=WORDS, other=some.text(max_size=60))
def test_a_passphrase_matches_itself_and_nothing_else(cheap: int, text: str, other: str) -> None:
    lock = hashed(text, cheap)
    assert lock.matches(f" {text.upper()} ")
    assert lock.matches(other) == (passphrase.spoken(other) == passphrase.spoken(text))


@given(some.text(max_size=60))
def test_how_a_passphrase_is_typed_does_not_matter(text: str) -> None:
    said = passphrase.spoken(text)
    assert passphrase.spoken(said) == said
    assert passphrase.spoken(f"  {text}\n") == said


def test_the_same_passphrase_is_kept_differently_every_time(cheap: int) -> None:
    one, other = hashed(MEMBER, cheap), hashed(MEMBER, cheap)
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


def test_the_file_is_its_owners_only_and_tells_no_passphrase(locks: Locks, tmp_path: Path) -> None:
    passphrase.save(locks, tmp_path)
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
