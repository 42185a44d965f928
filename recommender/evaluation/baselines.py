"""Simple models that every other one has to beat; each is a `recommender.model.Recommender`."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.bias import damped_mean
from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset
from recommender.embeddings import fit_lightfm
from recommender.evaluation.metrics import means, ranking_metrics
from recommender.features import MovieFeatures, scale_rows, with_identity
from recommender.model import Fitted, Prediction, TrainingOptions

DAMPING = 5.0  # average ratings that each offset is mixed with
ROUNDS = 10  # of alternating means; independent of the hybrid's, so that it cannot move its rival

Fit = Callable[[Dataset, int], Fitted]  # fits a model with a seed


@dataclass(frozen=True)
class BiasModel:
    """stars = mu + b_user + b_movie (Koren, Bell and Volinsky, 2009)."""

    mu: float  # mean of all ratings, stars
    # user, movie: offset of each id, stars; an id without one counts as 0
    user: pd.Series
    movie: pd.Series

    @classmethod
    def fit(
        cls, data: Dataset, *, users: bool = True, movies: bool = True, damping: float = DAMPING
    ) -> Self:
        """Fit the offsets of `users` and `movies` by alternating means.

        Each is mixed with `damping` average ratings.
        """
        stars = data.ratings[RATING].to_numpy()
        user_ids, user = np.unique(data.ratings[USER], return_inverse=True)
        movie_ids, movie = np.unique(data.ratings[MOVIE], return_inverse=True)
        mu = float(stars.mean())
        b_user, b_movie = np.zeros(len(user_ids)), np.zeros(len(movie_ids))
        for _ in range(ROUNDS):
            if movies:
                b_movie = damped_mean(movie, stars - mu - b_user[user], len(movie_ids), damping)
            if users:
                b_user = damped_mean(user, stars - mu - b_movie[movie], len(user_ids), damping)
        return cls(mu, pd.Series(b_user, user_ids), pd.Series(b_movie, movie_ids))

    def predict(self, pairs: pd.DataFrame, data: Dataset | None = None) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""
        b_user, b_movie = (
            pairs[column].map(offsets).fillna(0).to_numpy()
            for column, offsets in ((USER, self.user), (MOVIE, self.movie))
        )
        stars = np.clip(self.mu + b_user + b_movie, MIN_STARS, MAX_STARS)
        return Prediction(stars.round(12))  # without rounding errors, equal means are ties


BASELINES: Mapping[str, Fit] = {
    "constant": lambda data, seed: BiasModel.fit(data, users=False, movies=False),
    "member mean": lambda data, seed: BiasModel.fit(data, movies=False, damping=0),
    "movie mean": lambda data, seed: BiasModel.fit(data, users=False, damping=0),
    "user+item bias": lambda data, seed: BiasModel.fit(data),
}


@dataclass(frozen=True)
class Axes:
    """The ids behind the rows and columns of a user-movie matrix."""

    user_ids: np.ndarray  # (n_users,) sorted
    movie_ids: np.ndarray  # (n_movies,) in the order of the columns, each once

    @classmethod
    def of(cls, ratings: pd.DataFrame) -> Axes:
        """Return every user and movie in `ratings`, sorted."""
        return cls(np.unique(ratings[USER]), np.unique(ratings[MOVIE]))

    @property
    def shape(self) -> tuple[int, int]:
        """(n_users, n_movies)."""
        return len(self.user_ids), len(self.movie_ids)

    def rows(self, user_ids: pd.Series) -> np.ndarray:
        """Return the row of each id, -1 for an unknown one."""
        return pd.Index(self.user_ids).get_indexer(pd.Index(user_ids))

    def columns(self, movie_ids: pd.Series) -> np.ndarray:
        """Return the column of each id, -1 for an unknown one."""
        return pd.Index(self.movie_ids).get_indexer(pd.Index(movie_ids))

    def stars(self, ratings: pd.DataFrame) -> sparse.coo_matrix:
        """Return the `ratings` of known users and movies as a float32 matrix of stars.

        The arrays are copies: LightFM needs to write to them.
        """
        rows, columns = self.rows(ratings[USER]), self.columns(ratings[MOVIE])
        there = (rows >= 0) & (columns >= 0)
        stars = ratings[RATING].to_numpy()[there].astype(np.float32)
        places = rows[there].astype(np.int32), columns[there].astype(np.int32)
        return sparse.coo_matrix((stars, places), shape=self.shape)


@dataclass(frozen=True)
class Ranker:
    """An order of movies for each user: score = users @ movies + offsets."""

    axes: Axes  # ids of rows and columns
    users: np.ndarray  # (n_users, n_components)
    movies: np.ndarray  # (n_movies, n_components)
    offsets: np.ndarray  # (n_movies,)

    @classmethod
    def of_lightfm(
        cls,
        model: Any,
        axes: Axes,
        item_features: sparse.csr_matrix,
        user_features: sparse.csr_matrix | None = None,
    ) -> Self:
        """Return the order of a fitted LightFM, without the user biases, which order nothing."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=DeprecationWarning)
            _, users = model.get_user_representations(features=user_features)
            offsets, movies = model.get_item_representations(features=item_features)
        return cls(axes, users, movies, offsets)

    def among(self, movie_ids: np.ndarray) -> Ranker:
        """Return the order of `movie_ids` alone, all of them known."""
        at = self.axes.columns(pd.Series(movie_ids))
        axes = Axes(self.axes.user_ids, movie_ids)
        return Ranker(axes, self.users, self.movies[at], self.offsets[at])

    def scores(self, rows: np.ndarray) -> np.ndarray:
        """Return (n_rows, n_movies); the scores compare movies for one user, nothing else."""
        return self.users[rows] @ self.movies.T + self.offsets

    def predict(self, pairs: pd.DataFrame, data: Dataset | None = None) -> Prediction:
        """Return the score of each of `pairs`; 0 without the movie, its offset without the user."""
        row, column = self.axes.rows(pairs[USER]), self.axes.columns(pairs[MOVIE])
        own = (self.users[row] * self.movies[column]).sum(axis=1) * (row >= 0)
        return Prediction((own + self.offsets[column]) * (column >= 0), order_only=True)


