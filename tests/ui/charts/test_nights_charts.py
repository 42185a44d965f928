"""The charts of movie nights: traces hold the frame's numbers, titles say the finding."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from chart_frames import (
    COVERAGE,
    GAINS,
    GROUP,
    HEAT,
    OUTCOME,
    RECORD,
    STRATEGY_NAMES,
    TITLE,
    TWO_CHOICES,
    chosen,
    named,
)  # fmt: skip

from ui.charts.nights import (
    error_over_nights,
    gains_and_losses,
    group_heatmap,
    interval_coverage,
    predicted_and_given,
    prediction_intervals,
    strategies_side_by_side,
)  # fmt: skip
from ui.charts.style import GREY, OURS, headline

ESCAPED = "Heat &amp; &lt;i&gt;Co&lt;/i&gt;"


def test_group_heatmap_keeps_the_order_of_the_frame() -> None:
    figure = group_heatmap(GROUP)
    assert np.array(figure.data[0].z).tolist() == [[2.0, 4.5], [4.0, 3.5]]
    assert figure.layout.xaxis.ticktext == ("Ben", "Ana")
    first, last = figure.layout.yaxis.range
    assert first > last
    assert np.array(figure.data[0].customdata)[1, 1] == "Up, Ana: 3.5 stars (2.5 to 4.5)"
    assert headline(figure) == "Up pleases most: 3.8 stars on average"


def test_movies_and_members_of_one_name_stay_apart() -> None:
    same = {"movie": "Hamlet", "member": "Sam"}
    assert np.array(group_heatmap(GROUP.assign(**same)).data[0].z).shape == (2, 2)
    side = strategies_side_by_side(TWO_CHOICES.assign(**same), TITLE)
    assert [list(row) for row in side.data[0].z[1::2]] == [[4.5, 2.0], [3.5, 4.0]]
    bars = gains_and_losses(GAINS.assign(**same), favourite="Heat")
    assert sorted(bars.layout.yaxis.tickvals) == [1, 2, 4, 5]


def test_prediction_intervals_of_members_and_of_the_group() -> None:
    figure = prediction_intervals(GROUP[:2], movie="Heat", group=(3.2, 2.5, 4.0))
    members, group = figure.data
    assert list(members.x) == [2.0, 4.5]
    assert list(members.error_x.array) == [1.0, 0.5]
    assert list(members.error_x.arrayminus) == [1.0, 1.0]
    assert (list(group.x), list(group.y)) == ([3.2], [0])
    assert figure.layout.yaxis.ticktext == ("everyone", "Ben", "Ana")
    assert headline(figure) == "Heat: Ana should like it most (4.5), Ben least (2.0)"
    alone = prediction_intervals(GROUP.head(1), movie="Heat")
    assert alone.layout.yaxis.ticktext == ("Ben",)
    assert headline(alone) == "Heat: Ben is expected to give 2.0"


def test_every_chosen_movie_has_a_row_below_its_strategies() -> None:
    figure = strategies_side_by_side(TWO_CHOICES, TITLE)
    heatmap, notes = figure.data[0], figure.layout.annotations
    above, first, between, second = heatmap.z
    assert (list(first), list(second)) == ([4.5, 2.0], [3.5, 4.0])
    assert {*above, *between} == {None}
    assert heatmap.customdata[3][1] == "Up, Ana: 4.0 stars"
    lines = [note.text.split("<br>") for note in notes]
    assert " ".join(lines[0]) == f"<b>{ESCAPED}</b> {', '.join(STRATEGY_NAMES[:8])}"
    assert max(len(line) for text in lines for line in text[1:]) <= 46  # fits a phone
    edges = np.array(heatmap.y)
    assert (np.diff(edges)[0::2] >= 17 * np.array([len(text) for text in lines])).all()
    assert list(edges[[0, 2]]) == [note.y for note in notes]
    assert headline(figure) == TITLE
    alone = strategies_side_by_side(chosen((7, HEAT, STRATEGY_NAMES, 4.0, 3.0)), TITLE)
    assert "all 10 strategies" in alone.layout.annotations[0].text


def test_largest_gain_is_on_top_of_each_movie() -> None:
    figure = gains_and_losses(GAINS, favourite="Jaws")
    (bars,) = figure.data
    assert (list(bars.x), list(bars.y)) == ([2.0, -1.0, 0.0, -0.01], [1, 2, 4, 5])
    assert list(bars.text) == ["+2.0", "−1.0", "same", "same"]
    assert figure.layout.yaxis.ticktext == ("Ana", "Ben", "Ben", "Ana")
    assert [note.y for note in figure.layout.annotations] == [0, 3]
    assert headline(figure) == "With Up instead of Jaws, Ana gains 2.0 stars, Ben loses 1.0"
    small = gains_and_losses(GAINS[2:], favourite="Up")
    assert small.layout.xaxis.range == pytest.approx((-0.7, 0.7))  # not blown up


def test_stars_given_stand_beside_the_expected_ones() -> None:
    figure = predicted_and_given(OUTCOME)
    # From the lowest prediction up; without one on top.
    assert figure.layout.yaxis.ticktext == ("Ana", ESCAPED, "Cleo", "Dan")
    expected, given = named(figure, "expected (line: 80%)"), named(figure, "given")
    assert (list(expected.x), list(expected.y)) == ([3.0, 4.0, 4.5], [0, 1, 2])
    assert list(expected.error_x.array) == [0.5, 1.0, 0.5]
    assert (list(given.x), list(given.y)) == ([3.5, 2.0, 1.0, 4.0], [0, 1, 2, 3])
    assert expected.marker.symbol != given.marker.symbol


@pytest.mark.parametrize(
    ("rows", "title"),
    [  # neither Cleo, who had seen it, nor Dan counts
        (OUTCOME.assign(member=list("BADC")), "1 of 2 ratings lay inside their interval; B "
         "surprised most (2.0 stars less)"),
        (OUTCOME.assign(surprise=[0.3, 0.5, np.nan, -3.5], hit=True), "2 of 2 ratings lay inside "
         "their interval; nobody was further off than half a star"),
        (OUTCOME.iloc[[1]], "Ana gave 3.5, inside the interval (3.0 expected)"),
        (OUTCOME.iloc[[0]].assign(member="B"), "B gave 2, outside the interval (4.0 expected)"),
        (OUTCOME.iloc[2:], "Nobody's rating of this movie was foreseen"),
    ],
)  # fmt: skip
def test_outcome_title_counts_hits_and_names_the_surprise(rows: pd.DataFrame, title: str) -> None:
    assert headline(predicted_and_given(rows)) == title


def test_errors_over_nights_are_three_lines() -> None:
    figure = error_over_nights(RECORD, TITLE)
    assert list(named(figure, "predictions").y) == [0.9, 0.6]
    assert list(named(figure, "everyone's own mean").y) == [0.8, 0.8]
    crowd = named(figure, "the crowd's opinion")
    assert (list(crowd.x), list(crowd.y)) == ([1, 2], [1.0, 0.7])
    assert list(crowd.customdata) == ["2026-01-02, 5 ratings", "2026-01-09, 10 ratings"]
    assert [line.line.color for line in figure.data] == [GREY, GREY, OURS]
    assert len({line.line.dash for line in figure.data}) == 3


def test_interval_coverage_lies_over_the_range_of_chance() -> None:
    figure = interval_coverage(COVERAGE, TITLE)
    band = named(figure, "what chance allows (95%)")
    low, high = 31 / 45, 41 / 45
    assert list(band.x) == [0.5, 1.5, 1.5, 2.5, 2.5, 1.5, 1.5, 0.5]
    assert list(band.y) == [1, 1, high, high, low, low, 0.4, 0.4]
    share = named(figure, "inside so far")
    assert (list(share.x), list(share.y)) == ([1, 2], [1.0, 37 / 45])
    assert figure.layout.shapes[0].y0 == 0.8
