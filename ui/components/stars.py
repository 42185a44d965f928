"""The star board: half stars for several members, which Streamlit has no widget for.

Its HTML, CSS and JavaScript are files of this project; names travel as data and are set as text,
never as markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import streamlit as st

from ui.cache import cached
from ui.components.basics import one_at_a_time

ASSETS = Path(__file__).parent.parent / "assets"
BOARD = "star_board"  # where the session keeps the key of the board drawn last
STARS = [step / 2 for step in range(1, 11)]

Saved = Callable[[list[tuple[int, float | None]]], None]


@cached()
def component(name: str) -> Callable[..., object]:
    """Return the widget of ours whose CSS and JavaScript are the files of that name."""
    html = f'<div class="{name.removeprefix("star_")}"></div>'
    css, js = ((ASSETS / f"{name}.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return st.components.v2.component(f"movie_club_{name}", html=html, css=css, js=js)


def new_changes(log: object, seen: int) -> tuple[list[tuple[int, float | None]], int]:
    """Return [(member_id, half stars or None)] of a log above `seen`, and its last number."""
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
            # Only now: a run that is cut short before this line reads the same changes again.
            st.session_state[f"{key}_seen"] = last

    if _unread(key)[0]:
        read()
        st.rerun()
    data = [{"id": member, "name": name, "stars": stars} for member, name, stars in rows]
    draw = component("star_board")
    draw(key=key, data={"rows": data}, default={"log": []}, on_log_change=read)


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
