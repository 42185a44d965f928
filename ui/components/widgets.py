"""Two widgets that Streamlit has not got: half stars for a whole club, and a shelf of posters.

Their HTML, CSS and JavaScript are files of this project; names and titles travel as data and are
set as text, never as markup.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import streamlit as st

from ui import services
from ui.posters import poster
from ui.text import film

ASSETS = Path(__file__).parent.parent / "assets"
STARS = [step / 2 for step in range(1, 11)]

Saved = Callable[[list[tuple[int, float | None]]], None]


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


@st.cache_resource(show_spinner=False)
def _star_board() -> Callable[..., object]:
    return st.components.v2.component(
        "movie_club_star_board",
        html='<div class="board"></div>',
        css=_asset("star_board.css"),
        js=_asset("star_board.js"),
    )


@st.cache_resource(show_spinner=False)
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
        on_rated: called with [(member_id, stars or None), ...] before the page is drawn again.
    """
    seen_key = f"{key}_seen"

    def read() -> None:
        log = st.session_state[key].get("log")
        changes, st.session_state[seen_key] = new_changes(log, st.session_state.get(seen_key, 0))
        if changes:
            on_rated(changes)

    data = [{"id": member, "name": name, "stars": stars} for member, name, stars in rows]
    _star_board()(key=key, data={"rows": data}, default={"log": []}, on_log_change=read)


def shelf(
    club: services.View,
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

    def read() -> None:
        chosen = st.session_state[key].get("chosen")
        if chosen in movie_ids:
            on_chosen(int(chosen))

    tiles = []
    for movie in movie_ids:
        title, year = club.title(movie), club.year(movie)
        svg = poster(title, year, club.genres(movie)).encode("utf-8")
        picture = f"data:image/svg+xml;base64,{base64.b64encode(svg).decode('ascii')}"
        tiles.append(
            {"id": movie, "label": film(title, year), "note": note(movie), "picture": picture}
        )
    _shelf()(key=key, data={"tiles": tiles}, on_chosen_change=read)
