"""What everybody agrees on: how good a movie is, before anyone's own taste.

    stars = mu + b_user + b_movie + the rest

Both offsets are damped (Koren, Bell and Volinsky, "Matrix factorization techniques for recommender
systems", 2009): b_user towards 0, b_movie towards what its words and fame let expect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse
from scipy.special import bdtrc

from recommender.dataset import RatingRows

ROUNDS = 15
CLUB_SIZE, SEEN_BY = 8, 3


def damped_mean(
    index: np.ndarray, values: np.ndarray, size: int, damping: float, prior: np.ndarray | float = 0
) -> np.ndarray:
    """Mean of `values` by `index`, as if `damping` more values equal to the prior were there."""
    count = np.bincount(index, minlength=size)
    return (np.bincount(index, values, minlength=size) + damping * prior) / (count + damping)


def offsets(
    ratings: RatingRows, damping: float, prior: np.ndarray | float = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Offsets of users (n_users,) and of movies (n_movies,) in stars, by alternating means.

    Args:
        ratings: at least one.
        damping: how many average ratings each offset is mixed with.
        prior: (n_movies,) what a movie's offset is before any rating, stars.
    """
    rest = ratings.stars - ratings.stars.mean()
    of_user = np.zeros(ratings.n_users)
    of_movie = np.zeros(ratings.n_movies)
    for _ in range(ROUNDS):
        left = rest - of_user[ratings.user]
        of_movie = damped_mean(ratings.movie, left, ratings.n_movies, damping, prior)
        left = rest - of_movie[ratings.movie]
        of_user = damped_mean(ratings.user, left, ratings.n_users, damping)
    return of_user, of_movie


def weighted_ridge(
    content: sparse.csr_matrix, target: np.ndarray, weight: np.ndarray, penalty: float
) -> np.ndarray:
    """Coefficients (n_features,) or (n_features, n_targets) of a ridge regression on `content`.

    Args:
        content: (n_movies, n_features).
        target: (n_movies,) or (n_movies, n_targets).
        weight: (n_movies,); a movie of weight 0 does not count.
        penalty: added to the diagonal.
    """
    X = content.astype(np.float64)
    weighted = X.multiply(weight[:, None]).tocsr()
    gram = (X.T @ weighted).toarray()
    gram[np.diag_indices_from(gram)] += penalty
    return linalg.solve(gram, weighted.T @ target, assume_a="pos")


def with_constant(words: sparse.csr_matrix) -> sparse.csr_matrix:
    """Add a last column of ones."""
    return sparse.hstack([words, np.ones((words.shape[0], 1), words.dtype)], format="csr")


def club_weight(counts: np.ndarray, n_users: int) -> np.ndarray:
    """How much a movie says about the movies that a club considers, (n_movies,), mean about 5.

    Its ratings times the chance that three of eight friends have seen it. A movie that nobody has
    rated yet but a club considers is like these, not like the average of a catalogue.
    """
    seen = np.minimum(2 * counts / n_users, 0.9)
    weight = counts * bdtrc(SEEN_BY - 1, CLUB_SIZE, seen)
    if not weight.any():
        weight = counts
    return 5 * weight / weight[counts > 0].mean()


@dataclass(frozen=True)
class Bias:
    """The offsets of a world's movies.

    Args:
        mu: mean rating of the world, stars.
        movie: (n_movies,) how far the ratings of each movie lie from mu, stars.
        expected: (n_movies,) the same for somebody who has yet to see it, stars. Fewer ratings
            pull it further towards what movies of its words that clubs watch are like.
        words: (n_features + 1,) stars that each word adds to `expected`, and the constant.
        uncertainty: (n_movies,) variance of a movie's offset, stars².
        user: (n_users,) how far each user's ratings lie from what their movies let expect, stars.
        damping: how many average ratings an offset is mixed with.
    """

    mu: float
    movie: np.ndarray
    expected: np.ndarray
    words: np.ndarray
    uncertainty: np.ndarray
    user: np.ndarray
    damping: float

    @classmethod
    def fit(
        cls,
        ratings: RatingRows,
        words: sparse.csr_matrix,
        *,
        damping: float = 10.0,
        penalty: float = 10.0,
        club_penalty: float = 60.0,
        variance: float = 0.15,
    ) -> Bias:
        """Fit the offsets and what they are expected to be.

        Args:
            ratings: at least one.
            words: (n_movies, n_features), rows of length 1.
            damping, penalty, club_penalty: of offsets, and of the two regressions on the words.
            variance: of a movie's offset around what its words let expect, stars².
        """
        counts = np.bincount(ratings.movie, minlength=ratings.n_movies).astype(np.float64)
        known = sparse.hstack([with_constant(words), _fame(counts)], format="csr")
        mu = float(ratings.stars.mean())
        of_user, movie = offsets(ratings, damping)
        for _ in range(2):
            raw = _raw(ratings, mu, of_user, counts)
            weight = counts / (0.1 * counts + 1)
            prior = known @ weighted_ridge(known, raw, weight, penalty)
            of_user, movie = offsets(ratings, damping, prior)
        raw = _raw(ratings, mu, of_user, counts)
        plain = with_constant(words)
        weight = club_weight(counts, ratings.n_users)
        coefficients = weighted_ridge(plain, raw, weight, club_penalty)
        expected = (raw * counts + damping * (plain @ coefficients)) / (counts + damping)
        uncertainty = variance * damping / (counts + damping)
        return cls(mu, movie, expected, coefficients, uncertainty, of_user, damping)


def _fame(counts: np.ndarray) -> np.ndarray:
    """How often a movie was rated, as two columns: better movies are rated more often."""
    logs = np.log1p(counts)
    rated = logs[counts > 0]
    spread = rated.std()
    fame = (logs - rated.mean()) / (spread if spread > 0 else 1.0)
    return np.column_stack([0.5 * fame, 0.3 * (fame**2 - 1)])


def _raw(ratings: RatingRows, mu: float, of_user: np.ndarray, counts: np.ndarray) -> np.ndarray:
    rest = ratings.stars - mu - of_user[ratings.user]
    return np.bincount(ratings.movie, rest, minlength=len(counts)) / np.maximum(counts, 1)
