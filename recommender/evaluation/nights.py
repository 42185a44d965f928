"""The club's movie nights: predictions against outcomes.

Predictions are stored when a movie is chosen and ratings are given after it was watched, so no
prediction has seen its rating. The ratings of one night depend on each other (the same movie and
the same evening), so every interval is computed over nights, not over ratings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import bdtr, stdtrit

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.evaluation.bootstrap import ENOUGH, clarity, compare
from recommender.evaluation.metrics import Z95

NIGHT = "night_id"
OURS = "ours"
MODELS: Mapping[str, str] = {OURS: "predicted", "own mean": "own_mean", "crowd": "crowd"}
NIGHTS = 5  # rated nights, before differences are tested
LEVEL = 0.8  # of the prediction intervals

_STARS = ["predicted", "sd", "low", "high", "like", "own_mean", "crowd"]
_OUTCOMES = [
    NIGHT, "on", MEMBER, MOVIE, *_STARS, "actual", "hit", "surprise", "counts",
]  # fmt: skip
_ERRORS = ["model", "mae", "low", "high", "gap", "gap_low", "gap_high", "clarity"]


def outcomes(nights: pd.DataFrame, predictions: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Join the predictions for the movie watched with the ratings given to it.

    Args:
        nights: night_id, on (date), movie_id (the one watched).
        predictions: the prediction snapshots: night_id, member_id, movie_id, mean, sd, low, high
            (80% interval; stars), like (probability of 4 stars or more), own_mean, crowd (stars),
            known (bool: the model knew this rating).
        given: night_id, member_id, rating (stars).

    Returns:
        One row a rating, by date, night and member: night_id, on, member_id, movie_id, predicted,
        sd, low, high, like, own_mean, crowd, actual, hit (low <= actual <= high), surprise
        (actual - predicted, stars), and counts (False for a rewatch and for a rating without a
        prediction).
    """
    watched = given.merge(nights[[NIGHT, "on", MOVIE]], on=NIGHT)
    frame = watched.merge(predictions, on=[NIGHT, MEMBER, MOVIE], how="left")
    frame = frame.rename(columns={"mean": "predicted", RATING: "actual"})
    frame = frame.astype(dict.fromkeys([*_STARS, "actual"], float))
    frame = frame.assign(
        hit=frame["actual"].between(frame["low"], frame["high"]),
        surprise=frame["actual"] - frame["predicted"],
        counts=frame["predicted"].notna() & ~frame["known"].eq(True),
    )
    return frame.sort_values(["on", NIGHT, MEMBER], ignore_index=True)[_OUTCOMES]


