"""The scoreboard: how right the predictions were over all nights."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import (
    NIGHT,
    NIGHTS,
    interval_coverage,
    record,
    record_over_time,
    surprises,
)
from ui import findings, nights
from ui.charts import nights as charts
from ui.components.basics import empty_state, lead_to
from ui.components.figures import chart
from ui.state import View
from ui.text import plain

TOP = 5  # surprises


def scoreboard(club: View) -> None:
    """Draw the record of the predictions over all nights, or say what it waits for."""
    judged = nights.judged(club)
    held = judged.loc[judged["counts"].astype(bool), NIGHT].nunique()
    if held < NIGHTS:
        sentence = (
            f"How right are we? After {NIGHTS} nights that all of you rated we can tell; so far "
            f"there {'is' if held == 1 else 'are'} {held}."
        )
        with empty_state(":material/scoreboard:", sentence, "no_score"):
            lead_to("tonight", "What to watch tonight", ":material/local_activity:")
        return
    title, sentence = findings.record(record(judged))
    chart(charts.error_over_nights(record_over_time(judged), title), "record")
    st.markdown(plain(sentence))
    st.markdown(plain(findings.coverage(interval_coverage(judged))))
    _surprises(club, judged)


def _surprises(club: View, judged: pd.DataFrame) -> None:
    st.header("Who surprised us", anchor=False)
    names = {int(one): club.name(int(one)) for one in judged[MEMBER].unique()}
    titles = {int(movie): club.title(int(movie)) for movie in judged[MOVIE].unique()}
    for sentence in findings.surprises(surprises(judged).head(TOP), names, titles):
        st.markdown(f"- {plain(sentence)}")
