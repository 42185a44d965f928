"""The hybrid model: everybody's opinion, plus each member's taste over LightFM's embeddings.

    stars = mu + b_movie + taste(movie) + noise

Learning (`fit`) takes seconds and reads a whole Dataset. Reacting (`react`) is a closed-form update
from a member's own ratings and takes milliseconds.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self, TypeAlias, runtime_checkable

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.bias import Bias, club_weight, offsets, weighted_ridge, with_constant
from recommender.calibration import Calibration, calibrate
from recommender.columns import MEMBER, MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset, check_movies, check_ratings
from recommender.embeddings import LOSSES, Progress, learn_embeddings
from recommender.errors import DataError
from recommender.explain import explain
from recommender.features import KEYWORD, MovieFeatures, scale_rows
from recommender.kernel import (
    ItemKernel,
    Posterior,
    Variances,
    neighbour_residuals,
)
from recommender.persistence import load_model, save_model
from recommender.predictor import MemberRatings, Predictor, RatedCovariances
from recommender.reactions import Reactions

Ids: TypeAlias = Sequence[int] | np.ndarray | pd.Series | pd.Index

FORMAT = 13  # of a saved model; raised whenever a field or an option changes its name or meaning
LIKED = 4.0  # stars from which on a movie counts as liked
FEW = 0.01  # share of new ratings up to which the last embeddings are as good as new ones
POSITIVE = {  # training options that cannot be 0
    "epochs",
    "repeats",
    "learning_rate",
    "length_scale",
    "noise_variance",
    "damping",
}


@dataclass(frozen=True)
class Prediction:
    """What a recommender expects, one entry a pair."""

    stars: np.ndarray  # (n_pairs,) expected rating; for a model with `order_only` any score
    # low, high: (n_pairs,) 80% interval in stars, from models that give one
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    # (n_pairs,) probability of 4 stars or more, from models that give one
    like: np.ndarray | None = None
    order_only: bool = False  # the scores put movies in order but are no stars


class Fitted(Protocol):
    """A model that has learned."""

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Predict the rows of `pairs`, in their order.

        Args:
            pairs: user_id, movie_id; a user or movie may be without any rating.
            data: what the model was fitted on; the users' own ratings are read from it.
        """


@runtime_checkable
class Recommender(Fitted, Protocol):
    """The interface of every model: the hybrid, published recipes, baselines and rivals.

    `fit` needs the ratings (user_id, movie_id, rating) and the movies' keywords, genres and year;
    implementations add optional arguments, such as a seed.
    """

    @classmethod
    def fit(cls, data: Dataset) -> Self:
        """Return a model that learned from `data`, without changing it.

        Raises:
            DataError: there are too few ratings to learn from.
        """


