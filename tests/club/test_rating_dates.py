"""Ratings that were given elsewhere keep their day; the history says when they came here."""

from __future__ import annotations

import time

from club import ratings as all_ratings

NOW = 1_700_000_000


def rates(store, wanted: dict, rated_at: dict, at: int = NOW) -> None:
    with store.database.write() as write:
        write.now = at
        all_ratings.record(write, wanted, rated_at=rated_at)


def test_a_rating_keeps_its_day_in_the_past_but_never_one_to_come(store):
    ana = store.members.add("Ana")
    days = {(ana, 1): 1_000, (ana, 2): NOW + 1}
    rates(store, {(ana, 1): 9, (ana, 2): 8, (ana, 3): 7}, days)
    ratings = store.ratings.current()
    assert ratings["timestamp"].tolist() == [1_000, NOW, NOW]
    assert ratings["rating"].tolist() == [4.5, 4.0, 3.5]
    assert store.ratings.history()["at"].astype("int64").unique().tolist() == [NOW]


def test_undo_brings_back_the_rating_and_the_day_from_before(store):
    ana = store.members.add("Ana")
    rates(store, {(ana, 1): 9}, {(ana, 1): 1_000})
    rates(store, {(ana, 1): 2, (ana, 2): 3}, {(ana, 1): 2_000})
    assert store.ratings.current()["timestamp"].tolist() == [2_000, NOW]
    store.ratings.undo()
    assert store.ratings.current()[["rating", "timestamp"]].values.tolist() == [[4.5, 1_000]]
    store.ratings.undo()
    assert store.ratings.current().empty


def test_the_same_stars_of_another_day_change_nothing(store):
    ana = store.members.add("Ana")
    rates(store, {(ana, 1): 9}, {(ana, 1): 1_000})
    with store.database.write() as write:
        same = {(ana, 1): 9}
        assert not all_ratings.record(write, same, rated_at={(ana, 1): 5})
        write.commit_if(False)
    assert store.ratings.current()["timestamp"].tolist() == [1_000]


def test_ratings_given_here_are_of_now(store):
    ana, before = store.members.add("Ana"), int(time.time())
    store.ratings.rate(ana, 1, 3)
    assert store.ratings.current()["timestamp"].iloc[0] >= before
