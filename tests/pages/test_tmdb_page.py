"""TMDB on the pages promises: nothing without a key, and with one posters and where to watch."""

from collections.abc import Iterator

import pytest
import streamlit as st
from fake_tmdb import V3_KEY, V4_TOKEN, Answer, FakeTmdb
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from club.sources import http
from club.store import Store
from ui import state, tmdb
from ui.tmdb import fetched_picture

HEAT = 6  # in the catalogue; 949 at TMDB


@pytest.fixture
def fake() -> Iterator[FakeTmdb]:
    with FakeTmdb() as server:
        yield server


@pytest.fixture
def with_key(fake: FakeTmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "secrets", {"tmdb": {"key": V3_KEY, "url": fake.url}})
    monkeypatch.setattr(http, "PAUSES", (0.0, 0.0))


def texts(app: AppTest) -> str:
    return "\n".join(str(part.value) for part in [*app.markdown, *app.caption, *app.error])


def test_section_says_how_to_get_a_key_and_what_is_wrong_with_it(
    open_page, secrets_file, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("settings", set="Catalogue")

    def drawn(secrets: str) -> AppTest:
        secrets_file.write_text(secrets)
        monkeypatch.setattr(st, "secrets", Secrets())  # as if Streamlit had noticed
        return app.run()

    for text in ("", "[other]\nkey = 1"):
        assert "themoviedb.org" in texts(drawn(text))
        assert '[tmdb]\nkey = "your key"' in [code.value for code in app.code]
        assert not app.error
        assert "tmdb_posters" not in [button.key for button in app.button]
    for text, said in (
        ("[tmdb]\nkey = abc", "cannot be read; check that texts in it stand in quotes"),
        ("[tmdb]\nkey = 5", "Write the key for TMDB into"),
    ):
        (error,) = drawn(text).error
        assert said in error.value.replace("\\", "")
        assert app.title[0].value == "Settings"


def offers(open_page, movie: int, country: str | None = None) -> AppTest:
    """Open a movie's page, and on it what TMDB says of where to watch it."""
    app = open_page("movie", movie=str(movie))
    app.session_state[f"offers_{movie}"] = True
    app.run()
    if country:
        app.selectbox("country").set_value(country).run()
    return app


def test_movie_page_says_where_to_watch_only_when_asked(open_page, secrets_file, fake) -> None:
    secrets_file.write_text(f'[tmdb]\nkey = "{V4_TOKEN}"\nurl = "{fake.url}"\n')
    open_page("movie", movie=str(HEAT))
    assert fake.asked == []
    said = texts(offers(open_page, HEAT, "DE"))
    assert "**With a subscription**: Film\\|Plus and Kino" in said
    assert "**To rent**: Shop" in said
    assert "Where to watch comes from JustWatch" in said
    assert "not endorsed or certified by TMDB" in said
    said = texts(offers(open_page, HEAT, "US"))
    assert "Tubes" in said
    assert "Shop" not in said


def test_movie_page_without_offers_or_a_key_says_so(open_page, with_key, fake, store) -> None:
    nowhere = store.movies.add("Heat", 1972, tmdb_id=11046)
    assert "No service is known to show it." in texts(offers(open_page, nowhere))
    unknown = store.movies.add("Our holiday", 2024)
    assert "several movies of this title and year, or none" in texts(offers(open_page, unknown))
    fake.always("/3", Answer(503))
    (error,) = offers(open_page, HEAT).error
    assert "TMDB has trouble" in error.value


def test_posters_are_fetched_for_the_shortlist_and_ratings(
    open_page, with_key, fake, store: Store
) -> None:
    store.start_own_club("Film club")
    ana = store.members.add("Ana")
    store.ratings.rate(ana, HEAT, 4)
    store.movies.add_to_shortlist(1)
    app = open_page("settings", set="Catalogue")
    button = app.button("tmdb_posters")
    assert button.label.endswith("(2)")
    button.click().run()
    tmdb.poster_job().wait(30)
    app.run()
    assert not app.exception
    assert "1 poster came. 1 movie might be another one" in texts(app)
    assert fetched_picture(949) is not None
    assert app.button("tmdb_posters").label.endswith("(1)")
    assert state.view().movies.loc[HEAT, "tmdb_id"] == 949
