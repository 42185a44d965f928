"""The leaderboard: every model once, nothing twice, and a table that says how sure it is."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.leaderboard import MODELS, run_all
from benchmarks.protocol import Clubs
from benchmarks.runs import OURS
from benchmarks.standings import against_ours, table
from recommender import DataError, Dataset
from recommender.evaluation.baselines import BASELINES, member_mean, popularity
from recommender.model import Prediction

CLUBS = Clubs(clubs=3, size=4, min_ratings=10, share=0.5)
BOTH = {"seeds": [0, 1], "conditions": ["warm", "cold"], "clubs": CLUBS}


def sure(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
    """Knows the checkerboard."""
    even = (pairs["user_id"] + pairs["movie_id"]) % 2 == 0
    stars = np.where(even, 5.0, 1.0)
    return Prediction(stars, stars - 0.5, stars + 0.5)


@pytest.mark.parametrize("name", list(MODELS))
def test_every_model_runs_warm_and_cold(checkerboard: Dataset, name: str, monkeypatch) -> None:
    few_epochs = {"components": 4, "epochs": 2, "learning_rate": 0.05, "alpha": 0.0}
    from recommender.evaluation import rankers

    fit = rankers.fit_warp
    for module in ("recipes", "evaluation.rankers"):
        monkeypatch.setattr(
            f"recommender.{module}.fit_warp", lambda *args, **kw: fit(*args, **{**kw, **few_epochs})
        )
    runs = run_all(
        checkerboard,
        seeds=[0],
        conditions=["warm", "cold"],
        models={name: MODELS[name]},
        clubs=CLUBS,
    )
    assert [run.key for run in runs] == [(name, "warm", 0), (name, "cold", 0)]
    figures = runs[0].tally.as_dict()
    assert 0 <= figures["order"] <= 1
    assert ("rmse" in figures) == (name != "popularity")
    assert np.isfinite(list(figures.values())).all()


def test_the_table_has_means_over_seeds_best_first(checkerboard: Dataset) -> None:
    models = {"popularity": popularity, **BASELINES, OURS: sure}
    runs = run_all(checkerboard, models=models, **BOTH)
    found = table(runs)
    assert list(found["condition"].unique()) == ["warm", "cold"]
    for _, part in found.groupby("condition"):
        assert part["model"].iloc[0] == OURS
        assert part["model"].iloc[-1] == "popularity"
        assert part["rmse"].iloc[:-1].is_monotonic_increasing
        assert part[["rmse", "mae"]].iloc[-1].isna().all()
    first = found.set_index(["condition", "model"]).loc[("warm", OURS)]
    assert first[["rmse", "order", "regret", "coverage", "width"]].tolist() == [0, 1, 0, 1, 1]
    of_seeds = [r.tally.as_dict()["rmse"] for r in runs if r.key[:2] == ("constant", "warm")]
    mean = found.set_index(["condition", "model"]).loc[("warm", "constant"), "rmse"]
    assert mean == pytest.approx(np.mean(of_seeds))


def test_every_rival_is_compared_with_ours(checkerboard: Dataset) -> None:
    runs = run_all(checkerboard, models={"member mean": member_mean, OURS: sure}, **BOTH)
    found = against_ours(runs)
    assert set(found["model"]) == {"member mean"}
    rmse = found[found["metric"] == "rmse"]
    assert (rmse["low"] <= rmse["difference"]).all()
    assert (rmse["difference"] <= rmse["high"]).all()
    assert (rmse["high"] < 0).all()
    assert against_ours([run for run in runs if run.model != OURS]).empty


def test_a_finished_run_is_not_run_again(checkerboard: Dataset, tmp_path: Path) -> None:
    calls: list[int] = []

    def counted(data: Dataset, pairs: pd.DataFrame, seed: int) -> Prediction:
        calls.append(seed)
        assert list(pairs.columns) == ["user_id", "movie_id"]  # and not the hidden stars
        return sure(data, pairs, seed)

    options = {**BOTH, "models": {OURS: counted}, "file": tmp_path / "deep" / "runs.jsonl"}
    first = run_all(checkerboard, **options)
    assert calls == [0, 1, 0, 1]
    again = run_all(checkerboard, **options)
    assert len(calls) == 4
    assert table(again).drop(columns="seconds").equals(table(first).drop(columns="seconds"))

    # A line cut off by a crash is run again, and what is written next starts a line of its own.
    text = options["file"].read_text()
    options["file"].write_text(text[:-40])
    run_all(checkerboard, **options)
    assert calls == [0, 1, 0, 1, 1]
    run_all(checkerboard, **options)
    assert len(calls) == 5
    assert json.loads(options["file"].read_text().splitlines()[-1])["seed"] == 1

    # Data that no model looks at are no other data; other ratings, or other clubs, are other runs.
    told = Dataset(checkerboard.ratings, checkerboard.movies.assign(overview="A tale", runtime=90))
    run_all(told, **options)
    assert len(calls) == 5
    fewer = Dataset(checkerboard.ratings.iloc[1:], checkerboard.movies)
    run_all(fewer, **options)
    assert len(calls) == 9
    run_all(checkerboard, **{**options, "clubs": Clubs(3, 4, 10, 0.4)})
    assert len(calls) == 13


def test_a_folder_is_no_file_of_runs(checkerboard: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        run_all(checkerboard, models={OURS: sure}, file=tmp_path, **BOTH)
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match="cannot be"):
        run_all(checkerboard, models={OURS: sure}, file=tmp_path / "file" / "runs", **BOTH)


def test_progress_is_told(checkerboard: Dataset) -> None:
    told: list[tuple[int, int, str]] = []
    run_all(
        checkerboard,
        seeds=[3],
        conditions=["warm"],
        models={OURS: sure},
        clubs=CLUBS,
        on_run=lambda *step: told.append(step),
    )
    assert told == [(0, 1, "ours, warm, seed 3"), (1, 1, "done")]
