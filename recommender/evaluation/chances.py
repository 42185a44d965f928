"""What chance of a like the simple guesses promise, calibrated on the same people as ours is.

A guess in stars becomes a chance by a logistic curve (Platt, "Probabilistic outputs for support
vector machines", 1999): 1 / (1 + exp(-(start + slope · (stars - 4)))). It is fitted to the raters
whom the model has learned from, each rating guessed without itself, and never to the ratings that
are judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit

from recommender.columns import RATING, USER
from recommender.evaluation.predict import LIKED
from recommender.model import HybridModel


@dataclass(frozen=True)
class Chances:
    """How each simple guess becomes a chance.

    Args:
        curves: column of the guess -> (start, slope).
    """

    curves: Mapping[str, tuple[float, float]]

    @classmethod
    def learn(cls, guesses: pd.DataFrame, liked: np.ndarray) -> Chances:
        """Fit the curves.

        Args:
            guesses: one column a guess, stars; one row a rating, at least one.
            liked: (n_ratings,) bool.
        """
        return cls({str(name): _curve(guesses[name].to_numpy(), liked) for name in guesses})

    def of(self, column: str, stars: pd.Series) -> pd.Series:
        """Return the chance (0..1) that a guess of so many stars promises."""
        start, slope = self.curves[column]
        return pd.Series(expit(start + slope * (stars - LIKED)), stars.index)


def _curve(stars: np.ndarray, liked: np.ndarray) -> tuple[float, float]:
    sign = np.where(liked, -1.0, 1.0)

    def loss(curve: np.ndarray) -> float:
        return float(np.logaddexp(0, sign * (curve[0] + curve[1] * (stars - LIKED))).mean())

    start, slope = minimize(loss, np.array([0.0, 1.0]), method="BFGS").x
    return float(start), float(slope)


def learn_chances(model: HybridModel, ratings: pd.DataFrame) -> Chances:
    """Calibrate the simple guesses on people whom the model has learned from.

    Args:
        ratings: user_id, movie_id, rating; all of them among the model's data.
    """
    stars, user = ratings[RATING].to_numpy(), pd.factorize(ratings[USER])[0]
    others = np.bincount(user)[user] - 1
    return Chances.learn(
        pd.DataFrame(
            {
                "bias": model.bias_leave_one_out(ratings),
                "member_mean": np.where(
                    others > 0,
                    (np.bincount(user, stars)[user] - stars) / np.maximum(others, 1),
                    model.mean_rating,
                ),
                "constant": np.full(len(stars), model.mean_rating),
            }
        ),
        stars >= LIKED,
    )
