from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from club.errors import InvalidInput, NotFound
from club.store import Store


def test_a_new_store_has_an_empty_club(location):
    store = Store(location)
    assert store.version() == 0
    assert store.version() == 0
    club = store.club()
    assert (club.name, club.is_demo) == ("Our movie club", False)
    assert abs(club.created_at - datetime.now(UTC)).total_seconds() < 60
    assert len(store.members.all()) == len(store.ratings.current()) == len(store.movies.own()) == 0
    assert store.movies.shortlist() == []
    assert store.ratings.undoable() is None
    assert store.ratings.undo() is None
    assert store.version() == 0


def test_members_are_listed_in_the_order_in_which_they_joined(store):
    ids = [store.members.add(name) for name in ("Zoë", "Ana", "李小龍")]
    members = store.members.all()
    assert members.index.tolist() == ids
    assert members["name"].tolist() == ["Zoë", "Ana", "李小龍"]
    assert members.dtypes.astype(str).to_dict() == {
        "name": "str",
        "world_user_id": "Int64",
        "joined_at": "datetime64[s, UTC]",
        "left_at": "datetime64[s, UTC]",
    }
    assert members["left_at"].isna().all()
    assert (pd.Timestamp.now("UTC") - members["joined_at"]).max() < pd.Timedelta(minutes=1)
    assert store.version() == 3
    assert store.version() != 0


def test_a_frame_without_members_has_the_same_columns_and_types(store):
    empty = store.members.all()
    store.members.add("Ana")
    pd.testing.assert_series_equal(empty.dtypes, store.members.all().dtypes)
    assert empty.index.dtype == store.members.all().index.dtype == "int64"


def test_two_present_members_cannot_have_the_same_name(store):
    store.members.add("Ana")
    for again in ("Ana", "ana", " ANA "):
        with pytest.raises(InvalidInput) as caught:
            store.members.add(again)
        assert str(caught.value) == "There is a member called Ana already; choose another name."
    assert store.version() == 1


def test_a_member_can_be_renamed_but_not_to_somebody_elses_name(store):
    ana, bo = store.members.add("Ana"), store.members.add("Bo")
    assert store.members.rename(ana, "ANA") == 3
    assert store.members.rename(ana, "ANA") == 3
    with pytest.raises(InvalidInput) as caught:
        store.members.rename(bo, "ana")
    assert str(caught.value) == "There is a member called ANA already; choose another name."
    with pytest.raises(InvalidInput):
        store.members.rename(bo, "")
    assert store.members.all()["name"].tolist() == ["ANA", "Bo"]
    assert store.version() == 3


def test_who_leaves_keeps_the_ratings_and_can_come_back(store):
    ana, bo = store.members.add("Ana"), store.members.add("Bo")
    store.ratings.rate(ana, 1, 4)
    store.ratings.rate(bo, 1, 2.5)
    version = store.members.remove(ana)
    assert version == store.version() == 5
    assert store.members.remove(ana) == 5
    assert store.members.all().index.tolist() == [bo]
    assert store.members.all(include_left=True)["left_at"].isna().tolist() == [False, True]
    assert store.ratings.current()["member_id"].tolist() == [bo]
    assert store.ratings.current(include_left=True)["member_id"].tolist() == [ana, bo]
    assert store.members.restore(ana) == 6
    assert store.members.restore(ana) == 6
    assert store.members.all()["left_at"].isna().all()
    assert store.ratings.current()["rating"].tolist() == [4.0, 2.5]


def test_nobody_rates_for_somebody_who_left(store):
    ana = store.members.add("Ana")
    store.members.remove(ana)
    with pytest.raises(InvalidInput) as caught:
        store.ratings.rate(ana, 1, 4)
    assert str(caught.value) == "Ana has left the club; bring them back to rate for them."


def test_the_name_of_who_left_is_free_and_coming_back_needs_another_one(store):
    first = store.members.add("Ana")
    store.members.remove(first)
    second = store.members.add("Ana")
    assert first != second
    with pytest.raises(InvalidInput) as caught:
        store.members.restore(first)
    assert str(caught.value) == "There is a member called Ana already; choose another name."
    store.members.rename(first, "Ana the First")
    store.members.restore(first)
    assert store.members.all()["name"].tolist() == ["Ana the First", "Ana"]


def test_an_unknown_member_is_not_found_and_nothing_is_written(store):
    for member_id in (99, 0, -1, 2**40, None):
        for action in (
            lambda unknown: store.members.rename(unknown, "Ana"),
            store.members.remove,
            store.members.restore,
            lambda unknown: store.ratings.rate(unknown, 1, 3),
            lambda unknown: store.ratings.unrate(unknown, 1),
        ):
            with pytest.raises(NotFound) as caught:
                action(member_id)
            assert str(caught.value) == f"There is no member {member_id}."
    assert store.version() == 0
