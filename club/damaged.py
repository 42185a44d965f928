"""A damaged database file: known, put aside, and replaced."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection

from club import backups, contents, copies
from club.contents import OnStep
from club.db.database import Database
from club.errors import StoreUnavailable

_FAR = 1_000_000  # more writes than there are between a backup and a database that is damaged


def is_damaged(database: Database) -> bool:
    """Tell whether there is a file that cannot be read, now or later; a server never counts."""
    if database.file is None or not database.is_there() or database.file.is_dir():
        return False
    # First without a trace beside it; but what somebody just writes looks like damage then.
    for opened in (copies.open_still, copies.open_in_use):
        try:
            copies.revision_of(database.file, opened)
        except sqlite3.Error as error:
            if copies.is_damage(error):
                continue
        return False
    return True


def replace_damaged(
    database: Database, theirs: Connection, on_step: OnStep | None, *, act: str, who: str | None
) -> backups.Backup:
    """Make a new file and exchange the two; return the damaged one, which is a backup then.

    There is a file at every moment: where there is none, the next start would begin a new club.

    Args:
        theirs: what the new file holds, at one moment.
        on_step: told how far it is.
        act: what is done, for the list of changes of the new one.
        who: does it.

    Raises:
        StoreUnavailable: it cannot be written; nothing is changed.
    """
    file = database.file
    assert file is not None  # a server is never damaged
    version = max(_version_in(file), contents.version(theirs) + 1)
    fresh = file.with_name(f"{file.name}.restored")
    try:
        fresh.unlink(missing_ok=True)  # of one that was killed
        with copies.appearing(fresh) as unfinished:
            backups.write_club(theirs, unfinished, version, on_step, act=act, who=who)
        kept = backups.new_file(database, datetime.now(UTC), "damaged")
        _put_aside(file, kept)
        fresh.replace(file)
        copies.sync(file.parent)
    except OSError as error:
        raise StoreUnavailable(
            f"The database {file} cannot be replaced: {error.strerror}."
        ) from error
    finally:
        fresh.unlink(missing_ok=True)
    return next(backup for backup in backups.find(database) if backup.file == kept)


def _put_aside(file: Path, kept: Path) -> None:
    """Give a damaged file another name, too; its rest, which another would be read with, moves."""
    try:
        kept.hardlink_to(file)
    except OSError:  # no such thing on this disk, or not between these two
        shutil.copyfile(file, kept)
    for ending in ("-wal", "-shm"):
        part = file.with_name(file.name + ending)
        if part.exists():
            part.replace(kept.with_name(kept.name + ending))
    copies.sync(kept.parent)


def _version_in(file: Path) -> int:
    """One more than the version of a damaged file; a guess where that cannot be read."""
    try:
        with closing(copies.open_still(file)) as connection:
            return int(connection.execute("SELECT version FROM club").fetchone()[0]) + 1
    except (sqlite3.Error, TypeError, ValueError, OverflowError):
        return _FAR
