"""The nights of the club: planned, then decided, then opened; every method is one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import date
from datetime import time as clock_time
from typing import Any

from sqlalchemy import Connection

from club import evenings
from club.database import Database
from club.evenings import Night

__all__ = ["Night", "Nights"]


class Nights:
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
        with self._database.write() as write:
            return evenings.plan(write.connection, said, present, _now())

    def edit(self, night_id: int, **changes: Any) -> int:
        """Change what is said of a night.

        Args:
            changes: on, starts_at, place, notes, picker at any time; rewatch, longest, voting
                ("approve", "rank" or None; another one drops the ballots) while it is planned.

        Raises:
            InvalidInput: one of these cannot be used, or not any more.
            TypeError: there is nothing of this name to change.
        """
        with self._database.write() as write:
            return write.settle(evenings.edit(write.connection, night_id, changes))

    def delete(self, night_id: int) -> int:
        """Delete a night that was never decided.

        Raises:
            InvalidInput: it was decided.
        """
        with self._database.write() as write:
            evenings.remove(write.connection, night_id)
        return write.version

    def call_off(self, night_id: int) -> int:
        """Call a night off, if it is not.

        Raises:
            InvalidInput: its ratings are opened.
        """
        with self._database.write() as write:
            return write.settle(evenings.call_off(write.connection, night_id, _now()))

    def call_on(self, night_id: int) -> int:
        """Take back that a night is called off, if it is."""
        with self._database.write() as write:
            return write.settle(evenings.call_on(write.connection, night_id))

    def attend(self, night_id: int, member_ids: Iterable[int]) -> int:
        """Make exactly these people those who are there.

        Whoever is there no more takes their ballot and vetoes along. Who comes after the decision
        has no frozen prediction, but may rate.

        Raises:
            InvalidInput: the night is called off; somebody who would come has left the club; or
                somebody who would go has rated the night.
        """
        with self._database.write() as write:
            night = evenings.find(write.connection, night_id)
            changed = evenings.attend(write.connection, night, member_ids)
            return write.settle(changed)


def _now() -> int:
    return int(time.time())
