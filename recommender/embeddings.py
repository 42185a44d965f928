"""LightFM's part of the model: item embeddings.

LightFM's scores have no scale and rank movies for one user only. What it learns very well is where
a movie lies among others, so the direction of its item representation is all that is kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from scipy import sparse

from recommender.dataset import RatingRows
from recommender.features import with_identity

Progress = Callable[[int, int], None]


def fit_lightfm(
    likes: sparse.coo_matrix,
    item_features: sparse.csr_matrix,
    *,
    components: int,
    epochs: int,
    learning_rate: float,
    seed: int,
    on_epoch: Callable[[], None],
) -> np.ndarray:
    """Fit LightFM with the WARP loss on one thread: the same seed gives the same bits.

    Args:
        likes: (n_users, n_rated_movies), positive where a user chose a movie.
        item_features: (n_rated_movies, n_features), rows in the order of the columns of `likes`.
        on_epoch: called after each epoch.

    Returns:
        The movies' representations as unit vectors, float32 (n_rated_movies, components).
    """
    # Takes a second to import, which a page that only predicts need not wait for.
    from lightfm import LightFM  # noqa: PLC0415

    if likes.shape[1] != item_features.shape[0]:
        raise ValueError("one row of item features is needed for each column of the interactions")
    model = LightFM(
        no_components=components, loss="warp", learning_rate=learning_rate, random_state=seed
    )
    for _ in range(epochs):
        model.fit_partial(likes, item_features=item_features, epochs=1, num_threads=1)
        on_epoch()
    embeddings = item_features @ model.item_embeddings
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    return (embeddings / np.maximum(length, 1e-9)).astype(np.float32)


def learn_embeddings(
    ratings: RatingRows,
    liked: np.ndarray,
    content: sparse.csr_matrix,
    *,
    components: int,
    epochs: int,
    learning_rate: float,
    repeats: int,
    seed: int,
    on_epoch: Progress | None = None,
) -> np.ndarray:
    """Return item embeddings from several fits side by side: two views, a few seeds each.

    One view says who rates what, the other who likes what. Only rated movies take part: LightFM
    draws its negatives from all rows that it is given, so a movie without a rating would be pushed
    down as if everybody had refused it.

    Args:
        liked: (n_ratings,) bool, the ratings above what was expected.
        content: (n_movies, n_features) 0/1.
        components, epochs, learning_rate: of each fit.
        repeats: seeds of each view; what they do not agree on averages out.
        on_epoch: called with (epochs done, epochs in all).

    Returns:
        (n_movies, repeats * 2 * components) float32, rows of length 1, one seed after the other; 0
        for unrated movies.
    """
    rated = np.bincount(ratings.movie, minlength=ratings.n_movies) > 0
    item_features = _mean_of_features(with_identity(content, rated)[rated])
    column = np.cumsum(rated) - 1
    shape = (ratings.n_users, int(rated.sum()))
    views = [np.ones_like(liked), liked] if liked.any() else [np.ones_like(liked)]
    fits = [(view, repeat) for repeat in range(repeats) for view in views]
    done = itertools.count(1)

    def report() -> None:
        if on_epoch is not None:
            on_epoch(next(done), len(fits) * epochs)

    def fit(view: np.ndarray, repeat: int) -> np.ndarray:
        # LightFM wants arrays that it may write to, which these are.
        user = ratings.user[view].astype(np.int32)
        movie = column[ratings.movie[view]].astype(np.int32)
        ones = np.ones(len(user), dtype=np.float32)
        return fit_lightfm(
            sparse.coo_matrix((ones, (user, movie)), shape=shape),
            item_features,
            components=components,
            epochs=epochs,
            learning_rate=learning_rate,
            seed=1000 * seed + repeat,
            on_epoch=report,
        )

    embeddings = np.zeros((ratings.n_movies, len(fits) * components), dtype=np.float32)
    embeddings[rated] = np.hstack([fit(*one) for one in fits]) / np.float32(np.sqrt(len(fits)))
    return embeddings


def _mean_of_features(item_features: sparse.csr_matrix) -> sparse.csr_matrix:
    """Let each row sum to 1, so that a movie with many keywords does not learn faster."""
    total = np.maximum(np.asarray(item_features.sum(axis=1)).ravel(), 1)
    scaled = sparse.diags_array((1 / total).astype(np.float32)) @ item_features
    return sparse.csr_matrix(scaled, dtype=np.float32)
