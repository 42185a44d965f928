"""Databases of earlier releases are brought to today's tables with nothing lost."""

import logging
import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from releases import RELEASES, at_release_4, at_release_5
from sqlalchemy import inspect

from club.db import schema
from club.db.database import Database
from club.errors import StoreUnavailable
from club.store import Store

Rows = dict[str, list[tuple[object, ...]]]

pytestmark = pytest.mark.either_database


def without_addresses(found: dict | list) -> list[str]:
    parts = found if isinstance(found, list) else [found]
    return sorted(re.sub(r" at 0x\w+", "", str(part)) for part in parts)


def structure(database: Database) -> dict[str, object]:
    """Everything about the tables and triggers but their rows."""
    parts = ("columns", "pk_constraint", "foreign_keys", "indexes", "check_constraints")
    queries = [
        "SELECT tgname, proname, prosrc FROM pg_trigger JOIN pg_proc ON tgfoid = pg_proc.oid"
        " WHERE pronamespace = current_schema()::regnamespace ORDER BY tgname"
    ]
    if database.is_sqlite:
        queries = [
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
            "SELECT name FROM sqlite_master WHERE sql LIKE '%AUTOINCREMENT%' ORDER BY name",
        ]
    with database.read() as connection:
        seen = inspect(connection)
        tables = {
            name: [without_addresses(getattr(seen, f"get_{part}")(name)) for part in parts]
            for name in sorted(seen.get_table_names())
        }
        return {**tables, "": [connection.exec_driver_sql(query).all() for query in queries]}


def test_migrated_tables_equal_new_ones(store, location):
    new = structure(store.database)
    assert len(new[""][0]) == 4 + (not store.file)
    if store.file:  # it is where `location` is
        store.file.unlink()
    at_release_4(location)
    store = Store(location)
    assert structure(store.database) == new
    with store.database.read() as connection:
        options = {"version_table": schema.REVISION_TABLE, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == schema.REVISION


def test_relative_path_holds_in_any_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store("deep/folder with % and é/club.db")
    store.members.add("Ana")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert store.members.all()["name"].tolist() == ["Ana"]
    assert Store("../deep/folder with % and é/club.db").version() == 1
    assert Store(f"sqlite:///{store.file}").version() == 1
    assert store.file == tmp_path / "deep" / "folder with % and é" / "club.db"


def test_default_location_comes_from_the_environment(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("club.store.open_tables", lambda database: opened.append(database.file))
    monkeypatch.delenv("MOVIE_CLUB_DATABASE", raising=False)
    monkeypatch.delenv("MOVIE_CLUB_VAR", raising=False)
    Store.open()
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    Store.open()
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", str(tmp_path / "named.db"))
    Store.open()
    Store.open(tmp_path / "given.db")
    ours = Path(__file__).parents[3] / "data" / "var" / "club.db"
    assert opened == [ours, tmp_path / "club.db", tmp_path / "named.db", tmp_path / "given.db"]


def contents_of(database: Database) -> Rows:
    """Every row of every table, in the order of the first two columns."""
    with database.read() as connection:
        tables = set(inspect(connection).get_table_names()) - {schema.REVISION_TABLE}
        return {
            name: sorted(
                connection.exec_driver_sql(f"SELECT * FROM {name}").all(),
                key=lambda row: [str(cell) for cell in row[:3]],
            )
            for name in tables
        }


@pytest.mark.parametrize("release", RELEASES)
def test_earlier_release_is_brought_up_with_nothing_lost(location, release, caplog):
    before = contents_of(release(location))
    with caplog.at_level(logging.INFO, "club.db.migrate"):
        store = Store(location)
    now = contents_of(store.database)
    for name, rows in before.items():  # whatever columns came behind
        assert [row[: len(old)] for row, old in zip(now[name], rows, strict=True)] == rows
    (message,) = caplog.messages
    assert re.search(rf"migrated from revision 000\d to {schema.REVISION} in \d+\.\d+ s", message)
    assert store.club().name == "Film club"
    assert store.members.all()["name"].tolist() == ["Ana"]
    assert store.movies.shortlist() == [-1, 50]
    assert store.movies.own()["overview"].tolist() == ["", ""]
    version = store.version()
    assert store.by("Ana").ratings.rate(1, 51, 3) == version + 1
    assert store.ratings.undo().step == version + 1
    assert store.audit_log()["who"].tolist()[1] == "Ana"
    assert store.movies.add("Heat", 1995, runtime=170, tmdb_id=949) == -3


def test_night_of_the_first_release_keeps_its_snapshot(location):
    at_release_4(location)
    store = Store(location)
    (night,) = store.nights.all()
    assert (night.state, night.movie, night.thresholds) == ("decided", 50, None)
    found = store.nights.predictions()
    assert found["mean"].tolist() == [4.1, 3.1]
    assert found["shared_sd"].isna().all()
    store.by("Host").nights.reveal(1)
    assert store.nights.outcome(1).stars == {1: 4.0}
    assert store.ratings.history(limit=1)["changed_by"].tolist() == ["Bo"]


def test_votes_lists_and_own_movies_of_an_earlier_release_go_on(location):
    at_release_5(location)
    store = Store(location)
    assert store.nights.ballot_box(2).ballots == {1: (50,), 2: (-1,)}
    assert store.nights.ballot_box(3).ballots is None
    assert [night.decided_movie for night in store.nights.all()] == [None, None, 50]
    own = store.movies.own()[["imdb_id", "directors", "cast"]]
    assert own.to_numpy().tolist() == [["", (), ()]] * 2
    store.watchlists.add(1, [-1, 51, 60])  # of which 1 has rated the first and seen the second
    assert store.watchlists.of(1) == [60]


def test_migration_that_fails_leaves_the_database_as_it_was(location):
    database = at_release_4(location)
    with database.transaction() as connection:  # the name that the migration needs
        connection.exec_driver_sql("ALTER TABLE nights ADD COLUMN thresholds text")
    with pytest.raises(StoreUnavailable):
        Store(location)
    with database.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE nights DROP COLUMN thresholds")
    assert Store(location).movies.own()["title"].tolist() == ["Our holiday", "Untitled"]
