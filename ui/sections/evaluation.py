"""The Evaluation page, the world's raters: how right the models are on ratings held out."""

from __future__ import annotations

import streamlit as st

from recommender.evaluation import Evaluation
from ui import judging, state
from ui.charts.evaluation import (
    error_against_baselines,
    learning_curve,
    predicted_against_actual,
    ranking_metrics,
    reliability,
)
from ui.components.basics import empty_state, errors_shown
from ui.jobs import JobStatus
from ui.sections import evaluation_tables, judge
from ui.sections.tonight import CHART
from ui.text import plain

SECONDS = 1.0


def show() -> None:
    """Draw the figures of the world's raters, or how far they are."""
    n = len(state.base_dataset().ratings)
    st.caption(f"On {n:,} real ratings: four in five to learn from, one in five to check.")
    result = state.evaluator().result
    if result is None:
        follow()
        return
    if problem := state.evaluator().status.message:
        st.warning(plain(problem), icon=":material/save:")
    figures(result)


def follow() -> None:
    """Start the evaluation if nothing has come of it yet, and show how far it is."""
    progress = state.evaluator().status
    if progress.state == "failed":
        with empty_state(
            ":material/error:", f"No figures: {plain(progress.message)}", "no_figures"
        ):
            st.button("Try again", type="primary", on_click=state.evaluate, key="again")
        return
    st.session_state["evaluation_drawn"] = progress.state
    _follow()


@st.fragment(run_every=SECONDS)
def _follow() -> None:
    with errors_shown():
        progress = state.evaluator().status
        if progress.state != st.session_state.get("evaluation_drawn"):
            st.rerun()
        if progress.state == "idle":
            _wait_or_start()
        elif progress.state == "running":
            _show(progress)


def _wait_or_start() -> None:
    # Both at once would make the first learning, which Tonight waits for, twice as slow.
    if "running" in {state.trainer().status.state, judging.judge().status.state}:
        st.markdown("The evaluation begins as soon as the model has learned.")
    else:
        state.evaluate()
        st.session_state["evaluation_drawn"] = "running"
        _show(state.evaluator().status)


def _show(progress: JobStatus) -> None:
    st.progress(
        progress.share, text=f"Evaluating, {progress.share:.0%} done: {plain(progress.message)}."
    )
    st.caption("This takes half a minute, once; the figures are kept.")
    st.skeleton(height=320)


def figures(result: Evaluation) -> None:
    """Draw the figures: first in a line, then order, errors and intervals as charts."""
    numbers = result.figures()
    ours, crowd = (numbers["ranking"][name]["test"] for name in ("hybrid", "popularity"))
    best = numbers["errors"]["ours"]["rmse"]["value"]
    with st.grid(columns=4, min_column_width=150, border=True, gap="small"):
        st.metric("AUC", f"{ours['auc']:.3f}", help=AUC)
        st.metric(
            "Precision@10",
            f"{ours['precision@10']:.3f}",
            delta=f"{ours['precision@10'] - crowd['precision@10']:+.3f}",
            help="Of the ten movies ranked first, the share that the person did watch and rate. "
            "Below, how much that is above popularity.",
        )
        st.metric("Typical error", f"{best:.2f} ★", help="Root mean squared error of the stars.")
        st.metric(
            "Honest intervals",
            f"{numbers['intervals']['coverage']:.0%}",
            help="How many hidden ratings fell inside their 80% interval; 80% would be exact.",
        )
    st.subheader("Which movies", anchor=False)
    st.caption(
        "A plain LightFM hybrid ranks all movies for everyone; those already rated are left out "
        "of the test ranking. Popularity gives everyone the same list."
    )
    _chart(ranking_metrics(result.ranking), "ranking", "Ranking metrics of hybrid and popularity")
    with st.expander("The same as a table", icon=":material/table_rows:"):
        table = result.ranking.pivot(index="metric", columns=["model", "split"], values="value")
        table.columns = [f"{model}, {split}" for model, split in table.columns]
        config = {name: st.column_config.NumberColumn(format="%.3f") for name in table.columns}
        st.dataframe(table.rename_axis("Metric"), column_config=config, alt="Ranking metrics")
    st.subheader("How many stars", anchor=False)
    st.caption(
        f"One rating in five, {numbers['held_out_ratings']:,} in all, was hidden while the model "
        "learned."
    )
    with st.grid(columns=3, min_column_width=300, gap="medium"):
        _chart(predicted_against_actual(result.predictions), "actual", "Predicted against actual")
        _chart(error_against_baselines(result.errors), "errors", "Error against the baselines")
        _chart(reliability(result.predictions), "reliable", "Predicted against actual likes")
    _learning()


def _learning() -> None:
    st.subheader("How many ratings it takes", anchor=False)
    curve = judging.world_curve()
    if curve is None:
        judge.follow("The learning curve follows as soon as a model has learned that has not seen")
        return
    people = int(curve["members"].iloc[0])
    clear = curve.loc[curve["gap_low"] > 0, "known"]
    since = f" It is clearly better from {clear.iloc[0]} known ratings on." if len(clear) else ""
    st.caption(
        f"{people} of the world's raters as if they were members: the model that is judged here "
        "has never seen them, and the same ratings are predicted from more and more of their "
        f"others.{since}"
    )
    _chart(learning_curve(curve), "learning", "Error by the number of ratings known")
    with st.expander("The same as a table", icon=":material/table_rows:"):
        evaluation_tables.draw(
            evaluation_tables.curve_table(curve), 3, "The learning curve as a table"
        )


AUC = (
    "How often a movie that the person did watch and rate is ranked above one that they did not; "
    "0.5 is chance."
)


def _chart(figure: object, key: str, alt: str) -> None:
    st.plotly_chart(figure, config=CHART, key=key, alt=alt)
