"""The chart of the movie nights' record."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from recommender.evaluation.nights import OURS as OUR_MODEL
from ui.charts.style import GREY, OURS, finish
from ui.charts.traces import Look, line
from ui.text import counted, day_of


def error_over_nights(frame: pd.DataFrame, title: str) -> go.Figure:
    """Draw the mean absolute error so far of the predictions and of two baselines.

    The frame is `record_over_time`, the title from `ui.sections.nights.record`.
    """
    figure = go.Figure()
    for model, name, colour, dash in (
        ("crowd", "what most people give", GREY, "dot"),
        ("own mean", "everyone's own average", GREY, "dash"),
        (OUR_MODEL, "we", OURS, "solid"),
    ):
        part = frame[frame["model"] == model]
        when = [f"{day_of(row.on)}, {counted(row.n, 'rating')}" for row in part.itertuples()]
        look: Look = {"name": name, "customdata": when, "line_dash": dash, "marker_size": 6}
        line(figure, part["nights"], part["mae"], colour, "%{customdata}: %{y:.2f}", **look)
    last = int(frame["nights"].max())
    step = max(1, -(-last // 6))  # whole nights only, about six of them
    figure.update_xaxes(title="nights", range=[0.4, last + 0.6], tick0=1, dtick=step)
    figure.update_yaxes(title="stars off so far", rangemode="tozero", nticks=6)
    figure.update_layout(legend_traceorder="reversed")  # ours is drawn last, on top
    return finish(figure, title, height=300, legend=True)
