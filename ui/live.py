"""The heartbeat of an open page: it shows learning, and redraws what others changed."""

from __future__ import annotations

import streamlit as st

from ui import gate, services
from ui.components import widgets
from ui.components.basics import errors_shown
from ui.text import plain

SECONDS = 0.7
DRAWN, HELD = "drawn_at", "dialog_open"


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
        late = widgets.waiting() or services.moment() != st.session_state.get(DRAWN)
        if late and not st.session_state.get(HELD):
            st.rerun()
        _show_learning()


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
