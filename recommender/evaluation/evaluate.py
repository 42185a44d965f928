"""Accuracy of the model: on held-out ratings of the data, and on a club's own ratings.

A club's ratings are predicted as if nobody in the club had seen the movie: the members' ratings of
it are taken out of the item bias, and each member's taste is learned from their other ratings
only. Both are exact without a refit: a sum is corrected, and what a Gaussian process predicts
without one of its points follows from the inverse of its covariance (Rasmussen and Williams, 2006,
section 5.4.2). Only the embeddings stay as learned, to which a club adds little among hundreds of
raters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import linalg

from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset, check_ratings
from recommender.evaluation.baselines import BASELINES, Axes, LightFMRanker, Popularity, Ranker
from recommender.evaluation.bootstrap import (
    Clarity,
    Tally,
    clarity,
    compare,
    differences,
    intervals,
)
from recommender.evaluation.metrics import means, ranking_metrics
from recommender.evaluation.splits import random_split
from recommender.model import LIKED, HybridModel, Prediction, TrainingOptions
from recommender.reactions import Reactions

OnStep = Callable[[int, int, str], None]
STEPS = 100  # roughly hundredths of the time
FOLLOWED = 100  # users, roughly, that the AUC after each epoch is measured on
OURS = "ours"
SIMPLE: Mapping[str, str] = {
    "user+item bias": "bias",
    "own mean": "member_mean",
    "mean of all ratings": "constant",
}
SIZES = (0, 1, 3, 5, 10, 20, 40, 80, 120)  # known ratings along the learning curve
SPARE = 5  # ratings to predict, beside the known ones
SHOWN = 5  # ratings, before a member's errors are compared
LOSSES = ("rmse", "bias_rmse", "mae", "bias_mae", "gap")


@dataclass(frozen=True)
class Evaluation:
    """Figures on ratings that the models had not seen, as tidy frames."""

    ranking: pd.DataFrame  # model, split ("train" or "test"), metric, value
    epochs: pd.DataFrame  # LightFM's AUC after each epoch: epoch (from 1), split, value
    # model, metric (rmse, mae), value, low, high (stars; 95% bootstrap over users), and excess,
    # excess_low, excess_high: how much more than ours, drawing the same users
    errors: pd.DataFrame
    # user_id, movie_id, actual, predicted, low, high (stars; 80% interval), like (probability of 4
    # stars or more), liked (bool)
    predictions: pd.DataFrame

    def figures(self) -> dict[str, Any]:
        """Return all as plain numbers: ranking[model][split][metric], and so on."""
        rows = self.predictions
        inside = rows["actual"].between(rows["low"], rows["high"])
        return {
            "ranking": ranking_figures(self.ranking),
            "errors": {
                str(model): group.drop(columns="model").set_index("metric").to_dict("index")
                for model, group in self.errors.groupby("model", sort=False)
            },
            "intervals": {
                "level": 0.8,
                "coverage": float(inside.mean()),
                "width": float((rows["high"] - rows["low"]).mean()),
            },
            "held_out_ratings": len(rows),
        }


def evaluate(
    data: Dataset,
    *,
    seed: int = 0,
    options: TrainingOptions | None = None,
    k: int = 10,
    on_step: OnStep | None = None,
    on_epoch: Callable[[pd.DataFrame], None] | None = None,
) -> Evaluation:
    """Hold out 20% of the ratings and measure ranking and errors on them.

    Ranking compares LightFM, as the hybrid model has it learn, with popularity; movies that nobody
    rated in the train split, and those that the user rated there, are left out. Errors compare the
    hybrid model, given each user's other ratings, with the baselines.

    Args:
        seed: of the split and of both models.
        options: of the hybrid model and of LightFM.
        k: length of the list for precision and recall.
        on_step: called with (steps done, steps in all, current step).
        on_epoch: called with `Evaluation.epochs` so far after each epoch of LightFM.

    Raises:
        DataError: there are too few ratings to hold some out.
    """
    report: OnStep = on_step or (lambda *_: None)
    options = replace(options or TrainingOptions(), seed=seed)
    report(0, STEPS, "learning an order")
    train, test = random_split(data, seed)
    rated = np.unique(train.ratings[MOVIE])
    followed = np.unique(test[USER])[:: len(np.unique(test[USER])) // FOLLOWED + 1]
    some = [part[part[USER].isin(followed)] for part in (train.ratings, test)]
    epochs = pd.DataFrame({"epoch": [], "split": [], "value": []})

    def follow(ranker: Ranker) -> None:
        nonlocal epochs
        now = ranking_table({"LightFM": ranker.among(rated)}, *some, known=some[0])
        now = now.loc[now["metric"] == "auc", ["split", "value"]]
        done = len(epochs) // 2 + 1
        epochs = pd.concat([epochs, now.assign(epoch=done)], ignore_index=True)
        report(20 * done // options.epochs, STEPS, "learning an order")
        if on_epoch is not None:
            on_epoch(epochs)

    rankers: dict[str, Ranker] = {"popularity": Popularity.fit(train, Axes.of(train.ratings))}
    if options.components:
        learned = LightFMRanker.fit(train, options, follow).among(rated)
        rankers = {"LightFM": learned, **rankers}
    report(20, STEPS, "ranking movies")
    ranking = ranking_table(rankers, train.ratings, test, known=train.ratings, k=k)
    model = HybridModel.fit(
        train,
        options,
        lambda done, total: report(25 + 60 * done // total, STEPS, "learning tastes"),
    )
    ours = model.predict(test, train)
    report(90, STEPS, "comparing")
    errors = _errors(train, test, ours, seed)
    report(STEPS, STEPS, "done")
    predictions = test[[USER, MOVIE]].assign(
        actual=test[RATING],
        predicted=ours.stars,
        low=ours.low,
        high=ours.high,
        like=ours.like,
        liked=test[RATING] >= LIKED,
    )
    return Evaluation(ranking, epochs, errors, predictions)


def _errors(train: Dataset, test: pd.DataFrame, ours: Prediction, seed: int) -> pd.DataFrame:
    tallies = {OURS: error_tally(test, ours.stars)}
    for name, fit in BASELINES.items():
        tallies[name] = error_tally(test, fit(train, seed).predict(test, train).stars)
    names = {"difference": "excess", "low": "excess_low", "high": "excess_high"}
    frames = []
    for name, tally in tallies.items():
        excess = differences([tally], [tallies[OURS]], seed).rename(columns=names)
        parts = [intervals(tally, seed), excess.drop(columns="metric")]
        frames.append(pd.concat(parts, axis=1).assign(model=name))
    frame = pd.concat(frames, ignore_index=True)
    return frame[["model", *frame.columns.drop("model")]]


def error_tally(held_out: pd.DataFrame, predicted: np.ndarray) -> Tally:
    """Return rmse and mae (stars) by user, for a bootstrap over users."""
    error = np.asarray(predicted) - held_out[RATING].to_numpy()
    errors = pd.DataFrame({"rmse": error**2, "mae": np.abs(error)})
    by_user = errors.groupby(held_out[USER].to_numpy())
    return Tally(("rmse", "mae"), by_user.sum().to_numpy(), by_user.count().to_numpy(float))


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


def ranking_figures(ranking: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """Return a ranking frame as {model: {split: {metric: value}}}."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for row in ranking.itertuples():
        of_model = found.setdefault(str(row.model), {})
        of_model.setdefault(str(row.split), {})[str(row.metric)] = float(row.value)
    return found


