"""Put a backup in the place of the club: checked first, the old state kept, all or nothing.

Nothing that a backup's author wrote into its schema runs: the file is opened read-only, and the
rows of the known tables are copied into a database of our own, in memory, which has the backup's
revision and is then migrated. From there they go into the club's database in one transaction, be
it SQLite or PostgreSQL; so a backup of the one, restored into the other, moves a club.
"""

from __future__ import annotations

import logging
import math
import re
import shutil
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from club import backup, config
from club.db import migrate, schema, transfer
from club.db.database import Database
from club.db.transfer import OnStep
from club.errors import DatabaseDamaged, InvalidInput, writing
from club.store import Store
from recommender.persistence import write_atomically

log = logging.getLogger(__name__)

# Tables with a name for people; the rows of all others count as "everything else".
SHOWN = {
    "members": "people",
    "ratings": "ratings",
    "nights": "nights",
    "movies": "movies added",
    "shortlist": "on the shortlist",
    "changes": "changes, with who made them",
}
REST = "everything else"
SHOWN_OR_REST = [*SHOWN.values(), REST]
ACT = "brought back an earlier state"  # in the list of changes
LARGEST_ROW = 150_000  # bytes, several times of what the club takes
_MOMENTS = (-62_135_596_800, 253_402_300_799)  # seconds since 1970: the years 1 to 9999


@dataclass(frozen=True)
class Figures:
    """A club in a few figures: its last change (UTC) and rows by the names in SHOWN, and REST."""

    name: str
    changed_at: datetime
    rows: dict[str, int]


@dataclass(frozen=True)
class Preview:
    """What a restore would do.

    Args:
        now: the present club; None where there is no database, or a damaged one.
        damaged: whether the present database cannot be read.
    """

    file: Path
    backup: Figures
    now: Figures | None
    damaged: bool = False

    @property
    def table(self) -> pd.DataFrame:
        """Columns what (SHOWN, REST), now, in the backup: rows; <NA> where unknown."""
        sides = {"now": self.now.rows if self.now else {}, "in the backup": self.backup.rows}
        columns = {side: pd.Series(rows, SHOWN_OR_REST, "Int64") for side, rows in sides.items()}
        return pd.DataFrame(columns).rename_axis("what").reset_index()


def preview(location: str | Path | None, file: Path, content: bytes | None = None) -> Preview:
    """Return what restoring `file` would do; nothing is changed by it.

    Args:
        content: of a file that was uploaded; `file` is only its name then.

    Raises:
        InvalidInput: the file cannot be restored; the message says why.
        StoreUnavailable: the database cannot be read right now.
    """
    database = Database(location or config.database(), 0)
    with _opened(file, content) as theirs:
        figures = _figures(theirs)
        if not database.is_there():
            return Preview(file, figures, None)
        try:
            with Store.open(location).database.read() as ours:
                return Preview(file, figures, _figures(ours))
        except DatabaseDamaged:
            return Preview(file, figures, None, damaged=True)


def restore(
    location: str | Path | None,
    file: Path,
    on_step: OnStep | None = None,
    *,
    content: bytes | None = None,
    who: str | None = None,
) -> backup.Backup | None:
    """Replace the club by the one in `file`, also while it is in use.

    The present club is kept as a backup first; a damaged database file is kept as it is. The
    database gets a new identity, so that nothing cached of the old club is used.

    Args:
        content: see `preview`.
        who: the actor, for the list of changes.

    Returns:
        The old state; None if there was none.

    Raises:
        InvalidInput: the file cannot be restored; the message says why. Nothing is changed.
        StoreUnavailable: the database cannot be written. Nothing is changed.
    """
    started = time.monotonic()
    with _opened(file, content) as theirs:
        try:
            live = Store.open(location).by(who)
            with live.database.write(ACT) as write:
                # Within the write, so that no other one falls between what is kept and what goes.
                kept = backup.keep_old(live) if write.version > 1 else None
                write.version = max(write.version, transfer.version(theirs) + 1)
                transfer.copy_club(theirs, write.connection, write.version, on_step)
        except DatabaseDamaged:
            database = Database(location or config.database(), 0)
            kept = _replace_damaged(database, theirs, on_step, who)
    log.info("restored %s in %.1f s", file, time.monotonic() - started)
    return kept


