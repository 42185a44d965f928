"""The one search for movies, on every page: a text field, and what it finds."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from club.search import normalise, only_a_year
from ui import router
from ui.state import View
from ui.text import counted, plain

FIRST, MOST = 9, 60  # nine fill a row of a screen and three of a phone's


def find(
    club: View, key: str, draw: Callable[[list[int]], None], label: str = "Find a movie"
) -> bool:
    """Draw the search and what it finds; return whether somebody is searching.

    Args:
        key: of the search; `end(key)` in a callback ends it.
        draw: draws the found movies, best first, never none.
        label: what the search is for; it stands in the empty field.
    """
    ended = st.session_state.get(f"{key}_rounds", 0)  # searches
    text = st.text_input(
        label,
        key=f"{key}_{ended}" if ended else key,
        type="search",
        live="250ms",
        icon=":material/search:",
        placeholder=f"{label}: a title, or roughly that",
        label_visibility="collapsed",
    )
    if not text or not text.strip():
        return False
    found = club.search(text, MOST)
    if not found and not normalise(text):
        st.markdown("Please type some letters or digits of the title.")
        return True
    if not found:
        st.markdown(f"No movie is called anything like “{plain(text)}”.")
        st.page_link(router.page("catalogue"), label="Add it by hand", icon=":material/add:")
        return True
    asked_for_all = f"{key}_all"
    shown = found if st.session_state.get(asked_for_all) == text else found[:FIRST]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(_how_many(text, len(shown), len(found)), width="content")
        if len(shown) < len(found):
            show, args = st.session_state.__setitem__, (asked_for_all, text)
            st.button("Show more", key=f"{key}_more", type="tertiary", on_click=show, args=args)
    draw(shown)
    return True


def end(key: str) -> None:
    """End the search.

    A new field takes the place of the old one: a browser that has not heard of it yet still sends
    the old field's text with all that it asks, and emptied the field would be full again.
    """
    rounds = f"{key}_rounds"
    st.session_state[rounds] = st.session_state.get(rounds, 0) + 1


def _how_many(text: str, shown: int, found: int) -> str:
    number = f"{found - 1}+ movies" if found == MOST else counted(found, "movie")
    if shown < found:
        number = f"{shown} of {number}"
    year = only_a_year(text)
    return f"{number} called that or of {year}" if year else number
