"""The map of taste as a figure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recommender import DataError
from ui.charts.movies import taste_map


def dots(n: int = 30) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "movie_id": range(n),
            "x": np.linspace(-1, 1, n),
            "y": 0.0,
            "title": [f"<b>Movie</b> {i}" for i in range(n)],
            "genres": "Drama",
            "genre": ["Drama", "Comedy"] * (n // 2),
            "ratings": range(n),
            "expected": 3.5,
            "rated": [5.0 if i < 10 else 2.0 if i > 20 else np.nan for i in range(n)],
            "listed": [i == 15 for i in range(n)],
        }
    )


REGIONS = pd.DataFrame({"x": [-0.8, 0.8], "y": [0, 0], "label": ["heist", "love"]})


def test_the_maps_title_is_where_the_club_likes_it_best() -> None:
    figure = taste_map(dots(), REGIONS)
    title = figure.layout.title.text.replace("<br>", " ")
    assert title == "The club likes it best around “heist”: 5.0 stars on average there"
    unrated = taste_map(dots().assign(rated=np.nan), REGIONS).layout.title.text
    assert unrated.replace("<br>", " ").startswith("The map of taste: near each other")


def test_the_map_marks_what_was_rated_and_listed_and_escapes_titles() -> None:
    figure = taste_map(dots(), REGIONS)
    sizes = {trace.name: len(trace.x) for trace in figure.data}
    assert sizes == {"Comedy": 15, "Drama": 15, "rated by us": 19, "tonight's shortlist": 1}
    hovers = "".join(text for trace in figure.data for text in trace.text)
    assert "&lt;b&gt;Movie" in hovers
    assert [note.text for note in figure.layout.annotations] == ["<b>heist</b>", "<b>love</b>"]


def test_the_map_can_show_expected_stars() -> None:
    figure = taste_map(
        dots().assign(expected=[np.nan] * 10 + [4.0] * 20), REGIONS, colour="expected"
    )
    assert figure.data[0].name == "expected stars"
    assert list(figure.data[0].marker.color) == [4.0] * 20


def test_a_map_of_nothing_is_refused() -> None:
    with pytest.raises(DataError, match="nothing to draw for the map of taste"):
        taste_map(dots(0), REGIONS)
