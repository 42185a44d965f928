from datetime import UTC, datetime

import pandas as pd
import pytest
from a_night import given_stars, replayed
from hypothesis import given, settings
from hypothesis import strategies as st

from club import ratings
from club.errors import InvalidInput, NotFound
from club.ratings import Change, Entry
from club.store import Store

NOON = 1_700_000_000

# Of the property test: steps in any order.
PEOPLE, MOVIES = st.integers(0, 1), st.integers(1, 3)
STARS = st.one_of(st.none(), st.sampled_from([0.5, 3.0, 5.0]))
CHANGES = st.lists(st.tuples(PEOPLE, MOVIES, STARS), max_size=3)
STEPS = st.lists(st.one_of(CHANGES, st.just("undo")), max_size=12)


@pytest.fixture
def clock(clock):
    clock.now = NOON
    return clock


@pytest.mark.either_database
def test_current_has_types_and_times(store, pair, clock):
    ana, bo = pair
    assert store.ratings.rate(ana, 10, 0.5) == 3
    clock.now = NOON + 60
    assert store.ratings.rate(bo, 10, 5) == 4
    expected = pd.DataFrame(
        {
            "member_id": [ana, bo],
            "movie_id": [10, 10],
            "rating": [0.5, 5.0],
            "timestamp": [NOON, NOON + 60],
        }
    )
    pd.testing.assert_frame_equal(store.ratings.current(), expected)
    pd.testing.assert_series_equal(store.ratings.current().iloc[:0].dtypes, expected.dtypes)


def test_rate_many_writes_all_or_none(store, pair):
    ana, bo = pair
    store.ratings.rate(ana, 1, 2)
    for changes, error in [
        ([(ana, 1, 5), (bo, 2, 7)], InvalidInput),
        ([(ana, 1, 5), (99, 2, 4)], NotFound),
        ([(ana, 1, 5), (bo, -7, 4)], NotFound),
    ]:
        with pytest.raises(error):
            store.ratings.rate_many(changes)
    assert given_stars(store) == {(ana, 1): 2.0}
    assert store.version() == 3
    assert len(store.ratings.history()) == 1


@pytest.mark.either_database
def test_undo_walks_back_step_by_step(store, pair, clock):
    ana, bo = pair
    store.ratings.rate(ana, 1, 2)
    clock.now = NOON + 20
    step = store.ratings.rate_many([(ana, 1, 4.5), (bo, 1, 3)])
    at = datetime.fromtimestamp(clock.now, UTC)
    change = Change(step, at, (Entry(ana, 1, 2.0, 4.5), Entry(bo, 1, None, 3.0)))
    assert store.ratings.undoable() == store.ratings.undo() == change
    assert given_stars(store) == {(ana, 1): 2.0}
    assert store.ratings.current()["timestamp"].tolist() == [NOON]  # the restored rating's own time
    assert store.ratings.undo().entries == (Entry(ana, 1, None, 2.0),)
    assert store.ratings.undoable() is None
    assert store.ratings.undo() is None


@pytest.mark.either_database
def test_redo_brings_back_what_was_undone(store, pair, clock):
    ana, bo = pair
    step = store.ratings.rate_many([(ana, 1, 2.0), (bo, 1, 4.0)])
    clock.now += 60
    before = store.ratings.current()
    assert store.ratings.redo(step) is None
    store.ratings.undo()
    again = store.ratings.redo(step)
    assert store.ratings.current().equals(before)  # dates, too
    assert store.ratings.redo(step) is None
    assert store.ratings.undoable() == again
    store.ratings.undo()
    store.ratings.rate(bo, 1, 1.0)
    assert store.ratings.redo(again.step) is None  # it would take Bo's new one back


def test_undo_of_a_named_step_takes_back_no_later_one(store, pair):
    ana, bo = pair
    mine = store.ratings.rate(ana, 1, 1)
    store.ratings.rate(bo, 1, 2)
    assert store.ratings.undo(mine) is None
    assert given_stars(store) == {(ana, 1): 1.0, (bo, 1): 2.0}
    assert store.version() == 4
    assert store.ratings.undo(store.ratings.undoable().step).entries == (Entry(bo, 1, None, 2.0),)
    assert store.ratings.undo(mine).entries == (Entry(ana, 1, None, 1.0),)


