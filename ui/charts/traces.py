"""The traces that charts share: dots with error bars, lines, row labels."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ui.charts.style import GREY, LABEL_LENGTH, label

Look = dict[str, Any]  # properties of a Plotly object
ENDS = ("low", "high")


def dots(
    figure: go.Figure,
    frame: pd.DataFrame,
    x: str,
    colour: object,
    hover: str,
    *,
    y: str = "row",
    bars: Sequence[str] = (),
    vertical: bool = False,
    **trace: Any,
) -> None:
    """Add a marker for each row of `frame`, with error bars if `bars` is given.

    Args:
        x, y: columns of the positions.
        colour: one for all, or a number for each as Plotly's colour scales take it.
        hover: a Plotly template with %{x} and %{y}, or the format of a number, such as ".2f", for
            x and the ends of its bar.
        bars: columns: the two ends of the error bar, then what else the hover shows; together
            they are its customdata.
        vertical: the bars run along y.
        trace: further properties of the trace, those of the marker as marker_size and so on.
    """
    if bars:
        value = frame[y if vertical else x]
        trace["error_y" if vertical else "error_x"] = {
            "type": "data",
            "symmetric": False,
            # A bar never reaches back over its mark.
            "array": (frame[bars[1]] - value).clip(lower=0).to_numpy(),
            "arrayminus": (value - frame[bars[0]]).clip(lower=0).to_numpy(),
            "color": colour,
        }
        trace["customdata"] = frame[[*bars]].to_numpy()
    if "%{" not in hover:
        ends = f" (%{{customdata[0]:{hover}}} to %{{customdata[1]:{hover}}})" if bars else ""
        hover = f"%{{x:{hover}}}{ends}"
    figure.add_scatter(
        x=frame[x].to_numpy(),
        y=frame[y].to_numpy(),
        marker_color=colour,
        hovertemplate=f"{hover}<extra></extra>",
        **{"mode": "markers", "marker_size": 10} | trace,
    )


def line(
    figure: go.Figure,
    x: Sequence[object] | np.ndarray,
    y: pd.Series,
    colour: str,
    hover: str,
    **trace: Any,
) -> None:
    """Add a line with a marker at each point."""
    figure.add_scatter(
        x=x,
        y=y.to_numpy(),
        marker_color=colour,
        line_color=colour,
        hovertemplate=f"{hover}<extra></extra>",
        **{"mode": "lines+markers", "marker_size": 7} | trace,
    )


def plain_line(figure: go.Figure, x: object, y: object, **trace: Any) -> None:
    """Add a line or, with fill="toself", an area that has no hover; grey unless given a colour."""
    look: Look = {"mode": "lines", "line_color": GREY, "showlegend": False, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=y, **look | trace)


def spans(figure: go.Figure, low: pd.Series, high: pd.Series, **trace: Any) -> None:
    """Add a horizontal line from `low` to `high` in each row, which is their index."""
    gaps = np.full(len(low), None)
    ends = np.column_stack([low, high, gaps]).ravel()
    rows = np.column_stack([low.index, low.index, gaps]).ravel()
    plain_line(figure, ends, rows, **{"line_width": 2} | trace)


def zero_line(figure: go.Figure) -> None:
    """Add a vertical line at 0."""
    figure.add_vline(x=0, line={"color": GREY, "width": 1, "dash": "dot"})


def row_labels(
    figure: go.Figure, names: Iterable[object], length: int = LABEL_LENGTH, *, upwards: bool = False
) -> None:
    """Label the rows 0, 1, ... of the y axis, the first on top or, `upwards`, at the bottom.

    A long name has two lines of `length` letters.
    """
    labels = []
    for name in names:
        parts = textwrap.wrap(str(name), length)
        more = [label(" ".join(parts[1:]), length)] if len(parts) > 1 else []
        labels.append("<br>".join([label(parts[0] if parts else "", length), *more]))
    ends = [-0.6, len(labels) - 0.4]
    figure.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=labels,
        range=ends if upwards else ends[::-1],
    )
