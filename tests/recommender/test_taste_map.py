"""The map keeps neighbours together, names its regions, and is the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.manifold import trustworthiness

from recommender import HybridModel
from recommender.taste import draw_map, regions

N = 120


@pytest.fixture(scope="module")
def islands(tiny_model: HybridModel) -> HybridModel:
    """Movies that lie in three heaps; movie i in heap i % 3, rated N - i times."""
    rng = np.random.default_rng(0)
    embeddings = np.eye(8, dtype=np.float32)[np.arange(N) % 3] + 0.05 * rng.normal(size=(N, 8))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    kernel = replace(tiny_model.kernel, embeddings=embeddings.astype(np.float32))
    return replace(
        tiny_model, movie_ids=np.arange(N) + 1000, counts=np.arange(N, 0, -1), kernel=kernel
    )


def test_neighbours_stay_near(islands: HybridModel) -> None:
    found = draw_map(islands)
    assert found["movie_id"].tolist() == list(range(1000, 1000 + N))
    plane = found[["x", "y"]].to_numpy()
    assert np.abs(plane).max(axis=0) == pytest.approx([1, 1])
    assert trustworthiness(islands.kernel.embeddings, plane, n_neighbors=10) > 0.9
    heap = np.arange(N) % 3
    middle = np.array([plane[heap == k].mean(axis=0) for k in range(3)])
    nearest = ((plane[:, None] - middle) ** 2).sum(axis=2).argmin(axis=1)
    assert (nearest == heap).mean() > 0.95


def test_map_is_deterministic(islands: HybridModel) -> None:
    pd.testing.assert_frame_equal(draw_map(islands, 60), draw_map(islands, 60))


def test_map_has_the_most_rated_movies(islands: HybridModel) -> None:
    assert draw_map(islands, 40)["movie_id"].tolist() == list(range(1000, 1040))
    counts = islands.counts.copy()
    counts[3:] = 0
    assert draw_map(replace(islands, counts=counts)).empty


def test_no_embeddings_no_map(islands: HybridModel) -> None:
    nowhere = replace(islands.kernel, embeddings=np.zeros((N, 0), dtype=np.float32))
    assert draw_map(replace(islands, kernel=nowhere)).empty


def test_regions_are_named_by_their_keywords() -> None:
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
