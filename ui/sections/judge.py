"""How far the judge is: the model that has seen nobody whom it is asked about."""

from __future__ import annotations

import streamlit as st

from ui import judging
from ui.components.basics import errors_shown
from ui.text import plain

SECONDS = 1.0
DRAWN = "judge_drawn"


def follow(sentence: str) -> None:
    """Have the judge learn, and show how far it is until it has.

    Args:
        sentence: Markdown, what comes of it.
    """
    st.session_state[DRAWN] = judging.judge().status.state
    _follow(sentence)


@st.fragment(run_every=SECONDS)
def _follow(sentence: str) -> None:
    with errors_shown():
        status = judging.judge().status
        if status.state != st.session_state.get(DRAWN):
            st.rerun()
        if status.state == "failed":
            st.warning(f"{plain(status.message)}", icon=":material/model_training:")
            st.button("Try again", on_click=judging.learn_judge, key="judge_again")
            return
        if status.state == "idle":
            judging.learn_judge()
            status = judging.judge().status
            st.session_state[DRAWN] = status.state
        st.progress(status.share, text=f"{sentence} ({status.share:.0%})")
