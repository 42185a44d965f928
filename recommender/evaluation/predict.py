"""Ours as a predictor of stars, and every predictor's error on ratings held out at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING, USER
from recommender.dataset import Dataset
from recommender.evaluation.bootstrap import Tally
from recommender.model import HybridModel, Prediction, TrainingOptions

LIKED = 4.0  # stars from which on a movie counts as liked


class Ours:
    """The project's own model: learn from the world, then let each user react.

    Args:
        options: of the training; the seed is set by the caller of the predictor.
        on_epoch: progress of the training.
    """

    def __init__(
        self,
        options: TrainingOptions | None = None,
        on_epoch: Callable[[int, int], None] | None = None,
    ) -> None:
        self.options = options or TrainingOptions()
        self.on_epoch = on_epoch

    def __call__(self, data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""
        model = HybridModel.fit(data, replace(self.options, seed=seed), self.on_epoch)
        return react_to_pairs(model, data.ratings, pairs)


def react_to_pairs(model: HybridModel, ratings: pd.DataFrame, pairs: pd.DataFrame) -> Prediction:
    """Let each user of `pairs` react, as a member with their own rows of `ratings`.

    Args:
        ratings: user_id, movie_id, rating: what the model may know of the users.
        pairs: user_id, movie_id.
    """
    members = ratings.rename(columns={USER: MEMBER})
    of_member = members.groupby(MEMBER).indices
    nothing = np.zeros(0, dtype=np.int64)
    stars, low, high, like = (np.empty(len(pairs)) for _ in range(4))
    for user, at in pairs.groupby(USER).indices.items():
        own = members.iloc[of_member.get(user, nothing)]
        reactions = model.react(own, pairs[MOVIE].iloc[at], member_ids=[user])
        stars[at] = reactions.mean[0]
        low[at], high[at] = (end[0] for end in reactions.interval(0.8))
        like[at] = reactions.like_probability(LIKED)[0]
    return Prediction(stars, low, high, like)


def error_tally(held_out: pd.DataFrame, predicted: np.ndarray) -> Tally:
    """Return rmse and mae (stars) user by user, for a bootstrap over users."""
    error = np.asarray(predicted) - held_out[RATING].to_numpy()
    by_user = pd.DataFrame({"rmse": error**2, "mae": np.abs(error)}).groupby(
        held_out[USER].to_numpy()
    )
    total = by_user.sum()
    count = np.repeat(by_user.size().to_numpy()[:, None], 2, axis=1).astype(np.float64)
    return Tally(("rmse", "mae"), total.to_numpy(), count)