def _replace_damaged(
    database: Database, theirs: sa.Connection, on_step: OnStep | None, who: str | None
) -> backup.Backup:
    """Replace a damaged file by a new one; return the damaged one, which is kept.

    There is a file at every moment: without one, the next start would begin a new club.
    """
    file = database.file
    assert file is not None  # a server is never damaged
    kept = backup.new_file(database, datetime.now(UTC), "damaged")

    def write(fresh: Path) -> None:
        version = transfer.version(theirs) + 1
        backup.write_club(theirs, fresh, version, on_step, act=ACT, who=who)
        try:
            kept.hardlink_to(file)
        except OSError:  # not on this disk, or not between these two folders
            shutil.copyfile(file, kept)
        kept.chmod(0o600)
        for ending in ("-wal", "-shm"):  # or the new file would be read with the old one's
            part = file.with_name(file.name + ending)
            if part.exists():
                part.replace(kept.with_name(kept.name + ending))

    with writing(database.place):
        write_atomically(file, write)
    return next(found for found in backup.find(database) if found.file == kept)


@contextmanager
def _opened(file: Path, content: bytes | None) -> Iterator[sa.Connection]:
    """Yield a connection to an own copy, in memory, of the club in a backup, every value checked.

    Raises InvalidInput if it is no whole backup of this version or an earlier one.
    """
    before = _stamp(file) if content is None else (0, len(content))
    memory = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    with ExitStack() as at_end, memory.connect() as copy:
        at_end.callback(memory.dispose)  # else its connection stays open
        try:
            with closing(_open_untrusted(file, content, before[1])) as theirs:
                revision = _checked_revision(theirs, file, before[1])
                migrate.upgrade(copy, revision)
                tables = schema.metadata
                if revision != schema.REVISION:
                    tables = sa.MetaData()
                    tables.reflect(copy)
                _copy_untrusted(theirs, copy, tables)
            if revision != schema.REVISION:
                migrate.upgrade(copy)
            for table in schema.metadata.sorted_tables:  # every date and JSON text can be read
                query = sa.select(table).execution_options(yield_per=transfer.BATCH)
                deque(copy.execute(query), maxlen=0)
            transfer.version(copy)
            copy.execute(sa.update(schema.club).values(identity=schema.new_identity()))
        except InvalidInput:
            raise
        except (sqlite3.Error, SQLAlchemyError, ValueError, RecursionError) as error:
            raise InvalidInput(f"{file} is damaged or no backup; choose another one.") from error
        if content is None and _stamp(file) != before:
            raise InvalidInput(f"{file} is being written to; make a backup of it and restore that.")
        yield copy


def _stamp(file: Path) -> tuple[int, int]:
    """Return the time and size of a file that can be read; they change with every write."""
    try:
        if not file.is_file():
            raise InvalidInput(f"There is no file {file}.")
        with file.open("rb"):
            return file.stat().st_mtime_ns, file.stat().st_size
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error


