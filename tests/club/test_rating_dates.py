"""Ratings that were given elsewhere keep their day; the history says when they came here."""

from __future__ import annotations

import time

from club import ledger

NOW = 1_700_000_000


def rates(store, wanted: dict, rated_at: dict, at: int = NOW) -> None:
    with store.database.write() as write:
        ledger.record(write.connection, write.version, wanted, at=at, rated_at=rated_at)


def test_a_rating_keeps_its_day_in_the_past_but_never_one_to_come(store):
    ana = store.add_member("Ana")
    days = {(ana, 1): 1_000, (ana, 2): NOW + 1}
    rates(store, {(ana, 1): 9, (ana, 2): 8, (ana, 3): 7}, days)
    ratings = store.ratings()
    assert ratings["timestamp"].tolist() == [1_000, NOW, NOW]
    assert ratings["rating"].tolist() == [4.5, 4.0, 3.5]
    assert store.history()["at"].astype("int64").unique().tolist() == [NOW]


def test_undo_brings_back_the_rating_and_the_day_from_before(store):
    ana = store.add_member("Ana")
    rates(store, {(ana, 1): 9}, {(ana, 1): 1_000})
    rates(store, {(ana, 1): 2, (ana, 2): 3}, {(ana, 1): 2_000})
    assert store.ratings()["timestamp"].tolist() == [2_000, NOW]
    store.undo()
    assert store.ratings()[["rating", "timestamp"]].values.tolist() == [[4.5, 1_000]]
    store.undo()
    assert store.ratings().empty


def test_the_same_stars_of_another_day_change_nothing(store):
    ana = store.add_member("Ana")
    rates(store, {(ana, 1): 9}, {(ana, 1): 1_000})
    with store.database.write() as write:
        same = {(ana, 1): 9}
        assert not ledger.record(
            write.connection, write.version, same, at=NOW, rated_at={(ana, 1): 5}
        )
        write.settle(False)
    assert store.ratings()["timestamp"].tolist() == [1_000]


def test_ratings_given_here_are_of_now(store):
    ana, before = store.add_member("Ana"), int(time.time())
    store.rate(ana, 1, 3)
    assert store.ratings()["timestamp"].iloc[0] >= before
