"""Models of other people, judged beside ours by whoever has them installed.

The app needs none of these libraries. Each is imported when its model runs, and a model whose
library is missing is left out: `pip install -r requirements-bench.txt` brings them all.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from benchmarks.readings import added_to_bias
from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset
from recommender.evaluation.baselines import Predictor
from recommender.evaluation.rankers import Axes, Ranker
from recommender.features import MovieFeatures, with_identity
from recommender.model import Prediction
from recommender.recipes import likes

INSTALL = "pip install -r requirements-bench.txt"
USERS, MOVIES = "user", "movie"  # kinds of columns, beside those of MovieFeatures


@dataclass(frozen=True)
class MovieRows:
    """What a factorisation machine is told of each movie.

    Args:
        matrix: (n_movies, n_columns) 0/1: the movie itself and, where wanted, its content.
        kinds: "movie", "keyword", "genre" or "decade" for each column.
    """

    matrix: sparse.csr_matrix
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, movies: pd.DataFrame, *, content: bool) -> MovieRows:
        """Describe `movies`, by themselves alone or by their content too."""
        features = MovieFeatures.build(movies) if content else MovieFeatures(())
        own_row = np.ones(len(movies), dtype=bool)
        matrix = with_identity(features.encode(movies), own_row).astype(np.float64)
        return cls(matrix, (MOVIES,) * len(movies) + features.kinds)


def column_groups(kinds: tuple[str, ...]) -> list[int]:
    """Number the kinds in the order in which they first occur: columns of a kind share a prior."""
    number = {kind: i for i, kind in enumerate(dict.fromkeys(kinds))}
    return [number[kind] for kind in kinds]


@dataclass(frozen=True)
class MyFM:
    """A Bayesian factorisation machine, fitted by Gibbs sampling (Ohtsuki's myFM).

    Every kind of column has a prior mean and variance of its own, learned from the data; without
    that, thousands of keywords and the users would have to share one.

    Args:
        content: tell it keywords, genres and decade of the movies too.
        rank: width of the factors.
        iterations: of the sampler, whose draws are averaged. Rank 16 and 200 iterations take three
            times as long and have about 1.4% less rmse for movies that others have rated.
    """

    content: bool
    rank: int = 8
    iterations: int = 100

    def __call__(self, data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""
        from myfm import MyFMRegressor, RelationBlock  # noqa: PLC0415

        # Who is new gets a column too: it is drawn from the prior, as it should be.
        users = pd.Index(np.union1d(data.user_ids, pairs[USER]))
        movies = MovieRows.of(data.movies, content=self.content)
        identity = sparse.identity(len(users), dtype=np.float64, format="csr")

        def blocks(rows: pd.DataFrame) -> list[RelationBlock]:
            user = users.get_indexer(pd.Index(rows[USER]))
            movie = data.movies.index.get_indexer(pd.Index(rows[MOVIE]))
            return [RelationBlock(user, identity), RelationBlock(movie, movies.matrix)]

        model = MyFMRegressor(rank=self.rank, random_seed=seed)
        with contextlib.redirect_stderr(io.StringIO()):  # its progress bar would tear ours
            model.fit(
                None,
                data.ratings[RATING].to_numpy(copy=True),
                X_rel=blocks(data.ratings),
                grouping=column_groups((USERS,) * len(users) + movies.kinds),
                n_iter=self.iterations,
            )
        stars = np.asarray(model.predict(None, blocks(pairs)))
        return Prediction(np.clip(stars, MIN_STARS, MAX_STARS))


def knn_baseline(data: Dataset, pairs: pd.DataFrame, seed: int = 0) -> Prediction:
    """The user+item bias and the 40 most similar movies that the user rated (Koren, 2010).

    Surprise as its manual recommends: the correlation of what the bias leaves over, shrunk where
    few people rated both; between movies, which does better here than between users.
    """
    from surprise import KNNBaseline  # noqa: PLC0415

    similarity = {"name": "pearson_baseline", "user_based": False}
    return _surprise(KNNBaseline(sim_options=similarity, verbose=False), data, pairs)


def svd(data: Dataset, pairs: pd.DataFrame, seed: int = 0) -> Prediction:
    """Matrix factorisation by gradient descent, with Surprise's own settings (Funk, 2006)."""
    from surprise import SVD  # noqa: PLC0415

    return _surprise(SVD(random_state=seed), data, pairs)


def _surprise(algorithm: Any, data: Dataset, pairs: pd.DataFrame) -> Prediction:
    from surprise import Dataset as Ratings  # noqa: PLC0415
    from surprise import Reader  # noqa: PLC0415

    scale = Reader(rating_scale=(MIN_STARS, MAX_STARS))
    ratings = Ratings.load_from_df(data.ratings[[USER, MOVIE, RATING]], scale)
    algorithm.fit(ratings.build_full_trainset())
    each = zip(pairs[USER], pairs[MOVIE], strict=True)
    return Prediction(np.array([algorithm.predict(user, movie).est for user, movie in each]))


@dataclass(frozen=True)
class ImplicitALS:
    """Matrix factorisation of implicit feedback (Hu, Koren and Volinsky, 2008), by `implicit`.

    What each user likes, weighted by the stars: the best reading of those tried (likes or all that
    was watched; weights 1, stars or 1 + 10 ln(1 + stars); 16, 64 or 100 factors).

    Args:
        factors: width of the factors.
    """

    factors: int = 16

    def __call__(self, data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""
        from implicit.als import AlternatingLeastSquares  # noqa: PLC0415

        axes = Axes(data.user_ids, data.movies.index.to_numpy())
        model = AlternatingLeastSquares(factors=self.factors, num_threads=1, random_state=seed)
        model.fit(axes.stars(likes(data.ratings)).tocsr(), show_progress=False)
        users, movies = (f.astype(np.float64) for f in (model.user_factors, model.item_factors))
        return added_to_bias(Ranker(axes, users, movies, np.zeros(len(movies))), data, pairs)


@dataclass(frozen=True)
class Rival:
    """A predictor and the library, by the name that it is imported under, that it needs."""

    library: str
    predictor: Predictor


RIVALS: Mapping[str, Rival] = {
    "myFM": Rival("myfm", MyFM(content=False)),
    "myFM + keywords": Rival("myfm", MyFM(content=True)),
    "wide myFM + keywords": Rival("myfm", MyFM(content=True, rank=16, iterations=200)),
    "Surprise KNNBaseline": Rival("surprise", knn_baseline),
    "Surprise SVD": Rival("surprise", svd),
    "implicit ALS": Rival("implicit", ImplicitALS()),
}


def installed_rivals() -> dict[str, Predictor]:
    """Return name -> predictor of the rivals whose library is there."""
    return {name: rival.predictor for name, rival in RIVALS.items() if find_spec(rival.library)}


def missing_rivals() -> list[str]:
    """Return the names of the others."""
    there = installed_rivals()
    return [name for name in RIVALS if name not in there]
