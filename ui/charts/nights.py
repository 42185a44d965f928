"""The charts of movie nights: choosing a movie, one night's outcome, and the record of all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.evaluation.nights import LEVEL as PROMISED
from recommender.evaluation.nights import OURS as OUR_MODEL
from ui.charts.style import FAINT, GREY, OURS, finish
from ui.charts.traces import ENDS, Look, band, line
from ui.text import counted, day_of


def error_over_nights(frame: pd.DataFrame, title: str) -> go.Figure:
    """Draw the mean absolute error so far of the predictions and of two baselines.

    The frame is `record_over_time`, the title from `ui.findings.record`.
    """
    figure = go.Figure()
    for model, name, colour, dash in (
        ("crowd", "what most people give", GREY, "dot"),
        ("own mean", "everyone's own average", GREY, "dash"),
        (OUR_MODEL, "we", OURS, "solid"),
    ):
        part = frame[frame["model"] == model]
        look: Look = {"name": name, "customdata": _when(part), "line_dash": dash, "marker_size": 6}
        line(figure, part["nights"], part["mae"], colour, "%{customdata}: %{y:.2f}", **look)
    last = int(frame["nights"].max())
    figure.update_xaxes(title="nights", **_night_axis(last))
    figure.update_yaxes(title="stars off so far", rangemode="tozero", nticks=6)
    figure.update_layout(legend_traceorder="reversed")  # ours is drawn last, on top
    return finish(figure, title, height=300, legend=True)


def _when(frame: pd.DataFrame) -> list[str]:
    return [f"{day_of(row.on)}, {counted(row.n, 'rating')}" for row in frame.itertuples()]


def _night_axis(last: int) -> dict[str, object]:
    # Whole nights only, about six of them.
    return {"range": [0.4, last + 0.6], "tick0": 1, "dtick": max(1, -(-last // 6))}


def interval_coverage(frame: pd.DataFrame, title: str) -> go.Figure:
    """Draw the share of ratings inside their 80% interval so far, and the range of chance.

    The frame is `coverage_over_time`, the title from `ui.findings.coverage`.
    """
    nights = frame["nights"].to_numpy()
    # Every night has its own step, so that the band of a single one can be seen.
    edges = np.column_stack([nights - 0.5, nights + 0.5]).ravel()
    low, high = (np.repeat(frame[end].to_numpy(), 2) for end in ENDS)
    look: Look = {"name": "so far", "customdata": _when(frame)}
    figure = go.Figure()
    band(figure, edges, low, high, colour=FAINT, name="what chance allows")
    figure.add_hline(y=PROMISED, line={"color": GREY, "dash": "dot"})
    line(figure, nights, frame["share"], OURS, "%{customdata}: %{y:.0%}", **look)
    axis = _night_axis(nights[-1])
    figure.update_xaxes(title="nights (dotted: what we promise)", **axis)
    figure.update_yaxes(title="ratings where expected", range=[0, 1.04], tickformat=".0%")
    return finish(figure, title, height=300, legend=True)
