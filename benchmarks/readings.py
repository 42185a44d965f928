"""Ways to read an order as stars: a ranker's scores have no scale of their own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset
from recommender.evaluation.baselines import bias
from recommender.evaluation.rankers import Ranker
from recommender.model import Prediction

STARS_PER_SD = 0.4


def stretched(ranker: Ranker, data: Dataset, pairs: pd.DataFrame) -> Prediction:
    """Stretch each member's scores to 0..5 stars, the lowest to 0, as the keyword article does.

    What the ranker cannot score gets the mean of all ratings.
    """

    def stretch(scores: np.ndarray) -> np.ndarray:
        low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
        return MAX_STARS * (scores - low) / np.where(high > low, high - low, 1)

    return Prediction(_read(ranker, pairs, stretch, data.ratings[RATING].mean()))


def added_to_bias(ranker: Ranker, data: Dataset, pairs: pd.DataFrame) -> Prediction:
    """Add 0.4 stars to the user+item bias for each standard deviation of a member's scores.

    The kindest simple reading: scores are standardised among the movies asked about, for over all
    movies they mostly say whether a movie is watched at all. What the ranker cannot score stays at
    the bias.
    """
    scores = pd.Series(_read(ranker, pairs, lambda scores: scores, np.nan))
    by_user = scores.groupby(pairs[USER].to_numpy())
    z = (scores - by_user.transform("mean")) / by_user.transform("std", ddof=0)
    z = z.replace([np.inf, -np.inf], np.nan).fillna(0.0)
    stars = bias(data, pairs).stars + STARS_PER_SD * z.to_numpy()
    return Prediction(np.clip(stars, MIN_STARS, MAX_STARS))


def _read(
    ranker: Ranker,
    pairs: pd.DataFrame,
    reading: Callable[[np.ndarray], np.ndarray],
    unknown: float,
) -> np.ndarray:
    """Apply `reading` to the scores of each user of `pairs` over all movies, and pick the pairs."""
    row, column = ranker.axes.rows(pairs[USER]), ranker.axes.columns(pairs[MOVIE])
    users, at = np.unique(row, return_inverse=True)
    values = reading(ranker.scores(users))
    return np.where((row >= 0) & (column >= 0), values[at, column], unknown)
