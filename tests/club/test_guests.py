from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from a_night import FRIDAY, decided

from club.catalogue import ratings_at, training_data
from club.errors import InvalidInput, NotFound
from club.export import ratings_csv
from recommender.dataset import Dataset


def refusal(action, *arguments, **named) -> str:
    with pytest.raises(InvalidInput) as caught:
        action(*arguments, **named)
    return str(caught.value)


def stars(store, member_id: int) -> dict[int, float]:
    ratings = store.ratings.current(include_guests=True)
    theirs = ratings[ratings["member_id"] == member_id]
    return dict(zip(theirs["movie_id"], theirs["rating"], strict=True))


def test_a_guest_is_known_by_what_they_love_and_hate(store):
    store.members.add("Ana")
    own = store.movies.add("Our holiday")
    gil = store.members.add_guest(
        " Gil ", [1, np.int64(2)], [own], "train|space", ["gore", " ", "gore"]
    )
    assert gil == 2
    assert store.version() == 3
    guests = store.members.guests()
    assert guests.index.tolist() == [gil]
    assert guests.loc[gil].tolist() == ["Gil", ("train", "space"), ("gore",)]
    assert stars(store, gil) == {1: 5.0, 2: 5.0, own: 1.0}
    history = store.ratings.history(include_guests=True)
    assert set(history["kind"]) == {"guest"}
    assert history["step"].tolist() == [3] * 3


def test_who_said_what_a_guest_loves_stands_beside_it(store):
    gil = store.by("Ana").members.add_guest("Gil", [1])
    store.by("Bo").edit_guest(gil, "Gil", [1], [2])
    history = store.ratings.history(include_guests=True).sort_values("event_id")
    assert history[["movie_id", "changed_by"]].to_numpy().tolist() == [[1, "Ana"], [2, "Bo"]]


def test_of_a_guest_nothing_but_the_name_need_be_known(store):
    empty = store.members.guests()
    gil = store.members.add_guest("Gil")
    assert store.members.guests().loc[gil].tolist() == ["Gil", (), ()]
    assert stars(store, gil) == {}
    pd.testing.assert_series_equal(empty.dtypes, store.members.guests().dtypes)


