"""Bring a database to today's tables, or say why it cannot be used, without touching it."""

from __future__ import annotations

import contextlib
import logging
import time
from pathlib import Path
from threading import Lock

import sqlalchemy as sa

from club.db import schema
from club.db.database import ADVISORY_LOCK, RESTORE, Database
from club.errors import DatabaseDamaged, StoreUnavailable, writing

SCRIPTS = Path(__file__).parent / "migrations"
_log = logging.getLogger(__name__)
_NO_TRUNCATE = "predictions_are_not_truncated"
_one_migration = Lock()  # Alembic's context is global to the process


def open_tables(database: Database) -> None:
    """Create or migrate the club's tables where that is needed.

    Raises:
        StoreUnavailable: the file is damaged, belongs to another program, or was made by a newer
            version of this one. Such a file is left exactly as it is.
    """
    _prepare_file(database)
    with database.read() as connection:
        if database.is_sqlite:
            _refuse_damage(connection, database)
        revision = _revision(connection, database)
    if revision == schema.REVISION:
        return
    began = time.monotonic()
    if database.is_sqlite:
        # Nobody else on this machine may read the file, nor the logs that SQLite makes beside it.
        if database.file is not None:
            with contextlib.suppress(OSError):  # it belongs to another user
                database.file.chmod(0o600)
        database.use_wal()
    with database.transaction() as connection:
        if not database.is_sqlite:
            connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        if _revision(connection, database) == schema.REVISION:  # another program was faster
            return
        upgrade(connection)
    _log.info(
        "%s: migrated from revision %s to %s in %.2f s",
        database.place,
        revision or "none",
        schema.REVISION,
        time.monotonic() - began,
    )


def _prepare_file(database: Database) -> None:
    file = database.file
    if file is None:
        return
    if database.is_there():
        if file.is_dir():
            raise StoreUnavailable(
                f"{file} is a folder; name a file in it for the club's database."
            )
        return
    with writing(f"The folder {file.parent}"):
        file.parent.mkdir(parents=True, exist_ok=True)
    with writing(database.place):
        file.touch(0o600)


def _refuse_damage(connection: sa.Connection, database: Database) -> None:
    verdict = connection.execute(sa.text("PRAGMA quick_check(1)")).scalar_one()
    page = connection.execute(sa.text("PRAGMA page_size")).scalar_one()
    if verdict != "ok" or _is_cut_within_a_page(database.file, page):
        raise DatabaseDamaged(f"{database.place} is damaged; {RESTORE}")


def _is_cut_within_a_page(file: Path | None, page: int) -> bool:
    """Tell whether the last page is incomplete; SQLite takes what is missing for zeros."""
    if file is None or file.stat().st_size % page == 0:
        return False
    # After a crash the last page may be so too, but then one of these holds the rest of it.
    rest = [file.with_name(file.name + ending) for ending in ("-wal", "-journal")]
    return not any(other.exists() and other.stat().st_size for other in rest)


def _revision(connection: sa.Connection, database: Database) -> str | None:
    """Return the revision of the tables that are there; None where there are none of ours."""
    tables = set(sa.inspect(connection).get_table_names())
    if schema.REVISION_TABLE in tables:
        found = connection.execute(
            sa.text(f"SELECT version_num FROM {schema.REVISION_TABLE}")
        ).scalar_one_or_none()
        if found is not None and found < schema.OLDEST:
            raise StoreUnavailable(
                f"{database.place} is older than release 0.1.0; open it with that one first."
            )
        if found is not None and found > schema.REVISION:
            raise StoreUnavailable(
                f"{database.place} was made by a newer version of this program; "
                "update the program to open it."
            )
        return found
    if tables if database.is_sqlite else tables & set(schema.metadata.tables):
        raise StoreUnavailable(f"{database.place} belongs to another program; choose another one.")
    return None


def upgrade(connection: sa.Connection, revision: str = schema.REVISION) -> None:
    """Create or migrate the tables, in the transaction of `connection`.

    Args:
        revision: of the tables afterwards, from `schema.OLDEST` on; an earlier one than the newest
            has no triggers.
    """
    _drop_triggers(connection)
    newest = revision == schema.REVISION
    if newest and not sa.inspect(connection).has_table(schema.REVISION_TABLE):
        _create_tables(connection)
    else:
        _migrate_tables(connection, revision)
    if newest:
        _create_triggers(connection)


def _create_tables(connection: sa.Connection) -> None:
    """Create the newest tables and the club's one row; as fast as the migrations are slow."""
    schema.metadata.create_all(connection, checkfirst=False)
    revision = sa.Column("version_num", sa.String(32), nullable=False)
    key = sa.PrimaryKeyConstraint(revision, name=f"{schema.REVISION_TABLE}_pkc")
    revisions = sa.Table(schema.REVISION_TABLE, sa.MetaData(), revision, key)  # as Alembic makes it
    revisions.create(connection)
    connection.execute(sa.insert(revisions).values(version_num=schema.REVISION))
    row = {"club_id": 1, "name": "Our movie club", "is_demo": False, "version": 0}
    made = {"created_at": int(time.time()), "identity": schema.new_identity()}
    connection.execute(sa.insert(schema.club).values(**row, **made, last_movie_id=0))


def _migrate_tables(connection: sa.Connection, revision: str) -> None:
    from alembic import command  # noqa: PLC0415  (slow to import and rarely needed)
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with _one_migration:
        command.upgrade(config, revision)


def _drop_triggers(connection: sa.Connection) -> None:
    for name in (*(name for name, *_ in schema.TRIGGERS), _NO_TRUNCATE):
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        else:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def _create_triggers(connection: sa.Connection) -> None:
    if connection.dialect.name == "sqlite":
        for name, event, condition, sentence in schema.TRIGGERS:
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {event} WHEN {condition} "
                f"BEGIN SELECT RAISE(ABORT, '{sentence}'); END"
            )
        return
    # Only PostgreSQL has a way around DELETE.
    truncate = (
        _NO_TRUNCATE,
        "TRUNCATE ON predictions",
        "1 = 1",
        "A stored prediction cannot be deleted.",
    )
    for name, event, condition, sentence in (*schema.TRIGGERS, truncate):
        connection.exec_driver_sql(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{sentence}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            "RETURN coalesce(NEW, OLD); END $$"
        )
        rows = "" if name == _NO_TRUNCATE else "FOR EACH ROW "
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {event} {rows}EXECUTE FUNCTION {name}()"
        )
