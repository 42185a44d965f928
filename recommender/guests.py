"""Guests, who name a few movies or keywords: a wish for keywords is a movie nobody has filmed.

Whoever names what they love best does not say that they are generous, and whoever names what they
hate does not say that they are strict; but to the model stars are stars. So beside what they name
guests have rated a few ordinary movies, of which nothing is known: with few stars against what they
love, with many against what they hate. benchmarks/guests.py measures all of these stars.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.features import GENRE, KEYWORD, MovieFeatures

if TYPE_CHECKING:
    from recommender.model import HybridModel

# Far below the club's own movies, which count down from -1.
ORDINARY_ID, WISH_ID = -9 * 10**8, -(10**9)
LOVED, HATED = 5.0, 1.0  # stars of what a guest names
AGAINST_LOVED, AGAINST_HATED = 3.0, 4.5  # stars of ordinary movies
PER_HATED = 2  # ordinary movies; one for each loved: five stars lie nearer to the mean than one


@dataclass(frozen=True)
class Evidence:
    """What guests' words stand for.

    Args:
        movies: the imagined movies, in the form of `Dataset.movies`.
        ratings: member_id, movie_id, rating of them.
    """

    movies: pd.DataFrame
    ratings: pd.DataFrame


def is_wish(movie_ids: pd.Series) -> np.ndarray:
    """Whether each is the imagined movie of somebody's keywords, (n,) bool."""
    return movie_ids.to_numpy(dtype=np.float64, na_value=np.nan) <= WISH_ID


def is_ordinary(movie_ids: pd.Series) -> np.ndarray:
    """Whether each is an imagined movie of which nothing is known, (n,) bool."""
    ids = movie_ids.to_numpy(dtype=np.float64, na_value=np.nan)
    return (ids > WISH_ID) & (ids <= ORDINARY_ID)


def _columns(features: MovieFeatures) -> dict[str, list[str]]:
    """Return what guests may say -> "kind:term" of the keywords and genres that it means."""
    found: dict[str, list[str]] = {}
    for name, kind, label in zip(features.names, features.kinds, features.labels, strict=True):
        if kind in (KEYWORD, GENRE):
            found.setdefault(label.casefold(), []).append(name)
    return found


def unknown_keywords(model: HybridModel, keywords: Iterable[str]) -> tuple[str, ...]:
    """Return those of a guest's keywords that say nothing to the model: no movie has them."""
    known = _columns(model.features)
    return tuple(word for word in keywords if word.casefold() not in known)


def imagined(
    guests: pd.DataFrame,
    named: pd.DataFrame | None = None,
    features: MovieFeatures | None = None,
) -> Evidence:
    """Turn the keywords that guests named into movies that they rated, and balance what they named.

    Args:
        guests: index member_id (above 0); likes, dislikes (tuples of keywords, or of genres).
        named: member_id, rating of the movies that they named: LOVED or HATED stars; other stars
            need no balance. None when they named keywords only.
        features: of the model; words that are not among them are left out. None takes every word
            as a keyword.
    """
    known = None if features is None else _columns(features)
    movies: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    ratings = []
    for member, likes, dislikes in guests[["likes", "dislikes"]].itertuples(name=None):
        surplus = _surplus(named, member)
        for side, (words, stars) in enumerate([(likes, LOVED), (dislikes, HATED)]):
            keywords, genres = _heard(words, known)
            if keywords or genres:
                wish = WISH_ID - 2 * member - side
                movies[wish] = keywords, genres
                ratings.append((member, wish, stars))
                surplus += 1 if stars == LOVED else -PER_HATED
        against = AGAINST_LOVED if surplus > 0 else AGAINST_HATED
        for number in range(abs(surplus)):
            movies[ORDINARY_ID - number] = (), ()
            ratings.append((member, ORDINARY_ID - number, against))
    frame = pd.DataFrame(
        {
            "title": "",
            "keywords": pd.Series([words for words, _ in movies.values()], dtype=object),
            "genres": pd.Series([genres for _, genres in movies.values()], dtype=object),
        }
    )
    return Evidence(
        frame.set_index(pd.Index(list(movies), name=MOVIE, dtype="int64")),
        pd.DataFrame(ratings, columns=[MEMBER, MOVIE, RATING]).astype(
            {MEMBER: "int64", MOVIE: "int64", RATING: "float64"}
        ),
    )


def _surplus(named: pd.DataFrame | None, member: int) -> int:
    """Return how many more ordinary movies a guest's loved ones need than the hated ones."""
    if named is None:
        return 0
    stars = named.loc[named[MEMBER] == member, RATING]
    return int((stars == LOVED).sum()) - PER_HATED * int((stars == HATED).sum())


def _heard(
    words: Iterable[str], known: dict[str, list[str]] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keywords and the genres among what a guest said."""
    if known is None:
        return tuple(words), ()
    names = [name.split(":", 1) for word in words for name in known.get(word.casefold(), ())]
    keywords, genres = (
        tuple(term for kind, term in names if kind == wanted) for wanted in (KEYWORD, GENRE)
    )
    return keywords, genres
