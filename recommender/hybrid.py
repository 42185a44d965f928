"""The hybrid model: what everybody agrees on, plus each member's taste in LightFM's space.

    stars = mu + b_movie + b_member + taste(movie) + noise

Learning (`fit`) takes seconds and looks at the whole world. Reacting (`react`) is a closed-form
update from a member's own ratings and takes milliseconds.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from recommender import persistence
from recommender.bias import Bias, damped_mean
from recommender.columns import MEMBER, MOVIE, RATING
from recommender.dataset import (
    MAX_STARS,
    MIN_STARS,
    Dataset,
    RatingRows,
    check_movies,
    check_ratings,
)
from recommender.errors import DataError
from recommender.features import MovieFeatures, with_identity
from recommender.reactions import Reactions
from recommender.space import Space, Taste
from recommender.taste import Progress, directions, fit_lightfm, interactions


@dataclass(frozen=True)
class TrainingOptions:
    """Everything that can be chosen about learning.

    Args:
        components: width of LightFM's representations; 0 leaves LightFM out, and the model knows
            movies by keywords, genres and decade only.
        epochs: passes of LightFM over the ratings.
        learning_rate: of LightFM.
        seed: of LightFM; the same data and seed give the same model to the bit.
        taste_variance: of each of LightFM's two views in the covariance of movies, stars².
        content_variance: of the keywords, genres and decade, stars².
        noise_variance: of a rating around the member's taste, stars².
        familiarity: with this many ratings LightFM's place of a movie counts half.
        member_damping, movie_damping: how many average ratings an offset is mixed with.
        min_movies: a keyword is used when it describes at least so many movies.
    """

    components: int = 64
    epochs: int = 15
    learning_rate: float = 0.05
    seed: int = 0
    taste_variance: float = 0.1
    content_variance: float = 0.1
    noise_variance: float = 0.6
    familiarity: float = 3.0
    member_damping: float = 5.0
    movie_damping: float = 5.0
    min_movies: int = 5

    def __post_init__(self) -> None:
        if self.components < 0 or self.epochs < 1:
            raise DataError("Training needs at least one epoch and 0 or more components.")


@dataclass(frozen=True)
class HybridModel:
    """A trained model; made by `fit`, `load` or `with_movies`, never changed.

    Args:
        options: what it was trained with.
        features: the vocabulary of keywords, genres and decades.
        movie_ids: (n_movies,) row i of every array is movie_ids[i].
        counts: (n_movies,) ratings of each movie in the data.
        bias: the offsets that everybody shares.
        space: the movies' places.
        n_users, n_ratings: the size of what it learned from.
        trained_at: when, UTC.
    """

    options: TrainingOptions
    features: MovieFeatures
    movie_ids: np.ndarray
    counts: np.ndarray
    bias: Bias
    space: Space
    n_users: int
    n_ratings: int
    trained_at: datetime
    _row: dict[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        row = {int(movie): i for i, movie in enumerate(self.movie_ids)}
        object.__setattr__(self, "_row", row)

    @property
    def n_movies(self) -> int:
        """How many movies it can predict."""
        return len(self.movie_ids)

    @classmethod
    def fit(
        cls,
        data: Dataset,
        options: TrainingOptions | None = None,
        on_epoch: Progress | None = None,
    ) -> HybridModel:
        """Learn from a world of ratings.

        Args:
            data: at least one rating.
            options: see TrainingOptions.
            on_epoch: called with (epochs done, epochs in all).

        Raises:
            DataError: there is no rating to learn from.
        """
        options = options or TrainingOptions()
        if data.ratings.empty:
            raise DataError("There is nothing to learn from: the data has no ratings.")
        features = MovieFeatures.build(data.movies, options.min_movies)
        content = features.encode(data.movies)
        bias = Bias.fit(
            data.rows,
            content,
            user_damping=options.member_damping,
            movie_damping=options.movie_damping,
        )
        taste = _learn_places(data.rows, bias, content, options, on_epoch)
        return cls(
            options=options,
            features=features,
            movie_ids=data.movies.index.to_numpy().copy(),
            counts=data.rating_counts.to_numpy(copy=True),
            bias=bias,
            space=Space(taste, _scaled(content, options.content_variance)),
            n_users=data.rows.n_users,
            n_ratings=len(data.ratings),
            trained_at=datetime.now(UTC),
        )

    def knows(self, movie_id: int) -> bool:
        """Whether the movie can be predicted without `with_movies`."""
        return movie_id in self._row

    def with_movies(self, movies: pd.DataFrame) -> HybridModel:
        """Return a copy that can also predict `movies`, from keywords, genres and year alone.

        Args:
            movies: as in Dataset.movies; those already known are left as they are.
        """
        new = check_movies(movies)
        new = new[[not self.knows(movie) for movie in new.index]]
        if new.empty:
            return self
        content = self.features.encode(new)
        prior = content @ self.bias.coefficients
        bias = replace(
            self.bias,
            movie=np.concatenate([self.bias.movie, prior]),
            prior=np.concatenate([self.bias.prior, prior]),
        )
        nowhere = np.zeros((len(new), self.space.taste.shape[1]), dtype=np.float32)
        rows = _scaled(content, self.options.content_variance)
        space = Space(
            np.vstack([self.space.taste, nowhere]),
            sparse.vstack([self.space.content, rows], format="csr"),
        )
        return replace(
            self,
            movie_ids=np.concatenate([self.movie_ids, new.index.to_numpy()]),
            counts=np.concatenate([self.counts, np.zeros(len(new), dtype=self.counts.dtype)]),
            bias=bias,
            space=space,
        )

    def rows(self, movie_ids: Sequence[int] | np.ndarray | pd.Series) -> np.ndarray:
        """Return the rows of `movie_ids`.

        Raises:
            DataError: a movie is not known.
        """
        try:
            return np.array([self._row[int(movie)] for movie in movie_ids], dtype=np.int64)
        except KeyError as error:
            raise DataError(
                f"The model does not know movie {error.args[0]}; add it with 'with_movies' first."
            ) from None

    def residuals(self, rated: np.ndarray, stars: np.ndarray) -> tuple[float, np.ndarray]:
        """Split a member's stars into their own offset and what is left for taste, both stars."""
        rest = stars - self.bias.mu - self.bias.movie[rated]
        own = self.bias.of_user(rest)
        return own, rest - own

    def crowd(self, rows: np.ndarray) -> np.ndarray:
        """Stars that everybody together expects, (n_rows,)."""
        return self.bias.mu + self.bias.movie[rows]

    def react(
        self,
        member_ratings: pd.DataFrame,
        movie_ids: Sequence[int] | np.ndarray | pd.Series,
        member_ids: Sequence[int] | None = None,
    ) -> Reactions:
        """Predict every member's stars for every movie from the members' own ratings.

        Args:
            member_ratings: member_id, movie_id, rating; the members need not be in the data.
            movie_ids: what to predict.
            member_ids: the rows of the result; everyone in `member_ratings`, sorted, by default.
                A member without a rating gets the crowd's opinion and a wide interval.

        Raises:
            DataError: a bad rating, or a movie that the model does not know.
        """
        ratings = check_ratings(member_ratings, who=MEMBER)
        members = sorted(ratings[MEMBER].unique()) if member_ids is None else member_ids
        rows = self.rows(movie_ids)
        groups = dict(iter(ratings.groupby(MEMBER)))
        nothing = ratings.iloc[:0]
        mean = np.empty((len(members), len(rows)))
        variance = np.empty_like(mean)
        for i, member in enumerate(members):
            mean[i], variance[i] = self._react(groups.get(member, nothing), rows)
        return Reactions(
            tuple(int(member) for member in members),
            tuple(int(movie) for movie in movie_ids),
            np.clip(mean, MIN_STARS, MAX_STARS),
            np.sqrt(variance + self._spread(rows)),
        )

    def _react(self, ratings: pd.DataFrame, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rated = self.rows(ratings[MOVIE])
        own, rest = self.residuals(rated, ratings[RATING].to_numpy())
        taste = Taste.learn(self.space, rated, rest, self.options.noise_variance)
        mean, variance = taste.predict(self.space, rows)
        unknown_offset = self.options.noise_variance / (len(rated) + self.bias.user_damping)
        return self.crowd(rows) + own + mean, variance + unknown_offset

    def _spread(self, rows: np.ndarray) -> np.ndarray:
        """Variance (stars²) that no member's ratings take away: noise, and the movie's offset."""
        noise = self.options.noise_variance
        return noise + noise / (self.counts[rows] + self.options.movie_damping)

    def explain(self, member_ratings: pd.DataFrame, member_id: int, movie_id: int) -> pd.DataFrame:
        """Return what a prediction is made of; see `recommender.explain.explain`."""
        from recommender.explain import explain  # noqa: PLC0415  (explain builds on this module)

        return explain(self, member_ratings, member_id, movie_id)

    def save(self, folder: str | Path) -> None:
        """Write arrays and JSON into `folder`, whole or not at all."""
        persistence.save(self, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> HybridModel:
        """Read what `save` wrote.

        Raises:
            ModelFileError: there is no model, it is damaged, or another version wrote it.
        """
        return persistence.load(Path(folder))


def _scaled(content: sparse.csr_matrix, variance: float) -> sparse.csr_matrix:
    """Give each row the length sqrt(variance), whatever its number of words."""
    words = np.asarray(content.sum(axis=1)).ravel()
    scale = np.sqrt(variance / np.maximum(words, 1)).astype(np.float32)
    return sparse.csr_matrix(sparse.diags_array(scale) @ content)


def _learn_places(
    ratings: RatingRows,
    bias: Bias,
    content: sparse.csr_matrix,
    options: TrainingOptions,
    on_epoch: Progress | None,
) -> np.ndarray:
    """Two views of taste side by side, (n_movies, 2 * components): who rates what, who likes what.

    LightFM draws its negatives from all rows that it is given, so movies without a rating are
    left out: they would be pushed down.
    """
    if options.components == 0:
        return np.zeros((content.shape[0], 0), dtype=np.float32)
    counts = np.bincount(ratings.movie, minlength=ratings.n_movies)
    rated = counts > 0
    item_features = with_identity(content, rated)[rated]
    column = np.cumsum(rated) - 1
    rest = ratings.stars - bias.mu - bias.movie[ratings.movie]
    own = damped_mean(ratings.user, rest, ratings.n_users, bias.user_damping)
    views = [np.ones(len(rest), dtype=bool), rest > own[ratings.user]]
    report = _count_epochs(on_epoch, len(views) * options.epochs)

    places = np.zeros((content.shape[0], len(views) * options.components), dtype=np.float32)
    familiar = counts[rated] / (counts[rated] + options.familiarity)
    scale = np.sqrt(options.taste_variance * familiar).astype(np.float32)
    for i, chosen in enumerate(views):
        likes = interactions(
            ratings.user[chosen], column[ratings.movie[chosen]], (ratings.n_users, int(rated.sum()))
        )
        model = fit_lightfm(
            likes,
            item_features,
            components=options.components,
            epochs=options.epochs,
            learning_rate=options.learning_rate,
            seed=options.seed + i,
            on_epoch=report,
        )
        columns = slice(i * options.components, (i + 1) * options.components)
        places[rated, columns] = scale[:, None] * directions(model, item_features)
    return places


def _count_epochs(on_epoch: Progress | None, total: int) -> Callable[[], None]:
    done = itertools.count(1)

    def report() -> None:
        if on_epoch is not None:
            on_epoch(next(done), total)

    return report
