"""Put a backup in the place of what there is: looked at first, kept before, whole or not at all.

The ZIP that `club.exports.everything` wrote is a backup, too.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import BigInteger, Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from club import backups, config, contents, copies
from club.contents import OnStep
from club.damaged import is_damaged, replace_damaged
from club.db import schema
from club.db.database import Database
from club.errors import InvalidInput, StoreUnavailable
from club.store import Store

# What people know by a name; every other table is one of "everything else".
SHOWN = {
    "members": "people",
    "ratings": "ratings",
    "nights": "nights",
    "movies": "movies added",
    "shortlist": "on the shortlist",
    "changes": "changes, with who made them",
}
REST = "everything else"
ACT = "brought back an earlier state"  # in the list of changes
COPIES, DAY = "movie-club-restore-", 86_400  # how folders of copies begin; seconds


@dataclass(frozen=True)
class Figures:
    """A club in a few figures.

    Args:
        name: of the club.
        changed_at: when anything was last changed, UTC.
        rows: how many there are, by the names in SHOWN, and REST; people who left are counted, too.
    """

    name: str
    changed_at: datetime
    rows: dict[str, int]


@dataclass(frozen=True)
class Preview:
    """What a restore would do.

    Args:
        file: the backup, or the export that is put back like one.
        backup: what would be there.
        now: what is there; None where there is no database, or a damaged one.
        lost: how many rows of `now` the backup has not, or has otherwise; by the same names.
        damaged: whether there is a database that cannot be read.
    """

    file: Path
    backup: Figures
    now: Figures | None
    lost: dict[str, int]
    damaged: bool

    @property
    def table(self) -> pd.DataFrame:
        """What (SHOWN, REST), now, in the backup, lost: numbers of rows; <NA> where unknown."""
        return pd.DataFrame(
            {
                "what": list(self.backup.rows),
                "now": [self.now and self.now.rows[name] for name in self.backup.rows],
                "in the backup": list(self.backup.rows.values()),
                "lost": [self.lost.get(name) for name in self.backup.rows],
            }
        ).astype({"now": "Int64", "lost": "Int64"})


def preview(location: str | Path | None, file: Path) -> Preview:
    """Return what restoring `file` would do; nothing is changed by it.

    Raises:
        InvalidInput: the file cannot be restored; its sentence says why.
        StoreUnavailable: the database is there and well, but cannot be read right now.
    """
    database = _database(location)
    with _opened(file) as backup, contents.one_moment(backup.database) as theirs:
        damaged = is_damaged(database)
        if damaged or not database.is_there():
            return Preview(file, _figures(theirs), None, {}, damaged)
        with contents.one_moment(Store.open(location).database) as ours:
            lost = dict.fromkeys([*SHOWN.values(), REST], 0)
            for table in schema.metadata.sorted_tables:
                kept = set(contents.rows(theirs, table))
                gone = sum(row not in kept for row in contents.rows(ours, table))
                lost[SHOWN.get(table.name, REST)] += gone
            return Preview(file, _figures(theirs), _figures(ours), lost, damaged)


def restore(
    location: str | Path | None,
    file: Path,
    on_step: OnStep | None = None,
    *,
    who: str | None = None,
) -> backups.Backup | None:
    """Replace the club by what `file` holds, at once, also while it is in use.

    What is there now is kept as a backup first; a damaged database is kept as it is. The version
    rises above both, so that everybody reads anew. A backup of an earlier version of this program
    is brought up to date on a copy.

    Args:
        on_step: told how far it is.
        who: does it, for the list of changes.

    Returns:
        Where the old state is; None when there was none.

    Raises:
        InvalidInput: the file cannot be restored; its sentence says why. Nothing is changed.
        StoreUnavailable: the database cannot be written. Nothing is changed.
    """
    database = _database(location)
    with _opened(file) as backup, contents.one_moment(backup.database) as theirs:
        if is_damaged(database):
            return replace_damaged(database, theirs, on_step, act=ACT, who=who)
        live = Store.open(location).by(who)
        with live.database.write(ACT) as write:
            # Inside, so that nobody's write can come between what is kept and what goes.
            kept = backups.keep_old(live, "before-restore") if write.version > 1 else None
            version = max(write.version, contents.version(theirs) + 1)
            contents.copy(theirs, write.connection, version, on_step)
            write.version = version
        return kept


def _database(location: str | Path | None) -> Database:
    """The place that `Store.open` opens, without opening it."""
    return Database(location or config.database(), 0)


@contextmanager
def _opened(file: Path) -> Iterator[Store]:
    """A backup as a store: a copy of it, brought up to date, every row of which can be read.

    Of an export, the copy is the club that it tells of.
    """
    damaged = f"{file} is damaged or no backup; choose another one."
    _sweep()
    with tempfile.TemporaryDirectory(prefix=COPIES) as folder:
        copy = Path(folder, "club.db")
        if _is_zip(file):
            from club.exports import rebuild  # noqa: PLC0415  (slow: the learning machinery)

            rebuild(file, copy)
        else:
            _copy_checked(file, copy, damaged)
        try:
            store = Store(copy)
            with contents.one_moment(store.database) as connection:
                for table in schema.metadata.sorted_tables:
                    deque(contents.rows(connection, table), maxlen=0)  # as soon as one is wrong
                contents.version(connection)
                lost = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
                wrong = lost is not None or bool(contents.misfits(connection))
        except (StoreUnavailable, SQLAlchemyError, ValueError, TypeError) as error:
            raise InvalidInput(damaged) from error
        if wrong:
            raise InvalidInput(damaged)
        yield store


def _sweep() -> None:
    """Remove what restores that were killed left; one that is still at it needs less than a day."""
    for left in Path(tempfile.gettempdir()).glob(f"{COPIES}*"):
        with suppress(OSError):
            if time.time() - left.lstat().st_mtime > DAY:
                shutil.rmtree(left, ignore_errors=True)


def _is_zip(file: Path) -> bool:
    """Tell an export from a backup, whatever they are called.

    Raises:
        InvalidInput: there is no such file, or it cannot be read.
    """
    try:
        if not file.is_file():
            raise InvalidInput(f"There is no file {file}.")
        with file.open("rb") as stream:
            return stream.read(4) == b"PK\3\4"
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from error


def _copy_checked(file: Path, copy: Path, damaged: str) -> None:
    """Copy a backup, or a database that somebody may be writing to.

    Raises:
        InvalidInput: it is no whole backup of this version or an earlier one.
    """
    try:
        before = _looks(file)
        try:
            revision = _copied(file, copy, copies.open_still)
        except sqlite3.Error:
            if _looks(file) == before:
                raise
        if _looks(file) != before:  # half of it may be from before and half from after
            revision = _copied(file, copy, copies.open_in_use)
    except (sqlite3.Error, OSError) as error:
        why = damaged if copies.is_damage(error) else f"{file} cannot be read: {error}."
        raise InvalidInput(why) from error
    if revision is None or not revision.isdigit() or int(revision) < 1:
        raise InvalidInput(f"{file} is not the backup of a movie club; choose another one.")
    if revision > schema.REVISION:
        raise InvalidInput(
            f"{file} was made by a newer version of this program; update the program to restore it."
        )


def _looks(file: Path) -> tuple[int, int, bool]:
    """Return what is another one after somebody has written to the file."""
    said = file.stat()
    return said.st_mtime_ns, said.st_size, file.with_name(f"{file.name}-wal").exists()


def _copied(file: Path, copy: Path, opened: Callable[[Path], sqlite3.Connection]) -> str | None:
    """Copy a database over `copy`; return which revision it is of, None if of none of ours."""
    if copies.computes(file, opened):
        return None
    revision = copies.revision_of(file, opened)
    with closing(opened(file)) as original, closing(sqlite3.connect(copy)) as new:
        original.backup(new)
        # The copy is only read, once it is brought up to date; that must not run what others wrote.
        for (name,) in new.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            new.execute('DROP TRIGGER "{}"'.format(name.replace('"', '""')))
        new.commit()
    return revision


def _figures(connection: Connection) -> Figures:
    rows = dict.fromkeys([*SHOWN.values(), REST], 0)
    for table, count in contents.counts(connection).items():
        rows[SHOWN.get(table, REST)] += count
    times = [
        select(func.max(column).label("at"))
        for table in schema.metadata.sorted_tables
        for column in table.c
        if isinstance(column.type, BigInteger) and f"_{column.name}".endswith("_at")
    ]
    latest = max(filter(None, (connection.execute(time).scalar() for time in times)), default=0)
    name = connection.execute(select(schema.club.c.name)).scalar_one()
    return Figures(name, datetime.fromtimestamp(latest, UTC), rows)
