import numpy as np
import pytest
from scipy import sparse

from recommender.bias import Bias, damped_mean, weighted_ridge
from recommender.dataset import RatingRows


def test_damping_mixes_in_the_prior() -> None:
    got = damped_mean(np.array([0, 0, 1]), np.array([1.0, 3.0, 2.0]), 3, 2.0, np.array([1, 0, 5]))
    assert got.tolist() == [(4 + 2) / 4, 2 / 3, 5.0]


def test_ridge_without_penalty_solves_exactly_and_ignores_weight_zero() -> None:
    content = sparse.csr_matrix([[1.0, 0], [1, 1], [0, 1], [1, 1]])
    target = np.array([2.0, 5.0, 3.0, 99.0])
    got = weighted_ridge(content, target, np.array([1.0, 1, 1, 0]), 1e-12)
    assert got == pytest.approx([2, 3], abs=1e-9)


def test_offsets_are_found_and_an_unrated_movie_gets_what_its_words_promise() -> None:
    # Even movies share a word and get 5 from everyone, odd ones have none and get 3.
    n_users, n_movies = 200, 41
    user, movie = (a.ravel() for a in np.meshgrid(np.arange(n_users), np.arange(n_movies - 1)))
    stars = np.where(movie % 2 == 0, 5.0, 3.0)
    content = sparse.csr_matrix((np.arange(n_movies) % 2 == 0)[:, None].astype(float))
    rows = RatingRows(user, movie, stars, n_users, n_movies)
    bias = Bias.fit(rows, content, penalty=1.0)
    assert bias.mu == 4.0
    assert bias.movie[0] == pytest.approx(1.0, abs=0.03)
    assert bias.movie[1] == pytest.approx(-1.0, abs=0.05)
    assert bias.movie[40] == bias.prior[40] == pytest.approx(1.0, abs=0.03)


def test_a_user_without_ratings_has_no_offset() -> None:
    bias = Bias(3.0, np.zeros(1), np.zeros(1), np.zeros(0), user_damping=5.0)
    assert bias.of_user(np.array([])) == 0.0
    assert bias.of_user(np.array([1.0, 1.0])) == 2 / 7
