import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, TrainingOptions
from recommender.bias import Bias
from recommender.evaluation.club import (
    in_order_of_time,
    leave_one_out,
    without_the_club,
)

CLUB = [0, 1, 2]


@pytest.fixture(scope="module")
def own_ratings(checkerboard: Dataset) -> pd.DataFrame:
    """Three of the world's users are the club; the movies come in the order of their ids."""
    own = checkerboard.ratings[checkerboard.ratings["user_id"].isin(CLUB)]
    own = own.rename(columns={"user_id": "member_id"})
    return own.assign(timestamp=1000 + own["movie_id"])


def test_the_crowd_without_the_club_is_what_the_others_say(
    checkerboard: Dataset, tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    crowd = without_the_club(tiny_model, own_ratings)
    movie = int(own_ratings["movie_id"].iloc[0])
    others = checkerboard.ratings.query("movie_id == @movie and user_id not in @CLUB")
    bias, damping = tiny_model.bias, tiny_model.options.damping
    by_user = dict(zip(tiny_model.user_ids, bias.user, strict=True))
    total = sum(r.rating - bias.mu - by_user[r.user_id] for r in others.itertuples())
    count = tiny_model.counts[movie]
    everyone = checkerboard.ratings.query("movie_id == @movie")
    whole = sum(r.rating - bias.mu - by_user[r.user_id] for r in everyone.itertuples())
    prior = (bias.expected[movie] * (count + damping) - whole) / damping
    expected = bias.mu + (total + damping * prior) / (len(others) + damping)
    assert crowd.expected[movie] == pytest.approx(expected)
    assert crowd.uncertainty[movie] == pytest.approx(
        tiny_model.options.item_bias_variance * damping / (len(others) + damping)
    )


def test_members_outside_the_data_take_nothing_out(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    strangers = own_ratings.assign(member_id=own_ratings["member_id"] + 500)
    crowd = without_the_club(tiny_model, strangers)
    rows = tiny_model.rows(crowd.expected.index)
    assert crowd.expected.to_numpy() == pytest.approx(
        tiny_model.bias.mu + tiny_model.bias.expected[rows]
    )


def test_only_what_the_model_learned_is_taken_out(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    learned = own_ratings
    newcomer = own_ratings.assign(member_id=own_ratings["member_id"] + 500)
    changed = learned.assign(rating=6 - learned["rating"])
    club = pd.concat([changed.iloc[5:], newcomer])
    with_all = without_the_club(tiny_model, learned)
    found = without_the_club(tiny_model, club, learned=learned)
    pd.testing.assert_series_equal(found.expected, with_all.expected[found.expected.index])
    assert not np.allclose(without_the_club(tiny_model, club).expected, found.expected)
    nothing = without_the_club(tiny_model, club, learned=learned.iloc[:0])
    rows = tiny_model.rows(nothing.expected.index)
    assert nothing.expected.to_numpy() == pytest.approx(
        tiny_model.bias.mu + tiny_model.bias.expected[rows]
    )
    for predict in (leave_one_out, in_order_of_time):
        later = predict(tiny_model, newcomer, learned=learned.iloc[:0])
        assert later["predicted"].to_numpy() == pytest.approx(
            predict(tiny_model, newcomer)["predicted"].to_numpy()
        )


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


def test_leaving_out_in_closed_form_equals_leaving_out(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    found = leave_one_out(tiny_model, own_ratings)
    crowd = without_the_club(tiny_model, own_ratings)
    assert len(found) == len(own_ratings)
    for row in found.iloc[::5].itertuples():
        known = own_ratings[own_ratings["movie_id"] != row.movie_id]
        mean, high = brute_force(
            tiny_model, known, row, crowd.expected[row.movie_id], crowd.uncertainty[row.movie_id]
        )
        assert row.predicted == pytest.approx(mean, abs=1e-5)
        assert row.high == pytest.approx(high, abs=1e-5)


def test_the_order_of_time_knows_only_what_came_before(
    tiny_model: HybridModel, own_ratings: pd.DataFrame
) -> None:
    found = in_order_of_time(tiny_model, own_ratings)
    crowd = without_the_club(tiny_model, own_ratings)
    assert found.groupby("member_id")["earlier"].max().tolist() == [13, 13, 13]
    for row in found.iloc[::5].itertuples():
        known = own_ratings[own_ratings["timestamp"] < 1000 + row.movie_id]
        mean, high = brute_force(
            tiny_model, known, row, crowd.expected[row.movie_id], crowd.uncertainty[row.movie_id]
        )
        assert row.predicted == pytest.approx(mean, abs=1e-5)
        assert row.high == pytest.approx(high, abs=1e-5)


def test_baselines_are_what_they_say(tiny_model: HybridModel) -> None:
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


def test_no_ratings_give_no_rows(tiny_model: HybridModel, own_ratings: pd.DataFrame) -> None:
    found = leave_one_out(tiny_model, own_ratings.iloc[:0])
    assert found.empty
    assert "predicted" in found


def test_a_world_without_opinions_is_predicted_by_its_mean() -> None:
    movies = pd.DataFrame({"movie_id": [1, 2], "title": ["A", "B"]})
    ratings = pd.DataFrame({"user_id": [1, 2], "movie_id": [1, 2], "rating": [3.0, 3.0]})
    model = HybridModel.fit(Dataset(ratings, movies), TrainingOptions(components=0))
    own = pd.DataFrame({"member_id": [5], "movie_id": [1], "rating": [3.0]})
    assert leave_one_out(model, own)["predicted"].to_numpy() == pytest.approx(np.array([3.0]))
