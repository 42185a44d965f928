"""The nights of the club: planned, then decided, then opened; every method is one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from datetime import time as clock_time
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from club import attendance, evenings, frozen, turns, validation, verdicts
from club.ballots import BallotBox
from club.choosing import Choosing
from club.db.database import Database
from club.evenings import Night
from club.verdicts import Verdicts

__all__ = ["BallotBox", "Night", "Nights", "Verdicts"]


class Nights(Choosing):
    """What the store knows of movie nights; reached as `store.nights`.

    A night is *planned* until its movie is decided. Then everybody's predictions are frozen, and
    what people give the movie is sealed until all who are there have rated or somebody opens it.
    People are members and guests.

    Every change returns the store's version unless it says otherwise. All methods raise NotFound
    where there is no such night, member or movie, and StoreUnavailable as the store does.

    Args:
        database: the store's.
        require_movies: raises NotFound unless all these movie ids exist.
    """

    def __init__(
        self, database: Database, require_movies: Callable[[Connection, Iterable[int]], None]
    ) -> None:
        self._database = database
        self._require_movies = require_movies

    # Planning

    def all(self) -> list[Night]:
        """Return every night, the newest first (by date, then by id), called off ones included."""
        with self._database.read() as connection:
            return evenings.every(connection)

    def get(self, night_id: int) -> Night:
        """Return one night."""
        with self._database.read() as connection:
            return evenings.find(connection, night_id)

    def plan(
        self,
        on: date,
        present: Iterable[int] = (),
        *,
        starts_at: clock_time | None = None,
        place: str = "",
        picker: int | None = None,
        notes: str = "",
        rewatch: bool = False,
        longest: int | None = None,
    ) -> int:
        """Add a night and return its night_id.

        Args:
            present: member ids of those who come.
            starts_at: local time, to the minute.
            place: up to 200 characters.
            picker: whose turn it is.
            notes: up to 2,000 characters, on any number of lines.
            rewatch: whether movies that somebody has seen are candidates.
            longest: minutes that the movie may take.

        Raises:
            InvalidInput: one of these cannot be used, or somebody has left the club.
        """
        said = {
            "on": on,
            "starts_at": starts_at,
            "place": place,
            "picker": picker,
            "notes": notes,
            "rewatch": rewatch,
            "longest": longest,
        }
        with self._database.write("planned a night") as write:
            night_id = evenings.plan(write.connection, said, _now())
            attendance.come(write.connection, night_id, present)
            write.about["night_id"] = night_id
        return night_id

    def edit(self, night_id: int, **changes: Any) -> int:
        """Change what is said of a night.

        Args:
            changes: on, starts_at, place, notes, picker at any time; rewatch, longest, voting
                ("approve", "rank" or None; another one drops the ballots) while it is planned;
                movie, another of those predicted, once it is decided and while nobody has rated.

        Raises:
            InvalidInput: one of these cannot be used, or not any more.
            TypeError: there is nothing of this name to change.
        """
        with self._database.write("changed a night", night_id=night_id) as write:
            changed = evenings.edit(
                write.connection, night_id, {k: v for k, v in changes.items() if k != "movie"}
            )
            if "movie" in changes:
                night = evenings.find(write.connection, night_id)
                changed |= frozen.change_movie(write.connection, night, changes["movie"])
            return write.settle(changed)

    def delete(self, night_id: int) -> int:
        """Delete a night that was never decided.

        Raises:
            InvalidInput: it was decided.
        """
        with self._database.write("deleted a night", night_id=night_id) as write:
            evenings.remove(write.connection, night_id)
        return write.version

    def call_off(self, night_id: int) -> int:
        """Call a night off, if it is not.

        Raises:
            InvalidInput: its ratings are opened.
        """
        with self._database.write("called a night off", night_id=night_id) as write:
            return write.settle(evenings.call_off(write.connection, night_id, _now()))

    def call_on(self, night_id: int) -> int:
        """Take back that a night is called off, if it is."""
        with self._database.write("called a night on again", night_id=night_id) as write:
            return write.settle(evenings.call_on(write.connection, night_id))

    def attend(self, night_id: int, member_ids: Iterable[int]) -> int:
        """Make exactly these people those who are there.

        Whoever is there no more takes their ballot and vetoes along, and is not waited for. Who
        comes after the decision has no frozen prediction, but may rate.

        Raises:
            InvalidInput: the night is called off; somebody who would come has left the club; or
                somebody who would go has rated the night.
        """
        with self._database.write("said who is there", night_id=night_id) as write:
            night = evenings.find(write.connection, night_id)
            changed = attendance.attend(write.connection, night, member_ids)
            if night.state == "decided":
                verdicts.open_if_all_rated(write, night, at=_now())
            return write.settle(changed)

    # Deciding

    def decide(
        self, night_id: int, movie_id: int, predictions: pd.DataFrame, *, model: str, by: str
    ) -> int:
        """Decide on the movie and freeze what is predicted, for good.

        Args:
            movie_id: one of the candidates, vetoed by nobody.
            predictions: member_id, movie_id, mean, sd, low, high (stars; the 80% interval), like
                (chance of 4 stars or more), own_mean (of the person's ratings, else the world's),
                crowd (what everybody should give), known (whether they had rated it): of everybody
                who is there and every candidate.
            model: which model said so, up to 120 characters.
            by: how it was decided, up to 30 characters.

        Returns:
            The version, which is also the night's `club_version`.

        Raises:
            InvalidInput: the night is not planned, nobody is there, the movie cannot be chosen or
                the predictions are not complete.
        """
        movie_id = validation.whole_id(movie_id, "movie")
        with self._database.write("decided on", night_id=night_id, movie_id=movie_id) as write:
            night = evenings.find_planned(write.connection, night_id)
            self._require_movies(write.connection, {movie_id})
            frozen.decide(
                write.connection,
                night,
                movie_id,
                predictions,
                model=model,
                by=by,
                version=write.version,
                at=_now(),
            )
        return write.version

    def predictions(self, night_id: int | None = None) -> pd.DataFrame:
        """Return what was frozen, of one night or of all.

        Returns:
            night_id, member_id, movie_id, mean, sd, low, high, like, own_mean, crowd, known.
        """
        with self._database.read() as connection:
            night = None if night_id is None else evenings.find(connection, night_id)
            return frozen.predictions(connection, night)

    # Rating

    def rate(self, night_id: int, member_id: int, stars: float) -> int:
        """Keep what somebody who is there gives the night's movie, 0.5..5 in half steps.

        It stays sealed, and can be replaced, until the last one rates; that opens the night: all
        its ratings become the club's. On an open night a first rating becomes so at once.

        Raises:
            InvalidInput: the stars cannot be used, they are not there or have left the club, the
                night is called off or not decided, or it is open and they have rated it.
        """
        halves = validation.half_stars(stars)
        with self._database.write(verdicts.RATED, night_id=night_id, member_id=member_id) as write:
            night = evenings.find(write.connection, night_id)
            person = attendance.require_there(write.connection, night, member_id)
            return write.settle(verdicts.rate(write, night, person, halves, at=_now()))

    def unrate(self, night_id: int, member_id: int) -> int:
        """Take back what somebody gave, if anything, while it is sealed.

        Raises:
            InvalidInput: they are not there, or the night is called off or open.
        """
        with self._database.write(
            "took back what a night was given", night_id=night_id, member_id=member_id
        ) as write:
            night = evenings.find(write.connection, night_id)
            person = attendance.require_there(write.connection, night, member_id)
            return write.settle(verdicts.unrate(write.connection, night, person))

    def verdicts(self, night_id: int) -> Verdicts:
        """Return what anybody may know of the night's ratings: no stars before it is open."""
        with self._database.read() as connection:
            return verdicts.verdicts(connection, night_id)

    def open(self, night_id: int) -> int:
        """Open a night before all have rated; one that is open already stays so.

        Raises:
            InvalidInput: the night is called off, or nobody has rated it.
        """
        with self._database.write("opened the ratings", night_id=night_id) as write:
            night = evenings.find(write.connection, night_id)
            return write.settle(verdicts.open_night(write, night, at=_now()))

    def given(self) -> pd.DataFrame:
        """Return what people gave on the nights that are open: night_id, member_id, rating."""
        with self._database.read() as connection:
            return verdicts.given(connection)

    # Picking

    def turns(self) -> pd.DataFrame:
        """Return how often each member of the club has picked, called off nights left out.

        Returns:
            index member_id, in the order in which they joined; picked, last (datetime64[s]: the
            date of the last night picked, NaT for none).
        """
        with self._database.read() as connection:
            return turns.turns(connection)

    def whose_turn(self, present: Sequence[int]) -> int | None:
        """Return the member among those present whose last pick is longest ago.

        Who never picked comes first, then who joined first; guests never. None where nobody is
        a member.
        """
        return turns.whose_turn(self.turns(), present)


def _now() -> int:
    return int(time.time())
