"""The club's store: every question to the database and every change of it is a method here."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import pandas as pd
from sqlalchemy import select, update

from club import audit, config, ledger, roster, validation
from club.db import schema
from club.db.database import Database
from club.db.migrate import open_tables
from club.errors import StoreUnavailable
from club.founding import found_club
from club.ledger import Change
from club.movies import Movies
from club.nights import Nights
from club.people import People


@dataclass(frozen=True)
class Club:
    """What the club is called, whether it is the demo, and since when it is there (UTC).

    Args:
        for_others: whether a member may enter what is another's.
    """

    name: str
    is_demo: bool
    created_at: datetime
    for_others: bool


class Store(People, Movies):
    """A club's database, opened, checked and brought to today's tables.

    It holds no open connection, so one store serves any number of threads, and any number of
    stores and programs may use the same database. Every method is one transaction; all raise
    StoreUnavailable when the database cannot do it right now, and then nothing has changed. What
    must happen in one transaction and is no method here goes through `database.write()`. What is
    about people comes from `People`, what is about movies from `Movies`; what is about movie nights
    is in `nights`.

    Args:
        location: the path of an SQLite file, or a URL: sqlite:///path or postgresql://...
        knows_movie: whether a movie id exists in the world; without it every positive id does.
        wait_seconds: how long to wait for somebody else's write.

    Raises:
        InvalidInput: the location cannot be read.
        StoreUnavailable: the database cannot be opened.
    """

    def __init__(
        self,
        location: str | Path,
        *,
        knows_movie: Callable[[int], bool] | None = None,
        wait_seconds: float = 10.0,
    ) -> None:
        self.knows_movie = knows_movie
        self.database = Database(location, wait_seconds)
        open_tables(self.database)
        self.nights = Nights(self.database, self._require_movies)

    @classmethod
    def open(
        cls,
        location: str | Path | None = None,
        *,
        knows_movie: Callable[[int], bool] | None = None,
        must_exist: bool = False,
    ) -> Store:
        """Open `location`, else what `club.config.database` says.

        Raises:
            StoreUnavailable: as for the class; or it `must_exist` and there is no such file.
        """
        place = location or config.database()
        database = Database(place, 0)
        if must_exist and not database.is_there():
            raise StoreUnavailable(f"There is no club's database at {database.file}.")
        return cls(place, knows_movie=knows_movie)

    def __repr__(self) -> str:
        return f"<Store: {self.place}>"

    @property
    def place(self) -> str:
        """Where the database is, for people; never holds a password."""
        return self.database.place

    @property
    def file(self) -> Path | None:
        """The SQLite file; None on PostgreSQL."""
        return self.database.file

    def by(self, who: str | None) -> Self:
        """Return this store as somebody uses it: who stands beside every change made through it.

        Raises:
            InvalidInput: it is no name that a member could have.
        """
        twin = copy(self)
        twin.database = self.database.by(None if who is None else validation.clean_name(who))
        twin.nights = Nights(twin.database, twin._require_movies)
        return twin

    # The club

    def version(self) -> int:
        """Return how many writes there were; 0 for a new store. It never goes back."""
        with self.database.read() as connection:
            return connection.execute(select(schema.club.c.version)).scalar_one()

    def touch(self, act: str = "changed something beside the database") -> int:
        """Say that something beside the database has changed, and return the new version.

        What is cached under the version, here and in every other program, is read anew.

        Args:
            act: what was done, for the list of changes.
        """
        with self.database.write(act) as write:
            return write.version

    def is_new(self) -> bool:
        """Return whether nothing was ever written."""
        return self.version() == 0

    def club(self) -> Club:
        """Return the club's name, whether it is the demo, and since when it is there."""
        with self.database.read() as connection:
            row = connection.execute(select(schema.club)).one()
        since = datetime.fromtimestamp(row.created_at, UTC)
        return Club(row.name, row.is_demo, since, bool(row.for_others))

    def start_own_club(self, name: str) -> int:
        """Begin an empty club: members, ratings, history, shortlist and movies all go.

        Returns:
            The version. It goes on counting, and ids of members and movies are not used again.

        Raises:
            InvalidInput: the name cannot be used.
        """
        name = validation.clean_name(name)
        with self.database.write("began the club anew") as write:
            found_club(write.connection, name, is_demo=False, at=_now())
        return write.version

    def let_rate_for_others(self, allowed: bool) -> int:
        """Say whether a member may enter what is another's, and return the version."""
        act = "let members rate for others" if allowed else "let members rate only for themselves"
        with self.database.write(act) as write:
            club = schema.club
            query = update(club).where(club.c.for_others.is_not(allowed)).values(for_others=allowed)
            return write.settle(write.connection.execute(query).rowcount > 0)

    def changes(self, limit: int | None = None) -> pd.DataFrame:
        """Return who did what, newest first; nothing is removed from it but by a new club.

        Returns:
            version (that the change made), at (datetime64[s, UTC]), who (NaN: nobody said), act
            (as in "Ana [act]"), member_id, movie_id, night_id (Int64: what it is about).
        """
        with self.database.read() as connection:
            return audit.latest(connection, limit)

    # Ratings

    def ratings(self, include_left: bool = False, include_guests: bool = False) -> pd.DataFrame:
        """Return the ratings that count, of the members who are present; guests' if asked to.

        Returns:
            member_id, movie_id (int64), rating (stars, float64), timestamp (int64, seconds).
        """
        with self.database.read() as connection:
            return ledger.current(connection, include_left, include_guests)

    def rate(
        self, member_id: int, movie_id: int, stars: float, *, changed_by: str | None = None
    ) -> int:
        """Set what a member gives a movie, 0.5..5 stars in half steps, and return the version.

        Raises:
            InvalidInput: the stars cannot be used, or the member has left.
            NotFound: there is no such member or movie.
        """
        validation.half_stars(stars)  # None would clear the rating
        return self.rate_many([(member_id, movie_id, stars)], changed_by=changed_by)

    def unrate(self, member_id: int, movie_id: int, *, changed_by: str | None = None) -> int:
        """Take away a member's rating of a movie, if there is one, and return the version.

        Raises:
            InvalidInput: the member has left.
            NotFound: there is no such member or movie.
        """
        return self.rate_many([(member_id, movie_id, None)], changed_by=changed_by)

    def rate_many(
        self,
        changes: Iterable[tuple[int, int, float | None]],
        *,
        changed_by: str | None = None,
    ) -> int:
        """Set or (stars None) take away many ratings as one step, all or none of them.

        Args:
            changes: (member_id, movie_id, stars); of several for the same two, the last counts.
            changed_by: who entered it, if it is not whom the store is `by`.

        Returns:
            The version; unchanged when all ratings are so already.

        Raises:
            InvalidInput: stars cannot be used, or a member has left.
            NotFound: there is no such member or movie.
        """
        wanted = {
            (validation.whole_id(member_id, "member"), validation.whole_id(movie_id, "movie")): (
                None if stars is None else validation.half_stars(stars)
            )
            for member_id, movie_id, stars in changes
        }
        by = self.by(changed_by) if changed_by is not None else self
        with by.database.write("rated") as write:
            for member_id in {member for member, _ in wanted}:
                roster.require_present(write.connection, member_id)
            self._require_movies(write.connection, {movie for _, movie in wanted})
            changed = ledger.record(
                write.connection, write.version, wanted, at=_now(), changed_by=write.who
            )
            if len(wanted) == 1:
                ((write.about["member_id"], write.about["movie_id"]),) = wanted
            return write.settle(changed)

    def undoable(self) -> Change | None:
        """Return the step that `undo` would take back; None when there is none left."""
        with self.database.read() as connection:
            return ledger.latest(connection)

    def undo(self, step: int | None = None, *, changed_by: str | None = None) -> Change | None:
        """Take back the latest step that is neither an undo nor undone already, nor a night's.

        Args:
            step: do so only if that step is this one (from `undoable`), so that nobody takes
                back what somebody else has just done.
            changed_by: who did it, if it is not whom the store is `by`.

        Returns:
            The step that was taken back: each entry's `before` counts again. None when there is
            none left, or the latest is another than `step`.
        """
        by = self.by(changed_by) if changed_by is not None else self
        with by.database.write("took back ratings") as write:
            change = ledger.undo(
                write.connection, write.version, step, at=_now(), changed_by=write.who
            )
            write.settle(change is not None)
        return change

    def history(
        self,
        member_id: int | None = None,
        movie_id: int | None = None,
        limit: int | None = None,
        include_guests: bool = False,
    ) -> pd.DataFrame:
        """Return what ever happened to members' ratings, newest first; nothing is removed from it.

        Args:
            member_id: only this member's.
            movie_id: only of this movie.
            limit: this many events at most.
            include_guests: guests' ratings, too.

        Returns:
            event_id, step (what was done at once), at (datetime64[s, UTC]), member_id, movie_id,
            before, after (stars; NaN: no rating), kind ("rate", "clear", "undo", "demo", "night" or
            "guest"), undoes (Int64: the step that an undo took back), changed_by (NaN: unknown).
        """
        with self.database.read() as connection:
            return ledger.history(connection, member_id, movie_id, limit, include_guests)


def _now() -> int:
    return int(time.time())
