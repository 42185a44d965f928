"""What people gave a night's movie: sealed until all have rated, then opened and the club's."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection, and_, delete, insert, select

from club import evenings, ledger
from club.db import schema
from club.db.database import Write
from club.errors import InvalidInput
from club.evenings import Night

RATED = "rated a night"  # in the list of changes
_rated = schema.night_ratings.c
_there = schema.attendance.c


@dataclass(frozen=True)
class Verdicts:
    """What anybody may know of a night's ratings.

    Args:
        given: those who are there and have rated.
        waiting: those who are there and have not.
        stars: 0.5..5 by member id; None until the night is opened.
    """

    given: tuple[int, ...]
    waiting: tuple[int, ...]
    stars: dict[int, float] | None


def rate(write: Write, night: Night, member_id: int, halves: int, *, at: int) -> bool:
    """Keep what somebody gives the night's movie; return whether anything is other now.

    Args:
        halves: half stars, 1..10.
        at: now, in seconds.

    Raises:
        InvalidInput: nothing is decided, the night is called off, or it is open and they have
            rated already.
    """
    evenings.refuse_called_off(night)
    if night.decided_at is None:
        raise InvalidInput("No movie is decided yet; decide on one first.")
    earlier = _sealed(write.connection, night).get(member_id)
    if night.opened_at is not None and earlier is not None:
        raise InvalidInput("The night is open; to change the rating, use the Rate page.")
    if earlier is not None and earlier[0] == halves:
        return False
    _take_back(write.connection, night, member_id)
    row = {"night_id": night.night_id, "member_id": member_id, "half_stars": halves, "rated_at": at}
    write.connection.execute(insert(schema.night_ratings).values(row))
    if night.opened_at is None:
        open_if_all_rated(write, night, at=at, rater=member_id)
    else:
        _publish(write, night, {member_id: (halves, at)}, at=at, rater=member_id)
    return True


def unrate(connection: Connection, night: Night, member_id: int) -> bool:
    """Take back what somebody gave; return whether there was anything.

    Raises:
        InvalidInput: the night is called off or open.
    """
    evenings.refuse_called_off(night)
    if night.opened_at is not None:
        raise InvalidInput("The night is open; to change the rating, use the Rate page.")
    return _take_back(connection, night, member_id)


def open_night(write: Write, night: Night, *, at: int) -> bool:
    """Open what people gave, as far as they did; return whether it was sealed.

    Raises:
        InvalidInput: the night is called off, or nobody has rated it.
    """
    evenings.refuse_called_off(night)
    if night.opened_at is not None:
        return False
    given = _sealed(write.connection, night)
    if not given:
        raise InvalidInput("Nobody has rated this night yet.")
    _open(write, night, given, at=at, rater=None)
    return True


def open_if_all_rated(write: Write, night: Night, *, at: int, rater: int | None = None) -> None:
    """Open what people gave if nobody who is there is waiting.

    Args:
        at: now, in seconds.
        rater: the one who has just rated.
    """
    given = _sealed(write.connection, night)
    if given and given.keys() == set(evenings.find(write.connection, night.night_id).present):
        _open(write, night, given, at=at, rater=rater)


def verdicts(connection: Connection, night_id: int) -> Verdicts:
    """Return what anybody may know of the night's ratings.

    Raises:
        NotFound: there is no such night.
    """
    night = evenings.find(connection, night_id)
    mine = and_(_rated.night_id == _there.night_id, _rated.member_id == _there.member_id)
    # One statement, which sees one state of the database.
    query = (
        select(_there.member_id, _rated.half_stars, schema.nights.c.opened_at)
        .select_from(schema.attendance)
        .join(schema.nights)
        .outerjoin(schema.night_ratings, mine)
        .where(_there.night_id == night.night_id)
        .order_by(_there.member_id)
    )
    rows = connection.execute(query).all()
    given = {row.member_id: row.half_stars / 2 for row in rows if row.half_stars is not None}
    is_open = any(row.opened_at is not None for row in rows)
    return Verdicts(
        tuple(given),
        tuple(row.member_id for row in rows if row.half_stars is None),
        given if is_open else None,
    )


def given(connection: Connection) -> pd.DataFrame:
    """Return what people gave on the nights that are opened; see `Nights.given`."""
    query = (
        select(_rated.night_id, _rated.member_id, _rated.half_stars)
        .join(schema.nights)
        .where(schema.nights.c.opened_at.is_not(None))
        .order_by(_rated.night_id, _rated.member_id)
    )
    columns = ["night_id", "member_id", "rating"]
    frame = pd.DataFrame(connection.execute(query).all(), columns=columns).astype("int64")
    return frame.assign(rating=frame["rating"] / 2)


def _open(
    write: Write, night: Night, given: dict[int, tuple[int, int]], *, at: int, rater: int | None
) -> None:
    evenings.change(write.connection, night.night_id, opened_at=at)
    _publish(write, night, given, at=at, rater=rater)


def _publish(
    write: Write, night: Night, given: dict[int, tuple[int, int]], *, at: int, rater: int | None
) -> None:
    """Make ratings of a night the club's; `given`: half stars and when (seconds) by member id."""
    assert night.movie is not None  # else nobody could have rated it
    wanted = {(person, night.movie): halves for person, (halves, _) in given.items()}
    times = {(person, night.movie): rated_at for person, (_, rated_at) in given.items()}
    noted = _noted(write.connection, night)
    if rater is not None:
        noted[rater] = write.who
    ledger.record(
        write.connection,
        write.version,
        wanted,
        at=at,
        changed_by={person: noted.get(person, write.who) for person in given},
        rated_at=times,
        kind="night",
    )


def _noted(connection: Connection, night: Night) -> dict[int, str | None]:
    """Return who entered what is sealed, by member id, as far as the list of changes says so."""
    noted = schema.changes.c
    query = (
        select(noted.member_id, noted.who)
        .where(noted.night_id == night.night_id, noted.act == RATED)
        .order_by(noted.change_id)
    )
    return {row.member_id: row.who for row in connection.execute(query)}


def _sealed(connection: Connection, night: Night) -> dict[int, tuple[int, int]]:
    """Return half stars and when they were given (seconds) by member id, whatever the state."""
    query = (
        select(_rated.member_id, _rated.half_stars, _rated.rated_at)
        .where(_rated.night_id == night.night_id)
        .order_by(_rated.member_id)
    )
    return {row.member_id: (row.half_stars, row.rated_at) for row in connection.execute(query)}


def _take_back(connection: Connection, night: Night, member_id: int) -> bool:
    mine = (_rated.night_id == night.night_id) & (_rated.member_id == member_id)
    return connection.execute(delete(schema.night_ratings).where(mine)).rowcount > 0
