"""Charts of the scoreboard: the figure holds the frame's numbers, the title says them."""

from __future__ import annotations

from datetime import date
from html import unescape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from test_charts import title

from ui.charts.nights import (
    error_over_nights,
    interval_coverage,
    predicted_and_given,
    strategies_replayed,
)
from ui.charts.style import GREY, OTHER, OURS, TITLE_WIDTH


@pytest.fixture
def evening() -> pd.DataFrame:
    """Ana was foreseen, Bruno not; Cleo had seen the movie, Dan came later."""
    rows = [
        (2, "Bruno <b>", 4.0, 3.0, 5.0, 2.0, False, -2.0, True),
        (1, "Ana", 3.0, 2.5, 3.5, 3.5, True, 0.5, True),
        (4, "Dan", np.nan, np.nan, np.nan, 4.0, False, np.nan, False),
        (3, "Cleo", 4.5, 4.0, 5.0, 1.0, False, -3.5, False),
    ]
    columns = [
        "member_id", "member", "predicted", "low", "high", "actual", "hit", "surprise", "counts",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def errors() -> pd.DataFrame:
    rows = [
        (night, date(2026, 1, 2 + 7 * night), night + 1, 5 * (night + 1), model, mae)
        for night, values in enumerate([(0.9, 0.8, 1.0), (0.6, 0.8, 0.7)])
        for model, mae in zip(("ours", "own mean", "crowd"), values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["night_id", "on", "nights", "n", "model", "mae"])


@pytest.fixture
def inside() -> pd.DataFrame:
    frame = pd.DataFrame({"nights": [1, 2], "n": [5, 45], "inside": [5, 37]})
    return frame.assign(
        on=[date(2026, 1, 2), date(2026, 1, 9)], share=frame["inside"] / frame["n"],
        low=[0.4, 31 / 45], high=[1.0, 41 / 45], verdict=["too few", "kept"],
    )  # fmt: skip


@pytest.fixture
def replayed() -> pd.DataFrame:
    rows = [
        ("borda", "Points (Borda)", 12, 3.7, 3.5, 3.8, 0.6, 0.4),
        ("as it was", "What was watched", 12, 3.5, 3.5, 3.5, 0.3, 1.0),
        ("average", "Average", 12, 3.2, 3.0, 3.4, 0.1, 0.2),
    ]
    columns = [
        "strategy", "name", "nights", "mean", "low", "high", "best_chance", "known_share",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def figures(evening, errors, inside, replayed) -> list[go.Figure]:
    return [
        predicted_and_given(evening),
        error_over_nights(errors),
        interval_coverage(inside),
        strategies_replayed(replayed),
    ]


def named(figure: go.Figure, name: str):
    (trace,) = [trace for trace in figure.data if trace.name == name]
    return trace


def test_what_was_given_stands_beside_what_was_expected(evening: pd.DataFrame) -> None:
    figure = predicted_and_given(evening)
    # From the lowest prediction up; who has none is on top.
    assert figure.layout.yaxis.ticktext == ("Ana", "Bruno &lt;b&gt;", "Cleo", "Dan")
    expected, given = named(figure, "expected (line: 80%)"), named(figure, "given")
    assert (list(expected.x), list(expected.y)) == ([3.0, 4.0, 4.5], [0, 1, 2])
    assert list(expected.error_x.array) == [0.5, 1.0, 0.5]
    assert list(expected.error_x.arrayminus) == [0.5, 1.0, 0.5]
    assert (list(given.x), list(given.y)) == ([3.5, 2.0, 1.0, 4.0], [0, 1, 2, 3])
    assert (expected.marker.color, given.marker.color) == (OURS, OTHER)
    assert expected.marker.symbol != given.marker.symbol == "diamond"


def test_the_nights_title_counts_hits_and_names_the_surprise(evening: pd.DataFrame) -> None:
    # Neither Cleo, who had seen it, nor Dan counts.
    assert title(predicted_and_given(evening)) == (
        "1 of 2 ratings lay inside their interval; Bruno &lt;b&gt; surprised most (2.0 stars less)"
    )
    calm = evening.assign(surprise=[0.3, 0.5, np.nan, -3.5], hit=True)
    assert title(predicted_and_given(calm)) == (
        "2 of 2 ratings lay inside their interval; nobody was further off than half a star"
    )
    one = predicted_and_given(evening.iloc[[1]])
    assert title(one) == "Ana gave 3.5, inside the interval (3.0 expected)"
    other = predicted_and_given(evening.iloc[[0]])
    assert title(other) == "Bruno &lt;b&gt; gave 2, outside the interval (4.0 expected)"
    nobody = predicted_and_given(evening[~evening["counts"]])
    assert title(nobody) == "Nobody's rating of this movie was foreseen"


def test_the_errors_so_far_are_three_lines(errors: pd.DataFrame) -> None:
    figure = error_over_nights(errors)
    assert list(named(figure, "predictions").y) == [0.9, 0.6]
    assert list(named(figure, "everyone's own mean").y) == [0.8, 0.8]
    crowd = named(figure, "the crowd's opinion")
    assert (list(crowd.x), list(crowd.y)) == ([1, 2], [1.0, 0.7])
    assert list(crowd.customdata) == ["2026-01-02, 5 ratings", "2026-01-09, 10 ratings"]
    assert [line.line.color for line in figure.data] == [OTHER, GREY, OURS]
    assert len({line.line.dash for line in figure.data}) == 3
    assert title(figure) == (
        "After 2 nights the predictions are off by 0.60 stars on average, everyone's own mean by "
        "0.80, the crowd's opinion by 0.70"
    )
    assert title(error_over_nights(errors.head(3))).startswith("After 1 night the predictions ")


@pytest.mark.parametrize(("nights", "step"), [(1, 1), (6, 1), (7, 2), (60, 10)])
def test_nights_are_counted_in_whole_numbers(errors: pd.DataFrame, nights: int, step: int) -> None:
    axis = error_over_nights(errors.head(3).assign(nights=nights)).layout.xaxis
    assert (axis.tick0, axis.dtick) == (1, step)


def test_the_share_inside_lies_over_what_chance_allows(inside: pd.DataFrame) -> None:
    figure = interval_coverage(inside)
    band = named(figure, "what chance allows (95%)")
    low, high = 31 / 45, 41 / 45
    assert list(band.x) == [0.5, 1.5, 1.5, 2.5, 2.5, 1.5, 1.5, 0.5]
    assert list(band.y) == [1, 1, high, high, low, low, 0.4, 0.4]
    share = named(figure, "inside so far")
    assert (list(share.x), list(share.y)) == ([1, 2], [1.0, 37 / 45])
    assert figure.layout.shapes[0].y0 == 0.8
    assert title(figure) == (
        "37 of 45 ratings (82%) lay inside their 80% interval; chance alone gives 31 to 41"
    )
    assert title(interval_coverage(inside.head(1))) == (
        "5 of 5 ratings (100%) lay inside their 80% interval: too few to tell"
    )


def test_the_strategy_that_would_have_served_best_is_on_top(replayed: pd.DataFrame) -> None:
    figure = strategies_replayed(replayed)
    first, last = figure.layout.yaxis.range
    assert first > last
    assert figure.layout.yaxis.ticktext == ("Points (Borda)", "What was watched", "Average")
    strategies, real = figure.data
    assert (list(strategies.x), list(strategies.y)) == ([3.7, 3.2], [0, 2])
    assert list(strategies.error_x.array) == pytest.approx([0.1, 0.2])
    assert list(strategies.error_x.arrayminus) == pytest.approx([0.2, 0.2])
    assert (list(real.x), list(real.y)) == ([3.5], [1])
    assert (strategies.marker.color, real.marker.color) == (OURS, OTHER)
    assert title(figure) == (
        "Points (Borda) would have served the club best in 60% of the draws, too little to tell "
        "apart (40% of these ratings are real)"
    )


def test_charts_are_see_through_and_fit_a_phone(figures: list[go.Figure]) -> None:
    for figure in figures:
        assert figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert figure.layout.title.font.color is None
        assert figure.layout.width is None
        lines = unescape(figure.layout.title.text).split("<br>")
        assert max(map(len, lines)) <= TITLE_WIDTH
        for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
            assert axis.fixedrange
