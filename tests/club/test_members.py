from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from club.errors import InvalidInput, NotFound
from club.store import Store


def test_a_new_store_has_an_empty_club(location):
    store = Store(location)
    assert store.version() == 0
    assert store.is_new()
    club = store.club()
    assert (club.name, club.is_demo) == ("Our movie club", False)
    assert abs(club.created_at - datetime.now(UTC)).total_seconds() < 60
    assert len(store.members()) == len(store.ratings()) == len(store.movies()) == 0
    assert store.shortlist() == []
    assert store.undoable() is None
    assert store.undo() is None
    assert store.version() == 0


def test_members_are_listed_in_the_order_in_which_they_joined(store):
    ids = [store.add_member(name) for name in ("Zoë", "Ana", "李小龍")]
    members = store.members()
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
    assert not store.is_new()


def test_a_frame_without_members_has_the_same_columns_and_types(store):
    empty = store.members()
    store.add_member("Ana")
    pd.testing.assert_series_equal(empty.dtypes, store.members().dtypes)
    assert empty.index.dtype == store.members().index.dtype == "int64"


def test_two_present_members_cannot_have_the_same_name(store):
    store.add_member("Ana")
    for again in ("Ana", "ana", " ANA "):
        with pytest.raises(InvalidInput) as caught:
            store.add_member(again)
        assert str(caught.value) == "There is a member called Ana already; choose another name."
    assert store.version() == 1


def test_a_member_can_be_renamed_but_not_to_somebody_elses_name(store):
    ana, bo = store.add_member("Ana"), store.add_member("Bo")
    assert store.rename_member(ana, "ANA") == 3
    assert store.rename_member(ana, "ANA") == 3
    with pytest.raises(InvalidInput) as caught:
        store.rename_member(bo, "ana")
    assert str(caught.value) == "There is a member called ANA already; choose another name."
    with pytest.raises(InvalidInput):
        store.rename_member(bo, "")
    assert store.members()["name"].tolist() == ["ANA", "Bo"]
    assert store.version() == 3


def test_who_leaves_keeps_the_ratings_and_can_come_back(store):
    ana, bo = store.add_member("Ana"), store.add_member("Bo")
    store.rate(ana, 1, 4)
    store.rate(bo, 1, 2.5)
    version = store.remove_member(ana)
    assert version == store.version() == 5
    assert store.remove_member(ana) == 5
    assert store.members().index.tolist() == [bo]
    assert store.members(include_left=True)["left_at"].isna().tolist() == [False, True]
    assert store.ratings()["member_id"].tolist() == [bo]
    assert store.ratings(include_left=True)["member_id"].tolist() == [ana, bo]
    assert store.restore_member(ana) == 6
    assert store.restore_member(ana) == 6
    assert store.members()["left_at"].isna().all()
    assert store.ratings()["rating"].tolist() == [4.0, 2.5]


def test_nobody_rates_for_somebody_who_left(store):
    ana = store.add_member("Ana")
    store.remove_member(ana)
    with pytest.raises(InvalidInput) as caught:
        store.rate(ana, 1, 4)
    assert str(caught.value) == "Ana has left the club; bring them back to rate for them."


def test_the_name_of_who_left_is_free_and_coming_back_needs_another_one(store):
    first = store.add_member("Ana")
    store.remove_member(first)
    second = store.add_member("Ana")
    assert first != second
    with pytest.raises(InvalidInput) as caught:
        store.restore_member(first)
    assert str(caught.value) == "There is a member called Ana already; choose another name."
    store.rename_member(first, "Ana the First")
    store.restore_member(first)
    assert store.members()["name"].tolist() == ["Ana the First", "Ana"]


def test_an_unknown_member_is_not_found_and_nothing_is_written(store):
    for member_id in (99, 0, -1, 2**40, None):
        for action in (
            lambda unknown: store.rename_member(unknown, "Ana"),
            store.remove_member,
            store.restore_member,
            lambda unknown: store.rate(unknown, 1, 3),
            lambda unknown: store.unrate(unknown, 1),
        ):
            with pytest.raises(NotFound) as caught:
                action(member_id)
            assert str(caught.value) == f"There is no member {member_id}."
    assert store.version() == 0
