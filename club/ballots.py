"""How a night's movie is chosen: vetoes, votes that stay sealed until all have voted, and lots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select

from club import evenings
from club.db import schema
from club.errors import InvalidInput
from club.evenings import Night

_vetoes = schema.vetoes.c
_ballots = schema.ballots.c
_there = schema.attendance.c
_frozen = schema.predictions.c


@dataclass(frozen=True)
class BallotBox:
    """What anybody may know of a night's votes.

    Args:
        voted: those who are there and have voted.
        waiting: those who are there and have not; none of them came after the decision.
        ballots: movie ids by member id, the best first (approved ones in any order); None while
            somebody is waiting.
    """

    voted: tuple[int, ...]
    waiting: tuple[int, ...]
    ballots: dict[int, tuple[int, ...]] | None


def veto(connection: Connection, night: Night, member_id: int, movie_id: int) -> bool:
    """Note that somebody does not want a movie; return whether that is new."""
    if member_id in vetoes(connection, night).get(movie_id, ()):
        return False
    row = {"night_id": night.night_id, "member_id": member_id, "movie_id": movie_id}
    connection.execute(insert(schema.vetoes).values(row))
    return True


def unveto(connection: Connection, night: Night, member_id: int, movie_id: int) -> bool:
    """Take a veto back; return whether there was one."""
    mine = (_vetoes.night_id == night.night_id) & (_vetoes.member_id == member_id)
    gone = delete(schema.vetoes).where(mine, _vetoes.movie_id == movie_id)
    return connection.execute(gone).rowcount > 0


def vetoes(connection: Connection, night: Night) -> dict[int, tuple[int, ...]]:
    """Return who does not want which movie: movie_id -> member ids, both in order."""
    query = (
        select(_vetoes.movie_id, _vetoes.member_id)
        .where(_vetoes.night_id == night.night_id)
        .order_by(_vetoes.movie_id, _vetoes.member_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for movie_id, member_id in connection.execute(query):
        found[movie_id] = (*found.get(movie_id, ()), member_id)
    return found


def vote(
    connection: Connection, night: Night, member_id: int, choices: Sequence[int], at: int
) -> bool:
    """Put a ballot into the box, in place of an earlier one; return whether it is another.

    Args:
        choices: movie ids, each once; the best first.
        at: now, in seconds.

    Raises:
        InvalidInput: the night has no voting, everybody has voted, or the ballot cannot count.
    """
    if night.voting is None:
        raise InvalidInput("There is no voting on this night; say how to vote first.")
    box = _refuse_open(connection, night)
    if night.voting == "rank" and not choices:
        raise InvalidInput("A ranking needs at least one movie.")
    if len(set(choices)) < len(choices):
        raise InvalidInput("Each movie can stand on a ballot only once.")
    if box[member_id] == list(choices):
        return False
    _take_out(connection, night, member_id)
    ballot = {"night_id": night.night_id, "member_id": member_id, "choices": list(choices)}
    connection.execute(insert(schema.ballots).values(**ballot, cast_at=at))
    return True


def unvote(connection: Connection, night: Night, member_id: int) -> bool:
    """Take a ballot out of the box; return whether there was one.

    Raises:
        InvalidInput: everybody has voted.
    """
    box = _refuse_open(connection, night)
    _take_out(connection, night, member_id)
    return box[member_id] is not None


def ballot_box(connection: Connection, night_id: int) -> BallotBox:
    """Return what anybody may know of the votes.

    Raises:
        NotFound: there is no such night.
    """
    night = evenings.find(connection, night_id)
    box = _contents(connection, night.night_id)
    waiting = tuple(person for person, choices in box.items() if choices is None)
    voted = {person: tuple(choices) for person, choices in box.items() if choices is not None}
    return BallotBox(tuple(voted), waiting, None if waiting else voted)


def draw(
    connection: Connection, night: Night, candidates: Iterable[int], pick: Callable[[int], int]
) -> int:
    """Draw one of the candidates that nobody vetoed, keep it and return it.

    Args:
        pick: given how many there are, returns which one, from 0.

    Raises:
        InvalidInput: none is left.
    """
    refused = vetoes(connection, night)
    left = [movie for movie in dict.fromkeys(candidates) if movie not in refused]
    if not left:
        raise InvalidInput("There is no candidate left that nobody vetoed.")
    drawn = left[pick(len(left))]
    evenings.change(connection, night.night_id, drawn_movie_id=drawn, draws=night.draws + 1)
    return drawn


def _contents(connection: Connection, night_id: int) -> dict[int, list[int] | None]:
    """Return the ballots of those who may vote; None for who has not.

    One statement, which sees one state of the database: else somebody could come in between.
    """
    had_a_say = exists().where(
        _frozen.night_id == _there.night_id, _frozen.member_id == _there.member_id
    )
    mine = and_(_ballots.night_id == _there.night_id, _ballots.member_id == _there.member_id)
    query = (
        select(_there.member_id, _ballots.choices)
        .select_from(schema.attendance)
        .join(schema.nights)
        .outerjoin(schema.ballots, mine)
        .where(_there.night_id == night_id)
        .where(or_(schema.nights.c.decided_at.is_(None), had_a_say))
        .order_by(_there.member_id)
    )
    return {row.member_id: row.choices for row in connection.execute(query)}


def _refuse_open(connection: Connection, night: Night) -> dict[int, list[int] | None]:
    box = _contents(connection, night.night_id)
    if None not in box.values():
        raise InvalidInput("All have voted; the result is out.")
    return box


def _take_out(connection: Connection, night: Night, member_id: int) -> None:
    mine = (_ballots.night_id == night.night_id) & (_ballots.member_id == member_id)
    connection.execute(delete(schema.ballots).where(mine))