def leave_one_out(
    model: HybridModel, member_ratings: pd.DataFrame, learned: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Predict every rating of the club from all the others but those of the same movie.

    Args:
        model: knows every movie of `member_ratings` (see `HybridModel.with_movies`).
        member_ratings: member_id, movie_id, rating.
        learned: the club's ratings as they were in the model's data; None when they were just
            `member_ratings`. They are taken out of the item bias, see `HybridModel.expected`.

    Returns:
        One row a rating: member_id, movie_id, actual, predicted, low, high (80%), like (probability
        of 4 stars or more), and the baselines bias (item bias and the member's own), member_mean
        and constant (the mean of all ratings that the model learned from), in stars.
    """
    return _predict(model, check_ratings(member_ratings, person=MEMBER), learned)


def in_order_of_time(
    model: HybridModel, member_ratings: pd.DataFrame, learned: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Predict every rating from the same member's earlier ones.

    Args:
        member_ratings: as in `leave_one_out`, with timestamp (seconds).

    Returns:
        As `leave_one_out`, in order of time within a member, and earlier: the number of the
        member's ratings that were known.
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    ratings = ratings.sort_values([MEMBER, TIMESTAMP, MOVIE], kind="stable", ignore_index=True)
    found = _predict(model, ratings, learned, in_order=True)
    return found.assign(earlier=found.groupby(MEMBER).cumcount())


def _predict(
    model: HybridModel,
    ratings: pd.DataFrame,
    learned: pd.DataFrame | None,
    *,
    in_order: bool = False,
) -> pd.DataFrame:
    crowd, mu = _crowd(model, ratings, learned), model.mean_rating
    columns = [MEMBER, MOVIE, "actual", "predicted", "low", "high", "like"]
    frames = [pd.DataFrame(columns=[*columns, *SIMPLE.values()])]
    for member, own in ratings.groupby(MEMBER, sort=True):
        stars = own[RATING].to_numpy()
        residual, taste = model.residual(own), model.posterior(own, member)
        if in_order:
            # Row n of the Cholesky factor is what rating n adds to those before it.
            white = linalg.solve_triangular(taste.factor, residual, lower=True)
            scale, used = np.diag(taste.factor), np.arange(len(stars))
            liking, variance = residual - scale * white, scale**2
            chi_square, *known = (np.cumsum(v) - v for v in (white**2, stars, residual))
        else:
            liking, variance = taste.leave_one_out()
            used = np.full(len(stars), len(stars) - 1)
            chi_square = taste.chi_square - taste.weights**2 * variance
            known = [values.sum() - values for values in (stars, residual)]
        item = crowd.loc[own[MOVIE]]
        expected = item["expected"].to_numpy()
        spread = model.variance_scale(chi_square, used) * variance + item["variance"].to_numpy()
        mean = np.clip(expected + liking, MIN_STARS, MAX_STARS)
        movies = tuple(own[MOVIE])
        reactions = Reactions(
            (0,), movies, mean[None], np.sqrt(spread)[None], thresholds=model.thresholds
        )
        low, high = reactions.interval(0.8)
        user_bias = known[1] / (used + model.options.damping)
        found = {
            MEMBER: member,
            MOVIE: own[MOVIE].to_numpy(),
            "actual": stars,
            "predicted": mean,
            "low": low[0],
            "high": high[0],
            "like": reactions.like_probability()[0],
            "bias": np.clip(expected + user_bias, MIN_STARS, MAX_STARS),
            "member_mean": np.where(used > 0, known[0] / np.maximum(used, 1), mu),
            "constant": mu,
        }
        frames.append(pd.DataFrame(found))
    return pd.concat(frames[1:] or frames, ignore_index=True)


def _crowd(model: HybridModel, ratings: pd.DataFrame, learned: pd.DataFrame | None) -> pd.DataFrame:
    """Return everybody's opinion of the rated movies, without the club's ratings."""
    movies = np.sort(ratings[MOVIE].unique())
    return model.expected(movies, without=ratings if learned is None else learned)


def learning_curve(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    sizes: Sequence[int] | None = None,
    *,
    learned: pd.DataFrame | None = None,
    repeats: int = 5,
    seed: int = 0,
) -> pd.DataFrame:
    """Predict the same ratings of the same members from more and more of their other ratings.

    Each member's ratings are shuffled `repeats` times; the first ones, `sizes` of them, are known,
    and those behind the largest size are predicted. Members with too few for the largest size are
    left out: otherwise the curve would compare people, not numbers of ratings.

    Args:
        member_ratings: member_id, movie_id, rating.
        sizes: ascending; None for those of `SIZES` that at least half of the members reach.
        learned: as in `leave_one_out`.

    Returns:
        known (number of ratings), members (number of members), rmse and mae of ours, bias_rmse and
        bias_mae of the user+item bias, gap (bias_mae - mae), gap_low, gap_high (95% bootstrap over
        members); all in stars.
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    counts = ratings[MEMBER].value_counts()
    if sizes is None:
        sizes = [n for n in SIZES if len(counts) and (counts >= n + SPARE).mean() >= 0.5]
    people = [] if not sizes else sorted(counts.index[counts >= max(sizes) + SPARE])
    if not people:
        return pd.DataFrame(columns=["known", "members", *LOSSES, "gap_low", "gap_high"])
    expected = _crowd(model, ratings, learned)["expected"]
    rng = np.random.default_rng(seed)
    own = [ratings[ratings[MEMBER] == member] for member in people]
    total = np.stack(
        [_losses(model, one, expected, sizes, repeats=repeats, rng=rng) for one in own]
    )
    count = np.array([repeats * (len(one) - max(sizes)) for one in own], dtype=float)
    curve = pd.DataFrame(total.sum(axis=0) / count.sum(), columns=list(LOSSES))
    roots = ["rmse", "bias_rmse"]
    curve[roots] = np.sqrt(curve[roots])
    names, gap = tuple(map(str, sizes)), total[:, :, LOSSES.index("gap")]
    ends = intervals(Tally(names, gap, np.repeat(count[:, None], len(sizes), axis=1)), seed)
    curve.insert(0, "known", list(sizes))
    curve.insert(1, "members", len(people))
    return curve.assign(gap_low=ends["low"], gap_high=ends["high"])


def _losses(
    model: HybridModel,
    own: pd.DataFrame,
    expected: pd.Series,
    sizes: Sequence[int],
    *,
    repeats: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return the sums of a member's losses, (n_sizes, n_losses); squares for the roots."""
    rows, stars, most = model.rows(own[MOVIE]), own[RATING].to_numpy(), max(sizes)
    residual = model.residual(own)
    crowd = expected.loc[own[MOVIE]].to_numpy()
    kernel = model.posterior(own.iloc[:0], own[MEMBER].iloc[0]).kernel
    covariance = kernel.covariance(rows, rows).astype(np.float64)
    at, total = list(sizes), np.zeros((len(sizes), len(LOSSES)))
    for _ in range(repeats):
        order = rng.permutation(len(own))
        known, hidden = order[:most], order[most:]
        gram = covariance[np.ix_(known, known)] + model.options.noise_variance * np.eye(most)
        factor = linalg.cholesky(gram, lower=True)
        # Row n of what both, whitened, have in common is what rating n adds to those before it.
        across = linalg.solve_triangular(factor, covariance[np.ix_(known, hidden)], lower=True)
        white = linalg.solve_triangular(factor, residual[known], lower=True)
        liking = _running(across * white[:, None])[at]
        user_bias = _running(residual[known])[at] / (np.array(at) + model.options.damping)
        ours, bias = (
            np.clip(crowd[hidden] + part, MIN_STARS, MAX_STARS) - stars[hidden]
            for part in (liking, user_bias[:, None])
        )
        misses = np.abs(ours), np.abs(bias)
        losses = (ours**2, bias**2, *misses, misses[1] - misses[0])
        total += np.stack([loss.sum(axis=1) for loss in losses], axis=1)
    return total


def _running(parts: np.ndarray) -> np.ndarray:
    """Return the sums of the first 0, 1, 2, ... of `parts` along the first axis."""
    return np.concatenate([np.zeros_like(parts[:1]), np.cumsum(parts, axis=0)])


def change_with_more(curve: pd.DataFrame, now: float, more: int = 20) -> float:
    """Return the factor by which `more` ratings change the mean absolute error.

    The curve is linear over the logarithm, and goes on behind its last size.

    Args:
        curve: from `learning_curve`, two sizes or more.
        now: number of ratings known already.
    """
    sizes, error = np.log1p(curve["known"].to_numpy(float)), curve["mae"].to_numpy()
    slope = (error[-1] - error[-2]) / (sizes[-1] - sizes[-2])
    wanted = np.log1p([now, now + more])
    before, after = np.interp(wanted, sizes, error) + slope * np.maximum(wanted - sizes[-1], 0)
    return float(after / before)


def absolute_errors(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the absolute error (stars) of each model for each rating; ours first."""
    columns = {OURS: "predicted", **SIMPLE}
    return pd.DataFrame({m: (frame[c] - frame["actual"]).abs() for m, c in columns.items()})


@dataclass(frozen=True)
class Margin:
    """Our loss beside that of the best simple baseline."""

    n: int  # ratings behind it
    ours: float  # our mean loss
    rival: str  # the baseline with the smallest loss
    theirs: float  # its mean loss
    # gap, low, high: theirs - ours, with its 95% interval
    gap: float
    low: float
    high: float

    @classmethod
    def of(cls, compared: pd.DataFrame, n: int) -> Margin:
        """Read the frame of `compare` on `n` ratings."""
        models = compared.set_index("model")
        rival = str(models["value"].drop(OURS).idxmin())
        best = models.loc[rival, ["value", "gap", "gap_low", "gap_high"]].astype(float)
        return cls(n, float(models.at[OURS, "value"]), rival, *best)

    @property
    def clarity(self) -> Clarity:
        """How clear the gap is."""
        return clarity(self.n, self.low, self.high)


@dataclass(frozen=True)
class Findings:
    """Ours against the simple baselines on a frame of `leave_one_out` or `in_order_of_time`.

    Figures are means over ratings with a bootstrap over movies: members' ratings of one movie
    depend on each other.
    """

    predictions: pd.DataFrame  # as given, with liked (bool: 4 stars or more)
    errors: pd.DataFrame  # `compare` of `absolute_errors`
    # member_id, n, clarity (against the member's best baseline) and the columns of `compare` of the
    # errors, one row a member and model; members with `SHOWN` ratings
    members: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Findings:
        """Compare on the rows of `frame`, at least one."""
        errors = absolute_errors(frame)
        names = ["model", "value", "low", "high", "gap", "gap_low", "gap_high"]
        members = [pd.DataFrame(columns=[MEMBER, "n", "clarity", *names])]
        for member, own in frame.groupby(MEMBER):
            if len(own) < SHOWN:
                continue
            compared = compare(errors.loc[own.index], own[MOVIE])
            facts = {MEMBER: member, "n": len(own)}
            facts["clarity"] = Margin.of(compared, len(own)).clarity
            members.append(compared.assign(**facts)[members[0].columns])
        return cls(
            predictions=frame.assign(liked=frame["actual"] >= LIKED),
            errors=compare(errors, frame[MOVIE]),
            members=pd.concat(members[1:] or members, ignore_index=True),
        )

    @property
    def n(self) -> int:
        """Number of ratings."""
        return len(self.predictions)

    @property
    def margin(self) -> Margin:
        """The margin of the errors."""
        return Margin.of(self.errors, self.n)
