"""Ranking metrics: right on paper, right by invariants, and the same as LightFM's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lightfm import evaluation as lightfm_evaluation
from scipy import sparse

from recommender import Dataset
from recommender.errors import DataError
from recommender.evaluation.rankers import Axes, fit_warp, plain_hybrid, popularity, ranker_of
from recommender.evaluation.ranking import means, ranking_metrics
from recommender.evaluation.split import random_split

SCORES = np.array([[5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0, 5.0]])


def matrix(rows: list[list[int]]) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=np.float32))


def test_figures_that_can_be_checked_by_hand() -> None:
    held_out = matrix([[0, 1, 0, 0, 1], [0, 0, 0, 1, 0]])
    found = ranking_metrics(SCORES, held_out, k=2)
    # User 0: places 2 and 5 of 5; of 2 x 3 pairs with an unwatched movie 2 are in order.
    assert found.loc[0].tolist() == pytest.approx([2 / 6, 1 / 2, 1 / 2, 1 / 2])
    assert found.loc[1].tolist() == pytest.approx([3 / 4, 1 / 2, 1, 1 / 2])
    assert list(found.columns) == ["auc", "precision@2", "recall@2", "reciprocal_rank"]


def test_known_movies_are_left_out() -> None:
    held_out, known = matrix([[0, 1, 0, 0, 0]] * 2), matrix([[1, 0, 0, 0, 0], [0, 0, 1, 1, 1]])
    found = ranking_metrics(SCORES, held_out, known, k=1)
    assert found["auc"].tolist() == [1, 1]
    assert found["precision@1"].tolist() == [1, 1]


def test_a_tie_counts_against_the_movie() -> None:
    found = ranking_metrics(np.zeros((1, 4)), matrix([[1, 0, 0, 0]]), k=3)
    assert found.loc[0].tolist() == [0, 0, 0, 1 / 4]


def test_users_with_nothing_held_out_are_not_judged() -> None:
    found = ranking_metrics(SCORES, matrix([[0, 0, 0, 0, 0], [0, 0, 0, 0, 1]]))
    assert found.index.tolist() == [1]


def test_with_nobody_to_judge_the_figures_are_nan_and_it_says_so() -> None:
    found = ranking_metrics(SCORES, matrix([[0] * 5] * 2))
    with pytest.warns(UserWarning, match="No user has anything held out"):
        figures = means(found)
    assert np.isnan(list(figures.values())).all()


def test_auc_of_who_watched_everything_is_not_a_number() -> None:
    found = ranking_metrics(SCORES[:1], matrix([[1, 1, 0, 0, 0]]), matrix([[0, 0, 1, 1, 1]]))
    assert np.isnan(found.loc[0, "auc"])
    assert found.loc[0, "recall@10"] == 1


@pytest.mark.parametrize(
    ("scores", "known", "k", "message"),
    [
        (SCORES[:, :4], None, 10, "shape"),
        (lambda rows: SCORES[rows][:, :4], None, 10, "shape"),
        (SCORES * np.nan, None, 10, "not a number"),
        (SCORES, matrix([[1, 0, 0, 0, 0]] * 2), 10, "both held out and known"),
        (SCORES, matrix([[1, 0]]), 10, "shape"),
        (SCORES, None, 0, "k must be"),
    ],
)
def test_bad_input_is_refused(scores, known, k, message) -> None:
    with pytest.raises(DataError, match=message):
        ranking_metrics(scores, matrix([[1, 0, 0, 0, 0]] * 2), known, k)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores without ties, and held-out and known movies that do not overlap."""
    n_users, n_movies = draw(st.integers(1, 5)), draw(st.integers(2, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scores = np.array([rng.permutation(n_movies) for _ in range(n_users)], dtype=float)
    part = rng.integers(0, 3, (n_users, n_movies))
    return scores, part == 1, part == 2


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(1, 12))
def test_metrics_lie_between_0_and_1_and_do_not_depend_on_the_order_of_movies(world, k) -> None:
    scores, held_out, known = world
    found = ranking_metrics(scores, sparse.csr_array(held_out), sparse.csr_array(known), k)
    assert found.fillna(0).stack().between(0, 1).all()
    turned = np.random.default_rng(k).permutation(scores.shape[1])
    again = ranking_metrics(
        scores[:, turned],
        sparse.csr_array(held_out[:, turned]),
        sparse.csr_array(known[:, turned]),
        k,
    )
    np.testing.assert_allclose(found, again, rtol=0, atol=1e-12)


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_a_perfect_order_scores_1(world) -> None:
    scores, held_out, known = world
    perfect = scores + 100 * held_out
    found = ranking_metrics(perfect, sparse.csr_array(held_out), sparse.csr_array(known), k=12)
    judged = found["auc"].dropna()
    assert (judged == 1).all()
    assert (found["recall@12"] == 1).all()
    assert (found["reciprocal_rank"] == 1).all()


def test_a_function_of_batches_gives_the_same_as_a_matrix(monkeypatch) -> None:
    monkeypatch.setattr("recommender.evaluation.ranking.BATCH", 3)
    rng = np.random.default_rng(0)
    scores, held_out = rng.normal(size=(10, 7)), sparse.csr_array(rng.random((10, 7)) < 0.3)
    by_function = ranking_metrics(lambda rows: scores[rows], held_out)
    assert by_function.equals(ranking_metrics(scores, held_out))


def test_equal_to_lightfm_to_one_in_a_million(checkerboard: Dataset) -> None:
    train, test = random_split(checkerboard, seed=1)
    axes = Axes(checkerboard.user_ids, checkerboard.movies.index.to_numpy())
    known, held_out = axes.stars(train.ratings).tocsr(), axes.stars(test).tocsr()
    features = sparse.eye_array(axes.shape[1], format="csr", dtype=np.float32)
    model = fit_warp(known.tocoo(), features, components=4, epochs=3, seed=5)
    for left_out in (None, known):
        ours = ranking_metrics(ranker_of(model, axes, features).scores, held_out, left_out, k=3)
        judges = (
            lightfm_evaluation.auc_score,
            lambda *a, **kw: lightfm_evaluation.precision_at_k(*a, k=3, **kw),
            lambda *a, **kw: lightfm_evaluation.recall_at_k(*a, k=3, **kw),
            lightfm_evaluation.reciprocal_rank,
        )
        for judge, column in zip(judges, ours.columns, strict=True):
            theirs = judge(model, held_out, train_interactions=left_out, item_features=features)
            np.testing.assert_allclose(ours[column], theirs, rtol=0, atol=1e-6)


def test_popularity_puts_the_most_rated_movie_first_for_everyone(checkerboard: Dataset) -> None:
    axes = Axes(checkerboard.user_ids, checkerboard.movies.index.to_numpy())
    scores = popularity(axes, checkerboard.ratings).scores(np.arange(3))
    assert scores.tolist() == [checkerboard.rating_counts.tolist()] * 3


def test_the_plain_hybrid_places_movies_nobody_rated_beside_their_like(
    checkerboard: Dataset,
) -> None:
    likes = checkerboard.ratings[checkerboard.ratings["rating"] == 5]
    model = plain_hybrid(Dataset(likes, checkerboard.movies), components=8, epochs=30, seed=0)
    trains, ships = (model.scores(np.arange(24))[:, i] for i in (20, 21))
    assert (trains[::2] > ships[::2]).all()
    assert (trains[1::2] < ships[1::2]).all()
