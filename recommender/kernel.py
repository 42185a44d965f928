"""The Gaussian process behind a member's taste: its covariance, and its update by ratings.

A taste is how far a member's stars lie from everybody's opinion; it is a smooth function of the
movie (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, chapter 2). Its
covariance is a sum of five parts, and so is every prediction:

    user bias   the same for all movies: how generous the member is
    embedding   exp((e·e' - 1) / length_scale) for LightFM embeddings e of length 1
    features    f·f' for rows f of length 1: shared keywords, genres and decade
    item slope  b b' with b the item bias: going with everybody's opinion, or against it
    neighbours  r·r' for rows r of residuals: the same raters liked both more than expected

A movie without ratings has no neighbours, and a member's ratings explained by neighbours would say
less through their features; so such movies are predicted without that part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import linalg, sparse

from recommender.bias import Bias
from recommender.dataset import RatingRows

CACHED = 2**16  # entries whose exponential is taken at once, few enough for a core's own cache
DENSE = 2**23  # entries up to which residuals are multiplied as dense matrices


@dataclass(frozen=True)
class Variances:
    """How much each part can move a rating, stars²; `length_scale`, `item_slope` without a unit."""

    user_bias: float
    embedding: float
    length_scale: float
    features: float
    item_slope: float
    neighbours: float
    noise: float


def neighbour_residuals(ratings: RatingRows, bias: Bias, damping: float) -> sparse.csr_matrix:
    """Return how far each rater's stars lie from user and item bias, movie by movie.

    A product of two rows says how far the same raters liked both movies more, or less, than
    expected: item-based neighbours (Koren, "Factor in the neighbors", 2010) as a covariance.

    Args:
        damping: stars²; a row with so many squared residuals has length 1/sqrt(2), at most 1.

    Returns:
        (n_movies, n_users) float32.
    """
    residual = ratings.stars - bias.mu - bias.movie[ratings.movie] - bias.user[ratings.user]
    squares = np.bincount(ratings.movie, residual**2, minlength=ratings.n_movies)
    scaled = residual / np.sqrt(squares[ratings.movie] + damping)
    shape = (ratings.n_movies, ratings.n_users)
    return sparse.csr_matrix((scaled.astype(np.float32), (ratings.movie, ratings.user)), shape)


def _squared_length(matrix: sparse.csr_matrix) -> np.ndarray:
    return np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()


@dataclass(frozen=True)
class ItemKernel:
    """The covariance of movies, the same for all members."""

    # (n_movies, n_dimensions) float32; length 1 when learned, shorter when predicted from the
    # features, no columns without LightFM
    embeddings: np.ndarray
    features: sparse.csr_matrix  # (n_movies, n_features) float32, rows of length 1
    item_bias: np.ndarray  # (n_movies,) stars
    residuals: sparse.csr_matrix  # (n_movies, n_users) float32, see `neighbour_residuals`
    variances: Variances  # of the parts

    def without_neighbours(self) -> ItemKernel:
        """Return the kernel for movies without ratings."""
        return replace(self, variances=replace(self.variances, neighbours=0.0))

    def split_seeds(self, repeats: int) -> list[ItemKernel]:
        """Return the kernels of each of LightFM's seeds alone; `repeats` lie side by side."""
        parts = np.split(self.embeddings, repeats, axis=1)
        return [replace(self, embeddings=part * np.float32(np.sqrt(repeats))) for part in parts]

    def of_rater(self, rater: int) -> MemberKernel:
        """Return the covariance for the member who is this column of the residuals, -1 for none."""
        if rater < 0 or not self.variances.neighbours:
            return MemberKernel(self)
        column = self.residuals[:, [rater]].toarray()[:, 0]
        return MemberKernel(self, column * np.float32(np.sqrt(self.variances.neighbours)))

    @property
    def _embedding_variance(self) -> float:
        return self.variances.embedding if self.embeddings.shape[1] else 0.0

    def embedding_covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the part of the covariance from embeddings, float32 (n_rows, n_others), stars²."""
        return self.exponential(self.embeddings[rows], self.embeddings[others])

    def exponential(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Return the same for movies with these embeddings."""
        if not self._embedding_variance:
            return np.zeros((len(one), len(other)), dtype=np.float32)
        scale = np.float32(1 / self.variances.length_scale)
        total = one @ (other * scale).T
        shift = np.float32(np.log(self.variances.embedding)) - scale
        for part in np.array_split(total, max(total.size // CACHED, 1)):
            np.add(part, shift, out=part)
            np.exp(part, out=part)
        return total

    @cached_property
    def linear(self) -> sparse.csr_matrix:
        """Factor of all but the embeddings' part of the covariance, (n_movies, n_columns).

        The product of two rows is the covariance of two movies: a column for the user bias, one for
        the item slope, then those of the features, and last those of the residuals, if they count.
        """
        v, n = self.variances, len(self.item_bias)
        both = np.column_stack([np.full(n, np.sqrt(v.user_bias)), self.item_bias])
        both[:, 1] *= np.sqrt(v.item_slope)
        parts = [sparse.csr_matrix(both), np.sqrt(v.features) * self.features]
        if v.neighbours:
            parts.append(np.sqrt(v.neighbours) * self.residuals)
        return sparse.hstack(parts, format="csr", dtype=np.float64)

    def covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the covariance of `rows` and `others`, float32 (n_rows, n_others), stars²."""
        v = self.variances
        total = self.embedding_covariance(rows, others)
        total += v.features * (self.features[rows] @ self.features[others].T.toarray())
        if v.neighbours:
            total += v.neighbours * self._neighbours(rows, others)
        slope = np.sqrt(v.item_slope) * self.item_bias
        total += v.user_bias + np.outer(slope[rows], slope[others])
        return total

    def _neighbours(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the products of rows of residuals; where they are few, dense is twice as fast."""
        one, other = self.residuals[rows], self.residuals[others]
        if (len(rows) + len(others)) * self.residuals.shape[1] <= DENSE:
            return np.asarray(one.toarray() @ other.toarray().T)
        return np.asarray((one @ other.T).toarray())

    def variance(self, rows: np.ndarray) -> np.ndarray:
        """Return the variance of a taste before any rating, (n_rows,), stars².

        Every embedding counts as if it had length 1: the uncertainty of a predicted one stays in.
        """
        return self._embedding_variance + _squared_length(self.linear[rows])

    def similarity(self, rows: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how similar movies are: the correlation of a taste for them before any rating.

        User and item bias would make all good movies similar, and neighbours say too little about a
        single pair; both are left out.

        Returns:
            The parts from embeddings and from features, each (n_rows, n_others); they sum to 0..1,
            for a movie and itself to 1 unless nothing is known of it.
        """
        v = self.variances
        embedding = self.embedding_covariance(rows, others)
        # A predicted embedding may lie anywhere around the prediction, but a movie equals itself.
        embedding[rows[:, None] == others] = self._embedding_variance
        features = v.features * (self.features[rows] @ self.features[others].T).toarray()
        scale = self._embedding_variance + v.features * _squared_length(self.features)
        scale = np.where(scale > 0, np.sqrt(scale), np.inf)
        product = np.outer(scale[rows], scale[others])
        return embedding / product, features / product


@dataclass(frozen=True)
class MemberKernel:
    """The covariance for one member.

    A member whom the model has learned from is one of the neighbours and would agree with
    themselves, so their own contribution is taken out.
    """

    items: ItemKernel  # the covariance that all members share
    # (n_movies,) the member's own part: without it the covariance of two movies is less by the
    # product of their entries; None for a member whom the model does not know, or where neighbours
    # do not count
    own: np.ndarray | None = None

    def covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the covariance of `rows` and `others`, float32 (n_rows, n_others), stars²."""
        total = self.items.covariance(rows, others)
        if self.own is not None:
            rated = np.flatnonzero(self.own[others])
            total[:, rated] -= np.outer(self.own[rows], self.own[others[rated]])
        return total

    def variance(self, rows: np.ndarray) -> np.ndarray:
        """Return the variance of a taste before any rating, (n_rows,), stars²."""
        total = self.items.variance(rows)
        return total if self.own is None else total - self.own[rows].astype(np.float64) ** 2


@dataclass(frozen=True)
class Posterior:
    """A member's taste, given their ratings."""

    kernel: MemberKernel  # the covariance before any rating
    rated: np.ndarray  # (n_rated,) rows of the movies rated
    residual: np.ndarray  # (n_rated,) stars above everybody's opinion
    # (n_rated,) of the ratings: the expected taste for a movie is its covariance with the rated
    # movies times these
    weights: np.ndarray
    factor: np.ndarray  # (n_rated, n_rated) lower Cholesky factor of the ratings' covariance
    # squared residuals of the ratings, whitened; n_rated on average when the variances are right
    chi_square: float

    @classmethod
    def fit(
        cls, kernel: MemberKernel, rated: np.ndarray, residual: np.ndarray, noise: float
    ) -> Posterior:
        """Condition the process on ratings.

        Args:
            rated: (n_rated,) rows.
            residual: (n_rated,) stars above everybody's opinion.
            noise: variance of a rating around the taste, stars².
        """
        gram = kernel.covariance(rated, rated).astype(np.float64)
        gram[np.diag_indices_from(gram)] += noise
        factor = np.linalg.cholesky(gram)  # releases Python's lock, unlike SciPy's
        white = linalg.solve_triangular(factor, residual, lower=True, check_finite=False)
        weights = linalg.solve_triangular(factor, white, lower=True, trans=1, check_finite=False)
        return cls(kernel, rated, residual, weights, factor, float(white @ white))

    def leave_one_out(self) -> tuple[np.ndarray, np.ndarray]:
        """Predict each rating from the others, in closed form.

        Returns:
            Mean (stars above everybody's opinion) and variance of the rating (stars²), each
            (n_rated,). Source: Rasmussen and Williams, 2006, section 5.4.2.
        """
        inverse, _ = linalg.lapack.dtrtri(self.factor, lower=1)
        precision = np.einsum("ij,ij->j", inverse, inverse)
        return self.residual - self.weights / precision, 1 / precision

    def whiten(self, across: np.ndarray) -> np.ndarray:
        """Return the whitened covariance with the rated movies, (n_rated, n_rows).

        The product of two columns is what the ratings already say about both movies.

        Args:
            across: (n_rated, n_rows) covariance of the rated movies and others.
        """
        return linalg.solve_triangular(self.factor, across, lower=True, check_finite=False)

    def predict(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean (stars) and covariance (stars²) of the taste: (n_rows,), (n_rows, n_rows)."""
        covariance = self.kernel.covariance(rows, rows).astype(np.float64)
        across = self.kernel.covariance(self.rated, rows).astype(np.float64)
        whitened = self.whiten(across)
        return self.weights @ across, covariance - whitened.T @ whitened
