"""Tables of the leaderboard: every metric against every rival."""

import numpy as np
import pytest

from benchmarks.protocol import ACCURACY
from benchmarks.standings import OURS, Run, against_ours, rendered, table
from recommender.evaluation.bootstrap import Tally

CLUBS = 6


def run(model: str, seed: int = 0, condition: str = "warm", **values: float | list[float]) -> Run:
    """A run of `model` whose clubs all have these values (squares for the two rmse)."""
    total = np.stack([np.broadcast_to(v, CLUBS) for v in values.values()], axis=1).astype(float)
    return Run(model, condition, seed, 1.25, Tally(tuple(values), total, np.ones_like(total)))


def figures(stars: float, share: float) -> dict[str, float]:
    """Every accuracy metric: a distance in stars, or a share in order."""
    squares = {"rmse": stars**2, "group_rmse": stars**2}
    return {m: squares.get(m, share if "order" in m else stars) for m in ACCURACY}


@pytest.fixture
def runs() -> list[Run]:
    """Ours, one rival that is worse, one that is better, one that gives no stars."""
    return [
        run(OURS, **figures(0.8, 0.7), coverage=0.8, width=2.0),
        run("slow", **figures(0.9, 0.6)),
        run("oracle", **figures(0.5, 0.9)),
        run("popularity", order=0.6, group_order=0.6, regret=[0.3, 0.9, 1.1, 1.3, 0.5, 0.7]),
    ]


def test_against_ours_reads_intervals_by_direction(runs: list[Run]) -> None:
    found = against_ours(runs).set_index(["model", "metric"])["ours"]
    assert found["slow"].to_dict() == dict.fromkeys(ACCURACY, "better")
    assert found["oracle"].to_dict() == dict.fromkeys(ACCURACY, "worse")
    other = against_ours([*runs, run("content only", coverage=0.7, width=1.0)])
    other = other.set_index(["model", "metric"]).loc["content only"]
    assert other["difference"].to_dict() == pytest.approx({"coverage": 0.1, "width": 1.0})
    assert other["ours"].isna().all()
    readings = {"order": "better", "group_order": "better", "regret": "unclear"}
    assert found["popularity"].to_dict() == readings


def test_tables_without_ours() -> None:
    runs = [run("slow", **figures(0.9, 0.6)), run("slow", 1, "cold", **figures(0.9, 0.6))]
    found, against = table(runs), against_ours(runs)
    assert against.empty
    for markdown in (False, True):
        assert rendered(found, against, markdown=markdown).count("slow") == 2
