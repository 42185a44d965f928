"""The space in which members' tastes live, and what a few ratings say about a taste in it.

A member's taste is a Gaussian process over movies: how far their stars lie from what everybody
expects is a smooth function of the movie (Rasmussen and Williams, "Gaussian Processes for Machine
Learning", 2006, chapter 2). Its covariance is a sum of five parts, so that every prediction is one:

    offset      the same for all movies: how generous the member is
    place       near in LightFM's space, exp((p·p' - 1) / scale) for places p of length 1
    words       shared keywords, genres and decade, w·w' for rows w of length 1
    crowd       c c' with c how good everybody finds the movie: going with the crowd, or against it
    neighbours  s·s' for rows s of surprises: the same raters liked both more than expected

A movie that nobody rated has no neighbours, and to explain a member's ratings by them would only
keep their words from being heard; so such movies are predicted without that part.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
from scipy import linalg, sparse


@dataclass(frozen=True)
class Variances:
    """How much each part of the covariance can move a rating, stars²; `scale` has no unit."""

    offset: float
    place: float
    scale: float
    words: float
    crowd: float
    neighbours: float
    noise: float


@dataclass(frozen=True)
class Space:
    """Where the movies are.

    Args:
        places: (n_movies, n_dimensions) float32; length 1 when learned, shorter when guessed from
            the words, no columns before anything is learned.
        words: (n_movies, n_features) float32, rows of length 1.
        crowd: (n_movies,) offset of the movie, stars.
        surprises: (n_movies, n_users) float32, see `recommender.neighbours`.
        variances: of the parts.
    """

    places: np.ndarray
    words: sparse.csr_matrix
    crowd: np.ndarray
    surprises: sparse.csr_matrix
    variances: Variances

    def without_neighbours(self) -> Space:
        """Return the space for movies that nobody rated."""
        return replace(self, variances=replace(self.variances, neighbours=0.0))

    def own_part(self, rater: int) -> np.ndarray:
        """What one rater alone contributes to the neighbours, (n_movies,).

        The covariance of two movies falls by the product of their entries without this rater.
        """
        column = self.surprises[:, [rater]].toarray()[:, 0]
        return column * np.float32(np.sqrt(self.variances.neighbours))

    def each_seed(self, repeats: int) -> list[Space]:
        """Return the spaces that each of LightFM's seeds alone would have given.

        Args:
            repeats: how many seeds lie side by side in `places`.
        """
        parts = np.split(self.places, repeats, axis=1)
        return [replace(self, places=part * np.float32(np.sqrt(repeats))) for part in parts]

    def place_part(self, rows: np.ndarray, others: np.ndarray | slice) -> np.ndarray:
        """Covariance by place, float32 (n_rows, n_others), stars².

        Args:
            others: rows, or a slice of them, for which nothing is copied.
        """
        v = self.variances
        if not self.places.shape[1]:
            return np.zeros((len(rows), len(self.crowd[others])), dtype=np.float32)
        nearness = self.places[rows] @ self.places[others].T
        nearness -= 1
        nearness /= v.scale
        np.exp(nearness, out=nearness)
        nearness *= v.place
        return nearness

    def covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Covariance of `rows` and `others`, float32 (n_rows, n_others), stars²."""
        v = self.variances
        total = self.place_part(rows, others)
        total += v.words * (self.words[rows] @ self.words[others].T.toarray())
        if v.neighbours:
            total += v.neighbours * (self.surprises[rows] @ self.surprises[others].T).toarray()
        tilt = np.sqrt(v.crowd) * self.crowd
        total += v.offset + np.outer(tilt[rows], tilt[others])
        return total

    def variance(self, rows: np.ndarray) -> np.ndarray:
        """Variance of a taste before any rating, (n_rows,), stars².

        Counted as if every place were certain to lie at distance 1, which leaves the uncertainty
        of a guessed place in.
        """
        v = self.variances
        place = v.place if self.places.shape[1] else 0.0
        total = v.offset + place + v.words * _squared_length(self.words[rows])
        total += v.crowd * self.crowd[rows] ** 2
        if v.neighbours:
            total += v.neighbours * _squared_length(self.surprises[rows])
        return total


def _squared_length(matrix: sparse.csr_matrix) -> np.ndarray:
    return np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel()


class Covariance(Protocol):
    """Whatever knows how movies vary together."""

    def covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the covariance of `rows` and `others`, float32 (n_rows, n_others), stars²."""

    def variance(self, rows: np.ndarray) -> np.ndarray:
        """Return the variance of a taste before any rating, (n_rows,), stars²."""


@dataclass(frozen=True)
class Kernel:
    """The covariance as one member's taste has it.

    A member whom the model has learned from is one of the neighbours, and would agree with
    themselves; so what they alone contributed is taken out.

    Args:
        everyones: the covariance with everybody in it.
        own: (n_movies,) the member's `Space.own_part`; None for somebody whom the model does not
            know, or where neighbours do not count.
    """

    everyones: Covariance
    own: np.ndarray | None

    def covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the covariance of `rows` and `others`, float32 (n_rows, n_others), stars²."""
        total = self.everyones.covariance(rows, others)
        if self.own is not None:
            theirs = np.flatnonzero(self.own[others])
            total[:, theirs] -= np.outer(self.own[rows], self.own[others[theirs]])
        return total

    def variance(self, rows: np.ndarray) -> np.ndarray:
        """Return the variance of a taste before any rating, (n_rows,), stars²."""
        total = self.everyones.variance(rows)
        return total if self.own is None else total - self.own[rows].astype(np.float64) ** 2


