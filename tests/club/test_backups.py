"""Backups are whole, of one moment, and leave everything else alone."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from everything import contents, fill
from hypothesis import strategies as st

from club import backups, copies
from club.backups import back_up, find, keep, keep_old, roll
from club.errors import InvalidInput, StoreUnavailable
from club.store import Store

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 7, 28, 12, tzinfo=UTC)  # a Tuesday
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda time: time.replace(microsecond=0)
)
CLOSE = st.integers(-400 * 24, 400 * 24).map(lambda hours: NOW + timedelta(hours=hours))
TIMES = st.sets(st.one_of(MOMENTS, CLOSE), max_size=80)


def days(*ago: float) -> set[datetime]:
    return {NOW - timedelta(days=day) for day in ago}


def test_a_backup_holds_every_row_of_either_database(store, home, tmp_path) -> None:
    fill(store)
    back_up(store, tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.glob("copy*")) == ["copy.db"]
    copy = Store(tmp_path / "copy.db")
    assert contents(copy) == contents(store)
    assert copy.add_member("Di") == store.add_member("Di") == 4
    assert copy.add_movie("Heat") == store.add_movie("Heat") == -3


def test_a_backup_taken_during_use_is_of_one_moment(file, tmp_path) -> None:
    store = Store(file)
    ana = store.add_member("Ana")
    with closing(sqlite3.connect(file)) as reader:  # keeps the newest pages in the -wal file
        reader.execute("SELECT * FROM members").fetchall()
        store.rate_many([(ana, movie, 3.5) for movie in range(1, 200)])
        with store.database.write():  # somebody is in the middle of a change
            back_up(store, tmp_path / "copy.db")
    assert Store(tmp_path / "copy.db").ratings().equals(store.ratings())


def test_a_backup_of_postgresql_sees_nothing_of_what_comes_meanwhile(
    postgres, tmp_path, monkeypatch
) -> None:
    store = fill(Store(postgres.new_schema()))
    before = contents(store)
    counted = backups.contents.counts

    def counts_and_then_somebody_rates(connection):
        rows = counted(connection)
        store.rate(1, 99, 5)
        return rows

    monkeypatch.setattr(backups.contents, "counts", counts_and_then_somebody_rates)
    back_up(store, tmp_path / "copy.db")
    assert contents(Store(tmp_path / "copy.db")) == before != contents(store)


def test_a_backup_replaces_nothing(file, tmp_path) -> None:
    store, taken = Store(file), tmp_path / "taken"
    taken.write_text("precious")
    with pytest.raises(InvalidInput) as caught:
        back_up(store, taken)
    assert str(caught.value) == f"{taken} is there already; name a new file."
    assert taken.read_text() == "precious"


def test_a_backup_that_fails_leaves_nothing(file, tmp_path) -> None:
    store = Store(file)
    with pytest.raises(StoreUnavailable) as caught:
        back_up(store, tmp_path / "no folder" / "copy.db")
    assert str(caught.value) == (
        f"The backup {tmp_path / 'no folder' / 'copy.db'} cannot be written: "
        "unable to open database file."
    )
    assert not (tmp_path / "no folder").exists()


def test_the_rolling_backup_is_named_by_the_time_and_made_only_after_a_change(store, home) -> None:
    fill(store)
    made = roll(store, NOW)
    assert made is not None
    assert made.file.parent == home / "backups"
    assert made.file.name.endswith("-20260728T120000Z.db")
    assert (made.made_at, made.reason) == (NOW, None)
    assert made.size == made.file.stat().st_size > 10_000
    assert contents(Store(made.file)) == contents(store)
    assert roll(store, NOW + timedelta(days=1)) is None
    store.rate(1, 50, 4)
    assert roll(store, NOW + timedelta(days=2)) is not None
    assert [backup.made_at for backup in find(store.database)] == [NOW + timedelta(days=2), NOW]


def test_old_backups_go_and_what_is_kept_for_good_stays(file) -> None:
    store = fill(Store(file))
    old = keep_old(store, "before-restore")
    start = NOW - timedelta(days=30)
    for hours in range(0, 30 * 24 + 1, 12):
        store.touch()
        roll(store, start + timedelta(hours=hours))
    rolling = [backup.made_at for backup in find(store.database) if backup.reason is None]
    assert rolling == sorted(keep(rolling, NOW), reverse=True)
    assert len(rolling) == 7 + 2 + 1
    assert old in find(store.database)


def test_a_backup_that_was_damaged_since_is_no_reason_to_make_none(file) -> None:
    store = fill(Store(file))
    made = roll(store, NOW)
    content = bytearray(made.file.read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\xaa" * 4096
    made.file.write_bytes(content)
    again = roll(store, NOW + timedelta(hours=1))
    assert again is not None
    assert contents(Store(again.file)) == contents(store)


@pytest.mark.parametrize("table", ["ratings", "ix_rating_events_step"])
def test_damage_that_is_no_text_is_damage_all_the_same(file, table) -> None:
    store = fill(Store(file))
    made = roll(store, NOW)
    content = made.file.read_bytes()
    made.file.write_bytes(content.replace(table.encode(), b"\xff" * len(table), 1))
    with pytest.raises(sqlite3.DatabaseError, match="damaged where it says what it holds") as said:
        copies.revision_of(made.file)
    assert copies.is_damage(said.value)
    assert roll(store, NOW + timedelta(hours=1)) is not None


def test_a_clock_that_falls_back_loses_no_backup_and_no_rating(file, monkeypatch) -> None:
    store = fill(Store(file))
    roll(store, NOW)
    monkeypatch.setattr("club.store._now", lambda: 1)
    store.rate(1, 50, 4)
    store.rate(1, 50, 2)
    made = roll(store, datetime(1970, 1, 1, tzinfo=UTC))
    assert made is not None
    assert len(find(store.database)) == 2
    assert store.history()["after"].tolist()[:2] == [2.0, 4.0]
    store.undo()
    assert store.ratings().query("member_id == 1 and movie_id == 50")["rating"].tolist() == [4.0]


def test_two_backups_in_one_second_are_two_files(file) -> None:
    store = fill(Store(file))
    roll(store, NOW)
    store.touch()
    roll(store, NOW)
    assert [backup.made_at for backup in find(store.database)] == [NOW + timedelta(seconds=1), NOW]


@pytest.mark.parametrize("when", ["while it is written", "before"])
def test_what_another_program_backs_up_in_the_same_second_stays(file, monkeypatch, when) -> None:
    store = fill(Store(file))
    module, name = (copies, "sync") if when == "while it is written" else (backups, "new_file")
    real = getattr(module, name)
    theirs = backups.folder_of(store.database) / "club-20260728T120000Z.db"

    def and_they_are_faster(*arguments):
        found = real(*arguments)
        if not theirs.exists():
            theirs.write_bytes(b"theirs")
        return found

    monkeypatch.setattr(module, name, and_they_are_faster)
    made = roll(store, NOW)
    assert theirs.read_bytes() == b"theirs"
    assert made.made_at == NOW + timedelta(seconds=1)
    assert contents(Store(made.file)) == contents(store)
    assert len(list(theirs.parent.glob("*.unfinished*"))) == 0


def test_where_files_have_one_name_only_backups_are_made_all_the_same(file, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    store = fill(Store(file))
    made = roll(store, NOW)
    assert contents(Store(made.file)) == contents(store)
    assert len(list(made.file.parent.glob("*.unfinished*"))) == 0


def test_two_clubs_in_one_folder_leave_each_others_backups_alone(tmp_path) -> None:
    ours, theirs = Store(tmp_path / "club.db"), Store(tmp_path / "club-2.db")
    for number in range(10):
        for store in (ours, theirs):
            store.touch()
            roll(store, NOW - timedelta(days=400 - 40 * number))
    assert len(find(ours.database)) == len(find(theirs.database)) == 10
    assert {backup.file.name.split("-2026")[0] for backup in find(ours.database)[:3]} == {"club"}


def test_two_clubs_in_two_schemas_leave_each_others_backups_alone(postgres, home) -> None:
    ours, theirs = (Store(postgres.new_schema()) for _ in range(2))
    for store in (ours, theirs):
        store.touch()
        roll(store, NOW)
    assert len(list((home / "backups").iterdir())) == 2
    assert len(find(ours.database)) == len(find(theirs.database)) == 1


def test_other_files_in_the_folder_are_left_alone(file) -> None:
    store = fill(Store(file))
    folder = backups.folder_of(store.database)
    folder.mkdir()
    others = ["letter.txt", "club-20260728T120000Z.db.bak", "club-20269999T120000Z.db"]
    for name in others:
        (folder / name).write_text("precious")
    roll(store, NOW)
    assert len(find(store.database)) == 1
    assert all((folder / name).read_text() == "precious" for name in others)


def test_what_a_killed_backup_left_goes_after_a_day(file) -> None:
    store = fill(Store(file))
    folder = backups.folder_of(store.database)
    folder.mkdir()
    left = folder / "club-20260101T000000Z.db.0f.unfinished"
    left.write_text("half")
    made = datetime.fromtimestamp(left.stat().st_mtime, UTC)
    roll(store, made + timedelta(hours=1))
    assert left.exists()
    store.touch()
    roll(store, made + timedelta(days=2))
    assert not left.exists()


def test_what_a_killed_backup_left_anywhere_goes_when_the_name_is_used_again(
    file, tmp_path
) -> None:
    store, path = fill(Store(file)), tmp_path / "copy [1].db"
    left, other = (tmp_path / f"{name}.0f.unfinished-wal" for name in (path.name, "other.db"))
    for name in (left, other):
        name.write_text("half")
        os.utime(name, (0, 0))
    back_up(store, path)
    assert (left.exists(), other.exists()) == (False, True)
