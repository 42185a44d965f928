"""How long learning and reacting take, each beside a rival in the same run.

    python -m benchmarks.speed            # a table
    python -m benchmarks.speed --json

Machines are noisy, so every figure is a median of several runs taken in turn with its rival's.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from unittest import mock

import numpy as np
import pandas as pd
from lightfm import evaluation
from scipy import sparse

from benchmarks import command
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled, model
from recommender.bundled import demo_club
from recommender.embeddings import fit_lightfm
from recommender.evaluation.baselines import Axes, Ranker
from recommender.evaluation.metrics import ranking_metrics
from recommender.evaluation.splits import random_split

JUDGES = (
    evaluation.auc_score,
    evaluation.precision_at_k,
    evaluation.recall_at_k,
    evaluation.reciprocal_rank,
)


def seconds(run: Callable[[], object]) -> float:
    """Return the wall-clock time of `run`."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def fitting(data: Dataset, runs: int) -> dict[str, float]:
    """Return seconds of a whole fit, of LightFM's part of it alone, and their ratio.

    Both as wall clock: the fits of LightFM run side by side.
    """
    learn, arguments, whole, alone = model.learn_embeddings, [], [], []

    def recorded(*args: object, **options: object) -> object:
        arguments[:] = [(args, options)]
        return learn(*args, **options)  # type: ignore[arg-type]

    for _ in range(runs):
        with mock.patch.object(model, "learn_embeddings", recorded):
            whole.append(seconds(lambda: HybridModel.fit(data, TrainingOptions())))
        ((args, options),) = arguments
        alone.append(seconds(lambda: learn(*args, **options)))  # type: ignore[arg-type]  # noqa: B023
    ratios = [both / part for both, part in zip(whole, alone, strict=True)]
    names = ("fit_s", "lightfm_s", "fit_to_lightfm")
    return dict(zip(names, map(statistics.median, (whole, alone, ratios)), strict=True))


def reacting(data: Dataset, fit_s: float, runs: int) -> dict[str, float]:
    """Eight members over the whole catalogue with intervals, and one new rating in everything."""
    fitted = HybridModel.fit(data, TrainingOptions())
    own = data.ratings[data.ratings["user_id"].isin(demo_club().members)]
    own = own.rename(columns={"user_id": "member_id"}).drop(columns="timestamp")
    everything = data.movies.index.to_numpy()
    rng = np.random.default_rng(0)
    member = int(own["member_id"].iloc[0])
    unseen = np.setdiff1d(everything, own["movie_id"])
    times, updates = [], []
    for _ in range(runs):
        times.append(seconds(lambda: fitted.react(own, everything).interval()))
        new = {"member_id": member, "movie_id": int(rng.choice(unseen)), "rating": 4.5}
        more = pd.concat([own, pd.DataFrame([new])], ignore_index=True)
        updates.append(seconds(lambda: fitted.react(more, everything).interval()))  # noqa: B023
    react = statistics.median(times)
    return {
        "react_ms": 1000 * react,
        "new_rating_ms": 1000 * statistics.median(updates),
        "refit_to_react": fit_s / react,
    }


def judging(data: Dataset, runs: int) -> dict[str, float]:
    """All ranking metrics against the four of lightfm.evaluation, of the same model."""
    train, test = random_split(data)
    axes = Axes(data.user_ids, data.movies.index.to_numpy())
    known, held_out = axes.stars(train.ratings).tocsr(), axes.stars(test).tocsr()
    features = sparse.eye_array(axes.shape[1], format="csr", dtype=np.float32)
    judged = fit_lightfm(known.tocoo(), features, components=64, epochs=1)
    scores = Ranker.of_lightfm(judged, axes, features).scores
    given = {"train_interactions": known, "item_features": features}
    ours, theirs = [], []
    for _ in range(runs):
        ours.append(seconds(lambda: ranking_metrics(scores, held_out, known)))
        theirs.append(seconds(lambda: [judge(judged, held_out, **given) for judge in JUDGES]))
    return {"metrics_s": statistics.median(ours), "lightfm_metrics_s": statistics.median(theirs)}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("speed", __doc__)
    parser.add_argument("--runs", type=command.whole, default=3, help="to take the median of")
    options = parser.parse_args(argv)
    data = load_bundled()
    figures = fitting(data, options.runs)
    figures |= reacting(data, figures["fit_s"], 10 * options.runs)
    figures |= judging(data, options.runs)
    command.show(pd.DataFrame({"what": figures.keys(), "figure": figures.values()}), options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
