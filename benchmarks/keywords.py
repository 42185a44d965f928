"""What the bundled keywords are worth: ours with them, without, exchanged, and with other words.

    python -m benchmarks.keywords                     # a table
    python -m benchmarks.keywords --other FOLDER      # and with the keywords.csv in FOLDER
    python -m benchmarks.keywords --resume FILE       # go on where it was stopped

Whoever claims that keywords help shows it against the same keywords given to other movies.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from benchmarks import command
from benchmarks.leaderboard import MODELS, run_all
from benchmarks.protocol import ACCURACY, CONDITIONS
from benchmarks.runs import OURS
from benchmarks.standings import table
from recommender import Dataset, load_bundled
from recommender.evaluation.baselines import Predictor
from recommender.evaluation.predict import Ours
from recommender.model import Prediction


def told(change: Callable[[pd.Series], pd.Series]) -> Predictor:
    """Return ours after `change` has exchanged the movies' keywords for others."""

    def predict(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
        movies = data.movies.assign(keywords=change(data.movies["keywords"]))
        return Ours()(Dataset(data.ratings, movies), pairs, seed)

    return predict


def contestants(other: Path | None) -> dict[str, Predictor]:
    """Return name -> predictor; all but the last describe the movies of the bundled keywords."""
    found = {
        OURS: MODELS[OURS],
        "genres and decade only": told(lambda keywords: keywords.map(lambda _: ())),
        "keywords of other movies": MODELS["ours with permuted keywords"],
    }
    if other:
        theirs = load_bundled(other).movies["keywords"]
        found["other keywords, same movies"] = told(
            lambda keywords: theirs.where(keywords.map(len) > 0, keywords)
        )
    return found


def show(options: Namespace) -> None:
    """Print the metrics of ours with each version of the keywords."""
    runs = run_all(
        load_bundled(),
        seeds=options.seeds,
        conditions=CONDITIONS,
        models=contestants(options.other),
        file=options.resume,
        on_run=command.progress,
    )
    command.show(table(runs)[["condition", "model", *ACCURACY]], options.json)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("keywords", __doc__ or "", default_seeds="0-4")
    parser.add_argument("--other", type=Path, metavar="FOLDER", help="like data/, other keywords")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep finished runs in FILE")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
