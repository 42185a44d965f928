"""How far a figure would move had other clubs, or other users, been drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

ROOTS = ("rmse", "group_rmse")  # kept as squared errors until the end
DRAWS = 2000
LEVEL = (0.025, 0.975)


@dataclass(frozen=True)
class Tally:
    """What each unit (a club, a user) adds to each metric: value = sum of totals / of counts.

    Args:
        metrics: their names; those in ROOTS hold squares, and the root of the mean is taken.
        total, count: (n_units, n_metrics); count 0 where a unit has nothing to say.
    """

    metrics: tuple[str, ...]
    total: np.ndarray
    count: np.ndarray

    def values(self, weight: np.ndarray | None = None) -> np.ndarray:
        """Return every metric; NaN where nobody has anything to say.

        Args:
            weight: (..., n_units) how often each unit was drawn, once each by default.

        Returns:
            (..., n_metrics).
        """
        weight = np.ones(len(self.total)) if weight is None else weight
        count = weight @ self.count
        mean = np.divide(
            weight @ self.total, count, out=np.full(count.shape, np.nan), where=count > 0
        )
        root = [metric in ROOTS for metric in self.metrics]
        return np.where(root, np.sqrt(np.where(root, mean, 0)), mean)

    def only(self, metrics: Sequence[str]) -> Tally:
        """Return the same with `metrics` alone."""
        keep = [self.metrics.index(name) for name in metrics]
        return Tally(tuple(metrics), self.total[:, keep], self.count[:, keep])

    def as_dict(self) -> dict[str, float]:
        """Return {metric: value}."""
        return dict(zip(self.metrics, self.values().tolist(), strict=True))


def _draws(n_units: int, rng: np.random.Generator) -> np.ndarray:
    return rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=DRAWS).astype(np.float64)


@lru_cache(maxsize=32)
def _first_draws(n_units: int, seed: int) -> np.ndarray:
    """Return `_draws` of a new generator; few figures differ in how many units they rest on."""
    return _draws(n_units, np.random.default_rng(seed)).astype(np.uint16)  # a quarter of the room


def intervals(tally: Tally, seed: int = 0) -> pd.DataFrame:
    """Return value, low and high of each metric: the 95% percentile bootstrap over units.

    Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
    """
    drawn = tally.values(_first_draws(len(tally.total), seed).astype(np.float64))
    low, high = np.nanquantile(drawn, LEVEL, axis=0)
    return pd.DataFrame(
        {"metric": tally.metrics, "value": tally.values(), "low": low, "high": high}
    )


def differences(ours: Sequence[Tally], rival: Sequence[Tally], seed: int = 0) -> pd.DataFrame:
    """Compare two models that were judged on the same units.

    Args:
        ours, rival: one tally a run (a seed of the protocol), in the same order; the metrics of
            the runs are averaged. In each run the same units are drawn for both models.

    Returns:
        metric, difference (ours - rival), low, high (95% paired bootstrap).
    """
    rng = np.random.default_rng(seed)
    runs, drawn = [], []
    for mine, other in zip(ours, rival, strict=True):
        weight = _draws(len(mine.total), rng)
        runs.append(mine.values() - other.values())
        drawn.append(mine.values(weight) - other.values(weight))
    low, high = np.quantile(np.mean(drawn, axis=0), LEVEL, axis=0)
    return pd.DataFrame(
        {
            "metric": ours[0].metrics,
            "difference": np.mean(runs, axis=0),
            "low": low,
            "high": high,
        }
    )
