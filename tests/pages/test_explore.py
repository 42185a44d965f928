"""Explore promises something good that nobody here has seen, within the filters of the address."""

import re
import time
from dataclasses import replace
from functools import partial

import pytest
from an_evening import said
from furnished import Open, click, tiles
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state, taste
from ui.jobs import LearnedFrom


def picked(app: AppTest) -> list[int]:
    """The movies that are offered, in order."""
    return [tile["id"] for tile in tiles(app, "picks")]


@pytest.mark.reads
def test_twelve_unseen_picks_with_reasons(open_page: Open, store: Store) -> None:
    app = open_page("explore")
    picks = picked(app)
    assert len(set(picks)) == 12
    assert not set(picks) & set(store.ratings.current()["movie_id"])
    listed = {tile["id"] for tile in tiles(app, "picks") if tile["action"] != "Shortlist"}
    assert listed == set(picks) & set(store.movies.shortlist())

    club = state.view()
    notes = [tile["note"] for tile in tiles(app, "picks")]
    given = [re.fullmatch(r"(\w+) loved (.+)", note) for note in notes]
    said = [match.groups() for match in given if match]
    assert said
    titles = {club.title(movie): movie for _, movie in club.stars}
    members = {name: member for member, name in club.names.items()}
    for name, title in said:
        assert club.stars[members[name], titles[title]] >= 4.5


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
    assert any("Take something away" in text.value for text in app.markdown)
    click(app, "Start over")
    assert picked(app)


def test_map_of_taste_and_its_failure(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_model: object) -> None:
        raise ValueError("t-SNE did not converge")

    def drawn(app: AppTest) -> AppTest:
        """The page once the map of the serving model is drawn or has failed."""
        deadline = time.monotonic() + 30
        while any("Drawing the map" in text for text in said(app.run())):
            assert time.monotonic() < deadline
        assert picked(app)
        return app

    monkeypatch.setattr(taste, "draw_map", partial(taste.draw_map, limit=60))
    app = open_page("explore")
    app.session_state["map"] = True
    assert len(drawn(app).get("plotly_chart")) == 1
    monkeypatch.setattr(taste, "draw_map", fail)
    trainer = state.trainer()
    learned = LearnedFrom(trainer.learned_version, trainer.learned_base)
    trainer.adopt(replace(trainer.model), learned)
    assert any("could not be drawn" in text for text in said(drawn(app)))
