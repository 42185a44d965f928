"""A restore: checked first, the old state kept, all or nothing, on either database."""

import shutil
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from everything import contents, fill
from releases import RELEASES, at_release_4
from sqlalchemy import event

from club import backup as backups
from club.db.schema import REVISION_TABLE
from club.errors import InvalidInput, StoreUnavailable
from club.restore import preview, restore
from club.store import Store

COUNTERS = ("version", "last_movie_id")
DIARY = b"Dear diary" * 1000
DAMAGED = "is damaged or no backup"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n"

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture(scope="module")
def later(earlier, tmp_path_factory) -> Path:
    """The file of the club of the backup, some time later."""
    file = tmp_path_factory.mktemp("later") / "club.db"
    restore(file, earlier)
    store = Store(file)
    store.ratings.rate(2, 7, 1)
    store.ratings.rate_many([(2, movie, 5) for movie in range(100, 120)])
    store.members.add("Di")
    store.movies.add("Newer")
    store.movies.remove_from_shortlist(7)
    return file


@pytest.fixture
def changed(database, later, file, request) -> Iterator[Store]:
    """A club like `later`."""
    if database == "sqlite":
        yield Store(shutil.copy(later, file))
    else:
        with request.getfixturevalue("postgres").club(later) as place:
            yield Store(place)


@pytest.fixture
def location(changed) -> str:
    """Where it is."""
    return changed.database.url.render_as_string(hide_password=False)


@pytest.fixture
def ours(store) -> Store:
    store.members.add("Zoë")
    return store


