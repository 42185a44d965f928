"""Write a plan into the club: new members, movies and ratings, all of it or nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Connection

from club import ledger, roster, seen, shelf, validation
from club.errors import InvalidInput
from club.imports.ratings.plan import Entry, Plan, require_room
from club.matching import title_key
from club.store import Store


@dataclass(frozen=True)
class Saved:
    """What was written.

    Args:
        version: of the store.
        ratings: how many are new or others now.
        movies: how many the club has added.
        members: how many have joined.
        seen: how many movies somebody has seen without giving stars.
    """

    version: int
    ratings: int
    movies: int
    members: int
    seen: int


def save(store: Store, plan: Plan) -> Saved:
    """Write what the plan takes; all ratings are one step that can be undone.

    Ratings keep the day that the file says. Doing it twice changes nothing.

    Raises:
        InvalidInput: somebody changed the club since the plan was made, or a name cannot be used.
        StoreUnavailable: it cannot be written.
    """
    require_room(plan)
    now = int(time.time())
    with store.database.write("brought ratings from elsewhere") as write:
        if write.version != plan.version + 1:
            raise InvalidInput("Somebody has changed the club meanwhile; look at it once more.")
        joined = _members(write.connection, plan, now)

        def id_of(who: int | str) -> int:
            return who if isinstance(who, int) else joined[who]

        movies = _movies(write.connection, plan, now)
        wanted: dict[tuple[int, int], int | None] = {}
        rated_at: dict[tuple[int, int], int] = {}
        for entry in plan.taken:
            movie = movies[_name(entry)] if entry.movie is None else entry.movie
            pair = id_of(entry.member), movie
            wanted[pair] = validation.half_stars(entry.stars)
            if entry.at is not None:
                rated_at[pair] = entry.at
        ledger.record(
            write.connection, write.version, wanted, at=now, changed_by=write.who, rated_at=rated_at
        )
        marked = sum(
            seen.mark(write.connection, id_of(who), movie, now) for who, movie in plan.seen
        )
        for movie in plan.shortlist:
            shelf.add_to_shortlist(write.connection, movie, now)
        version = write.settle(bool(wanted or joined or marked or plan.shortlist))
    return Saved(version, len(wanted), len(movies), len(joined), marked)


def _members(connection: Connection, plan: Plan, now: int) -> dict[str, int]:
    """Let the new members join; return name -> member_id."""
    people = [*(entry.member for entry in plan.taken), *(who for who, _ in plan.seen)]
    names = dict.fromkeys(who for who in people if isinstance(who, str))
    return {name: roster.join(connection, name, None, now) for name in names}


def _movies(connection: Connection, plan: Plan, now: int) -> dict[object, int]:
    """Add the movies that the catalogue lacks; return what `_name` says -> movie_id."""
    lacking = {_name(entry): entry.row for entry in plan.taken if entry.movie is None}
    added: dict[object, int] = {}
    for name, row in lacking.items():
        title, *aliases = row.titles
        movie = shelf.NewMovie.checked(
            title,
            row.year,
            (),
            (),
            runtime=None,
            overview="",
            tmdb_id=row.tmdb_id,
            aliases=aliases,
        )
        added[name] = shelf.add_movie(connection, movie, now)
    return added


def _name(entry: Entry) -> object:
    return title_key(entry.row.title), entry.row.year
