"""The Evaluation page: how right the predictions are, for the club and for the base dataset."""

from __future__ import annotations

import streamlit as st

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation import Evaluation
from recommender.evaluation.bootstrap import ENOUGH, Clarity
from recommender.evaluation.evaluate import Findings, Margin
from ui import evaluation, state
from ui.charts.evaluation import (
    error_against_baselines,
    member_errors,
    ranking_metrics,
    reliability,
    stars_by_prediction,
)
from ui.components.basics import anything_rated, empty_state, follow
from ui.components.choices import view_switch
from ui.components.figures import chart
from ui.jobs import JobStatus
from ui.state import View
from ui.text import counted, listed, plain

HOW = "Every rating is predicted as if nobody in the club had seen that movie, from all the others."
NO_RECIPE = (
    "A published recipe predicts now. We cannot leave one of your ratings out of it, but we know "
    "how far it is off for everyone else."
)
CLEARLY: dict[Clarity, str] = {  # whether a rival's error is more than ours
    "too few": "too few ratings to say",
    "unclear": "no clear difference yet",
    "better": "clearly more",
    "worse": "clearly less",
}
AUC = (
    "How often a movie that the person did watch and rate is ranked above one that they did not; "
    "0.5 is chance."
)
PRECISION = (
    "Of the ten movies ranked first, the share that the person did watch and rate. Below, how much "
    "that is above popularity."
)


def section(club: View) -> None:
    """Draw how right the predictions are, for the club or for the raters of the base dataset."""
    whose = view_switch("Whose ratings", ["Our club", "Everyone else"], "whose")
    if whose == "Our club":
        show_club(club)
    else:
        show_base()


# The club's ratings


def show_club(club: View) -> None:
    """Draw the errors of predictions of the club's own ratings, or why there are none yet."""
    if not anything_rated(club):
        return
    if state.serving_options().recipe:
        with empty_state(":material/science:", NO_RECIPE, "recipe"):
            query = {"set": "How we know", "whose": "Everyone else"}
            st.page_link("pages/settings.py", label="Everyone else", query_params=query)
        return
    found = evaluation.club_evaluation(club)
    if found is None:
        sentence = "The figures appear here once the model has learned."
        if state.trainer().learned_version is not None:
            sentence = "The figures appear here once the model has learned from these movies."
        with empty_state(":material/hourglass_top:", sentence, "no_model"):
            query = {"set": "Laboratory"}
            st.page_link("pages/settings.py", label="Look at the model", query_params=query)
        return
    st.caption(HOW)
    with st.container(border=True, key="finding", gap="xsmall"):
        st.header(plain(headline(found)), anchor=False)
        if found.n >= ENOUGH:
            st.markdown(plain(comparison(found.margin)))
        else:
            st.page_link("pages/rate.py", label="Rate movies", icon=":material/star_half:")
    if not evaluation.unseen():
        follow(lambda: evaluation.held_out().status, _learning_held_out)
    if found.n >= ENOUGH:
        _charts(club, found)


def headline(findings: Findings) -> str:
    """Return the finding in one sentence."""
    if findings.n < ENOUGH:
        return f"Too early to say: {counted(findings.n, 'rating')} so far, it takes {ENOUGH}."
    constant = findings.errors.set_index("model")["value"].iloc[-1]
    return (
        f"On {findings.n:,} of your own ratings we are off by {findings.margin.ours:.2f} stars on "
        f"average; always guessing the mean of all ratings is off by {constant:.2f}."
    )


def comparison(margin: Margin) -> str:
    """Return our error against that of the best baseline in one sentence."""
    return (
        f"The best simple guess, the {margin.rival}, is off by {margin.theirs:.2f}: "
        f"{CLEARLY[margin.clarity]} (the difference lies between {margin.low:+.2f} and "
        f"{margin.high:+.2f} stars, 95% sure)."
    )


