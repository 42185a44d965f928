"""The audit log: who did what to the club, and when."""

from __future__ import annotations

import getpass
from collections.abc import Mapping

from sqlalchemy import Connection, insert

from club.db import schema

ABOUT = ("member_id", "movie_id", "night_id")


def terminal_actor() -> str:
    """Return the actor of a command: the computer's user."""
    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):  # the system knows no name for them
        user = "somebody"
    return f"{user[:40]} (command)"


def record(
    connection: Connection,
    *,
    version: int,
    state: str,
    at: int,
    actor: str | None,
    act: str,
    about: Mapping[str, int],
) -> None:
    """Add a change to the log, in the transaction that makes it; see `schema.changes`."""
    things = {name: int(about[name]) if name in about else None for name in ABOUT}
    row = {"version": version, "state": state, "at": at, "who": actor, "act": act, **things}
    connection.execute(insert(schema.changes).values(row))
