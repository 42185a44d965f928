"""Predicted stars of every member for every movie, with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.errors import DataError

HALF_STEP = 0.25  # a rating of 4 stands for everything from 3.75 to 4.25
STEPS = np.arange(MIN_STARS, MAX_STARS + 0.25, 0.5)  # all possible ratings


def upper_tail(z: np.ndarray, skew: float) -> np.ndarray:
    """Return the probability of lying above a point `z` standard deviations below the mean.

    Args:
        skew: third standardised moment; below 0 the left tail is the longer one. The distribution
            is Pearson's type III, by Wilson and Hilferty's cube root (1931); normal for 0.
    """
    if skew:
        z = (np.cbrt(1 - skew * z / 2) - 1) * -6 / skew - skew / 6
    return np.asarray(ndtr(z))


@dataclass(frozen=True)
class Reactions:
    """Expected ratings of members for movies.

    >>> reactions = Reactions((1, 2), (10,), np.array([[4.0], [3.0]]), np.full((2, 1), 0.5))
    >>> reactions.interval(0.8)[0].round(2).tolist()
    [[3.36], [2.36]]
    >>> reactions.like_probability(4.0).round(2).tolist()
    [[0.69], [0.07]]
    """

    # member_ids, movie_ids: the rows and the columns
    member_ids: tuple[int, ...]
    movie_ids: tuple[int, ...]
    mean: np.ndarray  # (n_members, n_movies) expected stars, 0.5..5
    sd: np.ndarray  # (n_members, n_movies) standard deviation of the rating around the mean, stars
    # (n_movies,) the part of it that all members share, stars: an item bias that is wrong is wrong
    # for all. 0 by default.
    shared_sd: np.ndarray | None = None
    # (n_members, 10) where 0.5, 1, ... 5 stars begin on the scale of the mean; the middles between
    # the stars by default.
    thresholds: np.ndarray | None = None
    skew: float = 0.0  # of a rating around its mean, see `upper_tail`

    @classmethod
    def stack(cls, each: Sequence[Reactions]) -> Reactions:
        """Return the reactions of several members to the same movies as one."""
        thresholds = [one.thresholds for one in each if one.thresholds is not None]
        return replace(
            each[0],
            member_ids=tuple(member for one in each for member in one.member_ids),
            mean=np.vstack([one.mean for one in each]),
            sd=np.vstack([one.sd for one in each]),
            thresholds=np.vstack(thresholds) if thresholds else None,
        )

    def threshold(self, stars: float) -> np.ndarray:
        """Return the points above which a prediction counts as `stars` or more, (n_members,).

        Raises:
            ValueError: no rating has that many stars.
        """
        if not 0 < stars <= MAX_STARS:
            raise ValueError(f"stars must lie between 0 and {MAX_STARS:g}, not {stars}")
        step = int(np.ceil(2 * stars - 1e-9)) - 1
        if self.thresholds is None:
            return np.full(len(self.member_ids), STEPS[step] - HALF_STEP)
        return self.thresholds[:, step]

    def interval(self, level: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
        """Return (low, high), each (n_members, n_movies) stars within 0.5..5.

        The rating is expected inside with probability `level`. Where the interval reaches the
        last star, it can miss on one side only, so it is shorter.
        """
        if not 0 < level < 1:
            raise ValueError(f"level must lie between 0 and 1, not {level}")
        to_end = np.minimum(MAX_STARS - self.mean, self.mean - MIN_STARS)
        reach = np.clip(to_end, ndtri(level) * self.sd, ndtri(0.5 + level / 2) * self.sd)
        low, high = self.mean - reach, self.mean + reach
        return np.clip(low, MIN_STARS, MAX_STARS), np.clip(high, MIN_STARS, MAX_STARS)

    def like_probability(self, stars: float = 4.0) -> np.ndarray:
        """Return the probability (0..1) of a rating of `stars` or more, (n_members, n_movies)."""
        return upper_tail((self.mean - self.threshold(stars)[:, None]) / self.sd, self.skew)

    def frame(self) -> pd.DataFrame:
        """Return one row a member and movie: mean, sd, low, high (80%), like (of 4 stars)."""
        index = pd.MultiIndex.from_product([self.member_ids, self.movie_ids], names=[MEMBER, MOVIE])
        values = np.stack([self.mean, self.sd, *self.interval(), self.like_probability()])
        columns = ["mean", "sd", "low", "high", "like"]
        return pd.DataFrame(values.reshape(5, -1).T, index, columns).reset_index()

    def rows(self, members: Sequence[int] | None) -> np.ndarray:
        """Return the rows of `members` (all when None), each once.

        Raises:
            DataError: a member has no prediction.
        """
        if members is None:
            return np.arange(len(self.member_ids))
        row = {member: i for i, member in enumerate(self.member_ids)}
        unknown = [member for member in members if member not in row]
        if unknown:
            raise DataError(f"There is no prediction for member {unknown[0]}.")
        return np.array([row[member] for member in dict.fromkeys(members)], dtype=np.int64)

    def group_mean(self, members: Sequence[int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and standard deviation of the members' mean rating, each (n_movies,) stars.

        The shared deviation does not average out over members, their own do.
        """
        rows = self.rows(members)
        shared = np.zeros(len(self.movie_ids)) if self.shared_sd is None else self.shared_sd
        own = np.maximum(self.sd[rows] ** 2 - shared**2, 1e-9)
        variance = own.sum(axis=0) / len(rows) ** 2 + shared**2
        return self.mean[rows].mean(axis=0), np.sqrt(variance)
