"""Calibration of the model's uncertainty: the scale of its variances, and where each star begins.

Both are measured on raters whom the model has learned from, each of whose ratings is predicted
from their others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from recommender.bias import Bias
from recommender.dataset import RatingRows
from recommender.kernel import ItemKernel, Posterior
from recommender.reactions import STEPS, upper_tail

RATERS, FEWEST, MOST = 300, 10, 300
LEAST = 0.01  # ratings that all agree must not lead to a division by 0
STRANGERS = 1.14  # how much wider others' ratings spread: these raters' taught the embeddings
POWER = 1.25  # of a member's scale: a mean with the prior alone would make all too alike
RARELY = 0.1  # share of half stars up to which a rater counts as giving whole ones


@dataclass(frozen=True)
class Calibration:
    """How wide ratings spread around their predictions."""

    prior: float  # factor on the variances of a member without ratings
    observed: float  # factor on a member's chi square
    # (2, 10) for 0.5, 1, ... 5 stars: the point on the scale of the mean above which a prediction
    # counts as that many stars or more, for members who give whole stars and for the others: 3.6
    # becomes 4 sooner where there is no 3.5. People use some stars more than others (4 more than
    # 4.5), so these are not the middles between the stars.
    thresholds: np.ndarray
    whole: float  # probability that a member without ratings gives whole stars
    halves: np.ndarray  # (2,) share of half stars among the ratings of both
    skew: float  # of ratings around their predictions, see `upper_tail`
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

    def thresholds_of(self, n_halves: np.ndarray, n_rated: Any) -> np.ndarray:
        """Return where stars begin for members who gave so many half stars, (n_members, 10).

        The two kinds of members are mixed by their probability (Bayes' rule).
        """
        given, left_out = np.log(self.halves), np.log1p(-self.halves)
        odds = np.log(self.whole / (1 - self.whole)) + n_halves * (given[0] - given[1])
        whole = expit(odds + (n_rated - n_halves) * (left_out[0] - left_out[1]))[:, None]
        return whole * self.thresholds[0] + (1 - whole) * self.thresholds[1]


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
    is_half = stars % 1 > 0
    shares = np.array([(ratings.stars[own] % 1 > 0).mean() for own in chosen])
    is_whole = np.repeat(shares <= RARELY, sizes)
    kinds = is_whole, ~is_whole
    found = Calibration(
        joint,
        STRANGERS * marginal / joint,
        thresholds=np.empty((2, 10)),
        whole=((shares <= RARELY).sum() + 1) / (len(shares) + 2),
        halves=np.array([(is_half[kind].sum() + 1) / (kind.sum() + 2) for kind in kinds]),
        skew=0.0,
    )
    scale = found.variance_scale(np.concatenate(others), count - 1)
    sd = np.sqrt(scale * variance + shared)
    off = (stars - mean) / sd
    off -= off.mean()
    skew = np.clip((off**3).mean() / max(off.std(), LEAST) ** 3, -1.0, 1.0)
    thresholds = [
        find_thresholds(mean[at], sd[at], stars[at], skew)
        for at in (kind if kind.any() else ~kind for kind in kinds)
    ]
    return replace(found, thresholds=np.array(thresholds), skew=float(skew))


def find_thresholds(
    mean: np.ndarray, sd: np.ndarray, stars: np.ndarray, skew: float = 0.0
) -> np.ndarray:
    """Choose each threshold so that as many ratings are expected above it as there are.

    Args:
        mean, sd, stars: (n_ratings,) predictions, their standard deviations, and ratings.
        skew: of the ratings around the predictions.

    Returns:
        (10,), rising.
    """
    thresholds = []
    for step in STEPS:
        share = np.clip((stars >= step - 0.01).mean(), 1e-4, 1 - 1e-4)

        def excess(threshold: float, share: float = share) -> float:
            return float(upper_tail((mean - threshold) / sd, skew).mean() - share)

        thresholds.append(brentq(excess, -20.0, 20.0))
    return np.array(thresholds)
