"""Every benchmark runs on a small data set, prints JSON, and refuses bad arguments in one line."""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.protocol import Clubs, split_clubs
from recommender import Dataset, TrainingOptions

PROGRAMS = [
    "crash", "fuzz", "guests", "leaderboard", "load",
]  # fmt: skip
Rows = list[dict[str, Any]]


@pytest.fixture
def rows(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    checkerboard: Dataset,
    tiny_options: TrainingOptions,
) -> Callable[..., Rows]:
    """Run a benchmark on the checkerboard with small clubs; return what it prints as JSON."""

    def run(name: str, *argv: str, share: float = 0.5, **constants: object) -> Rows:
        module = importlib.import_module(f"benchmarks.{name}")
        few = functools.partial(split_clubs, clubs=Clubs(3, 4, 10, share))
        monkeypatch.setattr(module, "split_clubs", few, raising=False)
        monkeypatch.setattr(module, "load_bundled", lambda *_: checkerboard)
        monkeypatch.setattr(module, "TrainingOptions", lambda seed=0: tiny_options, raising=False)
        for constant, value in constants.items():
            monkeypatch.setattr(module, constant, value)
        assert module.main([*argv, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return run


def test_questions_compares_ways_of_choosing_what_to_rate(rows) -> None:
    found = {row["way"]: row for row in rows("questions", "--seeds", "0", START=3, MORE=2)}
    assert set(found) == {"nothing more", "asked for", "random", "popular"}
    assert found["asked for"]["excess"] == 0
    assert found["asked for"]["variance"] < found["nothing more"]["variance"]


def test_guests_who_name_movies_or_keywords_are_predicted_better(rows) -> None:
    found = {row["said"]: row for row in rows("guests", "--seeds", "0,1", GUESTS=6, LEAST=10)}
    assert len(found) == 10
    nothing = found["nothing: the crowd's opinion"]
    assert nothing["unbalanced"] == nothing["rmse"]
    for said in ("3 + 2 movies, 5 and 1", "3 + 2 movies, their stars", "3 + 1 keywords"):
        assert found[said]["rmse"] < nothing["rmse"]
        assert found[said]["order"] > nothing["order"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_benchmark_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        importlib.import_module(f"benchmarks.{name}").main(["--help"])
    assert stop.value.code == 0
    assert f"python -m benchmarks.{name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seeds", "message"),
    [("4-1", "'4-1' is not a range"), ("0-99999999", "is not a range"), ("x", "whole number")],
)
@pytest.mark.parametrize("name", ["questions", "leaderboard"])
def test_bad_seeds_are_refused_in_one_line(name: str, seeds: str, message: str, capsys) -> None:
    with pytest.raises(SystemExit) as stop:
        importlib.import_module(f"benchmarks.{name}").main(["--seeds", seeds])
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert message in error
    assert error.count("\n") == 1
