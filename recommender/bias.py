"""What everybody agrees on: how good a movie is, and how generous a rater is.

    stars = mu + b_movie + b_user + the rest

with both offsets damped towards what was expected before any rating: 0 for a user, what its
content lets expect for a movie (Koren, Bell and Volinsky, "Matrix factorization techniques for
recommender systems", 2009, for the damped offsets).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from recommender.dataset import RatingRows

ROUNDS = 3


def damped_mean(
    index: np.ndarray, values: np.ndarray, size: int, damping: float, prior: np.ndarray | float = 0
) -> np.ndarray:
    """Mean of `values` by `index`, as if `damping` more values equal to the prior were there."""
    count = np.bincount(index, minlength=size)
    return (np.bincount(index, values, minlength=size) + damping * prior) / (count + damping)


def weighted_ridge(
    content: sparse.csr_matrix, target: np.ndarray, weight: np.ndarray, penalty: float
) -> np.ndarray:
    """Coefficients (n_features,) of the ridge regression of `target` on `content`.

    Args:
        content: (n_movies, n_features).
        target, weight: (n_movies,); a movie of weight 0 does not count.
        penalty: added to the diagonal, in ratings.
    """
    X = content.astype(np.float64)
    gram = (X.T @ X.multiply(weight[:, None]).tocsr()).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    return linalg.solve(gram, X.T @ (weight * target), assume_a="pos")


@dataclass(frozen=True)
class Bias:
    """The offsets of a world.

    Args:
        mu: mean rating of the world, stars.
        movie: (n_movies,) offset of each movie, stars; where nobody rated it, its prior.
        prior: (n_movies,) what the content lets expect, stars.
        coefficients: (n_features,) stars that each content feature adds to the prior.
        user_damping: how many average ratings a user's own offset is mixed with.
    """

    mu: float
    movie: np.ndarray
    prior: np.ndarray
    coefficients: np.ndarray
    user_damping: float

    @classmethod
    def fit(
        cls,
        ratings: RatingRows,
        content: sparse.csr_matrix,
        *,
        user_damping: float = 5.0,
        movie_damping: float = 5.0,
        penalty: float = 400.0,
    ) -> Bias:
        """Fit mu and both offsets by a few rounds of backfitting.

        Args:
            ratings: at least one.
            content: (n_movies, n_features), rows as in `ratings`.
            user_damping, movie_damping, penalty: in ratings.
        """
        user, movie, stars = ratings.user, ratings.movie, ratings.stars
        n_users, n_movies = ratings.n_users, ratings.n_movies
        mu = float(stars.mean())
        count = np.bincount(movie, minlength=n_movies).astype(np.float64)
        by_user = np.zeros(n_users)
        offset = prior = np.zeros(n_movies)
        coefficients = np.zeros(content.shape[1])
        for _ in range(ROUNDS):
            rest = stars - mu - by_user[user]
            own = np.bincount(movie, rest, minlength=n_movies) / np.maximum(count, 1)
            coefficients = weighted_ridge(content, own, count, penalty)
            prior = content @ coefficients
            offset = damped_mean(movie, rest, n_movies, movie_damping, prior)
            by_user = damped_mean(user, stars - mu - offset[movie], n_users, user_damping)
        return cls(mu, offset, prior, coefficients, user_damping)

    def of_user(self, residuals: np.ndarray) -> float:
        """Offset of a user from the residuals stars - mu - b_movie of what they rated."""
        return float(residuals.sum() / (len(residuals) + self.user_damping))