def spoil(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.executescript(statement)
        connection.commit()


# Preview


@pytest.mark.either_database
def test_preview_counts_both_states_and_changes_nothing(changed, location, backup) -> None:
    before = contents(changed)
    found = preview(location, backup)
    table = found.table.set_index("what")
    assert table.loc["people"].tolist() == [4, 3]
    assert table.loc["ratings"].tolist() == [60, 40]
    assert table.loc["movies added"].tolist() == [3, 2]
    assert table.loc["on the shortlist"].tolist() == [1, 2]
    logs = [len(changed.audit_log()), len(Store(backup).audit_log())]
    assert table.loc["changes, with who made them"].tolist() == logs
    assert found.now.changed_at >= found.backup.changed_at
    assert not found.damaged
    assert contents(changed) == before
    restore(location, backup)
    same = preview(location, backup).table.set_index("what").drop("changes, with who made them")
    assert (same["now"] == same["in the backup"]).all()


def test_restore_makes_a_new_database_of_the_same_club(tmp_path, backup) -> None:
    place = tmp_path / "new" / "club.db"
    found = preview(place, backup)
    assert (found.now, found.damaged) == (None, False)
    assert found.table["now"].isna().all()
    assert not place.parent.exists()
    assert restore(place, backup) is None
    store, earlier = Store(place), Store(backup)
    assert contents(store, without=("version",)) == contents(earlier, without=("version",))
    assert store.version() == earlier.version() + 1


# Restore


@pytest.mark.either_database
def test_restore_brings_everything_back_and_keeps_the_old_state(changed, location, backup) -> None:
    before, version, identity = contents(changed), changed.version(), changed.state().identity
    content = contents(changed, without=COUNTERS)
    kept = restore(location, backup)
    assert contents(changed, without=COUNTERS) == contents(Store(backup), without=COUNTERS)
    assert changed.version() == version + 1
    assert changed.state().identity != identity
    assert kept.reason == "before-restore"
    assert contents(Store(kept.file)) == before
    restore(location, kept.file)
    assert contents(changed, without=COUNTERS) == content
    restore(location, backup)
    assert (changed.members.add("Eve"), changed.movies.add("Another")) == (5, -4)  # no id twice
    assert changed.ratings.undo() is not None
    changed.ratings.rate(1, 500, 3)
    assert changed.ratings.history()["event_id"].is_unique


def test_restore_reads_an_uploaded_file_and_tells_its_actor(file, backup, caplog) -> None:
    caplog.set_level("INFO", "club")
    content = backup.read_bytes()
    backup.unlink()
    assert preview(file, Path("uploaded.db"), content).backup.rows["people"] == 3
    restore(file, Path("uploaded.db"), content=content, who="Bo")
    store = Store(file)
    assert len(store.ratings.current(include_left=True)) == 40
    change = store.audit_log().iloc[0]
    assert (change["who"], change["act"]) == ("Bo", "brought back an earlier state")
    assert any("restored" in line and line.endswith(" s") for line in caplog.messages)


@pytest.mark.either_database
def test_restore_leaves_prediction_snapshots_protected(changed, location, backup) -> None:
    restore(location, backup)
    for statement in (
        "UPDATE predictions SET mean = 1",
        "DELETE FROM predictions WHERE night_id = 1",
        "UPDATE nights SET decided_at = 5 WHERE night_id = 1",
    ):
        with pytest.raises(StoreUnavailable), changed.database.write() as write:
            write.connection.exec_driver_sql(statement)


@pytest.mark.either_database
def test_restore_during_use_shows_one_club_or_the_other(changed, location, backup) -> None:
    with ThreadPoolExecutor(2) as pool:
        restoring = pool.submit(restore, location, backup)
        writing = pool.submit(lambda: [changed.members.add(f"No. {n}") for n in range(10)])
        while not restoring.done():
            assert len(changed.ratings.current(include_left=True)) in {60, 40}
        kept, joined = restoring.result().file, writing.result()
    # Each of the ten is in the backup that was kept or in the club that came.
    then, now = (set(s.members.all()["name"]) for s in (Store(kept), changed))
    assert {f"No. {n}" for n in range(10)} <= then | now
    assert sorted(joined) == joined


@pytest.mark.parametrize("release", RELEASES)
def test_restore_migrates_a_copy_of_earlier_releases(release, file, tmp_path) -> None:
    old = tmp_path / "old.db"
    release(str(old))
    content = old.read_bytes()
    restore(file, old)
    store = Store(file)
    assert old.read_bytes() == content
    assert store.members.all()["name"].tolist() == ["Ana"]
    assert store.ratings.current().to_numpy().tolist() == [[1, -1, 2.0, 101], [1, 50, 4.5, 100]]
    assert store.movies.own()["title"].tolist() == ["Our holiday", "Untitled"]
    assert store.nights.outcome(1).rated == (1,)
    assert len(store.nights.predictions()) == 2


def test_restore_reads_a_database_in_use(file, tmp_path) -> None:
    theirs = fill(Store(tmp_path / "theirs.db"))
    with closing(sqlite3.connect(theirs.file)) as reader:
        reader.execute("SELECT * FROM members").fetchall()
        theirs.ratings.rate(1, 77, 5)  # is in the -wal file only
        restore(file, theirs.file)
    store = Store(file)
    assert contents(store, without=("version",)) == contents(theirs, without=("version",))


def test_restore_moves_a_club_to_postgresql_and_back(postgres, tmp_path) -> None:
    ours = fill(Store(tmp_path / "club.db"))
    ours.members.remove(ours.members.add("Mo"))
    ours.movies.add("Ærøskøbing № 7")
    before = contents(ours, without=COUNTERS)
    backups.write(ours, tmp_path / "there.db")
    place = postgres.new_schema()
    restore(place, tmp_path / "there.db")
    there = Store(place)
    assert contents(there, without=COUNTERS) == before
    backups.write(there, tmp_path / "back.db")
    assert restore(tmp_path / "again.db", tmp_path / "back.db") is None
    back = Store(tmp_path / "again.db")
    assert ours.members.add("Next") == there.members.add("Next") == back.members.add("Next")
    assert ours.movies.add("Next") == there.movies.add("Next") == back.movies.add("Next")


# Refused


def refused(store: Store, file: Path) -> str:
    before, content = contents(store), file.read_bytes() if file.is_file() else None
    with pytest.raises(InvalidInput) as caught:
        restore(store.file, file)
    assert contents(store) == before
    assert backups.find(store.database) == []
    assert content == (file.read_bytes() if file.is_file() else None)
    return str(caught.value)


@pytest.mark.parametrize("harm", [50, 0.3, -1, "garbage"])
def test_restore_refuses_a_backup_that_is_cut_off_or_damaged(ours, backup, harm) -> None:
    content = backup.read_bytes()
    middle = len(content) // 2 // 4096 * 4096
    if harm == "garbage":
        content = content[:middle] + b"\xaa" * 4096 + content[middle + 4096 :]
    else:
        content = content[: int(len(content) * harm) if isinstance(harm, float) else harm]
    backup.write_bytes(content)
    assert DAMAGED in refused(ours, backup)
    with pytest.raises(InvalidInput, match=DAMAGED):
        preview(ours.file, backup, content)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE ratings",
        "ALTER TABLE movies DROP COLUMN overview",
        "UPDATE movies SET genres = 'no JSON'",
        "PRAGMA foreign_keys = OFF; INSERT INTO ratings VALUES (99, 1, 5, 0)",
        "DELETE FROM club",
        "UPDATE club SET name = x'ff'",
        "UPDATE club SET name = 'a' || char(27) || '[2J'",
        "UPDATE changes SET act = hex(zeroblob(100000))",
        "UPDATE members SET joined_at = 9999999999999999",
        "UPDATE movies SET year = 99999999999",
        "PRAGMA ignore_check_constraints = ON; UPDATE ratings SET half_stars = 11",
        "DROP TABLE seen; CREATE VIEW seen AS "
        + ENDLESS.format("i AS member_id, i AS movie_id, i AS at"),
        "DROP TABLE seen; CREATE VIRTUAL TABLE seen USING fts5(member_id, movie_id, at)",
    ],
)
def test_restore_refuses_what_the_club_never_writes(ours, backup, statement) -> None:
    spoil(backup, statement)
    assert DAMAGED in refused(ours, backup)


