"""The Evaluation page: how right the predictions are, for the club and for the base dataset."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation import Evaluation
from recommender.evaluation.bootstrap import ENOUGH, Clarity
from recommender.evaluation.evaluate import OURS, Findings, Margin, change_with_more
from recommender.evaluation.metrics import coverage, likes_foreseen, reliability_bins
from ui import evaluation, state
from ui.charts.evaluation import (
    confusion_matrix,
    error_against_baselines,
    learning_curve,
    member_errors,
    predicted_against_actual,
    ranking_metrics,
    reliability,
    stars_by_prediction,
)
from ui.components.basics import empty_state, follow, no_members, no_ratings
from ui.components.choices import view_switch
from ui.components.figures import chart, draw_table, renamed, tables_below
from ui.evaluation import ClubEvaluation, Way
from ui.jobs import JobStatus
from ui.state import View
from ui.text import counted, listed, plain

WAYS: dict[str, tuple[Way, str]] = {
    "Leave one movie out": (
        "leave one out",
        "Every rating is predicted as if nobody in the club had seen that movie, from all the "
        "others.",
    ),
    "In the order of time": (
        "in order of time",
        "Every rating is predicted from what the same member had rated before it: the first ones "
        "from nothing.",
    ),
}
SHORT = {"user+item bias": "bias", "own mean": "own mean", "mean of all ratings": "mean"}
CLEARLY: dict[Clarity, tuple[str, str]] = {  # of a rival's error, and of ours
    "too few": ("too few ratings to say", "too few ratings to say"),
    "unclear": ("no clear difference yet", "no clear difference yet"),
    "better": ("clearly more", "clearly closer"),
    "worse": ("clearly less", "clearly further off"),
}
PEOPLE = 3  # with ratings enough, before their learning curve is more than chance
MORE = 20  # ratings each, that the outlook speaks of
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
    if not club.names:
        no_members("Nobody is in the club yet.")
        return
    if club.ratings.empty:
        no_ratings("Nobody has rated a movie yet.")
        return
    way, how = WAYS[view_switch("How to judge", list(WAYS), "judged_by", labelled=True)]
    found = evaluation.club_evaluation(club, way)
    if found is None:
        sentence = "The figures appear here once the model has learned."
        if state.trainer().learned_version is not None:
            sentence = "The figures appear here once the model has learned from these movies."
        with empty_state(":material/hourglass_top:", sentence, "no_model"):
            st.page_link(
                "pages/settings.py", label="Look at the model", query_params={"set": "Model"}
            )
        return
    st.caption(how)
    with st.container(border=True, key="finding", gap="xsmall"):
        st.header(plain(headline(found.findings)), anchor=False)
        if found.findings.n >= ENOUGH:
            st.markdown(plain(comparison(found.findings.margin)))
        else:
            st.page_link("pages/rate.py", label="Rate movies", icon=":material/star_half:")
    if found.earlier:
        st.info(
            "These are still the figures from before the import; new ones follow.",
            icon=":material/update:",
        )
    if not found.held_out:
        follow_held_out(
            "For now we judge the model that saw your ratings, which flatters it by about a "
            "hundredth of a star. One that has never seen them is learning"
        )
    enough = found.findings.n >= ENOUGH
    if enough:
        _metrics(found.findings)
        _charts(club, found)
    _outlook(club, found)
    if enough:
        with tables_below("The same as tables"):
            tables = _tables(club, found)
            for tab, (name, table) in zip(st.tabs(list(tables)), tables.items(), strict=True):
                with tab:
                    digits = 3 if name in {"Brier score", "Learning"} else 2
                    draw_table(table, f"{name} as a table", digits)
    else:
        with tables_below("Rating by rating"):
            table = _rating_table(club, found.findings.predictions)
            draw_table(table, "Ratings beside their predictions")


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
        f"{CLEARLY[margin.clarity][0]} (the difference lies between {margin.low:+.2f} and "
        f"{margin.high:+.2f} stars, 95% sure)."
    )


def _metrics(findings: Findings) -> None:
    rows, margin = findings.predictions, findings.margin
    near = (rows["predicted"] - rows["actual"]).abs().le(1).mean()
    inside = coverage(rows)
    chances = Margin.of(findings.chances, findings.n)

    def against(found: Margin, digits: int) -> dict[str, Any]:
        colour = "inverse" if found.clarity in {"better", "worse"} else "off"
        return {"delta": f"{-found.gap:+.{digits}f} to {SHORT[found.rival]}", "delta_color": colour}

    error_help = (
        "The mean distance between the stars predicted and the stars given; below, beside "
        f"the best simple guess, the {margin.rival}."
    )
    inside_help = (
        "The share of ratings inside their interval: 80% would be exact. Between "
        f"{inside.low:.0%} and {inside.high:.0%}, 95% sure."
    )
    brier_help = (
        "The mean squared error of the chance of 4 stars or more: 0 is perfect, and ½ said of "
        f"everything gives 0.25. Below, beside the best guess, the {chances.rival}; its chances "
        "are read off the same strangers as ours."
    )
    near_help = "The share of ratings missed by 1 or less."
    with st.grid(columns=4, min_column_width=150, border=True, gap="small"):
        st.metric("Misses by", f"{margin.ours:.2f} ★", **against(margin, 2), help=error_help)
        st.metric("Within one star", f"{near:.0%}", help=near_help)
        st.metric("80% interval", f"{inside.value:.0%}", help=inside_help)
        st.metric("Brier score", f"{chances.ours:.3f}", **against(chances, 3), help=brier_help)


def _charts(club: View, found: ClubEvaluation) -> None:
    rows = found.findings.predictions
    named = rows.assign(label=rows[MEMBER].map(club.names) + ": " + rows[MOVIE].map(club.title))
    names = {"gap_low": "excess_low", "gap_high": "excess_high"}
    errors = found.findings.errors.assign(metric="mae").rename(columns=names)
    members = found.findings.members
    with st.grid(columns=2, min_column_width=320, gap="medium"):
        chart(stars_by_prediction(named), "by_prediction")
        if not members.empty:
            by_name = members.assign(member=members[MEMBER].map(club.names))
            chart(member_errors(by_name), "by_member")
        chart(error_against_baselines(errors, metric="mae", ours=OURS), "club_errors")
        chart(confusion_matrix(likes_foreseen(rows)), "likes")
        chart(reliability(rows), "club_reliable")
        if _has_curve(found):
            chart(learning_curve(found.curve), "club_learning")
    few = [name for member, name in club.names.items() if member not in set(members[MEMBER])]
    if few:
        st.caption(f"Too few ratings for a line of their own: {plain(listed(few))}.")


def _has_curve(found: ClubEvaluation) -> bool:
    return len(found.curve) > 1 and found.curve["members"].iloc[0] >= PEOPLE


def outlook(findings: Findings, curve: pd.DataFrame, people: int, each: float) -> str:
    """Return the expected effect of `MORE` ratings on members with `each` now, in a sentence."""
    like = f"if it goes as with {people} other people who were treated as members"
    if findings.n < ENOUGH:
        start, there = curve["mae"].iloc[0], curve["mae"].iloc[0] * change_with_more(curve, 0, MORE)
        return (
            f"With twenty ratings each, expect to miss by about {there:.2f} stars instead of "
            f"{start:.2f} without any, {like}."
        )
    now = findings.margin.ours
    then = now * change_with_more(curve, each, MORE)
    what = f"to miss by about {then:.2f} stars instead of {now:.2f}"
    if now - then < 0.005:
        what = "hardly a change: less than 0.01 stars"
    return f"With twenty ratings more each, expect {what}, {like}."


def _outlook(club: View, found: ClubEvaluation) -> None:
    curve = evaluation.base_curve()
    if curve is None or curve.empty:
        return
    counts = club.ratings[MEMBER].value_counts().reindex(list(club.names), fill_value=0)
    people, each = int(curve["members"].iloc[0]), float(counts.median())
    st.markdown(plain(outlook(found.findings, curve, people, each)))
    if not _has_curve(found):
        st.caption(
            f"A curve of your own needs {PEOPLE} members with more ratings; this one is of other "
            "people:"
        )
        chart(learning_curve(curve), "world_learning")


def _tables(club: View, found: ClubEvaluation) -> dict[str, pd.DataFrame]:
    rows, members = found.findings.predictions, found.findings.members
    by_member = members.pivot(index=MEMBER, columns="model", values="value")
    by_member = by_member[list(dict.fromkeys(members["model"]))]
    facts = members.drop_duplicates(MEMBER).set_index(MEMBER)
    by_member.insert(0, "Member", by_member.index.map(club.names))
    by_member.insert(1, "Ratings", facts["n"])
    by_member["Against the best guess"] = facts["clarity"].map(lambda word: CLEARLY[word][1])
    bins = {"promised": "Chance promised", "share": "Share liked"}
    sides = {True: "4 stars or more", False: "fewer"}
    likes = likes_foreseen(rows).replace({"expected": sides, "liked": sides})
    return {
        "Ratings": _rating_table(club, rows),
        "Simple guesses": _losses(found.findings.errors),
        "Members": by_member,
        "Chances": renamed(
            reliability_bins(rows), **bins, low="95% from", high="95% to", n="Ratings"
        ),
        "Brier score": _losses(found.findings.chances),
        "Likes": renamed(likes, expected="Expected", liked="Given", n="Ratings"),
        "Learning": _curve_table(found.curve),
    }


GAP = {"gap": "More than ours", "gap_low": "at least (95%)", "gap_high": "at most (95%)"}


def _losses(frame: pd.DataFrame) -> pd.DataFrame:
    return renamed(frame, model="Model", value="Value", low="95% from", high="95% to", **GAP)


def _curve_table(curve: pd.DataFrame) -> pd.DataFrame:
    errors = {"mae": "Ours misses by", "bias_mae": "Bias misses by"}
    return renamed(curve, known="Ratings known", members="People", **errors, **GAP)


def _rating_table(club: View, predictions: pd.DataFrame) -> pd.DataFrame:
    """Every rating beside its prediction, the largest error first."""
    rows = predictions.assign(
        Member=predictions[MEMBER].map(club.names),
        Movie=predictions[MOVIE].map(club.title),
        missed=(predictions["predicted"] - predictions["actual"]).abs(),
    ).sort_values("missed", ascending=False, kind="stable")
    titles = {"actual": "Given", "predicted": "Predicted", "low": "From", "high": "To"}
    titles |= {"like": "Chance of 4+", "missed": "Missed by"}
    return renamed(rows, Member="Member", Movie="Movie", **titles)


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
    table = result.ranking.pivot(index="metric", columns=["model", "split"], values="value")
    table.columns = [f"{model}, {split}" for model, split in table.columns]
    chart(ranking_metrics(result.ranking), "ranking", table.rename_axis("Metric").reset_index(), 3)
    st.header("How many stars", anchor=False)
    st.caption(
        f"One rating in five, {numbers['held_out_ratings']:,} in all, was hidden while the model "
        "learned."
    )
    with st.grid(columns=3, min_column_width=300, gap="medium"):
        chart(predicted_against_actual(result.predictions), "actual")
        chart(error_against_baselines(result.errors), "errors")
        chart(reliability(result.predictions), "reliable")
    st.header("How many ratings it takes", anchor=False)
    curve = evaluation.base_curve()
    if curve is None:
        told = "The learning curve follows as soon as a model has learned that has not seen"
        follow_held_out(told)
        return
    people = int(curve["members"].iloc[0])
    clear = curve.loc[curve["gap_low"] > 0, "known"]
    since = f" It is clearly better from {clear.iloc[0]} known ratings on." if len(clear) else ""
    st.caption(
        f"{people} people as if they were members: the model that is judged here "
        "has never seen them, and the same ratings are predicted from more and more of their "
        f"others.{since}"
    )
    chart(learning_curve(curve), "learning", _curve_table(curve), 3)


# The held-out model


def follow_held_out(sentence: str) -> None:
    """Have the held-out model learn; show its share after `sentence` until it has."""

    def learning(status: JobStatus) -> None:
        if status.state == "failed":
            st.warning(plain(status.message), icon=":material/model_training:")
            st.button("Try again", on_click=evaluation.learn_held_out, key="judge_again")
            return
        if status.state == "idle":
            evaluation.learn_held_out()
        st.progress(status.share, text=f"{sentence} ({status.share:.0%})")

    follow(lambda: evaluation.held_out().status, learning)
