"""The charts of movie nights: traces hold the frame's numbers, titles say the finding."""

from __future__ import annotations

from chart_frames import RECORD, TITLE, named

from ui.charts.nights import error_over_nights
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
