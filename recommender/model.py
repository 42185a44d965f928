"""The hybrid model: what everybody agrees on, plus each member's taste in LightFM's space.

    stars = mu + b_movie + taste(movie) + noise

Learning (`fit`) takes seconds and looks at the whole world. Reacting (`react`) is a closed-form
update from a member's own ratings and takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.bias import Bias, club_weight, offsets, weighted_ridge, with_constant
from recommender.calibration import calibrate
from recommender.columns import MEMBER, MOVIE, RATING, USER
from recommender.dataset import (
    MAX_STARS,
    MIN_STARS,
    Dataset,
    check_movies,
    check_ratings,
)
from recommender.embeddings import Progress, learn_places
from recommender.errors import DataError
from recommender.features import MovieFeatures
from recommender.kernel import Columns, Kernel, Space, Taste, Variances
from recommender.neighbours import surprises
from recommender.persistence import load_model, save_model
from recommender.reactions import Reactions

FORMAT = 8  # of a saved model; raised whenever its facts, arrays or options change
BIAS_ARRAYS = ("movie", "expected", "words", "uncertainty", "user")
LIKED = 4.0  # stars from which on a movie counts as liked


@dataclass(frozen=True)
class Prediction:
    """What a recommender expects, one entry a pair.

    Args:
        stars: (n_pairs,) expected rating; for a model with `order_only` any score.
        low, high: (n_pairs,) 80% interval in stars, from models that give one.
        like: (n_pairs,) probability of 4 stars or more, from models that give one.
        order_only: the scores put movies in order but are no stars.
    """

    stars: np.ndarray
    low: np.ndarray | None = None
    high: np.ndarray | None = None
    like: np.ndarray | None = None
    order_only: bool = False


@runtime_checkable
class Recommender(Protocol):
    """The interface of every model: the hybrid, published recipes, baselines and rivals.

    `fit` needs the ratings (user_id, movie_id, rating) and the movies' keywords, genres and year of
    a Dataset; timestamps and other columns are ignored. Implementations add optional arguments,
    such as a seed.
    """

    @classmethod
    def fit(cls, data: Dataset) -> Self:
        """Return a model that learned from `data`, without changing it.

        Raises:
            DataError: there are too few ratings to learn from.
        """

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Predict the rows of `pairs`, in their order.

        Args:
            pairs: user_id, movie_id; a user or movie may be without any rating.
            data: what the model was fitted on; the users' own ratings are read from it.
        """


@dataclass(frozen=True)
class TrainingOptions:
    """Everything that can be chosen about learning; docs/decisions.md says how it was.

    Args:
        components: width of each of LightFM's fits; 0 leaves LightFM out, and the model knows
            movies by keywords, genres and decade only.
        epochs, learning_rate: of LightFM.
        repeats: how many seeds of each of LightFM's two views are put side by side.
        seed: of LightFM; the same data and seed give the same model to the bit.
        offset_variance, place_variance, word_variance: how much of a taste is generosity, place in
            LightFM's space, and words, stars².
        crowd_variance: how differently members go with the crowd, without a unit.
        neighbour_variance: how much of a taste is agreeing with the raters who were surprised by
            the same movies, stars².
        neighbour_damping: how many stars² of surprise a movie needs before its raters count half.
        place_scale: how quickly likeness fades with distance in LightFM's space.
        noise_variance: of a rating around the member's taste, stars².
        movie_variance: of a movie's offset around what its words let expect, stars².
        spread: how wide ratings to come spread, as a share of how wide the raters' known ratings
            do by the variances above.
        spread_weight: how many ratings of a member that counts for against what they show
            themselves.
        damping: how many average ratings an offset is mixed with.
        place_penalty: of the ridge regression that guesses a place from words.
        min_movies: a keyword is used when it describes at least so many movies.
    """

    components: int = 32
    epochs: int = 15
    learning_rate: float = 0.15
    repeats: int = 3
    seed: int = 0
    offset_variance: float = 0.12
    place_variance: float = 0.4
    place_scale: float = 0.4
    word_variance: float = 0.08
    crowd_variance: float = 0.05
    neighbour_variance: float = 0.4
    neighbour_damping: float = 100.0
    noise_variance: float = 0.4
    movie_variance: float = 0.15
    spread: float = 0.78
    spread_weight: float = 20.0
    damping: float = 10.0
    place_penalty: float = 50.0
    min_movies: int = 5

    def __post_init__(self) -> None:
        if self.components < 0 or self.epochs < 1 or self.repeats < 1:
            raise DataError("Training needs an epoch, a repeat and 0 or more components.")

    @property
    def variances(self) -> Variances:
        """The part of the options that the space of tastes needs.

        Without LightFM the words stand in for the places.
        """
        learned = self.components > 0
        return Variances(
            offset=self.offset_variance,
            place=self.place_variance if learned else 0.0,
            scale=self.place_scale,
            words=self.word_variance if learned else 3 * self.word_variance,
            crowd=self.crowd_variance,
            neighbours=self.neighbour_variance if learned else 0.0,
            noise=self.noise_variance,
        )


