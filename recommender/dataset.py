"""Ratings and movies to learn from, checked once so that nothing after it has to."""

from __future__ import annotations

import ast
import hashlib
import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from recommender.columns import MOVIE, RATING, TIMESTAMP, USER
from recommender.errors import DataError

MIN_STARS, MAX_STARS = 0.5, 5.0
LARGEST_ID = 2**63
NO_GENRES = "(no genres listed)"
COLUMNS = {  # of a catalogue, in this order
    "title": "text",
    "year": "number",
    "genres": "terms",
    "keywords": "terms",
    "aliases": "terms",
    "runtime": "number",
    "directors": "terms",
    "cast": "terms",
    "overview": "text",
    "imdb_id": "text",
    "tmdb_id": "number",
}


class Terms(tuple[str, ...]):
    """What `parse_terms` returns: distinct terms, which need no look a second time."""

    __slots__ = ()


def parse_terms(value: Any) -> Terms:
    """Return the distinct terms of text, a list, a set or a missing value, in their order.

    >>> parse_terms("heist|paris| |heist")
    ('heist', 'paris')
    >>> parse_terms("['rock and roll', 'it is']")
    ('rock and roll', 'it is')

    Raises:
        DataError: the value is neither text nor a collection.
    """
    if isinstance(value, Terms):
        return value
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return NO_TERMS
    if isinstance(value, str):
        text = value.strip()
        if text.startswith("[") and text.endswith("]"):
            try:
                return parse_terms(ast.literal_eval(text))
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                text = text[1:-1]
        parts: Iterable[Any] = text.split("|")
    elif isinstance(value, set | frozenset):
        parts = sorted(value, key=str)
    elif isinstance(value, Iterable):
        parts = value
    else:
        raise DataError(f"Keywords and genres must be text or a list of texts, not {value!r}.")
    terms = dict.fromkeys([str(part).strip() for part in parts])
    for nothing in ("", NO_GENRES):
        terms.pop(nothing, None)
    return Terms(terms)


NO_TERMS = Terms()


def _whole_numbers(column: pd.Series, name: str) -> pd.Series:
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = numbers.isna() | (numbers % 1 != 0)
    if wrong.any():
        raise DataError(f"Every {name} must be a whole number; found {column[wrong].iloc[0]}.")
    large = numbers.abs() >= LARGEST_ID
    if large.any():
        raise DataError(f"Every {name} must be below 2^63; {column[large].iloc[0]} is too large.")
    return numbers.astype("int64")


def check_ratings(frame: pd.DataFrame, person: str = USER) -> pd.DataFrame:
    """Return `person`, movie_id, rating and, where it exists, timestamp of `frame`, checked.

    Args:
        frame: ratings in stars, 0.5..5; one row a person and movie.
        person: the column that names the person, "user_id" or "member_id".

    Raises:
        DataError: a column is missing, an id is no whole number, stars lie outside 0.5..5, or a
            person rated a movie twice.
    """
    missing = [name for name in (person, MOVIE, RATING) if name not in frame.columns]
    if missing:
        raise DataError(
            f"The ratings have no column {missing[0]!r}; they need {person}, {MOVIE} and {RATING}."
        )
    stars = pd.to_numeric(frame[RATING], errors="coerce").astype("float64")
    wrong = ~stars.between(MIN_STARS, MAX_STARS)
    if wrong.any():
        raise DataError(
            f"Ratings are stars from {MIN_STARS} to {MAX_STARS:g}; "
            f"found {frame[RATING][wrong].iloc[0]} for movie {frame[MOVIE][wrong].iloc[0]}."
        )
    names = [person, MOVIE, *([TIMESTAMP] if TIMESTAMP in frame.columns else [])]
    checked = pd.DataFrame({name: _whole_numbers(frame[name], name) for name in names})
    checked.insert(2, RATING, stars)
    twice = checked.duplicated([person, MOVIE])
    if twice.any():
        row = checked[twice].iloc[0]
        raise DataError(
            f"{person} {row[person]:g} rated movie {row[MOVIE]:g} twice; "
            "keep one rating of each movie."
        )
    return checked.reset_index(drop=True)


def check_movies(frame: pd.DataFrame) -> pd.DataFrame:
    """Return `frame` as a catalogue: index movie_id and these columns.

        title            text; the only required column
        year, runtime    nullable integers; the runtime in minutes
        genres, keywords, aliases, directors, cast    tuples of texts (see `parse_terms`)
        overview         the plot in a few sentences; "" where it is missing
        imdb_id          its number at IMDb, such as "tt0133093"; "" where it is missing
        tmdb_id          nullable integer: its number at TMDB

    Raises:
        DataError: no title column, an id that is no whole number, or the same id twice.
    """
    if MOVIE in frame.columns:
        frame = frame.set_index(MOVIE)
    if "title" not in frame.columns:
        raise DataError("The movies have no column 'title'.")
    ids = _whole_numbers(frame.index.to_series().reset_index(drop=True), MOVIE)
    if ids.duplicated().any():
        raise DataError(f"Movie {ids[ids.duplicated()].iloc[0]} is listed twice.")
    nothing = pd.Series([None] * len(frame), index=frame.index, dtype=object)
    columns: dict[str, Any] = {}
    for name, kind in COLUMNS.items():
        given = frame.get(name, nothing)
        if kind == "text":
            columns[name] = given.fillna("").astype(str).to_numpy()
        elif kind == "number":
            columns[name] = pd.to_numeric(given, errors="coerce").round().astype("Int64").array
        else:
            terms = [parse_terms(value) for value in given]
            columns[name] = pd.Series(terms, dtype=object).to_numpy()
    return pd.DataFrame(columns, index=pd.Index(ids, name=MOVIE))


