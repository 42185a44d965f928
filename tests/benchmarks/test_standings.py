"""The leaderboard's tables: every column against every rival, and a mark where it is sure."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.protocol import ACCURACY
from benchmarks.runs import OURS, Run
from benchmarks.standings import against_ours, as_markdown, as_text, exceptions, table
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


def test_ours_is_better_where_less_error_or_more_order_is_certain() -> None:
    found = against_ours(field()).set_index(["model", "metric"])["ours"]
    assert found["slow"].to_dict() == dict.fromkeys(ACCURACY, "better")
    assert found["oracle"].to_dict() == dict.fromkeys(ACCURACY, "worse")
    assert found["popularity"].to_dict() == {
        "order": "better",
        "group_order": "better",
        "regret": "unclear",
    }


def test_an_interval_has_no_better_or_worse() -> None:
    runs = [*field(), run("content only", coverage=0.7, width=1.0)]
    found = against_ours(runs).set_index(["model", "metric"]).loc["content only"]
    assert found["difference"].to_dict() == pytest.approx({"coverage": 0.1, "width": 1.0})
    assert found["ours"].isna().all()
    assert "content only" not in " ".join(exceptions(against_ours(runs)))


def test_the_text_has_every_column_with_interval_and_mark() -> None:
    runs = field()
    lines = as_text(table(runs), against_ours(runs)).splitlines()
    assert max(map(len, lines)) <= 100
    assert [line.split()[0] for line in lines[2:6]] == ["oracle", OURS, "slow", "popularity"]
    assert lines[3].split() == [
        OURS, "0.8000", "0.8000", "0.7000", "0.8000", "0.7000", "0.8000", "80.0%", "2.00", "1.2"
    ]  # fmt: skip
    at = next(i for i, line in enumerate(lines) if line.startswith("slow") and "✓" in line)
    gaps = ["-0.1000", "-0.1000", "+0.1000", "-0.1000", "+0.1000", "-0.1000"]
    assert lines[at].replace("✓", "").split() == ["slow", *gaps]
    assert lines[at].count("✓") == 6
    assert lines[at + 1].split() == ["from", *gaps]
    assert lines[at + 2].split() == ["to", *gaps]
    assert sum(line.count("✗") for line in lines) == 1 + 6  # the key, and the oracle's
    assert " ".join(lines[-3:]) == (
        "warm: ours is better than all others in every column but rmse (worse against oracle), "
        "mae (worse against oracle), order (worse against oracle), group_rmse (worse against "
        "oracle), group_order (worse against oracle), regret (worse against oracle), regret "
        "(unclear against popularity)."
    )


def test_the_longest_name_fits_a_terminal() -> None:
    longest = "confidence recipe as published"
    runs = [run(OURS, **figures(0.8, 0.7), coverage=0.8, width=2.0), run(longest, **figures(1, 0))]
    assert max(map(len, as_text(table(runs), against_ours(runs)).splitlines())) <= 100


def test_the_markdown_is_two_tables_with_the_best_in_bold() -> None:
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


def test_without_ours_there_is_nothing_to_compare() -> None:
    runs = [run("slow", **figures(0.9, 0.6)), run("slow", 1, "cold", **figures(0.9, 0.6))]
    found, against = table(runs), against_ours(runs)
    assert against.empty
    assert as_text(found, against).count("slow") == 2
    assert as_markdown(found, against).count("\n") == 3
    assert exceptions(against) == []


def test_a_clear_field_is_one_sentence_a_condition() -> None:
    runs = [
        run(model, condition=condition, **figures(*values))
        for condition in ("warm", "cold")
        for model, values in ((OURS, (0.8, 0.7)), ("slow", (0.9, 0.6)))
    ]
    assert exceptions(against_ours(runs)) == [
        f"{condition}: ours is better than all others in every column."
        for condition in ("warm", "cold")
    ]
