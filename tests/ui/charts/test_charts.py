"""Charts: the figure holds the frame's numbers, and its title says what they say."""

from __future__ import annotations

import tomllib
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from ui.charts.evaluation import (
    error_against_baselines,
    predicted_against_actual,
    ranking_metrics,
    reliability,
)
from ui.charts.nights import group_heatmap, prediction_intervals
from ui.charts.style import GREY, INK, OTHER, OURS, STAR_COLOURS, TITLE_WIDTH, finish, label

ROOT = Path(__file__).resolve().parents[3]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"]
PAGES = [
    THEME[look][part]
    for look in ("light", "dark")
    for part in ("backgroundColor", "secondaryBackgroundColor")
]


@pytest.fixture
def group() -> pd.DataFrame:
    rows = [
        (7, "Heat", 2, "Ben", 2.0, 1.0, 3.0),
        (7, "Heat", 1, "Anna", 4.5, 3.5, 5.0),
        (3, "Amélie & <b>Co</b>", 2, "Ben", 4.0, 3.0, 5.0),
        (3, "Amélie & <b>Co</b>", 1, "Anna", 3.5, 2.5, 4.5),
    ]
    names = ["movie_id", "movie", "member_id", "member", "mean", "low", "high"]
    return pd.DataFrame(rows, columns=names)


@pytest.fixture
def errors() -> pd.DataFrame:
    rows = [
        ("constant", "rmse", 1.0, 0.9, 1.1),
        ("ours", "rmse", 0.8, 0.7, 0.9),
        ("bias", "rmse", 0.9, 0.8, 1.0),
        ("ours", "mae", 0.7, 0.6, 0.8),
    ]
    return pd.DataFrame(rows, columns=["model", "metric", "value", "low", "high"])


