"""What each member wants to watch: kept until they have seen it."""

from datetime import UTC, datetime

import pytest
from a_night import FRIDAY, decided, predictions


def rows(store) -> list[list[int]]:
    return store.watchlists.all().to_numpy().tolist()


@pytest.mark.either_database
def test_list_keeps_its_order(store, pair, clock):
    ana, bo = pair
    clock.now = 1_000
    assert store.watchlists.add(ana, [30, 10]) == 3
    clock.now = 2_000
    store.watchlists.add(bo, [10])
    store.watchlists.add(ana, [5, 10, 5])
    assert store.watchlists.of(ana) == [10, 30, 5]
    assert store.watchlists.of(bo) == [10]
    assert rows(store) == [[ana, 10], [ana, 30], [ana, 5], [bo, 10]]
    assert store.watchlists.remove(ana, 30) == 6
    assert store.watchlists.remove(ana, 30) == store.watchlists.add(ana, [5]) == 6
    assert store.watchlists.of(ana) == [10, 5]


@pytest.mark.either_database
def test_rated_or_seen_movie_leaves_the_list_until_that_is_undone(store, pair):
    ana, bo = pair
    for person in pair:
        store.watchlists.add(person, [5, 6])
    store.ratings.rate(ana, 5, 4)
    store.members.mark_seen(bo, 6)
    assert (store.watchlists.of(ana), store.watchlists.of(bo)) == ([6], [5])
    store.ratings.undo()
    store.members.unmark_seen(bo, 6)
    assert (store.watchlists.of(ana), store.watchlists.of(bo)) == ([5, 6], [5, 6])


@pytest.mark.either_database
def test_movie_of_a_night_leaves_the_lists_of_who_was_there(store, pair):
    ana, bo = pair
    chiara = store.members.add("Chiara")
    for person in (ana, bo, chiara):
        store.watchlists.add(person, [1, 2])
    night = decided(store, [ana, bo], 1)
    store.nights.rate(night, ana, 4)
    store.nights.reveal(night)  # Bo was there and gave no stars
    assert [store.watchlists.of(person) for person in (ana, bo, chiara)] == [[2], [2], [1, 2]]
    store.nights.delete(night)
    assert [store.watchlists.of(person) for person in (ana, bo)] == [[2], [1, 2]]


def test_night_that_nobody_rated_is_over_when_its_day_is(store, pair, clock):
    ana, _ = pair
    evening = datetime(FRIDAY.year, FRIDAY.month, FRIDAY.day, 20, tzinfo=UTC).timestamp()
    clock.now = evening
    store.watchlists.add(ana, [1])
    planned = store.nights.plan(FRIDAY, [ana])
    night = store.nights.plan(FRIDAY, [ana])
    store.nights.decide(night, 1, predictions([ana]), model="m", by="b")
    clock.now = evening + 86_400
    assert store.watchlists.of(ana) == [1]
    clock.now = evening + 2 * 86_400
    assert store.watchlists.of(ana) == []
    store.nights.call_off(night)
    assert store.watchlists.of(ana) == [1]
    store.nights.delete(planned)


def test_merged_movie_keeps_its_place_and_a_deleted_one_goes(store, pair):
    ana, bo = pair
    own = store.movies.add("Poor Things")
    store.watchlists.add(ana, [own])
    store.watchlists.add(bo, [own, 7])
    store.movies.merge(own, 7)
    assert rows(store) == [[ana, 7], [bo, 7]]
    other = store.movies.add("Another")
    store.watchlists.add(ana, [other])
    store.movies.delete(other)
    assert rows(store) == [[ana, 7], [bo, 7]]
