"""Predicted stars of every member for every movie, with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.errors import DataError

HALF_STEP = 0.25  # a rating of 4 stands for everything from 3.75 to 4.25
STEPS = np.arange(MIN_STARS, MAX_STARS + 0.25, 0.5)  # every rating there is


@dataclass(frozen=True)
class Reactions:
    """What a model expects of some members for some movies.

    Args:
        member_ids, movie_ids: the rows and the columns.
        mean: (n_members, n_movies) expected stars, 0.5..5.
        sd: (n_members, n_movies) standard deviation of the rating around the mean, stars.
        shared_sd: (n_movies,) the part of it that all members have in common, stars: when a movie
            is better than everybody thinks, it is so for all. Nothing by default.
        thresholds: (10,) where 0.5, 1, ... 5 stars begin on the scale of the mean; the middles
            between the stars by default.
    """

    member_ids: tuple[int, ...]
    movie_ids: tuple[int, ...]
    mean: np.ndarray
    sd: np.ndarray
    shared_sd: np.ndarray | None = None
    thresholds: np.ndarray | None = None

    def threshold(self, stars: float) -> float:
        """Return the point above which a prediction counts as `stars` or more.

        Raises:
            ValueError: nobody can give that many stars.
        """
        if not 0 < stars <= MAX_STARS:
            raise ValueError(f"stars must lie between 0 and {MAX_STARS:g}, not {stars}")
        step = int(np.ceil(2 * stars - 1e-9)) - 1
        return float((STEPS - HALF_STEP if self.thresholds is None else self.thresholds)[step])

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
        return ndtr((self.mean - self.threshold(stars)) / self.sd)

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

    def rows(self, members: Sequence[int] | None) -> np.ndarray:
        """Return the rows of `members` (everyone when None), each once.

        Raises:
            DataError: one of them has no prediction.
        """
        if members is None:
            return np.arange(len(self.member_ids))
        row = {member: i for i, member in enumerate(self.member_ids)}
        strangers = [member for member in members if member not in row]
        if strangers:
            raise DataError(f"There is no prediction for member {strangers[0]}.")
        return np.array([row[member] for member in dict.fromkeys(members)], dtype=np.int64)

    def _spread(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Standard deviations: the members' own (n_rows, n_movies), and the shared (n_movies,)."""
        shared = np.zeros(len(self.movie_ids)) if self.shared_sd is None else self.shared_sd
        own = np.sqrt(np.maximum(self.sd[rows] ** 2 - shared**2, 1e-9))
        return own, shared

    def group_mean(self, members: Sequence[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the mean rating of `members`, each (n_movies,) stars.

        What the members share does not average out, what is their own does.
        """
        rows = self.rows(members)
        own, shared = self._spread(rows)
        variance = (own**2).sum(axis=0) / len(rows) ** 2 + shared**2
        return self.mean[rows].mean(axis=0), np.sqrt(variance)

    def nobody_below(self, stars: float, members: Sequence[int] | None = None) -> np.ndarray:
        """Probability (0..1) that all `members` rate a movie `stars` or more, (n_movies,).

        Given what they share the members are independent, so the product of their chances is
        averaged over the shared part (Gauss-Hermite quadrature, 15 points).
        """
        rows = self.rows(members)
        own, shared = self._spread(rows)
        points, weights = np.polynomial.hermite_e.hermegauss(15)
        above = self.mean[rows] - self.threshold(stars)
        chances = [ndtr((above + shared * point) / own).prod(axis=0) for point in points]
        return np.clip(np.average(chances, axis=0, weights=weights), 0.0, 1.0)
