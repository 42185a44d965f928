"""How long learning and reacting take, as medians of several runs.

    python -m benchmarks.speed            # a table
    python -m benchmarks.speed --json

Reacting is measured with eight accounts of 36, 250 and 1,500 ratings over 22,000 movies.
"""

from __future__ import annotations

import resource
import statistics
import timeit
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.rivals import MyFM, installed_rivals
from recommender import HybridModel, TrainingOptions, load_bundled

MOVIES, CANDIDATES, SIZES = 22_000, 50, (36, 250, 1500)


def seconds(run: Callable[[], object], runs: int = 1) -> float:
    """Return the median wall-clock time of `run`."""
    return statistics.median(timeit.repeat(run, number=1, repeat=runs))


def large_catalogue(fitted: HybridModel) -> HybridModel:
    """Return the model with MOVIES movies: more of the same descriptions, without ratings."""
    movies = load_bundled().movies
    more = movies.iloc[np.arange(max(MOVIES - fitted.n_movies, 0)) % len(movies)]
    index = pd.RangeIndex(10**7, 10**7 + len(more), name="movie_id")
    return fitted.with_movies(more.set_index(index))


def accounts(fitted: HybridModel, size: int) -> pd.DataFrame:
    """Return eight members who rated `size` movies each, well-known ones more often."""
    rng = np.random.default_rng(size)
    share = fitted.counts / fitted.counts.sum()
    frames = [
        pd.DataFrame(
            {
                "member_id": 10**6 + member,
                "movie_id": rng.choice(fitted.movie_ids, size, replace=False, p=share),
                "rating": rng.integers(1, 11, size) / 2,
            }
        )
        for member in range(8)
    ]
    return pd.concat(frames, ignore_index=True)


def reacting(fitted: HybridModel, size: int, runs: int) -> dict[str, float]:
    """Return milliseconds of reacting to eight accounts of `size` ratings.

    At first and after each further rating, to Tonight's CANDIDATES and to the whole catalogue, all
    with intervals; nothing is kept from one first time to the other.
    """
    own, everything = accounts(fitted, size), fitted.movie_ids
    unseen = np.setdiff1d(everything[fitted.counts > 0], own["movie_id"])
    tonight = unseen[-CANDIDATES:]
    times: dict[str, list[float]] = defaultdict(list)
    for run in range(runs):
        new = {"member_id": own["member_id"].iloc[-1], "movie_id": unseen[run], "rating": 4.5}
        more = pd.concat([own, pd.DataFrame([new])], ignore_index=True)
        fresh = replace(fitted)
        for name, model, ratings, movies in (
            ("first_tonight", replace(fitted), own, tonight),
            ("first_everything", fresh, own, everything),
            ("one_more_tonight", fresh, more, tonight),
            ("one_more_everything", fresh, more, everything),
        ):
            times[name].append(seconds(lambda: model.react(ratings, movies).interval()))  # noqa: B023
    return {f"{name}_{size}_ms": 1000 * statistics.median(each) for name, each in times.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("speed", __doc__)
    parser.add_argument("--runs", type=command.whole, default=3, help="to take the median of")
    options = parser.parse_args(argv)
    data = load_bundled()
    figures = {"fit_s": seconds(lambda: HybridModel.fit(data, TrainingOptions()), options.runs)}
    fitted = large_catalogue(HybridModel.fit(data, TrainingOptions()))
    for size in SIZES:
        figures |= reacting(fitted, size, options.runs)
    figures["memory_MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    react_s = figures[f"one_more_everything_{SIZES[0]}_ms"] / 1000
    figures["refit_to_react"] = figures["fit_s"] / react_s
    if "myFM" in installed_rivals():
        # The strongest rival learns anew for every rating.
        rival, pairs = MyFM(0, True, rank=16, iterations=400), data.ratings.head(1)
        figures["my_fm_to_react"] = seconds(lambda: rival.predict(pairs, data)) / react_s
    command.show(pd.DataFrame({"what": figures.keys(), "figure": figures.values()}), options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
