"""Sentences about the club's movie nights: errors, coverage, surprises and strategies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from recommender.evaluation.nights import (
    LEVEL,
    OURS,
    Coverage,
    Record,
)
from ui.text import counted, half_stars

NOTHING = "No rating of a night has been predicted yet."
THAN = {
    "better": "clearly more",
    "worse": "clearly less",
    "unclear": "no clear difference",
    "too few": "too early to compare",
}
READINGS = {
    "as expected": "just as it should be",
    "too seldom": "we were too sure of ourselves",
    "too often": "we could have been surer",
    "too few": "too early to tell",
}


def record(found: Record) -> tuple[str, str]:
    """Return how far off we were, and how far off simple guesses: a headline and a sentence."""
    if not found.n:
        return NOTHING, ""
    mae, word = (found.errors.set_index("model")[name] for name in ("mae", "clarity"))
    own, crowd = (f"{mae[rival]:.1f} ({THAN[word[rival]]})" for rival in ("own mean", "crowd"))
    return (
        f"We were off by {mae[OURS]:.1f} stars on average",
        f"That is over {counted(found.nights, 'night')} and {counted(found.n, 'rating')}. To guess "
        f"everyone's own average would have been off by {own}; what most people give, by {crowd}.",
    )


def coverage(found: Coverage | None) -> str:
    """Return how many ratings were inside their range, in a sentence."""
    if found is None:
        return NOTHING
    return (
        f"{found.count} of {counted(found.n, 'rating')} fell where we expected. We promise "
        f"{LEVEL:.0%} of them, and chance alone gives {found.low} to {found.high}: "
        f"{READINGS[found.reading]}."
    )


def surprises(
    found: pd.DataFrame, names: Mapping[int, str], titles: Mapping[int, str]
) -> Iterator[str]:
    """Yield a sentence a row of `recommender.evaluation.nights.surprises`."""
    for row in found.itertuples():
        size = f"{abs(row.surprise):.1f}"
        more = f"{size} stars {'more' if row.surprise > 0 else 'fewer'} than we expected"
        apart = "as we expected" if size == "0.0" else more
        gave = half_stars(row.actual)
        yield f"{names[row.member_id]} gave {titles[row.movie_id]} {gave}, {apart}."
