"""Two widgets that Streamlit has not got: half stars for a whole club, and a shelf of posters.

Their HTML, CSS and JavaScript are files of this project; names and titles travel as data and are
set as text, never as markup.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from ui import state
from ui.cache import cached
from ui.components.basics import one_at_a_time
from ui.pictures import picture
from ui.text import film

ASSETS = Path(__file__).parent.parent / "assets"
BOARD = "star_board"  # where the session keeps the key of the board drawn last
STARS = [step / 2 for step in range(1, 11)]

Saved = Callable[[list[tuple[int, float | None]]], None]


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


@cached()
def _star_board() -> Callable[..., object]:
    return st.components.v2.component(
        "movie_club_star_board",
        html='<div class="board"></div>',
        css=_asset("star_board.css"),
        js=_asset("star_board.js"),
    )


@cached()
def _shelf() -> Callable[..., object]:
    return st.components.v2.component(
        "movie_club_shelf",
        html='<div class="shelf"></div>',
        css=_asset("shelf.css"),
        js=_asset("shelf.js"),
    )


def new_changes(log: object, seen: int) -> tuple[list[tuple[int, float | None]], int]:
    """Read the star board's log: [[number, member_id, stars or None], ...].

    The browser may send anything, so what is no half star is left out.

    Returns:
        The changes with a number above `seen`, the last of each member; the highest number.
    """
    changes: dict[int, float | None] = {}
    for entry in log if isinstance(log, list) else []:
        match entry:
            case [int(number), int(member), int() | float() | None as stars] if number > seen:
                if stars is None or stars in STARS:
                    changes[member] = None if stars is None else float(stars)
                seen = number
    return list(changes.items()), seen


def star_board(rows: Iterable[tuple[int, str, float | None]], key: str, on_rated: Saved) -> None:
    """Draw a row of half stars for each (member_id, name, stars or None).

    Args:
        key: of the widget; another key for another movie.
        on_rated: called with [(member_id, stars or None), ...] before the page is drawn again. It
            may be called twice with the same change.
    """
    st.session_state[BOARD] = key

    def read() -> None:
        with one_at_a_time():
            changes, last = _unread(key)
            if changes:
                on_rated(changes)
            # Only now: whoever is cut short before this line reads the same changes again.
            st.session_state[f"{key}_seen"] = last

    if _unread(key)[0]:
        read()
        st.rerun()
    data = [{"id": member, "name": name, "stars": stars} for member, name, stars in rows]
    _star_board()(key=key, data={"rows": data}, default={"log": []}, on_log_change=read)


def _unread(key: str) -> tuple[list[tuple[int, float | None]], int]:
    log = st.session_state[key].get("log") if key in st.session_state else []
    return new_changes(log, st.session_state.get(f"{key}_seen", 0))


def waiting() -> bool:
    """Return whether stars were tapped that nobody has saved yet.

    Streamlit cuts a callback short when the next message arrives at the wrong moment, and does not
    call it again.
    """
    key = st.session_state.get(BOARD)
    return key is not None and bool(_unread(key)[0])


def shelf(
    club: state.View,
    movie_ids: Sequence[int],
    key: str,
    on_chosen: Callable[[int], None],
    note: Callable[[int], str] = lambda _: "",
) -> None:
    """Draw posters to choose from.

    Args:
        on_chosen: called with the movie's id before the page is drawn again.
        note: a few words under a movie's poster.
    """
    draw_shelf(key, [_tile(club, movie, note(movie)) for movie in movie_ids], on_chosen)


def shelf_of_links(
    club: state.View,
    movie_ids: Sequence[int],
    key: str,
    note: Callable[[int], str] = lambda _: "",
) -> None:
    """Draw posters that lead to the movies' own pages, as links do.

    Args:
        note: a few words under a movie's poster.
    """

    def go(movie: int) -> None:
        st.switch_page("pages/movie.py", query_params={"movie": str(movie)})

    tiles = [
        _tile(club, movie, note(movie)) | {"address": f"movie?movie={movie}"} for movie in movie_ids
    ]
    draw_shelf(key, tiles, go)


def draw_shelf(key: str, tiles: Sequence[dict[str, Any]], on_chosen: Callable[[int], None]) -> None:
    """Draw tiles (see `tile`) to choose from; `on_chosen` is called with the number of one."""

    def read() -> None:
        chosen = st.session_state[key].get("chosen")
        if chosen in [tile["id"] for tile in tiles]:
            on_chosen(int(chosen))

    _shelf()(key=key, data={"tiles": tiles}, on_chosen_change=read)


def tile(number: int, label: str, note: str, svg: str) -> dict[str, Any]:
    """Return what the shelf draws of a movie.

    Args:
        label: what it is called, for who cannot see the picture.
        note: a few words under the picture.
        svg: the picture.
    """
    data = base64.b64encode(svg.encode("utf-8")).decode("ascii")
    return {
        "id": number,
        "label": label,
        "note": note,
        "picture": f"data:image/svg+xml;base64,{data}",
    }


def _tile(club: state.View, movie: int, note: str) -> dict[str, Any]:
    called = film(club.title(movie), club.year(movie))
    return tile(movie, called, note, picture(club, movie))
