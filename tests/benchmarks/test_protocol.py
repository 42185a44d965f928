"""The club protocol: hidden ratings and metrics by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.protocol import Clubs, score, split_clubs
from recommender import DataError, Dataset

SMALL = Clubs(clubs=3, size=4, min_ratings=10, share=0.5)


@pytest.mark.parametrize("condition", ["warm", "cold"])
def test_split_leaves_a_club_no_rating_of_a_candidate(checkerboard: Dataset, condition) -> None:
    visible, hidden = split_clubs(checkerboard, 0, condition, SMALL)
    assert set(hidden["club"]) <= {0, 1, 2}
    assert hidden.groupby("club")["user_id"].nunique().max() <= SMALL.size
    for club, rows in hidden.groupby("club"):
        members = hidden.loc[hidden["club"] == club, "user_id"].unique()
        seen = visible.ratings[visible.ratings["user_id"].isin(members)]
        assert not seen["movie_id"].isin(rows["movie_id"]).any()


def test_split_warm_hides_the_clubs_ratings_only(checkerboard: Dataset) -> None:
    visible, hidden = split_clubs(checkerboard, 0, "warm", SMALL)
    assert len(visible.ratings) + len(hidden) == len(checkerboard.ratings)
    assert visible.ratings["movie_id"].isin(hidden["movie_id"]).any()


def test_split_cold_hides_every_rating_of_a_candidate(checkerboard: Dataset) -> None:
    visible, hidden = split_clubs(checkerboard, 0, "cold", SMALL)
    assert len(hidden) > 0
    assert not visible.ratings["movie_id"].isin(hidden["movie_id"]).any()
    assert visible.movies.equals(checkerboard.movies)


def test_split_depends_on_the_seed(checkerboard: Dataset) -> None:
    drawn = [split_clubs(checkerboard, seed, "warm", SMALL)[1] for seed in (5, 5, 6)]
    assert drawn[0].equals(drawn[1])
    assert not drawn[0].equals(drawn[2])


def test_split_refuses_few_people_and_unknown_conditions(checkerboard: Dataset) -> None:
    with pytest.raises(DataError, match="160 people with 60 ratings"):
        split_clubs(checkerboard, 0)
    with pytest.raises(DataError, match="warm or cold, not 'hot'"):
        split_clubs(checkerboard, 0, "hot", SMALL)


@pytest.fixture
def hidden() -> pd.DataFrame:
    """Club 0: three members, four movies; club 1: one member, so no group."""
    rows = [
        (0, user, movie, stars) for user in (1, 2, 3) for movie, stars in enumerate([5, 4, 2, 1])
    ]
    rows += [(1, 9, 0, 3), (1, 9, 1, 4)]
    return pd.DataFrame(rows, columns=["club", "user_id", "movie_id", "rating"]).astype(
        {"rating": float}
    )


def test_score_of_a_perfect_prediction(hidden: pd.DataFrame) -> None:
    stars = hidden["rating"].to_numpy()
    assert score(hidden, stars, stars, stars) == {
        "rmse": 0,
        "mae": 0,
        "order": 1,
        "group_rmse": 0,
        "group_order": 1,
        "regret": 0,
        "coverage": 1,
        "width": 0,
    }


def test_score_by_hand(hidden: pd.DataFrame) -> None:
    backwards = 5 - hidden["rating"].to_numpy() + 1
    found = score(hidden, backwards)
    assert found["order"] == 0
    assert found["group_order"] == 0
    # The three chosen are the worst: means 4, 2, 1 instead of 5, 4, 2.
    assert found["regret"] == pytest.approx(11 / 3 - 7 / 3)
    errors = [4, 2, 2, 4] * 3 + [0, 2]
    assert found["mae"] == pytest.approx(np.mean(errors))
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert found["group_rmse"] == pytest.approx(np.sqrt(10))


def test_score_of_a_constant_orders_by_chance(hidden: pd.DataFrame) -> None:
    found = score(hidden, np.full(len(hidden), 3.0))
    assert found["order"] == 0.5
    assert found["group_order"] == 0.5


def test_score_refuses_a_wrong_number_of_predictions(hidden: pd.DataFrame) -> None:
    with pytest.raises(DataError, match="14 ratings are hidden"):
        score(hidden, np.zeros(3))


def test_score_without_data_is_nan() -> None:
    alone = pd.DataFrame({"club": [0], "user_id": [1], "movie_id": [1], "rating": [4.0]})
    found = score(alone, np.array([3.0]))
    assert found["rmse"] == 1
    assert np.isnan(
        [found[name] for name in ("order", "group_rmse", "group_order", "regret")]
    ).all()
