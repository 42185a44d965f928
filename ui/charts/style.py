"""The frame around every chart: colours, labels that cannot break a page, the layout."""

from __future__ import annotations

import html
import textwrap

import plotly.graph_objects as go

# Velvet and gold, as in the theme, with a contrast of 3:1 or more on its light and dark pages, and
# told apart by eyes that miss red or green.
OURS, OTHER = "#c2405f", "#b07d1e"
GREY = "#808080"
# Terracotta for few stars, teal for many: all light enough for INK, and distinct to all eyes.
STAR_COLOURS = [[0.0, "#e3907c"], [0.6, "#f1e8da"], [1.0, "#7cc0b7"]]
# The same colours around a reference in the middle, and from nothing up.
TWO_SIDED = [[at, colour] for at, (_, colour) in zip((0.0, 0.5, 1.0), STAR_COLOURS, strict=True)]
ONE_SIDED = [[0.0, STAR_COLOURS[1][1]], [1.0, STAR_COLOURS[2][1]]]
INK = "#111111"  # text on those colours; every other text takes the theme's

# At 360 pixels so many characters of the title fit beside the button that saves the picture.
TITLE_WIDTH = 37
LABEL_LENGTH = 24
STARS_AXIS = {"range": [0.2, 5.3], "tickvals": [1, 2, 3, 4, 5]}
ROW_HEIGHT = 30  # pixels for one row of labels
CLEAR, FAINT = "rgba(0,0,0,0)", "rgba(128,128,128,0.25)"


def label(text: object, length: int = LABEL_LENGTH) -> str:
    """Shorten `text`, and escape it because Plotly reads labels as HTML."""
    words = str(text)
    if len(words) > length:
        words = words[: length - 1].rstrip() + "…"
    return html.escape(words, quote=False)


def headline(figure: go.Figure) -> str:
    """The title of a finished figure as plain text on one line; it serves as the alt text."""
    return html.unescape(figure.layout.title.text.replace("<br>", " "))


def finish(
    figure: go.Figure, title: str, *, height: int, rows: int = 0, legend: bool = False
) -> go.Figure:
    """Give `figure` its title (escaped), its height and a transparent background.

    Font colours are left to the page's theme, light or dark. Nothing zooms: a finger that scrolls
    past a chart must not get caught in it.

    Args:
        height: pixels without the title and its labelled rows.
        rows: their number.
    """
    height += ROW_HEIGHT * rows
    # Broken as people read it: a line must not end within "&lt;".
    lines = textwrap.wrap(html.unescape(title), TITLE_WIDTH)
    top = 30 + 19 * len(lines)
    # How far the legend lies below the plot, as a share of the plot's height. Below a title of the
    # axis it takes height from the plot, the more so on a phone, where it has several lines.
    titled = figure.layout.xaxis.title.text is not None
    below = 58 / (height - 120) if titled and legend else 36 / height
    # Set one by one: Plotly's `update_layout` and its like take ten times as long.
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.gridcolor, axis.zeroline, axis.fixedrange, axis.automargin = FAINT, False, True, True
    layout = figure.layout
    layout.template, layout.plot_bgcolor = "none", CLEAR
    layout.height, layout.showlegend, layout.dragmode = height + top, legend, False
    layout.margin = {"l": 8, "r": 12, "t": top, "b": 8}
    layout.title = {
        "text": "<br>".join(html.escape(line, quote=False) for line in lines),
        "font": {"size": 15},
        "x": 0,
        "xanchor": "left",
        "xref": "container",
        "y": 1 - 16 / (height + top),
        "yanchor": "top",
        "yref": "container",
        "pad": {"l": 4},
    }
    legend_place = layout.legend  # whose order the chart may have chosen
    legend_place.orientation, legend_place.x = "h", 0
    legend_place.y, legend_place.yanchor = -below, "top"
    return figure
