"""The scoreboard: the model's record over all nights, and what would have served better."""

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
from ui.sections.tonight import CHART
from ui.state import View
from ui.text import plain

TOP = 5


def show(club: View) -> None:
    """Draw the whole scoreboard, or say what it waits for."""
    judged = nights.judged(club)
    if not judged["counts"].any():
        sentence = (
            "Nothing has been predicted and rated yet. Decide a night here, watch the movie, rate "
            "it, and this page says how right the prediction was."
        )
        with empty_state(":material/scoreboard:", sentence, "no_score"):
            st.page_link("pages/tonight.py", label="Tonight", icon=":material/local_activity:")
        return
    left, right = st.columns(2, gap="large")
    with left:
        _record(judged)
    with right:
        _honesty(judged)
    _surprises(club, judged)
    _strategies(club)


def _record(judged: pd.DataFrame) -> None:
    st.subheader("Against simple guesses", anchor=False)
    found = record(judged)
    sentence = findings.record(found)
    st.markdown(plain(sentence))
    frame = record_over_time(judged)
    st.plotly_chart(charts.error_over_nights(frame), config=CHART, key="record", alt=sentence)
    with st.expander("The same as a table", icon=":material/table_rows:"):
        st.dataframe(
            found.errors, hide_index=True, alt="Errors of the predictions and of simple guesses"
        )
        st.dataframe(frame, hide_index=True, alt="Errors night after night")
        st.caption("Stars missed by on average (mae); intervals: 95%, bootstrap over nights.")


def _honesty(judged: pd.DataFrame) -> None:
    st.subheader("Are the intervals honest?", anchor=False)
    frame, sentence = coverage_over_time(judged), findings.intervals(interval_coverage(judged))
    st.markdown(plain(sentence))
    st.plotly_chart(charts.interval_coverage(frame), config=CHART, key="honest", alt=sentence)
    st.markdown(plain(findings.likes(like_coverage(judged))))
    with st.expander("The same as a table", icon=":material/table_rows:"):
        st.dataframe(frame, hide_index=True, alt="Ratings inside their interval so far")


def _surprises(club: View, judged: pd.DataFrame) -> None:
    st.subheader("Who surprised whom", anchor=False)
    names = {int(one): club.name(int(one)) for one in judged[MEMBER].unique()}
    titles = {int(movie): club.title(int(movie)) for movie in judged[MOVIE].unique()}
    found = surprises(judged)
    for sentence in findings.surprises(found.head(TOP), names, titles):
        st.markdown(f"- {plain(sentence)}.")
    st.markdown(plain(findings.easiest_and_hardest(member_errors(judged), names)))
    with st.expander("All of them", icon=":material/table_rows:"):
        table = found.assign(who=found[MEMBER].map(names), movie=found[MOVIE].map(titles))[
            ["on", "who", "movie", "surprise", "surprise_sd"]
        ]
        st.dataframe(table, hide_index=True, alt="Every surprise")


def _strategies(club: View) -> None:
    st.subheader("Which way to decide would have served us best?", anchor=False)
    found = nights.replayed(club)
    sentence = findings.served_best(found)
    st.markdown(f"{plain(sentence)}.")
    st.plotly_chart(charts.strategies_replayed(found), config=CHART, key="replayed", alt=sentence)
    with st.expander("The same as a table", icon=":material/table_rows:"):
        st.dataframe(found, hide_index=True, alt="Every strategy, replayed over all nights")
    st.caption(
        "Each strategy chooses again from what was predicted on the night. What people really gave "
        "counts wherever they gave it; the rest is drawn from the frozen predictions, the same for "
        "every strategy."
    )
