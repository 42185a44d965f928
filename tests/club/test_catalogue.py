from __future__ import annotations

import pandas as pd

from club.catalogue import catalogue, ratings_at, training_data
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
WORLD = Dataset(RATINGS, MOVIES)


def rows(data: Dataset) -> list:
    return data.ratings[["user_id", "movie_id", "rating"]].to_numpy().tolist()


def strangers(world: Dataset) -> list:
    return [[-1 - user, movie, stars] for user, movie, stars in rows(world)]


def test_the_catalogue_has_the_worlds_movies_and_then_the_clubs(store):
    pd.testing.assert_frame_equal(catalogue(WORLD, store), WORLD.movies)
    own = store.movies.add("Our holiday", 2024, "Comedy", "beach")
    both = catalogue(WORLD, store)
    assert both.index.tolist() == [1, 2, 3, own]
    assert both.dtypes.to_dict() == WORLD.movies.dtypes.to_dict()
    assert both.index.name == "movie_id"


def test_members_learn_along_with_the_world_under_ids_that_nobody_else_has(store):
    ana = store.members.add("Ana")
    own = store.movies.add("Our holiday")
    store.ratings.rate_many([(ana, 2, 3), (ana, own, 4.5)])
    data = training_data(WORLD, store)
    assert rows(data) == [*strangers(WORLD), [ana, own, 4.5], [ana, 2, 3.0]]
    assert data.ratings["timestamp"].tolist()[:4] == [900, 1000, 1100, 1200]
    assert data.movies.index.tolist() == [1, 2, 3, own]


def test_nobody_counts_twice(store):
    load_demo(store, WORLD, DemoClub("Demo", {7: "Ana"}, ()))
    (ana,) = store.members.all().index
    store.ratings.rate(ana, 2, 1)
    assert rows(training_data(WORLD, store)) == [
        [-9, 1, 3.5],
        [-10, 3, 5.0],
        [ana, 1, 4.0],
        [ana, 2, 1.0],
    ]
    store.members.remove(ana)
    assert rows(training_data(WORLD, store)) == strangers(WORLD)


def test_an_empty_club_leaves_the_world_as_it_is(store):
    assert rows(training_data(WORLD, store)) == strangers(WORLD)


def test_a_world_without_times_and_without_a_rated_movie_still_works(store):
    ana = store.members.add("Ana")
    store.ratings.rate_many([(ana, 1, 3), (ana, 999, 2)])
    world = Dataset(RATINGS.drop(columns="timestamp"), MOVIES)
    data = training_data(world, store)
    assert rows(data) == [*strangers(world), [ana, 1, 3.0]]
    assert list(data.ratings.columns) == ["user_id", "movie_id", "rating"]


def at_version(store, version: int) -> list:
    return ratings_at(store, version).to_numpy().tolist()


def test_ratings_of_an_earlier_version_are_what_they_were(store):
    ana, bo = store.members.add("Ana"), store.members.add("Bo")
    store.ratings.rate_many([(ana, 1, 2), (ana, 2, 3), (bo, 2, 5)])
    then = store.version()
    before = store.ratings.current()[["member_id", "movie_id", "rating"]]
    store.ratings.rate(ana, 1, 4)
    store.ratings.rate(ana, 1, 5)
    store.ratings.unrate(bo, 2)
    store.ratings.rate(bo, 3, 1)
    store.ratings.undo()
    store.ratings.rate(bo, 1, 1)
    pd.testing.assert_frame_equal(ratings_at(store, then), before)
    pd.testing.assert_frame_equal(
        ratings_at(store, store.version()),
        store.ratings.current()[["member_id", "movie_id", "rating"]],
    )
    assert at_version(store, 0) == []


def test_ratings_of_an_earlier_version_are_those_of_who_is_here_now(store):
    ana, bo = store.members.add("Ana"), store.members.add("Bo")
    store.ratings.rate_many([(ana, 1, 2), (bo, 2, 5)])
    then = store.version()
    store.ratings.unrate(bo, 2)
    store.members.remove(bo)
    assert at_version(store, then) == [[ana, 1, 2.0]]
