"""Fetch the posters and facts of many movies, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import pandas as pd

from club.details import Details
from club.errors import TmdbBadAnswer
from club.sources.posters import Posters
from club.sources.tmdb import Tmdb
from club.sources.tmdb_match import at_tmdb
from club.store import Store


class Report(Protocol):
    """Called after each movie."""

    def __call__(self, done: int, total: int, *, posters: int, unsure: int, without: int) -> None:
        """Tell how far it is.

        Args:
            done, total: movies.
            posters: movies whose poster was fetched.
            unsure: movies without a certain match at TMDB.
            without: movies without a poster there, or with none that can be used.
        """


def fetch_posters(
    tmdb: Tmdb,
    store: Store,
    movies: pd.DataFrame,
    report: Report,
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Fetch the posters of movies until `stopping`.

    Runtime, overview and number at TMDB are kept as well where the catalogue lacks them, in one
    write at the end, so that open pages are drawn anew once. Keywords are not: a button for
    pictures must not change predictions.

    Args:
        movies: rows of `Dataset.movies`, in order.

    Raises:
        TmdbUnavailable: TMDB cannot be asked; what was fetched before is kept.
        StoreUnavailable: the facts cannot be stored.
    """
    learned: list[Details] = []
    posters = unsure = without = 0
    report(0, len(movies), posters=0, unsure=0, without=0)
    try:
        for done, (movie_id, movie) in enumerate(movies.iterrows(), start=1):
            if stopping():
                break
            came = _fetch(tmdb, int(str(movie_id)), movie, learned)
            posters, unsure = posters + (came is True), unsure + (came is None)
            without += came is False
            report(done, len(movies), posters=posters, unsure=unsure, without=without)
    finally:
        if learned:
            store.keep_details(learned)


def _fetch(tmdb: Tmdb, movie_id: int, movie: pd.Series, learned: list[Details]) -> bool | None:
    """Return True if the poster was fetched, None without a certain match at TMDB."""
    try:
        tmdb_id = at_tmdb(tmdb, movie)
        if tmdb_id is None:
            return None
        found = tmdb.movie(tmdb_id)
        if pd.isna(movie["tmdb_id"]) or not movie["overview"]:
            title = str(movie["title"])
            learned.append(Details(movie_id, title, tmdb_id, found.runtime, found.overview))
        return tmdb.poster(found) is not None
    except TmdbBadAnswer:
        return False


def wanted(movies: pd.DataFrame, movie_ids: Iterable[int], posters: Posters) -> pd.DataFrame:
    """Return the rows of those movies that have no poster, in the order of `movie_ids`.

    Args:
        movies: in the form of `Dataset.movies`.
    """
    rows = movies.loc[[movie for movie in dict.fromkeys(movie_ids) if movie in movies.index]]
    lacking = [pd.isna(number) or posters.find(int(number)) is None for number in rows["tmdb_id"]]
    return rows[lacking]
