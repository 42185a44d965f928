from __future__ import annotations

import pandas as pd
import pytest

from club.demo import load_demo
from club.errors import InvalidInput
from recommender.bundled import DemoClub, demo_club, load_bundled
from recommender.dataset import Dataset

WORLD = Dataset(
    pd.DataFrame(
        {
            "user_id": [7, 7, 8, 9],
            "movie_id": [1, 2, 1, 3],
            "rating": [4.0, 0.5, 3.5, 5.0],
            "timestamp": [900, 1000, 1100, 1200],
        }
    ),
    pd.DataFrame({"title": ["One", "Two", "Three", "Four"]}, index=[1, 2, 3, 4]),
)
DEMO = DemoClub("Demo club", {8: "Bo", 7: "Ana"}, (4, 3))


def test_the_demo_has_the_raters_with_their_ratings_and_a_shortlist(store):
    assert load_demo(store, WORLD, DEMO)
    assert (store.club().name, store.club().is_demo) == ("Demo club", True)
    members = store.members.all()
    assert members["name"].tolist() == ["Bo", "Ana"]
    assert members["world_user_id"].tolist() == [8, 7]
    bo, ana = members.index
    assert store.ratings.current().to_numpy().tolist() == [
        [bo, 1, 3.5, 1100],
        [ana, 1, 4.0, 900],
        [ana, 2, 0.5, 1000],
    ]
    assert store.movies.shortlist() == [4, 3]
    assert set(store.ratings.history()["kind"]) == {"demo"}
    assert store.ratings.undoable() is None
    assert store.version() == 1


def test_the_demo_never_replaces_data_unless_told_to(store):
    store.members.add("Zoë")
    assert not load_demo(store, WORLD, DEMO)
    assert store.members.all()["name"].tolist() == ["Zoë"]
    assert store.version() == 1
    assert load_demo(store, WORLD, DEMO, replace=True)
    assert store.members.all(include_left=True)["name"].tolist() == ["Bo", "Ana"]
    assert not load_demo(store, WORLD, DEMO)


def test_ratings_of_the_demo_can_be_changed_and_that_undone(store):
    load_demo(store, WORLD, DEMO)
    before = store.ratings.current()
    bo = store.members.all().index[0]
    store.ratings.rate(bo, 1, 1)
    assert store.ratings.undo().entries[0].after == 1.0
    pd.testing.assert_frame_equal(store.ratings.current(), before)
    assert store.ratings.undo() is None


def test_nothing_of_the_demo_stays_in_our_own_club(store):
    load_demo(store, WORLD, DEMO)
    store.ratings.rate(store.members.all().index[0], 3, 2)
    store.movies.add_to_shortlist(store.movies.add("Our holiday"))
    old_ids = set(store.members.all().index)
    version = store.start_own_club("  Tuesday club ")
    assert version == store.version() == 5
    assert (store.club().name, store.club().is_demo) == ("Tuesday club", False)
    for frame in (
        store.members.all(include_left=True),
        store.ratings.current(include_left=True),
        store.ratings.history(),
        store.movies.own(),
    ):
        assert frame.empty
    assert store.movies.shortlist() == []
    assert store.ratings.undo() is None
    assert store.version() != 0
    assert not load_demo(store, WORLD, DEMO)
    assert store.members.add("Ana") not in old_ids
    assert store.movies.add("Our holiday") == -2


def test_a_club_needs_a_name(store):
    load_demo(store, WORLD, DEMO)
    with pytest.raises(InvalidInput) as caught:
        store.start_own_club(" ")
    assert str(caught.value) == "A name must not be empty."
    assert store.club().is_demo


def test_the_bundled_demo_has_eight_members_and_six_movies_that_none_of_them_rated(store):
    world, demo = load_bundled(), demo_club()
    load_demo(store, world, demo)
    ratings = store.ratings.current()
    assert len(store.members.all()) == 8
    assert len(store.movies.shortlist()) == 6
    assert not ratings["movie_id"].isin(store.movies.shortlist()).any()
    for member_id, member in store.members.all().iterrows():
        theirs = world.ratings[world.ratings["user_id"] == member["world_user_id"]]
        ours = ratings[ratings["member_id"] == member_id]
        assert member["name"] == demo.members[member["world_user_id"]]
        columns = ["movie_id", "rating", "timestamp"]
        assert ours[columns].to_numpy().tolist() == theirs[columns].to_numpy().tolist()
