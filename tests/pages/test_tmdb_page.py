"""The section From TMDB promises: nothing without a key, and with one a movie in three clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from fake_tmdb import V3_KEY, V4_TOKEN, Answer, FakeTmdb
from streamlit.testing.v1 import AppTest

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


def search(app: AppTest, text: str) -> AppTest:
    app.text_input("tmdb_text").set_value(text)
    next(button for button in app.button if button.label == "Search").click()
    app.run()
    assert not app.exception
    return app


def choose(app: AppTest, tmdb_id: int) -> AppTest:
    """What a click on a poster does, which only a browser can."""
    app.session_state["tmdb_chosen"] = tmdb_id
    if "tmdb_movie" in app.session_state:
        del app.session_state["tmdb_movie"]
    app.run()
    assert not app.exception
    return app


def found(app: AppTest) -> list[str]:
    return [movie.title for movie in app.session_state["tmdb_found"]]


def texts(app: AppTest) -> str:
    return "\n".join(str(part.value) for part in [*app.markdown, *app.caption, *app.error])


@pytest.mark.parametrize("text", [None, 'other = "x"', "[other]\nkey = 1"])
def test_section_without_a_key_says_how_to_get_one(open_page, secrets_file, text) -> None:
    if text is not None:
        secrets_file.write_text(text)
    app = open_page("settings", set="Catalogue")
    assert "themoviedb.org" in texts(app)
    assert '[tmdb]\nkey = "your key"' in [code.value for code in app.code]
    assert not app.error
    assert not app.warning
    assert "tmdb_text" not in [field.key for field in app.text_input]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tmdb]\nkey = abc", "cannot be read; check that texts in it stand in quotes"),
        ("[tmdb]\nname = 'x'", "Write the key for TMDB into"),
        ("tmdb = 'abc'", "Write the key for TMDB into"),
        ("[tmdb]\nkey = 5", "Write the key for TMDB into"),
    ],
)
def test_section_with_bad_secrets_says_so(open_page, secrets_file, text, said) -> None:
    secrets_file.write_text(text)
    app = open_page("settings", set="Catalogue")
    (error,) = app.error
    assert said in error.value.replace("\\", "")
    assert app.title[0].value == "Settings"


def test_section_asks_with_the_key_only_after_a_search(open_page, secrets_file, fake) -> None:
    secrets_file.write_text(f'[tmdb]\nkey = "{V4_TOKEN}"\nurl = "{fake.url}"\n')
    app = open_page("settings", set="Catalogue")
    assert fake.asked == []
    assert found(search(app, "heat")) == ["Heat", "Heat"]
    assert fake.authorizations[0] == f"Bearer {V4_TOKEN}"
    assert "TMDB knows no movie of that name." in texts(search(app, "*no* such"))
    (credit,) = [caption.value for caption in app.caption if "endorsed" in caption.value]
    assert "[TMDB](https://www.themoviedb.org), The Movie Database" in credit


def test_movie_is_added_with_its_facts(open_page, with_key, fake, store: Store) -> None:
    app = choose(search(open_page("settings", set="Catalogue"), "cellarmates"), 99496243)
    said = texts(app)
    assert "2019 · 133 min · Comedy\\, Thriller\\, Drama" in said
    assert "Original title: 지하친구" in said
    app.button("tmdb_add").click().run()
    own = store.movies.own().iloc[-1]
    assert own["title"] == "Cellarmates"
    assert (own["year"], own["runtime"], own["tmdb_id"]) == (2019, 133, 99496243)
    assert (own["genres"], own["keywords"]) == ((), ())  # they would be learned from
    assert own["aliases"] == ("지하친구",)
    assert own["overview"] == "A family moves in, one after the other."
    assert store.movies.shortlist()[-1] == store.movies.own().index[-1]
    assert fetched_picture(99496243) is not None
    assert app.toast[0].value.startswith("Cellarmates \\(2019\\) is in. ")
    assert "We have this movie" in texts(app)
    assert "tmdb_add" not in [button.key for button in app.button]
    club = state.view()
    assert club.search("지하친구") == [store.movies.own().index[-1]]
    assert state.reactions(club, club.shortlist, tuple(club.names)).mean.shape == (8, 7)


def test_movie_of_the_catalogue_gets_its_details(open_page, with_key, store: Store) -> None:
    app = choose(search(open_page("settings", set="Catalogue"), "heat"), 949)
    assert "We have this movie" in texts(app)
    before = state.view().movies.loc[HEAT]
    app.button("tmdb_take").click().run()
    assert store.movies.own().empty
    heat = state.view().movies.loc[HEAT]
    assert (heat["runtime"], heat["tmdb_id"]) == (170, 949)
    assert heat["keywords"] == before["keywords"]
    assert "tmdb_take" not in [button.key for button in app.button]
    page = open_page("movie", movie=str(HEAT))
    assert "A thief and a policeman sit down for a coffee\\." in texts(page)


def offers(open_page, movie: int, country: str | None = None) -> AppTest:
    """Open a movie's page, and on it what TMDB says of where to watch it."""
    app = open_page("movie", movie=str(movie))
    app.session_state[f"offers_{movie}"] = True
    app.run()
    if country:
        app.selectbox("country").set_value(country).run()
    return app


def test_movie_page_says_where_to_watch_only_when_asked(open_page, with_key, fake) -> None:
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


def test_fault_is_a_sentence_and_the_page_goes_on(open_page, with_key, fake) -> None:
    fault = Answer(200, b"<html>log in</html>")
    fake.break_at("/3/search", fault)
    app = search(open_page("settings", set="Catalogue"), "heat")
    (error,) = app.error
    assert "A web page answers in TMDB's place" in error.value.replace("\\", "")
    assert error.value.endswith("Everything else works without it.")
    assert V3_KEY not in str(app)
    assert found(search(app, "heat")) == ["Heat", "Heat"]
    assert not app.error
    fake.break_at("/3/movie", fault)
    assert len(choose(app, 949).error) == 1
    assert len(app.run().error) == 0
    assert found(app) == ["Heat", "Heat"]
    assert "tmdb_add" not in [button.key for button in app.button]


def test_missing_posters_are_drawn(open_page, with_key, fake, store: Store) -> None:
    fake.always("/t/p", Answer(200, b"no picture"))
    app = choose(search(open_page("settings", set="Catalogue"), "cellarmates"), 99496243)
    assert not app.error
    app.button("tmdb_add").click().run()
    assert store.movies.own()["title"].tolist() == ["Cellarmates"]
    (error,) = app.error
    assert error.value.endswith("The movie keeps its drawn poster.")
    assert fetched_picture(99496243) is None


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


def test_failed_poster_job_is_reported(open_page, with_key, fake, store: Store) -> None:
    fake.always("/3/search", Answer(429, {}, Retry_After="60"))
    app = open_page("settings", set="Catalogue")
    app.button("tmdb_posters").click().run()
    tmdb.poster_job().wait(30)
    app.run()
    (warning,) = app.warning
    assert "TMDB is asked too often" in warning.value
