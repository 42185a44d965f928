"""Models of other libraries, and rankers read as stars; each is a `recommender.model.Fitted`.

The app needs none of these libraries. Each is imported when its model runs, and a model whose
library is missing is left out.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset
from recommender.evaluation.baselines import Axes, BiasModel, Fit, Ranker
from recommender.features import MovieFeatures, scale_rows, with_identity
from recommender.model import Prediction
from recommender.recipes import als_ranker, likes

INSTALL = "`pip install -r requirements-bench.txt` installs them all."
STARS_PER_SD = 0.4


@dataclass(frozen=True)
class Stretched:
    """A ranker whose scores are stretched to 0..5 stars a user, as the keyword article does.

    A pair that the ranker does not know gets the mean of all ratings.
    """

    ranker: Ranker

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""

        def stretch(scores: np.ndarray) -> np.ndarray:
            low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
            return MAX_STARS * (scores - low) / np.where(high > low, high - low, 1)

        return Prediction(_read(self.ranker, pairs, stretch, data.ratings[RATING].mean()))


@dataclass(frozen=True)
class AddedToBias:
    """The user+item bias plus 0.4 stars for each standard deviation of a user's scores.

    The most favourable simple reading: scores are standardised among the pairs asked for, because
    over all movies they mostly say whether a movie is watched at all. A pair that the ranker does
    not know stays at the bias.
    """

    ranker: Ranker

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""
        scores = pd.Series(_read(self.ranker, pairs, lambda scores: scores, np.nan))
        by_user = scores.groupby(pairs[USER].to_numpy())
        z = (scores - by_user.transform("mean")) / by_user.transform("std", ddof=0)
        z = z.replace([np.inf, -np.inf], np.nan).fillna(0.0)
        stars = BiasModel.fit(data).predict(pairs).stars + STARS_PER_SD * z.to_numpy()
        return Prediction(np.clip(stars, MIN_STARS, MAX_STARS))


def _read(
    ranker: Ranker,
    pairs: pd.DataFrame,
    reading: Callable[[np.ndarray], np.ndarray],
    unknown: float,
) -> np.ndarray:
    """Apply `reading` to the scores of each user of `pairs` over all movies, and pick the pairs."""
    row, column = ranker.axes.rows(pairs[USER]), ranker.axes.columns(pairs[MOVIE])
    users, at = np.unique(row, return_inverse=True)
    values = reading(ranker.scores(users))
    return np.where((row >= 0) & (column >= 0), values[at, column], unknown)


@dataclass(frozen=True)
class MyFM:
    """A Bayesian factorisation machine, fitted by Gibbs sampling (Ohtsuki's myFM).

    Every kind of column has a prior mean and variance of its own, learned from the data; without
    that, thousands of keywords and the users would have to share one. Rank 16 and 200 iterations
    take three times as long as the defaults and have about 1.4% less rmse for movies that others
    have rated.

    Args:
        seed: of the sampler.
        content: use keywords, genres and decade of the movies.
        rank: width of the factors.
        iterations: of the sampler, whose draws are averaged.
        implicit: also who rated what, whatever the stars: of each user the movies, of each movie
            the users (Koren's SVD++, and the same flipped).
    """

    seed: int
    content: bool
    rank: int = 8
    iterations: int = 100
    implicit: bool = False

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Fit on `data` and predict the rows of `pairs`; a new user is drawn from the prior."""
        from myfm import MyFMRegressor, RelationBlock  # noqa: PLC0415

        users = pd.Index(np.union1d(data.user_ids, pairs[USER]))
        identity = sparse.identity(len(users), dtype=np.float64, format="csr")
        features = MovieFeatures.build(data.movies) if self.content else MovieFeatures(())
        own_column = np.ones(len(data.movies), dtype=bool)
        movies = with_identity(features.encode(data.movies), own_column)
        kinds = ["movie"] * len(data.movies) + [*features.kinds]
        if self.implicit:
            rated = Axes(users.to_numpy(), data.movies.index.to_numpy()).stars(data.ratings)
            seen = sparse.csr_matrix(rated != 0, dtype=np.float32)
            identity = sparse.hstack([identity, scale_rows(seen, 0.5)], format="csr")
            movies = sparse.hstack([movies, scale_rows(seen.T.tocsr(), 0.5)], format="csr")
            kinds = ["seen"] * len(data.movies) + kinds + ["rater"] * len(users)
        kinds = ["user"] * len(users) + kinds

        def blocks(rows: pd.DataFrame) -> list[Any]:
            user = users.get_indexer(pd.Index(rows[USER]))
            movie = data.movies.index.get_indexer(pd.Index(rows[MOVIE]))
            return [
                RelationBlock(user, identity.astype(np.float64)),
                RelationBlock(movie, movies.astype(np.float64)),
            ]

        model = MyFMRegressor(rank=self.rank, random_seed=self.seed)
        with contextlib.redirect_stderr(io.StringIO()):  # its progress bar would tear ours
            model.fit(
                None,
                data.ratings[RATING].to_numpy(copy=True),
                X_rel=blocks(data.ratings),
                grouping=pd.factorize(np.array(kinds))[0].tolist(),
                n_iter=self.iterations,
            )
        stars = np.asarray(model.predict(None, blocks(pairs)))
        return Prediction(np.clip(stars, MIN_STARS, MAX_STARS))


@dataclass(frozen=True)
class Surprise:
    """An algorithm of Surprise, fitted."""

    algorithm: Any = field(repr=False)

    @classmethod
    def fit(cls, data: Dataset, seed: int = 0, *, name: str) -> Surprise:
        """Fit the algorithm called `name` as Surprise's manual recommends.

        KNNBaseline is the user+item bias and the 40 most similar movies that the user rated
        (Koren, 2010), by the correlation of the residuals, shrunk where few people rated both.
        SVD is matrix factorisation by gradient descent (Funk, 2006).
        """
        import surprise  # noqa: PLC0415

        if name == "SVD":
            algorithm = surprise.SVD(random_state=seed)
        else:
            similarity = {"name": "pearson_baseline", "user_based": False}
            algorithm = surprise.KNNBaseline(sim_options=similarity, verbose=False)
        scale = surprise.Reader(rating_scale=(MIN_STARS, MAX_STARS))
        ratings = surprise.Dataset.load_from_df(data.ratings[[USER, MOVIE, RATING]], scale)
        return cls(algorithm.fit(ratings.build_full_trainset()))

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Predict the rows of `pairs` (user_id, movie_id), in their order."""
        each = zip(pairs[USER], pairs[MOVIE], strict=True)
        return Prediction(np.array([self.algorithm.predict(u, m).est for u, m in each]))


def implicit_als(data: Dataset, seed: int = 0, factors: int = 16) -> AddedToBias:
    """Factorise what each user likes, weighted by the stars.

    The best of the readings tried (likes or all that was watched; weights 1, stars or
    1 + 10 ln(1 + stars); 16, 64 or 100 factors).
    """
    axes = Axes(data.user_ids, data.movies.index.to_numpy())
    return AddedToBias(als_ranker(axes, axes.stars(likes(data.ratings)), seed, factors))


def my_fm(content: bool, **options: Any) -> tuple[str, Fit]:
    """Return the library and the fit of myFM, which fits when it knows the users of the pairs."""
    return "myfm", lambda data, seed: MyFM(seed, content, **options)


RIVALS: Mapping[str, tuple[str, Fit]] = {  # name -> library, as it is imported, and fit
    "myFM": my_fm(False),
    "myFM + keywords": my_fm(True),
    "wide myFM + keywords": my_fm(True, rank=16, iterations=200),
    "wide myFM + keywords + implicit": my_fm(True, rank=16, iterations=400, implicit=True),
    "Surprise KNNBaseline": ("surprise", partial(Surprise.fit, name="KNNBaseline")),
    "Surprise SVD": ("surprise", partial(Surprise.fit, name="SVD")),
    "implicit ALS": ("implicit", implicit_als),
}


def installed_rivals() -> dict[str, Fit]:
    """Return the rivals whose library is installed."""
    return {name: fit for name, (library, fit) in RIVALS.items() if find_spec(library)}