class Popularity(Ranker):
    """The number of ratings of each movie, the same for every user."""

    @classmethod
    def fit(cls, data: Dataset, axes: Axes | None = None) -> Self:
        """Count the ratings of each movie of `axes`, by default all of `data`."""
        axes = axes or Axes(data.user_ids, data.movies.index.to_numpy())
        columns = axes.columns(data.ratings[MOVIE])
        counts = np.bincount(columns[columns >= 0], minlength=axes.shape[1])
        users, movies = np.zeros((axes.shape[0], 0)), np.zeros((axes.shape[1], 0))
        return cls(axes, users, movies, counts.astype(np.float64))


class LightFMRanker(Ranker):
    """LightFM with identity, keywords, genres and decade, as `HybridModel` has it learn."""

    @classmethod
    def fit(
        cls,
        data: Dataset,
        options: TrainingOptions | None = None,
        on_epoch: Callable[[Ranker], None] | None = None,
    ) -> Self:
        """Fit on all ratings of the rated movies; the others are placed by their content.

        WARP would push movies without a rating down.

        Args:
            options: those of LightFM and of the features are used.
            on_epoch: called with the order so far after each epoch.
        """
        options = options or TrainingOptions()
        axes = Axes(data.user_ids, data.movies.index.to_numpy())
        rated = data.rating_counts.to_numpy() > 0
        vocabulary = MovieFeatures.build(data.movies, options.min_movies, options.max_keywords)
        features = scale_rows(with_identity(vocabulary.encode(data.movies), rated), 1)
        seen = Axes(axes.user_ids, axes.movie_ids[rated]).stars(data.ratings)
        if options.loss == "logistic":
            seen.data -= seen.data.mean()

        def report(model: Any) -> None:
            if on_epoch is not None:
                on_epoch(cls.of_lightfm(model, axes, features))

        how = options.of_lightfm | {"seed": options.seed}
        model = fit_lightfm(seen, features[rated], **how, on_epoch=report)
        return cls.of_lightfm(model, axes, features)


def ranking_table(
    rankers: Mapping[str, Ranker],
    train: pd.DataFrame,
    test: pd.DataFrame,
    *,
    known: pd.DataFrame | None,
    k: int = 10,
) -> pd.DataFrame:
    """Return model, split, metric, value for rankers.

    Args:
        train, test: the ratings whose movies should be ranked high.
        known: ratings whose movies are left out of the ranking of `test`; None for none.
        k: length of the list.
    """
    frames = []
    for name, ranker in rankers.items():
        stars = ranker.axes.stars
        left_out = None if known is None else stars(known)
        for split, wanted, out in (("train", train, None), ("test", test, left_out)):
            metrics = means(ranking_metrics(ranker.scores, stars(wanted), out, k))
            frame = pd.DataFrame({"metric": list(metrics), "value": list(metrics.values())})
            frames.append(frame.assign(model=name, split=split))
    return pd.concat(frames, ignore_index=True)[["model", "split", "metric", "value"]]
