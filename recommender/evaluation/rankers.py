"""Models that only put movies in order: what they have in common, and the simplest of them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from lightfm import LightFM
from scipy import sparse

from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import Dataset
from recommender.features import MovieFeatures, with_identity


@dataclass(frozen=True)
class Axes:
    """Which user and which movie the rows and columns of a matrix stand for.

    Args:
        user_ids: (n_users,) sorted.
        movie_ids: (n_movies,) in the order of the columns, each once.
    """

    user_ids: np.ndarray
    movie_ids: np.ndarray

    @classmethod
    def of(cls, ratings: pd.DataFrame) -> Axes:
        """Return everyone and everything that occurs in `ratings`, sorted."""
        return cls(np.unique(ratings[USER]), np.unique(ratings[MOVIE]))

    @property
    def shape(self) -> tuple[int, int]:
        """(n_users, n_movies)."""
        return len(self.user_ids), len(self.movie_ids)

    def rows(self, user_ids: pd.Series) -> np.ndarray:
        """Return the row of each id, -1 where there is none."""
        return pd.Index(self.user_ids).get_indexer(pd.Index(user_ids))

    def columns(self, movie_ids: pd.Series) -> np.ndarray:
        """Return the column of each id, -1 where there is none."""
        return pd.Index(self.movie_ids).get_indexer(pd.Index(movie_ids))

    def stars(self, ratings: pd.DataFrame) -> sparse.coo_matrix:
        """Return `ratings` as a float32 matrix of stars; what is not on the axes is left out.

        The arrays are copies: LightFM needs to write to them.
        """
        rows, columns = self.rows(ratings[USER]), self.columns(ratings[MOVIE])
        there = (rows >= 0) & (columns >= 0)
        stars = ratings[RATING].to_numpy()[there].astype(np.float32)
        places = rows[there].astype(np.int32), columns[there].astype(np.int32)
        return sparse.coo_matrix((stars, places), shape=self.shape)


@dataclass(frozen=True)
class Ranker:
    """A fitted order of movies for each user: score = users @ movies + offsets.

    Args:
        axes: what rows and columns stand for.
        users: (n_users, n_components).
        movies: (n_movies, n_components).
        offsets: (n_movies,).
    """

    axes: Axes
    users: np.ndarray
    movies: np.ndarray
    offsets: np.ndarray

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return (n_rows, n_movies); the scores compare movies for one user, nothing else."""
        return self.users[rows] @ self.movies.T + self.offsets


def popularity(axes: Axes, ratings: pd.DataFrame) -> Ranker:
    """Rank by the number of ratings, the same for everyone."""
    columns = axes.columns(ratings[MOVIE])
    counts = np.bincount(columns[columns >= 0], minlength=len(axes.movie_ids))
    n_users, n_movies = axes.shape
    return Ranker(axes, np.zeros((n_users, 0)), np.zeros((n_movies, 0)), counts.astype(np.float64))


def normalised(features: sparse.csr_matrix) -> sparse.csr_matrix:
    """Scale every row to the sum 1, as LightFM's own Dataset does; empty rows stay empty."""
    sums = np.asarray(features.sum(axis=1)).ravel()
    scale = (1 / np.where(sums > 0, sums, 1)).astype(np.float32)
    return sparse.csr_matrix(sparse.diags_array(scale) @ features)


def fit_warp(
    positives: sparse.coo_matrix,
    item_features: sparse.csr_matrix,
    *,
    weights: np.ndarray | None = None,
    user_features: sparse.csr_matrix | None = None,
    components: int,
    epochs: int,
    learning_rate: float = 0.05,
    alpha: float = 0.0,
    seed: int = 0,
) -> LightFM:
    """Fit LightFM with the WARP loss on one thread, so that a seed gives the same bits.

    Args:
        positives: (n_users, n_movies), not zero where a user chose a movie.
        item_features: (n_movies, n_features), rows in the order of the columns of `positives`.
        weights: how much each entry of `positives` counts, in their order.
        user_features: (n_users, n_user_features); identity by default.
        alpha: penalty on user and item features.
    """
    if item_features.shape[0] != positives.shape[1]:
        raise ValueError("one row of item features is needed for each column of the interactions")
    model = LightFM(
        no_components=components,
        loss="warp",
        learning_rate=learning_rate,
        item_alpha=alpha,
        user_alpha=alpha,
        random_state=seed,
    )
    ones = np.ones(positives.nnz, dtype=np.float32)
    places = positives.row.astype(np.int32), positives.col.astype(np.int32)
    chosen = sparse.coo_matrix((ones, places), shape=positives.shape)
    weight = None
    if weights is not None:
        weight = sparse.coo_matrix((weights.astype(np.float32), places), shape=positives.shape)
    return model.fit(
        chosen,
        item_features=item_features,
        user_features=user_features,
        sample_weight=weight,
        epochs=epochs,
        num_threads=1,
    )


def ranker_of(
    model: LightFM,
    axes: Axes,
    item_features: sparse.csr_matrix,
    user_features: sparse.csr_matrix | None = None,
) -> Ranker:
    """Return the order of a fitted LightFM; a user's own offset orders nothing and is dropped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=DeprecationWarning)
        _, users = model.get_user_representations(features=user_features)
        offsets, movies = model.get_item_representations(features=item_features)
    return Ranker(axes, users, movies, offsets)


def plain_hybrid(data: Dataset, *, components: int = 64, epochs: int = 10, seed: int = 0) -> Ranker:
    """Fit LightFM on all ratings with identity, keywords, genres and decade of every movie.

    It learns from the rated movies only, because WARP pushes down whatever nobody rated; the
    others are placed by their content afterwards.
    """
    axes = Axes(data.user_ids, data.movies.index.to_numpy())
    rated = data.rating_counts.to_numpy() > 0
    content = MovieFeatures.build(data.movies).encode(data.movies)
    features = normalised(with_identity(content, rated))
    seen = Axes(axes.user_ids, axes.movie_ids[rated])
    model = fit_warp(
        seen.stars(data.ratings),
        features[rated],
        components=components,
        epochs=epochs,
        seed=seed,
    )
    return ranker_of(model, axes, features)
