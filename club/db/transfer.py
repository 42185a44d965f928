"""All rows of a club: read as of one moment, and copied from one database into another.

Either side may be SQLite or PostgreSQL, so the same copy makes a backup, puts one back, and takes a
club from one kind of database to the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text, update

from club.db import schema

OnStep = Callable[[int, int, str], None]  # rows done, rows in all, the table being copied
BATCH = 2000  # rows in memory at once


def version(connection: Connection) -> int:
    """Return the version of the club."""
    return int(connection.execute(select(schema.club.c.version)).scalar_one())


def counts(connection: Connection) -> dict[str, int]:
    """Return the number of rows by table name."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in schema.metadata.sorted_tables
    }


def copy_club(
    source: Connection, target: Connection, version: int, on_step: OnStep | None = None
) -> None:
    """Replace the rows of every table of `target` by those of `source`.

    It happens in the transaction of `target`: others see all of it or nothing. Ids that either
    database has given are not given again.

    Args:
        source: sees one state, as that of `Database.read` does.
        version: of the target afterwards.
    """
    done, total = 0, sum(counts(source).values())
    last_movie_id = select(schema.club.c.last_movie_id)
    lowest = min(side.execute(last_movie_id).scalar_one() for side in (source, target))
    # The tables that never give an id twice, and the last one given.
    last_ids = {
        table: max(_last_id(source, table), _last_id(target, table))
        for table in schema.metadata.sorted_tables
        if table.dialect_options["sqlite"]["autoincrement"]
    }
    with no_triggers(target):
        for table in reversed(schema.metadata.sorted_tables):
            if table is not schema.club:  # its one row is the lock of all writers
                target.execute(delete(table))
        for table in schema.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            found = source.execute(query.execution_options(yield_per=BATCH)).mappings()
            for part in found.partitions():
                rows: list[Any] = [dict(row) for row in part]
                if table is schema.club:
                    target.execute(update(table), rows[0])
                else:
                    target.execute(insert(table), rows)
                done += len(rows)
                if on_step:
                    on_step(done, total, table.name.replace("_", " "))
    target.execute(update(schema.club).values(version=version, last_movie_id=lowest))
    for table, last in last_ids.items():
        set_last_id(target, table, last)


@contextmanager
def no_triggers(connection: Connection) -> Iterator[None]:
    """Disable the triggers until the end of the block or of the transaction.

    Those that keep prediction snapshots unchanged would refuse a whole club that has some.
    """
    if connection.dialect.name != "sqlite":
        names = {event.rpartition(" ")[2] for _, event, *_ in schema.TRIGGERS}
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        return
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    triggers = connection.exec_driver_sql(query).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def set_last_id(connection: Connection, table: Table, last: int) -> None:
    """Have the ids of a table go on after `last`, the highest one ever given; 0 for none."""
    values: dict[str, Any] = {"name": table.name, "last": last}
    if connection.dialect.name == "sqlite":
        connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
        if last:
            connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), values)
    elif last:
        values["name"] = _sequence(connection, table)
        connection.execute(text("SELECT setval(CAST(:name AS regclass), :last)"), values)


def _last_id(connection: Connection, table: Table) -> int:
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return connection.execute(query, {"name": table.name}).scalar_one_or_none() or 0
    last, is_used = connection.execute(
        text(f"SELECT last_value, is_called FROM {_sequence(connection, table)}")
    ).one()
    return last if is_used else 0


def _sequence(connection: Connection, table: Table) -> str:
    (column,) = table.primary_key
    query = text("SELECT pg_get_serial_sequence(:name, :column)")
    return connection.execute(query, {"name": table.name, "column": column.name}).scalar_one()
