"""The header of every page: the five places, the settings, and a search for any movie."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.components.basics import ICON, row
from ui.components.search import HEADER, movie_search
from ui.components.tile import embedded
from ui.components.widget import component
from ui.state import View

SETTINGS = {"name": "settings", "title": "Settings", "address": "settings"}
# Pages that belong to a place.
BELONGS = {"night": "nights", "bring": "rate", "start": "club"}


def header(club: View, places: dict[str, str], current: str) -> DeltaGenerator:
    """Draw the header; return a place in it for what a page says while it is open.

    Args:
        places: titles by page name; the first is where the app begins.
        current: name of the page.
    """
    first = next(iter(places))
    links = [
        {"name": name, "title": title, "address": "./" if name == first else name}
        for name, title in places.items()
    ]
    data = {
        "places": links,
        "settings": SETTINGS,
        "current": BELONGS.get(current, current),
        "sign": embedded(ICON.read_text("utf-8")),
    }
    known = {*places, "settings"}

    def go() -> None:
        name = st.session_state["nav_bar"].get("chosen")
        if name in known:
            st.switch_page(f"pages/{name}.py", query_params={})

    with row("header"):
        component("navigation")(
            key="nav_bar",
            data=data,
            on_chosen_change=go,
            on_again_change=lambda: None,  # the page is drawn again, that is all
            width="content",
        )
        with st.container(width="stretch", gap=None):
            movie_search(club, HEADER, "Search any movie")
            return st.empty()
