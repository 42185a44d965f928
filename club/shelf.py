"""The movies that the club added, and the shortlist of what it might watch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd
from sqlalchemy import Connection, delete, func, insert, select, update

from club import validation
from club.db import schema
from club.errors import InvalidInput

_shortlist = schema.shortlist.c
_movies = schema.movies.c


@dataclass(frozen=True)
class NewMovie:
    """A movie as somebody described it, checked."""

    title: str
    year: int | None
    genres: list[str]
    keywords: list[str]
    runtime: int | None
    overview: str
    tmdb_id: int | None
    aliases: list[str]

    @classmethod
    def checked(
        cls,
        title: str,
        year: int | None,
        genres: str | Iterable[str],
        keywords: str | Iterable[str],
        *,
        runtime: int | None,
        overview: str,
        tmdb_id: int | None,
        aliases: Iterable[str],
    ) -> NewMovie:
        """Return the movie, or raise InvalidInput if the club cannot take it."""
        return cls(
            validation.clean_title(title),
            validation.clean_year(year),
            validation.clean_terms(genres, "genres"),
            validation.clean_terms(keywords, "keywords"),
            validation.clean_runtime(runtime),
            validation.clean_overview(overview),
            validation.clean_tmdb_id(tmdb_id),
            validation.clean_aliases(aliases),
        )


def movies(connection: Connection) -> pd.DataFrame:
    """Return the club's own movies; see `Store.movies`."""
    query = select(schema.movies).order_by(_movies.added_at, _movies.movie_id.desc())
    rows = connection.execute(query).all()

    def terms(lists: Iterable[list[str] | None]) -> pd.Series:
        return pd.Series([tuple(items or ()) for items in lists], dtype=object)

    frame = pd.DataFrame(
        {
            "movie_id": pd.Series([row.movie_id for row in rows], dtype="int64"),
            "title": pd.Series([row.title for row in rows], dtype="str"),
            "year": pd.Series([row.year for row in rows], dtype="Int64"),
            "genres": terms(row.genres for row in rows),
            "keywords": terms(row.keywords for row in rows),
            "aliases": terms(row.aliases for row in rows),
            "runtime": pd.Series([row.runtime for row in rows], dtype="Int64"),
            "overview": pd.Series([row.overview or "" for row in rows], dtype="str"),
            "tmdb_id": pd.Series([row.tmdb_id for row in rows], dtype="Int64"),
        }
    )
    return frame.set_index("movie_id")


def own_ids(connection: Connection, movie_ids: Iterable[int]) -> list[int]:
    """Return those of the ids that are the club's own movies."""
    query = select(_movies.movie_id).where(_movies.movie_id.in_(list(movie_ids)))
    return list(connection.execute(query).scalars())


def add_movie(connection: Connection, movie: NewMovie, at: int) -> int:
    """Add a movie and return its id: negative, and never used before.

    Raises:
        InvalidInput: the club has added this movie before.
    """
    for title, year, tmdb_id in connection.execute(
        select(_movies.title, _movies.year, _movies.tmdb_id)
    ):
        same_name = year == movie.year and validation.name_key(title) == validation.name_key(
            movie.title
        )
        numbered = tmdb_id is not None and movie.tmdb_id is not None
        if tmdb_id == movie.tmdb_id if numbered else same_name:
            raise InvalidInput(f"The club has added {title} before.")
    counter = schema.club.c.last_movie_id
    movie_id = connection.execute(
        update(schema.club).values(last_movie_id=counter - 1).returning(counter)
    ).scalar_one()
    row = {"movie_id": movie_id, "added_at": at, **asdict(movie)}
    connection.execute(insert(schema.movies).values(row))
    return int(movie_id)


def shortlist(connection: Connection) -> list[int]:
    """Return the ids of the movies on the shortlist, first added first."""
    return list(
        connection.execute(select(_shortlist.movie_id).order_by(_shortlist.position)).scalars()
    )


def add_to_shortlist(connection: Connection, movie_id: int, at: int) -> bool:
    """Put a movie at the shortlist's end; return whether it was not on it."""
    if movie_id in shortlist(connection):
        return False
    last = connection.execute(select(func.max(_shortlist.position))).scalar_one() or 0
    row = {"movie_id": movie_id, "position": last + 1, "added_at": at}
    connection.execute(insert(schema.shortlist).values(row))
    return True


def remove_from_shortlist(connection: Connection, movie_id: int) -> bool:
    """Take a movie off the shortlist; return whether it was on it."""
    query = delete(schema.shortlist).where(_shortlist.movie_id == movie_id)
    return connection.execute(query).rowcount > 0
