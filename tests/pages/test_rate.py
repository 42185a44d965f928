"""Rate promises: what is entered is saved, told, and can be taken back."""

from pathlib import Path

import pytest
from furnished import Open, tiles
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state
from ui.sections.rate import STEP

PULP_FICTION, UP = 296, 68954
ANA, BRUNO = 1, 2


def ids(app: AppTest, person: int) -> list[int]:
    return [tile["id"] for tile in tiles(app, f"wall_{person}")]


@pytest.mark.reads
def test_wall_shows_well_known_movies_that_one_has_not_rated(open_page: Open, store: Store) -> None:
    app = open_page("rate", movie="999999999")
    wall = ids(app, ANA)
    rated = set(store.ratings.current().query("member_id == @ANA")["movie_id"])
    assert len(wall) == len(set(wall)) == STEP
    assert rated.isdisjoint(wall)
    app.button("more").click().run()
    assert ids(app, ANA)[:STEP] == wall
    assert len(set(ids(app, ANA))) == 2 * STEP


def test_wall_of_a_new_club_spreads_over_genres_and_decades(open_page: Open, store: Store) -> None:
    store.start_own_club("Ours")
    mia = store.members.add("Mia")
    wall = ids(open_page("rate"), mia)
    movies = state.view().movies.loc[wall]
    assert len(wall) == STEP
    assert (state.view().catalogue.fame[wall] > 60).all()
    assert movies["genres"].map(lambda genres: genres[0]).nunique() >= 6
    assert (movies["year"] // 10).nunique() >= 4


def test_tap_saves_and_moves_nothing(open_page: Open, store: Store) -> None:
    app = open_page("rate")
    wall = ids(app, ANA)
    app.session_state[f"wall_{ANA}"] = {"log": [[1, wall[4], 3.5]]}
    app.run()
    row = store.ratings.current().query("member_id == @ANA and movie_id == @wall[4]")
    assert row["rating"].tolist() == [3.5]
    assert ids(app, ANA) == wall
    assert tiles(app, f"wall_{ANA}")[4]["rated"] == 3.5
    assert not app.toast


@pytest.mark.reads
def test_movie_not_seen_gives_its_place_to_another(var: Path) -> None:
    def page() -> None:
        import streamlit as st

        from ui import state
        from ui.sections import rate

        club = state.view()
        before = list(rate.on_the_wall(club, 1))
        rate.not_seen(club, 1, before[3])
        st.session_state["walls_seen"] = before, list(rate.on_the_wall(club, 1))

    before, now = AppTest.from_function(page).run(timeout=60).session_state["walls_seen"]
    assert (now[:3], now[4:]) == (before[:3], before[4:])
    assert now[3] not in before


def test_undo_and_redo(open_page: Open, store: Store) -> None:
    store.ratings.rate(ANA, UP, 4.5)
    app = open_page("rate")
    assert app.button("redo").disabled
    app.button("undo").click().run()
    assert store.ratings.current().query("movie_id == @UP").empty
    assert [toast.value.replace("\\", "") for toast in app.toast] == ["Taken back: Ana, Up: 4½"]
    assert app.button("undo").disabled
    app.button("redo").click().run()
    assert store.ratings.current().query("movie_id == @UP")["rating"].tolist() == [4.5]
    assert not app.button("undo").disabled
    assert app.button("redo").disabled


def test_read_only_database_shows_pages_and_refuses_ratings(
    open_page: Open, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"file:{var / 'club.db'}"
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", f"sqlite:///{place}?mode=ro&uri=true")
    app = open_page("rate")
    before = state.store().ratings.current()
    app.session_state[f"wall_{ANA}"] = {"log": [[1, ids(app, ANA)[0], 4.5]]}
    app.run()
    (error,) = {shown.value for shown in [*app.error, *app.toast]}
    assert f"The database {place} can only be read" in error.replace("\\", "")
    assert "Nothing was changed" in error
    assert state.store().ratings.current().equals(before)
