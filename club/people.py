"""The part of the store that is about people: members, guests, and what they have seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import pandas as pd
from sqlalchemy import Connection

from club import attendance, guests, roster, seen, shelf, validation
from club.db.database import Database
from club.errors import NotFound


class People:
    """Members and guests of the club; see `Store`, which these methods belong to."""

    database: Database
    knows_movie: Callable[[int], bool] | None

    # Members

    def members(self, include_left: bool = False, include_guests: bool = False) -> pd.DataFrame:
        """Return the members, and the guests if asked to, in the order in which they joined.

        Returns:
            index member_id; name, world_user_id (Int64; whose ratings of the world a demo member
            has), joined_at, left_at (datetime64[s, UTC]; left_at is NaT for who is present).
        """
        with self.database.read() as connection:
            return roster.members(connection, include_left, include_guests)

    def add_member(self, name: str) -> int:
        """Add a member and return the member_id.

        Raises:
            InvalidInput: the name cannot be used, or somebody present has it.
        """
        with self.database.write("added a member") as write:
            member_id = roster.join(write.connection, name, None, _now())
            write.about["member_id"] = member_id
            return member_id

    def rename_member(self, member_id: int, name: str) -> int:
        """Give a member another name and return the version.

        Raises:
            InvalidInput: the name cannot be used, or somebody else present has it.
            NotFound: there is no such member.
        """
        with self.database.write("renamed a member", member_id=member_id) as write:
            return write.settle(roster.rename(write.connection, member_id, name))

    def remove_member(self, member_id: int) -> int:
        """Let a member or guest leave and return the version.

        The ratings are kept, but do not count. Who has left is not at nights still to be decided.

        Raises:
            NotFound: there is no such member.
        """
        with self.database.write("let somebody go", member_id=member_id) as write:
            left = roster.leave(write.connection, member_id, _now())
            if left:
                attendance.leave_planned(write.connection, member_id)
            return write.settle(left)

    def restore_member(self, member_id: int) -> int:
        """Take back a member who left, with all ratings, and return the version.

        Raises:
            InvalidInput: somebody present has the same name now.
            NotFound: there is no such member.
        """
        with self.database.write("took somebody back", member_id=member_id) as write:
            return write.settle(roster.come_back(write.connection, member_id))

    # Guests

    def guests(self) -> pd.DataFrame:
        """Return the guests who have not left: index member_id; name, likes, dislikes (tuples)."""
        with self.database.read() as connection:
            return guests.guests(connection)

    def add_guest(
        self,
        name: str,
        loves: Iterable[int] = (),
        hates: Iterable[int] = (),
        likes: str | Iterable[str] = (),
        dislikes: str | Iterable[str] = (),
    ) -> int:
        """Add somebody who comes along, and return the member_id.

        Args:
            loves: movie ids, which get 5 stars.
            hates: movie ids, which get 1 star.
            likes: keywords.
            dislikes: keywords.

        Raises:
            InvalidInput: something cannot be used, is on both sides, or the name is taken.
            NotFound: there is no such movie.
        """
        taste = guests.Taste.checked(loves, hates, likes, dislikes)
        with self.database.write("brought a guest") as write:
            self._require_movies(write.connection, taste.stars)
            guest = guests.add(write, name, taste, at=_now())
            write.about["member_id"] = guest
            return guest

    def edit_guest(  # noqa: PLR0917  (as in `add_guest`)
        self,
        member_id: int,
        name: str,
        loves: Iterable[int] = (),
        hates: Iterable[int] = (),
        likes: str | Iterable[str] = (),
        dislikes: str | Iterable[str] = (),
    ) -> int:
        """Replace all that was said of a guest, as in `add_guest`, and return the version.

        What they gave on nights stays, unless it is said here anew.

        Raises:
            InvalidInput: as for `add_guest`, or the guest has left.
            NotFound: there is no such guest or movie.
        """
        taste = guests.Taste.checked(loves, hates, likes, dislikes)
        with self.database.write("changed a guest", member_id=member_id) as write:
            self._require_movies(write.connection, taste.stars)
            return write.settle(guests.edit(write, member_id, name, taste, at=_now()))

    def guest_becomes_member(self, member_id: int) -> int:
        """Let a guest join the club, with all ratings, and return the version.

        Raises:
            InvalidInput: the guest has left.
            NotFound: there is no such guest.
        """
        with self.database.write("made a guest a member", member_id=member_id) as write:
            guests.become_member(write.connection, member_id)
        return write.version

    # What they have seen

    def seen(self) -> pd.DataFrame:
        """Return who has said to have seen what: member_id, movie_id; guests', too."""
        with self.database.read() as connection:
            return seen.seen(connection)

    def mark_seen(self, member_id: int, movie_id: int) -> int:
        """Note that a member or guest has seen a movie, stars or not, and return the version.

        Raises:
            InvalidInput: they have left.
            NotFound: there is no such member or movie.
        """
        with self.database.write("marked as seen", member_id=member_id, movie_id=movie_id) as write:
            roster.require_present(write.connection, member_id, "first")
            self._require_movies(write.connection, {validation.whole_id(movie_id, "movie")})
            return write.settle(seen.mark(write.connection, member_id, movie_id, _now()))

    def unmark_seen(self, member_id: int, movie_id: int) -> int:
        """Take back that a member or guest has seen a movie, and return the version.

        Raises:
            InvalidInput: they have left.
            NotFound: there is no such member.
        """
        with self.database.write(
            "marked as not seen", member_id=member_id, movie_id=movie_id
        ) as write:
            roster.require_present(write.connection, member_id, "first")
            return write.settle(seen.unmark(write.connection, member_id, movie_id))

    def _require_movies(self, connection: Connection, movie_ids: Iterable[int]) -> None:
        known = self.knows_movie or (lambda movie_id: movie_id > 0)
        strangers = [movie_id for movie_id in movie_ids if not known(movie_id)]
        if strangers:
            strangers = sorted(set(strangers) - set(shelf.own_ids(connection, strangers)))
        if strangers:
            raise NotFound(f"There is no movie {strangers[0]}.")


def _now() -> int:
    return int(time.time())