def recorded(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `outcomes` that count."""
    return found[found["counts"].astype(bool)]


@dataclass(frozen=True)
class Record:
    """The errors over all nights, beside two simple guesses."""

    # n, nights: ratings and nights behind it
    n: int
    nights: int
    # one row a model (ours, the member's own mean, the crowd's opinion): model, mae, low, high, gap
    # (how much more its mae is than ours), gap_low, gap_high, all in stars, and clarity ("" for
    # ours). Intervals are 95% bootstraps over nights, widened for few nights; NaN with fewer than
    # `NIGHTS`.
    errors: pd.DataFrame


def record(found: pd.DataFrame, seed: int = 0) -> Record:
    """Compare the errors of the model, of everyone's own mean and of the crowd's opinion.

    A percentile bootstrap of n units is too narrow by sqrt(n / (n - 1)) and by the ratio of
    Student's to the normal quantile (Hesterberg, "What teachers should know about the bootstrap",
    2015), so the intervals over `outcomes` are widened by both.
    """
    rows = recorded(found)
    n, nights = len(rows), rows[NIGHT].nunique()
    if not n:
        return Record(0, 0, pd.DataFrame(columns=_ERRORS))
    table = compare(_misses(rows), rows[NIGHT], seed).rename(columns={"value": "mae"})
    wider = np.nan
    if nights >= NIGHTS:
        wider = stdtrit(nights - 1, 0.975) / Z95 * np.sqrt(nights / (nights - 1))
    for value, low, high in (("mae", "low", "high"), ("gap", "gap_low", "gap_high")):
        for end in (low, high):
            table[end] = table[value] + wider * (table[end] - table[value])
    table["low"] = table["low"].clip(lower=0)
    table["clarity"] = [
        "" if row.model == OURS
        else "too few" if nights < NIGHTS
        else clarity(n, row.gap_low, row.gap_high)
        for row in table.itertuples()
    ]  # fmt: skip
    return Record(n, nights, table[_ERRORS])


def record_over_time(found: pd.DataFrame) -> pd.DataFrame:
    """Return each model's mean absolute error over all nights up to each night.

    Returns:
        night_id, on, nights (1, 2, ...), n (ratings so far), model, mae (stars); by date.
    """
    rows = recorded(found).sort_values(["on", NIGHT])
    ends = rows.groupby(["on", NIGHT]).size().cumsum().rename("n").reset_index()
    ends["nights"] = np.arange(1, len(ends) + 1)
    means = _misses(rows).expanding().mean().iloc[ends["n"] - 1].reset_index(drop=True)
    frame = pd.concat([ends, means], axis=1).melt(list(ends), var_name="model", value_name="mae")
    return frame.sort_values("nights", kind="stable", ignore_index=True)


def _misses(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the absolute error of each model for each rating, stars."""
    return pd.DataFrame({model: (rows[c] - rows["actual"]).abs() for model, c in MODELS.items()})


@dataclass(frozen=True)
class Coverage:
    """Observed against expected coverage of the 80% intervals."""

    count: int  # ratings inside their interval
    # n, nights: ratings and nights behind it
    n: int
    nights: int
    # low, high: counts within which 95% of clubs lie if the intervals are right
    low: int
    high: int

    @property
    def reading(self) -> Literal["too few", "as expected", "too seldom", "too often"]:
        """How the count compares; "as expected" where the data do not contradict it."""
        if self.n < ENOUGH or self.nights < NIGHTS:
            return "too few"
        if self.low <= self.count <= self.high:
            return "as expected"
        return "too seldom" if self.count < self.low else "too often"


def interval_coverage(found: pd.DataFrame) -> Coverage | None:
    """Return the coverage over the rows of `outcomes` that count; None without any.

    `low` and `high` are those of independent ratings (the binomial distribution), moved apart as
    nights differ more than independent ratings would.
    """
    rows = recorded(found)
    if rows.empty:
        return None
    n, inside, expected = len(rows), int(rows["hit"].sum()), LEVEL * len(rows)
    effect = _design_effect(rows["hit"] - LEVEL, LEVEL * (1 - LEVEL) * n, rows[NIGHT])
    by_chance = np.searchsorted(bdtr(np.arange(n + 1), n, LEVEL), (0.025, 0.975))
    reach = np.sqrt(effect) * (by_chance - expected)
    return Coverage(
        inside,
        n,
        rows[NIGHT].nunique(),
        max(int(np.ceil(expected + reach[0] - 1e-9)), 0),
        min(int(np.floor(expected + reach[1] + 1e-9)), n),
    )


def _design_effect(residual: pd.Series, variance: float, nights: pd.Series) -> float:
    """Return how many times more the sums of nights vary than independent ratings; 1 or more.

    Args:
        variance: of the sum of all, if they are independent.
    """
    sums = residual.groupby(nights).agg(["sum", "size"])
    k = len(sums)
    if k < NIGHTS:
        return 1.0
    apart = sums["sum"] - sums["size"] * residual.mean()
    return max(1.0, float(k / (k - 1) * (apart**2).sum() / variance))


def surprises(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `outcomes` that count, the biggest absolute surprise first."""
    rows = recorded(found).sort_values(["on", NIGHT, MEMBER], ignore_index=True)
    size = rows["surprise"].abs().round(9)
    return rows.loc[size.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
