"""The charts of a decision hold the frame's numbers, and their titles say the finding."""

from __future__ import annotations

from html import unescape

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from recommender.group import STRATEGIES
from ui.charts.nights import gains_and_losses, strategies_side_by_side
from ui.charts.style import OTHER, OURS, TITLE_WIDTH

NAMES = [strategy.name for strategy in STRATEGIES.values()]


def chosen(*movies: tuple[int, str, tuple[str, ...], float, float]) -> pd.DataFrame:
    rows = [
        (movie, title, strategies, member, name, stars)
        for movie, title, strategies, *both in movies
        for member, name, stars in zip((2, 1), ("Ben", "Anna <3"), both, strict=True)
    ]
    return pd.DataFrame(
        rows, columns=["movie_id", "movie", "strategies", "member_id", "member", "mean"]
    )


TWO = chosen((7, "Up", (*NAMES[:8],), 4.5, 2.0), (3, "Contact", (*NAMES[8:],), 3.5, 4.0))
GAINS = pd.DataFrame(
    [
        (3, "Contact", 2, "Ben", -1.0),
        (3, "Contact", 1, "Anna <3", 2.0),
        (5, "Babe & <b>Co</b>", 2, "Ben", 0.0),
        (5, "Babe & <b>Co</b>", 1, "Anna <3", -0.01),
    ],
    columns=["movie_id", "movie", "member_id", "member", "gain"],
)


def title(figure: go.Figure) -> str:
    return figure.layout.title.text.replace("<br>", " ")


def notes(figure: go.Figure) -> list[str]:
    return [note.text.replace("<br>", " ") for note in figure.layout.annotations]


def test_every_chosen_movie_has_a_row_below_its_strategies() -> None:
    figure = strategies_side_by_side(TWO)
    (heatmap,) = figure.data
    above, first, between, second = heatmap.z
    assert (list(first), list(second)) == ([4.5, 2.0], [3.5, 4.0])
    assert {*above, *between} == {None}
    assert heatmap.customdata[1][1] == "Up, Anna &lt;3: 2.0 stars"
    assert figure.layout.xaxis.ticktext == ("Ben", "Anna &lt;3")
    assert notes(figure) == [
        f"<b>Up</b> {', '.join(NAMES[:8])}",
        "<b>Contact</b> Plurality, Fairness",
    ]
    assert title(figure) == "8 of 10 strategies choose Up, 2 Contact"


def test_rows_and_words_do_not_overlap() -> None:
    figure = strategies_side_by_side(TWO)
    edges = np.array(figure.data[0].y)
    lines = [note.text.count("<br>") + 1 for note in figure.layout.annotations]
    assert (np.diff(edges)[0::2] >= 17 * np.array(lines)).all()
    assert list(edges[[0, 2]]) == [note.y for note in figure.layout.annotations]
    assert tuple(figure.layout.yaxis.range) == (edges[-1], 0)
    assert figure.layout.height > edges[-1]


def test_all_strategies_are_not_told_one_by_one() -> None:
    figure = strategies_side_by_side(chosen((7, "Up", tuple(NAMES), 4.5, 2.0)))
    assert notes(figure) == ["<b>Up</b> all 10 strategies"]
    assert title(figure) == "All 10 strategies choose Up"


def test_many_choices_are_counted() -> None:
    three = chosen(
        (7, "Up", (*NAMES[:7],), 4.5, 2.0),
        (3, "Contact", (*NAMES[7:9],), 3.5, 4.0),
        (5, "Babe", (*NAMES[9:],), 3.0, 4.0),
    )
    assert title(strategies_side_by_side(three)) == (
        "7 of 10 strategies choose Up; the other 3 choose 2 more movies"
    )


def test_movies_and_people_of_one_name_stay_apart() -> None:
    same = strategies_side_by_side(TWO.assign(movie="Hamlet", member="Sam"))
    assert [list(row) for row in same.data[0].z[1::2]] == [[4.5, 2.0], [3.5, 4.0]]
    bars = gains_and_losses(GAINS.assign(movie="Hamlet", member="Sam"), favourite="Up")
    assert sorted(bars.layout.yaxis.tickvals) == [1, 2, 4, 5]


def test_who_gains_most_is_on_top_of_each_movie() -> None:
    figure = gains_and_losses(GAINS, favourite="Up")
    gains, losses = figure.data
    assert (gains.marker.color, losses.marker.color) == (OTHER, OURS)
    assert (list(gains.x), list(gains.y)) == ([2.0, 0.0], [1, 4])
    assert (list(losses.x), list(losses.y)) == ([-1.0, -0.01], [2, 5])
    assert (list(gains.text), list(losses.text)) == (["+2.0", "+0.0"], ["−1.0", "+0.0"])
    assert figure.layout.yaxis.ticktext == ("Anna &lt;3", "Ben", "Ben", "Anna &lt;3")
    headings = figure.layout.annotations
    assert [note.y for note in headings] == [0, 3]
    assert headings[1].text == "<b>Babe &amp; &lt;b&gt;Co&lt;/b&gt;</b>"
    assert title(figure) == (
        "With Contact instead of Up, Anna &lt;3 gains 2.0 stars, Ben loses 1.0"
    )


def test_small_gains_are_not_blown_up() -> None:
    low, high = gains_and_losses(GAINS[2:], favourite="Up").layout.xaxis.range
    assert (low, high) == pytest.approx((-0.7, 0.7))


def test_both_fit_a_phone() -> None:
    long = "The Lord of the Rings: The Fellowship of the Ring, extended"
    for figure in (
        strategies_side_by_side(TWO.assign(movie=long, member=long)),
        gains_and_losses(GAINS.assign(movie=long, member=long), favourite=long),
    ):
        lines = unescape(figure.layout.title.text).split("<br>")
        assert max(map(len, lines)) <= TITLE_WIDTH
        assert figure.layout.margin.r <= 12
        assert figure.layout.width is None
        for note in figure.layout.annotations:
            assert max(len(line) for line in note.text.split("<br>")) <= 46 + len("<b></b>")
        for axis in (figure.layout.xaxis, figure.layout.yaxis):
            assert max(map(len, axis.ticktext or [""])) <= 14
