"""The space in which members' tastes live, and what a few ratings say about a taste in it.

A member's taste is a Gaussian process over movies: how far their stars lie from what everybody
expects is a smooth function of the movie's place (Rasmussen and Williams, "Gaussian Processes for
Machine Learning", 2006, chapter 2). Two movies are near when LightFM puts them side by side or
when they share keywords, genres and decade.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse


@dataclass(frozen=True)
class Space:
    """Where the movies are; the inner product of two rows is their covariance in stars².

    Args:
        taste: (n_movies, n_taste) learned places, float32; no columns before anything is learned.
        content: (n_movies, n_features) keywords, genres and decade.
    """

    taste: np.ndarray
    content: sparse.csr_matrix

    def covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the covariance of `rows` and `others` in stars², (n_rows, n_others)."""
        words = (self.content[rows] @ self.content[others].T).toarray()
        return np.asarray(self.taste[rows] @ self.taste[others].T + words, dtype=np.float64)

    def variance(self, rows: np.ndarray) -> np.ndarray:
        """Return the covariance of each of `rows` with itself in stars², (n_rows,)."""
        words = self.content[rows].multiply(self.content[rows]).sum(axis=1)
        taste = np.einsum("ij,ij->i", self.taste[rows], self.taste[rows])
        return np.asarray(words, dtype=np.float64).ravel() + taste.astype(np.float64)


@dataclass(frozen=True)
class Taste:
    """What is known of one member's taste.

    Args:
        rated: (n_rated,) rows of the movies rated.
        weight: (n_rated,) how strongly each pulls; a movie's expected distance from the crowd is
            its covariance with the rated movies times these.
        factor: lower Cholesky factor of the rated movies' covariance plus noise.
    """

    rated: np.ndarray
    weight: np.ndarray
    factor: np.ndarray

    @classmethod
    def learn(cls, space: Space, rated: np.ndarray, residual: np.ndarray, noise: float) -> Taste:
        """Condition the process on the residuals (stars) of the movies rated.

        Args:
            noise: variance of a rating around the taste, stars².
        """
        gram = space.covariance(rated, rated)
        gram[np.diag_indices_from(gram)] += noise
        factor = linalg.cholesky(gram, lower=True)
        return cls(rated, linalg.cho_solve((factor, True), residual), factor)

    def predict(self, space: Space, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean and variance (stars, stars²) of the taste for `rows`, each (n_rows,)."""
        prior = space.variance(rows)
        if not len(self.rated):
            return np.zeros(len(rows)), prior
        across = space.covariance(rows, self.rated)
        known = linalg.solve_triangular(self.factor, across.T, lower=True)
        return across @ self.weight, np.maximum(prior - (known**2).sum(axis=0), 0.0)
