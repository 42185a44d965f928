"""Evaluation: how right the predictions are, for the club itself and for the world's raters."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.sections import club_evaluation, evaluation

router.require()

header("Evaluation", "How right the predictions are, on ratings that they were made without.")

whose = st.segmented_control(
    "Whose ratings",
    ["Our club", "The world's raters"],
    default="Our club",
    required=True,
    key="whose",
    bind="query-params",
    label_visibility="collapsed",
)
if whose == "Our club":
    club_evaluation.show(state.view())
else:
    evaluation.show()
