"""Whom two movies surprised alike: the memory of single raters, beside LightFM's general map.

Two movies are neighbours when the same raters liked both more, or less, than their generosity and
the movies' fame let expect (item-based neighbourhoods: Koren, "Factor in the neighbors", 2010). As
a product of rows this is a covariance, so it takes its place in the Gaussian process as it is.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recommender.bias import Bias
from recommender.dataset import RatingRows


def surprises(ratings: RatingRows, bias: Bias, damping: float) -> sparse.csr_matrix:
    """How far each rater's stars lay from what the offsets let expect, movie by movie.

    Args:
        damping: stars². A row whose squares sum to this has length 1/sqrt(2); one with far more
            ratings has nearly length 1, one with hardly any nearly 0.

    Returns:
        (n_movies, n_users) float32.
    """
    residual = ratings.stars - bias.mu - bias.movie[ratings.movie] - bias.user[ratings.user]
    squares = np.bincount(ratings.movie, residual**2, minlength=ratings.n_movies)
    scaled = residual / np.sqrt(squares[ratings.movie] + damping)
    shape = (ratings.n_movies, ratings.n_users)
    return sparse.csr_matrix((scaled.astype(np.float32), (ratings.movie, ratings.user)), shape)
