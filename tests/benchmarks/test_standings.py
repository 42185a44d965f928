"""Tables of the leaderboard: every metric against every rival."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.leaderboard import Run
from benchmarks.protocol import ACCURACY
from benchmarks.standings import OURS, against_ours, as_markdown, as_text, exceptions, table
from recommender.evaluation.bootstrap import Tally

CLUBS = 6


def run(model: str, seed: int = 0, condition: str = "warm", **values: float | list[float]) -> Run:
    """A run of `model` whose clubs all have these values (squares for the two rmse)."""
    total = np.stack([np.broadcast_to(v, CLUBS) for v in values.values()], axis=1).astype(float)
    tally = Tally(tuple(values), total, np.ones_like(total))
    return Run(model, condition, seed, tally, seconds=1.25)


def figures(stars: float, share: float) -> dict[str, float]:
    """Every accuracy metric: a distance in stars, or a share in order."""
    squares = {"rmse": stars**2, "group_rmse": stars**2}
    return {m: squares.get(m, share if "order" in m else stars) for m in ACCURACY}


def field() -> list[Run]:
    """Ours, one rival that is worse, one that is better, one that gives no stars."""
    ours = {**figures(0.8, 0.7), "coverage": 0.8, "width": 2.0}
    return [
        run(OURS, **ours),
        run("slow", **figures(0.9, 0.6)),
        run("oracle", **figures(0.5, 0.9)),
        run("popularity", order=0.6, group_order=0.6, regret=[0.3, 0.9, 1.1, 1.3, 0.5, 0.7]),
    ]


def test_against_ours_reads_intervals_by_direction() -> None:
    found = against_ours(field()).set_index(["model", "metric"])["ours"]
    assert found["slow"].to_dict() == dict.fromkeys(ACCURACY, "better")
    assert found["oracle"].to_dict() == dict.fromkeys(ACCURACY, "worse")
    assert found["popularity"].to_dict() == {
        "order": "better",
        "group_order": "better",
        "regret": "unclear",
    }


def test_against_ours_has_no_reading_of_coverage_and_width() -> None:
    runs = [*field(), run("content only", coverage=0.7, width=1.0)]
    found = against_ours(runs).set_index(["model", "metric"]).loc["content only"]
    assert found["difference"].to_dict() == pytest.approx({"coverage": 0.1, "width": 1.0})
    assert found["ours"].isna().all()
    assert "content only" not in " ".join(exceptions(against_ours(runs)))


def test_text_has_every_model_and_marks_clear_differences() -> None:
    runs = field()
    lines = as_text(table(runs), against_ours(runs)).splitlines()
    assert [line.split()[0] for line in lines[2:6]] == ["oracle", OURS, "slow", "popularity"]
    at = next(line for line in lines if "slow" in line and "✓" in line)
    gaps = ["-0.1000", "-0.1000", "+0.1000", "-0.1000", "+0.1000", "-0.1000"]
    assert at.replace("✓", "").split() == ["slow", *gaps]
    assert at.count("✓") == 6
    assert sum(line.count("✗") for line in lines) == 1 + 6  # the key, and the oracle's
    assert "every column but rmse (worse against oracle)" in " ".join(lines)


def test_markdown_is_two_tables_with_the_best_in_bold() -> None:
    runs = field()
    standing, gaps, key, said = as_markdown(table(runs), against_ours(runs)).split("\n\n")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in standing.splitlines()]
    assert rows[0] == ["", "model", *ACCURACY, "inside 80%"]
    assert rows[2] == ["warm", "oracle", *(f"**{v:.4f}**" for v in (0.5, 0.5, 0.9)),
                       "**0.5000**", "**0.9000**", "**0.5000**", "–"]  # fmt: skip
    assert rows[3][1:3] == ["**ours**", "0.8000"]
    assert rows[3][-1] == "80.0%"
    assert rows[5][:5] == ["warm", "popularity", "–", "–", "0.6000"]
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in gaps.splitlines()]
    assert [row[1] for row in rows] == ["ours minus", "---", "oracle", "slow", "popularity"]
    assert rows[3][2] == "-0.1000 (-0.1000 to -0.1000) ✓"
    assert rows[2][4] == "-0.2000 (-0.2000 to -0.2000) ✗"
    assert rows[4][2] == "–"
    assert rows[4][-1].endswith(")")  # regret: it cannot be said
    assert key.startswith("✓")
    assert said.startswith("warm: ours is better")


def test_tables_without_ours() -> None:
    runs = [run("slow", **figures(0.9, 0.6)), run("slow", 1, "cold", **figures(0.9, 0.6))]
    found, against = table(runs), against_ours(runs)
    assert against.empty
    assert as_text(found, against).count("slow") == 2
    assert as_markdown(found, against).count("\n") == 3
    assert exceptions(against) == []


def test_exceptions_of_a_clear_field() -> None:
    runs = [
        run(model, condition=condition, **figures(*values))
        for condition in ("warm", "cold")
        for model, values in ((OURS, (0.8, 0.7)), ("slow", (0.9, 0.6)))
    ]
    assert exceptions(against_ours(runs)) == [
        f"{condition}: ours is better than all others in every column."
        for condition in ("warm", "cold")
    ]