def test_guests_are_no_members_unless_asked_for(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil", [1])
    store.ratings.rate(ana, 1, 3)
    assert store.members.all().index.tolist() == [ana]
    assert store.members.all(include_left=True).index.tolist() == [ana]
    assert store.members.all(include_guests=True)["name"].tolist() == ["Ana", "Gil"]
    assert store.ratings.current()["member_id"].tolist() == [ana]
    assert store.ratings.current(include_left=True)["member_id"].tolist() == [ana]
    assert store.ratings.current(include_guests=True)["member_id"].tolist() == [ana, gil]
    assert store.ratings.history()["member_id"].tolist() == [ana]
    assert store.ratings.history(include_guests=True)["member_id"].tolist() == [ana, gil]
    assert ratings_at(store, 1).empty


def test_no_model_learns_from_guests_and_no_export_has_them(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil", [1], [2])
    gone = store.members.add_guest("Gone", [1])
    store.members.remove(gone)
    store.ratings.rate(ana, 1, 3)
    movies = pd.DataFrame(
        {"title": ["One", "Two"], "year": [1990, 1991], "genres": [()] * 2, "keywords": [()] * 2},
        index=pd.Index([1, 2], name="movie_id"),
    )
    world = Dataset(pd.DataFrame({"user_id": [7], "movie_id": [1], "rating": [4.0]}), movies)
    learned = training_data(world, store).ratings
    assert set(learned["user_id"]) == {ana, -8}
    exported = ratings_csv(store, movies).decode()
    assert len(exported.splitlines()) == 2
    assert "Gil" not in exported
    assert "Gone" not in exported
    store.members.promote_guest(gil)
    assert set(training_data(world, store).ratings["user_id"]) == {ana, gil, -8}


def test_what_a_guest_cannot_mean_is_refused(store):
    for arguments, sentence in [
        (("",), "A name must not be empty."),
        (("Gil", [1, 2], [2]), "A guest cannot love and hate the same movie."),
        (
            ("Gil", [], [], "train|space", "gore|space"),
            "A guest cannot like and dislike the same keyword: space.",
        ),
        (
            ("Gil", [], [], ["x" * 61]),
            "Each of the liked keywords can have 60 characters at most, not 61.",
        ),
        (
            ("Gil", [], [], (), [str(number) for number in range(51)]),
            "A guest can have 50 disliked keywords at most, not 51.",
        ),
    ]:
        assert refusal(store.members.add_guest, *arguments) == sentence
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.members.add_guest("Gil", [1], [-5])
    assert store.version() == 0
    assert store.members.all(include_guests=True).empty
    gil = store.members.add_guest("Gil", [1])
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.edit_guest(gil, "Gilbert", [-5])
    assert refusal(store.edit_guest, gil, "Gil", [3], [3]) == (
        "A guest cannot love and hate the same movie."
    )
    assert store.members.guests()["name"].tolist() == ["Gil"]
    assert store.version() == 1


def test_members_and_guests_share_their_names(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil")
    member = "There is a member called Ana already; choose another name."
    guest = "There is a guest called Gil already; choose another name."
    assert refusal(store.members.add_guest, "ana") == member
    assert refusal(store.edit_guest, gil, "ANA") == member
    assert refusal(store.members.add, "GIL") == guest
    assert refusal(store.members.rename, ana, "gil") == guest
    store.members.remove(gil)
    assert store.members.add("Gil") == 3
    again = "There is a member called Gil already; choose another name."
    assert refusal(store.members.restore, gil) == again


def test_an_edit_replaces_all_that_was_said(store):
    gil = store.members.add_guest("Gil", [1, 2], [3], "train", "gore")
    assert store.edit_guest(gil, "Gil", [2, 1], [3], "train", "gore") == 1
    assert store.edit_guest(gil, "Gilbert", [3], [4], "space") == 2
    assert store.members.guests().loc[gil].tolist() == ["Gilbert", ("space",), ()]
    assert stars(store, gil) == {3: 5.0, 4: 1.0}
    assert store.edit_guest(gil, "Gilbert", [3], [4], "space") == 2
    assert store.edit_guest(gil, "Gil") == 3
    assert store.members.guests().loc[gil].tolist() == ["Gil", (), ()]
    assert stars(store, gil) == {}


def test_what_a_guest_gave_on_nights_stays_unless_it_is_said_anew(store):
    gil = store.members.add_guest("Gil", [1, 2])
    first, second = decided(store, [gil], movie=1), decided(store, [gil], movie=3)
    store.nights.rate(first, gil, 3.5)
    store.nights.rate(second, gil, 2)
    store.edit_guest(gil, "Gil", [2])
    assert stars(store, gil) == {1: 3.5, 2: 5.0, 3: 2.0}
    store.edit_guest(gil, "Gil", [1])
    assert stars(store, gil) == {1: 5.0, 3: 2.0}
    assert store.nights.outcome(first).stars == {gil: 3.5}


def test_what_is_said_of_a_guest_is_not_undone(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil", [1])
    store.ratings.rate(ana, 1, 3)
    store.edit_guest(gil, "Gil", [2])
    assert store.ratings.undo().entries[0].member_id == ana
    assert store.ratings.undo() is None
    assert stars(store, gil) == {2: 5.0}


def test_a_guest_becomes_a_member_with_all_ratings(store):
    gil = store.members.add_guest("Gil", [1], [2], "train")
    night = decided(store, [gil])
    frozen = store.nights.predictions()
    store.members.mark_seen(gil, 9)
    version = store.version()
    assert store.members.promote_guest(gil) == store.version() == version + 1
    assert store.members.guests().empty
    assert store.members.all()["name"].tolist() == ["Gil"]
    assert store.ratings.current()["rating"].tolist() == [5.0, 1.0]
    assert store.ratings.history()["kind"].tolist() == ["guest", "guest"]
    assert store.nights.get(night).present == (gil,)
    assert store.members.seen().to_numpy().tolist() == [[gil, 9]]
    pd.testing.assert_frame_equal(store.nights.predictions(), frozen)
    assert store.nights.whose_turn([gil]) == gil
    store.ratings.rate(gil, 1, 4)
    assert store.ratings.undo().entries[0].before == 5.0


def test_who_is_no_guest_cannot_be_edited_as_one_nor_become_a_member(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil")
    version = store.version()
    for nobody in (ana, 99, None):
        for action in (
            lambda member_id: store.edit_guest(member_id, "Gilbert"),
            store.members.promote_guest,
        ):
            with pytest.raises(NotFound) as caught:
                action(nobody)
            assert str(caught.value) == f"There is no guest {nobody}."
    assert store.version() == version
    store.members.remove(gil)
    left = "Gil has left the club; bring them back first."
    assert refusal(store.edit_guest, gil, "Gilbert") == left
    assert refusal(store.members.promote_guest, gil) == left


def test_a_guest_leaves_and_comes_back(store):
    gil = store.members.add_guest("Gil", [1])
    past, coming = decided(store, [gil]), store.nights.plan(FRIDAY, [gil])
    store.members.remove(gil)
    assert store.members.guests().empty
    assert store.ratings.current(include_guests=True).empty
    assert store.nights.get(past).present == (gil,)
    assert store.nights.get(coming).present == ()
    everybody = store.members.all(include_left=True, include_guests=True)
    assert everybody["name"].tolist() == ["Gil"]
    store.members.restore(gil)
    assert store.members.guests()["name"].tolist() == ["Gil"]
    assert stars(store, gil) == {1: 5.0}


def test_what_was_seen_without_stars_is_noted_once(store):
    ana, gil = store.members.add("Ana"), store.members.add_guest("Gil")
    assert store.members.seen().empty
    assert store.members.mark_seen(gil, 2) == store.members.mark_seen(gil, 2) == 3
    assert store.members.mark_seen(ana, np.int64(7)) == 4
    assert store.members.mark_seen(np.int64(ana), 3) == 5
    seen = store.members.seen()
    assert seen.to_numpy().tolist() == [[ana, 3], [ana, 7], [gil, 2]]
    assert seen.dtypes.astype(str).to_dict() == {"member_id": "int64", "movie_id": "int64"}
    assert store.members.unmark_seen(ana, np.int64(3)) == store.members.unmark_seen(ana, 3) == 6
    assert store.members.seen().to_numpy().tolist() == [[ana, 7], [gil, 2]]
    assert store.ratings.current(include_guests=True).empty
    store.members.remove(ana)
    assert store.members.seen().to_numpy().tolist() == [[gil, 2]]
    left = "Ana has left the club; bring them back first."
    assert (
        refusal(store.members.mark_seen, ana, 1)
        == refusal(store.members.unmark_seen, ana, 7)
        == left
    )
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.members.mark_seen(gil, -5)
    for action in (store.members.mark_seen, store.members.unmark_seen):
        with pytest.raises(NotFound, match="There is no member 99"):
            action(99, 1)
