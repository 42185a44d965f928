"""Files of SQLite that hold a club: looked at without a trace, and made whole or not at all."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from glob import escape
from pathlib import Path
from uuid import uuid4

from club.db import schema
from club.errors import InvalidInput, StoreUnavailable

log = logging.getLogger(__name__)

UNFINISHED = "unfinished"
# All that any release has a table or index compute, and the words without which none can.
_OURS = re.compile(
    r"CHECK \((?:club_id = 1|half_stars BETWEEN 1 AND 10)\)|DEFAULT 1\b|WHERE left_at IS NULL"
)
_COMPUTING = re.compile(r"\b(?:AS|CHECK|DEFAULT|VIEW|VIRTUAL|WHERE)\b", re.IGNORECASE)


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
    with in_words(), closing(opened(file)) as connection:
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


def computes(file: Path, opened: Callable[[Path], sqlite3.Connection] = open_still) -> bool:
    """Tell whether reading a file's tables would compute what no release of ours has them compute.

    A generated column, a condition, an index or a virtual table may take hours and any memory, and
    `revision_of` would be the first to let it. Triggers do not count: nothing that reads runs them.

    Raises:
        sqlite3.Error: as for `revision_of`.
    """
    with in_words(), closing(opened(file)) as connection:
        said = connection.execute(
            "SELECT CAST(sql AS text) FROM sqlite_master WHERE type != 'trigger' AND sql != ''"
        )
        if any(_COMPUTING.search(_OURS.sub("", sql)) for (sql,) in said):
            return True
        by_expression = (
            "SELECT 1 FROM sqlite_master AS made, pragma_index_xinfo(made.name) AS part "
            "WHERE made.type = 'index' AND part.cid = -2"
        )
        return connection.execute(by_expression).fetchone() is not None


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
def in_words() -> Iterator[None]:
    """Python cannot even raise an error that repeats a name which is no text."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise sqlite3.DatabaseError("it is damaged where it says what it holds") from error


def _has_rest(file: Path) -> bool:
    """Tell whether a file is in use, or was when its program ended: it is not all in itself."""
    rest = file.with_name(f"{file.name}-wal")
    return rest.exists() and rest.stat().st_size > 0


@contextmanager
def appearing(path: Path) -> Iterator[Path]:
    """A file to be filled beside `path`, which it becomes when it is a whole club, on the disk.

    Raises:
        InvalidInput: there is such a file, or another program has made one meanwhile.
        StoreUnavailable: it cannot be written; nothing is left of it then.
    """
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}.{UNFINISHED}")
    try:
        if path.exists():
            raise InvalidInput(_taken(path))
        sweep(path.parent, datetime.now(UTC), path.name)
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


def sweep(folder: Path, now: datetime, name: str = "") -> None:
    """Remove what a program that was killed left of a file, or of any; one at work needs no day."""
    for file in folder.glob(f"{escape(name) or '*'}.*.{UNFINISHED}*"):
        with contextlib.suppress(FileNotFoundError):
            if abs(now.timestamp() - file.stat().st_mtime) > 86_400:
                remove(file)


def remove(file: Path) -> None:
    """Remove a file, or say in the log why it stays."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("an old backup stays: %s", error)


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
