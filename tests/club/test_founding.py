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
    members = store.members()
    assert members["name"].tolist() == ["Bo", "Ana"]
    assert members["world_user_id"].tolist() == [8, 7]
    bo, ana = members.index
    assert store.ratings().to_numpy().tolist() == [
        [bo, 1, 3.5, 1100],
        [ana, 1, 4.0, 900],
        [ana, 2, 0.5, 1000],
    ]
    assert store.shortlist() == [4, 3]
    assert set(store.history()["kind"]) == {"demo"}
    assert store.undoable() is None
    assert store.version() == 1


def test_the_demo_never_replaces_data_unless_told_to(store):
    store.add_member("Zoë")
    assert not load_demo(store, WORLD, DEMO)
    assert store.members()["name"].tolist() == ["Zoë"]
    assert store.version() == 1
    assert load_demo(store, WORLD, DEMO, replace=True)
    assert store.members(include_left=True)["name"].tolist() == ["Bo", "Ana"]
    assert not load_demo(store, WORLD, DEMO)


def test_ratings_of_the_demo_can_be_changed_and_that_undone(store):
    load_demo(store, WORLD, DEMO)
    before = store.ratings()
    bo = store.members().index[0]
    store.rate(bo, 1, 1)
    assert store.undo().entries[0].after == 1.0
    pd.testing.assert_frame_equal(store.ratings(), before)
    assert store.undo() is None


def test_nothing_of_the_demo_stays_in_our_own_club(store):
    load_demo(store, WORLD, DEMO)
    store.rate(store.members().index[0], 3, 2)
    store.add_to_shortlist(store.add_movie("Our holiday"))
    old_ids = set(store.members().index)
    version = store.start_own_club("  Tuesday club ")
    assert version == store.version() == 5
    assert (store.club().name, store.club().is_demo) == ("Tuesday club", False)
    for frame in (
        store.members(include_left=True),
        store.ratings(include_left=True),
        store.history(),
        store.movies(),
    ):
        assert frame.empty
    assert store.shortlist() == []
    assert store.undo() is None
    assert not store.is_new()
    assert not load_demo(store, WORLD, DEMO)
    assert store.add_member("Ana") not in old_ids
    assert store.add_movie("Our holiday") == -2


def test_a_club_needs_a_name(store):
    load_demo(store, WORLD, DEMO)
    with pytest.raises(InvalidInput) as caught:
        store.start_own_club(" ")
    assert str(caught.value) == "A name must not be empty."
    assert store.club().is_demo


def test_the_bundled_demo_has_eight_members_and_six_movies_that_none_of_them_rated(store):
    world, demo = load_bundled(), demo_club()
    load_demo(store, world, demo)
    ratings = store.ratings()
    assert len(store.members()) == 8
    assert len(store.shortlist()) == 6
    assert not ratings["movie_id"].isin(store.shortlist()).any()
    for member_id, member in store.members().iterrows():
        theirs = world.ratings[world.ratings["user_id"] == member["world_user_id"]]
        ours = ratings[ratings["member_id"] == member_id]
        assert member["name"] == demo.members[member["world_user_id"]]
        columns = ["movie_id", "rating", "timestamp"]
        assert ours[columns].to_numpy().tolist() == theirs[columns].to_numpy().tolist()