@pytest.mark.either_database
def test_history_is_newest_first(store, pair, clock):
    ana, bo = pair
    store.by("Bo").ratings.rate(ana, 1, 2)
    clock.now = NOON - 3600  # the clock was put back
    store.ratings.rate(bo, 2, 3)
    store.by("Ana").ratings.undo()
    history = store.ratings.history()
    assert history["kind"].tolist() == ["undo", "rate", "rate"]
    assert history["step"].tolist() == [5, 4, 3]
    assert history["undoes"].tolist() == [4, pd.NA, pd.NA]
    assert history["changed_by"].fillna("?").tolist() == ["Ana", "?", "Bo"]
    assert history["member_id"].tolist() == [bo, bo, ana]
    assert history[["before", "after"]].fillna(0).to_numpy().tolist() == [[3, 0], [0, 3], [0, 2]]
    assert history["at"].astype("int64").tolist() == [NOON - 3600, NOON - 3600, NOON]


def test_unknown_movie_is_not_found(location):
    store = Store(location, knows_movie={1, 2}.__contains__)
    ana = store.members.add("Ana")
    own = store.movies.add("Our holiday", 2024)
    store.ratings.rate_many([(ana, 1, 4), (ana, own, 5)])
    for movie_id in (3, own - 1, 0):
        with pytest.raises(NotFound, match=f"There is no movie {movie_id}"):
            store.ratings.rate(ana, movie_id, 4)
    assert given_stars(store) == {(ana, 1): 4.0, (ana, own): 5.0}


def rates(store, wanted: dict, rated_at: dict, at: int = NOON) -> None:
    with store.database.write() as write:
        write.now = at
        ratings.record(write, wanted, rated_at=rated_at)


def test_record_keeps_past_dates_but_no_future_ones(store):
    ana = store.members.add("Ana")
    days = {(ana, 1): 1_000, (ana, 2): NOON + 1}
    rates(store, {(ana, 1): 9, (ana, 2): 8, (ana, 3): 7}, days)
    rates(store, {(ana, 1): 9}, {(ana, 1): 5})  # the same stars of another date
    found = store.ratings.current()
    assert found["timestamp"].tolist() == [1_000, NOON, NOON]
    assert found["rating"].tolist() == [4.5, 4.0, 3.5]
    assert store.ratings.history()["at"].astype("int64").unique().tolist() == [NOON]


def now_true(store) -> dict:
    rows = store.ratings.current().itertuples()
    return {(row.member_id, row.movie_id): (row.rating, row.timestamp) for row in rows}


def changed(state: dict, changes: list, at: int) -> dict:
    after = dict(state)
    for member_id, movie_id, stars in {change[:2]: change for change in changes}.values():
        key = (member_id, movie_id)
        if stars is None:
            after.pop(key, None)
        elif stars != state.get(key, (None,))[0]:
            after[key] = (stars, at)
    return after


def test_ratings_are_a_replay_of_the_history(store, clock):
    clock.now = 1000

    @settings(max_examples=6, deadline=None)
    @given(steps=STEPS)
    def holds(steps: list) -> None:
        store.start_own_club("Replay")
        people = [store.members.add("Ana"), store.members.add("Bo")]
        state: dict = {}
        undo_stack: list[dict] = []
        version = store.version()
        for step in steps:
            clock.now += 1
            if step == "undo":
                assert (store.ratings.undo() is None) == (not undo_stack)
                after = undo_stack.pop() if undo_stack else state
            else:
                changes = [(people[person], movie, stars) for person, movie, stars in step]
                after = changed(state, changes, clock.now)
                assert store.ratings.rate_many(changes) == version + (after != state)
                undo_stack += [state] if after != state else []
            version += after != state
            state = after
            assert now_true(store) == state
            assert store.version() == version
        assert replayed(store) == {key: stars for key, (stars, _) in state.items()}

    holds()
