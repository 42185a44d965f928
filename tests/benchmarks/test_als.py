from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from benchmarks.als import _solve, fit_als
from recommender import DataError
from recommender.evaluation.rankers import Axes

N = 12
AXES = Axes(np.arange(N), np.arange(N))


def checkerboard(confidence: float = 10.0) -> np.ndarray:
    """Even users watched even movies, odd users odd ones; the diagonal is held out."""
    i, j = np.indices((N, N))
    return np.where(((i + j) % 2 == 0) & (i != j), confidence, 0.0)


def test_it_finds_what_was_held_out() -> None:
    model = fit_als(AXES, sparse.csr_array(checkerboard()), components=2, rounds=8, seed=1)
    scores = model.scores(np.arange(N))
    for user in range(N):
        others = scores[user, np.arange(N) % 2 != user % 2]
        assert scores[user, user] > others.max() + 0.5


def test_each_side_is_solved_exactly() -> None:
    confidence, others = checkerboard()[:3], np.random.default_rng(0).normal(size=(N, 4))
    found = _solve(sparse.csr_array(confidence), others, penalty=0.3)
    for row, factors in zip(confidence, found, strict=True):
        weight, wanted = np.where(row > 0, row, 1.0), (row > 0).astype(float)
        gram = others.T @ (weight[:, None] * others) + 0.3 * np.eye(4)
        np.testing.assert_allclose(factors, np.linalg.solve(gram, others.T @ (weight * wanted)))


def test_who_watched_nothing_has_no_taste() -> None:
    confidence = checkerboard()
    confidence[3] = 0
    model = fit_als(AXES, sparse.csr_array(confidence), components=2, rounds=2)
    assert not model.users[3].any()


def test_the_seed_decides() -> None:
    first, same = (fit_als(AXES, sparse.csr_array(checkerboard()), rounds=1, seed=2) for _ in "ab")
    assert np.array_equal(first.movies, same.movies)


@pytest.mark.parametrize("confidence", [np.zeros((N, N)), np.full((N, N), 0.5)])
def test_confidences_below_1_are_refused(confidence: np.ndarray) -> None:
    with pytest.raises(DataError, match="confidences of 1 or more"):
        fit_als(AXES, sparse.csr_array(confidence))
