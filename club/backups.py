"""Backups of the club: whole or not there, the same kind of file for either database.

A backup is an SQLite database. Those that are made day by day lie in the folder `backups` beside
the database, named by the time in UTC, and grow fewer with age. What a restore or a move replaced
lies there too and is never removed.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Hashable, Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, select

from club import config, contents
from club.contents import OnStep
from club.copies import appearing, in_words, open_still, remove, sweep
from club.db import schema
from club.db.database import Database
from club.errors import InvalidInput, StoreUnavailable
from club.store import Store

DAYS, WEEKS, MONTHS = 7, 4, 12
_STAMP = "%Y%m%dT%H%M%SZ"
Reason = Literal["before-restore", "before-move", "damaged"]


@dataclass(frozen=True)
class Backup:
    """A file that holds the club as it was.

    Args:
        file: where it is.
        made_at: when, UTC; by the clock of then.
        size: bytes.
        reason: why it is kept for good; None for one that goes with age.
    """

    file: Path
    made_at: datetime
    size: int
    reason: str | None


def keep(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Return which backups stay: the newest of each of the last 7 days, 4 weeks and 12 months.

    Days, weeks (from Monday) and months without a backup do not count, so nothing goes because a
    club, or its clock, stood still. Times after `now` come from a clock that was wrong: they only
    fill what is left, but the latest of all always stays, since it may be `now` that is wrong.

    Args:
        times: when they were made, UTC.
        now: UTC.
    """
    newest_first = sorted(times, reverse=True)
    trusted_first = sorted(newest_first, key=lambda time: time > now)
    spans: list[tuple[int, Callable[[datetime], Hashable]]] = [
        (DAYS, lambda time: time.date()),
        (WEEKS, lambda time: time.isocalendar()[:2]),
        (MONTHS, lambda time: (time.year, time.month)),
    ]
    kept = set(newest_first[:1])
    for most, span_of in spans:
        newest: dict[Hashable, datetime] = {}
        for time in trusted_first:
            newest.setdefault(span_of(time), time)
        kept.update(list(newest.values())[:most])
    return kept


def folder_of(database: Database) -> Path:
    """Return where the backups of a database are."""
    return (database.file.parent if database.file else config.folder()) / "backups"


def find(database: Database) -> list[Backup]:
    """Return the backups of a database in its folder, newest first."""
    named = re.compile(rf"{re.escape(_stem(database))}-(\d{{8}}T\d{{6}}Z)(?:-([a-z-]+))?\.db")
    found = []
    with contextlib.suppress(OSError):  # no folder yet, or none that can be read
        for file in folder_of(database).iterdir():
            # Another program may have another name like ours, or take a file away meanwhile.
            with contextlib.suppress(ValueError, FileNotFoundError):
                if name := named.fullmatch(file.name):
                    made_at = datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC)
                    found.append(Backup(file, made_at, file.stat().st_size, name[2]))
    return sorted(found, key=lambda backup: (backup.made_at, backup.file.name), reverse=True)


def back_up(store: Store, path: Path, on_step: OnStep | None = None) -> None:
    """Copy the club, as of one moment and while it is in use, to a new SQLite file.

    Raises:
        InvalidInput: the path is taken.
        StoreUnavailable: the copy cannot be written; nothing is left of it then.
    """
    store.version()  # what is wrong with the club is not said of the backup
    with appearing(path) as unfinished:
        if store.file is None:
            with contents.one_moment(store.database) as source:
                write_club(source, unfinished, contents.version(source), on_step)
            return
        with (
            closing(sqlite3.connect(f"{store.file.as_uri()}?mode=rw", uri=True)) as original,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            original.backup(copy)


def roll(store: Store, now: datetime | None = None, on_step: OnStep | None = None) -> Backup | None:
    """Make a backup in the folder, unless there is one of just this, and drop what is too old.

    Args:
        now: UTC; by the clock if None.

    Returns:
        The new one; None when nothing has changed since an earlier one.

    Raises:
        StoreUnavailable: it cannot be written; all earlier ones are still there.
    """
    now = now or datetime.now(UTC)
    with store.database.read() as connection:
        club = tuple(connection.execute(select(schema.club)).one())
    if any(_holds(backup.file, club) for backup in find(store.database)):
        return None
    made = _named(store, now, on_step)
    _thin(store.database, now)
    return made


def keep_old(store: Store, reason: Reason, on_step: OnStep | None = None) -> Backup:
    """Make a backup that stays for good, since what is there now is about to be replaced."""
    return _named(store, datetime.now(UTC), on_step, reason)


def new_file(database: Database, now: datetime, reason: Reason | None = None) -> Path:
    """Return a name in the folder, which is made, that no backup has.

    Raises:
        StoreUnavailable: the folder cannot be made.
    """
    folder, ending = folder_of(database), f"-{reason}" if reason else ""

    def named(time: datetime) -> Path:
        return folder / f"{_stem(database)}-{time.strftime(_STAMP)}{ending}.db"

    try:
        folder.mkdir(parents=True, exist_ok=True)
        while named(now).exists():
            now += timedelta(seconds=1)
    except OSError as error:
        raise StoreUnavailable(f"The folder {folder} cannot be made: {error.strerror}.") from error
    return named(now)


def write_club(
    source: Connection,
    file: Path,
    version: int,
    on_step: OnStep | None = None,
    *,
    act: str | None = None,
    who: str | None = None,
) -> None:
    """Write what `source` holds to a new SQLite file, as a club of that version.

    Args:
        act: what is done, for the list of changes of the new club; None: not listed.
        who: does it.
    """
    with Store(file).by(who).database.write(act) as write:
        contents.copy(source, write.connection, version, on_step)
        write.version = version


def _stem(database: Database) -> str:
    name = database.file.stem if database.file else database.place.removeprefix("The database ")
    return re.sub(r"[^\w.]+", "-", name).strip("-")


def _named(
    store: Store, now: datetime, on_step: OnStep | None, reason: Reason | None = None
) -> Backup:
    while True:
        file = new_file(store.database, now, reason)
        try:
            back_up(store, file, on_step)
            break
        except InvalidInput:  # another program has made one of this very second meanwhile
            now += timedelta(seconds=1)
    return next(backup for backup in find(store.database) if backup.file == file)


def _holds(file: Path, club: tuple[object, ...]) -> bool:
    """Whether the file is whole and holds this very club at this very version."""
    try:
        with in_words(), closing(open_still(file)) as connection:
            same = connection.execute("SELECT * FROM club").fetchall() == [club]
            return same and connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except (sqlite3.Error, OSError):
        return False


def _thin(database: Database, now: datetime) -> None:
    rolling = [backup for backup in find(database) if backup.reason is None]
    kept = keep({backup.made_at for backup in rolling}, now)
    for backup in rolling:
        if backup.made_at not in kept:
            remove(backup.file)
    sweep(folder_of(database), now)
