"""The figures of movie nights: strategies side by side before a choice, the scoreboard after it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from club.nights import Night
from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import (
    Comparison,
    compare_strategies,
    coverage_over_time,
    interval_coverage,
    like_coverage,
    member_errors,
    record,
    record_over_time,
    surprises,
)
from recommender.group import STRATEGIES, fairness_shares
from ui import findings, nights, router, state
from ui.charts import nights as charts
from ui.charts.style import label
from ui.components.basics import empty_state
from ui.components.figures import chart, draw_table, renamed, tables_below
from ui.state import View
from ui.text import listed, plain

TOP = 5  # surprises


def compare(club: View, night: Night, movies: Sequence[int]) -> None:
    """Draw all strategies side by side: where they agree, and who gains where they do not."""
    reactions = state.reactions(club, tuple(movies), night.present)
    if reactions is None:
        st.caption("The first predictions are on their way; they take a second or two.")
        return
    found = compare_strategies(reactions, debt=nights.debts(club, night.present, night))
    if found.favourite is None:
        st.caption("There is nothing to compare.")
        return
    names = {one: club.name(one) for one in night.present}
    titles = {int(movie): label(club.title(int(movie)), 40) for movie in movies}
    sentence = findings.agreement(found, titles, names)
    chart(charts.strategies_side_by_side(_named(club, found.stars), sentence), "side_by_side")
    if len(found.gains):
        gains = _named(club, found.gains)
        chart(charts.gains_and_losses(gains, favourite=club.title(found.favourite)), "gains")
    _choices(club, found)
    _owed(club, night)


def _named(club: View, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(movie=frame[MOVIE].map(club.title), member=frame[MEMBER].map(club.name))


def _choices(club: View, found: Comparison) -> None:
    with st.expander("Every strategy: what it does and what it chooses", icon=":material/list:"):
        choices = found.choices
        least = zip(choices["lowest_member"], choices["lowest"], strict=True)
        rows = choices.assign(
            movie=choices[MOVIE].map(club.title),
            least=[f"{club.name(int(one))} {low:.1f}" for one, low in least],
            does=[STRATEGIES[key].description for key in choices["strategy"]],
            source=[STRATEGIES[key].source for key in choices["strategy"]],
        )
        titles = {"name": "Strategy", "movie": "Chooses", "mean": "Group", "least": "Least happy"}
        table = renamed(rows, **titles, does="What it does", source="Source")
        draw_table(table, "What each strategy chooses")
        for row in choices.itertuples():
            if row.tied_with:
                others = listed(club.title(movie) for movie in row.tied_with)
                st.caption(plain(f"By {row.name}, {others} would be as good."))


def _owed(club: View, night: Night) -> None:
    """Draw what earlier nights owe each person, which is what fairness goes by."""
    past = nights.earlier(club, night)
    if past.empty:
        st.caption("Fairness has no earlier night to go by yet, so it is the average.")
        return
    owed = fairness_shares(past, night.present)
    table = renamed(
        owed.assign(name=owed[MEMBER].map(club.name)),
        name="", nights="Nights", satisfaction="Content", share="Counts tonight",
    )  # fmt: skip
    with st.expander("Whom earlier nights let down", icon=":material/balance:"):
        percent = st.column_config.NumberColumn(format="percent")
        columns = {"Content": percent, "Counts tonight": percent}
        draw_table(table, "How content earlier nights left everyone", columns=columns)
        st.caption(
            "Content: the stars that somebody got, as a share of what their own favourite among "
            "the night’s candidates would have given them."
        )


def scoreboard(club: View) -> None:
    """Draw the record of the predictions over all nights, or say what it waits for."""
    judged = nights.judged(club)
    if not judged["counts"].any():
        lead = (
            "Nothing has been predicted and rated yet. Decide a night here, watch the movie, rate "
            "it, and this page says how right the prediction was."
        )
        with empty_state(":material/scoreboard:", lead, "no_score"):
            st.page_link(router.page("tonight"), label="Tonight", icon=":material/local_activity:")
        return
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Against simple guesses", anchor=False)
        found, frame = record(judged), record_over_time(judged)
        chart(charts.error_over_nights(frame, findings.record(found)), "record")
        with tables_below():
            draw_table(found.errors, "Errors of the predictions and of simple guesses", 3)
            draw_table(frame, "Errors night after night", 3)
            st.caption("Stars missed by on average (mae); intervals: 95%, bootstrap over nights.")
    with right:
        st.subheader("Are the intervals honest?", anchor=False)
        frame = coverage_over_time(judged)
        sentence = findings.coverage(interval_coverage(judged), "intervals")
        chart(charts.interval_coverage(frame, sentence), "honest")
        st.markdown(plain(findings.coverage(like_coverage(judged), "chances")))
        with tables_below():
            draw_table(frame, "Ratings inside their interval so far", 3)
    _surprises(club, judged)


def _surprises(club: View, judged: pd.DataFrame) -> None:
    st.subheader("Who surprised whom", anchor=False)
    names = {int(one): club.name(int(one)) for one in judged[MEMBER].unique()}
    titles = {int(movie): club.title(int(movie)) for movie in judged[MOVIE].unique()}
    found = surprises(judged)
    for sentence in findings.surprises(found.head(TOP), names, titles):
        st.markdown(f"- {plain(sentence)}.")
    st.markdown(plain(findings.easiest_and_hardest(member_errors(judged), names)))
    with tables_below("All of them"):
        rows = found.assign(who=found[MEMBER].map(names), movie=found[MOVIE].map(titles))
        draw_table(rows[["on", "who", "movie", "surprise", "surprise_sd"]], "Every surprise")
