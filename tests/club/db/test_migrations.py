from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from releases import at_release_1, at_release_2, at_release_3
from sqlalchemy import inspect

from club.db import schema
from club.db.database import Database
from club.db.migrate import SCRIPTS
from club.errors import StoreUnavailable
from club.store import Store


def test_migrations_lead_to_exactly_the_tables_of_the_schema(store):
    with store.database.read() as connection:
        options = {"version_table": schema.REVISION_TABLE, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
        assert context.get_current_revision() == schema.REVISION


def test_the_schemas_revision_is_the_newest_migration_and_they_are_numbered_in_order():
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config)
    oldest_first = [script.revision for script in scripts.walk_revisions()][::-1]
    assert oldest_first == [f"{number:04}" for number in range(1, len(oldest_first) + 1)]
    assert scripts.get_current_head() == schema.REVISION


def test_a_database_is_found_again_from_any_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = Store("deep/folder with % and é/club.db")
    store.members.add("Ana")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert store.members.all()["name"].tolist() == ["Ana"]
    assert Store("../deep/folder with % and é/club.db").version() == 1
    assert Store(f"sqlite:///{store.file}").version() == 1
    assert store.file == tmp_path / "deep" / "folder with % and é" / "club.db"


def test_where_the_database_is_when_nobody_says(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("club.store.open_tables", lambda database: opened.append(database.file))
    monkeypatch.delenv("MOVIE_CLUB_DATABASE", raising=False)
    monkeypatch.delenv("MOVIE_CLUB_VAR", raising=False)
    Store.open()
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))  # as the app does
    Store.open()
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", str(tmp_path / "named.db"))
    Store.open()
    Store.open(tmp_path / "given.db")
    ours = Path(__file__).parents[3] / "data" / "var" / "club.db"
    assert opened == [ours, tmp_path / "club.db", tmp_path / "named.db", tmp_path / "given.db"]


def test_readers_and_a_writer_do_not_wait_for_each_other_on_sqlite(file):
    Store(file)
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize("statement", ["INSERT INTO ratings VALUES (99, 1, 5, 0)"])
def test_foreign_keys_are_kept(store, statement):
    from sqlalchemy.exc import IntegrityError

    with pytest.raises(StoreUnavailable) as caught, store.database.write() as write:
        write.connection.exec_driver_sql(statement)
    assert isinstance(caught.value.__cause__, IntegrityError)
    assert store.version() == 0


def test_a_database_of_the_first_release_is_brought_up_with_nothing_lost(location):
    at_release_1(location)
    store = Store(location)
    with store.database.read() as connection:
        assert (
            MigrationContext.configure(
                connection, opts={"version_table": schema.REVISION_TABLE}
            ).get_current_revision()
            == schema.REVISION
        )
    assert (store.version(), store.club().name) == (6, "Film club")
    assert store.members.all()["name"].tolist() == ["Ana"]
    assert store.ratings.current().to_numpy().tolist() == [[1, -1, 2.0, 101], [1, 50, 4.5, 100]]
    assert store.ratings.history()["after"].tolist() == [2.0, 4.5]
    assert store.movies.shortlist() == [-1, 50]
    movies = store.movies.own()
    assert movies["title"].tolist() == ["Our holiday", "Untitled"]
    assert movies.loc[-1, :"aliases"].tolist() == [
        "Our holiday",
        2024,
        ("Comedy",),
        ("beach",),
        (),
    ]
    assert movies["overview"].tolist() == ["", ""]
    assert movies[["runtime", "tmdb_id"]].isna().all(axis=None)
    assert store.movies.details().empty
    store.ratings.rate(1, 51, 3)
    assert store.movies.add("Heat", 1995, runtime=170, tmdb_id=949) == -3
    assert store.ratings.undo() is not None


def test_a_migration_that_fails_leaves_the_database_as_it_was(location, monkeypatch):
    database = at_release_1(location)
    refuse = "CREATE TABLE movie_details (a integer)"  # the name that the migration needs
    with database.transaction() as connection:
        connection.exec_driver_sql(refuse)
    with pytest.raises(StoreUnavailable):
        Store(location)
    with database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE movie_details")
    assert Store(location).movies.own()["title"].tolist() == ["Our holiday", "Untitled"]


Rows = dict[str, list[tuple[object, ...]]]


def first(row: tuple[object, ...]) -> tuple[str, str]:
    """What rows are put in order by: the first two columns, which no two have in common."""
    return str(row[0]), str(row[1])


def contents_of(database: Database) -> Rows:
    """Every row of every table."""
    with database.read() as connection:
        tables = set(inspect(connection).get_table_names()) - {schema.REVISION_TABLE}
        return {
            name: sorted(connection.exec_driver_sql(f"SELECT * FROM {name}").all(), key=first)
            for name in tables
        }


def assert_kept(store: Store, before: Rows) -> None:
    """Expect every row to be there, whatever columns came behind."""
    now = contents_of(store.database)
    for name, rows in before.items():
        assert [row[: len(old)] for row, old in zip(now[name], rows, strict=True)] == rows


def test_a_database_of_the_second_release_is_brought_up_with_nothing_lost(location):
    before = contents_of(at_release_2(location))
    store = Store(location)
    assert_kept(store, before)
    assert {name for name, rows in before.items() if rows} == {
        "club",
        "members",
        "movie_details",
        "movies",
        "rating_events",
        "ratings",
        "shortlist",
    }
    assert (store.version(), store.club().name) == (6, "Film club")
    assert store.movies.details().loc[50, "keywords"] == ("heist",)
    assert store.movies.own()["runtime"].fillna(0).tolist() == [12, 0]
    assert (store.nights.all(), store.members.guests().empty, store.members.seen().empty) == (
        [],
        True,
        True,
    )
    night = store.nights.plan(date(2024, 5, 3), [1])
    gil = store.members.add_guest("Gil", [50])
    assert (night, gil, store.nights.get(night).present) == (1, 2, (1,))
    assert store.ratings.undo() is not None


def test_a_database_of_the_third_release_is_brought_up_with_nothing_lost(location):
    before = contents_of(at_release_3(location))
    store = Store(location)
    assert_kept(store, before)
    filled = {name for name, rows in before.items() if rows}
    assert filled >= {"guests", "seen", "nights", "attendance", "vetoes", "ballots"}
    assert (store.version(), store.club().for_others, store.audit_log().empty) == (12, True, True)
    (night,) = store.nights.all()
    assert (night.present, night.voting, night.notes) == ((1, 2), "rank", "bring crisps")
    assert store.nights.vetoes(1) == {51: (2,)}
    assert store.members.guests().loc[2, "likes"] == ("heist",)
    store.nights.vote(1, 2, [50])
    assert store.by("Ana").ratings.rate(1, 51, 3) == 14
    assert store.audit_log()["who"].tolist()[0] == "Ana"


def test_the_triggers_that_keep_predictions_frozen_are_there_after_a_migration(location):
    at_release_2(location)
    store = Store(location)
    query = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if store.file
        else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
        " AND tgrelid IN ('predictions'::regclass, 'nights'::regclass) ORDER BY tgname"
    )
    with store.database.read() as connection:
        triggers = [tuple(row) for row in connection.exec_driver_sql(query)]
    assert triggers == [
        ("decisions_stay_as_they_are", "nights"),
        *([] if store.file else [("predictions_are_not_truncated", "predictions")]),
        ("predictions_come_before_the_decision", "predictions"),
        ("predictions_go_with_their_night", "predictions"),
        ("predictions_stay_as_they_are", "predictions"),
    ]
