"""The benchmarks run: on a small world here, and what they print can be read by a program."""

from __future__ import annotations

import functools
import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from recommender import Dataset, TrainingOptions
from recommender.evaluation.protocol import Clubs, split_clubs

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


@pytest.fixture
def benchmark(
    monkeypatch: pytest.MonkeyPatch, checkerboard: Dataset, tiny_options: TrainingOptions
) -> Callable[[str], ModuleType]:
    """Import one of the benchmarks, with a small world in place of the bundled one."""

    def load(name: str) -> ModuleType:
        monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
        module = importlib.import_module(name)
        few = functools.partial(split_clubs, clubs=Clubs(3, 4, 10, 0.5))
        monkeypatch.setattr(module, "load_bundled", lambda: checkerboard)
        monkeypatch.setattr(module, "split_clubs", few)
        monkeypatch.setattr(module, "TrainingOptions", lambda seed: tiny_options)
        return module

    return load


def test_few_ratings_prints_a_curve(benchmark, capsys) -> None:
    module = benchmark("few_ratings")
    assert module.main(["--seeds", "0,1", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    known = ["0", "1", "3", "5", "10", "20", "all"]
    expected = [(c, n) for c in ("warm", "cold") for n in known]
    assert [(row["condition"], row["known"]) for row in rows] == expected
    for row in rows:
        assert 0 <= row["inside"] <= 1
        assert row["ours"] > 0
    assert rows[6]["ours"] < rows[0]["ours"]  # who loves trains is told from who loves ships
    assert module.main(["--seeds", "0"]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["warm", "0"]


def test_chances_are_compared_with_calibrated_guesses(benchmark, capsys) -> None:
    module = benchmark("chances")
    assert module.main(["--seeds", "0", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["model"] for row in rows[:4]] == ["ours", *module.CURVES]
    for row in rows:
        assert 0 <= row["brier"] <= 1
        assert row["low"] <= row["excess"] <= row["high"]
        assert 0 < row["promised"] < 1
    assert rows[0]["excess"] == 0
    # Half of the checkerboard is liked, whoever one asks.
    assert rows[3]["brier"] == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("name", ["few_ratings", "questions", "chances"])
def test_seeds_that_are_none_are_one_line(benchmark, capsys, name: str) -> None:
    with pytest.raises(SystemExit) as stop:
        benchmark(name).main(["--seeds", "4-1"])
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1
