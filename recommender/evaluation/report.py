"""What `python -m recommender evaluate` and the Evaluation page show of the bundled world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import Dataset
from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.bootstrap import differences, intervals
from recommender.evaluation.predict import LIKED, Ours, error_tally
from recommender.evaluation.rankers import Axes, Ranker, plain_hybrid, popularity
from recommender.evaluation.ranking import means, ranking_metrics
from recommender.evaluation.split import random_split
from recommender.model import Prediction, TrainingOptions

OnStep = Callable[[int, int, str], None]
STEPS = 100  # roughly hundredths of the time


@dataclass(frozen=True)
class Evaluation:
    """Figures on ratings that the models had not seen, as tidy frames.

    Args:
        ranking: model, split ("train" or "test"), metric, value.
        errors: model, metric (rmse, mae), value, low, high (stars; 95% bootstrap over users), and
            excess, excess_low, excess_high: how much more than ours, drawing the same users.
        predictions: user_id, movie_id, actual, predicted, low, high (stars; 80% interval), like
            (probability of 4 stars or more), liked (bool).
    """

    ranking: pd.DataFrame
    errors: pd.DataFrame
    predictions: pd.DataFrame

    def figures(self) -> dict[str, Any]:
        """Return everything as plain numbers: ranking[model][split][metric], and so on."""
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
    on_step: OnStep | None = None,
) -> Evaluation:
    """Hold out 20% of the ratings and judge order and stars on them.

    The order is that of a plain LightFM hybrid and of popularity, with known movies left out; the
    stars are those of our own model, fed with each user's other ratings, and of the baselines.

    Args:
        data: the world.
        seed: of the split and of both models.
        options: of our own model.
        on_step: called with (steps done, steps in all, what is being done).

    Raises:
        DataError: there are too few ratings to hold some out.
    """
    report: OnStep = on_step or (lambda _done, _total, _what: None)
    report(0, STEPS, "learning an order")
    train, test = random_split(data, seed)
    rankers = {
        "hybrid": plain_hybrid(train, seed=seed),
        "popularity": popularity(
            Axes(train.user_ids, train.movies.index.to_numpy()), train.ratings
        ),
    }
    report(20, STEPS, "ranking movies")
    ranking = judge(rankers, train.ratings, test, known=train.ratings)
    ours = Ours(
        options,
        lambda done, epochs: report(25 + 60 * done // epochs, STEPS, "learning tastes"),
    )
    mine = ours(train, test, seed)
    report(90, STEPS, "comparing")
    errors = _errors(train, test, mine, seed)
    report(STEPS, STEPS, "done")
    return Evaluation(ranking, errors, _prediction_frame(test, mine))


def _errors(train: Dataset, test: pd.DataFrame, mine: Prediction, seed: int) -> pd.DataFrame:
    ours = error_tally(test, mine.stars)
    tallies = {"ours": ours} | {
        name: error_tally(test, model(train, test, seed).stars) for name, model in BASELINES.items()
    }
    names = {"difference": "excess", "low": "excess_low", "high": "excess_high"}
    frames = []
    for name, tally in tallies.items():
        excess = differences([tally], [ours], seed).rename(columns=names).drop(columns="metric")
        frames.append(pd.concat([intervals(tally, seed), excess], axis=1).assign(model=name))
    frame = pd.concat(frames, ignore_index=True)
    return frame[["model", *frame.columns.drop("model")]]


def judge(
    rankers: Mapping[str, Ranker],
    train: pd.DataFrame,
    test: pd.DataFrame,
    *,
    known: pd.DataFrame | None,
    k: int = 10,
) -> pd.DataFrame:
    """Return model, split, metric, value for rankers that share their axes.

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
    columns = ["model", "split", "metric", "value"]
    return pd.concat(frames, ignore_index=True)[columns]


def ranking_figures(ranking: pd.DataFrame) -> dict[str, dict[str, dict[str, float]]]:
    """Return a ranking frame as {model: {split: {metric: value}}}."""
    return {
        str(model): {
            str(split): {str(m): float(v) for m, v in zip(g["metric"], g["value"], strict=True)}
            for split, g in group.groupby("split", sort=False)
        }
        for model, group in ranking.groupby("model", sort=False)
    }


def _prediction_frame(test: pd.DataFrame, prediction: Prediction) -> pd.DataFrame:
    return pd.DataFrame(
        {
            USER: test[USER],
            MOVIE: test[MOVIE],
            "actual": test[RATING],
            "predicted": prediction.stars,
            "low": prediction.low,
            "high": prediction.high,
            "like": prediction.like,
            "liked": test[RATING] >= LIKED,
        }
    )
