"""What people say to have seen, whether or not they gave it stars."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, delete, insert, select

from club import validation
from club.db import schema

_table = schema.seen
_column = schema.seen.c


def seen(connection: Connection) -> pd.DataFrame:
    """Return member_id and movie_id of those who have not left; see `Store.seen`."""
    query = (
        select(_column.member_id, _column.movie_id)
        .join(schema.members)
        .where(schema.members.c.left_at.is_(None))
        .order_by(_column.member_id, _column.movie_id)
    )
    rows = connection.execute(query).all()
    return pd.DataFrame(rows, columns=["member_id", "movie_id"]).astype("int64")


def mark(connection: Connection, member_id: int, movie_id: int, at: int) -> bool:
    """Note that somebody has seen a movie; return whether that is new."""
    person, movie = validation.whole_id(member_id, "member"), validation.whole_id(movie_id, "movie")
    mine = (_column.member_id == person) & (_column.movie_id == movie)
    if connection.execute(select(_table).where(mine)).first() is not None:
        return False
    row = {"member_id": person, "movie_id": movie, "at": at}
    connection.execute(insert(_table).values(row))
    return True


def unmark(connection: Connection, member_id: int, movie_id: int) -> bool:
    """Take that back; return whether it was noted."""
    person, movie = validation.whole_id(member_id, "member"), validation.whole_id(movie_id, "movie")
    mine = (_column.member_id == person) & (_column.movie_id == movie)
    return connection.execute(delete(_table).where(mine)).rowcount > 0
