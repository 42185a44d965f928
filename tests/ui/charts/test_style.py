"""The frame that all charts share: titles, labels, transparent backgrounds, colours."""

from __future__ import annotations

import tomllib
from html import unescape
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from chart_frames import CHARTS

from ui.charts.style import GREY, INK, OTHER, OURS, STAR_COLOURS, finish, headline, label

THEME = tomllib.loads(
    (Path(__file__).resolve().parents[3] / ".streamlit" / "config.toml").read_text("utf-8")
)["theme"]
PAGES = [
    THEME[look][part]
    for look in ("light", "dark")
    for part in ("backgroundColor", "secondaryBackgroundColor")
]
# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency", 2009, severity 1; on linear RGB.
SIGHT = {
    "all colours": np.eye(3).tolist(),
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


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


def lab(colour: str, sight: list[list[float]]) -> np.ndarray:
    """CIE L*a*b* of a colour as these eyes see it."""
    to_xyz = np.array([[0.412, 0.358, 0.180], [0.213, 0.715, 0.072], [0.019, 0.119, 0.950]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ sight @ linear(colour), 0.009) / [0.950, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("colour", [OURS, OTHER, GREY])
@pytest.mark.parametrize("page", PAGES)
def test_marks_stand_out_on_light_and_dark_pages(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


@pytest.mark.parametrize("sight", SIGHT.values(), ids=SIGHT)
def test_colours_of_a_chart_differ_to_all_eyes(sight: list[list[float]]) -> None:
    few, some, many = (colour for _, colour in STAR_COLOURS)
    for one, other in ((OURS, OTHER), (few, some), (some, many), (few, many)):
        # 2 or 3 is a difference that can just be seen.
        assert np.linalg.norm(lab(one, sight) - lab(other, sight)) >= 15
