"""The frame around every chart: colours, labels that cannot break a page, the layout."""

from __future__ import annotations

import html

import pandas as pd
import plotly.graph_objects as go

# What a colour means is the same on every chart: what we expect, what was given, what is a whole
# group's. Each has a contrast of 3:1 or more on light and dark pages, and is told apart by eyes
# that miss red or green. A member's own is that of the face.
OURS, GIVEN, GROUP = "#c2405f", "#b07d1e", "#1f8a90"
GREY = "#808080"
PAPER, PAPER_DARK = "rgba(251,248,243,0.82)", "rgba(22,18,26,0.82)"  # behind words on a picture
INK, INK_DARK = "#111111", "#f3ece4"  # those words; every other text takes the theme's

LABEL_LENGTH = 24
STARS_AXIS = {"range": [0.2, 5.3], "tickvals": [1, 2, 3, 4, 5]}
ROW_HEIGHT, TOP = 30, 10  # pixels: of one row of labels, and above all
CLEAR, FAINT = "rgba(0,0,0,0)", "rgba(128,128,128,0.25)"
SINGLE = "one rating"  # the name of traces of single ratings


def label(text: object, length: int = LABEL_LENGTH) -> str:
    """Shorten `text`, and escape it because Plotly reads labels as HTML."""
    words = str(text)
    if len(words) > length:
        words = words[: length - 1].rstrip() + "…"
    return html.escape(words, quote=False)


def headline(figure: go.Figure) -> str:
    """The title of a finished figure as plain text, for the heading above it and the alt text."""
    return html.unescape(str(figure.layout.meta))


def table_of(figure: go.Figure) -> pd.DataFrame:
    """Return what a finished figure shows: a row a label or position, a column or more a trace.

    Error bars are two more columns. Lines without hover and single ratings are left out.
    """
    across, up = figure.layout.xaxis, figure.layout.yaxis
    in_rows = up.ticktext is not None
    axis, other = (up, across) if in_rows else (across, up)
    texts = () if axis.ticktext is None else axis.ticktext
    labels = dict(zip(axis.tickvals, texts, strict=True)) if len(texts) else {}
    columns: dict[str, dict[float, object]] = {}
    for trace in figure.data:
        if trace.hoverinfo == "skip" or trace.name == SINGLE:
            continue
        positions, values = (trace.y, trace.x) if in_rows else (trace.x, trace.y)
        has_bars = (trace.error_x if in_rows else trace.error_y).array is not None
        for place, (at, value) in enumerate(zip(positions, values, strict=True)):
            name = trace.name or str(_words(other.title.text))
            if trace.name is None and trace.text is not None:
                name = trace.text[place]
            name = html.unescape(f"{trace.meta}, {name}" if trace.meta else name)
            columns.setdefault(name, {})[at] = value
            for end, what in enumerate(("from", "to") if has_bars else ()):
                columns.setdefault(f"{name}, {what}", {})[at] = trace.customdata[place][end]
    order = sorted({at for column in columns.values() for at in column})
    if in_rows and up.range[0] < up.range[1]:
        order.reverse()
    first = {_words(axis.title.text): [_words(labels.get(at, at)) for at in order]}
    return pd.DataFrame(first | {n: [c.get(at) for at in order] for n, c in columns.items()})


def _words(text: object) -> object:
    """Return a label or a title of an axis as plain text; numbers as they are."""
    if not isinstance(text, str | None):
        return text
    return html.unescape((text or "").partition(" (")[0].replace("<br>", " "))


def for_dark_page(figure: go.Figure) -> go.Figure:
    """Give the framed words of `figure` the colours that a dark page wants."""
    for note in figure.layout.annotations:
        if note.bgcolor == PAPER:
            note.bgcolor, note.font.color = PAPER_DARK, INK_DARK
    return figure


def signed(value: float) -> str:
    """Return a difference in stars: "+0.3", "−1.0", or "same" where it rounds to nothing."""
    return "same" if abs(value) < 0.05 else f"{value:+.1f}".replace("-", "−")


def finish(
    figure: go.Figure, title: str, *, height: int, rows: int = 0, legend: bool = False
) -> go.Figure:
    """Give `figure` its title (escaped) for `headline`, its height, a transparent background.

    Font colours are left to the page's theme, light or dark. Nothing zooms: a finger that scrolls
    past a chart must not get caught in it.

    Args:
        height: pixels without the title and its labelled rows.
        rows: their number.
    """
    height += ROW_HEIGHT * rows
    # How far the legend lies below the plot, as a share of the plot's height. Below a title of the
    # axis it takes height from the plot, the more so on a phone, where it has several lines.
    titled = figure.layout.xaxis.title.text is not None
    below = 58 / (height - 120) if titled and legend else 36 / height
    # Set one by one: Plotly's `update_layout` and its like take ten times as long.
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.gridcolor, axis.zeroline, axis.fixedrange, axis.automargin = FAINT, False, True, True
    layout = figure.layout
    layout.template, layout.plot_bgcolor = "none", CLEAR
    layout.height, layout.showlegend, layout.dragmode = height + TOP, legend, False
    layout.margin = {"l": 8, "r": 12, "t": TOP, "b": 8}
    layout.meta = html.escape(html.unescape(title), quote=False)
    legend_place = layout.legend  # whose order the chart may have chosen
    legend_place.orientation, legend_place.x = "h", 0
    legend_place.y, legend_place.yanchor = -below, "top"
    return figure