@dataclass(frozen=True)
class Taste:
    """What is known of one member's taste.

    Args:
        rated: (n_rated,) rows of the movies rated.
        pull: (n_rated,) how strongly each pulls; the taste for a movie is expected to be its
            covariance with the rated movies times these.
        factor: lower Cholesky factor of the rated movies' covariance plus noise.
        surprise: how far the ratings lay from what was expected of anyone, as the sum of n_rated
            squares that are 1 each on average when the variances are right.
    """

    rated: np.ndarray
    pull: np.ndarray
    factor: np.ndarray
    surprise: float

    @classmethod
    def learn(
        cls, rated: np.ndarray, residual: np.ndarray, covariance: np.ndarray, noise: float
    ) -> Taste:
        """Condition the process on the residuals (stars) of the movies rated.

        Args:
            rated: (n_rated,) rows.
            residual: (n_rated,) stars above what everybody expects.
            covariance: (n_rated, n_rated) of the rated movies, stars².
            noise: variance of a rating around the taste, stars².
        """
        gram = covariance.astype(np.float64)
        gram[np.diag_indices_from(gram)] += noise
        factor = linalg.cholesky(gram, lower=True)
        pull = linalg.cho_solve((factor, True), residual)
        return cls(rated, pull, factor, float(residual @ pull))

    def without_each(self, residual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Predict each rated movie from the others.

        Args:
            residual: (n_rated,) what the taste was learned from, stars.

        Returns:
            Mean (stars above what everybody expects) and variance of the rating (stars²), each
            (n_rated,). Source: Rasmussen and Williams, 2006, section 5.4.2.
        """
        half, _ = linalg.lapack.dtrtri(self.factor, lower=1)
        own = np.einsum("ij,ij->j", half, half)
        return residual - self.pull / own, 1 / own

    def known(self, across: np.ndarray) -> np.ndarray:
        """Whitened covariance with the rated movies, float32 (n_rated, n_rows).

        What two movies have in common here is what the ratings already say about both.

        Args:
            across: (n_rated, n_rows) covariance, float32.
        """
        if not across.size:
            return across
        # With many more rows than ratings a product with the inverse beats the triangular solve;
        # from the right, because then nothing needs to be copied into Fortran's order.
        inverse, _ = linalg.lapack.dtrtri(self.factor, lower=1)
        inverse = inverse.astype(np.float32)
        return np.asarray(linalg.blas.strmm(1.0, inverse, across.T, side=1, lower=1, trans_a=1)).T

    def predict(self, across: np.ndarray, prior: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return mean (stars) and variance (stars²) of the taste, each (n_rows,).

        Args:
            across: (n_rated, n_rows) covariance with the rated movies, float32.
            prior: (n_rows,) variance before any rating.
        """
        if not len(self.rated):
            return np.zeros(len(prior)), prior
        known = self.known(across)
        explained = np.einsum("ij,ij->j", known, known)
        return self.pull.astype(np.float32) @ across, np.maximum(prior - explained, 0.0)


class Columns:
    """The covariance of movies with all movies, computed once and kept: it is the same for all.

    Args:
        space: where the movies are.
        keep: how many movies' columns to keep; each takes 4 bytes a movie.
    """

    def __init__(self, space: Space, keep: int = 2000) -> None:
        self._space = space
        self._keep = keep
        self._of: dict[int, np.ndarray] = {}

    @cached_property
    def _variance(self) -> np.ndarray:
        return self._space.variance(np.arange(len(self._space.crowd)))

    def variance(self, rows: np.ndarray) -> np.ndarray:
        """Return the variance of a taste before any rating, (n_rows,), stars²."""
        return self._variance[rows]

    def covariance(self, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
        """Return the covariance of `rows` and `others`, float32 (n_rows, n_others), stars²."""
        everything = len(self._space.crowd)
        if 10 * len(others) >= everything:
            self._keep_columns(rows)
        kept = self._of
        if not len(rows) or any(row not in kept for row in rows.tolist()):
            return self._space.covariance(rows, others)
        columns = [kept[row] for row in rows.tolist()]
        if np.array_equal(others, np.arange(everything)):
            return np.stack(columns)
        return np.stack([column[others] for column in columns])

    def _keep_columns(self, rated: np.ndarray) -> None:
        kept = self._of
        missing = np.array([row for row in rated.tolist() if row not in kept], dtype=np.int64)
        if len(missing):
            fresh = self._space.covariance(missing, np.arange(len(self._space.crowd)))
            # A new dict: another thread may be reading the old one.
            kept = {**kept, **dict(zip(missing.tolist(), fresh, strict=True))}
            newest = list(kept)[-max(self._keep, len(rated)) :]
            self._of = {row: kept[row] for row in newest}
