"""A backup takes the club's place whole or not at all, and what was there is never lost."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest
from alembic import command
from alembic.config import Config
from everything import contents, fill
from releases import at_release_1
from sqlalchemy import event

from club import backups
from club.db import schema
from club.db.migrate import SCRIPTS
from club.errors import InvalidInput, StoreUnavailable
from club.restore import preview, restore
from club.store import Store

COUNTERS = ("version", "last_movie_id")


pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def changed(location, backup) -> Store:
    """The club of the backup, some time later."""
    restore(location, backup)
    store = Store(location)
    store.rate(2, 7, 1)
    store.rate_many([(2, movie, 5) for movie in range(100, 120)])
    store.add_member("Di")
    store.add_movie("Newer")
    store.remove_from_shortlist(7)
    return store


# What it would do


def test_a_preview_says_what_there_is_and_what_would_be_lost(changed, location, backup) -> None:
    before = contents(changed)
    found = preview(location, backup)
    table = found.table.set_index("what")
    assert table.loc["people"].tolist() == [4, 3, 1]
    assert table.loc["ratings"].tolist() == [60, 40, 21]  # one was changed
    assert table.loc["movies added"].tolist() == [3, 2, 1]
    assert table.loc["on the shortlist"].tolist() == [1, 2, 0]
    assert list(table.index[:5]) == [
        *["people", "ratings", "nights", "movies added", "on the shortlist"]
    ]
    gone = len(changed.changes()) - len(Store(backup).changes())
    assert table.loc["changes, with who made them", "lost"] == gone > 0
    assert table.loc["everything else", "lost"] == 21  # steps of the history
    assert found.now.changed_at >= found.backup.changed_at
    assert not found.damaged
    assert contents(changed) == before


def test_what_was_just_put_back_is_all_in_the_backup_on_either_database(location, backup) -> None:
    restore(location, backup)
    lost = preview(location, backup).lost
    assert lost.pop("changes, with who made them") == 1  # that it was put back
    assert set(lost.values()) == {0}


def test_a_preview_makes_no_database(tmp_path, backup) -> None:
    found = preview(tmp_path / "new" / "club.db", backup)
    assert (found.now, found.damaged, found.lost) == (None, False, {})
    assert found.table["now"].isna().all()
    assert not (tmp_path / "new").exists()


def test_the_table_of_a_preview_has_whole_numbers(location, backup) -> None:
    table = preview(location, backup).table
    assert [str(kind) for kind in table.dtypes][1:] == ["Int64", "int64", "Int64"]
    assert isinstance(table, pd.DataFrame)


# What it does


def test_everything_is_as_it_was_and_the_old_state_is_kept(changed, location, backup) -> None:
    before, version = contents(changed), changed.version()
    content = contents(changed, without=COUNTERS)
    kept = restore(location, backup)
    earlier = Store(backup)
    assert contents(changed, without=COUNTERS) == contents(earlier, without=COUNTERS)
    assert changed.version() == version + 1
    assert kept.reason == "before-restore"
    assert contents(Store(kept.file)) == before
    # And back again.
    restore(location, kept.file)
    assert contents(changed, without=COUNTERS) == content


def test_ids_are_not_given_twice_and_undo_goes_on(changed, location, backup) -> None:
    restore(location, backup)
    assert changed.add_member("Eve") == 5
    assert changed.add_movie("Another") == -4
    assert changed.undo() is not None
    changed.rate(1, 500, 3)
    assert changed.history()["event_id"].is_unique


def test_a_restore_into_a_new_database_is_the_same_club(tmp_path, backup) -> None:
    assert restore(tmp_path / "new" / "club.db", backup) is None
    store = Store(tmp_path / "new" / "club.db")
    earlier = Store(backup)
    assert contents(store, without=("version",)) == contents(earlier, without=("version",))
    assert store.version() == earlier.version() + 1


def test_the_version_rises_above_a_backup_that_is_ahead(location, backup) -> None:
    Store(location).touch()
    restore(location, backup)
    assert Store(location).version() == Store(backup).version() + 1


def test_predictions_stay_frozen_after_a_restore(changed, location, backup) -> None:
    if "predictions" not in schema.metadata.tables:
        pytest.skip("there are no nights yet")
    restore(location, backup)
    for statement in (
        "UPDATE predictions SET mean = 1",
        "DELETE FROM predictions WHERE night_id = 1",
        "UPDATE nights SET decided_at = 5 WHERE night_id = 1",
    ):
        with pytest.raises(StoreUnavailable), changed.database.write() as write:
            write.connection.exec_driver_sql(statement)


def test_who_reads_and_writes_meanwhile_sees_one_club_or_the_other(
    changed, location, backup
) -> None:
    def ratings() -> int:
        return len(changed.ratings(include_left=True))

    with ThreadPoolExecutor(2) as pool:
        restoring = pool.submit(restore, location, backup)
        writing = pool.submit(lambda: [changed.add_member(f"No. {n}") for n in range(10)])
        while not restoring.done():
            assert ratings() in {60, 40}
        kept, joined = restoring.result().file, writing.result()
    # Everybody who joined is in what was kept, or in what came.
    then, now = (set(s.members()["name"]) for s in (Store(kept), changed))
    assert {f"No. {n}" for n in range(10)} <= then | now
    assert sorted(joined) == joined


@pytest.mark.parametrize("release", ["0001", "0002"])
def test_backups_of_earlier_releases_are_brought_up_on_a_copy(release, location, tmp_path) -> None:
    old = tmp_path / "old.db"
    database = at_release_1(str(old))
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, release)
    content = old.read_bytes()
    store = Store(location)
    store.add_member("Zoë")
    assert preview(location, old).table.set_index("what").loc["ratings"].tolist() == [0, 2, 0]
    restore(location, old)
    assert old.read_bytes() == content
    assert store.members()["name"].tolist() == ["Ana"]
    assert store.ratings().to_numpy().tolist() == [[1, -1, 2.0, 101], [1, 50, 4.5, 100]]
    assert store.version() == 7
    assert store.movies()["title"].tolist() == ["Our holiday", "Untitled"]


def test_a_database_in_use_can_be_restored_from(location, tmp_path) -> None:
    theirs = fill(Store(tmp_path / "theirs.db"))
    with closing(sqlite3.connect(theirs.file)) as reader:
        reader.execute("SELECT * FROM members").fetchall()
        theirs.rate(1, 77, 5)  # is in the -wal file only
        restore(location, theirs.file)
    store = Store(location)
    assert contents(store, without=("version",)) == contents(theirs, without=("version",))


# What is refused


def refused(store: Store, file: Path) -> str:
    before, content = contents(store), file.read_bytes() if file.is_file() else None
    sentences = set()
    for action in (preview, restore):
        with pytest.raises(InvalidInput) as caught:
            action(store.file, file)
        sentences.add(str(caught.value))
    assert contents(store) == before
    assert backups.find(store.database) == []
    assert content == (file.read_bytes() if file.is_file() else None)
    (sentence,) = sentences
    assert sentence.startswith(str(file)) or sentence.endswith(f"{file}.")
    return sentence.replace(str(file), "FILE")


@pytest.fixture
def ours(file) -> Store:
    store = Store(file)
    store.add_member("Zoë")
    return store


DAMAGED = "FILE is damaged or no backup; choose another one."


@pytest.mark.parametrize("kept", [50, 4096, 0.3, 0.7, -1])
def test_a_backup_that_is_cut_off_is_refused(ours, backup, kept) -> None:
    content = backup.read_bytes()
    backup.write_bytes(content[: int(len(content) * kept) if isinstance(kept, float) else kept])
    assert refused(ours, backup) == DAMAGED


def test_a_backup_with_garbage_in_the_middle_is_refused(ours, backup) -> None:
    content = bytearray(backup.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xaa" * 4096
    backup.write_bytes(content)
    assert refused(ours, backup) == DAMAGED


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE ratings",
        "ALTER TABLE movies DROP COLUMN overview",
        "UPDATE movies SET genres = 'no JSON'",
        "PRAGMA foreign_keys = OFF; INSERT INTO ratings VALUES (99, 1, 5, 0)",
        "DELETE FROM club",
        "UPDATE club SET version = NULL",
        "UPDATE club SET name = x'ff'",
        "UPDATE club SET name = 'a' || char(27) || '[2J'",
        "UPDATE members SET name = 'a' || char(0) || 'b'",
        "UPDATE club SET created_at = 'long ago'",
        "UPDATE members SET joined_at = 9999999999999999",
        "UPDATE movies SET year = 1.5",
        "UPDATE seen SET at = x'00'",
    ],
)
def test_a_backup_that_somebody_changed_by_hand_is_refused(ours, backup, statement) -> None:
    with closing(sqlite3.connect(backup)) as sly:
        sly.execute("PRAGMA writable_schema = ON")
        if "NULL" in statement:
            sly.execute(
                "UPDATE sqlite_master SET sql = replace(sql, 'version BIGINT NOT NULL',"
                " 'version BIGINT')"
            )
            sly.commit()
    with closing(sqlite3.connect(backup)) as sly:
        sly.executescript(statement)
    assert refused(ours, backup) == DAMAGED


def test_what_is_no_backup_is_refused(ours, tmp_path) -> None:
    nowhere, letter, empty = tmp_path / "nowhere", tmp_path / "letter", tmp_path / "empty"
    letter.write_text("Dear diary" * 1000)
    empty.touch()
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    foreign = "FILE is not the backup of a movie club; choose another one."
    assert refused(ours, nowhere) == "There is no file FILE."
    assert refused(ours, tmp_path) == "There is no file FILE."
    assert refused(ours, letter) == DAMAGED
    assert refused(ours, empty) == foreign
    assert refused(ours, other) == foreign


def test_a_name_that_no_file_can_have_is_refused(ours, tmp_path) -> None:
    file = tmp_path / ("a" * 300)
    with pytest.raises(InvalidInput) as caught:
        restore(ours.file, file)
    assert str(caught.value) == f"{file} cannot be read: File name too long."


@pytest.mark.parametrize("revision", ["0999", "9999"])
def test_a_backup_of_a_newer_version_is_refused(ours, backup, revision) -> None:
    with closing(sqlite3.connect(backup)) as newer:
        newer.execute("UPDATE club_revision SET version_num = ?", [revision])
        newer.commit()
    assert refused(ours, backup) == (
        "FILE was made by a newer version of this program; update the program to restore it."
    )


# When it fails


def test_a_restore_that_ends_halfway_changes_nothing(changed, location, backup) -> None:
    before = contents(changed)

    def stop(done: int, total: int, what: str) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(location, backup, stop)
    assert contents(changed) == before
    assert [b.reason for b in backups.find(changed.database)] == ["before-restore"]


def test_a_disk_that_is_full_changes_nothing(file, backup, monkeypatch) -> None:
    Store(backup).rate_many([(1, movie, 5) for movie in range(1, 2000)])
    store = Store(file)
    store.add_member("Zoë")
    before = contents(store)
    connectable = store.database.__class__._connectable

    def small(database):
        engine = connectable(database)
        if database.file == file:

            @event.listens_for(engine, "connect")
            def no_more_pages(connection, _record) -> None:
                (pages,) = connection.execute("PRAGMA page_count").fetchone()
                connection.execute(f"PRAGMA max_page_count = {pages}")

        return engine

    monkeypatch.setattr("club.db.database.Database._connectable", small)
    with pytest.raises(StoreUnavailable) as caught:
        restore(file, backup)
    assert str(caught.value) == (
        f"The database {file} has no room left on its disk; nothing was changed."
    )
    assert contents(store) == before


def test_without_a_backup_of_what_is_there_nothing_is_replaced(file, backup) -> None:
    store = Store(file)
    store.add_member("Zoë")
    backups.folder_of(store.database).write_text("no folder")
    before = contents(store)
    with pytest.raises(StoreUnavailable) as caught:
        restore(file, backup)
    assert str(caught.value) == (
        f"The folder {file.parent / 'backups'} cannot be made: File exists."
    )
    assert contents(store) == before
