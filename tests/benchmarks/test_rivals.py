"""Rivals: missing libraries are named, installed ones see the checkerboard."""

import numpy as np
import pandas as pd
import pytest

from benchmarks import rivals
from benchmarks.leaderboard import MODELS, contestants, main
from benchmarks.rivals import RIVALS, AddedToBias, Stretched
from recommender import Dataset
from recommender.evaluation.baselines import Axes, Ranker


@pytest.fixture
def only_surprise(monkeypatch) -> None:
    """Let Surprise be the one library that is installed."""
    monkeypatch.setattr(rivals, "find_spec", lambda name: name if name == "surprise" else None)


def test_contestants_name_missing_libraries(
    only_surprise, data_folder, monkeypatch, capsys
) -> None:
    assert list(contestants(None)) == [*MODELS, "Surprise KNNBaseline", "Surprise SVD"]
    error = capsys.readouterr().err
    assert error.startswith("Not installed, so left out: myFM, myFM + keywords, wide myFM + keyw")
    assert "pip install -r requirements-bench.txt" in error
    assert main(["--models", "ours,myFM", "--data", str(data_folder)]) == 2
    assert "myFM needs a library that is not installed" in capsys.readouterr().err
    assert list(contestants(["Surprise SVD", "ours"])) == ["Surprise SVD", "ours"]
    monkeypatch.setattr(rivals, "find_spec", lambda name: name)
    assert list(contestants(None)) == [*MODELS, *RIVALS]
    assert capsys.readouterr().err == ""


RANKER = Ranker(
    Axes(np.array([1, 2]), np.array([10, 20, 30])),
    users=np.array([[1.0], [-2.0]]),
    movies=np.array([[-1.0], [0.0], [1.0]]),
    offsets=np.zeros(3),
)
PAIRS = pd.DataFrame({"user_id": [1, 1, 2, 2, 9, 1], "movie_id": [10, 20, 10, 30, 10, 99]})


def test_stretched_scores_are_0_to_5_stars_a_user(checkerboard: Dataset) -> None:
    mean = checkerboard.ratings["rating"].mean()
    found = Stretched(RANKER).predict(PAIRS, checkerboard).stars
    assert found.tolist() == pytest.approx([0, 2.5, 5, 0, mean, mean])


def test_added_to_bias_adds_standard_deviations(checkerboard: Dataset) -> None:
    flat = Ranker(RANKER.axes, 0 * RANKER.users, RANKER.movies, RANKER.offsets)
    found, bias = (AddedToBias(r).predict(PAIRS, checkerboard).stars for r in (RANKER, flat))
    assert (found - bias).tolist() == pytest.approx([-0.4, 0.4, 0.4, -0.4, 0, 0])
