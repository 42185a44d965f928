"""Sentences about nights: no stronger than the figures."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import pytest

from recommender.evaluation.metrics import Share
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
    assert findings.coverage(None, "likes") == (findings.NOTHING, "")


def coverage(count: int, n: int = 45, low: int = 31, high: int = 41) -> Coverage:
    return Coverage(Share(count / n, 0, 1, n), n // 5, 0.8 * n, low, high)


@pytest.mark.parametrize(
    ("found", "reading"),
    [
        (coverage(37), "as expected"),
        (coverage(30), "too seldom"),
        (coverage(43), "too often"),
        (coverage(0, 10), "too few"),
    ],
)
@pytest.mark.parametrize("of", ["intervals", "likes"])
def test_coverage(found: Coverage, reading: str, of: Literal["intervals", "likes"]) -> None:
    headline, sentence = findings.coverage(found, of)
    assert headline.startswith(f"{found.count} of {found.observed.n} ratings")
    assert findings.READINGS[of][reading] in sentence


def test_surprises_and_reversals() -> None:
    rows = pd.DataFrame(
        {"member_id": [2, 1, 1], "movie_id": [7, 9, 9], "actual": [2, 4.5, 4.5]}
    ).assign(surprise=[-1.9, 1.0, -0.04])
    two, one, none = findings.surprises(rows, NAMES, TITLES)
    assert all(part in two for part in ("Bruno gave Up 2", "1.9 stars fewer"))
    assert all(part in one for part in ("Ana gave Heat 4½", "1.0 stars more"))
    assert "stars" not in none
    pair = {"member_id": [1], "other_id": [2], "predicted": [4.0], "predicted_other": [3.0]}
    (sentence,) = findings.reversals(pd.DataFrame(pair).assign(actual=2, actual_other=4.5), NAMES)
    assert sentence.index("Ana") < sentence.index("Bruno")


def test_easiest_and_hardest() -> None:
    rows = pd.DataFrame({"member_id": [2, 1], "n": [5, 6], "mae": [0.5, 1.5]})
    found = findings.easiest_and_hardest(rows, NAMES)
    assert (
        found.index("Bruno (off by 0.5") < found.index("easiest") < found.index("Ana (off by 1.5")
    )
    assert findings.easiest_and_hardest(rows.head(1), NAMES) == ""
