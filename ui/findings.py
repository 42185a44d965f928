"""Sentences about the club's movie nights: errors, coverage, surprises and strategies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import pandas as pd

from recommender.evaluation.bootstrap import ENOUGH
from recommender.evaluation.nights import (
    LEVEL,
    NIGHTS,
    OURS,
    SHOWN,
    Coverage,
    Record,
)
from recommender.model import LIKED
from ui.text import counted

NOTHING = "No rating of a night has been predicted yet."
TOO_FEW = f": too few to tell ({ENOUGH} ratings of {NIGHTS} nights are needed)"
THAN = {
    "better": " (clearly more)",
    "worse": " (clearly less)",
    "unclear": " (no clear difference)",
}
READINGS = {
    "intervals": {"as expected": "honest", "too seldom": "too narrow", "too often": "too wide"},
    "chances": {"as expected": "honest", "too seldom": "too high", "too often": "too low"},
}


def record(found: Record) -> str:
    """Return how far off the predictions and the simple guesses were."""
    if not found.n:
        return NOTHING
    mae, word = (found.errors.set_index("model")[name] for name in ("mae", "clarity"))
    own, crowd = (f"{mae[rival]:.2f}{THAN.get(word[rival], '')}" for rival in ("own mean", "crowd"))
    few = "" if word["crowd"] != "too few" else TOO_FEW
    return (
        f"Over {counted(found.nights, 'night')} ({counted(found.n, 'rating')}) the predictions "
        f"were off by {mae[OURS]:.2f} stars on average; everyone's own mean by {own}, the crowd's "
        f"opinion by {crowd}{few}."
    )


def coverage(found: Coverage | None, of: Literal["intervals", "chances"]) -> str:
    """Return whether as many ratings lay inside their interval, or were likes, as promised."""
    if found is None:
        return NOTHING
    what = f"({found.observed.value:.0%}) lay inside their {LEVEL:.0%} interval"
    if of == "chances":
        what = f"came to {LIKED:g} stars or more, where the chances promised {found.expected:.0f}"
    reading = TOO_FEW
    if found.reading != "too few":
        caution = ", as far as one can tell" if found.reading == "as expected" else ""
        word = f"{READINGS[of][found.reading]}{caution}"
        reading = f"; chance alone gives {found.low} to {found.high}: the {of} are {word}"
    return f"{found.count} of {counted(found.observed.n, 'rating')} {what}{reading}."


def surprises(
    found: pd.DataFrame, names: Mapping[int, str], titles: Mapping[int, str]
) -> Iterator[str]:
    """Yield a sentence a row of `recommender.evaluation.nights.surprises`."""
    for row in found.itertuples():
        size = f"{abs(row.surprise):.1f}"
        more = f"{size} stars {'more' if row.surprise > 0 else 'less'} than expected"
        apart = "as expected" if size == "0.0" else more
        yield f"{names[row.member_id]} gave {titles[row.movie_id]} {row.actual:g}, {apart}"


def reversals(found: pd.DataFrame, names: Mapping[int, str]) -> Iterator[str]:
    """Yield a sentence a row of `recommender.evaluation.nights.reversals`."""
    for row in found.itertuples():
        yield (
            f"{names[row.member_id]} was expected to like it more than {names[row.other_id]} "
            f"({row.predicted:.1f} and {row.predicted_other:.1f}); it was the other way round "
            f"({row.actual:g} and {row.actual_other:g})"
        )


def easiest_and_hardest(found: pd.DataFrame, names: Mapping[int, str]) -> str:
    """Return who is the easiest and who the hardest to foresee, from `member_errors`."""
    if len(found) < 2:
        return f"It takes two people with {SHOWN} predicted ratings each to say who is easier."
    easy, hard = (
        f"{names[row.member_id]} (off by {row.mae:.1f} stars on average, "
        f"{counted(row.n, 'rating')})"
        for row in found.iloc[[0, -1]].itertuples()
    )
    return f"So far {easy} is the easiest to foresee, {hard} the hardest."
