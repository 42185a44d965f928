"""The frame around every chart: colours, labels that cannot break a page, the layout."""

from __future__ import annotations

import html

import plotly.graph_objects as go

# What a colour means is the same on every chart: what we expect, what was given, what is a whole
# group's. Each has a contrast of 3:1 or more on light and dark pages, and is told apart by eyes
# that miss red or green. A member's own is that of the face.
OURS, GIVEN, GROUP = "#c2405f", "#b07d1e", "#1f8a90"
GREY = "#808080"
# Terracotta for few stars, teal for many, light enough for INK on a light page; on a dark one the
# colours are dark, and nothing is darker than what means nothing.
STAR_COLOURS = [[0.0, "#e3907c"], [0.6, "#f1e8da"], [1.0, "#7cc0b7"]]
STAR_COLOURS_DARK = [[0.0, "#91402c"], [0.6, "#2a2230"], [1.0, "#1d6b66"]]
# The same colours around a reference in the middle.
TWO_SIDED = [[at, colour] for at, (_, colour) in zip((0.0, 0.5, 1.0), STAR_COLOURS, strict=True)]
PAPER, PAPER_DARK = "rgba(251,248,243,0.82)", "rgba(22,18,26,0.82)"  # behind words on a picture
INK, INK_DARK = "#111111", "#f3ece4"  # text on those colours; every other takes the theme's

LABEL_LENGTH = 24
STARS_AXIS = {"range": [0.2, 5.3], "tickvals": [1, 2, 3, 4, 5]}
ROW_HEIGHT, TOP = 30, 10  # pixels: of one row of labels, and above all
CLEAR, FAINT = "rgba(0,0,0,0)", "rgba(128,128,128,0.25)"


def label(text: object, length: int = LABEL_LENGTH) -> str:
    """Shorten `text`, and escape it because Plotly reads labels as HTML."""
    words = str(text)
    if len(words) > length:
        words = words[: length - 1].rstrip() + "…"
    return html.escape(words, quote=False)


def headline(figure: go.Figure) -> str:
    """The title of a finished figure as plain text, for the heading above it and the alt text."""
    return html.unescape(str(figure.layout.meta))


def for_dark_page(figure: go.Figure) -> go.Figure:
    """Give the cells and framed words of `figure` the colours that a dark page wants."""
    dark = dict(zip([c for _, c in STAR_COLOURS], [c for _, c in STAR_COLOURS_DARK], strict=True))
    for note in figure.layout.annotations:
        if note.bgcolor == PAPER:
            note.bgcolor, note.font.color = PAPER_DARK, INK_DARK
    for trace in figure.select_traces({"type": "heatmap"}):
        trace.colorscale = [[at, dark.get(colour, colour)] for at, colour in trace.colorscale]
        trace.textfont.color = INK_DARK
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
