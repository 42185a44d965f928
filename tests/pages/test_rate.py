"""Rate promises: what is entered is saved, told, and can be taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from furnished import Open
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state
from ui.components.stars import rating
from ui.components.widget import new_taps

PULP_FICTION, UP = 296, 68954


def board(app: AppTest, key: str) -> dict:
    """The data that a widget of our own was drawn with."""
    elements = {
        element.proto.id.split("-")[-1]: element.proto for element in app.get("bidi_component")
    }
    proto = next(proto for name, proto in elements.items() if name == key)
    return json.loads(proto.json)


@pytest.mark.reads
def test_movie_in_address_shows_star_board(open_page: Open, store: Store) -> None:
    app = open_page("rate", movie=str(PULP_FICTION))
    assert app.subheader[0].value == "Pulp Fiction"
    rows = board(app, f"stars_{PULP_FICTION}")["rows"]
    given = (
        store.ratings.current().query("movie_id == @PULP_FICTION").set_index("member_id")["rating"]
    )
    assert [row["name"] for row in rows] == list(store.members.all()["name"])
    assert {row["id"]: row["stars"] for row in rows if row["stars"]} == given.to_dict()


@pytest.mark.reads
@pytest.mark.parametrize("movie", ["", "nonsense", "-77", "999999999"])
def test_unknown_movie_shows_suggestions(open_page: Open, movie: str) -> None:
    app = open_page("rate", movie=movie)
    assert not app.subheader
    shelves = [text.value for text in app.markdown]
    assert shelves == ["##### Worth rating next", "##### On the shortlist", "##### Rated lately"]
    questions = board(app, "shelf_questions")["tiles"]
    assert len(questions) == 6
    assert all("ask " in str(tile) for tile in questions)


def test_undo_takes_back_latest_rating(open_page: Open, store: Store) -> None:
    ana = int(store.members.all().index[0])
    store.ratings.rate(ana, UP, 4.5)
    app = open_page("rate")
    assert app.button("undo").label == "Undo Ana\\, Up\\: 4½"
    app.button("undo").click().run()
    assert store.ratings.current().query("movie_id == @UP").empty
    assert [toast.value for toast in app.toast] == ["Taken back: Ana\\, Up\\: 4½"]
    assert "undo" not in [button.key for button in app.button]


def test_club_without_members_links_to_members(open_page: Open, store: Store) -> None:
    store.start_own_club("Ours")
    app = open_page("rate")
    assert app.markdown[1].value == "There is nobody to rate for yet."


def test_star_board_log_is_read_once() -> None:
    log = [[11, 1, 3], [12, 2, 4.5], [13, 1, None]]
    assert new_taps(log, 0, rating) == ([(1, None), (2, 4.5)], 13)
    assert new_taps(log, 11, rating) == ([(2, 4.5), (1, None)], 13)
    assert new_taps(log, 13, rating) == ([], 13)


def test_grid_does_not_overwrite_others_changes(open_page: Open, store: Store) -> None:
    app = open_page("rate", way="Grid")
    member, movie = int(store.members.all().index[0]), store.movies.shortlist()[0]

    def given() -> list[float]:
        rows = store.ratings.current().set_index(["member_id", "movie_id"])["rating"]
        return [rows[member, movie]] if (member, movie) in rows.index else []

    key = f"grid_{app.session_state['grid_round']}"
    typed = {"edited_rows": {0: {str(member): 4.5}}, "added_rows": [], "deleted_rows": []}
    app.session_state[key] = typed
    app.run()
    assert given() == [4.5], "an edit whose callback was cut short is saved when the page is drawn"
    store.ratings.rate(member, movie, 2.0)
    app.session_state[key] = typed
    app.run()
    assert given() == [2.0]
    store.ratings.undo()
    app.run()
    assert given() == [4.5]
    store.ratings.undo()
    app.run()
    assert given() == []


@pytest.mark.sqlite("a file that can only be read is a file")
def test_read_only_database_shows_pages_and_refuses_ratings(
    open_page: Open, var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"file:{var / 'club.db'}"
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", f"sqlite:///{place}?mode=ro&uri=true")
    app = open_page("rate", way="Grid")
    assert len(app.data_editor[0].value) == 30
    before = state.store().ratings.current()
    typed = {"edited_rows": {0: {"1": 4.5}}, "added_rows": [], "deleted_rows": []}
    app.session_state[f"grid_{app.session_state['grid_round']}"] = typed
    app.run()
    (error,) = {shown.value for shown in [*app.error, *app.toast]}
    assert error.replace("\\", "") == (
        f"The database {place} can only be read; allow writing to the file and its folder. "
        "Nothing was changed; put that right and reload this page."
    )
    assert state.store().ratings.current().equals(before)