@dataclass(frozen=True)
class RatingRows:
    """The ratings of a Dataset as arrays, with users and movies numbered from 0."""

    # user, movie: (n_ratings,) row numbers; users in sorted order, movies as in the catalogue
    user: np.ndarray
    movie: np.ndarray
    stars: np.ndarray  # (n_ratings,) 0.5..5
    # n_users, n_movies: number of rows of each
    n_users: int
    n_movies: int


@dataclass(frozen=True, eq=False)  # equal to itself alone, and so a key for caches
class Dataset:
    """Ratings of movies by users; both frames are checked and brought into one form.

    Raises:
        DataError: see `check_ratings` and `check_movies`; or a rated movie is not in `movies`.
    """

    # user_id, movie_id, rating (stars 0.5..5) and, optionally, timestamp (seconds)
    ratings: pd.DataFrame
    # index (or column) movie_id; title and, optionally, the other columns of `check_movies`
    movies: pd.DataFrame

    def __post_init__(self) -> None:
        ratings, movies = check_ratings(self.ratings), check_movies(self.movies)
        unknown = ~ratings[MOVIE].isin(movies.index)
        if unknown.any():
            raise DataError(
                f"{int(unknown.sum())} ratings are of movies that the catalogue does not list, "
                f"the first of movie {ratings[MOVIE][unknown].iloc[0]}."
            )
        object.__setattr__(self, "ratings", ratings)
        object.__setattr__(self, "movies", movies)

    def since(self, year: int) -> Dataset:
        """Return the same movies with the ratings given in or after `year` (UTC).

        Raises:
            DataError: the ratings have no timestamps.
        """
        if TIMESTAMP not in self.ratings.columns:
            raise DataError("The ratings do not say when they were given.")
        given = pd.to_datetime(self.ratings[TIMESTAMP], unit="s").dt.year
        return Dataset(self.ratings[given >= year], self.movies)

    def of_movies(self, movie_ids: Collection[int]) -> Dataset:
        """Return the same movies with the ratings of `movie_ids` only."""
        return Dataset(self.ratings[self.ratings[MOVIE].isin(movie_ids)], self.movies)

    @cached_property
    def rating_counts(self) -> pd.Series:
        """Number of ratings of each movie of the catalogue, index movie_id."""
        counts = self.ratings[MOVIE].value_counts()
        return counts.reindex(self.movies.index, fill_value=0).rename("ratings")

    @cached_property
    def content_hash(self) -> str:
        """Hash of everything a model learns from, 32 hexadecimal digits; cached.

        It covers users, movies and stars of the ratings, and ids, titles, years, genres and
        keywords of the movies that are described, all in their order; timestamps and other columns
        do not count.
        """
        found = hashlib.sha256()
        for column in (USER, MOVIE, RATING):
            found.update(self.ratings[column].to_numpy().tobytes())
        movies = self.movies[self.is_described]
        columns = (movies[name] for name in ("title", "year", "genres", "keywords"))
        found.update(repr([*zip(movies.index, *columns, strict=True)]).encode())
        return found.hexdigest()[:32]

    @cached_property
    def is_described(self) -> np.ndarray:
        """Whether each movie has a rating or a keyword to learn from, (n_movies,) bool."""
        rated = self.movies.index.isin(self.ratings[MOVIE].unique())
        return rated | (self.movies["keywords"].map(len) > 0).to_numpy(dtype=bool)

    def described(self) -> Dataset:
        """Return the dataset without the movies that say nothing to a model.

        A model that has not seen them predicts them by `HybridModel.with_movies`.
        """
        if self.is_described.all():
            return self
        return Dataset(self.ratings, self.movies[self.is_described])

    @cached_property
    def is_new(self) -> np.ndarray:
        """Whether each movie came out in the year of the last rating or later, (n_movies,) bool."""
        if TIMESTAMP not in self.ratings.columns or self.ratings.empty:
            return np.zeros(len(self.movies), dtype=bool)
        last = pd.Timestamp(self.ratings[TIMESTAMP].max(), unit="s").year
        return (self.movies["year"] >= last).to_numpy(dtype=bool, na_value=False)

    @cached_property
    def user_ids(self) -> np.ndarray:
        """Ids of the users with ratings, sorted."""
        return np.sort(self.ratings[USER].unique())

    @cached_property
    def rows(self) -> RatingRows:
        """The ratings as arrays for numerical work."""
        user = np.searchsorted(self.user_ids, self.ratings[USER].to_numpy())
        movie = self.movies.index.get_indexer(self.ratings[MOVIE].to_numpy())
        stars = self.ratings[RATING].to_numpy(copy=True)
        return RatingRows(user, movie, stars, len(self.user_ids), len(self.movies))