@dataclass(frozen=True, eq=False)  # equal to itself alone, and so a key for caches
class HybridModel:
    """A trained model; made by `fit`, `load` or `with_movies`, never changed.

    Args:
        options: what it was trained with.
        features: the vocabulary of keywords, genres and decades.
        movie_ids: (n_movies,) row i of every array is movie_ids[i].
        counts: (n_movies,) ratings of each movie in the data.
        bias: what everybody agrees on.
        space: where the movies are.
        word_places: (n_features + 1, n_dimensions) what each word adds to a guessed place.
        spread: factor on the variances of a member of whom nothing is known.
        marginal: factor on what a member's own ratings show of that, see Calibration.
        thresholds: (10,) where each half star begins, see Calibration.
        user_ids: (n_users,) the raters that it learned from, sorted.
        n_ratings: how many ratings it learned from.
        content_hash: `Dataset.content_hash` of what it learned from.
        trained_at: when, UTC.
    """

    options: TrainingOptions
    features: MovieFeatures
    movie_ids: np.ndarray
    counts: np.ndarray
    bias: Bias
    space: Space
    word_places: np.ndarray
    spread: float
    marginal: float
    thresholds: np.ndarray
    user_ids: np.ndarray
    n_ratings: int
    content_hash: str
    trained_at: datetime
    _index: pd.Index = field(init=False, repr=False, compare=False)
    _columns: dict[bool, Columns] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        alone = self.space.without_neighbours()
        object.__setattr__(self, "_index", pd.Index(self.movie_ids))
        object.__setattr__(self, "_columns", {True: Columns(self.space), False: Columns(alone)})

    @property
    def n_users(self) -> int:
        """How many raters it learned from."""
        return len(self.user_ids)

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
        ratings, counts = data.rows, data.rating_counts.to_numpy(copy=True)
        features = MovieFeatures.build(data.movies, options.min_movies)
        content = features.encode(data.movies)
        words = _unit(content)
        bias = Bias.fit(ratings, words, damping=options.damping, variance=options.movie_variance)
        if options.components:
            of_user, of_movie = offsets(ratings, options.damping)
            expected = bias.mu + of_user[ratings.user] + of_movie[ratings.movie]
            places = learn_places(
                ratings,
                ratings.stars > expected,
                content,
                components=options.components,
                epochs=options.epochs,
                learning_rate=options.learning_rate,
                repeats=options.repeats,
                seed=options.seed,
                on_epoch=on_epoch,
            )
        else:
            places = np.zeros((ratings.n_movies, 0), dtype=np.float32)
        word_places = _word_places(places, words, counts, ratings.n_users, options)
        unrated = counts == 0
        places[unrated] = with_constant(words[unrated]) @ word_places
        crowd = np.where(unrated, bias.expected, bias.movie)
        raters = surprises(ratings, bias, options.neighbour_damping)
        space = Space(places, words, crowd, raters, options.variances)
        calibration = calibrate(ratings, bias, space, options.spread)
        return cls(
            options=options,
            features=features,
            movie_ids=data.movies.index.to_numpy(copy=True),
            counts=counts,
            bias=bias,
            space=space,
            word_places=word_places,
            spread=options.spread * calibration.surprise,
            marginal=calibration.marginal,
            thresholds=calibration.thresholds,
            user_ids=data.user_ids,
            n_ratings=len(ratings.stars),
            content_hash=data.content_hash,
            trained_at=datetime.now(UTC),
        )

    def knows(self, movie_id: int) -> bool:
        """Whether the movie can be predicted without `with_movies`."""
        return movie_id in self._index

    def with_movies(self, movies: pd.DataFrame) -> HybridModel:
        """Return a copy that can also predict `movies`, from keywords, genres and year alone.

        Args:
            movies: as in Dataset.movies; those already known are left as they are.
        """
        new = check_movies(movies)
        new = new[[not self.knows(movie) for movie in new.index]]
        if new.empty:
            return self
        words = _unit(self.features.encode(new))
        known = with_constant(words)
        expected = known @ self.bias.words
        nothing = np.zeros(len(new))
        bias = replace(
            self.bias,
            movie=np.concatenate([self.bias.movie, expected]),
            expected=np.concatenate([self.bias.expected, expected]),
            uncertainty=np.concatenate(
                [self.bias.uncertainty, nothing + self.options.movie_variance]
            ),
        )
        guessed = (known @ self.word_places).astype(np.float32)
        space = replace(
            self.space,
            places=np.vstack([self.space.places, guessed]),
            words=sparse.vstack([self.space.words, words], format="csr"),
            crowd=np.concatenate([self.space.crowd, expected]),
            surprises=sparse.vstack(
                [
                    self.space.surprises,
                    sparse.csr_matrix((len(new), self.n_users), dtype=np.float32),
                ],
                format="csr",
            ),
        )
        return replace(
            self,
            movie_ids=np.concatenate([self.movie_ids, new.index.to_numpy()]),
            counts=np.concatenate([self.counts, nothing.astype(self.counts.dtype)]),
            bias=bias,
            space=space,
        )

    def rows(self, movie_ids: Sequence[int] | np.ndarray | pd.Series) -> np.ndarray:
        """Return the rows of `movie_ids`.

        Raises:
            DataError: a movie is not known.
        """
        wanted = np.asarray(movie_ids)
        rows = self._index.get_indexer(wanted)
        if (rows < 0).any():
            raise DataError(
                f"The model does not know movie {wanted[rows < 0][0]}; "
                "add it with 'with_movies' first."
            )
        return rows

    def kernel(self, member_id: int, *, rated: bool = True) -> Kernel:
        """Return the covariance as a member's taste has it.

        Args:
            member_id: a member who is also a rater in the data has the same id there.
            rated: whether movies that somebody rated are to be predicted, or such that nobody did.
        """
        rater = int(np.searchsorted(self.user_ids, member_id))
        known = rater < self.n_users and self.user_ids[rater] == member_id
        return Kernel(self._columns[rated], self.space.own_part(rater) if known and rated else None)

    def taste(self, own_ratings: pd.DataFrame, kernel: Kernel) -> Taste:
        """What a member's own ratings (movie_id, rating; checked) say about their taste."""
        rated = self.rows(own_ratings[MOVIE])
        residual = own_ratings[RATING].to_numpy() - self.bias.mu - self.bias.movie[rated]
        covariance = kernel.covariance(rated, rated)
        return Taste.learn(rated, residual, covariance, self.options.noise_variance)

    def spread_of(self, surprise: Any, n_rated: Any) -> Any:
        """How much wider (1 is as expected) a member's ratings spread than the variances say.

        Some people's stars are easier to foresee than others'. The posterior mean of a common
        factor on all variances, which turns the normal distribution into Student's (Rasmussen and
        Williams, 2006, section 9.9).

        Args:
            surprise: `Taste.surprise`, one or an array of them.
            n_rated: how many ratings showed it.
        """
        weight = self.options.spread_weight
        return (weight * self.spread + self.marginal * surprise) / (weight + n_rated)

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
        own = [ratings[ratings[MEMBER] == member] for member in members]
        crowd = self.bias.mu + self.bias.expected[rows]
        mean, variance = np.empty((2, len(members), len(rows)))
        for rated in (True, False):
            at = np.flatnonzero((self.counts[rows] > 0) == rated)
            if not len(at):
                continue
            for i, (member, own_ratings) in enumerate(zip(members, own, strict=True)):
                kernel = self.kernel(member, rated=rated)
                taste = self.taste(own_ratings, kernel)
                across = kernel.covariance(taste.rated, rows[at])
                liking, doubt = taste.predict(across, kernel.variance(rows[at]))
                mean[i, at] = crowd[at] + liking
                spread = self.spread_of(taste.surprise, len(taste.rated))
                variance[i, at] = spread * (doubt + self.options.noise_variance)
        shared = self.bias.uncertainty[rows]
        return Reactions(
            tuple(int(member) for member in members),
            tuple(np.asarray(movie_ids).tolist()),
            np.clip(mean, MIN_STARS, MAX_STARS),
            np.sqrt(variance + shared),
            np.sqrt(shared),
            self.thresholds,
        )

    def explain(self, member_ratings: pd.DataFrame, member_id: int, movie_id: int) -> pd.DataFrame:
        """Return what a prediction is made of; see `recommender.explain.explain`."""
        from recommender.explain import explain  # noqa: PLC0415  (explain builds on this module)

        return explain(self, member_ratings, member_id, movie_id)

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        """Predict the rows of `pairs`: every user reacts as a member with their own ratings.

        Args:
            pairs: user_id, movie_id; a user without ratings gets the crowd's opinion.
            data: holds the users' ratings.

        Raises:
            DataError: a movie that the model does not know.
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

    def save(self, folder: str | Path) -> None:
        """Write arrays and JSON into `folder` atomically.

        Raises:
            ModelFileError: `folder` holds something that is no saved model.
            OSError: something cannot be written; the old model is unchanged.
        """
        arrays = {
            "movie_ids": self.movie_ids,
            "counts": self.counts,
            "user_ids": self.user_ids,
            "word_places": self.word_places,
            "thresholds": self.thresholds,
            "places": self.space.places,
            "crowd": self.space.crowd,
            **_packed("words", self.space.words),
            **_packed("surprises", self.space.surprises),
            **{f"bias_{name}": getattr(self.bias, name) for name in BIAS_ARRAYS},
        }
        facts = {
            "trained_at": self.trained_at.isoformat(),
            "content_hash": self.content_hash,
            "n_ratings": self.n_ratings,
            "mu": self.bias.mu,
            "spread": self.spread,
            "marginal": self.marginal,
            "options": asdict(self.options),
            "features": self.features.names,
        }
        save_model(Path(folder), FORMAT, facts, arrays)

    @classmethod
    def load(cls, folder: str | Path) -> HybridModel:
        """Read what `save` wrote.

        Raises:
            ModelFileError: there is no model, it is damaged, or another version wrote it.
        """
        facts, arrays = load_model(Path(folder), FORMAT)
        options = TrainingOptions(**facts["options"])
        return cls(
            options=options,
            features=MovieFeatures(tuple(facts["features"])),
            movie_ids=arrays["movie_ids"],
            counts=arrays["counts"],
            bias=Bias(
                mu=facts["mu"],
                damping=options.damping,
                **{name: arrays[f"bias_{name}"] for name in BIAS_ARRAYS},
            ),
            space=Space(
                arrays["places"],
                _unpacked("words", arrays),
                arrays["crowd"],
                _unpacked("surprises", arrays),
                options.variances,
            ),
            word_places=arrays["word_places"],
            spread=facts["spread"],
            marginal=facts["marginal"],
            thresholds=arrays["thresholds"],
            user_ids=arrays["user_ids"],
            n_ratings=facts["n_ratings"],
            content_hash=facts["content_hash"],
            trained_at=datetime.fromisoformat(facts["trained_at"]),
        )


def _packed(name: str, matrix: sparse.csr_matrix) -> dict[str, np.ndarray]:
    """Return a sparse matrix as arrays for saving."""
    return {
        f"{name}_data": matrix.data,
        f"{name}_indices": matrix.indices,
        f"{name}_indptr": matrix.indptr,
        f"{name}_shape": np.array(matrix.shape),
    }


def _unpacked(name: str, arrays: dict[str, np.ndarray]) -> sparse.csr_matrix:
    data, indices, indptr, shape = (
        arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr", "shape")
    )
    return sparse.csr_matrix((data, indices, indptr), shape=tuple(shape.tolist()))


def _unit(content: sparse.csr_matrix) -> sparse.csr_matrix:
    """Give each row length 1, whatever its number of words."""
    length = np.sqrt(np.maximum(np.asarray(content.sum(axis=1)).ravel(), 1))
    scaled = sparse.diags_array((1 / length).astype(np.float32)) @ content
    return sparse.csr_matrix(scaled, dtype=np.float32)


def _word_places(
    places: np.ndarray,
    words: sparse.csr_matrix,
    counts: np.ndarray,
    n_users: int,
    options: TrainingOptions,
) -> np.ndarray:
    """How a movie's place follows from its words: (n_features + 1, n_dimensions)."""
    known = with_constant(words)
    if not places.shape[1]:
        return np.zeros((known.shape[1], 0))
    return weighted_ridge(known, places, club_weight(counts, n_users), options.place_penalty)
