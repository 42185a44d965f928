"""Evaluation: held-out ratings, the club's own in closed form against brute force, baselines."""

import numpy as np
import pandas as pd
import pytest

from recommender import DataError, Dataset, HybridModel, TrainingOptions
from recommender.bias import Bias
from recommender.evaluation import evaluate
from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.evaluate import (
    Findings,
    leave_one_out,
)
from recommender.evaluation.splits import random_split

CLUB = [0, 1, 2]


@pytest.fixture(scope="module")
def own_ratings(checkerboard: Dataset) -> pd.DataFrame:
    """Three of the world's users are the club."""
    own = checkerboard.ratings[checkerboard.ratings["user_id"].isin(CLUB)]
    return own.rename(columns={"user_id": "member_id"})


def test_random_split_hides_a_fifth_and_loses_nothing(checkerboard: Dataset) -> None:
    train, hidden = random_split(checkerboard, seed=4)
    assert len(hidden) == round(len(checkerboard.ratings) / 5)
    both = pd.concat([train.ratings, hidden]).sort_values(["user_id", "movie_id"])
    whole = checkerboard.ratings.sort_values(["user_id", "movie_id"])
    assert both.reset_index(drop=True).equals(whole.reset_index(drop=True))
    again, other = (random_split(checkerboard, seed)[1] for seed in (4, 2))
    assert hidden.equals(again)
    assert not hidden.equals(other)
    for few in (1, 2):
        with pytest.raises(DataError, match="too few"):
            random_split(Dataset(checkerboard.ratings.head(few), checkerboard.movies))


def brute_force(
    model: HybridModel, known: pd.DataFrame, row: object, crowd_stars: float, doubt: float
) -> tuple[float, float]:
    """React without the rating, with the movie's offset replaced."""
    movie = model.rows([row.movie_id])[0]  # type: ignore[attr-defined]
    bias = model.bias
    expected, uncertainty = bias.expected.copy(), bias.uncertainty.copy()
    expected[movie], uncertainty[movie] = crowd_stars - bias.mu, doubt
    fields = vars(bias) | {"expected": expected, "uncertainty": uncertainty}
    changed = HybridModel(
        **{k: v for k, v in vars(model).items() if not k.startswith("_")} | {"bias": Bias(**fields)}
    )
    reactions = changed.react(known, [row.movie_id], member_ids=[row.member_id])  # type: ignore[attr-defined]
    return reactions.mean[0, 0], reactions.interval()[1][0, 0]


