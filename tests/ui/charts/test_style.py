"""The frame that all charts share: titles, labels, transparent backgrounds, colours."""

import tomllib
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from chart_frames import CHARTS, HEAT

from ui.charts.style import (
    GIVEN,
    GREY,
    GROUP,
    OURS,
    finish,
    headline,
    label,
    table_of,
)  # fmt: skip
from ui.components.people import COLOURS

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
    assert headline(figure)
    assert figure.layout.title.text is None  # the page writes it, across its whole width
    assert "<i>" not in str(figure.to_dict())  # what a title holds is never read as HTML
    assert figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.layout.width is None
    # The page fills in what is missing, also in saved pictures.
    assert figure.layout.paper_bgcolor is figure.layout.font.color is None
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        assert axis.fixedrange  # a finger that scrolls past is not caught
        assert axis.automargin
        ticks = [line for text in axis.ticktext or () for line in unescape(text).split("<br>")]
        assert all(len(line) <= 26 for line in ticks)
        assert not axis.tickangle


def test_label_is_shortened_before_it_is_escaped() -> None:
    assert label("<" * 30, 10) == "&lt;" * 9 + "…"


def test_title_is_plain_text() -> None:
    figure = finish(go.Figure(), label("<" * 90, 90), height=100)
    assert headline(figure) == "<" * 90


@pytest.mark.parametrize(
    ("chart", "rows"),
    [
        ("member errors", [
            {"": "Ben", "own mean": 0.4, "ours": 0.5, "ours, from": 0.3, "ours, to": 0.8},
            {"": HEAT, "own mean": 0.9, "ours": 0.6, "ours, from": 0.5, "ours, to": 0.7},
        ]),
        ("words", [
            {"": "heist", "Cleo": 0.1, "Ben": -0.5, "Ana": 0.6},
            {"": "robot", "Cleo": None, "Ben": 0.2, "Ana": -0.1},
        ]),
        ("record", [
            {"nights": 1, "what most people give": 1.0, "everyone's own average": 0.8, "we": 0.9},
            {"nights": 2, "what most people give": 0.7, "everyone's own average": 0.8, "we": 0.6},
        ]),
        ("distribution", [{"stars given": n / 2, "": int(n in (7, 8))} for n in range(1, 11)]),
    ],
)  # fmt: skip
def test_table_has_what_the_chart_shows(chart: str, rows: list[dict[str, object]]) -> None:
    pd.testing.assert_frame_equal(table_of(CHARTS[chart]()), pd.DataFrame(rows), check_dtype=False)


def test_table_of_the_ranking_has_a_column_for_each_metric_and_split() -> None:
    found = table_of(CHARTS["ranking"]()).set_index("")
    assert found.at["LightFM", "AUC, held out"] == 0.9
    assert found.at["popularity", "Precision at 10, learned from"] == 0.15


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [OURS, GIVEN, GROUP, GREY])
@pytest.mark.parametrize("page", PAGES)
def test_marks_stand_out_on_light_and_dark_pages(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


def test_white_letters_are_readable_on_every_face() -> None:
    assert len(set(COLOURS)) == 12
    assert min(contrast("#ffffff", colour) for colour in COLOURS) >= 4.5
