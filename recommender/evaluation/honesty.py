"""Whether 80% meant 80% on the club's movie nights, and a chance of a like what it said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from recommender.evaluation.calibration import Share, wilson
from recommender.evaluation.nights import (
    NIGHT,
    NIGHTS,
    NOTHING,
    TOO_FEW,
    counted,
    recorded,
    so_far,
)
from recommender.evaluation.predict import LIKED
from recommender.evaluation.verdict import ENOUGH

PROMISED = 0.8  # of the ratings inside their interval
CHANCE = (0.025, 0.975)


@dataclass(frozen=True)
class Kept:
    """How often came what was promised with some chance.

    Args:
        came: how often it did, as a share of the ratings with its 95% interval.
        nights: that the ratings are of.
        promised: how often it was to come, a count.
        low, high: between which counts 95% of clubs see it if every chance is right.
    """

    came: Share
    nights: int
    promised: float
    low: int
    high: int

    @classmethod
    def of(cls, promised: pd.Series, came: pd.Series, nights: pd.Series) -> Kept:
        """Count over rows, at least one.

        The counts that chance allows are those of independent ratings (the Poisson binomial
        distribution), spread by the root of the design effect: how much more nights differ than
        independent ratings would (Rao and Scott, "A simple method for the analysis of clustered
        binary data", 1992). The share's interval is Wilson's for as many ratings as are left when
        divided by it.

        Args:
            promised: chances, 0..1.
            came: bool.
            nights: night_id; all three aligned.
        """
        n, total, expected = len(came), int(came.sum()), float(promised.sum())
        effect = _design_effect(came - promised, promised * (1 - promised), nights)
        reach = np.sqrt(effect) * (_by_chance(promised.to_numpy()) - expected)
        low, high = wilson(np.array(total / n), np.array(n / effect))
        return cls(
            Share(total / n, float(low), float(high), n),
            nights.nunique(),
            expected,
            max(int(np.ceil(expected + reach[0] - 1e-9)), 0),
            min(int(np.floor(expected + reach[1] + 1e-9)), n),
        )

    @property
    def count(self) -> int:
        """How often it came."""
        return round(self.came.value * self.came.n)

    @property
    def verdict(self) -> Literal["too few", "kept", "too seldom", "too often"]:
        """What may be said of the promise; "kept" where nothing speaks against it."""
        if self.came.n < ENOUGH or self.nights < NIGHTS:
            return "too few"
        if self.low <= self.count <= self.high:
            return "kept"
        return "too seldom" if self.count < self.low else "too often"


def _design_effect(surplus: pd.Series, variance: pd.Series, nights: pd.Series) -> float:
    """How many times more the sums of nights vary than those of independent ratings; 1 or more."""
    sums = surplus.groupby(nights).agg(["sum", "size"])
    k = len(sums)
    if k < NIGHTS or not variance.sum():
        return 1.0
    apart = sums["sum"] - sums["size"] * surplus.mean()
    return max(1.0, float(k / (k - 1) * (apart**2).sum() / variance.sum()))


def _by_chance(chances: np.ndarray) -> np.ndarray:
    """Return the counts (low, high) of the middle 95% when each comes with its chance."""
    share = np.ones(1)
    for chance in chances:
        share = np.convolve(share, [1 - chance, chance])
    return np.searchsorted(share.cumsum(), CHANCE)


@dataclass(frozen=True)
class Honesty:
    """Whether the intervals and the chances of a like hold what they promise this club.

    Args:
        intervals: ratings inside their 80% interval; None without a rating.
        likes: ratings of 4 stars or more; None without a rating.
    """

    intervals: Kept | None
    likes: Kept | None

    @property
    def sentence(self) -> str:
        """What may be said of the intervals."""
        if self.intervals is None:
            return NOTHING
        kept = self.intervals
        lead = (
            f"{kept.count} of {counted(kept.came.n, 'rating')} ({kept.came.value:.0%}) lay inside "
            f"their {PROMISED:.0%} interval"
        )
        words = {"kept": "honest", "too seldom": "too narrow", "too often": "too wide"}
        return f"{lead}{_said(kept, 'intervals', words)}."

    @property
    def likes_sentence(self) -> str:
        """What may be said of the chances of a like."""
        if self.likes is None:
            return NOTHING
        kept = self.likes
        lead = (
            f"{kept.count} of {counted(kept.came.n, 'rating')} came to {LIKED:g} stars or more, "
            f"where the chances promised {kept.promised:.0f}"
        )
        words = {"kept": "honest", "too seldom": "too high", "too often": "too low"}
        return f"{lead}{_said(kept, 'chances', words)}."


def _said(kept: Kept, what: str, words: Mapping[str, str]) -> str:
    if kept.verdict == "too few":
        return TOO_FEW
    caution = ", as far as one can tell" if kept.verdict == "kept" else ""
    return (
        f"; chance alone gives {kept.low} to {kept.high}: the {what} are "
        f"{words[kept.verdict]}{caution}"
    )


def honesty(judged: pd.DataFrame) -> Honesty:
    """Ask of all nights together whether 80% meant 80%.

    Args:
        judged: see `judge`.
    """
    rows = recorded(judged)
    if rows.empty:
        return Honesty(None, None)
    return Honesty(_intervals(rows), Kept.of(rows["like"], rows["actual"] >= LIKED, rows[NIGHT]))


def _intervals(rows: pd.DataFrame) -> Kept:
    return Kept.of(pd.Series(PROMISED, rows.index), rows["hit"], rows[NIGHT])


def honesty_over_time(judged: pd.DataFrame) -> pd.DataFrame:
    """Return the share inside their interval over all nights up to each night.

    Returns:
        night_id, on, nights (1, 2, ...), n, inside (counts so far), share (0..1), low, high (what
        chance allows of it), verdict (of `Kept`); one row a night, by date.
    """
    rows = recorded(judged).sort_values(["on", NIGHT])
    frame = so_far(rows.assign(inside=rows["hit"].astype(int)), "inside")
    kept = [_intervals(rows.head(n)) for n in frame["n"]]
    return frame.assign(
        share=frame["inside"] / frame["n"],
        low=[found.low / found.came.n for found in kept],
        high=[found.high / found.came.n for found in kept],
        verdict=[found.verdict for found in kept],
    )