def _charts(club: View, found: Findings) -> None:
    rows = found.predictions
    named = rows.assign(label=rows[MEMBER].map(club.names) + ": " + rows[MOVIE].map(club.title))
    members = found.members
    with st.grid(columns=3, min_column_width=300, gap="medium"):
        chart(stars_by_prediction(named), "by_prediction")
        if not members.empty:
            by_name = members.assign(member=members[MEMBER].map(club.names))
            chart(member_errors(by_name), "by_member")
        chart(reliability(rows), "club_reliable")
    few = [name for member, name in club.names.items() if member not in set(members[MEMBER])]
    if few:
        st.caption(f"Too few ratings for a line of their own: {plain(listed(few))}.")


# The base dataset's ratings


def show_base() -> None:
    """Draw the figures on the base dataset, or the progress of the evaluation."""
    n = len(state.base_dataset().ratings)
    st.caption(f"On {n:,} real ratings: four in five to learn from, one in five to check.")
    result, status = state.evaluator().result, state.evaluator().status
    if result is not None:
        if status.message:  # the figures could not be saved
            st.warning(plain(status.message), icon=":material/save:")
        _figures(result)
    elif status.state == "failed":
        sentence = f"No figures: {plain(status.message)}"
        with empty_state(":material/error:", sentence, "no_figures"):
            st.button("Try again", type="primary", on_click=state.evaluate, key="again")
    else:
        follow(lambda: state.evaluator().status, _evaluating)


def _evaluating(status: JobStatus) -> None:
    if status.state == "idle":
        # Both at once would make the first learning, which Tonight waits for, twice as slow.
        if "running" in {state.trainer().status.state, evaluation.held_out().status.state}:
            st.markdown("The evaluation begins as soon as the model has learned.")
            return
        state.evaluate()
    st.progress(status.share, f"Evaluating, {status.share:.0%} done: {plain(status.message)}.")
    st.caption("This takes half a minute, once; the figures are kept.")
    st.skeleton(height=320)


def _figures(result: Evaluation) -> None:
    numbers = result.figures()
    ours, crowd = (numbers["ranking"][name]["test"] for name in ("LightFM", "popularity"))
    above = ours["precision@10"] - crowd["precision@10"]
    best, inside = numbers["errors"]["ours"]["rmse"]["value"], numbers["intervals"]["coverage"]
    with st.grid(columns=4, min_column_width=150, border=True, gap="small"):
        st.metric("AUC", f"{ours['auc']:.3f}", help=AUC)
        precision = f"{ours['precision@10']:.3f}"
        st.metric("Precision@10", precision, delta=f"{above:+.3f}", help=PRECISION)
        st.metric("Typical error", f"{best:.2f} ★", help="Root mean squared error of the stars.")
        told = "How many hidden ratings fell inside their 80% interval; 80% would be exact."
        st.metric("Honest intervals", f"{inside:.0%}", help=told)
    st.header("Which movies", anchor=False)
    st.caption(
        "LightFM, with the options of the model that serves, ranks the movies that somebody rated; "
        "those a person has rated already are left out. Popularity gives everyone the same list."
    )
    chart(ranking_metrics(result.ranking), "ranking")
    st.header("How many stars", anchor=False)
    st.caption(
        f"One rating in five, {numbers['held_out_ratings']:,} in all, was hidden while the model "
        "learned."
    )
    with st.grid(columns=3, min_column_width=300, gap="medium"):
        chart(stars_by_prediction(result.predictions), "predicted")
        chart(error_against_baselines(result.errors), "errors")
        chart(reliability(result.predictions), "reliable")


# The held-out model


def _learning_held_out(status: JobStatus) -> None:
    """Have the held-out model learn, and show its share."""
    if status.state == "failed":
        st.warning(plain(status.message), icon=":material/model_training:")
        st.button("Try again", on_click=evaluation.learn_held_out, key="judge_again")
        return
    if status.state == "idle":
        evaluation.learn_held_out()
    sentence = (
        "For now we judge the model that saw your ratings, which flatters it by about a hundredth "
        "of a star. One that has never seen them is learning"
    )
    st.progress(status.share, text=f"{sentence} ({status.share:.0%})")
