"""What a frame of predictions and stars given says: ours against simple guesses.

The frame is what `recommender.evaluation.club` returns. Every figure is a mean over ratings, and
its interval is a bootstrap over movies: members' ratings of one movie are right or wrong together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.bootstrap import Tally, intervals
from recommender.evaluation.chances import Chances
from recommender.evaluation.predict import LIKED

OURS = "ours"
BASELINES: Mapping[str, str] = {
    "user+item bias": "bias",
    "own mean": "member_mean",
    "mean of all ratings": "constant",
}
ENOUGH = 30  # ratings, before a difference may be called one
SHOWN = 5  # ratings, before somebody's error has an interval that means anything

Clarity = Literal["too few", "unclear", "better", "worse"]


def misses(frame: pd.DataFrame) -> pd.DataFrame:
    """Return by how many stars each model missed each rating; ours first."""
    columns = {OURS: "predicted", **BASELINES}
    return pd.DataFrame({m: (frame[c] - frame["actual"]).abs() for m, c in columns.items()})


def brier(frame: pd.DataFrame, chances: Chances) -> pd.DataFrame:
    """Return each model's squared error of the chance of a like, 0..1 (Brier, 1950); ours first.

    Args:
        chances: what the baselines, which only know stars, promise.
    """
    liked = (frame["actual"] >= LIKED).astype(float)
    losses = {OURS: (frame["like"] - liked) ** 2}
    for model, column in BASELINES.items():
        losses[model] = (chances.of(column, frame[column]) - liked) ** 2
    return pd.DataFrame(losses)


def compare(losses: pd.DataFrame, movies: pd.Series, seed: int = 0) -> pd.DataFrame:
    """Return each model's mean loss, and how much more it is than that of the first model.

    Args:
        losses: one row a rating, one column a model.
        movies: movie_id of each row, aligned with `losses`.

    Returns:
        model, value, low, high, gap, gap_low, gap_high (95% bootstrap over movies; the gap draws
        the same movies for both models).
    """
    gaps = losses.sub(losses.iloc[:, 0], axis=0).add_prefix("gap ")
    both = pd.concat([losses, gaps], axis=1)
    by_movie = both.groupby(movies.to_numpy())
    count = np.repeat(by_movie.size().to_numpy(float)[:, None], both.shape[1], axis=1)
    found = intervals(Tally(tuple(both.columns), by_movie.sum().to_numpy(), count), seed)
    n = losses.shape[1]
    means, gaps = found.iloc[:n], found.iloc[n:]
    means = means.rename(columns={"metric": "model"}).reset_index(drop=True)
    names = {"value": "gap", "low": "gap_low", "high": "gap_high"}
    gaps = gaps.drop(columns="metric").rename(columns=names).reset_index(drop=True)
    return pd.concat([means, gaps], axis=1)


def clarity(n: int, low: float, high: float) -> Clarity:
    """Say what may be said of a gap between a rival's loss and ours.

    Args:
        n: how many ratings it rests on.
        low, high: its 95% interval; positive where ours is better.
    """
    if n < ENOUGH:
        return "too few"
    if low <= 0 <= high:
        return "unclear"
    return "better" if low > 0 else "worse"


@dataclass(frozen=True)
class Verdict:
    """How ours does against the best of the simple guesses.

    Args:
        n: ratings it rests on.
        ours: our mean loss.
        rival: the baseline with the smallest loss.
        theirs: its mean loss.
        gap, low, high: how much more that is than ours, 95% interval.
    """

    n: int
    ours: float
    rival: str
    theirs: float
    gap: float
    low: float
    high: float

    @classmethod
    def of(cls, compared: pd.DataFrame, n: int) -> Verdict:
        """Read what `compare` found on `n` ratings."""
        models = compared.set_index("model")
        rival = str(models["value"].drop(OURS).idxmin())
        best = models.loc[rival]
        return cls(
            n=n,
            ours=float(models.at[OURS, "value"]),
            rival=rival,
            theirs=float(best["value"]),
            gap=float(best["gap"]),
            low=float(best["gap_low"]),
            high=float(best["gap_high"]),
        )

    @property
    def clarity(self) -> Clarity:
        """What may be said of the gap."""
        return clarity(self.n, self.low, self.high)


def by_member(frame: pd.DataFrame, seed: int = 0) -> pd.DataFrame:
    """Compare the models' misses for each member who gave at least `SHOWN` ratings.

    Returns:
        member_id, n, clarity (against the best baseline of that member), and the columns of
        `compare`; one row a member and model.
    """
    losses, parts = misses(frame), []
    for member, own in frame.groupby(MEMBER):
        if len(own) < SHOWN:
            continue
        compared = compare(losses.loc[own.index], own[MOVIE], seed)
        compared.insert(0, MEMBER, member)
        compared.insert(1, "n", len(own))
        compared.insert(2, "clarity", Verdict.of(compared, len(own)).clarity)
        parts.append(compared)
    gap = ["gap", "gap_low", "gap_high"]
    columns = [MEMBER, "n", "clarity", "model", "value", "low", "high", *gap]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


@dataclass(frozen=True)
class Findings:
    """All that is worth knowing of one frame of predictions.

    Args:
        predictions: as given, with liked (bool: 4 stars or more).
        errors, chances: what `compare` finds of `misses` and `brier`.
        members: see `by_member`.
    """

    predictions: pd.DataFrame
    errors: pd.DataFrame
    chances: pd.DataFrame
    members: pd.DataFrame

    @classmethod
    def of(cls, frame: pd.DataFrame, chances: Chances) -> Findings:
        """Judge the rows of `frame`, at least one; `chances` as in `brier`."""
        return cls(
            predictions=frame.assign(liked=frame["actual"] >= LIKED),
            errors=compare(misses(frame), frame[MOVIE]),
            chances=compare(brier(frame, chances), frame[MOVIE]),
            members=by_member(frame),
        )

    @property
    def n(self) -> int:
        """How many ratings were predicted."""
        return len(self.predictions)

    @property
    def verdict(self) -> Verdict:
        """Of the stars missed by."""
        return Verdict.of(self.errors, self.n)
