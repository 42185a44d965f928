"""The charts of movie nights: traces hold the frame's numbers, titles say the finding."""

from __future__ import annotations

from chart_frames import (
    COVERAGE,
    RECORD,
    TITLE,
    named,
)  # fmt: skip

from ui.charts.nights import (
    error_over_nights,
    interval_coverage,
)  # fmt: skip
from ui.charts.style import GREY, OURS


def test_errors_over_nights_are_three_lines() -> None:
    figure = error_over_nights(RECORD, TITLE)
    assert list(named(figure, "we").y) == [0.9, 0.6]
    assert list(named(figure, "everyone's own average").y) == [0.8, 0.8]
    crowd = named(figure, "what most people give")
    assert (list(crowd.x), list(crowd.y)) == ([1, 2], [1.0, 0.7])
    assert list(crowd.customdata) == ["2 Jan 2026, 5 ratings", "9 Jan 2026, 10 ratings"]
    assert [line.line.color for line in figure.data] == [GREY, GREY, OURS]
    assert len({line.line.dash for line in figure.data}) == 3


def test_interval_coverage_lies_over_the_range_of_chance() -> None:
    figure = interval_coverage(COVERAGE, TITLE)
    band = named(figure, "what chance allows")
    low, high = 31 / 45, 41 / 45
    assert list(band.x) == [0.5, 1.5, 1.5, 2.5, 2.5, 1.5, 1.5, 0.5]
    assert list(band.y) == [1, 1, high, high, low, low, 0.4, 0.4]
    share = named(figure, "so far")
    assert (list(share.x), list(share.y)) == ([1, 2], [1.0, 37 / 45])
    assert figure.layout.shapes[0].y0 == 0.8
