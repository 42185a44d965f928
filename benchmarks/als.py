"""Matrix factorisation of implicit feedback by alternating least squares.

Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets", 2008: everything
watched is a 1 with confidence c, everything else a 0 with confidence 1, and

    minimise  sum over all user-movie pairs of c (p - x_user . y_movie)²  +  penalty (|x|² + |y|²)

With one side fixed, each row of the other is a small ridge regression, solved exactly. The zeros
of all unwatched movies cost nothing because they are in Y'Y, which all users share.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from recommender.errors import DataError
from recommender.evaluation.rankers import Axes, Ranker


def fit_als(
    axes: Axes,
    confidence: sparse.sparray | sparse.spmatrix,
    *,
    components: int = 64,
    rounds: int = 15,
    penalty: float = 0.01,
    seed: int = 0,
) -> Ranker:
    """Factorise what was watched.

    Args:
        axes: what the rows and columns of `confidence` stand for.
        confidence: (n_users, n_movies), 1 or more where watched, zero elsewhere.
        components: width of the factors.
        rounds: how often both sides are solved.
        penalty: on the squared length of every factor.
        seed: of the movies' first factors.

    Raises:
        DataError: nothing was watched, or a confidence is below 1.
    """
    by_user = sparse.csr_array(confidence).astype(np.float64)
    by_user.eliminate_zeros()
    if not by_user.nnz or by_user.data.min() < 1:
        raise DataError("Implicit feedback needs at least one entry, and confidences of 1 or more.")
    by_movie = sparse.csr_array(by_user.T)
    movies = np.random.default_rng(seed).normal(0, 0.1, (by_user.shape[1], components))
    users = np.zeros((by_user.shape[0], components))
    for _ in range(rounds):
        users = _solve(by_user, movies, penalty)
        movies = _solve(by_movie, users, penalty)
    return Ranker(axes, users, movies, np.zeros(len(movies)))


def _solve(confidence: sparse.csr_array, others: np.ndarray, penalty: float) -> np.ndarray:
    """Return the best factors of the rows of `confidence`, given those of its columns."""
    shared = others.T @ others + penalty * np.eye(others.shape[1])
    factors = np.zeros((confidence.shape[0], others.shape[1]))
    for row in np.flatnonzero(np.diff(confidence.indptr)):
        entries = slice(confidence.indptr[row], confidence.indptr[row + 1])
        watched, c = others[confidence.indices[entries]], confidence.data[entries]
        gram = shared + watched.T @ ((c - 1)[:, None] * watched)
        factors[row] = linalg.solve(gram, watched.T @ c, assume_a="pos", check_finite=False)
    return factors
