"""The movie page promises: one movie whole, and a way on from any address."""

import re
from typing import Any

import pytest
from an_evening import ANA, BRUNO, decided, tap, widget, words
from furnished import Open, component_data, tiles
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state
from ui.sections import why

HEAT, UP = 6, 68954
EIGHT = range(1, 9)


def open_movie(open_page: Open, movie: int) -> AppTest:
    return open_page("movie", movie=str(movie))


def hero(app: AppTest) -> dict[str, Any]:
    """What the movie's own tile shows."""
    return tiles(app, "movie_hero")[0]


@pytest.mark.reads
def test_unknown_movie_shows_search(open_page: Open) -> None:
    app = open_page("movie", movie="99999999999999999999")
    assert app.title[0].value == "Movie"
    assert component_data(app, "header_search")["label"] == "Search any movie"


@pytest.mark.reads
def test_unrated_movie_is_predicted_beside_similar_ones(open_page: Open) -> None:
    app = open_movie(open_page, UP)
    club = state.view()
    expected = state.reactions(club, (UP,), tuple(EIGHT))
    assert (hero(app)["title"], hero(app)["link"]) == ("Up", "")
    assert hero(app)["meta"].startswith("2009 · 1 h 36 min · ")
    assert hero(app)["group"][0] == f"{expected.mean.mean():.1f}"
    assert [one["text"] for one in hero(app)["people"]] == [f"{x:.1f}" for x in expected.mean[:, 0]]
    assert not any(one["given"] for one in hero(app)["people"])
    table = app.dataframe[0].value
    low, high = expected.interval()
    assert table["Who"].tolist() == list(club.names.values())
    assert table["Usually between"][0] == f"{low[0, 0]:.1f} – {high[0, 0]:.1f}"
    assert len(app.get("plotly_chart")) == 1
    found = tiles(app, "similar")
    assert len(found) == 12
    assert all(tile["link"] == f"movie?movie={tile['id']}" for tile in found)
    assert "computer animation" in " ".join(tile["note"] for tile in found)
    assert UP not in [tile["id"] for tile in found]


def test_ratings_beside_expectations(open_page: Open, store: Store) -> None:
    for member in EIGHT:
        store.ratings.rate(member, HEAT, 0.5)
    app = open_movie(open_page, HEAT)
    assert hero(app)["group"][0] == "0.5"
    assert [one["text"] for one in hero(app)["people"]] == ["½"] * len(EIGHT)
    table = app.dataframe[0].value
    assert table["Gave"].tolist() == ["½"] * len(EIGHT)
    # The model had not heard of these ratings, and expects what it did before.
    assert (table["Expected"].astype(float) > 1).all()


def test_why_for_members_without_rating(open_page: Open, store: Store) -> None:
    store.ratings.rate(1, UP, 4)
    app = open_movie(open_page, UP)
    assert len(widget(app, "why_movie_")["faces"]) == len(EIGHT) - 1
    tap(app, "why_movie_", 3, True)
    assert re.search(r"We expect \*\*\d\.\d\*\* from Chiara", words(app))
    assert "ecause you" not in words(app)
    club = state.view()
    for member in EIGHT[1:]:
        parts = state.model(club).explain(club.evidence, member, UP)
        rows = why.sum_of(club, member, parts)
        assert all(abs(stars) >= 0.05 for _, stars in rows)  # nothing that is shown as 0.0
        assert sum(stars for _, stars in rows) == pytest.approx(parts["stars"].sum(), abs=0.2)
        assert sum("gave" in what for what, _ in rows) in {1, 2}


@pytest.mark.reads
def test_similar_hides_movies_of_an_earlier_club(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tiles(open_movie(open_page, UP), "similar")
    know = state.model
    gone = state.base_dataset().movies.loc[[tile["id"] for tile in before]].set_axis(range(-12, 0))
    monkeypatch.setattr(state, "model", lambda club: know(club).with_movies(gone))
    assert [tile["id"] for tile in tiles(open_movie(open_page, UP), "similar")] == [
        tile["id"] for tile in before
    ]


def test_own_movie_has_a_page(open_page: Open, store: Store) -> None:
    movie = store.movies.add("*Our* film", 2026, "Comedy", "pixar animation|computer animation")
    app = open_movie(open_page, movie)
    assert hero(app)["title"] == "*Our* film"
    assert "Nobody yet." in words(app)
    assert tiles(app, "similar")
    nothing = store.movies.add("Nothing known")
    app = open_movie(open_page, nothing)
    assert "We don't know yet." in words(app)
    assert "We know too little of it" in words(app)


def test_picked_movie_keeps_its_prediction_secret(open_page: Open, store: Store) -> None:
    """Until the stars of who holds the screen are in, on the movie's page and on Explore."""
    night = decided(store, {ANA: (3.5, 3.0), BRUNO: (4.0, 4.5)})
    store.nights.rate(night, ANA, 4.5)
    for me in ({}, {"me": "Bruno"}):
        shown = hero(open_page("movie", movie=str(UP), **me))
        assert (shown["people"], shown["group"]) == ([], None)
    assert len(hero(open_page("movie", movie=str(UP), me="Ana"))["people"]) == len(EIGHT)
    store.nights.reveal(night)
    assert hero(open_movie(open_page, UP))["group"]
