"""How long learning and reacting take, each beside a rival in the same run.

    python benchmarks/speed.py            # a table
    python benchmarks/speed.py --json

Machines are noisy, so every figure is a median of several runs taken in turn with its rival's.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pandas as pd

from recommender import Dataset, HybridModel, TrainingOptions, load_bundled, taste
from recommender.bundled import demo_club


def seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def fit_ratio(data: Dataset, runs: int) -> dict[str, float]:
    """A whole fit against the bare LightFM fits inside it."""
    whole, inside = [], []
    bare = taste.fit_lightfm
    for _ in range(runs):
        spent = []

        def timed(*args: object, **kwargs: object) -> object:
            start = time.perf_counter()
            model = bare(*args, **kwargs)  # type: ignore[arg-type]
            spent.append(time.perf_counter() - start)  # noqa: B023
            return model

        taste.fit_lightfm = timed  # type: ignore[assignment]
        try:
            whole.append(seconds(lambda: HybridModel.fit(data, TrainingOptions())))
        finally:
            taste.fit_lightfm = bare
        inside.append(sum(spent))
    ratios = [a / b for a, b in zip(whole, inside, strict=True)]
    return {
        "fit_s": statistics.median(whole),
        "lightfm_s": statistics.median(inside),
        "fit_to_lightfm": statistics.median(ratios),
    }


def reacting(data: Dataset, fit_s: float, runs: int) -> dict[str, float]:
    """Eight members over the whole catalogue with intervals, and one new rating in everything."""
    model = HybridModel.fit(data, TrainingOptions())
    own = data.ratings[data.ratings["user_id"].isin(demo_club().members)]
    own = own.rename(columns={"user_id": "member_id"}).drop(columns="timestamp")
    everything = data.movies.index.to_numpy()
    rng = np.random.default_rng(0)
    member = int(own["member_id"].iloc[0])
    unseen = np.setdiff1d(everything, own["movie_id"])
    times, updates = [], []
    for _ in range(runs):
        times.append(seconds(lambda: model.react(own, everything).interval()))
        new = {"member_id": member, "movie_id": int(rng.choice(unseen)), "rating": 4.5}
        more = pd.concat([own, pd.DataFrame([new])], ignore_index=True)
        updates.append(seconds(lambda: model.react(more, everything).interval()))  # noqa: B023
    react = statistics.median(times)
    return {
        "react_ms": 1000 * react,
        "new_rating_ms": 1000 * statistics.median(updates),
        "refit_to_react": fit_s / react,
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--runs", type=int, default=3, help="fits to take the median of")
    options = parser.parse_args(argv)
    data = load_bundled()
    figures = fit_ratio(data, options.runs)
    figures |= reacting(data, figures["fit_s"], 10 * options.runs)
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:16} {value:10.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
