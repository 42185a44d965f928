import numpy as np
import pytest
from scipy import sparse

from recommender.bias import (
    Bias,
    club_probability,
    club_weight,
    damped_mean,
    with_constant,
)
from recommender.dataset import RatingRows


def test_damped_mean() -> None:
    got = damped_mean(np.array([0, 0, 1]), np.array([1.0, 3.0, 2.0]), 3, 2.0, np.array([1, 0, 5]))
    assert got.tolist() == [(4 + 2) / 4, 2 / 3, 5.0]


@pytest.fixture
def two_kinds() -> tuple[RatingRows, sparse.csr_matrix]:
    """Even movies share a word and get 5 from everyone, odd ones share another and get 3.

    The last two movies, one of each kind, have no rating.
    """
    n_users, n_movies = 100, 40
    user, movie = (a.ravel() for a in np.meshgrid(np.arange(n_users), np.arange(n_movies)))
    stars = np.where(movie % 2 == 0, 5.0, 3.0)
    even = (np.arange(n_movies + 2) % 2 == 0)[:, None]
    words = sparse.csr_matrix(np.hstack([even, ~even]).astype(np.float32))
    return RatingRows(user, movie, stars, n_users, n_movies + 2), words


def test_unrated_movie_is_expected_from_its_features(
    two_kinds: tuple[RatingRows, sparse.csr_matrix],
) -> None:
    ratings, words = two_kinds
    bias = Bias.fit(ratings, words)
    assert bias.mu == 4.0
    assert bias.movie[:2] == pytest.approx([1, -1], abs=0.05)
    # Weights of 5 for each of 20 movies, and a penalty of 60: 100 / (100 + 60).
    assert bias.expected[40:] == pytest.approx([0.625, -0.625], abs=0.05)
    assert with_constant(words)[40:] @ bias.coefficients == pytest.approx(bias.expected[40:])


def test_uncertainty_falls_with_ratings(two_kinds: tuple[RatingRows, sparse.csr_matrix]) -> None:
    ratings, words = two_kinds
    bias = Bias.fit(ratings, words, variance=0.25, club_variance=0.1, damping=5.0)
    assert bias.uncertainty[0] == pytest.approx(0.25 * 5 / 105)
    assert bias.uncertainty[40] == pytest.approx(0.1)  # no rare movie: clubs watch all of them


def test_movies_that_divide_people_spread_more_and_so_do_those_like_them() -> None:
    user, movie = (each.ravel() for each in np.meshgrid(np.arange(300), np.arange(40)))
    mixed = (user + movie // 2) % 2
    divides = np.arange(42) % 2 == 0  # the last two movies have no rating
    stars = np.where(divides[movie], 1.0 + 4 * mixed, 3.0 + mixed)
    words = sparse.csr_matrix(np.column_stack([divides, ~divides]).astype(np.float32))
    spread = Bias.fit(RatingRows(user, movie, stars, 300, 42), words).spread
    assert (spread[:40:2] > 1.3).all()
    assert (spread[1:40:2] < 0.7).all()
    assert spread[40] > 1.2
    assert spread[41] < 0.8


def test_unrated_movie_like_rare_ones_is_expected_as_they_are() -> None:
    # 20 movies with 60 ratings of 4 and keywords of their own, 20 with a single rating of 2.
    user = np.concatenate([np.tile(np.arange(60), 20), np.arange(20)])
    movie = np.concatenate([np.repeat(np.arange(20), 60), np.arange(20, 40)])
    stars = np.concatenate([np.full(1200, 4.0), np.full(20, 2.0)])
    kinds = np.array([0] * 20 + [1] * 20 + [0, 1, 1])[:, None] == np.arange(2)
    words = sparse.csr_matrix(kinds.astype(np.float32))
    new = np.array([False] * 42 + [True])
    bias = Bias.fit(RatingRows(user, movie, stars, 60, 43), words, new=new)
    club, rare, released = bias.mu + bias.expected[40:]
    assert club == pytest.approx(4.0, abs=0.1)
    assert rare < 3.5 < released
    assert bias.uncertainty[41] > bias.uncertainty[40]
    assert club_probability(words, np.full(43, 3.0), 60).tolist() == [1.0] * 43


def test_club_weight() -> None:
    weight = club_weight(np.array([0.0, 10.0, 100.0]), n_users=500)
    assert weight[0] == 0.0
    assert weight[2] > 10 * weight[1]
    assert weight[1:].mean() == pytest.approx(5.0)
    # Where nobody ever meets three raters of one movie, the ratings decide.
    assert club_weight(np.array([0.0, 1.0]), n_users=10**9).tolist() == [0.0, 5.0]
