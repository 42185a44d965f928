"""The Catalogue page: what there is, and a movie of the club's own."""

from __future__ import annotations

import pytest
from an_evening import candidates, metrics
from furnished import Open, click, tiles

from club.store import Store
from ui import state


@pytest.mark.reads
def test_overview(open_page: Open) -> None:
    movies = state.bundled().movies
    assert metrics(open_page("settings", set="Catalogue")) == {
        "Movies": f"{len(movies):,}",
        "With keywords": f"{(movies['keywords'].map(len) > 0).sum():,}",
        "Ratings": "100,004",
        "People": "671",
    }


def test_added_movie_is_a_candidate(open_page: Open, store: Store) -> None:
    app = open_page("settings", set="Catalogue")
    app.text_input("own_title").set_value("The *Newest*")
    app.number_input("own_year").set_value(2026)
    app.number_input("own_minutes").set_value(12)
    app.multiselect("own_genres").set_value(["Comedy", "Crime"])
    app.multiselect("own_keywords").set_value(["heist"])
    click(app, "Add the movie")
    (tile,) = tiles(app, "own_expected")
    assert [one["member"] for one in tile["people"]] == list(store.members.all().index)
    movie = store.movies.shortlist()[-1]
    row = store.movies.own().loc[movie]
    assert (row["title"], row["year"], row["runtime"]) == ("The *Newest*", 2026, 12)
    assert (row["genres"], row["keywords"]) == (("Comedy", "Crime"), ("heist",))
    assert "The *Newest*" in candidates(open_page())


@pytest.mark.reads
def test_movie_without_title_is_refused(open_page: Open, store: Store) -> None:
    app = open_page("settings", set="Catalogue")
    click(app, "Add the movie")
    assert len(app.error) == 1
    assert store.movies.own().empty
