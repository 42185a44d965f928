"""Members and guests: joining and leaving, names, and what each has seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete, insert, select

from club import ratings, validation
from club.db import schema
from club.db.database import Write
from club.errors import InvalidInput, NotFound
from club.section import Section, find_member, guest_ids, require_present, utc_times

LOVED, HATED = 10, 2  # half stars
_member, _guest, _seen = schema.members.c, schema.guests.c, schema.seen.c


class Members(Section):
    """The store's section `store.members`.

    Members and guests share their ids, and no two who are present have the same name. Whoever has
    left keeps the ratings, which do not count.
    """

    def all(self, include_left: bool = False, include_guests: bool = False) -> pd.DataFrame:
        """Return the members in the order in which they joined.

        Returns:
            index member_id; name, world_user_id (Int64; the user of the base dataset that a demo
            member stands for), joined_at, left_at (datetime64[s, UTC]; NaT: present).
        """
        types = {"member_id": "int64", "name": "str"}
        types |= dict.fromkeys(("world_user_id", "joined_at", "left_at"), "Int64")
        query = select(*(_member[name] for name in types)).order_by(_member.member_id)
        if not include_left:
            query = query.where(_member.left_at.is_(None))
        if not include_guests:
            query = query.where(_member.member_id.not_in(guest_ids()))
        frame = self._database.frame(query, types)
        times = {name: utc_times(frame[name]) for name in ("joined_at", "left_at")}
        return frame.assign(**times).set_index("member_id")

    def add(self, name: str) -> int:
        """Add a member and return the member_id."""
        with self._database.write("added a member") as write:
            write.about["member_id"] = insert_member(write, name)
        return write.about["member_id"]

    def rename(self, member_id: int, name: str) -> int:
        """Give a member another name and return the version."""
        name = validation.clean_name(name)
        with self._database.write("renamed a member", member_id=member_id) as write:
            member = find_member(write.connection, member_id)
            if member.left_at is None:
                _refuse_taken(write.connection, name, but=member.member_id)
            this = {"member_id": member.member_id}
            write.update(schema.members, this, name=name, name_key=validation.name_key(name))
            return write.commit_if(member.name != name)

    def remove(self, member_id: int) -> int:
        """Let a member or guest leave and return the version.

        They come off the nights whose movie is not decided yet.
        """
        with self._database.write("removed a member", member_id=member_id) as write:
            member = find_member(write.connection, member_id)
            if member.left_at is None:
                this = {"member_id": member.member_id}
                write.update(schema.members, this, left_at=write.now)
                night, there = schema.nights.c, schema.attendance.c
                undecided = select(night.night_id).where(night.decided_at.is_(None))
                mine = delete(schema.attendance).filter_by(**this)
                write.connection.execute(mine.where(there.night_id.in_(undecided)))
            return write.commit_if(member.left_at is None)

    def restore(self, member_id: int) -> int:
        """Take back a member who left, with all ratings, and return the version."""
        with self._database.write("brought a member back", member_id=member_id) as write:
            member = find_member(write.connection, member_id)
            if member.left_at is not None:
                _refuse_taken(write.connection, member.name)
                write.update(schema.members, {"member_id": member.member_id}, left_at=None)
            return write.commit_if(member.left_at is not None)

    def guests(self) -> pd.DataFrame:
        """Return the guests who have not left: index member_id; name, likes, dislikes (tuples)."""
        query = (
            select(_member.member_id, _member.name, _guest.likes, _guest.dislikes)
            .join(schema.guests)
            .where(_member.left_at.is_(None))
            .order_by(_member.member_id)
        )
        types = {"member_id": "int64", "name": "str", "likes": "object", "dislikes": "object"}
        frame = self._database.frame(query, types).set_index("member_id")
        return frame.assign(likes=frame["likes"].map(tuple), dislikes=frame["dislikes"].map(tuple))

    def add_guest(
        self,
        name: str,
        loves: Iterable[int] = (),
        hates: Iterable[int] = (),
        likes: str | Iterable[str] = (),
        dislikes: str | Iterable[str] = (),
    ) -> int:
        """Add a guest and return the member_id.

        Args:
            loves: movie ids, which get 5 stars.
            hates: movie ids, which get 1 star.
            likes: keywords.
            dislikes: keywords.
        """
        half_stars, keywords = _guest_taste(loves, hates, likes, dislikes)
        with self._database.write("brought a guest") as write:
            self._movie_ids(write.connection, *half_stars)
            guest = write.about["member_id"] = insert_member(write, name)
            write.insert(schema.guests, {"member_id": guest, **keywords})
            wanted = {(guest, movie_id): halves for movie_id, halves in half_stars.items()}
            ratings.record(write, wanted, kind="guest")
        return guest

    def edit_guest(self, member_id: int, **taste: Any) -> int:
        """Replace what is known of a guest's taste, and return the version.

        Stars that they gave on nights stay. `taste` and errors are those of `add_guest`.
        """
        half_stars, keywords = _guest_taste(**taste)
        number = validation.whole_id(member_id, "guest")
        with self._database.write("corrected a guest", member_id=number) as write:
            self._movie_ids(write.connection, *half_stars)
            mine = {"member_id": number}
            row = write.connection.execute(select(schema.guests).filter_by(**mine)).one_or_none()
            if row is None:
                raise NotFound(f"There is no guest {number}.")
            require_present(write.connection, number)
            rated = schema.ratings.c
            given = select(rated.movie_id).where(
                rated.member_id == number, rated.half_stars.in_([LOVED, HATED])
            )
            before = set(write.connection.execute(given).scalars())
            before -= _rated_on_nights(write.connection, number)
            wanted = {(number, movie): half_stars.get(movie) for movie in before | {*half_stars}}
            changed = ratings.record(write, wanted, kind="guest")
            if {"likes": row.likes, "dislikes": row.dislikes} != keywords:
                write.update(schema.guests, mine, **keywords)
                changed = True
            return write.commit_if(changed)

    def promote_guest(self, member_id: int) -> int:
        """Make a guest a member and return the version; the ratings stay, the keywords go."""
        number = validation.whole_id(member_id, "guest")
        with self._database.write("made a guest a member", member_id=number) as write:
            if not write.delete(schema.guests, member_id=number):
                raise NotFound(f"There is no guest {number}.")
            require_present(write.connection, number)
        return write.version

    def seen(self) -> pd.DataFrame:
        """Return which movies members and guests marked as seen: member_id, movie_id."""
        query = (
            select(_seen.member_id, _seen.movie_id)
            .join(schema.members)
            .where(_member.left_at.is_(None))
            .order_by(_seen.member_id, _seen.movie_id)
        )
        return self._database.frame(query, {"member_id": "int64", "movie_id": "int64"})

    def mark_seen(self, member_id: int, movie_id: int) -> int:
        """Note that a member or guest has seen a movie, rated or not, and return the version."""
        return self._add_movies("marked as seen", schema.seen, member_id, [movie_id])

    def unmark_seen(self, member_id: int, movie_id: int) -> int:
        """Take back that a member or guest has seen a movie, and return the version."""
        return self._remove_movie("marked as not seen", schema.seen, member_id, movie_id)


def _guest_taste(
    loves: Iterable[int] = (),
    hates: Iterable[int] = (),
    likes: str | Iterable[str] = (),
    dislikes: str | Iterable[str] = (),
) -> tuple[dict[int, int], dict[str, list[str]]]:
    """Return a guest's half stars by movie id, and the columns of their keywords; see add_guest."""
    loved = {validation.whole_id(movie_id, "movie") for movie_id in loves}
    hated = {validation.whole_id(movie_id, "movie") for movie_id in hates}
    if loved & hated:
        raise InvalidInput("A guest cannot love and hate the same movie.")
    liked = validation.clean_terms(likes, "liked keywords", "A guest")
    disliked = validation.clean_terms(dislikes, "disliked keywords", "A guest")
    both = [term for term in liked if term in disliked]
    if both:
        raise InvalidInput(f"A guest cannot like and dislike the same keyword: {both[0]}.")
    half_stars = dict.fromkeys(sorted(loved), LOVED) | dict.fromkeys(sorted(hated), HATED)
    return half_stars, {"likes": liked, "dislikes": disliked}