def test_closed_form_equals_reacting_to_the_other_ratings(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    found = leave_one_out(tiny_model, own_ratings)
    crowd = tiny_model.expected(np.sort(own_ratings["movie_id"].unique()), without=own_ratings)
    assert len(found) == len(own_ratings)
    for row in found.iloc[::5].itertuples():
        known = own_ratings[own_ratings["movie_id"] != row.movie_id]
        mean, high = brute_force(
            tiny_model, known, row, crowd.expected[row.movie_id], crowd.variance[row.movie_id]
        )
        assert row.predicted == pytest.approx(mean, abs=1e-5)
        assert row.high == pytest.approx(high, abs=1e-5)


def test_leave_one_out_baselines(tiny_model: HybridModel) -> None:
    own = pd.DataFrame({"member_id": 90, "movie_id": [0, 1, 2], "rating": [5.0, 2.0, 4.0]})
    found = leave_one_out(tiny_model, own)
    assert found["member_mean"].tolist() == [3.0, 4.5, 3.5]
    bias = tiny_model.bias
    rest = own["rating"].to_numpy() - bias.mu - bias.movie[:3]
    assert found["bias"].iloc[0] == pytest.approx(
        bias.mu + bias.expected[0] + rest[1:].sum() / (2 + tiny_model.options.damping)
    )
    alone = leave_one_out(tiny_model, own.iloc[:1])
    assert alone["member_mean"].iloc[0] == bias.mu
    assert found["constant"].tolist() == [bias.mu] * 3


def test_evaluate_measures_ranking_errors_and_coverage(
    checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    steps: list[tuple[int, int]] = []
    found = evaluate(
        checkerboard,
        seed=1,
        options=tiny_options,
        on_step=lambda done, total, _what: steps.append((done, total)),
    )
    assert steps == sorted(steps)
    assert (steps[0], steps[-1]) == ((0, 100), (100, 100))
    assert set(found.ranking["model"]) == {"LightFM", "popularity"}
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
    assert set(figures["ranking"]["LightFM"]["test"]) == {
        "auc",
        "precision@10",
        "recall@10",
        "reciprocal_rank",
    }


def test_movies_without_ratings_are_not_ranked_and_auc_is_followed(
    checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    unrated = checkerboard.movies.iloc[:10]
    unrated = unrated.set_axis(unrated.index + 5000)
    likes = checkerboard.ratings[checkerboard.ratings["rating"] == 5]
    small = Dataset(likes, checkerboard.movies)
    large = Dataset(likes, pd.concat([checkerboard.movies, unrated]))
    seen: list[int] = []
    few = evaluate(small, options=tiny_options, k=3).ranking
    found = evaluate(large, options=tiny_options, k=3, on_epoch=lambda now: seen.append(len(now)))
    many = found.ranking
    assert seen == [2 * epoch for epoch in range(1, tiny_options.epochs + 1)]
    assert found.epochs.groupby("split")["value"].last().between(0.5, 1, inclusive="left").all()
    assert few["metric"].unique().tolist()[1] == "precision@3"
    popular = [found[found["model"] == "popularity"] for found in (few, many)]
    pd.testing.assert_frame_equal(*popular)  # it has as many movies to choose from
    test = many[many["split"] == "test"].set_index(["model", "metric"])["value"]
    assert test["LightFM", "auc"] > 0.7


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two members and four movies; the last one was rated by the second member only."""
    return pd.DataFrame(
        {
            "member_id": [1, 1, 1, 2, 2, 2, 2],
            "movie_id": [7, 8, 9, 7, 8, 9, 10],
            "actual": [4.0, 2.0, 5.0, 3.0, 1.0, 4.0, 2.0],
            "predicted": [4.0, 2.5, 4.5, 3.5, 1.5, 4.0, 2.0],
            "low": [3.5, 2.1, 4.0, 3.0, 1.1, 3.0, 1.0],
            "high": [4.5, 3.0, 5.0, 4.0, 2.0, 5.0, 3.0],
            "like": [0.9, 0.1, 0.8, 0.6, 0.0, 0.4, 0.05],
            "bias": [3.5, 3.0, 4.0, 3.0, 2.0, 3.0, 3.0],
            "member_mean": [3.5, 4.5, 3.0, 2.5, 3.0, 2.0, 3.0],
            "constant": [3.0] * 7,
        }
    ).assign(liked=lambda f: f["actual"] >= 4)


def test_findings_compare_all_ratings_and_each_member(frame: pd.DataFrame) -> None:
    found = Findings.of(pd.concat([frame.drop(columns="liked")] * 5, ignore_index=True))
    assert found.n == 35
    assert found.predictions["liked"].sum() == 15
    models = ["ours", "user+item bias", "own mean", "mean of all ratings"]
    assert found.errors["model"].tolist() == models
    margin = found.margin
    assert (margin.n, margin.rival) == (35, "user+item bias")
    assert margin.ours == pytest.approx(2 / 7)
    assert margin.theirs == pytest.approx(5.5 / 7)
    assert margin.gap == pytest.approx(3.5 / 7)
    assert margin.low <= margin.gap <= margin.high
    assert margin.clarity in {"better", "unclear"}
    ours = found.members[found.members["model"] == "ours"].set_index("member_id")
    assert ours["n"].to_dict() == {1: 15, 2: 20}
    assert ours["value"].tolist() == pytest.approx([1 / 3, 0.25])
    assert set(ours["clarity"]) == {"too few"}
