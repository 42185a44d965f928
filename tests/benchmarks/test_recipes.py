"""The published recipes run as their authors ran them, and as stars on the leaderboard."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.readings import added_to_bias, stretched
from benchmarks.recipes import evaluate_recipe
from recommender import DataError, Dataset
from recommender.evaluation.rankers import Axes, Ranker


@pytest.fixture
def world() -> Dataset:
    movies = pd.DataFrame(
        {
            "title": list("abc"),
            "keywords": [("paris",), ("heist", "paris"), ("time loop",)],
            "genres": [("Drama",), ("Crime",), ("Drama", "Crime")],
            "year": [1999, 2001, None],
        },
        index=pd.Index([2, 10, 3], name="movie_id"),
    )
    rows = [(1, 10, 5.0), (1, 3, 1.0), (2, 2, 4.0), (2, 10, 0.5)]
    return Dataset(pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]), movies)


@pytest.fixture
def judge_everyone(monkeypatch) -> None:
    """Nobody in so small a world has more than five likes held out."""
    monkeypatch.setattr("benchmarks.recipes.MIN_INTERACTIONS", 0)


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize(
    ("name", "models", "k"),
    [
        ("keyword", ["keyword recipe", "popularity"], 5),
        ("confidence", ["confidence recipe", "popularity", "matrix factorisation"], 10),
    ],
)
@pytest.mark.usefixtures("judge_everyone")
def test_both_recipes_run_and_are_judged(checkerboard, name, models, k, as_published) -> None:
    found = evaluate_recipe(name, checkerboard, as_published=as_published, seed=3)
    assert list(found["model"].unique()) == models
    metrics = {"auc", f"precision@{k}", f"recall@{k}", "reciprocal_rank"}
    for _, part in found.groupby(["model", "split"]):
        assert set(part["metric"]) == metrics
    assert found["value"].between(0, 1).all()
    assert found.equals(evaluate_recipe(name, checkerboard, as_published=as_published, seed=3))


def test_there_are_two_recipes(checkerboard) -> None:
    with pytest.raises(DataError, match="no recipe 'soup'; choose one of keyword, confidence"):
        evaluate_recipe("soup", checkerboard)


RANKER = Ranker(
    Axes(np.array([1, 2]), np.array([10, 20, 30])),
    users=np.array([[1.0], [-2.0]]),
    movies=np.array([[-1.0], [0.0], [1.0]]),
    offsets=np.zeros(3),
)
PAIRS = pd.DataFrame({"user_id": [1, 1, 2, 2, 9, 1], "movie_id": [10, 20, 10, 30, 10, 99]})


def test_stretching_gives_each_member_0_to_5(checkerboard) -> None:
    mean = checkerboard.ratings["rating"].mean()
    found = stretched(RANKER, checkerboard, PAIRS).stars
    assert found.tolist() == pytest.approx([0, 2.5, 5, 0, mean, mean])


def test_standard_deviations_are_added_to_the_bias(world) -> None:
    pairs = PAIRS.replace({"movie_id": {10: 2, 20: 3, 30: 10}})
    ranker = Ranker(
        Axes(np.array([1, 2]), np.array([2, 3, 10])), *[RANKER.users, RANKER.movies], RANKER.offsets
    )
    flat = Ranker(ranker.axes, 0 * ranker.users, ranker.movies, ranker.offsets)
    change = added_to_bias(ranker, world, pairs).stars - added_to_bias(flat, world, pairs).stars
    assert change.tolist() == pytest.approx([-0.4, 0.4, 0.4, -0.4, 0, 0])
