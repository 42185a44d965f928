"""The club's store: every question to the database and every change of it is a method here."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd
from sqlalchemy import delete, select, update

from club import config, validation
from club.db import schema
from club.db.database import Database, State, Write
from club.db.migrate import open_tables
from club.errors import StoreUnavailable
from club.members import Members
from club.movies import Movies
from club.nights import Nights
from club.ratings import Ratings
from club.section import utc_times
from club.watchlists import Watchlists


@dataclass(frozen=True)
class Club:
    """The club's own settings.

    Args:
        for_others: whether a member may enter ratings and votes for another one.
        calendar_key: secret in the address of the nights' calendar; None: there is none.
    """

    name: str
    is_demo: bool
    for_others: bool
    calendar_key: str | None


class Store:
    """A club's database, opened, checked and brought to today's tables.

    Its sections are `members`, `ratings`, `movies`, `watchlists` and `nights`. It holds no open
    connection, so one store serves any number of threads, and any number of stores and programs
    may use the same database. Every method is one transaction; all raise StoreUnavailable when the
    database cannot do it right now, and then nothing has changed. What must happen in one
    transaction and is no method goes through `database.write()`.

    Args:
        location: the path of an SQLite file, or a URL: sqlite:///path or postgresql://...
        knows_movie: whether a movie id exists in the base dataset; without it every positive id
            does.
        wait_seconds: how long to wait for another writer.
        clock: seconds since 1970.

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
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.knows_movie = knows_movie
        self._use(Database(location, wait_seconds, clock))
        open_tables(self.database)

    def _use(self, database: Database) -> None:
        self.database = database
        self.members = Members(database, self.knows_movie)
        self.ratings = Ratings(database, self.knows_movie)
        self.movies = Movies(database, self.knows_movie)
        self.watchlists = Watchlists(database, self.knows_movie)
        self.nights = Nights(database, self.knows_movie)

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
            raise StoreUnavailable(
                f"There is no club's database at {database.file}; open the app, or begin a club "
                "with: python -m club new NAME"
            )
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

    def by(self, actor: str | None, identity: str | None = None) -> Self:
        """Return this store in an actor's name, which the audit log keeps with every change.

        Args:
            actor: None: unknown.
            identity: of the database that the changes are meant for, from `state`; when it is
                another one by then, every change raises StoreReplaced. None: any.

        Raises:
            InvalidInput: the actor is no name that a member could have.
        """
        twin = copy(self)
        name = None if actor is None else validation.clean_name(actor)
        twin._use(self.database.by(name, identity))
        return twin

    def state(self) -> State:
        """Return the identity and the version: equal states have equal contents."""
        return self.database.state()

    def version(self) -> int:
        """Return how many writes there were; 0 for a new store."""
        return self.state().version

    def touch(self, act: str = "changed something beside the database") -> int:
        """Bump the version because something beside the database has changed; return it.

        Args:
            act: what was done, for the audit log.
        """
        with self.database.write(act) as write:
            return write.version

    def club(self) -> Club:
        """Return the club's own settings."""
        with self.database.read() as connection:
            row = connection.execute(select(schema.club)).one()
        return Club(row.name, row.is_demo, bool(row.for_others), row.calendar_key)

    def start_own_club(self, name: str) -> int:
        """Begin an empty club: members, ratings, history, shortlist and movies all go.

        Returns:
            The version. It goes on counting, and ids of members and movies are not used again.

        Raises:
            InvalidInput: the name cannot be used.
        """
        with self.database.write("started a new club") as write:
            empty_club(write, name, is_demo=False)
        return write.version

    def rename(self, name: str) -> int:
        """Give the club another name and return the version."""
        name, club = validation.clean_name(name), schema.club
        with self.database.write("renamed the club") as write:
            query = update(club).where(club.c.name != name).values(name=name)
            return write.commit_if(write.connection.execute(query).rowcount > 0)

    def let_rate_for_others(self, allowed: bool) -> int:
        """Set whether a member may rate and vote for another one, and return the version."""
        act = "let members rate for others" if allowed else "let members rate only for themselves"
        with self.database.write(act) as write:
            club = schema.club
            query = update(club).where(club.c.for_others.is_not(allowed)).values(for_others=allowed)
            return write.commit_if(write.connection.execute(query).rowcount > 0)

    def share_calendar(self, shared: bool) -> int:
        """Give the nights' calendar a new secret address, or none, and return the version."""
        key = secrets.token_urlsafe(24) if shared else None
        act = "gave the calendar a new address" if shared else "closed the calendar's address"
        with self.database.write(act) as write:
            write.connection.execute(update(schema.club).values(calendar_key=key))
            return write.version

    def audit_log(self, limit: int | None = None) -> pd.DataFrame:
        """Return who did what, newest first; nothing is removed from it but by a new club.

        Returns:
            version (that the change made), at (datetime64[s, UTC]), who (NaN: unknown), act
            (as in "Ana [act]"), member_id, movie_id, night_id (Int64: what it is about).
        """
        types = {"version": "int64", "at": "int64", "who": "str", "act": "str"}
        types |= dict.fromkeys(("member_id", "movie_id", "night_id"), "Int64")
        change = schema.changes.c
        query = select(*(change[name] for name in types)).order_by(change.change_id.desc())
        frame = self.database.frame(query.limit(limit), types)
        return frame.assign(at=utc_times(frame["at"]))


def empty_club(write: Write, name: str, *, is_demo: bool) -> None:
    """Empty every table within a transaction and give the club its name.

    Ids and the version go on counting.

    Raises:
        InvalidInput: the name cannot be used.
    """
    values: dict[str, Any] = {"name": validation.clean_name(name), "is_demo": is_demo}
    values |= {"created_at": write.now, "calendar_key": None}
    # Nights first: they take their predictions along, which nothing else can delete.
    for table in (schema.nights, *reversed(schema.metadata.sorted_tables)):
        if table is not schema.club:
            write.connection.execute(delete(table))
    write.connection.execute(update(schema.club).values(values))
