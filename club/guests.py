"""People who come along: what they love and hate, in movies and keywords."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, delete, insert, select, update

from club import ledger, roster, validation
from club.db import schema
from club.db.database import Write
from club.errors import InvalidInput, NotFound

LOVED, HATED = 10, 2  # half stars
_table = schema.guests
_column = schema.guests.c
_members = schema.members.c


@dataclass(frozen=True)
class Taste:
    """What a guest says to love and hate, checked.

    Args:
        stars: half stars by movie id.
        likes: keywords.
        dislikes: keywords.
    """

    stars: dict[int, int]
    likes: list[str]
    dislikes: list[str]

    @classmethod
    def checked(
        cls,
        loves: Iterable[int],
        hates: Iterable[int],
        likes: str | Iterable[str],
        dislikes: str | Iterable[str],
    ) -> Taste:
        """Return what was said, if a guest can mean it.

        Raises:
            InvalidInput: a keyword cannot be used, or something is on both sides.
            NotFound: there can be no such movie.
        """
        loved = {validation.whole_id(movie_id, "movie") for movie_id in loves}
        hated = {validation.whole_id(movie_id, "movie") for movie_id in hates}
        if loved & hated:
            raise InvalidInput("A guest cannot love and hate the same movie.")
        liked = validation.clean_terms(likes, "liked keywords", "A guest")
        disliked = validation.clean_terms(dislikes, "disliked keywords", "A guest")
        both = [term for term in liked if term in disliked]
        if both:
            raise InvalidInput(f"A guest cannot like and dislike the same keyword: {both[0]}.")
        stars = dict.fromkeys(sorted(loved), LOVED) | dict.fromkeys(sorted(hated), HATED)
        return cls(stars, liked, disliked)


def guests(connection: Connection) -> pd.DataFrame:
    """Return the guests who have not left; see `Store.guests`."""
    query = (
        select(_members.member_id, _members.name, _column.likes, _column.dislikes)
        .join(_table)
        .where(_members.left_at.is_(None))
        .order_by(_members.member_id)
    )
    rows = connection.execute(query).all()
    frame = pd.DataFrame(
        {
            "member_id": pd.Series([row.member_id for row in rows], dtype="int64"),
            "name": pd.Series([row.name for row in rows], dtype="str"),
            "likes": pd.Series([tuple(row.likes) for row in rows], dtype=object),
            "dislikes": pd.Series([tuple(row.dislikes) for row in rows], dtype=object),
        }
    )
    return frame.set_index("member_id")


def add(write: Write, name: str, taste: Taste, *, at: int) -> int:
    """Add a guest and return the member_id; see `Store.add_guest`.

    Args:
        at: now, in seconds.
    """
    connection = write.connection
    member_id = roster.join(connection, name, None, at)
    row = {"member_id": member_id, "likes": taste.likes, "dislikes": taste.dislikes}
    connection.execute(insert(_table).values(row))
    _record(write, member_id, taste, at=at)
    return member_id


def edit(write: Write, member_id: int, name: str, taste: Taste, *, at: int) -> bool:
    """Replace what was said of a guest; return whether anything is other now."""
    connection = write.connection
    guest = _find(connection, member_id)
    renamed = roster.rename(connection, guest, name)
    words = {"likes": taste.likes, "dislikes": taste.dislikes}
    before = connection.execute(select(_table).where(_column.member_id == guest)).one()
    said = (before.likes, before.dislikes) != (taste.likes, taste.dislikes)
    if said:
        connection.execute(update(_table).where(_column.member_id == guest).values(words))
    rated = _record(write, guest, taste, at=at)
    return renamed or said or rated


def become_member(connection: Connection, member_id: int) -> None:
    """Make a guest a member; the ratings stay, the keywords go.

    Raises:
        InvalidInput: the guest has left.
        NotFound: there is no such guest.
    """
    guest = _find(connection, member_id)
    connection.execute(delete(_table).where(_column.member_id == guest))


def _find(connection: Connection, member_id: int) -> int:
    number = validation.whole_id(member_id, "guest")
    if connection.execute(select(_table).where(_column.member_id == number)).first() is None:
        raise NotFound(f"There is no guest {number}.")
    roster.require_present(connection, number, "first")
    return number


def _record(write: Write, member_id: int, taste: Taste, *, at: int) -> bool:
    """Make the guest's ratings what was said, and leave alone what they gave on nights."""
    connection = write.connection
    ratings, given, nights = schema.ratings.c, schema.night_ratings.c, schema.nights.c
    on_nights = (
        select(nights.movie_id)
        .join(schema.night_ratings)
        .where(given.member_id == member_id, nights.opened_at.is_not(None))
    )
    unsaid = select(ratings.movie_id).where(
        ratings.member_id == member_id, ratings.movie_id.not_in(on_nights)
    )
    wanted: dict[tuple[int, int], int | None] = {
        (member_id, movie_id): None for movie_id in connection.execute(unsaid).scalars()
    }
    wanted |= {(member_id, movie_id): halves for movie_id, halves in taste.stars.items()}
    return ledger.record(
        connection, write.version, wanted, at=at, kind="guest", changed_by=write.who
    )
