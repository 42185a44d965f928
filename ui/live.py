"""Live updates: an open page polls, and is drawn again once others have changed what it shows."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from club import config
from club.db.database import State
from ui import access, state
from ui.cache import cached_under
from ui.components import widget
from ui.components.basics import TOLD, errors_shown, repeat_notices
from ui.text import plain

POLL_S, RETRY_S = 1.0, 3.0
MIN_POLL_DELAY_S = 0.5  # a browser that received the whole page does not poll sooner after its end
SHARED_S = 0.2  # for which all polls share one look at the database
PATIENCE_S = 2.0  # for which background redraws wait while visitors' pages are drawn
PAUSE_S = 1.0  # between two background redraws that wait no longer
TURN_S = 10.0  # after which a background redraw that never came is forgotten
MAX_STALE_URLS = 3  # polls in a row; if the URL never becomes the drawn one, the page still lives
DRAWN, FAILED, FIRST = "drawn_page", "failed", "first"

Address = tuple[str, dict[str, list[str]]]  # hash of the page's script, query parameters


@dataclass
class DrawnPage:
    """What a session remembers of the page that it drew last."""

    shows: Hashable  # `_current` when the drawing began
    held: bool = False  # a dialog is open, which a redraw would close
    page: Page | None = None  # once it is drawn
    address: Address = ("", {})
    ended_at: float = -math.inf  # clock seconds at which it was drawn
    runner: object = None  # messages get lost between two runners only
    stale_since: float | None = None  # clock seconds at which a poll first found other data
    stale_urls: int = 0  # polls in a row with another address

    def is_unfinished(self, now: float, runner: object) -> bool:
        """Return True, once, if the end of the page may never have reached the browser.

        When a message arrives between the end of a run and the delivery of its last messages,
        Streamlit begins another runner and drops them. The poll is the last element of a page: a
        browser that received it polls `MIN_POLL_DELAY_S` later at the earliest.
        """
        soon = now - self.ended_at < MIN_POLL_DELAY_S
        self.ended_at = -math.inf
        return soon and runner is not self.runner

    def is_cleared(self, address: Address) -> bool:
        """Return True if the poll was sent while another page was open.

        The browser clears the page when the answer to it begins, even though only a fragment runs.
        """
        return self.page is not None and address[0] != self.address[0]

    def is_stale_url(self, address: Address) -> bool:
        """Return True if the poll carries an older URL than the page last drawn.

        A redraw takes the address from the poll, and so would bring back the page of before.
        """
        stale = address != self.address and self.stale_urls < MAX_STALE_URLS
        self.stale_urls = self.stale_urls + 1 if stale else 0
        return stale

    def stale_for(self, now: float, current: Hashable) -> float | None:
        """Return the seconds since a poll first found other data than `shows`; None if it holds."""
        if current == self.shows:
            return None
        if self.stale_since is None:
            self.stale_since = now
        return now - self.stale_since


class RedrawQueue:
    """Lets pages be drawn again for others' changes one at a time, after those of visitors."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._background: dict[str, float] = {}  # session -> when it took its turn
        self._visitors = 0  # pages that are being drawn because of a visitor's action
        self._overtook_at = -math.inf  # when a background redraw last came before visitors

    def take(self, session: str, waited: float) -> bool:
        """Return True if the session, out of date for `waited` seconds, may draw its page now."""
        with self._lock:
            now = self._clock()
            turns = self._background.items()
            self._background = {one: at for one, at in turns if now - at < TURN_S}
            if self._background:
                return False
            if self._visitors:
                if waited < PATIENCE_S or now < self._overtook_at + PAUSE_S:
                    return False
                self._overtook_at = now
            self._background[session] = now
            return True

    @contextmanager
    def drawing(self, session: str) -> Iterator[None]:
        """Count the page as drawn for its visitor, or end the turn that the session took."""
        with self._lock:
            background = session in self._background
            self._visitors += not background
        try:
            yield
        finally:
            with self._lock:
                self._visitors -= not background
                self._background.pop(session, None)


