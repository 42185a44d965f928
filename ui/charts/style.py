"""What all charts share: colours, labels that cannot break a page, a layout that fits a phone."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from recommender.errors import DataError

# Velvet and gold, as in the theme, with a contrast of 3:1 or more on its light and dark pages, and
# told apart by eyes that miss red or green.
OURS, OTHER = "#c2405f", "#b07d1e"
GREY = "#808080"
# Terracotta for few stars, teal for many: all light enough for INK, and distinct to all eyes.
STAR_COLOURS = [[0.0, "#e3907c"], [0.6, "#f1e8da"], [1.0, "#7cc0b7"]]
INK = "#111111"  # text on those colours; every other text takes the theme's

# At 360 pixels so many characters of the title fit beside the button that saves the picture.
TITLE_WIDTH = 37
LABEL_LENGTH = 24
STARS = [1, 2, 3, 4, 5]  # as ticks
POINTS = 500  # more single ratings than this would hide all else
ROW_HEIGHT = 30  # pixels for one row of labels
CLEAR, FAINT = "rgba(0,0,0,0)", "rgba(128,128,128,0.25)"


def need(frame: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Raise DataError when `frame` lacks one of `columns` or has no row."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise DataError(f"The frame for {what} has no column {missing[0]!r}.")
    if frame.empty:
        raise DataError(f"There is nothing to draw for {what}: the frame has no rows.")


def label(text: object, length: int = LABEL_LENGTH) -> str:
    """Return `text` shortened, and escaped because Plotly reads labels as HTML."""
    words = str(text)
    if len(words) > length:
        words = words[: length - 1].rstrip() + "…"
    return html.escape(words, quote=False)


def heading(text: str) -> str:
    """Return `text`, already escaped, broken into lines that fit a phone."""
    # Broken as people read it: a line must not end within "&lt;".
    lines = textwrap.wrap(html.unescape(text), TITLE_WIDTH)
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def whiskers(value: pd.Series, low: pd.Series, high: pd.Series, colour: str) -> dict[str, object]:
    """Return Plotly's error bars from `low` to `high`, which never reach back over the mark."""
    return {
        "type": "data",
        "symmetric": False,
        "array": (high - value).clip(lower=0).to_numpy(),
        "arrayminus": (value - low).clip(lower=0).to_numpy(),
        "color": colour,
    }


def single_ratings(
    figure: go.Figure, frame: pd.DataFrame, across: str, up: str, *, colour: str, hover: str
) -> None:
    """Draw every rating as a dot, while they are few.

    Args:
        frame: the columns `across` and `up`, stars; optionally label, the first line of the hover.
        hover: its second line, with %{x} and %{y}.
    """
    if len(frame) > POINTS:
        return
    figure.add_scatter(
        x=frame[across].to_numpy(),
        y=frame[up].to_numpy(),
        mode="markers",
        marker={"color": colour, "opacity": 0.45, "size": 6},
        text=[label(text, 60) for text in frame.get("label", pd.Series("", frame.index))],
        hovertemplate=f"%{{text}}<br>{hover}<extra></extra>",
        name="one rating",
    )


def diagonal(figure: go.Figure, low: float, high: float) -> None:
    """Draw the dotted line on which what was promised and what came are the same."""
    figure.add_scatter(
        x=[low, high],
        y=[low, high],
        mode="lines",
        line={"color": GREY, "dash": "dot"},
        hoverinfo="skip",
        showlegend=False,
    )


def finish(figure: go.Figure, title: str, *, height: int, legend: bool = False) -> go.Figure:
    """Give `figure` its heading, its height in pixels and a see-through background.

    Font colours are left to the page's theme, light or dark. Nothing zooms: a finger that scrolls
    past a chart must not get caught in it.
    """
    lines = heading(title)
    top = 30 + 19 * (lines.count("<br>") + 1)
    # How far the legend lies below the plot, as a share of the plot's height. Below a title of the
    # axis it takes height from the plot, the more so on a phone, where it has several lines.
    titled = figure.layout.xaxis.title.text is not None
    below = 58 / (height - 120) if titled and legend else 36 / height
    # Set one by one: Plotly's `update_layout` and its like take ten times as long.
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.gridcolor, axis.zeroline, axis.fixedrange, axis.automargin = FAINT, False, True, True
    wanted: dict[str, object] = {
        "template": "none",
        "title": {
            "text": lines,
            "font": {"size": 15},
            "x": 0,
            "xanchor": "left",
            "xref": "container",
            "y": 1 - 16 / (height + top),
            "yanchor": "top",
            "yref": "container",
            "pad": {"l": 4},
        },
        "plot_bgcolor": CLEAR,
        "height": height + top,
        "margin": {"l": 8, "r": 12, "t": top, "b": 8},
        "showlegend": legend,
        "legend": {"orientation": "h", "x": 0, "y": -below, "yanchor": "top"},
        "dragmode": False,
    }
    for name, value in wanted.items():
        if isinstance(value, dict):  # what the chart has chosen itself besides these stays
            for part, chosen in value.items():
                figure.layout[name][part] = chosen
        else:
            figure.layout[name] = value
    return figure
