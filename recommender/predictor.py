"""Predictions of members for many movies: computed in blocks, and kept until somebody rates.

The mean of a taste is exact: the covariances with all rated movies times the weights of the
ratings, which conjugate gradients find in some twenty products with the ratings' covariance
(Hestenes and Stiefel, 1952), beginning with the member's last ones; no n_rated³ is needed, nor more
than the embeddings' part of it in memory. The variance would cost n_rated² a movie, so it is
computed from at most INDUCING of the rated movies, through which all ratings are heard (fully
independent training conditional; Snelson and Ghahramani, "Sparse Gaussian processes using
pseudo-inputs", 2006), and RANK directions stand for features and neighbours. What these leave out
makes a standard deviation about 1% too large for accounts of 150 ratings, and 6% for accounts of
1,000. The same approximation preconditions the gradients.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TypeAlias, TypeVar

import numpy as np
import pandas as pd
from scipy import linalg
from scipy.linalg.blas import ssymv as symmetric_product
from scipy.sparse.linalg import LinearOperator, cg
from threadpoolctl import ThreadpoolController

from recommender.kernel import ItemKernel

INDUCING = 96  # rated movies through which a variance is computed, at most
RANK = 32  # directions that stand for features and neighbours in a variance
BLOCK = 2**20  # covariances of one block
KEPT = 128  # members whose predictions are kept, 12 bytes a movie each
COVARIANCES = 80 * 2**20  # bytes kept of covariances: of nine members with 1,500 ratings
TOLERANCE, MOST = 1e-7, 300  # of the gradients: relative error, and steps; some twenty are usual
FEW = 250_000  # covariances from which on threads pay

WORKERS = min(4, os.cpu_count() or 1)
# stars² and without a unit: added to diagonals, for movies that are the same to the model
JITTER, TINY = 1e-5, 1e-9

Item = TypeVar("Item")
Result = TypeVar("Result")
Key: TypeAlias = tuple[int, int, bytes, bytes]


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def _threaded(run: Callable[[Item], Result], items: Sequence[Item], size: int) -> list[Result]:
    """Map `run` over `items`, in threads when together they need `size` covariances or more.

    BLAS and NumPy release Python's lock.
    """
    if WORKERS < 2 or len(items) < 2 or size < FEW:
        return [run(item) for item in items]
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, items))


@dataclass(frozen=True)
class MemberRatings:
    """One member's ratings."""

    member: int
    rater: int  # the member's column of the neighbours' residuals; -1 for none
    rated: np.ndarray  # (n_rated,) rows of the movies
    residual: np.ndarray  # (n_rated,) stars above the item bias

    @property
    def key(self) -> Key:
        """Equal for the same ratings of the same member."""
        return self.member, self.rater, self.rated.tobytes(), self.residual.tobytes()


@dataclass(frozen=True, eq=False)
class MemberPrediction:
    """What is known of one member's taste; movies that nobody asked for are NaN."""

    rated: np.ndarray  # (n_rated,) rows
    # (n_rated,) the expected taste for a movie is its covariance with the rated ones times these
    weights: np.ndarray
    chi_square: float  # as in Posterior
    own: slice  # columns of `ItemKernel.linear` with the member's own residuals, one or none
    inducing: np.ndarray  # (n_inducing,) rows
    # (n_inducing, n_inducing) float32: its product with a movie's covariances with the inducing
    # ones has as squared length what the ratings explain of that movie's variance
    projection: np.ndarray
    taste: np.ndarray  # (n_movies,) mean, stars
    variance: np.ndarray  # (n_movies,) float32, stars²


