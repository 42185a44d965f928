"""Many open pages at once: they see what others do soon, and ask for it sparingly."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from furnished import Open
from hypothesis import given
from hypothesis import strategies as st

from club.store import Store
from recommender import HybridModel
from ui import live, services
from ui.latest import RECALLED, Latest
from ui.live import DRAWN, Turns


@contextmanager
def drawing(turns: Turns) -> Iterator[None]:
    """Another page, which takes a turn and is being drawn meanwhile."""
    taken, drawn = threading.Event(), threading.Event()

    def draw() -> None:
        if turns.take():
            taken.set()
        drawn.wait()

    page = threading.Thread(target=draw)
    page.start()
    assert taken.wait(10)
    try:
        yield
    finally:
        drawn.set()
        page.join()


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
            allowed = [number for at, number in versions if at < now - RECALLED + 1e-9]
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
            assert not turns.take()
        assert turns.take()  # the page that was drawn has given its turn back
        assert not turns.take()


def test_a_page_shows_what_others_did(open_page: Open, store: Store, monkeypatch) -> None:
    app = open_page("rate", movie="1")
    drawn = app.session_state[DRAWN]
    monkeypatch.setattr("ui.latest.RECALLED", 0.0)
    version = Store(store.database.url.render_as_string(False)).rate(1, 1, 0.5)
    assert services.lately()[0] == version
    assert app.run().session_state[DRAWN] != drawn
    assert app.session_state[DRAWN] == services.lately()


def test_a_page_whose_turn_it_is_not_stays_as_it_is(open_page: Open, store: Store, monkeypatch):
    monkeypatch.setattr("ui.latest.RECALLED", 0.0)
    monkeypatch.setattr(live, "_turns", Turns(at_once=0))
    app = open_page("rate", movie="1")
    store.rate(1, 1, 0.5)
    with monkeypatch.context() as patch:
        patch.setattr(live.st, "session_state", app.session_state)
        assert services.lately() != app.session_state[DRAWN]
        assert not live._is_late()
        patch.setattr(live, "_turns", Turns())
        assert live._is_late()


def test_ratings_are_expected_as_if_all_were_computed_anew(store: Store) -> None:
    club = services.view()
    movies, members = tuple(club.movies.index[:40]), tuple(club.names)
    services.reactions(club, movies, members)
    store.rate(members[2], movies[3], 0.5)
    club = services.view()
    found, serving = services.reactions(club, movies, members), services.model(club)
    whole = serving.react(club.evidence, movies, member_ids=members)
    assert (found.member_ids, found.movie_ids) == (whole.member_ids, whole.movie_ids)
    for name in ("mean", "sd", "shared_sd", "cuts"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


def test_one_members_rating_leaves_the_others_expectations_alone(store: Store, monkeypatch) -> None:
    club = services.view()
    movies, members = tuple(club.movies.index[:40]), tuple(club.names)
    services.reactions(club, movies, members)
    asked: list[int] = []
    react = HybridModel.react

    def noted(self, ratings, movie_ids, member_ids):
        asked.extend(member_ids)
        return react(self, ratings, movie_ids, member_ids=member_ids)

    monkeypatch.setattr(HybridModel, "react", noted)
    store.rate(members[2], movies[3], 0.5)
    services.reactions(services.view(), movies, members)
    assert asked == [members[2]]


def test_a_movie_that_the_club_adds_is_expected_at_once(store: Store) -> None:
    club = services.view()
    services.reactions(club, (1,), tuple(club.names))
    movie = store.add_movie("Made at home", 2020, ["Drama"], ["heist"])
    club = services.view()
    found = services.reactions(club, (1, movie), tuple(club.names))
    assert found.movie_ids == (1, movie)


def test_nobody_is_expected_to_think_anything_where_nobody_is_there(store: Store) -> None:
    found = services.reactions(services.view(), (1, 2), ())
    assert found.mean.shape == (0, 2)
