"""Everything that a club's database holds: seen as of one moment, copied whole, compared."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    Select,
    Table,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from club.db import schema
from club.db.database import Database
from club.errors import StoreUnavailable

OnStep = Callable[[int, int, str], None]  # rows done, rows in all, what is being copied
CHUNK = 2000  # rows in memory at once
_JSON = json.JSONEncoder(default=date.isoformat)  # the only type that JSON has not
# Counters go on after a copy and never back; everything else is content.
_COUNTERS = {schema.club.c.version, schema.club.c.last_movie_id}

_NAMES = {schema.club.c.name, schema.members.c.name, schema.movies.c.title}
_CONTROLS = "*[\x01-\x1f\x7f]*"  # as SQLite writes patterns

LONGEST = 100_000  # letters of one value, several times of what the club takes
_MOMENTS = (-62_135_596_800, 253_402_300_799)  # seconds since 1970: the years 1 to 9999

_GUARDED = """
SELECT DISTINCT CAST(CAST(tgrelid AS regclass) AS text) FROM pg_trigger
JOIN pg_class ON pg_class.oid = tgrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE NOT tgisinternal AND nspname = current_schema()
"""


@contextmanager
def one_moment(database: Database) -> Iterator[Connection]:
    """A connection to which the database stays as it is now, however many questions it is asked."""
    with database.read() as connection:
        if not database.is_sqlite:  # there every question would see what others did meanwhile
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield connection


def version(connection: Connection) -> int:
    """Return how many writes there were."""
    return int(connection.execute(select(schema.club.c.version)).scalar_one())


def counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in schema.metadata.sorted_tables
    }


def lines(connection: Connection, table: Table) -> Iterator[str]:
    """Yield every row of a table as JSON, in the same order and form on either database."""
    for row in connection.execute(_content(table).order_by(*table.primary_key)):
        yield _JSON.encode(list(row))


def rows(connection: Connection, table: Table) -> Iterator[tuple[Any, ...]]:
    """Yield every row of a table to be compared, in any order: faster than as JSON."""
    query = _content(table)
    lists = [place for place, column in enumerate(query.selected_columns) if _is_json(column)]
    found = map(tuple, connection.execute(query))
    if not lists:
        yield from found
    for row in found:
        yield tuple(
            _JSON.encode(value) if place in lists else value for place, value in enumerate(row)
        )


def _content(table: Table) -> Select[Any]:
    wanted = [column for column in table.c if column not in _COUNTERS]
    return select(*wanted).execution_options(yield_per=CHUNK)


def _is_json(column: ColumnElement[Any]) -> bool:
    return isinstance(column.type, JSON)


def digests(connection: Connection) -> dict[str, str]:
    """Return a SHA-256 of what each table holds; databases with the same hold the same."""
    found = {}
    for table in schema.metadata.sorted_tables:
        digest = hashlib.sha256()
        for line in lines(connection, table):
            digest.update(f"{line}\n".encode())
        found[table.name] = digest.hexdigest()
    return found


def misfits(connection: Connection) -> list[str]:
    """Return the tables of an SQLite file with values that no program of ours can have written.

    SQLite takes anything into any column: text for a number, bytes for text, a day in year 99999,
    a book for a name, and names that would move a terminal's cursor.
    """
    found = []
    for table in schema.metadata.sorted_tables:
        wrong: list[ColumnElement[bool]] = [
            ~func.typeof(column).in_(_kinds(column)) for column in table.c
        ]
        wrong += [func.length(column) > LONGEST for column in table.c]
        wrong += [
            ~column.between(*_MOMENTS)
            for column in table.c
            if isinstance(column.type, BigInteger) and f"_{column.name}".endswith("_at")
        ]
        wrong += [
            or_(column.op("GLOB")(_CONTROLS), func.instr(column, func.char(0)) > 0)
            for column in table.c
            if column in _NAMES
        ]
        if connection.execute(select(literal(1)).select_from(table).where(or_(*wrong))).first():
            found.append(table.name)
    return found


def _kinds(column: Column[Any]) -> list[str]:
    kind = "text"
    if isinstance(column.type, Integer | Boolean):
        kind = "integer"
    elif isinstance(column.type, Float):
        kind = "real"
    return [kind, "null"] if column.nullable else [kind]


def copy(
    source: Connection, target: Connection, version: int, on_step: OnStep | None = None
) -> dict[str, int]:
    """Make `target` hold what `source` holds and nothing else, and read it back.

    It happens in the transaction of `target`, which `Database.write` has begun: others see all of
    it or nothing, and what was there is still there when it fails. Ids that either database has
    given are not given again.

    Args:
        source: at one moment.
        version: that the target has afterwards.
        on_step: told how far it is.

    Returns:
        How many rows each table has.

    Raises:
        StoreUnavailable: what was read back is not what was written.
    """
    rows = counts(source)
    done, total = 0, sum(rows.values())
    last_movie_id = min(_last_movie_id(source), _last_movie_id(target))
    last_ids = {
        table: max(_last_id(source, table), _last_id(target, table)) for table in _counting()
    }
    with no_triggers(target):
        for table in reversed(schema.metadata.sorted_tables):
            if table is not schema.club:  # its one row is what others wait for
                target.execute(delete(table))
        for table in schema.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            found = source.execute(query.execution_options(yield_per=CHUNK)).mappings()
            for part in found.partitions():
                write = update(table) if table is schema.club else insert(table)
                for_each = [dict(row) for row in part]
                target.execute(write, for_each[0] if table is schema.club else for_each)
                done += len(part)
                if on_step:
                    on_step(done, total, table.name.replace("_", " "))
    target.execute(update(schema.club).values(version=version, last_movie_id=last_movie_id))
    for table, last in last_ids.items():
        _count_from(target, table, last)
    if digests(source) != digests(target):
        raise StoreUnavailable("The copy is not what was copied; nothing was changed.")
    return rows


@contextmanager
def no_triggers(connection: Connection) -> Iterator[None]:
    """Leave out what guards single changes, until the end of the body or of the transaction.

    The triggers that keep predictions frozen would refuse a whole club that has some.
    """
    if connection.dialect.name != "sqlite":
        # Others who write have locked `club` already and wait for its row: that has no triggers.
        names = connection.execute(text(_GUARDED)).scalars().all()
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
        yield
        for name in names:
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        return
    triggers = connection.execute(
        text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    ).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, statement in triggers:
        connection.exec_driver_sql(statement)


def _counting() -> list[Table]:
    """The tables whose ids are given by the database and never again."""
    tables = schema.metadata.sorted_tables
    return [table for table in tables if table.dialect_options["sqlite"]["autoincrement"]]


def _last_movie_id(connection: Connection) -> int:
    return connection.execute(select(schema.club.c.last_movie_id)).scalar_one()


def _last_id(connection: Connection, table: Table) -> int:
    """The highest id that was ever given; 0 for none."""
    if connection.dialect.name == "sqlite":
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return connection.execute(query, {"name": table.name}).scalar_one_or_none() or 0
    last, is_used = connection.execute(
        text(f"SELECT last_value, is_called FROM {_sequence(connection, table)}")
    ).one()
    return last if is_used else 0


def _count_from(connection: Connection, table: Table, last: int) -> None:
    if connection.dialect.name != "sqlite":
        if last:
            query = text("SELECT setval(CAST(:sequence AS regclass), :last)")
            connection.execute(query, {"sequence": _sequence(connection, table), "last": last})
        return
    values = {"name": table.name, "last": last}
    connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
    if last:
        connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), values)


def _sequence(connection: Connection, table: Table) -> str:
    (column,) = table.primary_key
    query = text("SELECT pg_get_serial_sequence(:name, :column)")
    return connection.execute(query, {"name": table.name, "column": column.name}).scalar_one()
