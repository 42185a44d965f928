"""The learning curve: the same people and ratings at every size, judged as if refitted."""

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel
from recommender.evaluation.club import without_the_club
from recommender.evaluation.learning import (
    change_with_more,
    learning_curve,
    raters_to_try,
    sizes_that_fit,
)


@pytest.fixture(scope="module")
def own_ratings(checkerboard: Dataset) -> pd.DataFrame:
    own = checkerboard.ratings[checkerboard.ratings["user_id"].isin([0, 1, 2])]
    return own.rename(columns={"user_id": "member_id"})


def test_more_ratings_make_smaller_errors(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    curve = learning_curve(tiny_model, own_ratings, sizes=(0, 2, 8))
    assert curve["known"].tolist() == [0, 2, 8]
    assert curve["members"].tolist() == [3, 3, 3]
    assert curve["mae"].is_monotonic_decreasing
    assert curve["rmse"].iloc[-1] < curve["bias_rmse"].iloc[-1]
    assert curve["gap"].to_numpy() == pytest.approx((curve["bias_mae"] - curve["mae"]).to_numpy())
    assert (curve["gap_low"] <= curve["gap"]).all()
    assert (curve["gap"] <= curve["gap_high"]).all()
    again = learning_curve(tiny_model, own_ratings, sizes=(0, 2, 8))
    pd.testing.assert_frame_equal(curve, again)


def test_without_any_rating_ours_is_the_bias(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    first = learning_curve(tiny_model, own_ratings, sizes=(0, 2)).iloc[0]
    assert first["gap"] == first["gap_low"] == first["gap_high"] == 0
    assert first["rmse"] == first["bias_rmse"]


def test_every_size_is_predicted_as_if_nothing_else_were_known(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    own = own_ratings[own_ratings["member_id"] == 1]
    curve = learning_curve(tiny_model, own, sizes=(0, 3, 7), repeats=1, seed=4)
    order = np.random.default_rng(4).permutation(len(own))
    hidden = own.iloc[order[7:]]
    rows, crowd = tiny_model.rows(hidden["movie_id"]), without_the_club(tiny_model, own)
    kernel = tiny_model.kernel(1)
    for size, mae in zip(curve["known"], curve["mae"], strict=True):
        taste = tiny_model.taste(own.iloc[order[:size]], kernel)
        liking = taste.pull @ kernel.covariance(taste.rated, rows)
        expected = np.clip(crowd.expected.loc[hidden["movie_id"]].to_numpy() + liking, 0.5, 5)
        assert mae == pytest.approx(np.abs(expected - hidden["rating"]).mean(), abs=1e-5)


def test_who_has_too_few_ratings_is_left_out_at_every_size(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    first = own_ratings.groupby("member_id").cumcount() < 6
    few = own_ratings[(own_ratings["member_id"] != 2) | first]
    curve = learning_curve(tiny_model, few, sizes=(0, 8))
    assert curve["members"].tolist() == [2, 2]
    assert learning_curve(tiny_model, few, sizes=(0, 50)).empty
    assert learning_curve(tiny_model, few.iloc[:0]).empty


def test_sizes_are_those_at_which_half_of_the_members_can_be_judged() -> None:
    counts = pd.Series([200, 30, 25, 2])
    assert sizes_that_fit(counts) == (0, 1, 3, 5, 10, 20)
    assert sizes_that_fit(counts.iloc[1:]) == (0, 1, 3, 5, 10, 20)
    assert sizes_that_fit(counts.iloc[3:]) == ()
    assert sizes_that_fit(counts.iloc[:0]) == ()


def test_more_ratings_are_worth_what_the_curve_says() -> None:
    curve = pd.DataFrame({"known": [0, 1, 3], "mae": [1.0, 0.8, 0.6]})
    assert change_with_more(curve, 0, more=1) == pytest.approx(0.8)
    assert change_with_more(curve, 1, more=2) == pytest.approx(0.75)
    # log2(1 + known) rises by one: the line goes on by 0.2 stars.
    assert change_with_more(curve, 3, more=4) == pytest.approx(0.4 / 0.6)


def test_raters_have_enough_ratings_and_are_drawn_the_same_each_time(
    checkerboard: Dataset,
) -> None:
    assert raters_to_try(checkerboard, 4) == (), "nobody has 125 ratings"
    drawn = raters_to_try(checkerboard, 4, least=14, most=14, without=[0, 1])
    assert len(drawn) == 4
    assert not {0, 1} & set(drawn)
    assert drawn == raters_to_try(checkerboard, 4, least=14, most=14, without=[0, 1])
    assert len(raters_to_try(checkerboard, 400, least=14, most=14)) == 24
