"""The part of the store that is about movies: the shortlist, and what the club adds or fetches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import pandas as pd
from sqlalchemy import Connection

from club import details, shelf, validation
from club.db.database import Database


class Movies:
    """Movies that the club has to do with; see `Store`, which these methods belong to."""

    database: Database
    _require_movies: Callable[[Connection, Iterable[int]], None]

    def shortlist(self) -> list[int]:
        """Return the ids of the movies that the club might watch, first added first."""
        with self.database.read() as connection:
            return shelf.shortlist(connection)

    def add_to_shortlist(self, movie_id: int) -> int:
        """Put a movie at the shortlist's end, unless it is on it, and return the version.

        Raises:
            NotFound: there is no such movie.
        """
        movie_id = validation.whole_id(movie_id, "movie")
        with self.database.write("put on the shortlist", movie_id=movie_id) as write:
            self._require_movies(write.connection, {movie_id})
            return write.settle(shelf.add_to_shortlist(write.connection, movie_id, _now()))

    def remove_from_shortlist(self, movie_id: int) -> int:
        """Take a movie off the shortlist, if it is on it, and return the version."""
        movie_id = validation.whole_id(movie_id, "movie")
        with self.database.write("took off the shortlist", movie_id=movie_id) as write:
            return write.settle(shelf.remove_from_shortlist(write.connection, movie_id))

    def movies(self) -> pd.DataFrame:
        """Return the movies that the club added, in the form of `Dataset.movies`.

        Returns:
            index movie_id (negative), columns as there.
        """
        with self.database.read() as connection:
            return shelf.movies(connection)

    def add_movie(
        self,
        title: str,
        year: int | None = None,
        genres: str | Iterable[str] = (),
        keywords: str | Iterable[str] = (),
        *,
        runtime: int | None = None,
        overview: str = "",
        tmdb_id: int | None = None,
        aliases: Iterable[str] = (),
    ) -> int:
        """Add a movie that the world does not have, and return its (negative) movie_id.

        Args:
            title: 1..200 characters.
            year: 1870..2100, or None.
            genres: texts, or one text with "|" between them.
            keywords: the same.
            runtime: minutes, or None.
            overview: what it is about, up to 3,000 characters.
            tmdb_id: its number at TMDB, or None.
            aliases: other titles that it is found by.

        Raises:
            InvalidInput: one of these cannot be used, or the club added this movie before.
        """
        movie = shelf.NewMovie.checked(
            title,
            year,
            genres,
            keywords,
            runtime=runtime,
            overview=overview,
            tmdb_id=tmdb_id,
            aliases=aliases,
        )
        with self.database.write("added a movie") as write:
            movie_id = shelf.add_movie(write.connection, movie, _now())
            write.about["movie_id"] = movie_id
            return movie_id

    def movie_details(self) -> pd.DataFrame:
        """Return what was fetched about the world's movies within the last six months.

        Returns:
            index movie_id; title (the catalogue's then), keywords, runtime, overview, tmdb_id.
        """
        with self.database.read() as connection:
            return details.fetched(connection, _now())

    def keep_details(self, found: Iterable[details.Details]) -> int:
        """Keep what was fetched about movies, all or none of it, and return the version.

        Raises:
            InvalidInput: a number, runtime, overview or keyword cannot be used.
        """
        with self.database.write("fetched details of movies") as write:
            return write.settle(details.keep(write.connection, found, _now()))


def _now() -> int:
    return int(time.time())
