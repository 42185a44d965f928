"""Predicted stars of every member for every movie, with their uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS

HALF_STEP = 0.25  # a rating of 4 stands for everything from 3.75 to 4.25


@dataclass(frozen=True)
class Reactions:
    """What a model expects of some members for some movies.

    Args:
        member_ids, movie_ids: the rows and the columns.
        mean: (n_members, n_movies) expected stars, 0.5..5.
        sd: (n_members, n_movies) standard deviation of the rating around the mean, stars.
    """

    member_ids: tuple[int, ...]
    movie_ids: tuple[int, ...]
    mean: np.ndarray
    sd: np.ndarray

    def interval(self, level: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
        """Return (low, high), each (n_members, n_movies) stars within 0.5..5.

        The rating is expected inside with probability `level`.
        """
        if not 0 < level < 1:
            raise ValueError(f"level must lie between 0 and 1, not {level}")
        reach = ndtri(0.5 + level / 2) * self.sd
        low, high = self.mean - reach, self.mean + reach
        return np.clip(low, MIN_STARS, MAX_STARS), np.clip(high, MIN_STARS, MAX_STARS)

    def like_probability(self, stars: float = 4.0) -> np.ndarray:
        """Return the probability (0..1) of a rating of `stars` or more, (n_members, n_movies)."""
        return ndtr((self.mean - stars + HALF_STEP) / self.sd)

    def frame(self, level: float = 0.8) -> pd.DataFrame:
        """Return one row a member and movie: mean, sd, low, high (stars), like (probability)."""
        low, high = self.interval(level)
        index = pd.MultiIndex.from_product([self.member_ids, self.movie_ids], names=[MEMBER, MOVIE])
        columns = {
            "mean": self.mean,
            "sd": self.sd,
            "low": low,
            "high": high,
            "like": self.like_probability(),
        }
        flat = {name: values.ravel() for name, values in columns.items()}
        return pd.DataFrame(flat, index=index).reset_index()
