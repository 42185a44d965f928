"""Build data/model/, data/evaluation/ and data/demo_nights.json: what is learned and played.

    PYTHONPATH=. python data/build_demo.py

The model is the one that the app learns on its first start, from the bundled ratings and the demo
club: shipping it saves that start a minute. Build it anew when the data, the training options or
the format of models change; a test says so.

The nights are invented, their figures are not: on each the club watches what a model puts first
that has not seen what any of its members gave any of the night's candidates, and the stars are
those that these raters really gave.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from club.catalogue import training_data
from club.demo import load_demo
from club.store import Store
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from recommender.bundled import DATA, NIGHT_COLUMNS, demo_club
from recommender.columns import MEMBER, MOVIE, RATING, USER
from recommender.evaluation import evaluate
from recommender.group import rank
from recommender.reactions import STEPS
from ui.jobs import Evaluator
from ui.state import evaluation_key

NIGHTS, CANDIDATES, LEAST_RATERS = 8, 5, 3


def build_model(world: Dataset) -> None:
    """Learn from the demo club as the app would, and save it."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "club.db")
        load_demo(store, world, demo_club())
        HybridModel.fit(training_data(world, store)).save(DATA / "model", compact=True)


def build_nights(world: Dataset) -> None:
    """Predict what the demo's members gave the movies that several of them rated, and choose."""
    people = list(demo_club().members)
    given = world.ratings[world.ratings[USER].isin(people)]
    rated = given.groupby(MOVIE).size()
    famous = world.rating_counts.reindex(rated.index)
    order = pd.DataFrame({"rated": rated, "famous": famous}).sort_values(
        ["rated", "famous"], ascending=False, kind="stable"
    )
    pool = order.index[order["rated"] >= LEAST_RATERS][: NIGHTS * CANDIDATES]
    hidden = given[MOVIE].isin(pool)
    known = world.ratings.drop(index=given.index[hidden])
    model = HybridModel.fit(Dataset(known, world.described().movies), TrainingOptions())
    own = given[~hidden].rename(columns={USER: MEMBER})
    nights = []
    for number in range(NIGHTS):
        movies = [int(movie) for movie in pool[number::NIGHTS]]
        everyone = model.react(own, movies, member_ids=people)
        first = int(rank(everyone, "average")[MOVIE].iloc[0])
        there = [one for one in people if one in set(given.loc[given[MOVIE] == first, USER])]
        expected = model.react(own, movies, member_ids=there)
        shared = expected.shared_sd if expected.shared_sd is not None else np.zeros(len(movies))
        crowd = model.react(own.iloc[:0], movies, member_ids=[0]).mean[0]
        frame = expected.frame()
        frame = frame.assign(
            shared_sd=frame[MOVIE].map(dict(zip(movies, shared, strict=True))),
            own_mean=frame[MEMBER].map(own.groupby(MEMBER)[RATING].mean()),
            crowd=frame[MOVIE].map(dict(zip(movies, crowd, strict=True))),
        ).rename(columns={MEMBER: USER})
        rows = frame[list(NIGHT_COLUMNS)].round(4).to_numpy().tolist()
        nights.append({"movie": first, "predictions": rows})
    thresholds = [float(expected.threshold(stars).mean()) for stars in STEPS]
    found = {"thresholds": thresholds, "nights": nights}
    (DATA / "demo_nights.json").write_text(json.dumps(found) + "\n", "utf-8")


def build_evaluation(world: Dataset) -> None:
    """Hold out a fifth of the ratings and keep the figures, as the app would."""
    options = TrainingOptions()
    shutil.rmtree(DATA / "evaluation", ignore_errors=True)
    job = Evaluator(DATA / "evaluation" / evaluation_key(world, options))
    data = world.described()
    job.evaluate(lambda report: evaluate(data, options=options, on_step=report))
    job.wait()
    if job.status.state != "done" or job.status.message:
        raise SystemExit(job.status.message)


if __name__ == "__main__":
    bundled = load_bundled()
    build_nights(bundled)
    build_model(bundled)
    build_evaluation(bundled)
