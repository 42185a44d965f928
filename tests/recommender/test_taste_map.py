"""The map keeps neighbours together, names its regions, and is the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.manifold import trustworthiness

from recommender import DataError, HybridModel
from recommender.taste_map import draw_map, regions
from ui.charts.movies import taste_map

N = 120


@pytest.fixture(scope="module")
def islands(tiny_model: HybridModel) -> HybridModel:
    """Movies that lie in three heaps; movie i in heap i % 3, rated N - i times."""
    rng = np.random.default_rng(0)
    places = np.eye(8, dtype=np.float32)[np.arange(N) % 3] + 0.05 * rng.normal(size=(N, 8))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    space = replace(tiny_model.space, places=places.astype(np.float32))
    return replace(
        tiny_model, movie_ids=np.arange(N) + 1000, counts=np.arange(N, 0, -1), space=space
    )


def test_who_is_near_stays_near(islands: HybridModel) -> None:
    found = draw_map(islands)
    assert found["movie_id"].tolist() == list(range(1000, 1000 + N))
    plane = found[["x", "y"]].to_numpy()
    assert np.abs(plane).max(axis=0) == pytest.approx([1, 1])
    assert trustworthiness(islands.space.places, plane, n_neighbors=10) > 0.9
    heap = np.arange(N) % 3
    middle = np.array([plane[heap == k].mean(axis=0) for k in range(3)])
    nearest = ((plane[:, None] - middle) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == heap).mean() > 0.95


def test_the_same_model_gives_the_same_map(islands: HybridModel) -> None:
    pd.testing.assert_frame_equal(draw_map(islands, 60), draw_map(islands, 60))


def test_the_most_rated_are_on_it_and_unrated_ones_never(islands: HybridModel) -> None:
    assert draw_map(islands, 40)["movie_id"].tolist() == list(range(1000, 1040))
    counts = islands.counts.copy()
    counts[3:] = 0
    assert draw_map(replace(islands, counts=counts)).empty


def test_nothing_learned_is_no_map(islands: HybridModel) -> None:
    nowhere = replace(islands.space, places=np.zeros((N, 0), dtype=np.float32))
    assert draw_map(replace(islands, space=nowhere)).empty


def test_a_region_is_named_by_what_stands_out_in_it() -> None:
    corner = np.array([(-1, -1), (-1, 1), (1, 1)])[np.arange(N) % 3]
    jitter = np.random.default_rng(1).normal(scale=0.05, size=(N, 2))
    places = pd.DataFrame(corner + jitter, columns=["x", "y"]).assign(movie_id=np.arange(N))
    words = [("everywhere", f"only {i % 3}") for i in range(N)]
    found = regions(places, pd.Series(words, index=np.arange(N)), n=3)
    assert sorted(found["label"]) == ["only 0", "only 1", "only 2"]
    assert found["movies"].tolist() == [40, 40, 40]
    only_2 = found.set_index("label").loc["only 2"]
    assert (only_2["x"], only_2["y"]) == pytest.approx((1, 1), abs=0.1)
    assert regions(places.head(2), pd.Series(dtype=object), n=3).empty


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
