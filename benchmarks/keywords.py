"""What the bundled keywords are worth: ours with them, without, exchanged, and with other words.

    python benchmarks/keywords.py                     # a table
    python benchmarks/keywords.py --other FOLDER      # and with the keywords.csv in FOLDER
    python benchmarks/keywords.py --resume FILE       # go on where it was stopped

Whoever claims that keywords help shows it against the same keywords given to other movies.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pandas as pd

from recommender import Dataset, load_bundled
from recommender.evaluation.baselines import Predictor
from recommender.evaluation.leaderboard import MODELS, OURS, run_all
from recommender.evaluation.predict import Ours
from recommender.evaluation.protocol import CONDITIONS
from recommender.evaluation.standings import table
from recommender.model import Prediction

FIGURES = ["rmse", "mae", "order", "group_rmse", "group_order", "regret"]


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


def main(argv: list[str] | None = None) -> int:
    """Print the table or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many (default %(default)s)")
    parser.add_argument("--other", type=Path, metavar="FOLDER", help="like data/, other keywords")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="where finished runs are kept")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(argv)
    runs = run_all(
        load_bundled(),
        seeds=range(options.seeds),
        conditions=CONDITIONS,
        models=contestants(options.other),
        file=options.resume,
        on_run=lambda done, total, what: print(f"{done}/{total} {what}", file=sys.stderr),
    )
    found = table(runs)[["condition", "model", *FIGURES]]
    if options.json:
        print(json.dumps(found.to_dict("records")))
    else:
        print(found.to_string(index=False, float_format="%.4f"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
