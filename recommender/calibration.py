"""Make the model's uncertainty true: how wide ratings spread, and where each star begins.

Both are read off raters whom the model has learned from, each of whose ratings is predicted from
their others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from recommender.bias import Bias
from recommender.dataset import RatingRows
from recommender.kernel import Kernel, Space, Taste
from recommender.reactions import STEPS

RATERS, FEWEST, MOST = 300, 10, 300
LEAST = 0.01  # a world in which everybody agrees must not divide by 0


@dataclass(frozen=True)
class Calibration:
    """What the raters show.

    Args:
        surprise: mean squared surprise of a rating, 1 when the variances are right.
        marginal: the same for each rating by itself, predicted from all others, as a share of
            that; below 1, for what the kernel gets wrong is how ratings vary together.
        thresholds: (10,) for 0.5, 1, ... 5 stars: the point above which a normal distribution
            around the prediction counts as that many stars or more. People use some stars more
            than others (4 more than 4.5), so these are not the middles between the stars.
    """

    surprise: float
    marginal: float
    thresholds: np.ndarray


def calibrate(ratings: RatingRows, bias: Bias, space: Space, share: float) -> Calibration:
    """Predict ratings of some raters from their others, and compare.

    A few hundred raters, spread over all, say it well enough; those with very many ratings would
    take most of the time.

    Args:
        share: how wide ratings to come spread, as a share of how wide known ones do.
    """
    order = np.argsort(ratings.user, kind="stable")
    of_user = np.split(order, np.cumsum(np.bincount(ratings.user))[:-1])
    ordinary = [own for own in of_user if FEWEST <= len(own) <= MOST] or of_user
    at = np.unique(np.linspace(0, len(ordinary) - 1, RATERS).astype(int))
    residual = ratings.stars - bias.mu - bias.movie[ratings.movie]
    surprise, means, variances, chosen = 0.0, [], [], []
    for own in (ordinary[i] for i in at):
        rated = ratings.movie[own]
        kernel = Kernel(space, space.own_part(ratings.user[own[0]]))
        covariance = kernel.covariance(rated, rated)
        taste = Taste.learn(rated, residual[own], covariance, space.variances.noise)
        liking, variance = taste.without_each(residual[own])
        surprise += taste.surprise
        means.append(ratings.stars[own] - residual[own] + liking)
        variances.append(variance)
        chosen.append(own)
    stars, mean = ratings.stars[np.concatenate(chosen)], np.concatenate(means)
    variance = np.concatenate(variances)
    surprise = max(surprise / len(stars), LEAST)
    marginal = max(float(np.mean((stars - mean) ** 2 / variance)), LEAST) / surprise
    sd = np.sqrt(share * surprise * variance)
    return Calibration(surprise, marginal, find_thresholds(mean, sd, stars))


def find_thresholds(mean: np.ndarray, sd: np.ndarray, stars: np.ndarray) -> np.ndarray:
    """Choose each cut so that as many ratings are expected above it as there are.

    Args:
        mean, sd, stars: (n_ratings,) predictions, their spread, and what was given.

    Returns:
        (10,), rising.
    """
    thresholds = []
    for step in STEPS:
        share = np.clip((stars >= step - 0.01).mean(), 1e-4, 1 - 1e-4)

        def excess(cut: float, share: float = share) -> float:
            return float(ndtr((mean - cut) / sd).mean() - share)

        thresholds.append(brentq(excess, -20.0, 20.0))
    return np.array(thresholds)
