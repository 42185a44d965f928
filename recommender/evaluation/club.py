"""How right the predictions are for the club itself, from the ratings that it has given.

Every rating is predicted as if nobody in the club had seen the movie yet: the members' ratings of
it are taken out of what everybody thinks of the movie, and each member's taste is learned from
their other ratings only. Both are exact and need no refit: a sum is corrected, and what a Gaussian
process predicts without one of its points follows from the inverse of its covariance (Rasmussen
and Williams, 2006, section 5.4.2). Only the movies' places stay as learned, to which a club adds
little among hundreds of raters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import linalg

from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP
from recommender.dataset import MAX_STARS, MIN_STARS, check_ratings
from recommender.kernel import Posterior
from recommender.model import HybridModel
from recommender.reactions import Reactions

LEVEL = 0.8


@dataclass(frozen=True)
class Crowd:
    """What everybody outside the club thinks of each movie that the club rated.

    Args:
        expected: stars, index movie_id.
        uncertainty: variance of that, stars², index movie_id.
    """

    expected: pd.Series
    uncertainty: pd.Series


def without_the_club(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    learned: pd.DataFrame | None = None,
) -> Crowd:
    """Take the club's ratings out of the movies' offsets.

    Args:
        member_ratings: member_id, movie_id, rating. A member who is among the raters that the
            model learned from has the same id there; others have nothing to take out.
        learned: the club's ratings (same columns) as they were in the model's data; None when they
            were just `member_ratings`. What was given or changed since is not in the offsets, so
            taking it out would put a mistake in.
    """
    movies = np.sort(member_ratings[MOVIE].unique())
    left = model.expected(movies, without=member_ratings if learned is None else learned)
    return Crowd(left["expected"], left["variance"])


def leave_one_out(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    learned: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Predict every rating of the club from all the others but those of the same movie.

    Args:
        member_ratings: member_id, movie_id, rating.
        learned: see `without_the_club`.

    Returns:
        One row a rating: member_id, movie_id, actual, predicted, low, high (80%), like
        (probability of 4 stars or more), and the baselines bias (everybody's opinion of the movie
        plus how generous the member otherwise is), member_mean and constant (the mean of all
        ratings that the model learned from), all in stars.
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    return _predict(model, ratings, learned, _without_each)


def in_order_of_time(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    learned: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Predict every rating from what the same member had rated before it.

    Args:
        member_ratings: as in `leave_one_out`, with timestamp (seconds).

    Returns:
        As `leave_one_out`, in order of time within a member, and earlier: how many of the
        member's ratings were known.
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    ratings = ratings.sort_values([MEMBER, TIMESTAMP, MOVIE], kind="stable", ignore_index=True)
    found = _predict(model, ratings, learned, _from_those_before)
    return found.assign(earlier=found.groupby(MEMBER).cumcount())


@dataclass(frozen=True)
class _Fold:
    """For each of a member's ratings, what the others say of it; all (n_rated,)."""

    taste: np.ndarray  # expected stars above everybody's opinion
    variance: np.ndarray  # of the rating around that, stars²
    surprise: np.ndarray  # of the ratings that were used
    used: np.ndarray  # how many were
    generosity: np.ndarray  # sum of their residuals, stars
    mean: np.ndarray  # of their stars; the world's mean where there are none


Fold = Callable[[Posterior, np.ndarray, np.ndarray, float], _Fold]


def _without_each(taste: Posterior, residual: np.ndarray, stars: np.ndarray, mu: float) -> _Fold:
    liking, variance = taste.leave_one_out(residual)
    n = np.full(len(stars), len(stars) - 1)
    mean = np.where(n > 0, (stars.sum() - stars) / np.maximum(n, 1), mu)
    surprise = taste.chi_square - taste.weights**2 * variance
    return _Fold(liking, variance, surprise, n, residual.sum() - residual, mean)


def _from_those_before(
    taste: Posterior, residual: np.ndarray, stars: np.ndarray, mu: float
) -> _Fold:
    # Row n of the Cholesky factor is what rating n adds to those before it.
    white = linalg.solve_triangular(taste.factor, residual, lower=True)
    scale, n = np.diag(taste.factor), np.arange(len(stars))
    mean = np.where(n > 0, (np.cumsum(stars) - stars) / np.maximum(n, 1), mu)
    surprise = np.cumsum(white**2) - white**2
    sums = np.cumsum(residual) - residual
    return _Fold(residual - scale * white, scale**2, surprise, n, sums, mean)


def _predict(
    model: HybridModel, ratings: pd.DataFrame, learned: pd.DataFrame | None, fold: Fold
) -> pd.DataFrame:
    crowd = without_the_club(model, ratings, learned)
    frames = [
        _predict_member(model, own, crowd, fold) for _, own in ratings.groupby(MEMBER, sort=True)
    ]
    columns = [
        MEMBER, MOVIE, "actual", "predicted", "low", "high", "like",
        "bias", "member_mean", "constant",
    ]  # fmt: skip
    if not frames:
        return pd.DataFrame(columns=columns)
    return pd.concat(frames, ignore_index=True)[columns]


def _predict_member(
    model: HybridModel, own: pd.DataFrame, crowd: Crowd, fold: Fold
) -> pd.DataFrame:
    stars = own[RATING].to_numpy()
    residual = model.residual(own)
    taste = model.posterior(own, own[MEMBER].iloc[0])
    known = fold(taste, residual, stars, model.bias.mu)

    everybody = crowd.expected.loc[own[MOVIE]].to_numpy()
    doubt = crowd.uncertainty.loc[own[MOVIE]].to_numpy()
    spread = model.variance_scale(known.surprise, known.used)
    reactions = Reactions(
        member_ids=(0,),
        movie_ids=tuple(own[MOVIE]),
        mean=np.clip(everybody + known.taste, MIN_STARS, MAX_STARS)[None],
        sd=np.sqrt(spread * known.variance + doubt)[None],
        thresholds=model.thresholds,
    )
    low, high = reactions.interval(LEVEL)
    generosity = known.generosity / (known.used + model.options.damping)
    return pd.DataFrame(
        {
            MEMBER: own[MEMBER].to_numpy(),
            MOVIE: own[MOVIE].to_numpy(),
            "actual": stars,
            "predicted": reactions.mean[0],
            "low": low[0],
            "high": high[0],
            "like": reactions.like_probability()[0],
            "bias": np.clip(everybody + generosity, MIN_STARS, MAX_STARS),
            "member_mean": known.mean,
            "constant": model.bias.mu,
        }
    )
