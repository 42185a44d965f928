"""The leaderboard: every model, tables and its command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import protocol
from benchmarks.leaderboard import MODELS, main, run_all
from benchmarks.protocol import Clubs
from benchmarks.standings import OURS, table
from recommender import Dataset, recipes
from recommender.evaluation import baselines
from recommender.model import Prediction

CLUBS = Clubs(clubs=3, size=4, min_ratings=10, share=0.5)


class Sure:
    """Knows the checkerboard."""

    @classmethod
    def fit(cls, data: Dataset, seed: int) -> Sure:
        return cls()

    def predict(self, pairs: pd.DataFrame, data: Dataset) -> Prediction:
        stars = np.where((pairs["user_id"] + pairs["movie_id"]) % 2 == 0, 5.0, 1.0)
        return Prediction(stars, stars - 0.5, stars + 0.5)


def test_run_all_runs_every_model(checkerboard: Dataset, monkeypatch) -> None:
    few_epochs = {"components": 4, "epochs": 2, "learning_rate": 0.05, "alpha": 0.0}
    fit = baselines.fit_lightfm
    for module in (baselines, recipes):
        monkeypatch.setattr(
            module, "fit_lightfm", lambda *args, **kw: fit(*args, **kw | few_epochs)
        )
    runs = run_all(checkerboard, seeds=[0], conditions=["cold"], clubs=CLUBS)
    assert [run.model for run in runs] == list(MODELS)
    for run in runs:
        figures = run.tally.as_dict()
        assert 0 <= figures["order"] <= 1
        assert ("rmse" in figures) == (run.model != "popularity")
        assert np.isfinite(list(figures.values())).all()


def test_table_has_means_over_seeds_best_first(checkerboard: Dataset) -> None:
    models = {name: MODELS[name] for name in ("popularity", "constant", "user+item bias")}
    both = {"seeds": [0, 1], "conditions": ["warm", "cold"], "clubs": CLUBS}
    runs = run_all(checkerboard, models=models | {OURS: Sure.fit}, **both)
    found = table(runs)
    assert list(found["condition"].unique()) == ["warm", "cold"]
    for _, part in found.groupby("condition"):
        assert part["model"].iloc[0] == OURS
        assert part["model"].iloc[-1] == "popularity"
        assert part["rmse"].iloc[:-1].is_monotonic_increasing
        assert part[["rmse", "mae"]].iloc[-1].isna().all()
    first = found.set_index(["condition", "model"]).loc[("warm", OURS)]
    assert first[["rmse", "order", "regret", "coverage", "width"]].tolist() == [0, 1, 0, 1, 1]


def test_command_prints_json_text_and_markdown(data_folder: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(protocol, "Clubs", lambda: CLUBS)
    argv = ["--data", str(data_folder), "--seeds", "0", "--condition", "warm"]
    argv += ["--models", "constant,popularity,user+item bias"]
    assert main([*argv, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    rows = {row["model"]: row for row in figures["table"]}
    assert set(rows) == {"constant", "popularity", "user+item bias"}
    assert rows["popularity"]["rmse"] is None
    assert rows["user+item bias"]["rmse"] > 0
    assert figures["ours_minus"] == []
    assert main(argv) == 0
    assert "warm user+item bias" in capsys.readouterr().out
    assert main([*argv, "--markdown"]) == 0
    assert capsys.readouterr().out.count("| warm |") == 3
