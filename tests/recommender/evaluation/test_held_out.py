"""Held-out stars, the baselines, and the evaluation as a whole."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, TrainingOptions
from recommender.evaluation import evaluate
from recommender.evaluation.baselines import (
    BASELINES,
    Prediction,
    bias,
    constant,
    member_mean,
    movie_mean,
    popularity,
)
from recommender.evaluation.predict import Ours, error_tally, react_to_pairs


@pytest.fixture
def world() -> Dataset:
    rows = [(1, 10, 5.0), (1, 20, 3.0), (2, 10, 2.0)]
    movies = pd.DataFrame({"title": list("abc")}, index=pd.Index([10, 20, 30], name="movie_id"))
    return Dataset(pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]), movies)


PAIRS = pd.DataFrame({"user_id": [1, 2, 7], "movie_id": [10, 20, 30]})


def test_means(world: Dataset) -> None:
    assert constant(world, PAIRS).stars.tolist() == pytest.approx([10 / 3] * 3)
    assert member_mean(world, PAIRS).stars.tolist() == pytest.approx([4, 2, 10 / 3])
    assert movie_mean(world, PAIRS).stars.tolist() == pytest.approx([3.5, 3, 10 / 3])


def test_popularity_is_an_order_and_no_stars(world: Dataset) -> None:
    found = popularity(world, PAIRS)
    assert found.stars.tolist() == [2, 1, 0]
    assert found.order_only


def test_the_bias_of_what_is_new_is_the_mean(world: Dataset) -> None:
    assert bias(world, PAIRS).stars[2] == pytest.approx(10 / 3)


def test_the_bias_finds_offsets_that_are_there() -> None:
    users, movies = np.arange(200), np.arange(150)
    of_user, of_movie = np.where(users % 2, 0.5, -0.5), np.where(movies % 3, 0.25, -0.5)
    rows = [(u, m, 3 + of_user[u] + of_movie[m]) for u in users for m in movies]
    data = Dataset(
        pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]),
        pd.DataFrame({"title": "x"}, index=pd.Index(movies, name="movie_id")),
    )
    pairs = data.ratings[["user_id", "movie_id"]]
    assert np.abs(bias(data, pairs).stars - data.ratings["rating"]).max() < 0.05


def test_pairs_get_what_react_gives(tiny_model: HybridModel, checkerboard: Dataset) -> None:
    pairs = pd.DataFrame({"user_id": [3, 0, 3, 99], "movie_id": [20, 21, 1, 5]})
    found = react_to_pairs(tiny_model, checkerboard.ratings, pairs)
    assert found.low is not None
    assert found.high is not None
    assert found.like is not None
    members = checkerboard.ratings.rename(columns={"user_id": "member_id"})
    for i, (user, movie) in enumerate(pairs.itertuples(index=False)):
        alone = tiny_model.react(members[members["member_id"] == user], [movie], [user])
        low, high = alone.interval(0.8)
        expected = alone.mean[0, 0], low[0, 0], high[0, 0], alone.like_probability()[0, 0]
        got = found.stars[i], found.low[i], found.high[i], found.like[i]
        assert got == pytest.approx(expected, abs=1e-6)


def test_ours_uses_the_seed_that_it_is_given(checkerboard: Dataset, tiny_options) -> None:
    ours = Ours(tiny_options)
    pairs = checkerboard.ratings[["user_id", "movie_id"]].head(5)
    first, same, other = (ours(checkerboard, pairs, seed).stars for seed in (1, 1, 2))
    assert np.array_equal(first, same)
    assert not np.array_equal(first, other)


def test_errors_are_counted_by_user() -> None:
    held_out = pd.DataFrame({"user_id": [5, 5, 3], "movie_id": [1, 2, 1], "rating": [3.0, 4, 2]})
    tally = error_tally(held_out, np.array([3.0, 2.0, 3.0]))
    assert tally.total.tolist() == [[1, 1], [4, 2]]  # users 3 and 5
    assert tally.count.tolist() == [[1, 1], [2, 2]]
    assert tally.as_dict() == {"rmse": pytest.approx(np.sqrt(5 / 3)), "mae": 1}


def test_an_evaluation_is_whole(checkerboard: Dataset, tiny_options: TrainingOptions) -> None:
    steps: list[tuple[int, int]] = []
    found = evaluate(
        checkerboard,
        seed=1,
        options=tiny_options,
        on_step=lambda done, total, _what: steps.append((done, total)),
    )
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == ((0, 100), (100, 100))
    assert set(found.ranking["model"]) == {"hybrid", "popularity"}
    assert list(found.errors["model"].unique()) == ["ours", *BASELINES]
    n_hidden = round(len(checkerboard.ratings) / 5)
    assert len(found.predictions) == n_hidden
    assert found.predictions.notna().all(axis=None)
    error = found.errors.set_index(["model", "metric"])
    # Nobody's mean says anything here, and taste says everything.
    assert error.loc[("ours", "rmse"), "value"] < 1 < error.loc[("user+item bias", "rmse"), "value"]
    assert error.loc[("ours", "rmse"), "excess"] == 0
    assert error.loc[("user+item bias", "rmse"), "excess_low"] > 0

    figures = found.figures()
    rows = found.predictions
    by_hand = float(np.sqrt(((rows["predicted"] - rows["actual"]) ** 2).mean()))
    assert figures["errors"]["ours"]["rmse"]["value"] == pytest.approx(by_hand)
    inside = (rows["low"] <= rows["actual"]) & (rows["actual"] <= rows["high"])
    assert figures["intervals"]["coverage"] == inside.mean()
    assert figures["held_out_ratings"] == n_hidden
    assert set(figures["ranking"]["hybrid"]["test"]) == {
        "auc",
        "precision@10",
        "recall@10",
        "reciprocal_rank",
    }


def test_every_baseline_is_a_prediction_for_each_pair(checkerboard: Dataset) -> None:
    pairs = checkerboard.ratings[["user_id", "movie_id"]]
    for model in BASELINES.values():
        found = model(checkerboard, pairs, seed=0)
        assert isinstance(found, Prediction)
        assert found.stars.shape == (len(pairs),)
        assert np.isfinite(found.stars).all()
