"""Confidence intervals by resampling clubs, users, movies or nights.

Not by scipy.stats.bootstrap: multinomial weights on sums resample thousands of units at once, and
pair two models by drawing the same units for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

ROOTS = ("rmse", "group_rmse")  # kept as squared errors until the end
DRAWS = 2000
LEVEL = (0.025, 0.975)
ENOUGH = 30  # ratings, before a difference is tested

Clarity = Literal["too few", "unclear", "better", "worse"]


@dataclass(frozen=True)
class Tally:
    """Sums by resampling unit (a club, a user): metric = sum of totals / sum of counts."""

    # their names; those in ROOTS hold squares, and the root of the mean is taken
    metrics: tuple[str, ...]
    # total, count: (n_units, n_metrics); count 0 where a unit has no data
    total: np.ndarray
    count: np.ndarray

    def values(self, weight: np.ndarray | None = None) -> np.ndarray:
        """Return every metric, (..., n_metrics); NaN without data.

        Args:
            weight: (..., n_units) how often each unit is drawn, once by default.
        """
        weight = np.ones(len(self.total)) if weight is None else weight
        count = weight @ self.count
        mean = np.divide(
            weight @ self.total, count, out=np.full(count.shape, np.nan), where=count > 0
        )
        root = [metric in ROOTS for metric in self.metrics]
        return np.where(root, np.sqrt(np.where(root, mean, 0)), mean)

    def only(self, metrics: Sequence[str]) -> Tally:
        """Return the tally of `metrics` alone."""
        keep = [self.metrics.index(name) for name in metrics]
        return Tally(tuple(metrics), self.total[:, keep], self.count[:, keep])

    def as_dict(self) -> dict[str, float]:
        """Return {metric: value}."""
        return dict(zip(self.metrics, self.values().tolist(), strict=True))


def _draws(n_units: int, rng: np.random.Generator) -> np.ndarray:
    return rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=DRAWS).astype(np.float64)


@lru_cache(maxsize=32)
def _first_draws(n_units: int, seed: int) -> np.ndarray:
    return _draws(n_units, np.random.default_rng(seed)).astype(np.uint16)  # a quarter of the memory


def intervals(tally: Tally, seed: int = 0) -> pd.DataFrame:
    """Return metric, value, low and high: the 95% percentile bootstrap over units.

    Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
    """
    drawn = tally.values(_first_draws(len(tally.total), seed).astype(np.float64))
    low, high = np.nanquantile(drawn, LEVEL, axis=0)
    return pd.DataFrame(
        {"metric": tally.metrics, "value": tally.values(), "low": low, "high": high}
    )


def differences(ours: Sequence[Tally], rival: Sequence[Tally], seed: int = 0) -> pd.DataFrame:
    """Compare two models on the same units.

    Args:
        ours, rival: one tally a run (a seed of the protocol), in the same order; metrics are
            averaged over runs. Each run draws the same units for both models.

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
    mean = np.mean(runs, axis=0)
    return pd.DataFrame({"metric": ours[0].metrics, "difference": mean, "low": low, "high": high})


def compare(losses: pd.DataFrame, units: pd.Series, seed: int = 0) -> pd.DataFrame:
    """Return each model's mean loss, and the gap to the loss of the first model.

    Args:
        losses: one row a rating, one column a model.
        units: what to resample, such as the movie_id of each row, aligned with `losses`.

    Returns:
        model, value, low, high, gap, gap_low, gap_high (95% bootstrap, the same units for both).
    """
    n = losses.shape[1]
    both = np.hstack([losses, losses.sub(losses.iloc[:, 0], axis=0)])
    by_unit = pd.DataFrame(both).groupby(units.to_numpy())
    count = np.repeat(by_unit.size().to_numpy(float)[:, None], 2 * n, axis=1)
    names = tuple(f"{part} of {model}" for part in ("loss", "gap") for model in losses)
    found = intervals(Tally(names, by_unit.sum().to_numpy(), count), seed).drop(columns="metric")
    gaps = found.iloc[n:].reset_index(drop=True).set_axis(["gap", "gap_low", "gap_high"], axis=1)
    return pd.concat([pd.Series(losses.columns, name="model"), found.iloc[:n], gaps], axis=1)


def clarity(n: int, low: float, high: float) -> Clarity:
    """Classify the gap between a rival's loss and ours, positive where ours is better.

    Args:
        n: ratings behind it.
        low, high: its 95% interval.
    """
    if n < ENOUGH:
        return "too few"
    if low <= 0 <= high:
        return "unclear"
    return "better" if low > 0 else "worse"
