"""Backups of the club: SQLite files, whole or not there, for either kind of database.

Those that are made day by day lie in the folder `backups` beside the database, named by the time in
UTC, and grow fewer with age. What a restore replaced lies there too and is never removed.
"""

from __future__ import annotations

import contextlib
import logging
import re
import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, select

from club import config
from club.db import schema, transfer
from club.db.database import Database
from club.db.transfer import OnStep
from club.errors import DatabaseDamaged, InvalidInput, StoreUnavailable, writing
from club.store import Store
from recommender.persistence import LEFTOVER_AGE, write_atomically

log = logging.getLogger(__name__)

DAYS, WEEKS, MONTHS = 7, 4, 12
_STAMP = "%Y%m%dT%H%M%SZ"
Reason = Literal["before-restore", "damaged"]


@dataclass(frozen=True)
class Backup:
    """A backup in the folder.

    Args:
        made_at: UTC, by the clock of then.
        size: bytes.
        reason: why it is kept for good; None for one that goes with age.
    """

    file: Path
    made_at: datetime
    size: int
    reason: str | None


def kept(times: Iterable[datetime], now: datetime) -> set[datetime]:
    """Return the backups to keep: the newest of each of the last 7 days, 4 weeks and 12 months.

    Days, weeks (from Monday) and months without a backup do not count, so nothing goes because a
    club, or its clock, stood still. Times after `now` come from a clock that was wrong: they only
    fill what is left, but the latest of all always stays, since it may be `now` that is wrong.
    """
    newest_first = sorted(times, reverse=True)
    trusted_first = sorted(newest_first, key=lambda time: time > now)
    chosen = set(newest_first[:1])
    for most, form in ((DAYS, "%Y-%m-%d"), (WEEKS, "%G-%V"), (MONTHS, "%Y-%m")):
        newest: dict[str, datetime] = {}
        for made_at in trusted_first:
            newest.setdefault(made_at.strftime(form), made_at)
        chosen.update(list(newest.values())[:most])
    return chosen


def folder(database: Database) -> Path:
    """Return the folder with the backups of a database."""
    return (database.file.parent if database.file else config.folder()) / "backups"


def find(database: Database) -> list[Backup]:
    """Return the backups of a database in its folder, newest first."""
    named = re.compile(rf"{re.escape(_stem(database))}-(\d{{8}}T\d{{6}}Z)(?:-([a-z-]+))?\.db")
    found = []
    with contextlib.suppress(OSError):  # no folder yet, or none that can be read
        for file in folder(database).iterdir():
            # Another program may have another name like ours, or take a file away meanwhile.
            with contextlib.suppress(ValueError, FileNotFoundError):
                if name := named.fullmatch(file.name):
                    made_at = datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC)
                    found.append(Backup(file, made_at, file.stat().st_size, name[2]))
    return sorted(found, key=lambda backup: (backup.made_at, backup.file.name), reverse=True)


def write(store: Store, path: Path, on_step: OnStep | None = None) -> None:
    """Copy the club, as of one moment and while it is in use, to a new SQLite file (mode 0600).

    Args:
        on_step: called after each batch of rows of a PostgreSQL database.

    Raises:
        InvalidInput: the path is taken.
        DatabaseDamaged: the club's own file is damaged.
        StoreUnavailable: the copy cannot be written. Nothing is left of it in any case.
    """
    started = time.monotonic()
    store.version()  # an error of the club itself is not reported as one of the backup

    def copy(fresh: Path) -> None:
        if store.file is None:
            with store.database.read() as source:
                write_club(source, fresh, transfer.version(source), on_step)
            return
        original = f"{store.file.as_uri()}?mode=rw"
        with (
            closing(sqlite3.connect(original, uri=True)) as ours,
            closing(sqlite3.connect(fresh)) as copied,
        ):
            ours.backup(copied)
            (verdict,) = copied.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise DatabaseDamaged(f"{store.place} is damaged: {verdict}.")

    try:
        with writing(f"The backup {path}"):
            if path.exists():
                raise InvalidInput(f"{path} is there already; name a new file.")
            write_atomically(path, copy)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"The backup {path} cannot be written: {error}.") from error
    log.info("backed up %s to %s in %.1f s", store.place, path, time.monotonic() - started)


def roll(store: Store, now: datetime | None = None, on_step: OnStep | None = None) -> Backup | None:
    """Make a backup in the folder, unless one of this version exists, and remove what is too old.

    Args:
        now: UTC; by the clock if None.

    Raises:
        StoreUnavailable: it cannot be written; all earlier ones still exist.
    """
    now = now or datetime.now(UTC)
    with store.database.read() as connection:
        club = tuple(connection.execute(select(schema.club)).one())
    if any(_holds(backup.file, club) for backup in find(store.database)):
        return None
    made = _make(store, now, on_step=on_step)
    rolling = [backup for backup in find(store.database) if backup.reason is None]
    stay = kept({backup.made_at for backup in rolling}, now)
    for backup in rolling:
        if backup.made_at not in stay:
            try:
                backup.file.unlink(missing_ok=True)
            except OSError as error:
                log.warning("an old backup stays: %s", error)
    for path in folder(store.database).glob(f".{_stem(store.database)}-*"):
        with contextlib.suppress(OSError):  # unfinished backups of programs that were killed
            if now.timestamp() - path.stat().st_mtime > LEFTOVER_AGE:
                shutil.rmtree(path)
    return made


def keep_old(store: Store) -> Backup:
    """Make a backup that stays for good, before a restore replaces the club."""
    return _make(store, datetime.now(UTC), "before-restore")


def new_file(database: Database, now: datetime, reason: Reason | None = None) -> Path:
    """Return a path in the folder that no backup has yet.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """
    ending = f"-{reason}" if reason else ""
    with writing(f"The folder {folder(database)}"):
        folder(database).mkdir(mode=0o700, parents=True, exist_ok=True)
        while True:
            name = f"{_stem(database)}-{now.strftime(_STAMP)}{ending}.db"
            if not (file := folder(database) / name).exists():
                return file
            now += timedelta(seconds=1)


def write_club(
    source: Connection,
    file: Path,
    version: int,
    on_step: OnStep | None = None,
    *,
    act: str | None = None,
    who: str | None = None,
) -> None:
    """Write the club of `source` to an empty SQLite file.

    Args:
        version: of the club in the file.
        act, who: entry in the list of changes of the new club and its actor; None for none.
    """
    with Store(file).by(who).database.write(act) as write:
        transfer.copy_club(source, write.connection, version, on_step)
        write.version = version


def _stem(database: Database) -> str:
    name = database.file.stem if database.file else database.place.removeprefix("The database ")
    return re.sub(r"[^\w.]+", "-", name).strip("-")


def _make(
    store: Store, now: datetime, reason: Reason | None = None, on_step: OnStep | None = None
) -> Backup:
    file = new_file(store.database, now, reason)
    write(store, file, on_step)
    return next(backup for backup in find(store.database) if backup.file == file)


def _holds(file: Path, club: tuple[object, ...]) -> bool:
    """Return True if the file is whole and holds the club with this row (name, version, ...)."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?immutable=1", uri=True)) as connection:
            same = connection.execute("SELECT * FROM club").fetchall() == [club]
            return same and connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except (sqlite3.Error, UnicodeDecodeError):  # sqlite3 decodes names in its own messages, too
        return False
