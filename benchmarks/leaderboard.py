"""Every model under the club protocol, beside ours.

python -m benchmarks.leaderboard --seeds 0-9 --markdown
python -m benchmarks.leaderboard --models ours,myFM --resume FILE
python -m benchmarks.leaderboard --models "ours,ours without keywords" --data FOLDER
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import CONDITIONS, Clubs, split_clubs, tally
from benchmarks.rivals import INSTALL, RIVALS, AddedToBias, Stretched, installed_rivals
from benchmarks.standings import OURS, against_ours, as_markdown, as_text, table
from recommender.bundled import load_bundled
from recommender.columns import MOVIE, USER
from recommender.dataset import Dataset
from recommender.errors import DataError, RecommenderError
from recommender.evaluation.baselines import BASELINES, Fit, LightFMRanker, Popularity
from recommender.evaluation.bootstrap import Tally
from recommender.model import HybridModel, TrainingOptions
from recommender.recipes import ConfidenceRecipe, KeywordRecipe

ORDER_METRICS = ("order", "group_order", "regret")


def hybrid(change: Callable[[pd.Series, int], pd.Series] | None = None, **options: int) -> Fit:
    """Return the fit of our model.

    Args:
        change: exchanges the movies' keywords; it gets them and the seed.
        options: of TrainingOptions.
    """

    def fit(data: Dataset, seed: int) -> HybridModel:
        if change:
            movies = data.movies.assign(keywords=change(data.movies["keywords"], seed))
            data = Dataset(data.ratings, movies)
        return HybridModel.fit(data, TrainingOptions(seed=seed, **options))

    return fit


def permuted(keywords: pd.Series, seed: int) -> pd.Series:
    """Exchange the keywords of the movies that have any at random."""
    described = np.flatnonzero([len(words) > 0 for words in keywords])
    words = keywords.to_numpy(copy=True)
    words[described] = words[np.random.default_rng(seed).permutation(described)]
    return pd.Series(words, keywords.index)


MODELS: Mapping[str, Fit] = {
    **BASELINES,
    "popularity": lambda data, seed: Popularity.fit(data),
    "keyword recipe as published": lambda data, seed: Stretched(
        KeywordRecipe.fit(data, seed=seed, as_published=True)
    ),
    "keyword recipe": lambda data, seed: Stretched(KeywordRecipe.fit(data, seed=seed)),
    "confidence recipe as published": lambda data, seed: AddedToBias(
        ConfidenceRecipe.fit(data, seed=seed, as_published=True)
    ),
    "confidence recipe": lambda data, seed: AddedToBias(ConfidenceRecipe.fit(data, seed=seed)),
    "LightFM alone": lambda data, seed: AddedToBias(LightFMRanker.fit(data, seed=seed)),
    "content only": hybrid(components=0),
    "ours without keywords": hybrid(lambda keywords, _: keywords.map(lambda _: ())),
    "ours with permuted keywords": hybrid(permuted),
    OURS: hybrid(),
}


@dataclass(frozen=True)
class Run:
    """One model on one draw of clubs.

    Args:
        model, condition, seed: the key of the run.
        tally: sums of each metric by club.
        seconds: for learning and predicting together.
    """

    model: str
    condition: str
    seed: int
    tally: Tally
    seconds: float

    @property
    def key(self) -> tuple[str, str, int]:
        """The identity of the run."""
        return self.model, self.condition, self.seed


def run_all(
    data: Dataset,
    *,
    seeds: Sequence[int],
    conditions: Sequence[str],
    models: Mapping[str, Fit] = MODELS,
    clubs: Clubs | None = None,
    file: Path | None = None,
    on_run: Callable[[int, int, str], None] | None = None,
) -> list[Run]:
    """Run every model on every seed and condition.

    Args:
        models: name -> how to fit it.
        clubs: how clubs are drawn.
        file: JSON lines, one a finished run; those already there (for the same data and clubs)
            are not run again. Delete it after changing a model.
        on_run: called with (runs done, runs in all, next run).

    Raises:
        DataError: a condition is unknown, the data are too few, or `file` cannot be used.
    """
    how = clubs or Clubs()
    mark = content_mark(data, how)
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
            visible, hidden = split(condition, seed)
            started = time.perf_counter()
            found = models[name](visible, seed).predict(hidden[[USER, MOVIE]], visible)
            seconds = time.perf_counter() - started
            judged = tally(hidden, found.stars, found.low, found.high)
            judged = judged.only(ORDER_METRICS) if found.order_only else judged
            run = Run(name, condition, seed, judged, seconds)
            if file:
                append_run(file, mark, run)
        runs.append(run)
    report(len(wanted), len(wanted), "done")
    return runs


def content_mark(data: Dataset, clubs: Clubs) -> str:
    """Return a content hash of the data and of how clubs are drawn."""
    text = f"{data.content_hash} {sorted(asdict(clubs).items())}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_runs(file: Path, mark: str) -> list[Run]:
    """Return the runs in `file` with that content mark; damaged lines are skipped.

    Raises:
        DataError: `file` exists but cannot be read.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise DataError(f"The file of finished runs {file} cannot be read.") from None
    found = (_parse(line, mark) for line in lines)
    return [run for run in found if run is not None]


def _parse(line: str, mark: str) -> Run | None:
    try:
        raw = json.loads(line)
        if raw["data"] != mark:
            return None
        parts = (np.array(raw[name], dtype=np.float64) for name in ("total", "count"))
        found = Tally(tuple(raw["metrics"]), *parts)
        return Run(raw["model"], raw["condition"], int(raw["seed"]), found, float(raw["seconds"]))
    except (ValueError, KeyError, TypeError):
        return None


def append_run(file: Path, mark: str, run: Run) -> None:
    """Add `run` to `file` as a line of its own, even after one that was cut off.

    Raises:
        DataError: `file` cannot be written.
    """
    sums = {"total": run.tally.total.tolist(), "count": run.tally.count.tolist()}
    line = {"data": mark, **asdict(run), "metrics": run.tally.metrics, **sums}
    del line["tally"]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        torn = file.exists() and file.stat().st_size > 0 and file.read_bytes()[-1:] != b"\n"
        with file.open("a", encoding="utf-8") as out:
            out.write(("\n" if torn else "") + json.dumps(line) + "\n")
    except OSError:
        raise DataError(f"The file of finished runs {file} cannot be written.") from None


def contestants(names: Sequence[str] | None) -> dict[str, Fit]:
    """Return the models called `names`; by default all whose library is installed.

    Raises:
        RecommenderError: a model needs a library that is missing.
    """
    models = {**MODELS, **installed_rivals()}
    missing = [name for name in RIVALS if name not in models]
    if names is None:
        if missing:
            print(f"Not installed, so left out: {', '.join(missing)}. {INSTALL}", file=sys.stderr)
        return models
    for name in names:
        if name in missing:
            raise RecommenderError(f"{name} needs a library that is not installed. {INSTALL}")
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
    command.add_data(parser)
    parser.add_argument(
        "--condition",
        type=command.choices(CONDITIONS),
        default="warm,cold",
        help="warm, cold or both (default %(default)s)",
    )
    parser.add_argument(
        "--models",
        type=command.choices([*MODELS, *RIVALS]),
        help="such as ours,myFM (default: all that are installed)",
    )
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep finished runs in FILE")
    parser.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