@dataclass(frozen=True)
class TrainingOptions:
    """Hyperparameters; docs/decisions.md says how they were chosen."""

    recipe: str = ""  # of `recommender.recipes.RECIPES` instead of this model, with its seed alone
    # width of each of LightFM's fits; 0 leaves LightFM out, and the model knows movies by keywords,
    # genres and decade only
    components: int = 32
    # loss (one of `LOSSES`), epochs, learning_rate, alpha (penalty on every feature): of LightFM
    loss: str = "warp"
    epochs: int = 15
    learning_rate: float = 0.15
    alpha: float = 0.0
    repeats: int = 3  # how many seeds of each of LightFM's views are put side by side
    seed: int = 0  # of LightFM; the same data and seed give the same model to the bit
    # user_bias_variance, embedding_variance, feature_variance: of these parts of a taste, stars²
    user_bias_variance: float = 0.12
    embedding_variance: float = 0.4
    length_scale: float = 0.4  # how quickly covariance falls with the distance of embeddings
    feature_variance: float = 0.08
    # how differently members follow the item bias, without a unit
    item_slope_variance: float = 0.05
    neighbour_variance: float = 0.4  # of agreeing with raters of the same residuals, stars²
    # squared residuals, stars², a movie needs before its raters count half
    neighbour_damping: float = 100.0
    noise_variance: float = 0.4  # of a rating around the member's taste, stars²
    # item_bias_variance, club_bias_variance: of an item bias around its regression on features,
    # and of one of a movie that clubs watch, stars²
    item_bias_variance: float = 0.35
    club_bias_variance: float = 0.3
    damping: float = 10.0  # how many average ratings a bias is mixed with
    embedding_penalty: float = 50.0  # of the ridge regression of embeddings on features
    min_movies: int = 5  # a feature is used when it describes at least so many movies
    max_keywords: int | None = None  # only so many keywords are used, the most frequent ones

    def __post_init__(self) -> None:
        if self.loss not in LOSSES:
            raise DataError(f"There is no loss {self.loss!r}; choose one of {', '.join(LOSSES)}.")
        for name, value in asdict(self).items():
            if isinstance(value, int | float) and not (np.isfinite(value) and value >= 0):
                raise DataError(f"The training option {name} is a number from 0 on, not {value}.")
            if name in POSITIVE and value == 0:
                raise DataError(f"The training option {name} must be above 0.")

    @property
    def of_lightfm(self) -> dict[str, Any]:
        """The options of `fit_lightfm`, but for the seed."""
        names = ("loss", "components", "epochs", "learning_rate", "alpha")
        return {name: getattr(self, name) for name in names}

    @property
    def variances(self) -> Variances:
        """Variances of the kernel; without LightFM features stand in for embeddings."""
        learned = self.components > 0
        return Variances(
            user_bias=self.user_bias_variance,
            embedding=self.embedding_variance if learned else 0.0,
            length_scale=self.length_scale,
            features=self.feature_variance if learned else 3 * self.feature_variance,
            item_slope=self.item_slope_variance,
            neighbours=self.neighbour_variance if learned else 0.0,
            noise=self.noise_variance,
        )


