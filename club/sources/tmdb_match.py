"""Which movie of the catalogue is which at TMDB: by number, else by title and year, or none."""

from __future__ import annotations

import pandas as pd

from club.search import normalise
from club.sources.tmdb import Found, Tmdb


def in_catalogue(movies: pd.DataFrame, found: Found) -> int | None:
    """Return the id of the catalogue's movie that `found` is, None if it has none for certain.

    Args:
        movies: in the form of `Dataset.movies`.
    """
    same_number = movies.index[(movies["tmdb_id"] == found.tmdb_id).fillna(False)]
    if len(same_number):
        return int(same_number[0])
    names = _names(found.title, found.original_title)
    same_year = movies[((movies["year"] == found.year) & movies["tmdb_id"].isna()).fillna(False)]
    agreeing = [
        movie_id
        for movie_id, title, aliases in zip(
            same_year.index, same_year["title"], same_year["aliases"], strict=True
        )
        if names & _names(title, *aliases)
    ]
    return int(agreeing[0]) if len(agreeing) == 1 else None


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
    names, year = _names(movie["title"], *movie["aliases"]), int(movie["year"])
    agreeing = {
        found.tmdb_id
        for found in tmdb.search(movie["title"], year)
        if found.year == year and names & _names(found.title, found.original_title)
    }
    return agreeing.pop() if len(agreeing) == 1 else None


def _names(*titles: str) -> set[tuple[str, ...]]:
    return {words for title in titles if (words := normalise(title))}