def _rated_on_nights(connection: Connection, member_id: int) -> set[int]:
    """Return the movies that somebody rated on a night."""
    given, night = schema.night_ratings.c, schema.nights.c
    query = (
        select(night.movie_id)
        .join(schema.night_ratings, given.night_id == night.night_id)
        .where(given.member_id == member_id)
    )
    return set(connection.execute(query).scalars())


def insert_member(write: Write, name: str, world_user_id: int | None = None) -> int:
    """Add a member within a transaction and return the member_id.

    Raises:
        InvalidInput: the name cannot be used, or somebody present has it.
    """
    name = validation.clean_name(name)
    _refuse_taken(write.connection, name)
    row = {
        "name": name,
        "name_key": validation.name_key(name),
        "world_user_id": world_user_id,
        "joined_at": write.now,
    }
    statement = insert(schema.members).values(row).returning(_member.member_id)
    return int(write.connection.execute(statement).scalar_one())


def _refuse_taken(connection: Connection, name: str, but: int | None = None) -> None:
    query = select(_member.name, _member.member_id.in_(guest_ids()).label("is_guest")).where(
        _member.name_key == validation.name_key(name), _member.left_at.is_(None)
    )
    if but is not None:
        query = query.where(_member.member_id != but)
    other = connection.execute(query).one_or_none()
    if other is not None:
        kind = "guest" if other.is_guest else "member"
        raise InvalidInput(f"There is a {kind} called {other.name} already; choose another name.")
