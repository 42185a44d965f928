"""Sentences about nights: no stronger than the figures."""

from __future__ import annotations

import pandas as pd
import pytest

from recommender.evaluation.metrics import Share
from recommender.evaluation.nights import Coverage, Record
from ui import findings

NAMES = {1: "Ana", 2: "Bruno", 3: "Cleo"}
TITLES = {7: "Up", 9: "Heat"}
NOTHING = "No rating of a night has been predicted yet."


def errors(own: str, crowd: str) -> pd.DataFrame:
    rows = [("ours", 0.5, ""), ("own mean", 1.0, own), ("crowd", 0.5, crowd)]
    return pd.DataFrame(rows, columns=["model", "mae", "clarity"])


@pytest.mark.parametrize(
    ("found", "part"),
    [
        (Record(0, 0, pd.DataFrame()), NOTHING),
        (Record(1, 1, errors("too few", "too few")), "Over 1 night (1 rating) the predictions"),
        (Record(4, 2, errors("too few", "too few")), "by 0.50: too few to tell (30 ratings of 5"),
        (Record(30, 6, errors("better", "unclear")), "own mean by 1.00 (clearly more), the crowd"),
        (Record(30, 6, errors("worse", "unclear")), "by 0.50 (no clear difference)."),
    ],
)
def test_record(found: Record, part: str) -> None:
    assert part in findings.record(found)


def coverage(count: int, n: int = 45, low: int = 31, high: int = 41) -> Coverage:
    return Coverage(Share(count / n, 0, 1, n), n // 5, 0.8 * n, low, high)


@pytest.mark.parametrize(
    ("found", "intervals", "likes"),
    [
        (None, NOTHING, NOTHING),
        (coverage(37), "are honest, as far as one can tell.", "are honest, as far as one can tell"),
        (coverage(30), "31 to 41: the intervals are too narrow.", "the chances are too high."),
        (coverage(43), "43 of 45 ratings (96%) lay inside their 80%", "the chances are too low."),
        (coverage(0, 10), "interval: too few to tell", "promised 8: too few to tell (30 ratings"),
    ],
)
def test_coverage(found: Coverage | None, intervals: str, likes: str) -> None:
    assert intervals in findings.coverage(found, "intervals")
    assert likes in findings.coverage(found, "chances")


def test_surprises_and_reversals() -> None:
    rows = pd.DataFrame(
        {"member_id": [2, 1, 1], "movie_id": [7, 9, 9], "actual": [2, 4.5, 4.5]}
    ).assign(surprise=[-1.9, 1.0, -0.04])
    assert list(findings.surprises(rows, NAMES, TITLES)) == [
        "Bruno gave Up 2, 1.9 stars less than expected",
        "Ana gave Heat 4.5, 1.0 stars more than expected",
        "Ana gave Heat 4.5, as expected",
    ]
    pair = {"member_id": [1], "other_id": [2], "predicted": [4.0], "predicted_other": [3.0]}
    (sentence,) = findings.reversals(pd.DataFrame(pair).assign(actual=2, actual_other=4.5), NAMES)
    assert sentence.startswith("Ana was expected to like it more than Bruno (4.0 and 3.0)")


def test_easiest_and_hardest() -> None:
    rows = pd.DataFrame({"member_id": [2, 1], "n": [5, 6], "mae": [0.5, 1.5]})
    assert findings.easiest_and_hardest(rows, NAMES) == (
        "So far Bruno (off by 0.5 stars on average, 5 ratings) is the easiest to foresee, Ana (off "
        "by 1.5 stars on average, 6 ratings) the hardest."
    )
    assert "two people with 5" in findings.easiest_and_hardest(rows.head(1), NAMES)