class RatedCovariances:
    """The embeddings' part of the covariance of the movies that a member rated, kept."""

    def __init__(self, items: ItemKernel) -> None:
        self._items = items
        self._kept: OrderedDict[int, tuple[np.ndarray, np.ndarray]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, member: int, rated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the movies, those of the last time first, and the covariance of all, float32."""
        with self._lock:
            order, found = self._kept.pop(member, (rated[:0], np.empty((0, 0), dtype=np.float32)))
        still = np.isin(order, rated)
        if not still.all():
            order, found = order[still], found[np.ix_(still, still)]
        new, n = np.setdiff1d(rated, order), len(order)
        if len(new):
            order, known = np.concatenate([order, new]), found
            found = np.empty((len(order), len(order)), dtype=np.float32)
            found[:n, :n] = known
            found[n:] = self._items.embedding_covariance(new, order)
            found[:n, n:] = found[n:, :n].T
        with self._lock:
            self._kept[member] = order, found
            while sum(each.nbytes for _, each in self._kept.values()) > COVARIANCES:
                self._kept.popitem(last=False)
        return order, found


class Predictor:
    """Predicts tastes with one ItemKernel.

    Args:
        noise: variance of a rating around the taste, stars².
        covariances: of the same embeddings; may be shared by kernels.
    """

    def __init__(self, items: ItemKernel, noise: float, covariances: RatedCovariances) -> None:
        self._items, self._noise, self._covariances = items, noise, covariances
        self._kept: OrderedDict[Key, MemberPrediction] = OrderedDict()
        self._lock = threading.Lock()

    def predict(
        self, members: Sequence[MemberRatings], rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Predict tastes for movies.

        Returns:
            Mean (stars) and variance (stars²) of the taste, each (n_members, n_rows), and the chi
            square of each posterior, (n_members,).
        """
        taste, variance = np.empty((2, len(members), len(rows)))
        chi_square = np.empty(len(members))
        # Threads of BLAS' own would fight with ours for the cores.
        with self._lock, _blas().limit(limits=1, user_api="blas"):
            found = self._learn_all({own.key: own for own in members})
            late = [one for one in found.values() if np.isnan(one.taste[rows]).any()]
            if late:
                self._compute(late, np.unique(rows))
            for i, own in enumerate(members):
                one = found[own.key]
                taste[i], variance[i] = one.taste[rows], one.variance[rows]
                chi_square[i] = one.chi_square
        return taste, variance, chi_square

    def _learn_all(self, members: dict[Key, MemberRatings]) -> dict[Key, MemberPrediction]:
        """Return the members' predictions, those of the last calls as they were kept."""
        new = [own for key, own in members.items() if key not in self._kept]
        size = sum(len(own.rated) ** 2 for own in new)
        _ = self._reduced  # so that no two threads compute it
        for own, learned in zip(new, _threaded(self._learn, new, size), strict=True):
            self._kept[own.key] = learned
        found = {key: self._kept.pop(key) for key in members}
        self._kept.update(found)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def weights(self, member: MemberRatings, seeds: Sequence[ItemKernel]) -> list[np.ndarray]:
        """Return the weights of a member's ratings, then those by the kernel of each seed alone."""
        with self._lock, _blas().limit(limits=1, user_api="blas"):
            whole = self._learn_all({member.key: member})[member.key]
            rated = member.rated
            near = (kernel.embedding_covariance(rated, rated) for kernel in seeds)
            alone = [self._condition(member, rated, each).weights for each in near]
        return [whole.weights[pd.Index(whole.rated).get_indexer(rated)], *alone]

    def _learn(self, member: MemberRatings) -> MemberPrediction:
        """Return a member's prediction for the movies that they rated."""
        return self._condition(member, *self._covariances.of(member.member, member.rated))

    def _condition(
        self, member: MemberRatings, rated: np.ndarray, near: np.ndarray
    ) -> MemberPrediction:
        """Return the same from the embeddings' covariance of the rated movies."""
        residual, n = member.residual[pd.Index(member.rated).get_indexer(rated)], len(rated)
        linear = self._items.linear[rated]
        transposed = linear.T
        own = slice(0, 0)
        if member.rater >= 0 and self._items.variances.neighbours:
            column = linear.shape[1] - self._items.residuals.shape[1] + member.rater
            own = slice(column, column + 1)

        # Spread evenly over the catalogue, whatever came last.
        chosen = np.argsort(rated)[np.linspace(0, n - 1, min(INDUCING, n)).astype(int)]
        identity = np.eye(len(chosen))
        across = near[chosen] + self._without(own, rated[chosen]) @ self._reduced[0][rated].T
        lower = np.linalg.cholesky(across[:, chosen] + JITTER * identity)
        white = linalg.solve_triangular(lower, across.astype(np.float64), lower=True)
        prior = self._prior(own, rated)
        shared = np.minimum((white**2).sum(axis=0), prior)
        rest = prior - shared  # what the inducing movies do not share with a rated one
        spread = rest + self._noise
        scaled = white / spread
        inverse = np.linalg.inv(identity + scaled @ white.T)

        def covary(weights: np.ndarray) -> np.ndarray:
            by_column = transposed @ weights
            by_column[own] = 0
            product = symmetric_product(1.0, near.T, weights.astype(np.float32))  # reads one half
            return np.asarray(product + linear @ by_column + self._noise * weights)

        def precondition(weights: np.ndarray) -> np.ndarray:
            return np.asarray(weights / spread - (inverse @ (scaled @ weights)) @ scaled)

        system, approximation = (
            LinearOperator((n, n), matvec=product, dtype=np.float64)
            for product in (covary, precondition)
        )
        start = np.zeros(n)
        for last in [one for key, one in self._kept.items() if key[0] == member.member][-1:]:
            start = np.append(last.weights, 0.0)[pd.Index(last.rated).get_indexer(rated)]
        weights, _ = cg(system, residual, start, rtol=TOLERANCE, maxiter=MOST, M=approximation)

        half = np.linalg.cholesky(identity - inverse + TINY * identity).T
        projection = linalg.solve_triangular(lower, half.T, lower=True, trans=1).T
        left = np.maximum(shared - ((half @ white) ** 2).sum(axis=0), 0.0)
        share = self._noise / spread
        n_movies = len(self._items.item_bias)
        taste, variance = np.full(n_movies, np.nan), np.full(n_movies, np.nan, dtype=np.float32)
        taste[rated] = residual - self._noise * weights
        variance[rated] = share**2 * left + share * rest
        return MemberPrediction(
            rated,
            weights,
            float(residual @ weights),
            own,
            rated[chosen],
            projection.astype(np.float32),
            taste,
            variance,
        )

    @cached_property
    def _variance(self) -> np.ndarray:
        return self._items.variance(np.arange(len(self._items.item_bias)))

    def _prior(self, own: slice, rows: np.ndarray) -> np.ndarray:
        """Return the variance of a member's taste before any rating, (n_rows,), stars²."""
        prior = self._variance[rows]
        if own.start == own.stop:
            return prior
        return np.asarray(prior - self._items.linear[rows, own].toarray()[:, 0] ** 2)

    @cached_property
    def _reduced(self) -> tuple[np.ndarray, np.ndarray]:
        """The columns of `ItemKernel.linear` projected on a few directions, float32.

        Returns:
            (n_movies, 2 + RANK): user bias and item slope as they are, features and residuals in
            directions in which they reach far (Halko, Martinsson and Tropp, "Finding structure with
            randomness", 2011); and the directions, (n_columns, 2 + RANK).
        """
        linear = self._items.linear.astype(np.float32)
        rest = linear[:, 2:]
        start = np.random.default_rng(0).standard_normal((rest.shape[1], RANK), dtype=np.float32)
        directions = np.linalg.qr(rest.T @ (rest @ start))[0]
        directions = linalg.block_diag(np.eye(2), directions).astype(np.float32)
        return linear @ directions, directions

    def _without(self, own: slice, rows: np.ndarray) -> np.ndarray:
        """Return rows of the reduced columns, as they multiply others' without a rater's own."""
        columns, directions = self._reduced
        return np.asarray(columns[rows] - columns[rows] @ directions[own].T @ directions[own])

    def _compute(self, members: Sequence[MemberPrediction], rows: np.ndarray) -> None:
        """Fill in the predictions for `rows`; rated movies are shared by all members' sums."""
        items = self._items
        rated = np.unique(np.concatenate([one.rated for one in members]))
        weights = np.zeros((len(members), len(rated)), dtype=np.float32)
        for i, one in enumerate(members):
            weights[i, np.searchsorted(rated, one.rated)] = one.weights
        by_column = items.linear[rated].T @ weights.T
        for i, one in enumerate(members):
            by_column[one.own, i] = 0
        inducing = [np.searchsorted(rated, one.inducing) for one in members]
        both = [
            np.hstack([one.projection, one.projection @ self._without(one.own, one.inducing)])
            for one in members
        ]
        size = max(BLOCK // max(len(rated), 1), 64)
        embeddings = items.embeddings[rated]

        def predicted(some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            near = items.exponential(embeddings, items.embeddings[some])
            others = self._reduced[0][some].T
            explained = np.empty((len(members), len(some)))
            for i in range(len(members)):
                seen = both[i] @ np.vstack([near[inducing[i]], others])
                explained[i] = np.einsum("ij,ij->j", seen, seen)
            return weights @ near, explained

        blocks = [rows[first : first + size] for first in range(0, len(rows), size)]
        parts = _threaded(predicted, blocks, len(rated) * len(rows))
        taste, explained = (np.hstack(each) for each in zip(*parts, strict=True))
        taste = taste + (items.linear[rows] @ by_column).T
        for i, one in enumerate(members):
            new = np.isnan(one.taste[rows])
            left = np.maximum(self._prior(one.own, rows) - explained[i], 0.0)
            one.taste[rows[new]], one.variance[rows[new]] = taste[i, new], left[new]
