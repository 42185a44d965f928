"""Explore promises something good that nobody here has seen, within the filters of the address."""

from __future__ import annotations

import time

import pytest
from furnished import Open, click
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state, taste


def picked(app: AppTest) -> list[int]:
    """The movies that can be put on the shortlist, in order."""
    keys = [button.key or "" for button in app.button]
    return [int(key.removeprefix("list_")) for key in keys if key.startswith("list_")]


@pytest.mark.reads
def test_nine_unseen_picks(open_page: Open, store: Store) -> None:
    picks = picked(open_page("explore"))
    shortlist = len(set(picks) & set(store.movies.shortlist()))
    assert len(picks) == len(set(picks))
    assert 9 - len(store.movies.shortlist()) <= len(picks) + shortlist <= 9
    assert not set(picks) & set(store.ratings.current()["movie_id"])


@pytest.mark.reads
def test_seen_movies_on_request(open_page: Open, store: Store) -> None:
    app = open_page("explore", again="true")
    assert set(picked(app)) & set(store.ratings.current()["movie_id"])


@pytest.mark.reads
def test_address_sets_filters(open_page: Open) -> None:
    movies = state.view().movies
    app = open_page("explore", keyword="heist")
    assert app.multiselect("keyword").value == ["heist"]
    picks = picked(app)
    assert picks
    assert all("heist" in movies.at[movie, "keywords"] for movie in picks)
    both = picked(open_page("explore", genre="Western", decade="1960s"))
    assert all("Western" in movies.at[movie, "genres"] for movie in both)
    assert all(1960 <= movies.at[movie, "year"] < 1970 for movie in both)


@pytest.mark.reads
def test_no_result_says_which_filter_to_remove(open_page: Open) -> None:
    app = open_page("explore", keyword="pixar animation", decade="1930s")
    assert any("take away a keyword" in text.value for text in app.markdown)
    click(app, "Show every movie")
    assert picked(app)


@pytest.mark.reads
def test_dials_change_picks(open_page: Open) -> None:
    app = open_page("explore")
    before, counts = picked(app), state.base_dataset().rating_counts
    app.slider("obscurity").set_value(100).run()
    after = picked(app)
    assert counts[after].mean() < counts[before].mean()


def test_pick_is_shortlisted(open_page: Open, store: Store) -> None:
    app = open_page("explore")
    movie = picked(app)[0]
    app.button(f"list_{movie}").click().run()
    assert store.movies.shortlist()[-1] == movie
    assert movie not in picked(app)


def test_failed_map_leaves_the_page_standing(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_model: object) -> None:
        raise ValueError("t-SNE did not converge")

    monkeypatch.setattr(taste, "draw_map", fail)
    app = open_page("explore")
    deadline = time.monotonic() + 10
    while not (said := [text.value for text in app.caption if "could not be drawn" in text.value]):
        assert time.monotonic() < deadline
        app.run()
    assert "server" in said[0]
    assert not app.exception
    assert picked(app)
