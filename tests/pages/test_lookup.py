"""Newer movies promise: nothing is asked unless a host says so, and every end is a sentence."""

from collections.abc import Iterator

import pytest
from an_evening import words
from fake_tmdb import Answer
from fake_wikidata import FakeWikidata
from furnished import Open, click
from streamlit.testing.v1 import AppTest

from club.sources import wikidata
from club.sources.http import Pace
from club.store import Store
from ui import state
from ui.sections import lookup


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWikidata]:
    with FakeWikidata() as server:
        monkeypatch.setattr(lookup, "ADDRESS", server.url)
        monkeypatch.setattr(wikidata, "PACE", Pace(1e9))
        yield server


def look(open_page: Open) -> AppTest:
    app = click(open_page("settings", set="Catalogue"), "Look for newer movies")
    lookup.lookup_job().wait(30)
    return app.run()


def test_newer_movies_come_and_are_predicted(open_page: Open, store: Store, fake) -> None:
    own = store.movies.add("Salt Road", 2026)
    open_page("settings", set="Catalogue")
    assert fake.asked == []
    said = words(look(open_page))
    assert "1 newer movie came. 1 movie that we added got what was missing." in said
    club = state.view()
    assert club.movies.loc[own, "directors"] == ("Ada Lind",)
    (ferry,) = club.search("moon ferry")[:1]
    assert club.movies.at[ferry, "genres"] == ("Fantasy", "Animation")
    assert state.reactions(club, (own, ferry), tuple(club.names)).mean.shape == (8, 2)


def test_stop_ends_the_waiting(open_page: Open, store: Store, fake) -> None:
    fake.always("/sparql", Answer(429, {}, Retry_After="100"))
    app = click(open_page("settings", set="Catalogue"), "Look for newer movies")
    click(app, "Stop")
    lookup.lookup_job().wait(10)
    assert lookup.lookup_job().status.state == "stopped"
    assert not app.run().warning
