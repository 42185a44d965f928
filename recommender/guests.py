"""Guests, who name a few movies or keywords: a wish for keywords is a movie nobody has filmed."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING

FIRST_ID = -(10**9)  # far below the club's own movies, which count down from -1
LOVED, HATED = 5.0, 1.0  # stars of what a guest names


@dataclass(frozen=True)
class Evidence:
    """What guests' words stand for.

    Args:
        movies: the imagined movies, in the form of `Dataset.movies`.
        ratings: member_id, movie_id, rating of them.
    """

    movies: pd.DataFrame
    ratings: pd.DataFrame


def imagined(guests: pd.DataFrame) -> Evidence:
    """Turn the keywords that guests named into movies that they rated.

    Args:
        guests: index member_id; likes, dislikes (tuples of keywords).
    """
    movies, ratings = [], []
    for member, likes, dislikes in guests[["likes", "dislikes"]].itertuples(name=None):
        for offset, (words, stars) in enumerate([(likes, LOVED), (dislikes, HATED)]):
            if words:
                movie = FIRST_ID - 2 * member - offset
                movies.append((movie, "", tuple(words)))
                ratings.append((member, movie, stars))
    return Evidence(
        pd.DataFrame(movies, columns=[MOVIE, "title", "keywords"]).set_index(MOVIE),
        pd.DataFrame(ratings, columns=[MEMBER, MOVIE, RATING]),
    )
