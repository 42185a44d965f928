"""The list of pages, and the one way to reach them."""

from __future__ import annotations

import inspect
import logging
import secrets
from contextlib import suppress
from contextvars import ContextVar
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route
from streamlit import file_util
from streamlit.navigation.page import Page

from club import config
from club.errors import ClubError, StoreUnavailable
from recommender.embeddings import check_processor
from recommender.errors import RecommenderError
from ui import access, live, nights, state
from ui.cache import cached
from ui.components import navigation
from ui.components.basics import ICON, EndOfPage, errors_shown, show
from ui.sections.night import choosing, planning

log = logging.getLogger(__name__)

# of the page that is drawn, which was reached through the router
_view: ContextVar[state.View | None] = ContextVar("view", default=None)

ROOT = '<div id="root">'
# Until the browser has loaded Streamlit, which then draws the page over it.
OPENING = (
    '<p class="opening"><b>Movie club</b><br>The projector is warming up; what to watch tonight is '
    "on in a moment.</p>"
)
# What lets phones install the app, and what they show without a network.
FILES = ("manifest.webmanifest", "icon.png", "icon.svg", "service-worker.js", "offline.html")
HEAD = """<link rel="manifest" href="/manifest.webmanifest" crossorigin="use-credentials">
<link rel="apple-touch-icon" href="/icon.png"><meta name="theme-color" content="#9c1f44">
<script>navigator.serviceWorker?.register("/service-worker.js").catch(() => {})</script>"""

PLACES = {"tonight": "Tonight", "explore": "Explore", "rate": "Rate", "nights": "Nights"}
PLACES |= {"club": "Club"}
PAGES = PLACES | {
    "settings": "Settings",
    "movie": "Movie",
    "night": "Movie night",
    "bring": "Import ratings",
    "start": "Our own club",
}
# Addresses of earlier versions, and what one would type for the first page.
MOVED = {
    "tonight": ("", {}),
    "taste": ("club", {"about": "Our taste"}),
    "catalogue": ("settings", {"set": "Catalogue"}),
    "model": ("settings", {"set": "Laboratory"}),
    "evaluation": ("settings", {"set": "How we know"}),
}


def routes() -> list[Route]:
    """Return the routes before Streamlit's: its HTML with our style, and addresses of before."""
    # A style that a page draws comes too late: its first parts would move.
    style = f"<style>{(ICON.parent / 'page.css').read_text('utf-8')}</style>{HEAD}</head>"
    content = Path(file_util.get_static_dir(), "index.html").read_text("utf-8")
    content = content.replace("</head>", style).replace(ROOT, f"{ROOT}{OPENING}")

    def index(_request: Request) -> HTMLResponse:
        return HTMLResponse(content, headers={"Cache-Control": "no-cache"})

    def file(request: Request) -> Response:
        return FileResponse(ICON.parent / request.url.path.strip("/"))

    def lead_on(request: Request) -> RedirectResponse:
        to, named = MOVED[request.url.path.strip("/")]
        query = urlencode({**request.query_params, **named})
        return RedirectResponse(f"/{to}{query and '?'}{query}")

    def calendar(request: Request) -> Response:
        try:
            club = state.view()
            planned = nights.nights(club)
        except ClubError as error:
            return PlainTextResponse(str(error), 503)
        key, asked = club.club.calendar_key, str(request.path_params["key"])
        if key is None or not secrets.compare_digest(key.encode(), asked.encode()):
            return PlainTextResponse("There is no such calendar.", 404)
        file = planning.calendar_of(club, planned)
        return Response(file, media_type="text/calendar; charset=utf-8")

    pages = [Route(f"/{name}", index) for name in {"", *PAGES} - set(MOVED)]
    files = [Route(f"/{name}", file) for name in FILES]
    files.append(Route(access.CALENDAR + "{key}.ics", calendar))
    return [*pages, *files, *(Route(f"/{name}", lead_on) for name in MOVED)]


def choose() -> Page:
    """Set the pages up and return the one that the address names."""
    # Before the navigation: without a symbol of its own the tab would fetch the page's from afar.
    st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state="collapsed")
    inside = access.visitor() is not None
    pages = [
        st.Page(f"pages/{name}.py", title=title, default=name == "tonight")
        for name, title in PAGES.items()
    ]
    current = st.navigation(pages, position="hidden")
    st.set_page_config(page_title=f"{current.title} · Movie club" if inside else access.TITLE)
    return current


@cached(max_entries=1)
def _start() -> None:
    """Set up what the whole process needs, once."""
    config.configure_logging()


def preload() -> None:
    """Load what the first page needs; called before the server listens."""
    _start()
    inspect.stack()  # Streamlit asks for it at its first element; then Python looks at all modules
    try:
        check_processor()
    except RecommenderError as error:  # everything but learning works
        log.warning("%s", error)
    with suppress(ClubError, RecommenderError):  # `run` shows what is wrong
        state.learn_if_needed()
        choosing.preload(state.view())


def run() -> None:
    """Draw the header, then the page that the address names, to who may come in."""
    _start()
    current = choose()
    access.guard()
    with errors_shown():
        try:
            state.backup_scheduler().look()
            state.learn_if_needed()
            club = state.view()
            pill = navigation.header(club, PLACES, current.url_path or "tonight")
            with live.watched(current, pill, club.state):
                access.greet(club)
                token = _view.set(club)
                try:
                    current.run()
                except EndOfPage:
                    pass
                finally:
                    _view.reset(token)
        except StoreUnavailable as error:
            show(error)
            live.try_again()


def require() -> state.View:
    """Return the club, to a page that was reached through the router; every page's first call.

    Who came to its file past the router is sent through it. A folder named pages/ makes Streamlit
    run that file alone when a deep link is the first thing that a fresh server is asked for. Naming
    the pages once ends that mode for the process.
    """
    club = _view.get()
    if club is None:
        choose()
        st.rerun()
    return club
