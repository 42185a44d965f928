"""The chart of a movie's ratings: every half star has its bar, and the title says the finding."""

from __future__ import annotations

import pandas as pd

from ui.charts.movies import rating_distribution


def test_each_half_star_has_its_bar() -> None:
    figure = rating_distribution(pd.Series([0.5, 4.0, 4.0, 5.0, 3.5, 4.5, 4.0, 1.0]))
    assert list(figure.data[0].x) == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5]
    assert list(figure.data[0].y) == [1, 1, 0, 0, 0, 0, 1, 3, 1, 1]
    title = figure.layout.title.text.replace("<br>", " ")
    assert title == "62% of 8 raters gave it 4 stars or more; the mean is 3.3"


def test_a_few_ratings_are_no_share() -> None:
    title = rating_distribution(pd.Series([3.0, 4.5])).layout.title.text.replace("<br>", " ")
    assert title == "Only 2 of the world's raters gave it stars: 3.8 on average"
