"""Calibration of the model's uncertainty: the scale of its variances, and where each star begins.

Both are measured on raters whom the model has learned from, each of whose ratings is predicted
from their others.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from recommender.bias import Bias
from recommender.dataset import RatingRows
from recommender.kernel import ItemKernel, Posterior
from recommender.reactions import STEPS

RATERS, FEWEST, MOST = 300, 10, 300
LEAST = 0.01  # ratings that all agree must not lead to a division by 0


def calibrate(
    ratings: RatingRows, bias: Bias, kernel: ItemKernel, share: float
) -> tuple[float, float, np.ndarray]:
    """Compare ratings of some raters with predictions from their others.

    A few hundred raters, spread evenly over all, are enough; those with very many ratings would
    take most of the time.

    Args:
        share: how wide ratings to come spread, as a share of how wide known ones do.

    Returns:
        joint scale: mean squared residual of a rater's ratings, whitened; 1 when the variances are
            right.
        marginal scale: the same for each rating predicted from all others, less the uncertainty of
            the item bias, as a share of the joint one; below 1, because the kernel's errors lie in
            how ratings vary together.
        thresholds: (10,) for 0.5, 1, ... 5 stars: the point above which a normal distribution
            around the prediction counts as that many stars or more. People use some stars more than
            others (4 more than 4.5), so these are not the middles between the stars.
    """
    order = np.argsort(ratings.user, kind="stable")
    of_user = np.split(order, np.cumsum(np.bincount(ratings.user))[:-1])
    ordinary = [own for own in of_user if FEWEST <= len(own) <= MOST] or of_user
    at = np.unique(np.linspace(0, len(ordinary) - 1, RATERS).astype(int))
    residual = ratings.stars - bias.mu - bias.movie[ratings.movie]
    chi_square, means, variances, chosen = 0.0, [], [], []
    for own in (ordinary[i] for i in at):
        member = kernel.of_rater(ratings.user[own[0]])
        noise = kernel.variances.noise
        posterior = Posterior.fit(member, ratings.movie[own], residual[own], noise)
        taste, variance = posterior.leave_one_out()
        chi_square += posterior.chi_square
        means.append(ratings.stars[own] - residual[own] + taste)
        variances.append(variance)
        chosen.append(own)
    stars, mean = ratings.stars[np.concatenate(chosen)], np.concatenate(means)
    variance = np.concatenate(variances)
    joint = max(chi_square / len(stars), LEAST)
    shared = bias.uncertainty[ratings.movie[np.concatenate(chosen)]]
    marginal = max(float(np.mean(((stars - mean) ** 2 - shared) / variance)), LEAST) / joint
    return joint, marginal, find_thresholds(mean, np.sqrt(share * joint * variance), stars)


def find_thresholds(mean: np.ndarray, sd: np.ndarray, stars: np.ndarray) -> np.ndarray:
    """Choose each threshold so that as many ratings are expected above it as there are.

    Args:
        mean, sd, stars: (n_ratings,) predictions, their standard deviations, and ratings.

    Returns:
        (10,), rising.
    """
    thresholds = []
    for step in STEPS:
        share = np.clip((stars >= step - 0.01).mean(), 1e-4, 1 - 1e-4)

        def excess(threshold: float, share: float = share) -> float:
            return float(ndtr((mean - threshold) / sd).mean() - share)

        thresholds.append(brentq(excess, -20.0, 20.0))
    return np.array(thresholds)
