"""Metrics by their standard names: ranking, calibration, order and regret.

Ranking ranks every movie outside `known` for every user by score, with ties against the movie in
question: its rank is the number of other movies that score as high or higher. With the ranks r
(from 0) of the n held-out movies among m movies that are not known:

    precision@k      share of the first k places that held-out movies take
    recall@k         share of the held-out movies in the first k places
    reciprocal_rank  1 / (1 + the smallest r)
    auc              mean over them of 1 - max(r - its place among the n, 0) / (m - n)

A metric without data is NaN.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.errors import DataError

Z95 = 1.959964
BINS = 10
BATCH = 256  # users scored at a time: 256 x 9,066 movies in float32 are 9 MB


def ranking_metrics(
    scores: Callable[[np.ndarray], np.ndarray],
    held_out: sparse.sparray | sparse.spmatrix,
    known: sparse.sparray | sparse.spmatrix | None = None,
    k: int = 10,
) -> pd.DataFrame:
    """Return the ranking metrics of every user with held-out movies.

    Args:
        scores: from rows of users (n,) to (n, n_movies), so that a large matrix never exists
            whole. Only their order within a user counts.
        held_out: (n_users, n_movies) sparse, not zero where a user watched a movie.
        known: the same for the training data; these movies are left out of the ranking.
        k: length of the list for precision and recall.

    Returns:
        Index: row of the user. Columns auc, precision@k, recall@k, reciprocal_rank, each 0..1; auc
        is NaN for a user who watched every movie.

    Raises:
        DataError: a score is not a number, or a movie is both held out and known.
    """
    test = _pattern(held_out)
    train = _pattern(known) if known is not None else sparse.csr_array(test.shape, dtype=bool)
    if test.multiply(train).nnz:
        raise DataError("A movie is both held out and known; check how the data was split.")
    users = np.flatnonzero(np.diff(test.indptr))
    rows: list[tuple[float, float, float, float]] = []
    for start in range(0, len(users), BATCH):
        batch = users[start : start + BATCH]
        block = scores(batch)
        if np.isnan(block).any():
            raise DataError("A score is not a number.")
        rows += _batch(block, batch, test, train, k)
    columns = ["auc", f"precision@{k}", f"recall@{k}", "reciprocal_rank"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(users, name="row"), dtype="float64")


def means(metrics: pd.DataFrame) -> dict[str, float]:
    """Return the mean of each metric over the users; NaN, with a warning, when there are none."""
    if metrics.empty:
        warnings.warn("No user has anything held out: the metrics are NaN.", stacklevel=2)
    return {str(name): float(column.mean()) for name, column in metrics.items()}


def _pattern(matrix: sparse.sparray | sparse.spmatrix) -> sparse.csr_array:
    csr = sparse.csr_array(matrix).astype(bool)
    csr.eliminate_zeros()
    return csr


def _batch(
    scores: np.ndarray, users: np.ndarray, test: sparse.csr_array, train: sparse.csr_array, k: int
) -> list[tuple[float, float, float, float]]:
    n_movies = scores.shape[1]
    rows = []
    for user, row in zip(users, scores, strict=True):
        held_out = test.indices[test.indptr[user] : test.indptr[user + 1]]
        known = train.indices[train.indptr[user] : train.indptr[user + 1]]
        others = np.sort(np.delete(row, known))
        rank = len(others) - np.searchsorted(others, row[held_out], side="left") - 1
        rank.sort()
        hits, negatives = int((rank < k).sum()), n_movies - len(held_out) - len(known)
        above = np.maximum(rank - np.arange(len(rank)), 0)
        auc = 1 - above.mean() / negatives if negatives else np.nan
        rows.append((auc, hits / k, hits / len(rank), 1 / (1 + rank[0])))
    return rows


@dataclass(frozen=True)
class Share:
    """A share (0..1) of `n` cases with its 95% interval; all NaN without a case."""

    value: float
    low: float
    high: float
    n: int


def wilson(share: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95% interval of a share (0..1) of `n` cases (Wilson, 1927).

    `n` need not be whole, unlike scipy's: it may be an effective sample size.
    """
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    reach = Z95 / (1 + Z95**2 / n) * np.sqrt(share * (1 - share) / n + (Z95 / (2 * n)) ** 2)
    return centre - reach, centre + reach


def coverage(frame: pd.DataFrame) -> Share:
    """Return the share of ratings (actual, low, high; stars) inside their interval."""
    if frame.empty:
        return Share(np.nan, np.nan, np.nan, 0)
    inside, n = float(frame["actual"].between(frame["low"], frame["high"]).mean()), len(frame)
    low, high = wilson(np.array(inside), np.array(n))
    return Share(inside, float(low), float(high), n)


def reliability_bins(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare predicted probabilities of a like with observed shares, in bins of a tenth.

    Args:
        frame: like (predicted probability, 0..1), liked (bool); one row a rating.

    Returns:
        promised (mean probability), share (liked), low, high (95% of the share), n; only bins with
        a rating, ascending.
    """
    tenth = np.clip((frame["like"].to_numpy() * BINS).astype(int), 0, BINS - 1)
    groups = frame.assign(liked=frame["liked"].astype(float)).groupby(tenth)
    bins = groups.agg(promised=("like", "mean"), share=("liked", "mean"), n=("liked", "size"))
    low, high = wilson(bins["share"].to_numpy(), bins["n"].to_numpy())
    return bins.assign(low=low, high=high).reset_index(drop=True)


def pairwise_accuracy(truth: np.ndarray, score: np.ndarray) -> float:
    """Return the share of pairs with different truth that `score` orders alike, ties half.

    >>> pairwise_accuracy(np.array([5.0, 3.0]), np.array([2.0, 2.0]))
    0.5
    """
    more = truth[:, None] > truth[None, :]
    if not more.any():
        return np.nan
    order = np.sign(score[:, None] - score[None, :])[more]
    return float((order.mean() + 1) / 2)


def regret(truth: np.ndarray, score: np.ndarray, k: int) -> float:
    """Return the mean truth lost by taking the `k` with the highest score instead of the k best."""
    if not len(truth):
        return np.nan
    chosen = np.argsort(-score, kind="stable")[:k]
    return float(np.sort(truth)[::-1][:k].mean() - truth[chosen].mean())
