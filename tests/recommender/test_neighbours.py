"""What single raters' surprises add to a taste, and that nobody confirms themselves."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, TrainingOptions


@pytest.fixture(scope="module")
def model(checkerboard: Dataset) -> HybridModel:
    options = TrainingOptions(
        components=4, epochs=1, repeats=1, neighbour_variance=0.9, neighbour_damping=4.0
    )
    return HybridModel.fit(checkerboard, options)


def of_user(data: Dataset, user: int) -> pd.DataFrame:
    own = data.ratings[data.ratings["user_id"] == user]
    return own.rename(columns={"user_id": "member_id"})


def test_a_row_of_surprises_is_damped_to_a_length_below_one(
    checkerboard: Dataset, model: HybridModel
) -> None:
    bias, rows = model.bias, checkerboard.rows
    residual = rows.stars - bias.mu - bias.movie[rows.movie] - bias.user[rows.user]
    of_three = residual[rows.movie == 3]
    length = np.sqrt((model.space.surprises[[3]].toarray() ** 2).sum())
    squares = (of_three**2).sum()
    assert length == pytest.approx(np.sqrt(squares / (squares + 4)), rel=1e-5)
    assert model.space.surprises[[20]].nnz == 0


def test_movies_that_surprised_the_same_people_vary_together(model: HybridModel) -> None:
    alike = model.space.covariance(np.array([0]), np.array([2, 1]))[0]
    apart = model.space.without_neighbours().covariance(np.array([0]), np.array([2, 1]))[0]
    train, ship = alike - apart
    assert train > 0.3
    assert ship < -0.3


def test_a_member_who_is_a_rater_is_no_neighbour_of_themselves(
    checkerboard: Dataset, model: HybridModel
) -> None:
    """The same as a model in which that one column was never there."""
    surprises = model.space.surprises.toarray()
    surprises[:, 5] = 0
    blank = replace(model.space, surprises=type(model.space.surprises)(surprises))
    without = replace(model, space=blank)
    own = of_user(checkerboard, 5)
    everything = model.movie_ids
    stranger = without.react(own.assign(member_id=77), everything, member_ids=[77])
    member = model.react(own, everything, member_ids=[5])
    assert member.mean == pytest.approx(stranger.mean, abs=1e-5)
    assert member.sd == pytest.approx(stranger.sd, abs=1e-5)
    confirmed = model.react(own.assign(member_id=77), everything, member_ids=[77])
    assert np.abs(confirmed.mean - member.mean).max() > 0.01
    for movie in (int(own["movie_id"].iloc[0]), 20):
        parts, same = model.explain(own, 5, movie), without.explain(own, 5, movie)
        assert parts["stars"].to_numpy() == pytest.approx(same["stars"].to_numpy(), abs=1e-5)


def test_a_movie_that_nobody_rated_is_predicted_as_if_there_were_no_neighbours(
    checkerboard: Dataset, model: HybridModel
) -> None:
    alone = replace(model, space=model.space.without_neighbours())
    own = of_user(checkerboard, 5)
    both = model.react(own, [3, 20], member_ids=[5]), alone.react(own, [3, 20], member_ids=[5])
    assert both[0].mean[0, 1] == both[1].mean[0, 1]
    assert both[0].sd[0, 1] == both[1].sd[0, 1]
    assert both[0].mean[0, 0] != both[1].mean[0, 0]


def test_without_lightfm_no_rater_is_remembered(checkerboard: Dataset) -> None:
    assert TrainingOptions(components=0).variances.neighbours == 0
    assert TrainingOptions().variances.neighbours > 0
