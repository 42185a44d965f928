"""Predictions of members for many movies: computed in blocks, and kept until somebody rates.

The mean of a taste is exact: the covariances with all rated movies times the weights of the
posterior. Its variance would cost n_rated² a movie, so it is computed from at most INDUCING of the
rated movies, through which all ratings are heard (fully independent training conditional; Snelson
and Ghahramani, "Sparse Gaussian processes using pseudo-inputs", 2006), and RANK directions stand
for features and neighbours. What these leave out makes a standard deviation about 1% too large for
accounts of 150 ratings, and 6% for accounts of 1,000.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TypeAlias, TypeVar

import numpy as np
import pandas as pd
from scipy import linalg, sparse
from threadpoolctl import ThreadpoolController

from recommender.kernel import ItemKernel, Posterior

INDUCING = 96  # rated movies through which a variance is computed, at most
RANK = 32  # directions that stand for features and neighbours in a variance
BLOCK = 2**21  # covariances of one block
KEPT = 128  # members whose predictions are kept, 12 bytes a movie each
FACTORS = 160 * 2**20  # bytes of Cholesky factors kept: of nine members with 1,500 ratings
FEW = 10**6  # covariances from which on threads pay

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

    posterior: Posterior  # without its factor, which is large
    rater: int  # as in MemberRatings
    inducing: np.ndarray  # (n_inducing,) rows
    # (n_inducing, n_inducing) float32: its product with a movie's covariances with the inducing
    # ones has as squared length what the ratings explain of that movie's variance
    projection: np.ndarray
    taste: np.ndarray  # (n_movies,) mean, stars
    variance: np.ndarray  # (n_movies,) float32, stars²


class Predictor:
    """Predicts tastes with one ItemKernel.

    Args:
        noise: variance of a rating around the taste, stars².
    """

    def __init__(self, items: ItemKernel, noise: float) -> None:
        self._items, self._noise = items, noise
        self._kept: OrderedDict[Key, MemberPrediction] = OrderedDict()
        # by member and rater, to begin with when a rating is added
        self._factors: OrderedDict[tuple[int, int], Posterior] = OrderedDict()
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
                chi_square[i] = one.posterior.chi_square
        return taste, variance, chi_square

    def _learn_all(self, members: dict[Key, MemberRatings]) -> dict[Key, MemberPrediction]:
        """Return the members' predictions, those of the last calls as they were kept."""
        new = [own for key, own in members.items() if key not in self._kept]
        for first in range(0, len(new), WORKERS):  # so that few factors exist at once
            some = new[first : first + WORKERS]
            size = sum(len(own.rated) ** 2 for own in some)
            for own, posterior in zip(some, _threaded(self._posterior, some, size), strict=True):
                self._kept[own.key] = self._begin(own, posterior)
                self._factors[own.member, own.rater] = posterior
                self._factors.move_to_end((own.member, own.rater))
            while sum(each.factor.nbytes for each in self._factors.values()) > FACTORS:
                self._factors.popitem(last=False)
        found = {key: self._kept.pop(key) for key in members}
        self._kept.update(found)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def _posterior(self, own: MemberRatings) -> Posterior:
        """Condition on a member's ratings, those of the last time first."""
        kernel, rated, residual = self._items.of_rater(own.rater), own.rated, own.residual
        last = self._factors.get((own.member, own.rater))
        if last is not None:
            at = pd.Index(last.rated).get_indexer(rated)
            order = np.argsort(np.where(at < 0, len(last.rated), at), kind="stable")
            rated, residual = rated[order], residual[order]
        return Posterior.fit(kernel, rated, residual, self._noise, last)

    def _begin(self, own: MemberRatings, posterior: Posterior) -> MemberPrediction:
        """Return a member's prediction for the movies that they rated."""
        rated = posterior.rated
        n_movies = len(self._items.item_bias)
        taste, variance = np.full(n_movies, np.nan), np.full(n_movies, np.nan, dtype=np.float32)
        # Spread evenly over the catalogue, whatever came last.
        chosen = np.linspace(0, len(rated) - 1, min(INDUCING, len(rated))).astype(int)
        chosen = np.argsort(rated)[chosen]
        projection, variance[rated] = self._project(posterior, own.rater, chosen)
        taste[rated] = posterior.residual - self._noise * posterior.weights
        kept = replace(posterior, factor=np.empty((0, 0)))
        return MemberPrediction(kept, own.rater, rated[chosen], projection, taste, variance)

    def _project(
        self, posterior: Posterior, rater: int, chosen: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return `MemberPrediction.projection`, and the variance of the rated movies, (n_rated,).

        Args:
            rater: as in MemberRatings.
            chosen: (n_inducing,) positions of the inducing movies in `posterior.rated`.
        """
        rated = posterior.rated
        identity = np.eye(len(chosen))
        across = self._items.embedding_covariance(rated[chosen], rated)
        across += self._without(rater, rated[chosen]) @ self._products[0][rated].T
        lower = np.linalg.cholesky(across[:, chosen] + JITTER * identity)
        white = linalg.solve_triangular(lower, across.astype(np.float64), lower=True)
        prior = posterior.kernel.variance(rated)
        shared = np.minimum((white**2).sum(axis=0), prior)
        rest = prior - shared  # what the inducing movies do not share with a rated one
        spread = rest + self._noise
        explains = identity - np.linalg.inv(identity + (white / spread) @ white.T)
        half = np.linalg.cholesky(explains + TINY * identity).T
        projection = linalg.solve_triangular(lower, half.T, lower=True, trans=1).T
        left = np.maximum(shared - ((half @ white) ** 2).sum(axis=0), 0.0)
        share = self._noise / spread
        return projection.astype(np.float32), share**2 * left + share * rest

    @cached_property
    def _variance(self) -> np.ndarray:
        return self._items.variance(np.arange(len(self._items.item_bias)))

    @cached_property
    def _products(self) -> tuple[np.ndarray, np.ndarray]:
        """Factors of those parts of the covariance that are products of two rows, float32.

        Returns:
            (n_movies, 2 + RANK): user bias, item slope, and features and residuals projected on
            directions in which they reach far (Halko, Martinsson and Tropp, "Finding structure with
            randomness", 2011); and the directions' entries for each user, (n_users, RANK).
        """
        items, v = self._items, self._items.variances
        parts = [np.sqrt(v.features) * items.features, np.sqrt(v.neighbours) * items.residuals]
        both = sparse.hstack(parts, format="csr")
        start = np.random.default_rng(0).standard_normal((both.shape[1], RANK))
        directions = np.linalg.qr(both.T @ (both @ start))[0]
        user_bias = np.full(both.shape[0], np.sqrt(v.user_bias))
        slope = np.sqrt(v.item_slope) * items.item_bias
        columns = np.column_stack([user_bias, slope, both @ directions]).astype(np.float32)
        return columns, directions[items.features.shape[1] :].astype(np.float32)

    def _without(self, rater: int, rows: np.ndarray) -> np.ndarray:
        """Return rows of the factors, as they multiply others' without a rater's own residuals."""
        factors, of_user = self._products
        found = factors[rows]
        if rater >= 0:
            found[:, 2:] -= np.outer(found[:, 2:] @ of_user[rater], of_user[rater])
        return found

    def _compute(self, members: Sequence[MemberPrediction], rows: np.ndarray) -> None:
        """Fill in the predictions for `rows`; rated movies are shared by all members' sums."""
        known = [one.posterior for one in members]
        rated = np.unique(np.concatenate([each.rated for each in known]))
        weights = np.zeros((len(members), len(rated)))
        for i, each in enumerate(known):
            weights[i, np.searchsorted(rated, each.rated)] = each.weights
        inducing = [np.searchsorted(rated, one.inducing) for one in members]
        factors = [self._without(one.rater, one.inducing) for one in members]
        size = max(BLOCK // max(len(rated), 1), 64)

        def predicted(some: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            near = self._items.embedding_covariance(rated, some)
            others, explained = self._products[0][some].T, np.empty((len(members), len(some)))
            for i, one in enumerate(members):
                across = near[inducing[i]] + factors[i] @ others
                seen = one.projection @ across
                explained[i] = np.einsum("ij,ij->j", seen, seen)
            return weights @ near.astype(np.float64), explained

        blocks = [rows[first : first + size] for first in range(0, len(rows), size)]
        parts = _threaded(predicted, blocks, len(rated) * len(rows))
        taste, explained = (np.hstack(each) for each in zip(*parts, strict=True))
        taste += self._items.linear_products(rows, rated, weights.T).T
        for i, one in enumerate(members):
            variance, own = self._variance[rows], one.posterior.kernel.own
            if own is not None:
                taste[i] -= own[rows] * (own[one.posterior.rated] @ one.posterior.weights)
                variance = variance - own[rows].astype(np.float64) ** 2
            new = np.isnan(one.taste[rows])
            one.taste[rows[new]] = taste[i, new]
            one.variance[rows[new]] = np.maximum(variance - explained[i], 0.0)[new]
