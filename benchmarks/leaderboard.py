"""Every model under the club protocol, beside ours.

python -m benchmarks.leaderboard --seeds 0-9 --markdown
python -m benchmarks.leaderboard --models ours,myFM --resume FILE
"""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import CONDITIONS, Clubs, split_clubs, tally
from benchmarks.readings import added_to_bias, stretched
from benchmarks.rivals import INSTALL, RIVALS, installed_rivals, missing_rivals
from benchmarks.runs import OURS, Run, append_run, fingerprint, read_runs
from benchmarks.standings import against_ours, as_markdown, as_text, table
from recommender.bundled import load_bundled
from recommender.columns import MOVIE, USER
from recommender.dataset import Dataset
from recommender.errors import RecommenderError
from recommender.evaluation.baselines import BASELINES, Predictor, popularity
from recommender.evaluation.bootstrap import Tally
from recommender.evaluation.predict import Ours
from recommender.evaluation.rankers import plain_hybrid
from recommender.model import Prediction, TrainingOptions
from recommender.recipes import fit_confidence, fit_keyword, fit_keyword_as_published

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


def contestants(names: Sequence[str] | None) -> dict[str, Predictor]:
    """Return the models called `names`; by default all whose library is installed.

    Raises:
        RecommenderError: a model needs a library that is missing.
    """
    models, missing = {**MODELS, **installed_rivals()}, ", ".join(missing_rivals())
    if names is None:
        if missing:
            print(f"Not installed, so left out: {missing}. All: {INSTALL}", file=sys.stderr)
        return models
    for name in names:
        if name not in models:
            raise RecommenderError(f"{name} needs a library that is missing here: {INSTALL}")
    return {name: models[name] for name in names}


def show(options: Namespace) -> None:
    """Print the metrics of every model, and the differences between ours and each."""
    if options.json and options.markdown:
        raise RecommenderError("Take --json or --markdown, not both.")
    runs = run_all(
        load_bundled(options.data),
        seeds=options.seeds,
        conditions=options.condition,
        models=contestants(options.models),
        file=options.resume,
        on_run=command.progress,
    )
    found, against = table(runs), against_ours(runs)
    if options.json:
        figures = {"seeds": options.seeds, "table": found.to_dict("records")}
        print(command.as_json({**figures, "ours_minus": against.to_dict("records")}))
    else:
        print((as_markdown if options.markdown else as_text)(found, against))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("leaderboard", __doc__ or "", default_seeds="0-4")
    command.data(parser)
    parser.add_argument(
        "--condition",
        type=command.choices(CONDITIONS),
        default="warm,cold",
        help="warm, cold or both (default warm,cold)",
    )
    parser.add_argument(
        "--models",
        type=command.choices([*MODELS, *RIVALS]),
        help="such as ours,myFM (default: all that are installed)",
    )
    parser.add_argument(
        "--resume",
        type=Path,
        metavar="FILE",
        help="keep finished runs in FILE and skip those already there",
    )
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