def test_restore_refuses_other_files(ours, backup, tmp_path) -> None:
    (tmp_path / "letter").write_bytes(DIARY)
    (tmp_path / "empty").touch()
    (tmp_path / "export.zip").write_bytes(b"PK\3\4...")
    spoil(tmp_path / "other.db", "CREATE TABLE bookmarks (url TEXT)")
    for revision in ("9999", "0003"):
        spoil(
            shutil.copy(backup, tmp_path / revision),
            f"UPDATE {REVISION_TABLE} SET version_num = '{revision}'",
        )
    for name, said in {
        "9999": "made by a newer version",
        "0003": "is not the backup of a movie club",
        "nowhere": "There is no file",
        "": "There is no file",
        "letter": DAMAGED,
        "export.zip": DAMAGED,
        "empty": "is not the backup of a movie club",
        "other.db": "is not the backup of a movie club",
    }.items():
        assert said in refused(ours, tmp_path / name)
    with pytest.raises(InvalidInput, match="cannot be read: File name too long"):
        restore(ours.file, tmp_path / ("a" * 300))


# Hostile files: what their author wrote into the schema does not run, or comes to an end

LARGE = "length(hex(zeroblob(20000000)))"


def test_hostile_triggers_do_not_run(tmp_path) -> None:
    at_release_4(str(tmp_path / "hostile.db"))
    spoil(
        tmp_path / "hostile.db",
        f"""CREATE TRIGGER "a ""name" AFTER UPDATE ON {REVISION_TABLE} BEGIN
            UPDATE members SET name = 'Mallory'; END""",
        "CREATE TRIGGER another BEFORE UPDATE ON club BEGIN SELECT RAISE(ABORT, 'no'); END",
        "CREATE TRIGGER third AFTER INSERT ON members BEGIN DELETE FROM ratings; END",
    )
    restore(tmp_path / "club.db", tmp_path / "hostile.db")
    store = Store(tmp_path / "club.db")
    assert store.members.all()["name"].tolist() == ["Ana"]
    assert len(store.ratings.current()) == 2
    with store.database.read() as connection:
        triggers = "SELECT count(*) FROM sqlite_master WHERE name IN ('another', 'third')"
        assert connection.exec_driver_sql(triggers).scalar_one() == 0


@pytest.mark.parametrize(
    "made",
    [
        f"CREATE VIEW more AS {ENDLESS.format('i')}",
        f"ALTER TABLE seen ADD COLUMN more DEFAULT 1 CHECK ({LARGE})",
    ],
)
def test_hostile_schema_beside_our_rows_is_left_alone(tmp_path, backup, made) -> None:
    spoil(backup, made)
    restore(tmp_path / "club.db", backup)
    assert contents(Store(tmp_path / "club.db"), without=("version",))["seen"]