def _open_untrusted(file: Path, content: bytes | None, size: int) -> sqlite3.Connection:
    """Open a backup to be read, leaving no trace beside it unless it is in use."""
    if content is not None:
        connection = sqlite3.connect(":memory:")
        if content:  # bytes 18 and 19 would ask for a write-ahead log
            connection.deserialize(content[:18] + b"\1\1" + content[20:])
    else:
        wal = file.with_name(f"{file.name}-wal")
        how = "mode=ro" if wal.exists() and wal.stat().st_size else "immutable=1"
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)
    # What its indexes and columns may compute stays small and comes to an end.
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_ROW)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 100)
    for pragma in ("trusted_schema = OFF", "ignore_check_constraints = ON"):
        connection.execute(f"PRAGMA {pragma}")
    steps = iter(range(20 + size // 50_000))  # of a million instructions each
    connection.set_progress_handler(lambda: next(steps, None) is None, 1_000_000)
    return connection


def _checked_revision(theirs: sqlite3.Connection, file: Path, size: int) -> str:
    """Return the revision of a backup; raises InvalidInput for a newer one or none of ours."""
    (verdict,) = theirs.execute("PRAGMA integrity_check(1)").fetchone()
    (page,) = theirs.execute("PRAGMA page_size").fetchone()
    # SQLite takes what is missing of the last page for zeros.
    if verdict != "ok" or size % page:
        raise sqlite3.DatabaseError(verdict)
    found = None
    if {"club", schema.REVISION_TABLE} <= _tables(theirs):
        found = theirs.execute(f"SELECT version_num FROM {schema.REVISION_TABLE}").fetchone()
    revision = "" if found is None else str(found[0])
    if not re.fullmatch(r"\d{4}", revision) or revision < schema.OLDEST:
        raise InvalidInput(f"{file} is not the backup of a movie club; choose another one.")
    if revision > schema.REVISION:
        raise InvalidInput(
            f"{file} was made by a newer version of this program; update the program to restore it."
        )
    return revision


def _tables(theirs: sqlite3.Connection) -> set[str]:
    """Return the names of the tables that are neither views nor virtual."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"
    return {name for (name,) in theirs.execute(query)}


def _copy_untrusted(theirs: sqlite3.Connection, copy: sa.Connection, ours: sa.MetaData) -> None:
    """Copy the rows of our tables, and only these, into the empty tables of the same revision."""
    tables = [table for table in ours.sorted_tables if table.name != schema.REVISION_TABLE]
    if missing := {table.name for table in tables} - _tables(theirs):
        raise ValueError(f"no tables {missing}")
    with transfer.no_triggers(copy):
        for table in tables:
            copy.exec_driver_sql(f"DELETE FROM {table.name}")
            # With the table's name: SQLite takes a column that it lacks for a text otherwise.
            names = ", ".join(f'{table.name}."{column.name}"' for column in table.c)
            insert = f"INSERT INTO {table.name} VALUES ({', '.join('?' * len(table.c))})"
            found = theirs.execute(f"SELECT {names} FROM {table.name}")
            while rows := found.fetchmany(transfer.BATCH):
                for row in rows:
                    for value, column in zip(row, table.c, strict=True):
                        if value is not None and not _fits(value, column):
                            raise ValueError(f"{table.name}.{column.name} is {value!r}")
                copy.exec_driver_sql(insert, rows)
    last_ids = dict(theirs.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for table in tables:
        if isinstance(last := last_ids.get(table.name), int):
            transfer.set_last_id(copy, table, last)
    if copy.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
        raise ValueError("rows belong to rows that are missing")


def _fits(value: object, column: sa.Column[Any]) -> bool:
    """Return False for a value that SQLite takes into a column, but that we never write."""
    if isinstance(column.type, sa.Boolean):
        return value in {0, 1}
    if isinstance(column.type, sa.Integer):
        is_time = isinstance(column.type, sa.BigInteger)
        lowest, highest = _MOMENTS if is_time else (-(2**31), 2**31 - 1)
        return isinstance(value, int) and lowest <= value <= highest
    if isinstance(column.type, sa.Float):
        return isinstance(value, float) and math.isfinite(value)
    # A name with control characters could move a terminal's cursor; only longer texts have lines.
    is_line = isinstance(column.type, sa.String) and not isinstance(column.type, sa.Text)
    return (
        isinstance(value, str)
        and "\0" not in value
        and not (is_line and any(letter < " " or letter == "\x7f" for letter in value))
    )


def _figures(connection: sa.Connection) -> Figures:
    rows = dict.fromkeys(SHOWN_OR_REST, 0)
    for table, count in transfer.counts(connection).items():
        rows[SHOWN.get(table, REST)] += count
    latest = connection.execute(sa.select(sa.func.max(schema.changes.c.at))).scalar()
    club = connection.execute(sa.select(schema.club)).one()
    return Figures(club.name, datetime.fromtimestamp(latest or club.created_at, UTC), rows)
