"""LightFM's part: where every movie lies in taste space.

LightFM's scores have no scale and rank movies for one user only. What it learns very well is the
*place* of a movie among others, so the place (the movie's representation) is all that is kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from recommender.dataset import RatingRows
from recommender.features import with_identity

if TYPE_CHECKING:
    from lightfm import LightFM

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
    return model


def directions(model: LightFM, item_features: sparse.csr_matrix) -> np.ndarray:
    """Return the movies' representations as unit vectors, float32 (n_movies, components)."""
    place = item_features @ model.item_embeddings
    length = np.linalg.norm(place, axis=1, keepdims=True)
    return (place / np.maximum(length, 1e-9)).astype(np.float32)


def learn_places(
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
    """Several views of taste side by side: who rates what, and who likes what, a few seeds each.

    Only rated movies take part: LightFM draws its negatives from all rows that it is given, so a
    movie without a rating would be pushed down as if everybody had refused it.

    Args:
        liked: (n_ratings,) bool, the ratings above what was expected.
        content: (n_movies, n_features) 0/1.
        components, epochs, learning_rate: of each fit.
        repeats: seeds of each view; what they do not agree on averages out.

    Returns:
        (n_movies, repeats * 2 * components) float32, rows of length 1, one seed after the other; 0
        for unrated movies.
    """
    counts = np.bincount(ratings.movie, minlength=ratings.n_movies)
    rated = counts > 0
    item_features = _mean_of_features(with_identity(content, rated)[rated])
    column = np.cumsum(rated) - 1
    shape = (ratings.n_users, int(rated.sum()))
    views = [np.ones_like(liked), liked] if liked.any() else [np.ones_like(liked)]
    fits = [(view, repeat) for repeat in range(repeats) for view in range(len(views))]
    report = _counted(on_epoch, len(fits) * epochs)

    def fitted() -> Iterator[np.ndarray]:
        for view, repeat in fits:
            chosen = views[view]
            likes = interactions(ratings.user[chosen], column[ratings.movie[chosen]], shape)
            model = fit_lightfm(
                likes,
                item_features,
                components=components,
                epochs=epochs,
                learning_rate=learning_rate,
                seed=1000 * seed + repeat,
                on_epoch=report,
            )
            yield directions(model, item_features)

    places = np.zeros((ratings.n_movies, len(fits) * components), dtype=np.float32)
    places[rated] = np.hstack(list(fitted())) / np.float32(np.sqrt(len(fits)))
    return places


def _mean_of_features(item_features: sparse.csr_matrix) -> sparse.csr_matrix:
    """Let each row sum to 1, so that a movie with many keywords does not learn faster."""
    total = np.maximum(np.asarray(item_features.sum(axis=1)).ravel(), 1)
    scaled = sparse.diags_array((1 / total).astype(np.float32)) @ item_features
    return sparse.csr_matrix(scaled, dtype=np.float32)


def _counted(on_epoch: Progress | None, total: int) -> Callable[[], None]:
    done = itertools.count(1)

    def report() -> None:
        if on_epoch is not None:
            on_epoch(next(done), total)

    return report
