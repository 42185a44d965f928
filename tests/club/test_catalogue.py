"""The catalogue and the training data of a club among the strangers of the base dataset."""

import pandas as pd

from club.catalogue import ratings_at, training_data
from club.demo import load_demo
from recommender.bundled import DemoClub
from recommender.dataset import Dataset

RATINGS = pd.DataFrame(
    {
        "user_id": [7, 7, 8, 9],
        "movie_id": [1, 2, 1, 3],
        "rating": [4.0, 0.5, 3.5, 5.0],
        "timestamp": [900, 1000, 1100, 1200],
    }
)
MOVIES = pd.DataFrame(
    {"title": ["One", "Two", "Three"], "year": [1999, 2000, None]}, index=[1, 2, 3]
)
BASE = Dataset(RATINGS, MOVIES)


def rows(data: Dataset) -> list:
    return data.ratings[["user_id", "movie_id", "rating"]].to_numpy().tolist()


def strangers(base: Dataset) -> list:
    return [[-1 - user, movie, stars] for user, movie, stars in rows(base)]


def test_training_data_has_members_and_strangers_under_different_ids(store):
    ana = store.members.add("Ana")
    own = store.movies.add("Our holiday")
    store.ratings.rate_many([(ana, 2, 3), (ana, own, 4.5)])
    data = training_data(BASE, store)
    assert rows(data) == [*strangers(BASE), [ana, own, 4.5], [ana, 2, 3.0]]
    assert data.ratings["timestamp"].tolist()[:4] == [900, 1000, 1100, 1200]
    assert data.movies.index.tolist() == [1, 2, 3, own]


def test_training_data_without_doubles_of_demo_members(store):
    load_demo(store, BASE, DemoClub("Demo", {7: "Ana"}, ()))
    (ana,) = store.members.all().index
    store.ratings.rate(ana, 2, 1)
    assert rows(training_data(BASE, store)) == [
        [-9, 1, 3.5],
        [-10, 3, 5.0],
        [ana, 1, 4.0],
        [ana, 2, 1.0],
    ]
    store.members.remove(ana)
    assert rows(training_data(BASE, store)) == strangers(BASE)


def test_training_data_without_timestamps_or_a_rated_movie(store):
    ana = store.members.add("Ana")
    store.ratings.rate_many([(ana, 1, 3), (ana, 999, 2)])
    base = Dataset(RATINGS.drop(columns="timestamp"), MOVIES)
    data = training_data(base, store)
    assert rows(data) == [*strangers(base), [ana, 1, 3.0]]
    assert list(data.ratings.columns) == ["user_id", "movie_id", "rating"]


def test_ratings_at_an_earlier_version_of_present_members(store):
    ana, bo, cy = (store.members.add(name) for name in ("Ana", "Bo", "Cy"))
    store.ratings.rate_many([(ana, 1, 2), (ana, 2, 3), (bo, 2, 5), (cy, 1, 1)])
    then = store.version()
    store.ratings.rate(ana, 1, 4)
    store.ratings.unrate(bo, 2)
    store.ratings.rate(bo, 3, 1)
    store.ratings.undo()
    store.ratings.rate(bo, 1, 1)
    store.members.remove(cy)
    found = ratings_at(store, then).to_numpy().tolist()
    assert found == [[ana, 1, 2.0], [ana, 2, 3.0], [bo, 2, 5.0]]
    now = store.ratings.current()[["member_id", "movie_id", "rating"]]
    pd.testing.assert_frame_equal(ratings_at(store, store.version()), now)
    assert ratings_at(store, 0).empty