class SharedVersion:
    """The store's version for many polls: one asks the database, the others share the answer."""

    def __init__(
        self, ask: Callable[[], Hashable], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask, self._clock = ask, clock
        self._lock = threading.Lock()
        self._asked_at = -math.inf
        self._version: Hashable = None

    def get(self) -> Hashable:
        """Return the version as it was `SHARED_S` seconds ago or later."""
        with self._lock:
            now = self._clock()
            if now - self._asked_at >= SHARED_S:
                self._version, self._asked_at = self._ask(), now
            return self._version


_queue = RedrawQueue()


@cached_under(lambda: str(config.database()))
def _shared_version(_location: str) -> SharedVersion:
    return SharedVersion(state.store_state)


def _current(store_state: Hashable) -> Hashable:
    """Return what open pages compare: the version of the store, and what the trainer does."""
    trainer = state.trainer()
    trainer.refresh()
    return store_state, trainer.generation, trainer.status.state


def _address() -> Address:
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    return getattr(get_script_run_ctx(), "page_script_hash", ""), query


def _session() -> str:
    return getattr(get_script_run_ctx(), "session_id", "")


@contextmanager
def watched(page: Page, pill: DeltaGenerator, shows: State) -> Iterator[None]:
    """Remember what this run draws of `page`, and poll from its end on whether it still holds.

    The poll is sent last: a browser that polls has received the whole page.

    Args:
        pill: an empty place, where it says how far learning is.
        shows: the state of the store that the page is drawn from.
    """
    st.session_state[state.DRAWN_FROM] = shows.identity
    drawn = st.session_state[DRAWN] = DrawnPage(_current(shows))
    st.session_state[TOLD] = []
    with _queue.drawing(_session()):
        try:
            yield
        finally:
            with pill:
                _poll()
            drawn.page, drawn.address = page, _address()
            drawn.ended_at, drawn.runner = time.monotonic(), get_script_run_ctx()


def dialog(title: str, body: Callable[..., None], *args: Any, **look: Any) -> None:
    """Open a dialog with `body(*args)` in it; `look` as `st.dialog` takes it.

    The page stays as it is until the dialog is closed: drawing it again would close that.
    """
    st.session_state[DRAWN].held = True
    st.dialog(title, on_dismiss="rerun", **look)(errors_shown()(body))(*args)


@st.fragment(run_every=POLL_S)
def _poll() -> None:
    with errors_shown():
        if access.visitor() is None:  # logged out, in another tab perhaps
            st.rerun()
        drawn, now, address = st.session_state[DRAWN], time.monotonic(), _address()
        if drawn.is_unfinished(now, get_script_run_ctx()) or drawn.is_cleared(address):
            repeat_notices(delivered=False)
            if address == drawn.address:
                st.rerun()
            st.switch_page(drawn.page, query_params=drawn.address[1])
        if not (drawn.held or drawn.is_stale_url(address)):
            waited = drawn.stale_for(now, _current(_shared_version().get()))
            if widget.waiting() or (waited is not None and _queue.take(_session(), waited)):
                repeat_notices(delivered=True)
                st.rerun()
        _show_learning()


def try_again() -> None:
    """Draw the page again in a while: the database that it needs may be there then."""
    st.session_state[FAILED] = True
    _try_again()


@st.fragment(run_every=RETRY_S)
def _try_again() -> None:
    if not st.session_state.pop(FAILED, False):
        st.rerun()
    st.caption("This page tries again by itself every few seconds.")


def _show_learning() -> None:
    """Say how far learning is, or what went wrong, in a pill that moves nothing."""
    trainer = state.trainer()
    status, text, title = trainer.status, "", trainer.status.message
    if status.state == "running":
        text = f"Learning … {status.share:.0%}"
        title = "The earlier predictions serve until it is done."
        if trainer.learned_version is None:
            title = "Until then predictions come from what the movies are about."
    elif title:
        text = "Learning failed, see Settings"
        if status.state != "failed":
            text = "Learned, but not saved"
    data = {
        "text": text,
        "title": title,
        "share": status.share,
        "failed": status.state != "running",
    }
    widget.component("pill")(key="learning_pill", data=data)


def say_if_first_changed(question: Hashable, movie: int, title: str) -> None:
    """Say once if another movie than before comes first for no other reason than learning.

    Args:
        question: all that the answer depends on besides the model.
    """
    generation = state.trainer().generation
    asked, learned, before = st.session_state.get(FIRST, (None, None, None))
    st.session_state[FIRST] = question, generation, movie
    if asked == question and learned != generation and before != movie:
        text = f"Finished learning: {plain(title)} is now first."
        st.toast(text, icon=":material/auto_awesome:")
