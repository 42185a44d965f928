"""The people protocol: strangers held out whole, figures by bucket."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import leaderboard, people
from recommender import Dataset, HybridModel, TrainingOptions
from recommender.errors import DataError
from recommender.evaluation.baselines import BASELINES


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "SIZES", (0, 1, 8))
    monkeypatch.setattr(people, "HIDDEN", 5)


def test_people_are_held_out_whole(checkerboard: Dataset) -> None:
    visible, known, hidden = people.split_people(checkerboard, 2)
    assert set(known["user_id"]) == set(hidden["user_id"]) == {2, 7, 12, 17, 22}
    assert not (visible.user_ids % 5 == 2).any()
    both = pd.concat([known, hidden])
    assert not both.duplicated(["user_id", "movie_id"]).any()
    assert hidden.groupby("user_id").size().tolist() == [5] * 5
    assert known.groupby("user_id").size().min() >= 8
    with pytest.raises(DataError, match="Nobody in fold 2"):
        people.split_people(visible, 2)


def test_ours_learns_from_known_ratings_alone(
    checkerboard: Dataset, tiny_options: TrainingOptions
) -> None:
    learned = []

    def fit(data: Dataset, seed: int) -> HybridModel:
        learned.append(set(data.user_ids))
        return HybridModel.fit(data, tiny_options)

    models = {"ours": fit, "bias": BASELINES["user+item bias"]}
    rows = people.run_people(checkerboard, folds=[2], models=models)
    assert learned == [set(checkerboard.user_ids) - {2, 7, 12, 17, 22}]
    assert len(rows) == 2 * 3 * 25
    ours = rows[rows["model"] == "ours"]
    error = (ours["stars"] - ours["rating"]).abs().groupby(ours["known"]).mean()
    assert error[8] < 0.7 * error[0]
    found = people.buckets(rows, "ours").set_index(["by", "bucket", "model"]).sort_index()
    most = found.loc[("known", 8, "bias")]
    assert most["low"] <= most["difference"] <= most["high"] < 0.1
    assert np.isnan(most["inside"])
    likes = people.reliability(rows)
    assert set(likes["model"]) == {"ours"}
    assert likes["n"].sum() == 75
    assert likes["expected"].between(likes["tenth"] / 10, likes["tenth"] / 10 + 0.1).all()


def test_buckets_by_hand() -> None:
    rows = pd.DataFrame(
        {
            "model": ["ours", "ours", "bias", "bias"],
            "user_id": [1, 2, 1, 2],
            "rating": [4.0, 2.0, 4.0, 2.0],
            "stars": [3.0, 2.0, 4.0, 4.0],
            "low": [2.5, 1.5, np.nan, np.nan],
            "high": [3.5, 2.5, np.nan, np.nan],
            "known": 8,
            "movie's ratings": [0, 7, 0, 7],
            "movie's year": [1990.0, 2012.0] * 2,
            "own spread": 0.6,
            "own mean": 3.2,
        }
    )
    found = people.buckets(rows, "ours").set_index(["by", "bucket", "model"]).sort_index()
    whole = found.loc[("known", 8)]
    assert whole["rmse"].to_dict() == pytest.approx({"ours": np.sqrt(0.5), "bias": np.sqrt(2)})
    assert whole["error"].to_dict() == {"ours": -0.5, "bias": 1.0}
    assert whole.loc["ours", "inside"] == 0.5
    assert found.loc[("movie's ratings", 5, "ours"), "rmse"] == 0
    assert found.loc[("movie's ratings", 0, "ours"), "rmse"] == 1
    assert {bucket for by, bucket, _ in found.index if by == "movie's year"} == {1980, 2010}


def test_command_judges_the_final_fold_only_when_asked(
    data_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["--protocol", "people", "--data", str(data_folder), "--models", "constant"]
    for more, folds in (([], [1, 2, 3, 4]), (["--final"], [0])):
        assert leaderboard.main([*argv, *more, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["folds"] == folds
        assert {row["model"] for row in found["buckets"]} == {"constant"}
        assert found["reliability"] == []
    assert leaderboard.main([*argv, "--final", "--markdown"]) == 0
    assert "| known | 8 | constant |" in capsys.readouterr().out
