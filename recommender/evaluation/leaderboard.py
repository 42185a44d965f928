"""Every model under the club protocol, run by run, with what is finished kept in a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from recommender.columns import MOVIE, USER
from recommender.dataset import Dataset
from recommender.evaluation.baselines import BASELINES, Predictor, popularity
from recommender.evaluation.bootstrap import Tally
from recommender.evaluation.predict import Ours
from recommender.evaluation.protocol import Clubs, split_clubs, tally
from recommender.evaluation.rankers import plain_hybrid
from recommender.evaluation.readings import added_to_bias, stretched
from recommender.evaluation.runs import Run, append_run, fingerprint, read_runs
from recommender.model import Prediction, TrainingOptions
from recommender.recipes import fit_confidence, fit_keyword, fit_keyword_as_published

OURS = "ours"
ORDER_METRICS = ("order", "group_order", "regret")


def _keyword(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
    return stretched(fit_keyword(data.ratings, data.movies, seed=seed), data, pairs)


def _keyword_as_published(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
    return stretched(fit_keyword_as_published(data.ratings, data.movies, seed=seed), data, pairs)


def _confidence(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
    return added_to_bias(fit_confidence(data.ratings, data.movies, seed=seed), data, pairs)


def _confidence_as_published(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
    ranker = fit_confidence(data.ratings, data.movies, positives=data.ratings, seed=seed)
    return added_to_bias(ranker, data, pairs)


def _lightfm(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
    return added_to_bias(plain_hybrid(data, seed=seed), data, pairs)


def _permuted_keywords(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
    """Ours, after the movies that have keywords have exchanged them at random."""
    movies = data.movies.copy()
    described = np.flatnonzero([len(words) > 0 for words in movies["keywords"]])
    words = movies["keywords"].to_numpy(copy=True)
    words[described] = words[np.random.default_rng(seed).permutation(described)]
    movies["keywords"] = words
    return Ours()(Dataset(data.ratings, movies), pairs, seed)


MODELS: Mapping[str, Predictor] = {
    **BASELINES,
    "popularity": popularity,
    "keyword recipe as published": _keyword_as_published,
    "keyword recipe": _keyword,
    "confidence recipe as published": _confidence_as_published,
    "confidence recipe": _confidence,
    "LightFM alone": _lightfm,
    "content only": Ours(TrainingOptions(components=0)),
    "ours with permuted keywords": _permuted_keywords,
    OURS: Ours(),
}


def run_all(
    data: Dataset,
    *,
    seeds: Sequence[int],
    conditions: Sequence[str],
    models: Mapping[str, Predictor] = MODELS,
    clubs: Clubs | None = None,
    file: Path | None = None,
    on_run: Callable[[int, int, str], None] | None = None,
) -> list[Run]:
    """Run every model on every seed and condition.

    Args:
        data: the world.
        models: name -> predictor.
        clubs: how clubs are drawn.
        file: JSON lines, one a finished run; those already there (for the same data and clubs)
            are not run again. Delete it after changing a model.
        on_run: called with (runs done, runs in all, what comes next).

    Raises:
        DataError: a condition is unknown, the data are too few, or `file` cannot be written.
    """
    how = clubs or Clubs()
    mark = fingerprint(data, how)
    done = {run.key: run for run in read_runs(file, mark)} if file else {}
    wanted = [(c, seed, name) for c in conditions for seed in seeds for name in models]
    report: Callable[[int, int, str], None] = on_run or (lambda _done, _total, _what: None)
    runs: list[Run] = []

    @lru_cache(maxsize=1)
    def split(condition: str, seed: int) -> tuple[Dataset, pd.DataFrame]:
        return split_clubs(data, seed, condition, how)

    for condition, seed, name in wanted:
        report(len(runs), len(wanted), f"{name}, {condition}, seed {seed}")
        run = done.get((name, condition, seed))
        if run is None:
            judged, seconds = _timed(models[name], *split(condition, seed), seed)
            run = Run(name, condition, seed, judged, seconds)
            if file:
                append_run(file, mark, run)
        runs.append(run)
    report(len(wanted), len(wanted), "done")
    return runs


def _timed(
    model: Predictor, visible: Dataset, hidden: pd.DataFrame, seed: int
) -> tuple[Tally, float]:
    """Return how right `model` is, and the seconds it took."""
    started = time.perf_counter()
    found = model(visible, hidden[[USER, MOVIE]], seed)
    seconds = time.perf_counter() - started
    judged = tally(hidden, found.stars, found.low, found.high)
    return (judged.only(ORDER_METRICS) if found.order_only else judged), seconds
