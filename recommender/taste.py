"""LightFM's part: where every movie lies in taste space.

LightFM's scores have no scale and rank movies for one user only. What it learns very well is the
*place* of a movie among others, so the place (the movie's representation) is all that is kept.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from lightfm import LightFM
from scipy import sparse

Progress = Callable[[int, int], None]


def interactions(user: np.ndarray, movie: np.ndarray, shape: tuple[int, int]) -> sparse.coo_matrix:
    """Return the matrix of ones at (user, movie), on arrays that LightFM may write to."""
    ones = np.ones(len(user), dtype=np.float32)
    rows, columns = np.array(user, dtype=np.int32), np.array(movie, dtype=np.int32)
    return sparse.coo_matrix((ones, (rows, columns)), shape=shape)


def fit_lightfm(
    likes: sparse.coo_matrix,
    item_features: sparse.csr_matrix,
    *,
    components: int,
    epochs: int,
    learning_rate: float,
    seed: int,
    on_epoch: Callable[[], None],
) -> LightFM:
    """Fit LightFM with the WARP loss on one thread, so that the same seed gives the same bits.

    Args:
        likes: (n_users, n_rated_movies), positive where a user chose a movie.
        item_features: (n_rated_movies, n_features), rows in the order of the columns of `likes`.
        on_epoch: called after each epoch.
    """
    if likes.shape[1] != item_features.shape[0]:
        raise ValueError("one row of item features is needed for each column of the interactions")
    model = LightFM(
        no_components=components, loss="warp", learning_rate=learning_rate, random_state=seed
    )
    for _ in range(epochs):
        model.fit_partial(likes, item_features=item_features, epochs=1, num_threads=1)
        on_epoch()
    return model


def directions(model: LightFM, item_features: sparse.csr_matrix) -> np.ndarray:
    """Return the movies' representations as unit vectors, float32 (n_movies, components)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=DeprecationWarning)
        _, place = model.get_item_representations(features=item_features)
    length = np.linalg.norm(place, axis=1, keepdims=True)
    return (place / np.maximum(length, 1e-9)).astype(np.float32)
