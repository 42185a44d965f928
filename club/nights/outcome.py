"""The outcome of a night: ratings hidden until all have rated, then revealed and the club's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, select

from club import ratings, validation
from club.db import schema
from club.db.database import Write
from club.errors import InvalidInput
from club.nights.planning import (
    Night,
    entered_by_those_there,
    find_night,
    insert_attendance,
    member_set,
    require_there,
    update_night,
)
from club.section import Section, find_member

_rated = schema.night_ratings.c


@dataclass(frozen=True)
class Outcome:
    """A night's ratings as far as everybody may know them.

    Args:
        rated: those who are there and have rated.
        waiting: those who are there and have not.
        stars: 0.5..5 by member id; None while they are hidden.
    """

    rated: tuple[int, ...]
    waiting: tuple[int, ...]
    stars: dict[int, float] | None


class Rating(Section):
    """The part of `store.nights` by which those who are there rate the movie."""

    def attend(self, night_id: int, member_ids: Iterable[int]) -> int:
        """Make exactly these people those who are there.

        Ballots and vetoes of those who are there no more do not count, until they are back. Those
        who come after the decision have no prediction, but may rate. Nothing is revealed by this.

        Raises:
            InvalidInput: the night is called off; somebody who would come has left the club; or
                somebody who would go has rated the night.
        """
        with self._database.write("said who is here", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            night.require_on()
            wanted, before = member_set(member_ids), set(night.present)
            gone = before - wanted
            for row in _ratings(write.connection, night):
                if row.member_id in gone:
                    name = find_member(write.connection, row.member_id).name
                    raise InvalidInput(f"{name} has rated this night and stays in it.")
            insert_attendance(write, night.night_id, wanted - before)
            for member_id in gone:
                write.delete(schema.attendance, night_id=night.night_id, member_id=member_id)
            return write.commit_if(wanted != before)

    def rate(self, night_id: int, member_id: int, stars: float) -> int:
        """Store what somebody who is there gives the night's movie, 0.5..5 in half steps.

        It stays hidden, and can be replaced, until the last one rates; that reveals all ratings
        of the night and makes them the club's. On a revealed night a first rating becomes so at
        once.

        Raises:
            InvalidInput: also when they have rated it and it is revealed.
        """
        halves = validation.half_stars(stars)
        with self._database.write("rated a night", night_id=night_id, member_id=member_id) as write:
            night = find_night(write.connection, night_id)
            person = require_there(write.connection, night, member_id)
            night.require_on()
            if night.decided_at is None:
                raise InvalidInput("No movie is decided yet; decide on one first.")
            mine = {"night_id": night.night_id, "member_id": person}
            given = entered_by_those_there(write.connection, night, _rated.half_stars)
            if night.revealed_at is not None and given[person] is not None:
                raise InvalidInput("The stars are out. To change yours, use the Rate page.")
            if given[person] == halves:
                return write.commit_if(False)
            write.delete(schema.night_ratings, **mine)
            row = {"half_stars": halves, "rated_at": write.now, "entered_by": write.actor}
            write.insert(schema.night_ratings, mine | row)
            if night.revealed_at is not None:
                _publish(write, night, _ratings(write.connection, night, person))
            elif None not in (given | {person: halves}).values():
                _reveal(write, night)
        return write.version

    def unrate(self, night_id: int, member_id: int) -> int:
        """Take back what somebody who is there gave, if anything, while it is hidden."""
        with self._database.write(
            "took back stars of a night", night_id=night_id, member_id=member_id
        ) as write:
            night = find_night(write.connection, night_id)
            person = require_there(write.connection, night, member_id)
            night.require_on()
            if night.revealed_at is not None:
                raise InvalidInput("The stars are out. To change yours, use the Rate page.")
            mine = {"night_id": night.night_id, "member_id": person}
            return write.commit_if(write.delete(schema.night_ratings, **mine))

    def outcome(self, night_id: int) -> Outcome:
        """Return the night's ratings as far as everybody may know them."""
        with self._database.read() as connection:
            night = find_night(connection, night_id)
            given = entered_by_those_there(connection, night, _rated.half_stars)
        stars = {person: halves / 2 for person, halves in given.items() if halves is not None}
        waiting = tuple(person for person in given if person not in stars)
        return Outcome(tuple(stars), waiting, None if night.revealed_at is None else stars)

    def reveal(self, night_id: int) -> int:
        """Reveal the ratings of a night, at least one, whoever is waited for."""
        with self._database.write("revealed the stars", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            night.require_on()
            if night.revealed_at is not None:
                return write.commit_if(False)
            if not _ratings(write.connection, night):
                raise InvalidInput("Nobody has rated this night yet.")
            _reveal(write, night)
        return write.version

    def ratings(self) -> pd.DataFrame:
        """Return the ratings of all nights that are revealed: night_id, member_id, rating."""
        query = (
            select(_rated.night_id, _rated.member_id, _rated.half_stars)
            .join(schema.nights)
            .where(schema.nights.c.opened_at.is_not(None))
            .order_by(_rated.night_id, _rated.member_id)
        )
        types = dict.fromkeys(("night_id", "member_id", "rating"), "int64")
        frame = self._database.frame(query, types)
        return frame.assign(rating=frame["rating"] / 2)


def _reveal(write: Write, night: Night) -> None:
    update_night(write, night, opened_at=write.now)
    _publish(write, night, _ratings(write.connection, night))


def _publish(write: Write, night: Night, rows: list[Row[Any]]) -> None:
    """Make ratings of a night the club's.

    Args:
        rows: of the table `night_ratings`.
    """
    assert night.movie is not None  # else nobody could have rated it
    movie = night.movie
    ratings.record(
        write,
        {(row.member_id, movie): row.half_stars for row in rows},
        rated_at={(row.member_id, movie): row.rated_at for row in rows},
        entered_by={row.member_id: row.entered_by for row in rows},
        kind="night",
    )


def _ratings(connection: Connection, night: Night, member_id: int | None = None) -> list[Row[Any]]:
    """Return the rows of a night's ratings, hidden or not."""
    query = select(schema.night_ratings).filter_by(night_id=night.night_id)
    if member_id is not None:
        query = query.filter_by(member_id=member_id)
    return list(connection.execute(query.order_by(_rated.member_id)))