@dataclass(frozen=True, eq=False)
class HybridModel:
    """A trained model; made by `fit`, `load` or `with_movies`, never changed.

    Row i of every (n_movies, ...) array is movie_ids[i]; the arrays are for this package alone.
    Methods raise DataError for a movie that the model does not know.
    """

    options: TrainingOptions  # what it was trained with
    features: MovieFeatures  # the vocabulary of keywords, genres and decades
    movie_ids: np.ndarray  # (n_movies,)
    counts: np.ndarray  # (n_movies,) ratings of each movie in the data
    bias: Bias  # everybody's opinion
    kernel: ItemKernel  # how movies vary together in a taste
    # (n_features + 1, n_dimensions) regression of embeddings on features
    feature_embeddings: np.ndarray
    calibration: Calibration  # how wide ratings spread around their predictions
    user_ids: np.ndarray  # (n_users,) the raters that it learned from, sorted
    n_ratings: int  # how many ratings it learned from
    embedded: int  # how many ratings its embeddings were learned from
    content_hash: str  # `Dataset.content_hash` of what it learned from
    trained_at: datetime  # UTC
    _movies: pd.Index = field(init=False, repr=False, compare=False)
    _users: pd.Index = field(init=False, repr=False, compare=False)
    # for movies with and without ratings
    _predictors: dict[bool, Predictor] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_movies", pd.Index(self.movie_ids))
        object.__setattr__(self, "_users", pd.Index(self.user_ids))
        kernels = {True: self.kernel, False: self.kernel.without_neighbours()}
        noise, shared = self.options.noise_variance, RatedCovariances(self.kernel)
        predictors = {rated: Predictor(k, noise, shared) for rated, k in kernels.items()}
        object.__setattr__(self, "_predictors", predictors)

    @property
    def n_users(self) -> int:
        """Number of raters that it learned from."""
        return len(self.user_ids)

    @property
    def n_movies(self) -> int:
        """Number of movies that it can predict."""
        return len(self.movie_ids)

    @property
    def n_keywords(self) -> int:
        """How many keywords it knows."""
        return self.features.kinds.count(KEYWORD)

    @property
    def mean_rating(self) -> float:
        """Mean of all ratings that it learned from, stars."""
        return self.bias.mu

    @classmethod
    def fit(
        cls,
        data: Dataset,
        options: TrainingOptions | None = None,
        on_epoch: Progress | None = None,
        *,
        jobs: int | None = None,
        start: HybridModel | None = None,
        kept: Path | None = None,
    ) -> HybridModel:
        """Learn from a Dataset.

        Args:
            on_epoch: called with (epochs done, epochs in all).
            jobs: fits of LightFM at once, see `learn_embeddings`.
            start: a model of almost the same data, whose embeddings are kept if its options are the
                same and few ratings are new.
            kept: folder for LightFM's fits until all are done: a process that is killed begins
                where it was.

        Raises:
            DataError: there is no rating to learn from, or learning diverged.
        """
        options = options or TrainingOptions()
        if data.ratings.empty:
            raise DataError("There is nothing to learn from: the data has no ratings.")
        ratings, counts = data.rows, data.rating_counts.to_numpy(copy=True)
        vocabulary = MovieFeatures.build(data.movies, options.min_movies, options.max_keywords)
        content = vocabulary.encode(data.movies)
        features = scale_rows(content, 0.5)
        bias = Bias.fit(
            ratings,
            features,
            damping=options.damping,
            variance=options.item_bias_variance,
            club_variance=options.club_bias_variance,
            new=data.is_new,
        )
        known, placed, embedded = with_constant(features), counts > 0, len(ratings.stars)
        weight = club_weight(counts, ratings.n_users)
        if start is not None and start.is_near(data, options):
            rows, embedded = start._movies.get_indexer(data.movies.index), start.embedded
            placed &= (rows >= 0) & (start.counts[rows] > 0)
            embeddings = start.kernel.embeddings[rows]
        elif options.components:
            of_user, of_movie = offsets(ratings, options.damping)
            expected = bias.mu + of_user[ratings.user] + of_movie[ratings.movie]
            same = hashlib.sha256(f"{data.content_hash} {options}".encode()).hexdigest()
            embeddings = learn_embeddings(
                ratings,
                ratings.stars > expected,
                content,
                options.of_lightfm,
                repeats=options.repeats,
                seed=options.seed,
                on_epoch=on_epoch,
                jobs=jobs,
                kept=None if kept is None else kept / same,
            )
            if kept is not None:
                shutil.rmtree(kept, ignore_errors=True)
        else:
            embeddings = np.zeros((ratings.n_movies, 0), dtype=np.float32)
        of_features = weighted_ridge(known, embeddings, weight * placed, options.embedding_penalty)
        embeddings[~placed] = known[~placed] @ of_features
        kernel = ItemKernel(
            embeddings,
            features,
            bias.expected,
            neighbour_residuals(ratings, bias, options.neighbour_damping),
            options.variances,
        )
        return cls(
            options=options,
            features=vocabulary,
            movie_ids=data.movies.index.to_numpy(copy=True),
            counts=counts,
            bias=bias,
            kernel=kernel,
            feature_embeddings=of_features,
            calibration=calibrate(ratings, bias, kernel),
            user_ids=data.user_ids,
            n_ratings=len(ratings.stars),
            embedded=embedded,
            content_hash=data.content_hash,
            trained_at=datetime.now(UTC),
        )

    def is_near(self, data: Dataset, options: TrainingOptions) -> bool:
        """Return True if embeddings learned from `data` would be no better than this model's."""
        new = abs(len(data.ratings) - self.embedded)
        return options == self.options and new <= FEW * self.embedded

    def knows(self, movie_id: int) -> bool:
        """Return True if the movie can be predicted without `with_movies`."""
        return movie_id in self._movies

    def with_movies(self, movies: pd.DataFrame) -> HybridModel:
        """Return a copy that can also predict `movies`, from keywords, genres and year alone.

        Args:
            movies: as in Dataset.movies; those already known are left as they are.
        """
        new = check_movies(movies)
        new = new[[not self.knows(movie) for movie in new.index]]
        if new.empty:
            return self
        features = scale_rows(self.features.encode(new), 0.5)
        known = with_constant(features)
        expected = known @ self.bias.coefficients
        none = np.zeros(len(new))
        bias = replace(
            self.bias,
            movie=np.append(self.bias.movie, expected),
            expected=np.append(self.bias.expected, expected),
            uncertainty=np.append(self.bias.uncertainty, none + self.options.club_bias_variance),
            spread=np.append(self.bias.spread, none + 1),
        )
        no_raters = sparse.csr_matrix((len(new), self.n_users), dtype=np.float32)
        embeddings = (known @ self.feature_embeddings).astype(np.float32)
        kernel = replace(
            self.kernel,
            embeddings=np.vstack([self.kernel.embeddings, embeddings]),
            features=sparse.vstack([self.kernel.features, features], format="csr"),
            item_bias=np.append(self.kernel.item_bias, expected),
            residuals=sparse.vstack([self.kernel.residuals, no_raters], format="csr"),
        )
        return replace(
            self,
            movie_ids=np.append(self.movie_ids, new.index),
            counts=np.append(self.counts, none.astype(self.counts.dtype)),
            bias=bias,
            kernel=kernel,
        )

    def rows(self, movie_ids: Ids) -> np.ndarray:
        """Return the rows of `movie_ids`."""
        wanted = np.asarray(movie_ids)
        rows = self._movies.get_indexer(wanted)
        if (rows < 0).any():
            raise DataError(
                f"The model does not know movie {wanted[rows < 0][0]}; "
                "add it with 'with_movies' first."
            )
        return rows

    def rating_counts(self, movie_ids: Ids) -> np.ndarray:
        """Return how many ratings of each movie the model learned from, (n_movies,)."""
        return self.counts[self.rows(movie_ids)]

    def expected(self, movie_ids: Ids, without: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return everybody's opinion of movies.

        Args:
            without: member_id, movie_id, rating: ratings to take out of the item bias, which is
                exact and needs no refit. They must be as the model learned them; those of members
                whom it did not learn from change nothing.

        Returns:
            Index movie_id: expected (stars of a member without ratings), variance (of that,
                stars²).
        """
        movies = pd.Index(movie_ids, name=MOVIE)
        rows, damping = self.rows(movies), self.bias.damping
        expected, variance = self.bias.expected[rows], self.bias.uncertainty[rows]
        if without is not None:
            rater = self._users.get_indexer(pd.Index(without[MEMBER]))
            inside = without[rater >= 0]
            own = inside[RATING] - self.bias.mu - self.bias.user[rater[rater >= 0]]
            taken = own.groupby(inside[MOVIE]).agg(["sum", "size"]).reindex(movies, fill_value=0)
            total = self.counts[rows] + damping
            left = np.maximum(total - taken["size"].to_numpy(), damping)
            expected = (expected * total - taken["sum"].to_numpy()) / left
            variance = variance * total / left
        return pd.DataFrame({"expected": self.bias.mu + expected, "variance": variance}, movies)

    def residual(self, own_ratings: pd.DataFrame) -> np.ndarray:
        """Return how far ratings (movie_id, rating) lie above the item bias, (n_rated,) stars."""
        rows = self.rows(own_ratings[MOVIE])
        return own_ratings[RATING].to_numpy() - self.bias.mu - self.bias.movie[rows]

    def posterior(self, own_ratings: pd.DataFrame, member_id: int) -> Posterior:
        """Return a member's taste given their own ratings.

        Args:
            own_ratings: movie_id, rating; checked.
            member_id: the user id of a member who is also a rater in the data.
        """
        return Posterior.fit(
            self.kernel.of_rater(int(self._users.get_indexer([member_id])[0])),
            self.rows(own_ratings[MOVIE]),
            self.residual(own_ratings),
            self.options.noise_variance,
        )

    def react(
        self, member_ratings: pd.DataFrame, movie_ids: Ids, member_ids: Sequence[int] | None = None
    ) -> Reactions:
        """Predict every member's stars for every movie from the members' own ratings.

        Args:
            member_ratings: member_id, movie_id, rating; the members need not be in the data.
            movie_ids: the columns of the result.
            member_ids: the rows of the result; all of `member_ratings`, sorted, by default. A
                member without ratings gets everybody's opinion and a wide interval.

        Raises:
            DataError: a bad rating, or an unknown movie.
        """
        ratings = check_ratings(member_ratings, person=MEMBER)
        members = sorted(ratings[MEMBER].unique()) if member_ids is None else member_ids
        rows, noise = self.rows(movie_ids), self.options.noise_variance
        raters = self._users.get_indexer(pd.Index(members)).tolist()
        known, residual, own = self.rows(ratings[MOVIE]), self.residual(ratings), ratings[MEMBER]
        given = [np.flatnonzero(own == member) for member in members]
        n_rated = np.array([len(each) for each in given])
        mean, variance = np.empty((2, len(members), len(rows)))
        for rated, predictor in self._predictors.items():
            at = np.flatnonzero((self.counts[rows] > 0) == rated)
            if len(at) and len(members):
                asked = [
                    MemberRatings(member, rater if rated else -1, known[each], residual[each])
                    for member, rater, each in zip(members, raters, given, strict=True)
                ]
                taste, uncertainty, chi_square = predictor.predict(asked, rows[at])
                scale = self.calibration.variance_scale(chi_square, n_rated)[:, None]
                mean[:, at] = taste + self.bias.mu + self.bias.expected[rows[at]]
                variance[:, at] = scale * self.bias.spread[rows[at]] * (uncertainty + noise)
        shared = self.bias.uncertainty[rows]
        is_half = ratings[RATING].to_numpy() % 1 > 0
        n_halves = np.array([is_half[each].sum() for each in given])
        return Reactions(
            tuple(int(member) for member in members),
            tuple(np.asarray(movie_ids).tolist()),
            np.clip(mean, MIN_STARS, MAX_STARS),
            np.sqrt(variance + shared),
            np.sqrt(shared),
            self.calibration.thresholds_of(n_halves, n_rated),
            self.calibration.skew,
        )

    def explain(self, member_ratings: pd.DataFrame, member_id: int, movie_id: int) -> pd.DataFrame:
        """Return the parts of one prediction: kind, label, stars, movie_id, stable.

        The stars sum to the mean that `react` gives; see `recommender.explain.explain`.
        """
        ratings = check_ratings(member_ratings, person=MEMBER)
        own = ratings[ratings[MEMBER] == member_id]
        row, rows = int(self.rows([movie_id])[0]), self.rows(own[MOVIE])
        mean = float(self.react(own, [movie_id], member_ids=[member_id]).mean[0, 0])
        kernel = self.kernel if self.counts[row] else self.kernel.without_neighbours()
        rater = int(self._users.get_indexer([member_id])[0]) if self.counts[row] else -1
        member = MemberRatings(member_id, rater, rows, self.residual(own))
        seeds = kernel.split_seeds(self.options.repeats)
        return explain(
            [each.of_rater(rater) for each in (kernel, *seeds)],
            self._predictors[self.counts[row] > 0].weights(member, seeds),
            own[MOVIE],
            rows,
            row,
            mean_rating=self.bias.mu,
            item_bias=float(self.bias.expected[row]),
            mean=mean,
            labels=self.features.labels,
        )

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Predict the rows of `pairs`: every user reacts as a member with their own ratings.

        Args:
            pairs: user_id, movie_id; a user without ratings gets everybody's opinion.
            data: holds the users' ratings.
        """
        members = data.ratings.rename(columns={USER: MEMBER})
        of_member = members.groupby(MEMBER).indices
        nothing = np.zeros(0, dtype=np.int64)
        stars, low, high, like = (np.empty(len(pairs)) for _ in range(4))
        for user, at in pairs.groupby(USER).indices.items():
            own = members.iloc[of_member.get(user, nothing)]
            reactions = self.react(own, pairs[MOVIE].iloc[at], member_ids=[user])
            stars[at] = reactions.mean[0]
            low[at], high[at] = (end[0] for end in reactions.interval(0.8))
            like[at] = reactions.like_probability(LIKED)[0]
        return Prediction(stars, low, high, like)

    def save(self, folder: str | Path, *, compact: bool = False) -> None:
        """Write arrays and JSON into `folder` atomically; `compact` as `save_model` takes it.

        Raises:
            ModelFileError: `folder` holds something that is no saved model.
            OSError: something cannot be written; the old model is unchanged.
        """
        save_model(Path(folder), FORMAT, self, compact=compact)

    @classmethod
    def load(cls, folder: str | Path) -> HybridModel:
        """Read what `save` wrote.

        Raises:
            ModelFileError: there is no model, it is damaged, or another version wrote it.
        """
        return load_model(Path(folder), FORMAT, cls)
