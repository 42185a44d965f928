"""Rivals: whoever is installed takes part, and who is missing is named."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from benchmarks import rivals
from benchmarks.leaderboard import MODELS, contestants, main
from benchmarks.rivals import (
    RIVALS,
    ImplicitALS,
    MovieRows,
    column_groups,
    installed_rivals,
    missing_rivals,
)
from recommender import Dataset
from recommender.evaluation.split import random_split


@pytest.fixture
def only_surprise(monkeypatch) -> None:
    """Let Surprise be the one library that is there."""
    monkeypatch.setattr(rivals, "find_spec", lambda name: name if name == "surprise" else None)


def test_what_is_missing_is_left_out(only_surprise: None) -> None:
    assert list(installed_rivals()) == ["Surprise KNNBaseline", "Surprise SVD"]
    assert missing_rivals() == ["myFM", "myFM + keywords", "wide myFM + keywords", "implicit ALS"]


def test_what_is_missing_is_said_in_one_line(only_surprise: None, capsys) -> None:
    assert list(contestants(None)) == [*MODELS, "Surprise KNNBaseline", "Surprise SVD"]
    assert capsys.readouterr().err == (
        "Not installed, so left out: myFM, myFM + keywords, wide myFM + keywords, "
        "implicit ALS. "
        "All: pip install -r requirements-bench.txt\n"
    )


def test_nothing_is_said_when_nothing_is_missed(only_surprise: None, monkeypatch, capsys) -> None:
    assert list(contestants(["Surprise SVD", "ours"])) == ["Surprise SVD", "ours"]
    monkeypatch.setattr(rivals, "find_spec", lambda name: name)
    assert list(contestants(None)) == [*MODELS, *RIVALS]
    assert capsys.readouterr().err == ""


def test_asking_for_a_missing_one_says_how_to_get_it(only_surprise: None, capsys) -> None:
    assert main(["--models", "ours,myFM"]) == 2
    assert capsys.readouterr().err == (
        "python -m benchmarks.leaderboard: myFM needs a library that is missing here: "
        "pip install -r requirements-bench.txt\n"
    )


def test_a_movie_is_itself_alone(checkerboard: Dataset) -> None:
    rows = MovieRows.of(checkerboard.movies, content=False)
    assert rows.kinds == ("movie",) * 22
    assert rows.matrix.dtype == np.float64
    np.testing.assert_array_equal(rows.matrix.toarray(), np.eye(22))


def test_a_movie_is_itself_and_its_content(checkerboard: Dataset) -> None:
    rows = MovieRows.of(checkerboard.movies, content=True)
    # Two decades (two movies of the 2010s are too few), one genre, two keywords.
    assert rows.kinds[22:] == ("decade", "decade", "genre", "keyword", "keyword")
    matrix = rows.matrix.toarray()
    np.testing.assert_array_equal(matrix[:, :22], np.eye(22))
    assert matrix[0, 22:].tolist() == [1, 0, 1, 0, 1]  # 1990, drama, train
    assert matrix[11, 22:].tolist() == [0, 1, 1, 1, 0]  # 2001, drama, ship
    assert matrix[20, 22:].tolist() == [0, 0, 1, 0, 1]  # 2010, drama, train


def test_columns_of_a_kind_are_a_group() -> None:
    kinds = ("user", "user", "movie", "keyword", "genre", "keyword")
    assert column_groups(kinds) == [0, 0, 1, 2, 3, 2]


def needing(name: str) -> object:
    """Return `name` as a parameter that is skipped where its library is missing."""
    library = RIVALS[name].library
    missing = find_spec(library) is None
    return pytest.param(name, marks=pytest.mark.skipif(missing, reason=f"{library} is missing"))


@pytest.mark.parametrize("name", [needing(name) for name in RIVALS])
def test_a_rival_sees_the_checkerboard(checkerboard: Dataset, name: str, capsys) -> None:
    visible, hidden = random_split(checkerboard, seed=1)
    pairs = hidden[["user_id", "movie_id"]]
    predictor = RIVALS[name].predictor
    if isinstance(predictor, ImplicitALS):
        predictor = ImplicitALS(factors=2)  # 16 learn a board this small by heart
    stars = predictor(visible, pairs, 0).stars
    assert stars.shape == (len(pairs),)
    assert ((stars >= 0.5) & (stars <= 5)).all()
    liked = hidden["rating"].to_numpy() == 5
    assert stars[liked].mean() > stars[~liked].mean() + 0.25
    np.testing.assert_array_equal(predictor(visible, pairs, 0).stars, stars)
    assert capsys.readouterr() == ("", "")  # no progress bar of theirs


@pytest.mark.parametrize("name", [needing(name) for name in RIVALS])
def test_a_rival_predicts_new_people_and_new_movies(checkerboard: Dataset, name: str) -> None:
    pairs = pd.DataFrame({"user_id": [99, 99, 0, 0], "movie_id": [0, 1, 20, 21]})
    stars = RIVALS[name].predictor(checkerboard, pairs, 0).stars
    assert np.isfinite(stars).all()
    assert ((stars >= 0.5) & (stars <= 5)).all()
    if name == "myFM + keywords":
        assert stars[2] > stars[3]  # user 0 loves trains
