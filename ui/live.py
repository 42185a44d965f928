"""The heartbeat of an open page: it shows learning, and redraws what others changed."""

from __future__ import annotations

import threading

import streamlit as st

from ui import gate, services
from ui.components import widgets
from ui.components.basics import errors_shown
from ui.text import plain

SECONDS = 0.7
DRAWN, HELD = "drawn_at", "dialog_open"
AT_ONCE = 2  # pages that are drawn again for what others did


class Turns:
    """Who may draw a page again for what others did: a few at a time, since all pages want to.

    A visitor who does something then waits for few others' pages, and those come one after the
    other. Streamlit draws in a thread that ends when the page is drawn, and with it the turn.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._drawing: list[threading.Thread] = []

    def take(self) -> bool:
        """Return whether the thread that asks has a turn now; else it asks again later."""
        with self._lock:
            self._drawing = [thread for thread in self._drawing if thread.is_alive()]
            if len(self._drawing) >= self._at_once:
                return False
            self._drawing.append(threading.current_thread())
            return True


_turns = Turns()


def pulse() -> None:
    """Note what this run of the page draws, and watch from now on whether it still holds."""
    st.session_state[DRAWN] = services.moment()
    st.session_state[HELD] = False
    _beat()


def hold() -> None:
    """Keep the page as it is until it is drawn again: a dialog is open, and a redraw closes it.

    The dialog needs on_dismiss="rerun", which also catches up with what has changed meanwhile.
    """
    st.session_state[HELD] = True


@st.fragment(run_every=SECONDS)
def _beat() -> None:
    with errors_shown():
        if gate.role() is None:  # logged out, in another tab perhaps
            st.rerun()
        if not st.session_state.get(HELD) and (widgets.waiting() or _is_late()):
            st.rerun()
        _show_learning()


def _is_late() -> bool:
    """Return whether others have changed what the page shows, and it is its turn to show it."""
    return services.lately() != st.session_state.get(DRAWN) and _turns.take()


def _show_learning() -> None:
    trainer = services.trainer()
    status = trainer.status
    if status.state == "learning":
        share = status.done / status.total if status.total else 0.0
        so_far = (
            "Predictions come from keywords until then."
            if trainer.learned_version is None
            else "The earlier model serves until then."
        )
        st.progress(share, text=f"The model is learning, {share:.0%} done. {so_far}")
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
