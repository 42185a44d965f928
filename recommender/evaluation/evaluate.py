"""Accuracy of the model: on held-out ratings of the data, and on a club's own ratings.

A club's ratings are predicted as if nobody in the club had seen the movie: the members' ratings of
it are taken out of the item bias, and each member's taste is learned from their other ratings
only. Both are exact without a refit: a sum is corrected, and what a Gaussian process predicts
without one of its points follows from the inverse of its covariance (Rasmussen and Williams, 2006,
section 5.4.2). Only the embeddings stay as learned, to which a club adds little among hundreds of
raters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset, check_ratings
from recommender.evaluation.baselines import (
    BASELINES,
    Axes,
    LightFMRanker,
    Popularity,
    Ranker,
    ranking_table,
)
from recommender.evaluation.bootstrap import (
    Clarity,
    Tally,
    clarity,
    compare,
    differences,
    intervals,
)
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
SHOWN = 5  # ratings, before a member's errors are compared


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

    Ranking compares LightFM, as the model (ours, or a recipe) has it learn, with popularity; movies
    that nobody rated in the train split, and those that the user rated there, are left out. Errors
    compare the model, given each user's other ratings, with the baselines.

    Args:
        seed: of the split and of both models.
        options: of the model and of LightFM.
        k: length of the list for precision and recall.
        on_step: called with (steps done, steps in all, current step).
        on_epoch: called with `Evaluation.epochs` so far after each epoch of LightFM.

    Raises:
        DataError: there are too few ratings to hold some out.
    """
    # It imports this package.
    from recommender.recipes import RECIPES, learn  # noqa: PLC0415

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
    if options.recipe:
        recipe: Ranker = RECIPES[options.recipe].fit(train, seed=seed)
        known = np.intersect1d(rated, recipe.axes.movie_ids)
        rankers = {"LightFM": recipe.among(known), **rankers}
    elif options.components:
        learned = LightFMRanker.fit(train, options, follow).among(rated)
        rankers = {"LightFM": learned, **rankers}
    report(20, STEPS, "ranking movies")
    ranking = ranking_table(rankers, train.ratings, test, known=train.ratings, k=k)
    model = learn(
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
    ratings, mu = check_ratings(member_ratings, person=MEMBER), model.mean_rating
    movies = np.sort(ratings[MOVIE].unique())
    crowd = model.expected(movies, without=ratings if learned is None else learned)
    columns = [MEMBER, MOVIE, "actual", "predicted", "low", "high", "like"]
    frames = [pd.DataFrame(columns=[*columns, *SIMPLE.values()])]
    for member, own in ratings.groupby(MEMBER, sort=True):
        stars, others = own[RATING].to_numpy(), len(own) - 1
        residual, taste = model.residual(own), model.posterior(own, member)
        liking, variance = taste.leave_one_out()
        chi_square = taste.chi_square - taste.weights**2 * variance
        item = crowd.loc[own[MOVIE]]
        expected = item["expected"].to_numpy()
        scale = model.calibration.variance_scale(chi_square, others)
        spread = scale * model.bias.spread[model.rows(own[MOVIE])] * variance
        spread += item["variance"].to_numpy()
        mean = np.clip(expected + liking, MIN_STARS, MAX_STARS)
        is_half = stars % 1 > 0
        reactions = Reactions(
            tuple(own[MOVIE]),  # of every rating, as if each were another member's
            (0,),
            mean[:, None],
            np.sqrt(spread)[:, None],
            None,
            model.calibration.thresholds_of(is_half.sum() - is_half, others),
            model.calibration.skew,
        )
        low, high = reactions.interval(0.8)
        user_bias = (residual.sum() - residual) / (others + model.options.damping)
        found = {
            MEMBER: member,
            MOVIE: own[MOVIE].to_numpy(),
            "actual": stars,
            "predicted": mean,
            "low": low[:, 0],
            "high": high[:, 0],
            "like": reactions.like_probability()[:, 0],
            "bias": np.clip(expected + user_bias, MIN_STARS, MAX_STARS),
            "member_mean": (stars.sum() - stars) / others if others else mu,
            "constant": mu,
        }
        frames.append(pd.DataFrame(found))
    return pd.concat(frames[1:] or frames, ignore_index=True)


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
    """Ours against the simple baselines on a frame of `leave_one_out`.

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
            clarity = Margin.of(compared, len(own)).clarity
            facts = {MEMBER: member, "n": len(own), "clarity": clarity}
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
