"""The frame that all charts share: titles, labels, transparent backgrounds, colours."""

from __future__ import annotations

import tomllib
from html import unescape
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from chart_frames import CHARTS

from ui.charts.style import GREY, INK, OTHER, OURS, finish, headline, label

THEME = tomllib.loads(
    (Path(__file__).resolve().parents[3] / ".streamlit" / "config.toml").read_text("utf-8")
)["theme"]
PAGES = [
    THEME[look][part]
    for look in ("light", "dark")
    for part in ("backgroundColor", "secondaryBackgroundColor")
]


@pytest.mark.parametrize("draw", CHARTS.values(), ids=CHARTS)
def test_chart_fits_a_phone_and_both_themes(draw) -> None:
    figure = draw()
    lines = unescape(figure.layout.title.text).split("<br>")
    assert max(map(len, lines)) <= 37
    assert headline(figure) == " ".join(lines)
    assert "<i>" not in str(figure.to_dict())  # what a title holds is never read as HTML
    assert figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.width is None
    # The page fills in what is missing, also in saved pictures.
    assert figure.layout.paper_bgcolor is figure.layout.font.color is None
    assert figure.layout.title.font.color is None
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        assert axis.fixedrange  # a finger that scrolls past is not caught
        assert axis.automargin
        assert all(len(unescape(text)) <= 26 for text in axis.ticktext or ())
    for trace in figure.data:
        if trace.type == "heatmap" and not isinstance(trace.colorscale, str):
            assert all(contrast(INK, colour) >= 7 for _, colour in trace.colorscale)


def test_label_is_shortened_before_it_is_escaped() -> None:
    assert label("<" * 30, 10) == "&lt;" * 9 + "…"


def test_title_is_never_broken_within_an_escaped_character() -> None:
    figure = finish(go.Figure(), label("<" * 90, 90), height=100)
    assert figure.layout.title.text == "<br>".join(["&lt;" * 37, "&lt;" * 37, "&lt;" * 16])


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [OURS, OTHER, GREY])
@pytest.mark.parametrize("page", PAGES)
def test_marks_stand_out_on_light_and_dark_pages(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3
