"""Baselines: means and offsets by hand, LightFM's order on the checkerboard."""

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, TrainingOptions
from recommender.evaluation.baselines import BASELINES, BiasModel, LightFMRanker, Popularity, Ranker

PAIRS = pd.DataFrame({"user_id": [1, 2, 7], "movie_id": [10, 20, 30]})


@pytest.fixture
def few() -> Dataset:
    rows = [(1, 10, 5.0), (1, 20, 3.0), (2, 10, 2.0)]
    movies = pd.DataFrame({"title": list("abc")}, index=pd.Index([10, 20, 30], name="movie_id"))
    return Dataset(pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]), movies)


@pytest.mark.parametrize(
    ("name", "stars"),
    [("constant", [10 / 3] * 3), ("member mean", [4, 2, 10 / 3]), ("movie mean", [3.5, 3, 10 / 3])],
)
def test_means(few: Dataset, name: str, stars: list[float]) -> None:
    model = BASELINES[name](few, 0)
    assert model.predict(PAIRS, few).stars.tolist() == pytest.approx(stars)


def test_bias_recovers_offsets() -> None:
    users, movies = np.arange(200), np.arange(150)
    of_user, of_movie = np.where(users % 2, 0.5, -0.5), np.where(movies % 3, 0.25, -0.5)
    rows = [(u, m, 3 + of_user[u] + of_movie[m]) for u in users for m in movies]
    data = Dataset(
        pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]),
        pd.DataFrame({"title": "x"}, index=pd.Index(movies, name="movie_id")),
    )
    model = BiasModel.fit(data)
    found = model.predict(data.ratings).stars
    assert np.abs(found - data.ratings["rating"]).max() < 0.05
    stranger = model.predict(pd.DataFrame({"user_id": [999], "movie_id": [999]})).stars
    assert stranger == pytest.approx(data.ratings["rating"].mean())


def test_popularity_is_an_order_without_stars(few: Dataset) -> None:
    model = Popularity.fit(few)
    found = model.predict(pd.concat([PAIRS, pd.DataFrame({"user_id": [1], "movie_id": [99]})]))
    assert found.stars.tolist() == [2, 1, 0, 0]
    assert found.order_only
    assert model.scores(np.arange(2)).tolist() == [[2, 1, 0]] * 2
    two = np.array([[1.0], [2.0]])
    ranker = Ranker(model.axes, two, np.array([[1.0], [2.0], [3.0]]), np.ones(3))
    assert ranker.predict(PAIRS).stars.tolist() == [2, 5, 1]  # user 7 is unknown


def test_lightfm_places_unrated_movies_by_their_keywords(checkerboard: Dataset) -> None:
    likes = checkerboard.ratings[checkerboard.ratings["rating"] == 5]
    model = LightFMRanker.fit(
        Dataset(likes, checkerboard.movies),
        TrainingOptions(components=8, epochs=30, learning_rate=0.05),
    )
    trains, ships = (model.scores(np.arange(24))[:, i] for i in (20, 21))
    assert (trains[::2] > ships[::2]).all()
    assert (trains[1::2] < ships[1::2]).all()
