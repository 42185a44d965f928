"""The tests' databases are what the app makes."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from databases import PostgresServer
from everything import contents
from sqlalchemy import inspect

from club.db.database import Database
from club.db.migrate import SCRIPTS
from club.store import Store


def by_alembic(place: str) -> Database:
    database, config = Database(place, 5.0), Config()
    config.set_main_option("script_location", str(SCRIPTS))
    with database.transaction() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return database


def same_club(repeated: Store, other: Store) -> None:
    fixed = ("created_at",)
    assert contents(repeated, without=fixed) == contents(other, without=fixed)
    assert abs(repeated.club().created_at - other.club().created_at).total_seconds() < 60


def test_a_migration_that_is_repeated_makes_the_same_sqlite_file(tmp_path) -> None:
    def made(database: Database) -> dict[str, str]:
        with database.read() as connection:
            rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master").all()
        return {row.name: row.sql for row in rows}

    Store(tmp_path / "first.db")
    (tmp_path / "anew.db").touch()
    repeated, alembics = Store(tmp_path / "again.db"), by_alembic(str(tmp_path / "anew.db"))
    assert made(repeated.database) == made(alembics)
    assert len(made(alembics)) > 20
    same_club(repeated, Store(tmp_path / "anew.db"))


def test_a_migration_that_is_repeated_makes_the_same_postgresql_tables(
    postgres: PostgresServer,
) -> None:
    def made(database: Database) -> dict[str, object]:
        with database.read() as connection:
            seen = inspect(connection)
            triggers = connection.exec_driver_sql(
                "SELECT tgname FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid"
                " WHERE relnamespace = current_schema()::regnamespace ORDER BY tgname"
            ).all()
            keys = (seen.get_columns, seen.get_pk_constraint, seen.get_check_constraints)
            return {
                "triggers": [row.tgname for row in triggers if "RI_" not in row.tgname],
                **{name: [key(name) for key in keys] for name in sorted(seen.get_table_names())},
            }

    Store(postgres.new_schema())
    place = postgres.new_schema()
    repeated, alembics = Store(postgres.new_schema()), by_alembic(place)
    assert str(made(repeated.database)) == str(made(alembics))
    assert len(made(alembics)["triggers"]) == 5
    same_club(repeated, Store(place))
