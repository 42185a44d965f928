"""Tiles, faces and what visitors tap on them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from club.store import Store
from ui import state
from ui.components.people import face, initials_of
from ui.components.stars import rating
from ui.components.widget import new_taps

BRUNO = 2


def drawn(page: Callable[[], None]) -> list[dict[str, Any]]:
    """The data that the widgets of ours on a page were drawn with."""
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    return [json.loads(element.proto.json) for element in app.get("bidi_component")]


@settings(max_examples=30)
@given(
    some.dictionaries(
        some.integers(1, 40), some.text("aAbBß1 -", min_size=1, max_size=5), max_size=12
    )
)
def test_initials_differ(names: dict[int, str]) -> None:
    found = initials_of(names)
    assert found.keys() == names.keys()
    assert len(set(found.values())) == len(names)


def test_faces_keep_their_colours(store: Store) -> None:
    before = state.view()
    colours = {one: face(before, one).colour for one in before.names}
    assert len(set(colours.values())) == 8
    store.members.remove(BRUNO)
    new = store.members.add("Zoe")
    guest = store.members.add_guest("Gus")
    after = state.view()
    assert {one: face(after, one).colour for one in colours} == colours
    assert face(after, new).colour not in colours.values()
    assert face(after, guest).colour not in colours.values()
    assert face(after, BRUNO).initial == "?"


@pytest.mark.reads
def test_tile_says_what_is_known(var: Path) -> None:
    def page() -> None:
        from ui import state
        from ui.components.tile import Tile, tiles

        tile = Tile(
            68954, ((1, 4.5, True), (2, 3.04, False)), (3.8, 3.2, 4.4), note="*ok*", action="Veto"
        )
        tiles(state.view(), [tile], "one", "S")

    (data,) = drawn(page)
    (tile,) = data["tiles"]
    assert tile["title"] == "Up"
    assert tile["meta"] == "2009 · 1 h 36 min"
    assert tile["link"] == "movie?movie=68954"
    assert tile["label"] == "Up (2009), 3.8 stars expected, Ana gave 4½, Bruno perhaps 3.0, *ok*"
    assert [one["text"] for one in tile["people"]] == ["4½", "3.0"]
    assert tile["group"] == ["3.8", "3.2", "4.4"]
    assert tile["rated"] == "none"


@pytest.mark.reads
def test_tiles_of_movies_that_are_gone_and_vetoed(var: Path) -> None:
    def page() -> None:
        from ui import state
        from ui.components.tile import Tile, tiles

        shown = [Tile(999_999_999, note="x"), Tile(296, note="x", dimmed="Ana vetoed it")]
        tiles(state.view(), shown, "two", "M", on_chosen=print)
        tiles(state.view(), [Tile(296, own_stars=None)], "three", "M", on_stars=print)

    two, three = drawn(page)
    gone, vetoed = two["tiles"]
    assert (gone["title"], gone["link"], gone["picture"]) == ("a movie that is gone", "", "")
    assert (vetoed["note"], vetoed["dimmed"], vetoed["link"]) == ("Ana vetoed it", True, "")
    assert three["tiles"][0]["rated"] is None


def test_log_of_taps_is_read_once() -> None:
    log = [[11, 1, True], [12, 2, False], [13, 1, False], [14, 3, 4.5], "x", [15]]
    assert new_taps(log, 0, lambda on: isinstance(on, bool)) == ([(1, False), (2, False)], 14)
    assert new_taps(log, 13, rating) == ([(3, 4.5)], 14)


def test_nobody_waits_for_taps_on_another_page() -> None:
    def page() -> None:
        import streamlit as st

        from ui.components import widget

        # What Streamlit has of a widget that is not drawn any more.
        st.session_state[widget.LOGS] = {"gone"}
        st.session_state["gone"] = '{"log": [[1, 2, true]]}'
        st.text(widget.waiting())

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert app.text[0].value == "False"