@pytest.fixture
def ranking() -> pd.DataFrame:
    figures = {"hybrid": (0.9, 0.23), "popularity": (0.8, 0.15)}
    rows = [
        (model, split, metric, value + (split == "train") / 20)
        for model, values in figures.items()
        for split in ("train", "test")
        for metric, value in zip(("auc", "precision@10"), values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["model", "split", "metric", "value"])


@pytest.fixture
def held_out() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    actual = rng.integers(1, 11, 800) / 2
    like = rng.random(800)
    return pd.DataFrame(
        {
            "actual": actual,
            "predicted": np.where(actual > 1, actual - 0.5, 4.0),
            "like": like,
            "liked": rng.random(800) < like,
        }
    )


@pytest.fixture
def figures(group, errors, ranking, held_out) -> list[go.Figure]:
    return [
        group_heatmap(group),
        prediction_intervals(group[group["movie_id"] == 7], movie="Heat", group=(3.2, 2.5, 4.0)),
        predicted_against_actual(held_out),
        error_against_baselines(errors),
        ranking_metrics(ranking),
        reliability(held_out),
    ]


def title(figure: go.Figure) -> str:
    return figure.layout.title.text.replace("<br>", " ")


def test_the_heatmap_keeps_the_order_of_the_frame(group: pd.DataFrame) -> None:
    figure = group_heatmap(group)
    assert np.array(figure.data[0].z).tolist() == [[2.0, 4.5], [4.0, 3.5]]
    assert figure.layout.xaxis.ticktext == ("Ben", "Anna")
    assert figure.layout.yaxis.ticktext[0] == "Heat"
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
    hover = np.array(figure.data[0].customdata)
    assert hover[0, 1] == "Heat, Anna: 4.5 stars (3.5 to 5.0)"
    assert title(figure) == "Amélie &amp; &lt;b&gt;Co&lt;/b&gt; pleases most: 3.8 stars on average"


def test_movies_of_one_name_stay_apart(group: pd.DataFrame) -> None:
    figure = group_heatmap(group.assign(movie="Hamlet", member="Sam"))
    assert np.array(figure.data[0].z).shape == (2, 2)
    assert figure.layout.yaxis.ticktext == ("Hamlet", "Hamlet")


def test_intervals_of_members_and_of_the_group(group: pd.DataFrame) -> None:
    figure = prediction_intervals(
        group[group["movie_id"] == 7], movie="Heat", group=(3.2, 2.5, 4.0)
    )
    members, everyone = figure.data
    assert list(members.x) == [2.0, 4.5]
    assert list(members.error_x.array) == [1.0, 0.5]
    assert list(members.error_x.arrayminus) == [1.0, 1.0]
    assert (list(everyone.x), list(everyone.y)) == ([3.2], [0])
    assert list(everyone.error_x.array) == pytest.approx([0.8])
    assert figure.layout.yaxis.ticktext == ("everyone", "Ben", "Anna")
    assert title(figure) == "Heat: Anna should like it most (4.5), Ben least (2.0)"


def test_intervals_of_one_member(group: pd.DataFrame) -> None:
    figure = prediction_intervals(group.head(1), movie="Heat")
    assert figure.layout.yaxis.ticktext == ("Ben",)
    assert title(figure) == "Heat: Ben is expected to give 2.0"


def test_predicted_against_actual_has_a_box_for_each_star(held_out: pd.DataFrame) -> None:
    figure = predicted_against_actual(held_out)
    box = figure.data[1]
    assert list(box.x) == [0.5 * i for i in range(1, 11)]
    assert list(box.median)[2:] == [0.5 * i for i in range(2, 10)]
    close = (held_out["actual"] > 1).mean()
    assert title(figure) == f"{close:.0%} of 800 ratings were predicted within one star"


def test_few_ratings_show_as_dots(held_out: pd.DataFrame) -> None:
    few = held_out.head(30).assign(label="Anna: <i>Heat</i>")
    figure = predicted_against_actual(few)
    assert len(figure.data[2].x) == 30
    assert figure.data[2].text[0] == "Anna: &lt;i&gt;Heat&lt;/i&gt;"
    assert len(predicted_against_actual(held_out).data) == 2


def test_the_smallest_error_is_on_top(errors: pd.DataFrame) -> None:
    figure = error_against_baselines(errors)
    assert figure.layout.yaxis.ticktext == ("constant", "bias", "ours")
    others, ours = figure.data
    assert (others.marker.color, ours.marker.color) == (GREY, OURS)
    assert (list(others.x), list(ours.x)) == ([1.0, 0.9], [0.8])
    assert list(others.error_x.arrayminus) == pytest.approx([0.1, 0.1])
    assert title(figure) == "Our error is 0.80 stars, 11.1% less than the best baseline's (bias)"


def test_a_worse_error_is_called_worse(errors: pd.DataFrame) -> None:
    worse = errors.replace({"value": {0.8: 1.8}})
    assert "100.0% more than the best baseline's" in title(error_against_baselines(worse))
    alone = error_against_baselines(errors, metric="mae")
    assert title(alone) == "The smallest error: 0.70 stars, by ours"


def test_a_difference_that_may_be_chance_is_not_claimed(errors: pd.DataFrame) -> None:
    unclear = errors.assign(excess_low=[0.1, 0.0, -0.05, 0.0], excess_high=[0.3, 0.0, 0.2, 0.0])
    assert title(error_against_baselines(unclear)) == (
        "Our error is 0.80 stars, the best baseline's 0.90 (bias): no clear difference"
    )
    clear = unclear.assign(excess_low=[0.1, 0.0, 0.05, 0.0])
    assert "11.1% less than the best baseline's (bias)" in title(error_against_baselines(clear))


def test_ranking_has_a_row_for_each_metric(ranking: pd.DataFrame) -> None:
    figure = ranking_metrics(ranking)
    assert [note.text for note in figure.layout.annotations] == ["AUC", "Precision at 10"]
    held_out = [trace for trace in figure.data if trace.name == "held out"]
    assert [list(trace.x) for trace in held_out] == [[0.9, 0.8], [0.23, 0.15]]
    assert title(figure) == (
        "Of 10 movies recommended by the hybrid model, 2.3 were watched; by popularity, 1.5"
    )


def test_reliability_has_a_dot_for_each_tenth() -> None:
    frame = pd.DataFrame({"like": [0.25] * 10 + [1.0] * 10, "liked": [True, *[False] * 9] * 2})
    figure = reliability(frame)
    dots = figure.data[1]
    assert list(dots.x) == [0.25, 1.0]
    assert list(dots.y) == [0.1, 0.1]
    # Wilson's interval of 1 out of 10 is 0.018 to 0.404.
    assert 0.1 - dots.error_y.arrayminus[0] == pytest.approx(0.0179, abs=1e-3)
    assert 0.1 + dots.error_y.array[0] == pytest.approx(0.4042, abs=1e-3)
    # Of 10 ratings with a chance of 25%, the share lies 0.1093 off on average; 100% is never off.
    assert "off by 52.5 percentage points on average" in title(figure)
    assert title(figure).endswith("(5.5 by chance alone)")


def test_charts_are_see_through_and_leave_fonts_to_the_theme(figures) -> None:
    for figure in figures:
        layout = figure.layout
        assert layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert layout.paper_bgcolor is None  # the page fills in its own, also in saved pictures
        assert layout.font.color is None
        assert layout.title.font.color is None
        assert layout.width is None
        assert layout.template.layout.paper_bgcolor is None


def test_titles_fit_a_phone(figures) -> None:
    for figure in figures:
        lines = unescape(figure.layout.title.text).split("<br>")
        assert max(map(len, lines)) <= TITLE_WIDTH
        for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
            assert axis.fixedrange
            assert axis.automargin


def test_labels_are_shortened_before_they_are_escaped() -> None:
    assert label("<" * 30, 10) == "&lt;" * 9 + "…"


def luminance(colour: str) -> float:
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [OURS, OTHER, GREY])
@pytest.mark.parametrize("page", PAGES)
def test_marks_stand_out_on_light_and_dark_pages(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3


# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency", 2009, severity 1; on linear RGB.
BLIND_TO = {
    "green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def lab(colour: str, sight: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of a colour as these eyes see it."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = sight @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.412, 0.358, 0.180], [0.213, 0.715, 0.072], [0.019, 0.119, 0.950]])
    x, y, z = np.cbrt(np.maximum(to_xyz @ linear, 0.009) / [0.950, 1.0, 1.089])
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("missing", [None, *BLIND_TO])
def test_the_colours_of_a_chart_differ_to_all_eyes(missing: str | None) -> None:
    sight = np.eye(3) if missing is None else np.array(BLIND_TO[missing])
    few, some, many = (colour for _, colour in STAR_COLOURS)
    for one, other in ((OURS, OTHER), (few, some), (some, many), (few, many)):
        # 2 or 3 is a difference that can just be seen.
        assert np.linalg.norm(lab(one, sight) - lab(other, sight)) >= 15


def test_figures_can_be_read_on_every_colour_of_the_heatmap() -> None:
    for _, colour in STAR_COLOURS:
        assert contrast(INK, colour) >= 7


def test_a_title_is_never_broken_within_a_letter() -> None:
    figure = finish(go.Figure(), label("<" * 90, 90), height=100)
    assert figure.layout.title.text == "<br>".join(["&lt;" * 37, "&lt;" * 37, "&lt;" * 16])
