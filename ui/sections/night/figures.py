"""The scoreboard: how right the predictions were over all nights."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import (
    coverage_over_time,
    interval_coverage,
    like_coverage,
    member_errors,
    record,
    record_over_time,
    surprises,
)
from ui import findings, nights
from ui.charts import nights as charts
from ui.components.basics import empty_state
from ui.components.figures import chart, draw_table, tables_below
from ui.state import View
from ui.text import plain

TOP = 5  # surprises


def scoreboard(club: View) -> None:
    """Draw the record of the predictions over all nights, or say what it waits for."""
    judged = nights.judged(club)
    if not judged["counts"].any():
        lead = (
            "Nothing has been predicted and rated yet. Decide a night here, watch the movie, rate "
            "it, and this page says how right the prediction was."
        )
        with empty_state(":material/scoreboard:", lead, "no_score"):
            st.page_link("pages/tonight.py", label="Tonight", icon=":material/local_activity:")
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Against simple guesses", anchor=False)
        found, frame = record(judged), record_over_time(judged)
        chart(charts.error_over_nights(frame, findings.record(found)), "record")
        with tables_below():
            draw_table(found.errors, "Errors of the predictions and of simple guesses", 3)
            draw_table(frame, "Errors night after night", 3)
            st.caption("Stars missed by on average (mae); intervals: 95%, bootstrap over nights.")
    with right:
        st.header("Are the intervals honest?", anchor=False)
        frame = coverage_over_time(judged)
        sentence = findings.coverage(interval_coverage(judged), "intervals")
        chart(charts.interval_coverage(frame, sentence), "honest")
        st.markdown(plain(findings.coverage(like_coverage(judged), "chances")))
        with tables_below():
            draw_table(frame, "Ratings inside their interval so far", 3)
    _surprises(club, judged)


def _surprises(club: View, judged: pd.DataFrame) -> None:
    st.header("Who surprised whom", anchor=False)
    names = {int(one): club.name(int(one)) for one in judged[MEMBER].unique()}
    titles = {int(movie): club.title(int(movie)) for movie in judged[MOVIE].unique()}
    found = surprises(judged)
    for sentence in findings.surprises(found.head(TOP), names, titles):
        st.markdown(f"- {plain(sentence)}.")
    st.markdown(plain(findings.easiest_and_hardest(member_errors(judged), names)))
    with tables_below("All of them"):
        rows = found.assign(who=found[MEMBER].map(names), movie=found[MOVIE].map(titles))
        draw_table(rows[["on", "who", "movie", "surprise", "surprise_sd"]], "Every surprise")
