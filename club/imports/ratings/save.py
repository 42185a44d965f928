"""Write a plan into the club: new members, movies and ratings, all of it or nothing."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from club import members, movies, ratings, validation
from club.db.database import Write
from club.errors import InvalidInput
from club.imports.ratings.plan import Member, Plan
from club.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Saved:
    """What was written.

    Args:
        version: of the store.
        ratings: how many are new or changed.
        movies: how many the club has added.
        members: how many have joined.
        seen: how many movies are marked as seen without stars.
    """

    version: int
    ratings: int
    movies: int
    members: int
    seen: int


def save(store: Store, plan: Plan) -> Saved:
    """Write what the plan takes; all ratings are one step that can be undone.

    Ratings keep the date of the file. Doing it twice changes nothing.

    Raises:
        InvalidInput: the club was changed since the plan was made, or a name cannot be used.
        StoreUnavailable: it cannot be written.
    """
    plan.require_room()
    began = time.perf_counter()
    with store.database.write("brought ratings from elsewhere") as write:
        if write.version != plan.version + 1:
            raise InvalidInput("Somebody has changed the club meanwhile; look at it once more.")
        joined, added = _add_members(write, plan), _add_movies(write, plan)

        def id_of(member: Member) -> int:
            return member if isinstance(member, int) else joined[member]

        wanted: dict[tuple[int, int], int | None] = {}
        rated_at: dict[tuple[int, int], int] = {}
        for entry in plan.taken:
            movie = added[entry.row_title] if entry.movie is None else entry.movie
            pair = id_of(entry.member), movie
            wanted[pair] = validation.half_stars(entry.stars)
            if entry.at is not None:
                rated_at[pair] = entry.at
        ratings.record(write, wanted, rated_at=rated_at)
        marked = sum(members.insert_seen(write, id_of(who), movie) for who, movie in plan.seen)
        for movie in plan.shortlist:
            movies.append_to_shortlist(write, movie)
        version = write.commit_if(bool(wanted or joined or marked or plan.shortlist))
    seconds = time.perf_counter() - began
    log.info("imported ratings: %d rows of %d in %.2f s", len(wanted), len(plan.entries), seconds)
    return Saved(version, len(wanted), len(added), len(joined), marked)


def _add_members(write: Write, plan: Plan) -> dict[str, int]:
    """Add the new members; return name -> member_id."""
    people = [*(entry.member for entry in plan.taken), *(member for member, _ in plan.seen)]
    names = dict.fromkeys(member for member in people if isinstance(member, str))
    return {name: members.insert_member(write, name) for name in names}


def _add_movies(write: Write, plan: Plan) -> dict[object, int]:
    """Add the movies that the catalogue lacks; return `Entry.row_title` -> movie_id."""
    lacking = {entry.row_title: entry.row for entry in plan.taken if entry.movie is None}
    added: dict[object, int] = {}
    for identity, row in lacking.items():
        title, *aliases = row.titles
        movie = movies.NewMovie.checked(title, row.year, tmdb_id=row.tmdb_id, aliases=aliases)
        added[identity] = movies.insert_movie(write, movie)
    return added
