"""The club protocol: hidden ratings and metrics by hand."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.protocol import Clubs, split_clubs, tally
from recommender import DataError, Dataset

SMALL = Clubs(clubs=3, size=4, min_ratings=10, share=0.5)


@pytest.mark.parametrize("condition", ["warm", "cold"])
def test_split_leaves_a_club_no_rating_of_a_candidate(checkerboard: Dataset, condition) -> None:
    visible, hidden = split_clubs(checkerboard, 0, condition, SMALL)
    assert set(hidden["club"]) <= {0, 1, 2}
    assert hidden.groupby("club")["user_id"].nunique().max() <= SMALL.size
    for _, rows in hidden.groupby("club"):
        seen = visible.ratings[visible.ratings["user_id"].isin(rows["user_id"])]
        assert not seen["movie_id"].isin(rows["movie_id"]).any()
    of_others = visible.ratings["movie_id"].isin(hidden["movie_id"]).any()
    assert of_others == (condition == "warm")
    if condition == "warm":
        assert len(visible.ratings) + len(hidden) == len(checkerboard.ratings)
    assert visible.movies.equals(checkerboard.movies)


def test_split_refuses_few_people_and_unknown_conditions(checkerboard: Dataset) -> None:
    with pytest.raises(DataError, match="160 people with 60 ratings"):
        split_clubs(checkerboard, 0)
    with pytest.raises(DataError, match="warm, cold, random, not 'hot'"):
        split_clubs(checkerboard, 0, "hot", SMALL)


def test_random_split_judges_every_rater_alone(checkerboard: Dataset) -> None:
    visible, hidden = split_clubs(checkerboard, 0, "random")
    assert len(hidden) == round(len(checkerboard.ratings) / 10)
    both = pd.concat([visible.ratings, hidden])
    assert not both.duplicated(["user_id", "movie_id"]).any()
    assert len(both) == len(checkerboard.ratings)
    found = tally(hidden, hidden["rating"].to_numpy() - 1).as_dict()
    assert found["rmse"] == found["mae"] == 1
    assert np.isnan(found["group_rmse"])


@pytest.fixture
def hidden() -> pd.DataFrame:
    """Club 0: three members, four movies; club 1: one member, so no group."""
    rows = [
        (0, user, movie, stars) for user in (1, 2, 3) for movie, stars in enumerate([5, 4, 2, 1])
    ]
    rows += [(1, 9, 0, 3), (1, 9, 1, 4)]
    columns = ["club", "user_id", "movie_id", "rating"]
    return pd.DataFrame(rows, columns=columns).astype({"rating": float})


def test_tally_by_hand(hidden: pd.DataFrame) -> None:
    found = tally(hidden, 6 - hidden["rating"].to_numpy()).as_dict()
    errors = [4, 2, 2, 4] * 3 + [0, 2]
    assert found == pytest.approx(
        {
            "rmse": np.sqrt(np.mean(np.square(errors))),
            "mae": np.mean(errors),
            "order": 0,
            "group_rmse": np.sqrt(10),
            "group_order": 0,
            # The three chosen are the worst: means 4, 2, 1 instead of 5, 4, 2.
            "regret": 11 / 3 - 7 / 3,
        }
    )
