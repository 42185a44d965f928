"""The list of changes: who did what to the club, and when."""

from __future__ import annotations

import getpass
import time
from collections.abc import Mapping

import pandas as pd
from sqlalchemy import Connection, insert, select

from club.db import schema

_changes = schema.changes.c
ABOUT = ("member_id", "movie_id", "night_id")


def at_the_terminal() -> str:
    """Return in whose name a command changes the club: the computer's user."""
    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):  # the system knows no name for them
        user = "somebody"
    return f"{user[:40]} (command)"


def note(
    connection: Connection, version: int, who: str | None, act: str, about: Mapping[str, int]
) -> None:
    """Add a change to the list, in the transaction that makes it."""
    row = {"version": version, "at": int(time.time()), "who": who, "act": act}
    things = {name: int(about[name]) if name in about else None for name in ABOUT}
    connection.execute(insert(schema.changes).values(**row, **things))


def latest(connection: Connection, limit: int | None) -> pd.DataFrame:
    """Return the changes, newest first; see `Store.changes`."""
    types = {
        "version": "int64",
        "at": "int64",
        "who": "str",
        "act": "str",
        **dict.fromkeys(ABOUT, "Int64"),
    }
    query = select(*(_changes[name] for name in types)).order_by(_changes.change_id.desc())
    frame = pd.DataFrame(connection.execute(query.limit(limit)).all(), columns=list(types))
    frame = frame.astype(types)
    moment = pd.to_datetime(frame["at"], unit="s", utc=True).astype("datetime64[s, UTC]")
    return frame.assign(at=moment)
