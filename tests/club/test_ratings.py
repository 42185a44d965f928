from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import pytest

from club.errors import InvalidInput, NotFound
from club.ledger import Change, Entry
from club.store import Store

NOON = 1_700_000_000


@pytest.fixture
def clock(monkeypatch):
    """The store's clock, as a list whose last element is now."""
    times = [NOON]
    monkeypatch.setattr("club.store._now", lambda: times[-1])
    return times


@pytest.fixture
def pair(store):
    return store.add_member("Ana"), store.add_member("Bo")


def as_dict(store) -> dict:
    return {(row.member_id, row.movie_id): row.rating for row in store.ratings().itertuples()}


def test_ratings_come_back_exactly_with_types_and_time(store, pair, clock):
    ana, bo = pair
    assert store.rate(ana, 10, 0.5) == 3
    clock.append(NOON + 60)
    assert store.rate(bo, 10, 5) == 4
    expected = pd.DataFrame(
        {
            "member_id": [ana, bo],
            "movie_id": [10, 10],
            "rating": [0.5, 5.0],
            "timestamp": [NOON, NOON + 60],
        }
    )
    pd.testing.assert_frame_equal(store.ratings(), expected)
    pd.testing.assert_series_equal(store.ratings().iloc[:0].dtypes, expected.dtypes)


def test_an_empty_club_has_ratings_of_the_same_types(store):
    types = store.ratings().dtypes.astype(str).to_dict()
    assert types == {
        "member_id": "int64",
        "movie_id": "int64",
        "rating": "float64",
        "timestamp": "int64",
    }
    assert store.history().dtypes.astype(str).to_dict() == {
        "event_id": "int64",
        "step": "int64",
        "at": "datetime64[s, UTC]",
        "member_id": "int64",
        "movie_id": "int64",
        "before": "float64",
        "after": "float64",
        "kind": "str",
        "undoes": "Int64",
        "changed_by": "str",
    }


def test_the_same_stars_again_change_nothing(store, pair):
    ana, _ = pair
    version = store.rate(ana, 10, 3.5)
    assert store.rate(ana, 10, 3.5) == version
    assert store.unrate(ana, 11) == version
    assert store.rate_many([(ana, 10, 3.5), (ana, 12, None)]) == version
    assert store.rate_many([]) == version
    assert store.version() == version
    assert len(store.history()) == 1


def test_a_rating_can_be_changed_and_taken_away(store, pair):
    ana, _ = pair
    store.rate(ana, 10, 3.5)
    store.rate(ana, 10, 1)
    assert as_dict(store) == {(ana, 10): 1.0}
    store.unrate(ana, 10)
    assert as_dict(store) == {}
    assert store.history()["kind"].tolist() == ["clear", "rate", "rate"]


def test_bad_stars_are_refused_and_nothing_is_written(store, pair):
    ana, _ = pair
    for stars in (7, 0, 3.3, "4", None):
        with pytest.raises(InvalidInput) as caught:
            store.rate(ana, 10, stars)
        assert str(caught.value) == f"Stars go from 0.5 to 5 in half steps, not {stars}."
    assert store.version() == 2


def test_many_ratings_are_all_written_or_none(store, pair):
    ana, bo = pair
    store.rate(ana, 1, 2)
    for changes, error in [
        ([(ana, 1, 5), (bo, 2, 7)], InvalidInput),
        ([(ana, 1, 5), (99, 2, 4)], NotFound),
        ([(ana, 1, 5), (bo, -7, 4)], NotFound),
    ]:
        with pytest.raises(error):
            store.rate_many(changes)
    assert as_dict(store) == {(ana, 1): 2.0}
    assert store.version() == 3
    assert len(store.history()) == 1


def test_many_ratings_are_one_step_and_the_last_of_two_counts(store, pair):
    ana, bo = pair
    store.rate(bo, 2, 3)
    version = store.rate_many([(ana, 1, 5), (ana, 1, 4), (bo, 2, None), (bo, 3, 0.5)])
    assert as_dict(store) == {(ana, 1): 4.0, (bo, 3): 0.5}
    assert store.version() == version == 4
    history = store.history()
    assert history["step"].tolist() == [4, 4, 4, 3]
    assert history["kind"].tolist() == ["rate", "clear", "rate", "rate"]