def test_hostile_expressions_are_cut_short(ours, backup) -> None:
    # Made small, so that SQLite takes the index, and made large in the schema's text.
    small = LARGE.replace("20000000", "1")
    spoil(
        backup,
        f"CREATE INDEX more ON seen ({small})",
        "PRAGMA writable_schema = ON; UPDATE sqlite_master SET"
        " sql = replace(sql, 'zeroblob(1)', 'zeroblob(20000000)') WHERE name = 'more'",
    )
    assert DAMAGED in refused(ours, backup)


# When it fails


@pytest.mark.either_database
def test_restore_that_ends_halfway_changes_nothing(changed, location, backup) -> None:
    before = contents(changed)

    def stop(done: int, total: int, _table: str) -> None:
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(location, backup, stop)
    assert contents(changed) == before
    assert [b.reason for b in backups.find(changed.database)] == ["before-restore"]


def test_restore_on_a_full_disk_changes_nothing(ours, file, backup, monkeypatch) -> None:
    Store(backup).ratings.rate_many([(1, movie, 5) for movie in range(1, 500)])
    before = contents(ours)
    connectable = ours.database.__class__._connectable

    def small(database):
        engine = connectable(database)
        if database.file == file:

            @event.listens_for(engine, "connect")
            def no_more_pages(connection, _record) -> None:
                (pages,) = connection.execute("PRAGMA page_count").fetchone()
                connection.execute(f"PRAGMA max_page_count = {pages}")

        return engine

    with monkeypatch.context() as patched:
        patched.setattr("club.db.database.Database._connectable", small)
        with pytest.raises(StoreUnavailable, match="no room left"):
            restore(file, backup)
    assert contents(ours) == before
    shutil.rmtree(backups.folder(ours.database))
    backups.folder(ours.database).write_text("no folder for the old state")
    with pytest.raises(StoreUnavailable, match="cannot be written"):
        restore(file, backup)
    assert contents(ours) == before


# A damaged database


@pytest.mark.parametrize(("harm", "links"), [("cut off", True), ("a letter", False)])
def test_damaged_database_is_kept_and_replaced(file, backup, harm, links, monkeypatch) -> None:
    store = Store(file)
    ana = store.members.add("Ana")
    store.ratings.rate_many([(ana, movie, 4) for movie in range(1, 500)])
    with store.database.write() as write:
        write.version = 999  # a later one than the backup's
    content, identity = file.read_bytes(), store.state().identity
    harmed = content[:-100] if harm == "cut off" else DIARY
    file.write_bytes(harmed)
    if not links:  # a disk without hard links

        def refuse(*_: object) -> None:
            raise OSError(95, "Operation not supported")

        monkeypatch.setattr(Path, "hardlink_to", refuse)
    found = preview(file, backup)
    assert (found.now, found.damaged) == (None, True)
    assert file.read_bytes() == harmed
    kept = restore(file, backup, who="Bo")
    assert kept.reason == "damaged"
    assert kept.file.read_bytes() == harmed
    assert contents(store, without=("version",)) == contents(Store(backup), without=("version",))
    assert store.state().identity != identity
    assert store.audit_log().iloc[0]["who"] == "Bo"
    assert sorted(path.name for path in file.parent.glob("*club.db*")) == ["club.db"]
    assert file.stat().st_mode & 0o777 == kept.file.stat().st_mode & 0o777 == 0o600


def test_damaged_database_takes_its_wal_along(file, backup) -> None:
    store = Store(file)
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("SELECT * FROM members").fetchall()
        store.members.add("Ana")
        rest = file.with_name("club.db-wal").read_bytes()
    file.write_bytes(DIARY)
    file.with_name("club.db-wal").write_bytes(rest)
    kept = restore(file, backup)
    assert kept.file.with_name(f"{kept.file.name}-wal").read_bytes() == rest
    assert store.members.all()["name"].tolist() == Store(backup).members.all()["name"].tolist()


def test_damaged_database_has_a_file_in_its_place_at_every_moment(
    file, backup, monkeypatch
) -> None:
    """A start that found no file would begin a new club."""
    Store(file)
    file.write_bytes(DIARY)
    replace, there = Path.replace, []

    def look(old: Path, new: Path) -> Path:
        there.append(file.exists())
        result = replace(old, new)
        there.append(file.exists())
        return result

    monkeypatch.setattr(Path, "replace", look)
    restore(file, backup)
    assert there
    assert all(there)
