"""Similar movies: by whom they are chosen and what they are about, and by nothing else."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recommender import DataError, Dataset, HybridModel, TrainingOptions
from recommender.kernel import Space, Variances
from recommender.similar import likeness, similar

EVEN, ODD = set(range(0, 22, 2)), set(range(1, 22, 2))
V = Variances(offset=0.3, place=0.4, scale=0.5, words=0.1, crowd=0.2, neighbours=0.3, noise=0.4)


def space(places: list[list[float]], words: list[list[float]]) -> Space:
    """Movies at these places (length 1 or shorter) with these words (0 or 1)."""
    rows = np.array(words, dtype=np.float32)
    rows /= np.sqrt(np.maximum(rows.sum(axis=1, keepdims=True), 1))
    where = np.array(places, dtype=np.float32)
    nobody = sparse.csr_matrix((len(where), 1))
    return Space(where, sparse.csr_matrix(rows), np.linspace(-3, 3, len(where)), nobody, V)


def total(of: Space, row: int) -> np.ndarray:
    return np.add(*likeness(of, row))


def test_likeness_is_the_sum_of_the_place_and_of_the_words() -> None:
    # The second is at the same place with one word of two in common, the third elsewhere with the
    # same words, and of the fourth no word is known.
    world = space([[1, 0], [1, 0], [0, 1], [-1, 0]], [[1, 1, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]])
    place, words = likeness(world, 0)
    assert place == pytest.approx(
        [0.8, 0.8, 0.8 * np.exp(-2), 0.4 * np.exp(-4) / np.sqrt(0.5 * 0.4)]
    )
    assert words == pytest.approx([0.2, 0.1, 0.2, 0.0])


def test_a_guessed_place_is_only_as_near_as_it_is_sure() -> None:
    world = space([[1, 0], [0.5, 0]], [[1], [1]])
    assert total(world, 0) == pytest.approx([1, 0.2 + 0.8 * np.exp(-1)])
    assert total(world, 1)[1] == pytest.approx(1)


def test_trains_are_like_trains(tiny_model: HybridModel) -> None:
    for movie, same, word in ((0, EVEN, "train"), (7, ODD, "ship"), (21, ODD, "ship")):
        found = similar(tiny_model, movie, limit=10)
        assert set(found["movie_id"]) == same - {movie}
        assert all(word in shared for shared in found["shared"])
        assert found["likeness"].is_monotonic_decreasing
        assert found["likeness"].between(0, 1).all()
        assert found["chosen"].between(0, 1, inclusive="neither").all()


def test_all_of_them_are_all_but_the_movie_itself(tiny_model: HybridModel) -> None:
    found = similar(tiny_model, 3, limit=1000)
    assert sorted(found["movie_id"]) == [movie for movie in range(22) if movie != 3]
    first = similar(tiny_model, 3, limit=4)
    pd.testing.assert_frame_equal(first, found.head(4))


def test_keywords_are_named_before_genres_and_the_rarest_first() -> None:
    movies = pd.DataFrame(
        {
            "title": list("abcd"),
            "year": [1995, 1996, 1997, None],
            "genres": [("Crime", "Drama"), ("Drama", "Crime"), ("Drama",), ()],
            "keywords": [("heist", "paris"), ("paris", "heist"), ("heist",), ("1990s",)],
        },
        index=pd.Index([10, 11, 12, 13], name="movie_id"),
    )
    rows = [(user, movie, 4.0) for user in (1, 2) for movie in (10, 11, 12, 13)]
    ratings = pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"])
    options = TrainingOptions(components=0, min_movies=1)
    found = similar(HybridModel.fit(Dataset(ratings, movies), options), 10)
    # Without LightFM nothing is known but words, so what shares none is not there.
    assert found["movie_id"].tolist() == [11, 12]
    assert found["shared"].tolist() == [
        ("paris", "heist", "Crime", "Drama", "1990s"),
        ("heist", "Drama", "1990s"),
    ]
    assert (found["chosen"] == 0).all()


def test_a_new_movie_is_like_others_by_its_words(tiny_model: HybridModel) -> None:
    new = pd.DataFrame({"title": ["X", "Y"], "keywords": ["ship", ""]}, index=[-1, -2])
    wider = tiny_model.with_movies(new)
    assert set(similar(wider, -1, limit=11)["movie_id"]) == ODD
    assert -1 in set(similar(wider, 7, limit=11)["movie_id"])
    # Nothing is known of it at all.
    assert similar(wider, -2).empty
    assert list(similar(wider, -2).columns) == ["movie_id", "likeness", "chosen", "shared"]


def test_what_cannot_be_answered_is_said(tiny_model: HybridModel) -> None:
    with pytest.raises(DataError, match="does not know movie 99"):
        similar(tiny_model, 99)
    with pytest.raises(DataError, match="one similar movie or more, not 0"):
        similar(tiny_model, 0, limit=0)


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    n, width, words = draw(st.integers(1, 6)), draw(st.integers(0, 4)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    places = rng.normal(size=(n, width))
    length = np.linalg.norm(places, axis=1, keepdims=True)
    places /= np.maximum(length, 1e-9) / rng.choice([0.4, 1.0], size=(n, 1))
    return space(places.tolist(), rng.integers(0, 2, size=(n, words)).tolist())


@settings(max_examples=60, deadline=None)
@given(spaces())
def test_likeness_goes_both_ways_and_is_one_with_oneself(world: Space) -> None:
    matrix = np.stack([total(world, row) for row in range(len(world.crowd))])
    assert matrix == pytest.approx(matrix.T, abs=1e-6)
    assert (matrix >= 0).all()
    assert (matrix <= 1 + 1e-6).all()
    known = world.places.shape[1] > 0
    words = np.asarray(world.words.sum(axis=1)).ravel() > 0
    assert np.diag(matrix) == pytest.approx(np.where(known | words, 1.0, 0.0))


@settings(max_examples=40, deadline=None)
@given(spaces(), st.floats(0.01, 100), st.floats(0, 10))
def test_neither_the_scale_of_stars_nor_the_members_generosity_matters(
    world: Space, factor: float, generosity: float
) -> None:
    wider = replace(
        V,
        place=factor * V.place,
        words=factor * V.words,
        offset=generosity,
        crowd=generosity,
    )
    for row in range(len(world.crowd)):
        assert total(replace(world, variances=wider), row) == pytest.approx(
            total(world, row), rel=1e-4, abs=1e-6
        )


def test_fifty_thousand_movies_take_a_blink(tiny_model: HybridModel) -> None:
    n = 50_000
    rng = np.random.default_rng(0)
    places = rng.normal(size=(n, 192)).astype(np.float32)
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    content = sparse.csr_matrix(rng.integers(0, 2, size=(n, 4)), dtype=np.float32)
    big = replace(
        tiny_model,
        movie_ids=np.arange(n),
        counts=np.ones(n),
        features=replace(tiny_model.features, names=tuple(f"keyword:{word}" for word in "abcd")),
        space=Space(places, content, np.zeros(n), sparse.csr_matrix((n, 1)), V),
    )
    times = []
    for movie in range(5):
        start = time.perf_counter()
        similar(big, movie)
        times.append(time.perf_counter() - start)
    # A few milliseconds on an idle machine; the bound leaves room for a busy one.
    assert min(times) < 0.05
