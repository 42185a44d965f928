"""The Evaluation page, the club's own ratings: what may be said, and what not yet."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.bootstrap import ENOUGH, Clarity
from recommender.evaluation.evaluate import OURS, Findings, Margin, change_with_more
from recommender.evaluation.metrics import coverage, likes_foreseen
from ui import judging, router
from ui.charts.evaluation import (
    confusion_matrix,
    error_against_baselines,
    learning_curve,
    member_errors,
    reliability,
    stars_by_prediction,
)
from ui.components.basics import empty_state
from ui.judging import ClubEvaluation, Way
from ui.sections import evaluation_tables, judge
from ui.sections.tonight import CHART
from ui.state import View
from ui.text import counted, listed, plain

WAYS: dict[str, Way] = {
    "Leave one movie out": "leave one out",
    "In the order of time": "in order of time",
}
HOW: dict[Way, str] = {
    "leave one out": "Every rating is predicted as if nobody in the club had seen that movie, from "
    "all the others.",
    "in order of time": "Every rating is predicted from what the same member had rated before it: "
    "the first ones from nothing.",
}
SHORT = {"user+item bias": "bias", "own mean": "own mean", "mean of all ratings": "mean"}
DELTA: dict[Clarity, Literal["inverse", "off"]] = {
    "better": "inverse",
    "worse": "inverse",
    "unclear": "off",
    "too few": "off",
}
PEOPLE = 3  # with ratings enough, before their learning curve is more than chance
MORE = 20  # ratings each, that the outlook speaks of


def show(club: View) -> None:
    """Draw what the club's own ratings say of the predictions, or why they say nothing yet."""
    if not club.names:
        sentence = "The club has no members yet; their ratings are what this page judges by."
        with empty_state(":material/group_add:", sentence, "no_members"):
            st.page_link(router.page("club"), label="Add members", icon=":material/person_add:")
        return
    if club.ratings.empty:
        sentence = "Nobody has rated a movie yet, so there is nothing to compare with."
        with empty_state(":material/star_half:", sentence, "no_ratings"):
            st.page_link(router.page("rate"), label="Rate movies", icon=":material/star_half:")
        return
    way = _choose_way()
    found = judging.club_evaluation(club, way)
    if found is None:
        sentence = "No model has learned yet; the figures appear here as soon as one has."
        with empty_state(":material/hourglass_top:", sentence, "no_model"):
            st.page_link(router.page("model"), label="Look at the model")
        return
    st.caption(HOW[way])
    _headline(found.findings)
    if not found.unseen:
        judge.follow(
            "For now the model that serves is judged. It learned where movies lie from your "
            "ratings too, which flatters it by about a hundredth of a star; one that has never "
            "seen them is learning"
        )
    if found.findings.n >= ENOUGH:
        _figures(found.findings)
        _charts(club, found)
    _outlook(club, found)
    if found.findings.n >= ENOUGH:
        evaluation_tables.show(club, found)
    else:
        evaluation_tables.show_ratings(club, found.findings)


def _choose_way() -> Way:
    chosen = st.segmented_control(
        "How to judge",
        list(WAYS),
        default=next(iter(WAYS)),
        required=True,
        key="judged_by",
        bind="query-params",
    )
    return WAYS[chosen or next(iter(WAYS))]


def headline(findings: Findings) -> str:
    """Return the finding in one sentence."""
    if findings.n < ENOUGH:
        return (
            f"Too few ratings to say: {counted(findings.n, 'rating')} so far, "
            f"{ENOUGH} are needed at least."
        )
    constant = findings.errors.set_index("model")["value"].iloc[-1]
    return (
        f"On {findings.n:,} of your own ratings the predictions miss by "
        f"{findings.margin.ours:.2f} stars on average; guessing the mean of all ratings misses "
        f"by {constant:.2f}."
    )


def comparison(margin: Margin) -> str:
    """Return in a sentence how ours does against the best simple guess."""
    words = {
        "too few": "too few ratings to say",
        "unclear": "no clear difference yet",
        "better": "clearly more",
        "worse": "clearly less",
    }
    return (
        f"The best simple guess, the {margin.rival}, misses by {margin.theirs:.2f}: "
        f"{words[margin.clarity]} (the difference lies between {margin.low:+.2f} and "
        f"{margin.high:+.2f} stars, 95% sure)."
    )


def _headline(findings: Findings) -> None:
    with st.container(border=True, key="finding", gap="xsmall"):
        st.subheader(plain(headline(findings)), anchor=False)
        if findings.n >= ENOUGH:
            st.markdown(plain(comparison(findings.margin)))
        else:
            st.page_link(router.page("rate"), label="Rate movies", icon=":material/star_half:")


