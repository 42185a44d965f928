"""The part of `Nights` by which people choose a movie: vetoes, votes and the lot."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Connection

from club import attendance, ballots, evenings, validation
from club.ballots import BallotBox
from club.db.database import Database


class Choosing:
    """What comes before the decision; see `Nights`, which these methods belong to."""

    _database: Database
    _require_movies: Callable[[Connection, Iterable[int]], None]

    def veto(self, night_id: int, member_id: int, movie_id: int) -> int:
        """Note that somebody who is there does not want a movie.

        Raises:
            InvalidInput: the night is not planned, or they are not there.
        """
        movie_id = validation.whole_id(movie_id, "movie")
        with self._database.write(
            "vetoed", night_id=night_id, member_id=member_id, movie_id=movie_id
        ) as write:
            night = evenings.find_planned(write.connection, night_id)
            person = attendance.require_there(write.connection, night, member_id)
            self._require_movies(write.connection, {movie_id})
            return write.settle(ballots.veto(write.connection, night, person, movie_id))

    def unveto(self, night_id: int, member_id: int, movie_id: int) -> int:
        """Take a veto back, if there is one.

        Raises:
            InvalidInput: the night is not planned, or they are not there.
        """
        movie_id = validation.whole_id(movie_id, "movie")
        with self._database.write(
            "took a veto back", night_id=night_id, member_id=member_id, movie_id=movie_id
        ) as write:
            night = evenings.find_planned(write.connection, night_id)
            person = attendance.require_there(write.connection, night, member_id)
            return write.settle(ballots.unveto(write.connection, night, person, movie_id))

    def vetoes(self, night_id: int) -> dict[int, tuple[int, ...]]:
        """Return who does not want which movie: movie_id -> member ids, both in order."""
        with self._database.read() as connection:
            return ballots.vetoes(connection, evenings.find(connection, night_id))

    def vote(self, night_id: int, member_id: int, choices: Sequence[int]) -> int:
        """Cast somebody's ballot, in place of an earlier one, as long as the box is sealed.

        Args:
            choices: movie ids, each once: the approved ones, or a ranking with the best first.

        Raises:
            InvalidInput: the night is not planned or has no voting, they are not there, all have
                voted, or the ballot cannot count.
        """
        movies = [validation.whole_id(movie_id, "movie") for movie_id in choices]
        with self._database.write("voted", night_id=night_id, member_id=member_id) as write:
            night = evenings.find_planned(write.connection, night_id)
            person = attendance.require_there(write.connection, night, member_id)
            self._require_movies(write.connection, movies)
            changed = ballots.vote(write.connection, night, person, movies, _now())
            return write.settle(changed)

    def unvote(self, night_id: int, member_id: int) -> int:
        """Take somebody's ballot back, if there is one, as long as the box is sealed.

        Raises:
            InvalidInput: the night is not planned, they are not there, or all have voted.
        """
        with self._database.write(
            "took a vote back", night_id=night_id, member_id=member_id
        ) as write:
            night = evenings.find_planned(write.connection, night_id)
            person = attendance.require_there(write.connection, night, member_id)
            return write.settle(ballots.unvote(write.connection, night, person))

    def ballot_box(self, night_id: int) -> BallotBox:
        """Return what anybody may know of the votes: no ballot before all have voted."""
        with self._database.read() as connection:
            return ballots.ballot_box(connection, night_id)

    def draw(
        self,
        night_id: int,
        candidates: Sequence[int],
        pick: Callable[[int], int] = secrets.randbelow,
    ) -> int:
        """Draw a movie by lot among the candidates that nobody vetoed, keep it and return it.

        Args:
            candidates: movie ids.
            pick: given how many there are, returns which one, from 0.

        Raises:
            InvalidInput: the night is not planned, or no candidate is left.
        """
        movies = [validation.whole_id(movie_id, "movie") for movie_id in candidates]
        with self._database.write("drew a lot", night_id=night_id) as write:
            night = evenings.find_planned(write.connection, night_id)
            self._require_movies(write.connection, movies)
            drawn = ballots.draw(write.connection, night, movies, pick)
            write.about["movie_id"] = drawn
            return drawn


def _now() -> int:
    return int(time.time())
