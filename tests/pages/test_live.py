"""Many open pages at once: they see what others do soon, and ask for it sparingly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import SimpleNamespace

import numpy as np
import pandas as pd
from furnished import Open
from hypothesis import given
from hypothesis import strategies as st

from club.store import Store
from recommender import HybridModel
from recommender.evaluation.evaluate import leave_one_out
from recommender.taste import compare, draw_member
from ui import cache, judging, live, portraits, state
from ui.latest import RECALLED, Latest
from ui.live import (
    ADDRESS,
    DRAWN,
    ENDED,
    LATE_SINCE,
    MOST_ASTRAY,
    PATIENCE,
    PAUSE,
    SOON,
    Turns,
)


@contextmanager
def meanwhile(begin: Callable[[], object]) -> Iterator[None]:
    """Another thread, which has done `begin` and goes on until the end."""
    begun, over = threading.Event(), threading.Event()

    def draw() -> None:
        begin()
        begun.set()
        over.wait()

    page = threading.Thread(target=draw)
    page.start()
    assert begun.wait(10)
    try:
        yield
    finally:
        over.set()
        page.join()


def drawing(turns: Turns) -> AbstractContextManager[None]:
    """Another page, which takes a turn and is being drawn meanwhile."""

    def take() -> None:
        if turns.take(0.0):
            turns.come()  # as every page that is drawn

    return meanwhile(take)


@given(st.lists(st.sampled_from(["write", "ask", "recall", "wait"]), max_size=40))
def test_what_is_recalled_is_hardly_older_than_a_moment(steps: list[str]) -> None:
    now, versions = 0.0, [(0.0, 0)]
    latest = Latest(lambda: versions[-1][1], clock=lambda: now)
    for step in steps:
        if step == "write":
            versions.append((now, versions[-1][1] + 1))
        elif step == "wait":
            now += RECALLED / 3
        elif step == "ask":
            assert latest.ask() == versions[-1][1]
        else:
            allowed = [number for at, number in versions if at < now - RECALLED - 1e-9]
            assert max(allowed, default=0) <= latest.recall() <= versions[-1][1]


def test_the_database_is_asked_once_for_many_pages() -> None:
    now, asked = 0.0, []
    latest = Latest(lambda: len(asked.append(now) or asked), clock=lambda: now)
    assert [latest.recall() for _ in range(25)] == [1] * 25
    now = RECALLED
    assert [latest.recall() for _ in range(25)] == [2] * 25
    assert asked == [0.0, RECALLED]


def test_who_changes_something_makes_it_known_to_all_at_once() -> None:
    version = [1]
    latest = Latest(lambda: version[0], clock=lambda: 0.0)
    assert latest.recall() == 1
    version[0] = 2
    assert latest.recall() == 1
    assert latest.ask() == 2  # a page that is drawn asks
    assert latest.recall() == 2


def test_pages_are_drawn_for_others_a_few_at_a_time() -> None:
    turns = Turns(at_once=2)
    with drawing(turns):
        with drawing(turns):
            assert not turns.take(0.0)
        assert turns.take(0.0)  # the page that was drawn has given its turn back
        assert not turns.take(0.0)


def test_pages_wait_for_a_visitor_who_does_something_but_not_forever() -> None:
    now = 100.0
    turns = Turns(at_once=5, clock=lambda: now)
    with meanwhile(turns.come):
        assert not turns.take(0.0)
        assert not turns.take(PATIENCE - 0.1)
        assert turns.take(PATIENCE)
        now += PAUSE - 0.1
        assert not turns.take(10 * PATIENCE)  # another page has just come in between
        now += 0.1
        assert turns.take(10 * PATIENCE)
    assert turns.take(0.0)


def test_a_page_knows_since_when_it_is_late(open_page: Open, store: Store, monkeypatch) -> None:
    monkeypatch.setattr("ui.latest.RECALLED", 0.0)
    waits, now = [], 100.0
    monkeypatch.setattr(live, "_turns", SimpleNamespace(come=lambda: None, take=waits.append))
    monkeypatch.setattr(live.time, "monotonic", lambda: now)
    app = open_page("rate", movie="1")
    store.rate(1, 1, 0.5)
    with monkeypatch.context() as patch:
        patch.setattr(live.st, "session_state", app.session_state)
        live._is_late()
        now = 101.5
        live._is_late()
    assert waits == [0.0, 1.5]
    assert app.run().session_state[LATE_SINCE] is None


def test_a_beat_from_the_address_of_before_does_not_bring_that_back(
    open_page: Open, monkeypatch
) -> None:
    app = open_page("rate", movie="1")
    _, (page, query) = app.session_state[ADDRESS]
    assert (page != "", query) == (True, {"movie": ["1"]})
    with monkeypatch.context() as patch:
        patch.setattr(live.st, "session_state", app.session_state)
        for sent in [("", query), (page, {"movie": ["2"]})]:
            patch.setattr(live, "_address", lambda sent=sent: sent)
            astray = [live._is_astray() for _ in range(MOST_ASTRAY + 1)]
            assert astray == [True] * MOST_ASTRAY + [False]  # a page never stays dead
        patch.setattr(live, "_address", lambda: (page, query))
        assert not live._is_astray()


def test_who_asks_too_soon_has_not_heard_the_page_and_gets_it_once_more(
    open_page: Open, monkeypatch
) -> None:
    app = open_page("rate", movie="1")
    address, (ended, thread) = (app.session_state[key] for key in (ADDRESS, ENDED))
    state: dict[str, object] = {ADDRESS: address}
    done: list[object] = []
    with monkeypatch.context() as patch:
        patch.setattr(live.time, "monotonic", lambda: ended + SOON - 0.1)
        patch.setattr(live.st, "session_state", state)
        for before, lost in [
            ((ended, thread), True),
            ((ended, threading.current_thread()), False),  # of one thread nothing gets lost
            ((ended - SOON, thread), False),
        ]:
            state[ENDED] = before
            assert live._is_lost() is lost
            assert not live._is_lost()  # it is drawn once more, not again and again
        patch.setattr(live.st, "rerun", lambda: done.append("as asked"))
        patch.setattr(live.st, "switch_page", lambda page, **query: done.append((page, query)))
        patch.setattr(live, "_address", lambda: address[1])
        live._draw_again()
        patch.setattr(live, "_address", lambda: ("", {}))  # of the page of before
        live._draw_again()
    assert done[0] == "as asked"
    page, query = done[-1]
    assert (page.url_path, query) == ("rate", {"query_params": {"movie": ["1"]}})


def test_an_address_that_the_page_corrects_is_what_it_has_drawn(open_page: Open) -> None:
    app = open_page("explore", genre="No such genre", again="true")
    assert app.session_state[ADDRESS][1][1] == {"again": ["true"]}


def test_a_page_shows_what_others_did(open_page: Open, store: Store, monkeypatch) -> None:
    app = open_page("rate", movie="1")
    drawn = app.session_state[DRAWN]
    monkeypatch.setattr("ui.latest.RECALLED", 0.0)
    version = Store(store.database.url.render_as_string(False)).rate(1, 1, 0.5)
    assert live.lately()[0] == version
    assert app.run().session_state[DRAWN] != drawn
    assert app.session_state[DRAWN] == live.lately()


def test_a_page_whose_turn_it_is_not_stays_as_it_is(open_page: Open, store: Store, monkeypatch):
    monkeypatch.setattr("ui.latest.RECALLED", 0.0)
    monkeypatch.setattr(live, "_turns", Turns(at_once=0))
    app = open_page("rate", movie="1")
    store.rate(1, 1, 0.5)
    with monkeypatch.context() as patch:
        patch.setattr(live.st, "session_state", app.session_state)
        assert live.lately() != app.session_state[DRAWN]
        assert not live._is_late()
        patch.setattr(live, "_turns", Turns())
        assert live._is_late()


def test_ratings_are_expected_as_if_all_were_computed_anew(store: Store) -> None:
    club = state.view()
    movies, members = tuple(club.movies.index[:40]), tuple(club.names)
    state.reactions(club, movies, members)
    store.rate(members[2], movies[3], 0.5)
    club = state.view()
    found, serving = state.reactions(club, movies, members), state.model(club)
    whole = serving.react(club.evidence, movies, member_ids=members)
    assert (found.member_ids, found.movie_ids) == (whole.member_ids, whole.movie_ids)
    for name in ("mean", "sd", "shared_sd", "thresholds"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


def test_one_members_rating_leaves_the_others_expectations_alone(store: Store, monkeypatch) -> None:
    club = state.view()
    movies, members = tuple(club.movies.index[:40]), tuple(club.names)
    cache.clear()  # what other tests asked of the same model
    state.reactions(club, movies, members)
    asked: list[int] = []
    react = HybridModel.react

    def noted(self, ratings, movie_ids, member_ids):
        asked.extend(member_ids)
        return react(self, ratings, movie_ids, member_ids=member_ids)

    monkeypatch.setattr(HybridModel, "react", noted)
    store.rate(members[2], movies[3], 0.5)
    state.reactions(state.view(), movies, members)
    assert asked == [members[2]]


def test_a_movie_that_the_club_adds_is_expected_at_once(store: Store) -> None:
    club = state.view()
    state.reactions(club, (1,), tuple(club.names))
    movie = store.add_movie("Made at home", 2020, ["Drama"], ["heist"])
    club = state.view()
    found = state.reactions(club, (1, movie), tuple(club.names))
    assert found.movie_ids == (1, movie)


def test_nobody_is_expected_to_think_anything_where_nobody_is_there(store: Store) -> None:
    found = state.reactions(state.view(), (1, 2), ())
    assert found.mean.shape == (0, 2)


def test_what_is_kept_of_each_member_is_what_all_would_be_anew(store: Store) -> None:
    club = state.view()
    before = judging.left_out(club), portraits.matches(club)
    store.rate(list(club.names)[2], int(club.ratings["movie_id"].iloc[0]), 0.5)
    club = state.view()
    serving, learned = state.model(club), state.learned_ratings(club)
    found = judging.left_out(club), portraits.matches(club)
    anew = (
        leave_one_out(serving, club.ratings, learned.frame),
        compare(
            serving,
            club.ratings,
            {
                member: draw_member(
                    serving, club.ratings[club.ratings["member_id"] == member], member
                )
                for member in club.names
            },
        ),
    )
    for kept, computed, old in zip(found, anew, before, strict=True):
        pd.testing.assert_frame_equal(kept, computed)
        assert not kept.equals(old)
