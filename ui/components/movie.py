"""The Movie page: what a movie is, what everyone gave or would give it, and what is like it."""

from __future__ import annotations

import streamlit as st

from ui import services
from ui.components.basics import facts, poster_image
from ui.components.widgets import shelf
from ui.services import View
from ui.text import film, plain

ASKED, FIND = "movie", "find_movie"


def asked_for() -> int | None:
    """Return the movie that the page's address names, known or not; None where it names none."""
    try:
        return int(st.query_params.get(ASKED, ""))
    except ValueError:
        return None


def look_elsewhere(club: View) -> None:
    """Say that the address names no movie, with the search for one."""
    if ASKED in st.query_params:
        st.markdown("There is no such movie here; it may have been another club's.")
    text = st.text_input(
        "Find a movie",
        key=FIND,
        type="search",
        live="250ms",
        placeholder="A title, or roughly that",
    )
    if text:
        shelf(club, services.search(club, text), "found", _go_to)


def _go_to(movie: int) -> None:
    st.query_params[ASKED] = str(movie)
    st.session_state[FIND] = ""


def name_tab(club: View, movie: int) -> None:
    """Let the browser's tab and bookmarks say which movie this is."""
    st.set_page_config(page_title=f"{film(club.title(movie), club.year(movie))} · Movie club")


def heading(club: View, movie: int) -> str:
    """Return the movie's title as Markdown."""
    return plain(club.title(movie))


def facts_beside_poster(club: View, movie: int) -> None:
    """Draw the poster with what the movie is."""
    picture, words = st.columns([2, 3], wrap=False)
    with picture:
        poster_image(club, movie)
    with words:
        st.caption(facts(club, movie))
