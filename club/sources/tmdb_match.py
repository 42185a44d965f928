"""Which movie of the catalogue is which at TMDB: by number, else by title and year, or none."""

from __future__ import annotations

import pandas as pd

from club import matching
from club.sources.tmdb import Found, Tmdb


def in_catalogue(movies: pd.DataFrame, found: Found) -> int | None:
    """Return the id of the catalogue's movie that `found` is, None if it has none for certain."""
    titles = (found.title, found.original_title)
    return matching.in_catalogue(movies, found.tmdb_id, titles, found.year)


def at_tmdb(tmdb: Tmdb, movie: pd.Series) -> int | None:
    """Return a movie's number at TMDB: the catalogue's, or that of the one result that agrees.

    Args:
        movie: a row of `Dataset.movies`.

    Raises:
        TmdbError: TMDB could not be asked.
    """
    if not pd.isna(movie["tmdb_id"]):
        return int(movie["tmdb_id"])
    if pd.isna(movie["year"]):
        return None
    titles, year = (movie["title"], *movie["aliases"]), int(movie["year"])
    agreeing = {
        found.tmdb_id
        for found in tmdb.search(movie["title"], year)
        if found.year == year and matching.same_title(titles, (found.title, found.original_title))
    }
    return agreeing.pop() if len(agreeing) == 1 else None
