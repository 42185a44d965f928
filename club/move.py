"""Move a club to another database, from SQLite to PostgreSQL or back, with all of its past."""

from __future__ import annotations

from club import backups, contents
from club.contents import OnStep
from club.db import schema
from club.db.database import Database
from club.errors import InvalidInput
from club.store import Store


def is_taken(place: str) -> bool:
    """Tell whether there is a club at `place` that anything was ever written to; nothing is made.

    Raises:
        InvalidInput: it is no place for a database.
        StoreUnavailable: it does not answer, or cannot be read.
    """
    database = Database(place, 0)
    if not database.is_there():
        return False
    with database.read() as connection:
        there = connection.dialect.has_table(connection, schema.club.name)
        return there and contents.version(connection) > 0


def move(
    source: Store, place: str, *, replace: bool = False, on_step: OnStep | None = None
) -> dict[str, int]:
    """Copy everything to another database, at once, and compare; the source stays as it is.

    Ids, their counters and the whole history go along. A new database gets the source's version,
    one that is replaced a version above both; what was there is kept as a backup first.

    Args:
        place: where to, as for a `Store`; its tables are made if there are none.
        replace: whether a club that is there may go.
        on_step: told how far it is.

    Returns:
        How many rows each table has.

    Raises:
        InvalidInput: it is the same place, or there is a club and `replace` is off.
        StoreUnavailable: one of the two fails, or what was written is not what is read back;
            nothing was changed then.
    """
    if Database(place, 0).url == source.database.url:
        raise InvalidInput("The club is there already; name another place.")
    target = Store(place)
    with contents.one_moment(source.database) as ours, target.database.write() as write:
        version = contents.version(ours)
        if write.version > 1:
            if not replace:
                raise InvalidInput(f"{target.place} holds a club already; --replace replaces it.")
            backups.keep_old(target, "before-move")
            version = max(version + 1, write.version)
        return contents.copy(ours, write.connection, version, on_step)
