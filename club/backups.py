"""Backups of the club: whole or not there, the same kind of file for either database.

A backup is an SQLite database. Those that are made day by day lie in the folder `backups` beside
the database, named by the time in UTC, and grow fewer with age. What a restore or a move replaced
lies there too and is never removed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sqlite3
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from glob import escape
from pathlib import Path
from typing import Literal
from uuid import uuid4

from sqlalchemy import Connection, select

from club import contents, schema
from club.contents import OnStep
from club.database import Database
from club.errors import InvalidInput, StoreUnavailable
from club.store import DEFAULT_FILE, Store

log = logging.getLogger(__name__)

DAYS, WEEKS, MONTHS = 7, 4, 12
VAR = (
    "MOVIE_CLUB_VAR"  # names the folder of the club's own files; else that of the default database
)
UNFINISHED = "unfinished"
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
    own = Path(os.environ.get(VAR) or DEFAULT_FILE.parent)
    return (database.file.parent if database.file else own) / "backups"


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
        if path.exists():
            raise InvalidInput(_taken(path))
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


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A file to be filled beside `path`, which it becomes when it is a whole club, on the disk.

    Raises:
        InvalidInput: another program has made such a file meanwhile.
        StoreUnavailable: it cannot be written; nothing is left of it then.
    """
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}.{UNFINISHED}")
    try:
        _sweep(path.parent, datetime.now(UTC), path.name)
        yield unfinished
        _finish(unfinished, path)
    except (sqlite3.Error, OSError) as error:
        why = getattr(error, "strerror", None) or error
        raise StoreUnavailable(f"The backup {path} cannot be written: {why}.") from error
    except StoreUnavailable as error:
        raise StoreUnavailable(str(error).replace(str(unfinished), str(path))) from error
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            with contextlib.suppress(OSError):  # of a name that is too long
                unfinished.with_name(unfinished.name + ending).unlink()


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


def open_still(file: Path) -> sqlite3.Connection:
    """Open a file of SQLite to read it, leaving no trace beside it.

    While others write to it, what is read may be half of what they write; see `open_in_use`.
    """
    return _opened(file, "mode=ro" if _has_rest(file) else "immutable=1")


def open_in_use(file: Path) -> sqlite3.Connection:
    """Open a file of SQLite to read it whole whoever writes to it meanwhile.

    It may leave an empty `-wal` and a `-shm` beside the file.
    """
    return _opened(file, "mode=ro")


def revision_of(
    file: Path, opened: Callable[[Path], sqlite3.Connection] = open_still
) -> str | None:
    """Return the revision of the club in a file; None where it holds no club of ours.

    Args:
        opened: `open_still` or `open_in_use`.

    Raises:
        sqlite3.Error: it is damaged or no database (then no OperationalError), or cannot be read.
    """
    with _in_words(), closing(opened(file)) as connection:
        (page,) = connection.execute("PRAGMA page_size").fetchone()
        (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
        # SQLite takes what is missing of the last page for zeros.
        is_cut = file.stat().st_size % page > 0 and not _has_rest(file)
        if verdict != "ok" or is_cut:
            raise sqlite3.DatabaseError("cut off" if is_cut else verdict)
        query = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN (?, 'club')"
        if connection.execute(query, [schema.REVISION_TABLE]).fetchone() != (2,):
            return None
        # A view in a table's place could compute its rows without ever coming to an end.
        if connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'view'").fetchone():
            return None
        row = connection.execute(f"SELECT version_num FROM {schema.REVISION_TABLE}").fetchone()
        return None if row is None else str(row[0])


def is_damage(error: Exception) -> bool:
    """Tell whether an error of `revision_of` is the file's fault rather than the moment's."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.OperationalError
    )


def sync(path: Path) -> None:
    """Have a file, or a folder's names, written to the disk itself."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _opened(file: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?{how}", uri=True)
    # A damaged file says what is wrong with it in words of its own.
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return connection


@contextmanager
def _in_words() -> Iterator[None]:
    """Python cannot even raise an error that repeats a name which is no text."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("it is damaged where it says what it holds") from error


def _has_rest(file: Path) -> bool:
    """Tell whether a file is in use, or was when its program ended: it is not all in itself."""
    rest = file.with_name(f"{file.name}-wal")
    return rest.exists() and rest.stat().st_size > 0


def _finish(unfinished: Path, path: Path) -> None:
    if revision_of(unfinished) != schema.REVISION:
        raise StoreUnavailable(f"The backup {path} was not written as it should be.")
    sync(unfinished)
    try:
        path.hardlink_to(unfinished)  # unlike a new name, it never takes what is there away
    except FileExistsError:
        raise InvalidInput(_taken(path)) from None
    except OSError:  # no such thing on this disk
        unfinished.replace(path)
    sync(path.parent)


def _taken(path: Path) -> str:
    return f"{path} is there already; name a new file."


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
            continue
    return next(backup for backup in find(store.database) if backup.file == file)


def _holds(file: Path, club: tuple[object, ...]) -> bool:
    """Whether the file is whole and holds this very club at this very version."""
    try:
        with _in_words(), closing(open_still(file)) as connection:
            same = connection.execute("SELECT * FROM club").fetchall() == [club]
            return same and connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except (sqlite3.Error, OSError):
        return False


def _thin(database: Database, now: datetime) -> None:
    rolling = [backup for backup in find(database) if backup.reason is None]
    kept = keep({backup.made_at for backup in rolling}, now)
    for backup in rolling:
        if backup.made_at not in kept:
            _remove(backup.file)
    _sweep(folder_of(database), now)


def _sweep(folder: Path, now: datetime, name: str = "") -> None:
    """Remove what a program that was killed left of a file, or of any; one at work needs no day."""
    for file in folder.glob(f"{escape(name) or '*'}.*.{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if abs(now.timestamp() - file.stat().st_mtime) > 86_400:
                _remove(file)


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("an old backup stays: %s", error)
