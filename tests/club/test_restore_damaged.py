"""What is damaged is put aside and replaced; what somebody writes to is not taken for damaged."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from everything import contents, fill

from club import copies
from club.restore import preview, restore
from club.store import Store

pytestmark = pytest.mark.usefixtures("home")


@pytest.mark.parametrize("harm", ["cut off", "garbage", "a letter"])
def test_a_damaged_database_is_put_aside_and_replaced(file, backup, harm) -> None:
    store = Store(file)
    ana = store.add_member("Ana")
    store.rate_many([(ana, movie, 4) for movie in range(1, 500)])
    for _ in range(50):
        store.touch()
    content = bytearray(file.read_bytes())
    harmed = {
        "cut off": content[:-100],
        "garbage": content[: 4096 * 2] + b"\xaa" * 4096 + content[4096 * 3 :],
        "a letter": b"Dear diary" * 1000,
    }[harm]
    file.write_bytes(harmed)
    found = preview(file, backup)
    assert (found.now, found.damaged) == (None, True)
    assert file.read_bytes() == harmed
    kept = restore(file, backup)
    assert kept.reason == "damaged"
    assert kept.file.read_bytes() == harmed
    assert contents(store, without=("version",)) == contents(Store(backup), without=("version",))
    assert store.version() > 52  # whoever saw the damaged one reads anew
    assert sorted(path.name for path in file.parent.glob("club.db*")) == ["club.db"]


def test_a_damaged_databases_rest_is_not_taken_for_the_new_ones(file, backup) -> None:
    store = Store(file)
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("SELECT * FROM members").fetchall()
        store.add_member("Ana")
        rest = file.with_name("club.db-wal").read_bytes()
    file.write_bytes(b"Dear diary" * 1000)
    file.with_name("club.db-wal").write_bytes(rest)
    kept = restore(file, backup)
    assert kept.file.with_name(f"{kept.file.name}-wal").read_bytes() == rest
    assert store.members()["name"].tolist() == Store(backup).members()["name"].tolist()


def test_who_replaced_a_damaged_database_is_in_the_list_of_changes(file, backup) -> None:
    store = Store(file)
    store.add_member("Ana")
    file.write_bytes(b"Dear diary" * 1000)
    restore(file, backup, who="Bo")
    change = store.changes().iloc[0]
    assert (change["who"], change["act"]) == ("Bo", "brought back an earlier state")
    assert change["version"] == store.version()
    assert len(store.changes()) == len(Store(backup).changes()) + 1


def test_what_is_there_while_a_damaged_database_is_replaced_is_never_nothing(
    file, backup, monkeypatch
) -> None:
    """A start that found no file would begin a new club."""
    Store(file)
    file.write_bytes(b"Dear diary" * 1000)
    replace, there = Path.replace, []

    def look(old: Path, new: Path) -> Path:
        there.append(file.exists())
        result = replace(old, new)
        there.append(file.exists())
        return result

    monkeypatch.setattr(Path, "replace", look)
    kept = restore(file, backup)
    assert there
    assert all(there)
    assert kept.file.read_bytes() == b"Dear diary" * 1000
    assert contents(Store(file), without=("version",)) == contents(
        Store(backup), without=("version",)
    )


def test_where_files_have_one_name_only_a_damaged_one_is_copied(file, backup, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    Store(file)
    file.write_bytes(b"Dear diary" * 1000)
    assert restore(file, backup).file.read_bytes() == b"Dear diary" * 1000
    assert contents(Store(file), without=("version",)) == contents(
        Store(backup), without=("version",)
    )


# When somebody writes meanwhile


@pytest.fixture
def half_written(monkeypatch, tmp_path):
    """Make the next looks at a file find it as it is while somebody writes to it."""
    real = copies.open_still

    def prepare(live: Path, write) -> None:
        torn = tmp_path / "torn"
        content = bytearray(live.read_bytes())
        content[4096 * 2 : 4096 * 3] = b"\xaa" * 4096
        torn.write_bytes(content)

        def look(file: Path) -> sqlite3.Connection:
            if file != live:
                return real(file)
            write()
            return real(torn)

        monkeypatch.setattr(copies, "open_still", look)

    return prepare


def test_a_database_that_somebody_writes_to_is_not_taken_for_damaged(
    file, backup, half_written
) -> None:
    store = Store(file)
    ana = store.add_member("Ana")
    half_written(file, lambda: store.rate(ana, 1, 4))
    assert not preview(file, backup).damaged
    assert restore(file, backup).reason == "before-restore"


def test_a_backup_that_somebody_writes_to_is_read_whole(location, tmp_path, half_written) -> None:
    theirs = fill(Store(tmp_path / "theirs.db"))
    half_written(theirs.file, lambda: theirs.rate(2, 77, 5))
    restore(location, theirs.file)
    store = Store(location)
    assert contents(store, without=("version",)) == contents(theirs, without=("version",))
    assert 77 in set(store.ratings()["movie_id"])
