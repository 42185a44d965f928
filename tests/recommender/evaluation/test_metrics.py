"""Metrics: worked out by hand, by invariants, and against LightFM's own."""

import numpy as np
import pandas as pd
import pytest
from lightfm import evaluation as lightfm_evaluation
from scipy import sparse

from recommender import Dataset
from recommender.embeddings import fit_lightfm
from recommender.evaluation.baselines import Axes, Ranker
from recommender.evaluation.metrics import (
    coverage,
    means,
    ranking_metrics,
    reliability_bins,
)
from recommender.evaluation.splits import random_split

SCORES = np.array([[5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0, 5.0]])


def rank(
    scores: np.ndarray,
    held_out: sparse.csr_array,
    known: sparse.csr_array | None = None,
    k: int = 10,
) -> pd.DataFrame:
    return ranking_metrics(lambda rows: scores[rows], held_out, known, k)


def matrix(rows: list[list[int]]) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=np.float32))


def test_ranking_metrics_of_known_and_tied_movies() -> None:
    held_out, known = matrix([[0, 1, 0, 0, 0]] * 2), matrix([[1, 0, 0, 0, 0], [0, 0, 1, 1, 1]])
    found = rank(SCORES, held_out, known, k=1)
    assert found["auc"].tolist() == found["precision@1"].tolist() == [1, 1]
    tied = rank(np.zeros((1, 4)), matrix([[1, 0, 0, 0]]), k=3)
    assert tied.loc[0].tolist() == [0, 0, 0, 1 / 4]
    everything = rank(SCORES[:1], matrix([[1, 1, 0, 0, 0]]), matrix([[0, 0, 1, 1, 1]]))
    assert np.isnan(everything.loc[0, "auc"])
    assert everything.loc[0, "recall@10"] == 1


def test_users_with_nothing_held_out_do_not_count() -> None:
    found = rank(SCORES, matrix([[0, 0, 0, 0, 0], [0, 0, 0, 0, 1]]))
    assert found.index.tolist() == [1]
    with pytest.warns(UserWarning, match="No user has anything held out"):
        figures = means(rank(SCORES, matrix([[0] * 5] * 2)))
    assert np.isnan(list(figures.values())).all()


def test_ranking_metrics_equal_lightfm(checkerboard: Dataset) -> None:
    train, test = random_split(checkerboard, seed=1)
    axes = Axes(checkerboard.user_ids, checkerboard.movies.index.to_numpy())
    known, held_out = axes.stars(train.ratings).tocsr(), axes.stars(test).tocsr()
    features = sparse.eye_array(axes.shape[1], format="csr", dtype=np.float32)
    model = fit_lightfm(known.tocoo(), features, components=4, epochs=3, seed=5)
    for left_out in (None, known):
        ours = ranking_metrics(
            Ranker.of_lightfm(model, axes, features).scores, held_out, left_out, k=3
        )
        judges = (
            lightfm_evaluation.auc_score,
            lambda *a, **kw: lightfm_evaluation.precision_at_k(*a, k=3, **kw),
            lambda *a, **kw: lightfm_evaluation.recall_at_k(*a, k=3, **kw),
            lightfm_evaluation.reciprocal_rank,
        )
        for judge, column in zip(judges, ours.columns, strict=True):
            theirs = judge(model, held_out, train_interactions=left_out, item_features=features)
            np.testing.assert_allclose(ours[column], theirs, rtol=0, atol=1e-6)


def test_coverage_includes_the_ends_and_has_wilsons_interval() -> None:
    low, high = [3.5, 2.1, 4.0, 3.0, 1.1, 3.0, 1.0], [4.5, 3.0, 5.0, 4.0, 2.0, 5.0, 3.0]
    actual = [4.0, 2.0, 5.0, 3.0, 1.0, 4.0, 2.0]
    frame = pd.DataFrame({"actual": actual, "low": low, "high": high})
    share = coverage(frame)
    assert (share.n, share.value) == (7, pytest.approx(5 / 7))
    assert (share.low, share.high) == pytest.approx((0.3589, 0.9178), abs=1e-4)
    nothing = coverage(frame.iloc[:0])
    assert nothing.n == 0
    assert np.isnan([nothing.value, nothing.low, nothing.high]).all()


def test_reliability_bins_are_tenths() -> None:
    frame = pd.DataFrame({"like": [0.25] * 10 + [1.0] * 10, "liked": [True, *[False] * 9] * 2})
    bins = reliability_bins(frame)
    assert bins[["promised", "share", "n"]].to_numpy().tolist() == [[0.25, 0.1, 10], [1.0, 0.1, 10]]
    assert bins["low"].tolist() == pytest.approx([0.0179] * 2, abs=1e-4)
    assert bins["high"].tolist() == pytest.approx([0.4042] * 2, abs=1e-4)
