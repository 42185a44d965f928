"""The heartbeat of an open page: it shows learning, and redraws what others changed."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.navigation.page import Page
from streamlit.runtime.scriptrunner import get_script_run_ctx

from club import config
from ui import access, state
from ui.cache import cached
from ui.components import widgets
from ui.components.basics import errors_shown
from ui.latest import Latest
from ui.text import plain

SECONDS, AGAIN = 0.7, 3.0  # between two beats, and two tries
SOON = 0.5  # seconds after a page, before which no browser that has heard all of it asks
DRAWN, LATE_SINCE, HELD = "drawn_at", "late_since", "dialog_open"
ADDRESS, ENDED = "drawn_address", "drawn_until"
ASTRAY, FAILED = "beats_from_elsewhere", "failed"
AT_ONCE = 1  # pages that are drawn again for what others did
PATIENCE = 2.0  # seconds for which those wait for visitors who do something
PAUSE = 1.0  # seconds between two that wait no longer
MOST_ASTRAY = 3  # beats in a row: should an address never be what was drawn, the page still lives


class Turns:
    """Who may draw a page again for what others did: visitors who do something come first.

    While a page is drawn for somebody who did something, the others wait, though not forever, and
    then come one after the other. Streamlit draws in a thread that ends when the page is drawn.

    Args:
        at_once: how many pages may be drawn together for what others did.
        clock: seconds.
    """

    def __init__(self, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._clock = at_once, clock
        self._lock = threading.Lock()
        self._drawing: list[threading.Thread] = []
        self._visiting: list[threading.Thread] = []
        self._jumped = -math.inf  # when a page last took a turn that was a visitor's

    def come(self) -> None:
        """Note that this thread draws a page; for a visitor, if it has not taken a turn."""
        with self._lock:
            self._forget()
            if threading.current_thread() not in self._drawing:
                self._visiting.append(threading.current_thread())

    def take(self, waited: float) -> bool:
        """Return whether the thread that asks has a turn now; else it asks again later.

        Args:
            waited: seconds for which the page has been out of date.
        """
        with self._lock:
            self._forget()
            if len(self._drawing) >= self._at_once:
                return False
            if self._visiting:
                now = self._clock()
                if waited < PATIENCE or now < self._jumped + PAUSE:
                    return False
                self._jumped = now
            self._drawing.append(threading.current_thread())
            return True

    def _forget(self) -> None:
        self._drawing = [thread for thread in self._drawing if thread.is_alive()]
        self._visiting = [thread for thread in self._visiting if thread.is_alive()]


_turns = Turns()


@contextmanager
def pulse(page: Page) -> Iterator[None]:
    """Note what this run draws of `page`, and watch from then on whether it still holds.

    The watch is drawn last: a browser that asks whether anything is new has heard the whole page.
    """
    _turns.come()
    st.session_state[DRAWN] = moment()
    st.session_state[HELD] = False
    st.session_state[LATE_SINCE] = None
    st.session_state.pop(ENDED, None)
    above = st.empty()
    try:
        yield
    finally:
        with above:
            _beat()
        st.session_state[ADDRESS] = page, _address()
        st.session_state[ENDED] = time.monotonic(), threading.current_thread()


Moment = tuple[int, int, str]


def moment() -> Moment:
    """Return what an open page compares to learn that it is out of date."""
    trainer = state.trainer()
    return _latest(str(config.database())).ask(), trainer.generation, trainer.status.state


def lately() -> Moment:
    """Return `moment` as it is or was a moment ago, for all the pages that ask again and again."""
    trainer = state.trainer()
    return _latest(str(config.database())).recall(), trainer.generation, trainer.status.state


@cached()
def _latest(location: str) -> Latest:
    return Latest(lambda: state.store().version())


def _address() -> tuple[str, dict[str, list[str]]]:
    context = get_script_run_ctx()
    query = {name: st.query_params.get_all(name) for name in st.query_params}
    return "" if context is None else context.page_script_hash, query


def hold() -> None:
    """Keep the page as it is until it is drawn again: a dialog is open, and a redraw closes it.

    The dialog needs on_dismiss="rerun", which also catches up with what has changed meanwhile.
    """
    st.session_state[HELD] = True


@st.fragment(run_every=SECONDS)
def _beat() -> None:
    with errors_shown():
        if access.role() is None:  # logged out, in another tab perhaps
            st.rerun()
        if _is_lost():
            _draw_again()
        held = st.session_state.get(HELD) or _is_astray()
        if not held and (widgets.waiting() or _is_late()):
            st.rerun()
        _show_learning()


def _is_lost() -> bool:
    """Return whether the page that was drawn last may never have reached the browser.

    When a message arrives between the end of a run and what of it has not been sent yet, Streamlit
    begins another thread and forgets the rest. Who has heard the whole page asks later than that.
    """
    ended, thread = st.session_state.pop(ENDED, (-math.inf, None))
    return thread is not threading.current_thread() and time.monotonic() - ended < SOON


def _draw_again() -> None:
    """Draw what was drawn last, whether or not the browser has heard of its address."""
    page, (script, query) = st.session_state[ADDRESS]
    if _address() == (script, query):
        st.rerun()
    else:
        st.switch_page(page, query_params=query)


def _is_astray() -> bool:
    """Return whether the browser did not know yet, when it asked, which address it shows.

    A redraw takes the address from who asks, and so would bring back the page of before.
    """
    before = st.session_state.get(ASTRAY, 0)
    drawn = st.session_state.get(ADDRESS)
    astray = drawn is not None and before < MOST_ASTRAY and _address() != drawn[1]
    st.session_state[ASTRAY] = before + 1 if astray else 0
    return astray


def _is_late() -> bool:
    """Return whether others have changed what the page shows, and it is its turn to show it."""
    if lately() == st.session_state.get(DRAWN):
        return False
    now = time.monotonic()
    since = st.session_state.get(LATE_SINCE) or now
    st.session_state[LATE_SINCE] = since
    return _turns.take(now - since)


def try_again() -> None:
    """Draw the page again in a while: the database that it needs may be there then."""
    st.session_state[FAILED] = True
    _try_again()


@st.fragment(run_every=AGAIN)
def _try_again() -> None:
    if not st.session_state.pop(FAILED, False):
        st.rerun()
    st.caption("This page tries again by itself every few seconds.")


def _show_learning() -> None:
    trainer = state.trainer()
    status = trainer.status
    if status.state == "running":
        so_far = (
            "Predictions come from keywords until then."
            if trainer.learned_version is None
            else "The earlier model serves until then."
        )
        st.progress(status.share, text=f"The model is learning, {status.share:.0%} done. {so_far}")
    elif status.state == "failed":
        serving = (
            "The earlier model keeps serving."
            if trainer.learned_version is not None
            else "Predictions come from keywords alone for now."
            if trainer.model is not None
            else "There are no predictions until it has learned."
        )
        st.warning(
            f"{plain(status.message)} {serving} Try “Retrain” on the Model page.",
            icon=":material/model_training:",
        )
    elif status.message:
        st.warning(plain(status.message), icon=":material/model_training:")
