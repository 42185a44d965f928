"""Calibration of the model's uncertainty: the scale of its variances, and where each star begins.

Both are measured on raters whom the model has learned from, each of whose ratings is predicted
from their others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from recommender.bias import Bias
from recommender.dataset import RatingRows
from recommender.kernel import ItemKernel, Posterior
from recommender.reactions import STEPS

RATERS, FEWEST, MOST = 300, 10, 300
LEAST = 0.01  # ratings that all agree must not lead to a division by 0
STRANGERS = 1.14  # how much wider others' ratings spread: these raters' taught the embeddings
POWER = 1.25  # of a member's scale: a mean with the prior alone would make all too alike


@dataclass(frozen=True)
class Calibration:
    """How wide ratings spread around their predictions."""

    prior: float  # factor on the variances of a member without ratings
    observed: float  # factor on a member's chi square
    # (10,) for 0.5, 1, ... 5 stars: the point above which a normal distribution around the
    # prediction counts as that many stars or more. People use some stars more than others (4 more
    # than 4.5), so these are not the middles between the stars.
    thresholds: np.ndarray
    weight: float = 4.0  # how many ratings of a member the prior counts for

    def variance_scale(self, chi_square: Any, n_rated: Any) -> Any:
        """Return how much wider than expected (1) the ratings of a member spread, elementwise.

        Some people's stars are easier to predict than others': a common factor on all variances
        (Rasmussen and Williams, 2006, section 9.9).

        Args:
            chi_square: `Posterior.chi_square`.
            n_rated: of how many ratings.
        """
        total = self.weight * self.prior + self.observed * chi_square
        return (total / (self.weight + n_rated)) ** POWER


def calibrate(ratings: RatingRows, bias: Bias, kernel: ItemKernel) -> Calibration:
    """Compare ratings of some raters with predictions from their others.

    A few hundred raters, spread evenly over all, are enough; those with very many ratings would
    take most of the time.

    The prior is the mean squared residual of a rater's ratings, whitened: 1 when the variances are
    right. The same for each rating predicted from all others, less the uncertainty of the item
    bias, is smaller, because the kernel's errors lie in how ratings vary together; so a member's
    chi square counts less.
    """
    order = np.argsort(ratings.user, kind="stable")
    of_user = np.split(order, np.cumsum(np.bincount(ratings.user))[:-1])
    ordinary = [own for own in of_user if FEWEST <= len(own) <= MOST] or of_user
    at = np.unique(np.linspace(0, len(ordinary) - 1, RATERS).astype(int))
    residual = ratings.stars - bias.mu - bias.movie[ratings.movie]
    chosen = [ordinary[i] for i in at]
    sizes = [len(own) for own in chosen]
    chi_square, means, variances, others = 0.0, [], [], []
    for own in chosen:
        member = kernel.of_rater(ratings.user[own[0]])
        noise = kernel.variances.noise
        posterior = Posterior.fit(member, ratings.movie[own], residual[own], noise)
        taste, variance = posterior.leave_one_out()
        chi_square += posterior.chi_square
        means.append(ratings.stars[own] - residual[own] + taste)
        variances.append(bias.spread[ratings.movie[own]] * variance)
        others.append(posterior.chi_square - posterior.weights**2 * variance)
    rows, count = np.concatenate(chosen), np.repeat(sizes, sizes)
    stars, mean, variance = ratings.stars[rows], np.concatenate(means), np.concatenate(variances)
    shared, joint = bias.uncertainty[ratings.movie[rows]], max(chi_square / len(rows), LEAST)
    marginal = max(float(np.mean(((stars - mean) ** 2 - shared) / variance)), LEAST)
    found = Calibration(joint, STRANGERS * marginal / joint, np.empty(0))
    scale = found.variance_scale(np.concatenate(others), count - 1)
    thresholds = find_thresholds(mean, np.sqrt(scale * variance + shared), stars)
    return replace(found, thresholds=thresholds)


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
