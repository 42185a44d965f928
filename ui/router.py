"""The list of pages, and the one way to reach them."""

from __future__ import annotations

from contextvars import ContextVar

import streamlit as st
from streamlit.navigation.page import Page

from club import config
from club.errors import StoreUnavailable
from ui import access, live, state
from ui.cache import cached
from ui.components.basics import ICON, errors_shown, show

_reached: ContextVar[bool] = ContextVar("reached through the router", default=False)

PAGES = {
    "tonight": ("Tonight", ":material/local_activity:"),
    "explore": ("Explore", ":material/travel_explore:"),
    "rate": ("Rate", ":material/star_half:"),
    "taste": ("Our taste", ":material/diversity_3:"),
    "nights": ("Nights", ":material/calendar_month:"),
    "club": ("Club", ":material/groups:"),
    "catalogue": ("Catalogue", ":material/video_library:"),
    "model": ("Model", ":material/neurology:"),
    "evaluation": ("Evaluation", ":material/query_stats:"),
    "movie": ("Movie", ":material/movie:"),
    "bring": ("Bring ratings", ":material/upload_file:"),
    "night": ("Movie night", ":material/event:"),
}
UNLISTED = {"bring", "movie", "night"}  # reached by links only


def page(name: str) -> Page:
    """Return the page `name`, a key of PAGES, for links and navigation."""
    title, icon = PAGES[name]
    return st.Page(
        f"pages/{name}.py",
        title=title,
        icon=icon,
        default=name == "tonight",
        visibility="hidden" if name in UNLISTED else "visible",
    )


def choose() -> Page:
    """Draw the navigation and return the page that the address names."""
    # Before the navigation: without a symbol of its own the tab would fetch the page's from afar.
    st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
    st.logo(ICON, size="medium")
    inside = access.visitor() is not None
    current = st.navigation([page(name) for name in PAGES], position="top" if inside else "hidden")
    st.set_page_config(page_title=f"{current.title} · Movie club" if inside else access.TITLE)
    return current


@cached(max_entries=1)
def _start() -> None:
    """Set up what the whole process needs, once."""
    config.configure_logging()


def run() -> None:
    """Draw the navigation, then the page that the address names, to who may come in."""
    _start()
    current = choose()
    access.guard()
    token = _reached.set(True)
    try:
        with errors_shown():
            try:
                state.backup_scheduler().look()
                state.learn_if_needed()
                with live.watched(current):
                    access.greet(state.view())
                    current.run()
            except StoreUnavailable as error:
                show(error)
                live.try_again()
    finally:
        _reached.reset(token)


def require() -> None:
    """Send a visitor who came to a page file past the router through it; every page's first call.

    A folder named pages/ makes Streamlit run the page file alone when a deep link is the first
    thing that a fresh server is asked for. Naming the pages once ends that mode for the process.
    """
    if not _reached.get():
        choose()
        st.rerun()