def test_undo_takes_back_the_latest_step_and_undoing_again_walks_further_back(store, pair, clock):
    ana, bo = pair
    store.rate(ana, 1, 2)
    clock.append(NOON + 10)
    store.rate_many([(ana, 1, 4.5), (bo, 1, 3)])
    clock.append(NOON + 20)
    store.unrate(bo, 1)
    states = [{(ana, 1): 4.5, (bo, 1): 3.0}, {(ana, 1): 2.0}, {}]

    at = datetime.fromtimestamp(NOON + 20, UTC)
    assert store.undoable() == Change(5, at, (Entry(bo, 1, 3.0, None),))
    assert store.undo() == Change(5, at, (Entry(bo, 1, 3.0, None),))
    assert as_dict(store) == states[0]
    assert store.undo().entries == (Entry(ana, 1, 2.0, 4.5), Entry(bo, 1, None, 3.0))
    assert as_dict(store) == states[1]
    assert store.ratings()["timestamp"].tolist() == [NOON]  # the restored rating's own time
    assert store.undo().entries == (Entry(ana, 1, None, 2.0),)
    assert as_dict(store) == states[2]
    assert store.undoable() is None
    assert store.undo() is None
    assert store.version() == 8


def test_undo_after_undo_and_a_new_rating_takes_back_the_new_rating(store, pair):
    ana, _ = pair
    store.rate(ana, 1, 1)
    store.rate(ana, 1, 2)
    store.undo()
    store.rate(ana, 1, 5)
    assert store.undo().entries == (Entry(ana, 1, 1.0, 5.0),)
    assert as_dict(store) == {(ana, 1): 1.0}
    assert store.undo().entries == (Entry(ana, 1, None, 1.0),)
    assert store.undo() is None


def test_undo_of_a_named_step_never_takes_back_what_somebody_else_did_since(store, pair):
    ana, bo = pair
    mine = store.rate(ana, 1, 1)
    store.rate(bo, 1, 2)
    assert store.undo(mine) is None
    assert as_dict(store) == {(ana, 1): 1.0, (bo, 1): 2.0}
    assert store.version() == 4
    assert store.undo(store.undoable().step).entries == (Entry(bo, 1, None, 2.0),)
    assert store.undo(mine).entries == (Entry(ana, 1, None, 1.0),)


def test_only_ratings_are_undone(store, pair):
    ana, bo = pair
    store.rate(ana, 1, 1)
    store.add_to_shortlist(3)
    store.remove_member(ana)
    assert store.undo().entries == (Entry(ana, 1, None, 1.0),)
    assert store.shortlist() == [3]
    assert store.members().index.tolist() == [bo]
    assert store.ratings(include_left=True).empty


def test_history_says_everything_newest_first(store, pair, clock):
    ana, bo = pair
    store.rate(ana, 1, 2, changed_by="Bo")
    clock.append(NOON - 3600)  # the clock was put back
    store.rate(bo, 2, 3)
    store.undo(changed_by="Ana")
    history = store.history()
    assert history["kind"].tolist() == ["undo", "rate", "rate"]
    assert history["step"].tolist() == [5, 4, 3]
    assert history["undoes"].tolist() == [4, pd.NA, pd.NA]
    assert history["changed_by"].fillna("?").tolist() == ["Ana", "?", "Bo"]
    assert history["member_id"].tolist() == [bo, bo, ana]
    assert history["before"].fillna(0).tolist() == [3, 0, 0]
    assert history["after"].fillna(0).tolist() == [0, 3, 2]
    assert history["at"].astype("int64").tolist() == [NOON - 3600, NOON - 3600, NOON]
    assert history["event_id"].is_monotonic_decreasing


def test_history_of_one_member_one_movie_or_the_latest(store, pair):
    ana, bo = pair
    store.rate_many([(ana, 1, 1), (ana, 2, 2), (bo, 1, 3)])
    assert store.history(member_id=ana)["movie_id"].tolist() == [2, 1]
    assert store.history(movie_id=1)["member_id"].tolist() == [bo, ana]
    assert store.history(member_id=ana, movie_id=1)["after"].tolist() == [1.0]
    assert store.history(limit=2)["after"].tolist() == [3.0, 2.0]


def test_a_movie_that_nobody_knows_is_not_found(location):
    store = Store(location, knows_movie={1, 2}.__contains__)
    ana = store.add_member("Ana")
    own = store.add_movie("Our holiday", 2024)
    store.rate_many([(ana, 1, 4), (ana, own, 5)])
    for movie_id in (3, own - 1, 0):
        with pytest.raises(NotFound) as caught:
            store.rate(ana, movie_id, 4)
        assert str(caught.value) == f"There is no movie {movie_id}."
    assert as_dict(store) == {(ana, 1): 4.0, (ana, own): 5.0}


def test_two_stores_on_one_database_see_each_others_writes(location):
    one, other = Store(location), Store(location)
    ana = one.add_member("Ana")
    other.rate(ana, 1, 4)
    assert one.version() == other.version() == 2
    assert as_dict(one) == {(ana, 1): 4.0}
    assert one.undo() is not None
    assert other.undoable() is None