def _figures(findings: Findings) -> None:
    rows, margin = findings.predictions, findings.margin
    near = (rows["predicted"] - rows["actual"]).abs().le(1).mean()
    inside = coverage(rows)
    chances = Margin.of(findings.chances, findings.n)
    with st.grid(columns=4, min_column_width=150, border=True, gap="small"):
        st.metric(
            "Misses by",
            f"{margin.ours:.2f} ★",
            delta=f"{-margin.gap:+.2f} to {SHORT[margin.rival]}",
            delta_color=DELTA[margin.clarity],
            help="The mean distance between the stars predicted and the stars given; below, beside "
            f"the best simple guess, the {margin.rival}.",
        )
        st.metric(
            "Within one star", f"{near:.0%}", help="The share of ratings missed by 1 or less."
        )
        st.metric(
            "80% interval",
            f"{inside.value:.0%}",
            help="The share of ratings inside their interval: 80% would be exact. Between "
            f"{inside.low:.0%} and {inside.high:.0%}, 95% sure.",
        )
        st.metric(
            "Brier score",
            f"{chances.ours:.3f}",
            delta=f"{-chances.gap:+.3f} to {SHORT[chances.rival]}",
            delta_color=DELTA[chances.clarity],
            help="The mean squared error of the chance of 4 stars or more: 0 is perfect, and ½ "
            f"said of everything gives 0.25. Below, beside the best guess, the {chances.rival}; "
            "its chances are read off the same strangers as ours.",
        )


def _charts(club: View, found: ClubEvaluation) -> None:
    rows = found.findings.predictions
    named = rows.assign(label=rows[MEMBER].map(club.names) + ": " + rows[MOVIE].map(club.title))
    names = {"gap_low": "excess_low", "gap_high": "excess_high"}
    errors = found.findings.errors.assign(metric="mae").rename(columns=names)
    members = found.findings.members
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        _chart(stars_by_prediction(named), "by_prediction", "Stars given by stars predicted")
        if not members.empty:
            by_name = members.assign(member=members[MEMBER].map(club.names))
            _chart(member_errors(by_name), "by_member", "Error by member")
        _chart(
            error_against_baselines(errors, metric="mae", ours=OURS),
            "club_errors",
            "Error against simple guesses",
        )
        _chart(confusion_matrix(likes_foreseen(rows)), "likes", "Likes expected and given")
        _chart(reliability(rows), "club_reliable", "Chances promised and kept")
        if _has_curve(found):
            _chart(learning_curve(found.curve), "club_learning", "Error by ratings known")
    few = [name for member, name in club.names.items() if member not in set(members[MEMBER])]
    if few:
        st.caption(f"Too few ratings for a line of their own: {plain(listed(few))}.")


def _has_curve(found: ClubEvaluation) -> bool:
    return len(found.curve) > 1 and found.curve["members"].iloc[0] >= PEOPLE


def outlook(findings: Findings, curve: pd.DataFrame, people: int, each: float) -> str:
    """Return in a sentence what `MORE` ratings each would change.

    Args:
        curve: of the world's raters.
        people: how many these are.
        each: how many ratings a member has given, the median.
    """
    like = f"if it goes as with {people} of the world's raters who were treated as members"
    if findings.n < ENOUGH:
        start, there = curve["mae"].iloc[0], curve["mae"].iloc[0] * change_with_more(curve, 0, MORE)
        return (
            f"With twenty ratings each, expect to miss by about {there:.2f} stars instead of "
            f"{start:.2f} without any, {like}."
        )
    now = findings.margin.ours
    then = now * change_with_more(curve, each, MORE)
    if now - then < 0.005:
        return (
            f"With twenty ratings more each, expect hardly a change: less than 0.01 stars, {like}."
        )
    return (
        f"With twenty ratings more each, expect to miss by about {then:.2f} stars instead of "
        f"{now:.2f}, {like}."
    )


def _outlook(club: View, found: ClubEvaluation) -> None:
    curve = judging.world_curve()
    if curve is None or curve.empty:
        return
    each = float(
        club.ratings[MEMBER].value_counts().reindex(list(club.names), fill_value=0).median()
    )
    sentence = outlook(found.findings, curve, int(curve["members"].iloc[0]), each)
    st.markdown(plain(sentence))
    if not _has_curve(found):
        st.caption(
            f"A curve of your own needs {PEOPLE} members with more ratings; this one is of the "
            "world's raters, not of your club:"
        )
        _chart(learning_curve(curve), "world_learning", "Error by ratings known, world's raters")


def _chart(figure: object, key: str, alt: str) -> None:
    st.plotly_chart(figure, config=CHART, key=key, alt=alt)
