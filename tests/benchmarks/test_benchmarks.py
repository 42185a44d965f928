"""Every benchmark has help and refuses bad arguments in one line."""

import importlib

import pytest

from benchmarks import leaderboard

PROGRAMS = ["archive", "crash", "fuzz", "leaderboard", "load", "pages", "search", "speed"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_benchmark_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        importlib.import_module(f"benchmarks.{name}").main(["--help"])
    assert stop.value.code == 0
    assert f"python -m benchmarks.{name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seeds", "message"),
    [("4-1", "is not a range"), ("0-99999999", "is not a range"), ("x", "whole number")],
)
def test_bad_input_is_refused_in_one_line(seeds: str, message: str, capsys) -> None:
    with pytest.raises(SystemExit, match="2"):
        leaderboard.main(["--seeds", seeds])
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
