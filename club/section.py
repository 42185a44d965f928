"""Base class of the store's sections, and the checks that more than one of them makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, Table, select

from club import validation
from club.db import schema
from club.db.database import Database, Write
from club.errors import InvalidInput, NotFound


class Section:
    """One subject of the store; every public method is one transaction.

    A method that changes something returns the version unless it says otherwise. It raises
    NotFound for a member, guest or movie that is not there, and InvalidInput for a value that
    cannot be used or somebody who has left; then nothing has changed.

    Args:
        database: where the club is.
        knows_movie: whether a movie id exists in the base dataset; without it every positive id
            does.
    """

    def __init__(
        self, database: Database, knows_movie: Callable[[int], bool] | None = None
    ) -> None:
        self._database = database
        self._knows_movie = knows_movie or (lambda movie_id: movie_id > 0)

    def _movie_ids(self, connection: Connection, *movie_ids: int) -> list[int]:
        """Return movie ids as int; raise NotFound unless the base dataset or the club has them."""
        numbers = [validation.whole_id(movie_id, "movie") for movie_id in movie_ids]
        unknown = {movie_id for movie_id in numbers if not self._knows_movie(movie_id)}
        if unknown:
            own = schema.movies.c.movie_id
            unknown -= set(connection.execute(select(own).where(own.in_(unknown))).scalars())
        if unknown:
            raise NotFound(f"There is no movie {min(unknown)}.")
        return numbers

    def _add_movies(self, act: str, table: Table, member_id: int, movie_ids: Iterable[int]) -> int:
        """Put movies that are not there into a member's rows of a table; return the version."""
        with self._database.write(act, member_id=member_id) as write:
            member = require_present(write.connection, member_id).member_id
            movies = self._movie_ids(write.connection, *movie_ids)
            if len(set(movies)) == 1:
                write.about["movie_id"] = movies[0]
            return write.commit_if(insert_missing(write, table, member, movies) > 0)

    def _remove_movie(self, act: str, table: Table, member_id: int, movie_id: int) -> int:
        """Take a movie out of a member's rows of a table, if it is there; return the version."""
        movie = validation.whole_id(movie_id, "movie")
        with self._database.write(act, member_id=member_id, movie_id=movie) as write:
            member = require_present(write.connection, member_id).member_id
            return write.commit_if(write.delete(table, member_id=member, movie_id=movie))


def find_member(connection: Connection, member_id: int) -> Row[Any]:
    """Return the row of a member or guest.

    Raises:
        NotFound: there is no such member.
    """
    number = validation.whole_id(member_id, "member")
    row = connection.execute(select(schema.members).filter_by(member_id=number)).one_or_none()
    if row is None:
        raise NotFound(f"There is no member {number}.")
    return row


def require_present(connection: Connection, member_id: int) -> Row[Any]:
    """Return the row of a member or guest who has not left.

    Raises:
        InvalidInput: the member has left.
        NotFound: there is no such member.
    """
    member = find_member(connection, member_id)
    if member.left_at is not None:
        raise InvalidInput(f"{member.name} has left the club; bring them back first.")
    return member


def insert_missing(write: Write, table: Table, member_id: int, movie_ids: Iterable[int]) -> int:
    """Insert a row for each of a member's movies that has none; return how many there are.

    Args:
        table: one with a member, a movie and a time.
    """
    (time,) = {*table.c} - {*table.primary_key}
    mine = select(table.c.movie_id).filter_by(member_id=member_id)
    known = set(write.connection.execute(mine).scalars())
    new = [movie_id for movie_id in dict.fromkeys(movie_ids) if movie_id not in known]
    row = {"member_id": member_id, time.name: write.now}
    write.insert(table, *({**row, "movie_id": movie_id} for movie_id in new))
    return len(new)


def guest_ids() -> Select[tuple[int]]:
    """Return the subquery of all guests' member ids."""
    return select(schema.guests.c.member_id)


def utc_times(seconds: pd.Series) -> pd.Series:
    """Return times as datetime64[s, UTC].

    Args:
        seconds: since 1970, or missing.
    """
    times = pd.to_datetime(seconds.astype("Int64"), unit="s", utc=True)
    return times.astype("datetime64[s, UTC]")
