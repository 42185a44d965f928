"""The laboratory's charts: learning curves of runs, and keywords."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ui.charts.movies import NAME, finish_map
from ui.charts.style import GIVEN, GREY, GROUP, OURS, finish, label
from ui.charts.traces import Look, dots, line, row_labels, zero_line

RUN_COLOURS = (OURS, GIVEN, GROUP, GREY)
ROOM = 0.7, 0.11  # between the middles of two names on a map
DASHES = {"train": "dot", "test": "solid"}


def auc_by_epoch(runs: Mapping[str, pd.DataFrame]) -> go.Figure:
    """Draw LightFM's AUC after each epoch, on what it learned from and on what was held out.

    Args:
        runs: `Evaluation.epochs` (epoch, split, value) of each run by its name.
    """
    figure = go.Figure()
    for number, (name, frame) in enumerate(runs.items()):
        colour = RUN_COLOURS[number % len(RUN_COLOURS)]
        for split, dash in DASHES.items():
            part = frame[frame["split"] == split]
            told = f"{label(name, 28)}, {'held out' if split == 'test' else 'learned from'}"
            look: Look = {"name": told, "line_dash": dash, "showlegend": True}
            line(figure, part["epoch"].to_numpy(), part["value"], colour, hover="%{y:.3f}", **look)
    figure.update_xaxes(title="epoch", nticks=6)
    figure.update_yaxes(title="AUC", nticks=6, tickformat=".2f")
    best = {
        name: frame.loc[frame["split"] == "test", "value"].max()
        for name, frame in runs.items()
        if len(frame)
    }
    top = max(best, key=best.__getitem__, default="")
    title = f"The best AUC on held-out ratings: {best[top]:.3f}" if best else "AUC by epoch"
    if len(best) > 1:
        title += f" ({label(top, 40)})"
    return finish(figure, title, height=330, legend=True)


def keyword_bars(frame: pd.DataFrame, whose: str) -> go.Figure:
    """Draw by how much keywords raise or lower what is expected, with one standard deviation.

    Args:
        frame: keyword, movies, stars, sd; at least one row.
        whose: for whom, a name or "everybody".
    """
    rows = frame.sort_values("stars", ignore_index=True)
    rows = rows.assign(row=range(len(rows)), low=rows["stars"] - rows["sd"])
    rows = rows.assign(high=rows["stars"] + rows["sd"])
    figure = go.Figure()
    zero_line(figure)
    for side, colour in ((rows["stars"] >= 0, OURS), (rows["stars"] < 0, GREY)):
        dots(figure, rows[side], "stars", colour, "+.2f", bars=("low", "high"))
    row_labels(figure, rows["keyword"], upwards=True)
    figure.update_xaxes(title="stars more or less<br>(line: one standard deviation)", nticks=6)
    top = frame.loc[frame["stars"].abs().idxmax()]
    way = "raises" if top["stars"] > 0 else "lowers"
    title = (
        f"“{label(top['keyword'])}” {way} what is expected most, by {abs(top['stars']):.2f} stars"
    )
    lead = "" if whose == "everybody" else f"{label(whose)}: "
    return finish(figure, lead + title, height=80 + 30 * len(rows))


def keyword_map(frame: pd.DataFrame) -> go.Figure:
    """Draw keywords as dots, larger when more movies have them, and name those that have room.

    Args:
        frame: keyword, movies, stars, sd, x, y (-1..1); at least one row.
    """
    frame = frame.sort_values("movies", ascending=False, kind="stable")
    named: list[Any] = []
    for row in frame.itertuples():
        if not any(abs(row.x - o.x) < ROOM[0] and abs(row.y - o.y) < ROOM[1] for o in named):
            named.append(row)
    figure = go.Figure()
    size = 5 + 9 * frame["movies"].rank(pct=True) ** 3
    sure = frame["stars"].abs() > frame["sd"]
    for name, part, colour in (
        ("raises", sure & (frame["stars"] > 0), OURS),
        ("lowers", sure & (frame["stars"] < 0), GIVEN),
        ("hardly matters", ~sure, GREY),
    ):
        rows = frame[part]
        look: Look = {"marker_size": size[part], "marker_line_width": 0, "marker_opacity": 0.6}
        look |= {"name": name, "text": rows["keyword"].map(label), "showlegend": True}
        dots(figure, rows, "x", colour, "%{text}", y="y", **look)
    for row in named:
        x, text = max(-0.75, min(0.75, row.x)), label(row.keyword, 18)
        figure.add_annotation(x=x, y=row.y, text=text, yshift=11, **NAME)
    return finish_map(figure, "Keywords of movies that the same people like lie close together")
