"""Sentences about nights: no stronger than the figures."""

from __future__ import annotations

import pandas as pd
import pytest

from recommender.evaluation.nights import Coverage, Record
from ui import findings

NAMES = {1: "Ana", 2: "Bruno", 3: "Cleo"}
TITLES = {7: "Up", 9: "Heat"}


def errors(own: str, crowd: str) -> pd.DataFrame:
    rows = [("ours", 0.5, ""), ("own mean", 1.0, own), ("crowd", 0.5, crowd)]
    return pd.DataFrame(rows, columns=["model", "mae", "clarity"])


@pytest.mark.parametrize(
    ("found", "own", "crowd"),
    [
        (Record(4, 2, errors("too few", "too few")), "1.0 (too early", "0.5 (too early"),
        (Record(30, 6, errors("better", "unclear")), "1.0 (clearly more)", "0.5 (no clear"),
        (Record(30, 6, errors("worse", "unclear")), "1.0 (clearly less)", "0.5 (no clear"),
    ],
)
def test_record(found: Record, own: str, crowd: str) -> None:
    headline, sentence = findings.record(found)
    assert "0.5 stars" in headline
    assert sentence.index(own) < sentence.index(crowd)


def test_nothing_is_claimed_of_nothing() -> None:
    assert findings.record(Record(0, 0, pd.DataFrame())) == (findings.NOTHING, "")
    assert findings.coverage(None) == findings.NOTHING


def coverage(count: int, n: int = 45, low: int = 31, high: int = 41) -> Coverage:
    return Coverage(count, n, n // 5, low, high)


@pytest.mark.parametrize(
    ("found", "reading"),
    [
        (coverage(37), "as expected"),
        (coverage(30), "too seldom"),
        (coverage(43), "too often"),
        (coverage(0, 10), "too few"),
    ],
)
def test_coverage(found: Coverage, reading: str) -> None:
    sentence = findings.coverage(found)
    assert sentence.startswith(f"{found.count} of {found.n} ratings")
    assert findings.READINGS[reading] in sentence


def test_surprises() -> None:
    rows = pd.DataFrame(
        {"member_id": [2, 1, 1], "movie_id": [7, 9, 9], "actual": [2, 4.5, 4.5]}
    ).assign(surprise=[-1.9, 1.0, -0.04])
    two, one, none = findings.surprises(rows, NAMES, TITLES)
    assert all(part in two for part in ("Bruno gave Up 2", "1.9 stars fewer"))
    assert all(part in one for part in ("Ana gave Heat 4½", "1.0 stars more"))
    assert "stars" not in none
