"""Guests, who name a few movies or keywords: keywords become an imagined movie that they rated.

Guests name what they love best or hate, which says nothing about how generous they are; but to the
model stars are stars. So guests have also rated some balancing movies without any feature: with few
stars against what they love, with many against what they hate. benchmarks/RESULTS.md has what these
numbers bring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.features import GENRE, KEYWORD, MovieFeatures

# Far below the club's own movies, which count down from -1.
BALANCE_ID, WISH_ID = -9 * 10**8, -(10**9)
LOVED, HATED = 5.0, 1.0  # stars of what a guest names
AGAINST_LOVED, AGAINST_HATED = 3.0, 4.5  # stars of balancing movies
PER_HATED = 2  # balancing movies; one for each loved: five stars lie nearer to the mean than one


@dataclass(frozen=True)
class Evidence:
    """Imagined movies, and the guests' ratings of them."""

    movies: pd.DataFrame  # in the form of `Dataset.movies`
    ratings: pd.DataFrame  # member_id, movie_id, rating


def is_wish(movie_ids: pd.Series) -> np.ndarray:
    """Return which ids are imagined movies with a guest's keywords, (n,) bool."""
    return movie_ids.to_numpy(dtype=np.float64, na_value=np.nan) <= WISH_ID


def is_balance(movie_ids: pd.Series) -> np.ndarray:
    """Return which ids are imagined movies without features, (n,) bool."""
    ids = movie_ids.to_numpy(dtype=np.float64, na_value=np.nan)
    return (ids > WISH_ID) & (ids <= BALANCE_ID)


def imagined(
    guests: pd.DataFrame, named: pd.DataFrame | None = None, features: MovieFeatures | None = None
) -> Evidence:
    """Turn the keywords that guests named into rated movies, and balance all that they named.

    Args:
        guests: index member_id (above 0); likes, dislikes (tuples of keywords, or of genres).
        named: member_id, rating of the movies that they named (LOVED or HATED stars need a
            balance).
        features: of the model; other words are left out. None takes every word as a keyword.
    """
    known: dict[str, list[tuple[str, str]]] = {}
    if features is not None:
        for kind, label in zip(features.kinds, features.labels, strict=True):
            known.setdefault(label.casefold(), []).append((kind, label))

    def terms(words: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the keywords and the genres among `words`."""
        if features is None:
            return tuple(words), ()
        found = [term for word in words for term in known.get(word.casefold(), ())]
        keywords, genres = (
            tuple(label for kind, label in found if kind == wanted) for wanted in (KEYWORD, GENRE)
        )
        return keywords, genres

    movies: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    ratings = []
    for member, likes, dislikes in guests[["likes", "dislikes"]].itertuples(name=None):
        surplus = 0  # balancing movies that loved things need more than hated ones
        if named is not None:
            stars = named.loc[named[MEMBER] == member, RATING]
            surplus = int((stars == LOVED).sum()) - PER_HATED * int((stars == HATED).sum())
        for side, (words, given) in enumerate([(likes, LOVED), (dislikes, HATED)]):
            wish, (keywords, genres) = WISH_ID - 2 * member - side, terms(words)
            if keywords or genres:
                movies[wish] = keywords, genres
                ratings.append((member, wish, given))
                surplus += 1 if given == LOVED else -PER_HATED
        against = AGAINST_LOVED if surplus > 0 else AGAINST_HATED
        for number in range(abs(surplus)):
            movies[BALANCE_ID - number] = (), ()
            ratings.append((member, BALANCE_ID - number, against))
    index = pd.Index(list(movies), name=MOVIE, dtype="int64")
    frame = pd.DataFrame(list(movies.values()), index, ["keywords", "genres"], dtype=object)
    given_by = pd.DataFrame(ratings, columns=[MEMBER, MOVIE, RATING])
    types = {MEMBER: "int64", MOVIE: "int64", RATING: "float64"}
    return Evidence(frame.assign(title=""), given_by.astype(types))
