"""Sentences about nights: no stronger than the figures."""

import pandas as pd
import pytest

from recommender.evaluation.nights import Coverage, Record
from ui.sections import nights as findings


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
