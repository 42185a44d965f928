"""Whether intervals and chances keep what they promise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

Z95 = 1.959964
BINS = 10


@dataclass(frozen=True)
class Share:
    """A share (0..1) of `n` cases, with its 95% interval."""

    value: float
    low: float
    high: float
    n: int


def wilson(share: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95% interval of a share (0..1) seen in `n` cases (Wilson, 1927)."""
    centre = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    reach = Z95 / (1 + Z95**2 / n) * np.sqrt(share * (1 - share) / n + (Z95 / (2 * n)) ** 2)
    return centre - reach, centre + reach


def coverage(frame: pd.DataFrame) -> Share:
    """Return the share of ratings inside their interval.

    Args:
        frame: actual, low, high (stars), at least one row.
    """
    inside, n = float(frame["actual"].between(frame["low"], frame["high"]).mean()), len(frame)
    low, high = wilson(np.array(inside), np.array(n))
    return Share(inside, float(low), float(high), n)


def reliability_bins(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare promised chances with what became of them, in tenths of the chance.

    Args:
        frame: like (predicted probability, 0..1), liked (bool); one row a rating.

    Returns:
        promised (mean chance), share (that was liked), low, high (95% of the share), n; only
        tenths with a rating, ascending.
    """
    tenth = np.clip((frame["like"].to_numpy() * BINS).astype(int), 0, BINS - 1)
    groups = frame.assign(liked=frame["liked"].astype(float)).groupby(tenth)
    bins = groups.agg(promised=("like", "mean"), share=("liked", "mean"), n=("liked", "size"))
    low, high = wilson(bins["share"].to_numpy(), bins["n"].to_numpy())
    return bins.assign(low=low, high=high).reset_index(drop=True)


def likes_foreseen(frame: pd.DataFrame) -> pd.DataFrame:
    """Count how often a movie was liked or not, where that was expected and where it was not.

    Args:
        frame: like (predicted probability, 0..1), liked (bool).

    Returns:
        expected, liked (bool), n: four rows; a like is expected from a probability of ½ on.
    """
    expected = frame["like"] >= 0.5
    pairs = [(wanted, liked) for wanted in (True, False) for liked in (True, False)]
    counts = [int(((expected == e) & (frame["liked"] == liked)).sum()) for e, liked in pairs]
    return pd.DataFrame(pairs, columns=["expected", "liked"]).assign(n=counts)
