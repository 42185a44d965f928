"""Simple ways to predict stars: what every model has to beat.

A predictor is a function of the visible data, the pairs to predict and a seed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from recommender.bias import damped_mean
from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset
from recommender.model import Prediction

DAMPING = 5.0  # ratings of average kind that each offset is mixed with
ROUNDS = 10  # of alternating means; a matter of its own, so that ours cannot move its rival


class Predictor(Protocol):
    """Learns from `data`, then predicts."""

    def __call__(self, data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""


def constant(data: Dataset, pairs: pd.DataFrame, seed: int = 0) -> Prediction:
    """The mean of all ratings, for everyone and everything."""
    return Prediction(np.full(len(pairs), data.ratings[RATING].mean()))


def member_mean(data: Dataset, pairs: pd.DataFrame, seed: int = 0) -> Prediction:
    """Each user's own mean; for someone new, the mean of all ratings."""
    return Prediction(_mean_by(data, pairs, USER))


def movie_mean(data: Dataset, pairs: pd.DataFrame, seed: int = 0) -> Prediction:
    """Each movie's own mean; for a new one, the mean of all ratings."""
    return Prediction(_mean_by(data, pairs, MOVIE))


def popularity(data: Dataset, pairs: pd.DataFrame, seed: int = 0) -> Prediction:
    """How many ratings a movie has: an order, no stars."""
    counts = pairs[MOVIE].map(data.ratings[MOVIE].value_counts()).fillna(0)
    return Prediction(counts.to_numpy(dtype=np.float64), order_only=True)


def bias(data: Dataset, pairs: pd.DataFrame, seed: int = 0) -> Prediction:
    """mu + b_user + b_movie, both damped towards 0 (Koren, Bell and Volinsky, 2009)."""
    users, movies = pd.Index(data.user_ids), data.movies.index
    user = users.get_indexer(pd.Index(data.ratings[USER]))
    movie = movies.get_indexer(pd.Index(data.ratings[MOVIE]))
    stars = data.ratings[RATING].to_numpy()
    mu = stars.mean()
    of_user, of_movie = np.zeros(len(users)), np.zeros(len(movies))
    for _ in range(ROUNDS):
        of_movie = damped_mean(movie, stars - mu - of_user[user], len(movies), DAMPING)
        of_user = damped_mean(user, stars - mu - of_movie[movie], len(users), DAMPING)
    expected = (
        mu
        + pairs[USER].map(pd.Series(of_user, users)).fillna(0).to_numpy()
        + pairs[MOVIE].map(pd.Series(of_movie, movies)).fillna(0).to_numpy()
    )
    return Prediction(np.clip(expected, MIN_STARS, MAX_STARS))


def _mean_by(data: Dataset, pairs: pd.DataFrame, column: str) -> np.ndarray:
    means = data.ratings.groupby(column)[RATING].mean()
    return pairs[column].map(means).fillna(data.ratings[RATING].mean()).to_numpy()


BASELINES: Mapping[str, Predictor] = {
    "constant": constant,
    "member mean": member_mean,
    "movie mean": movie_mean,
    "user+item bias": bias,
}
