"""The model's record over the club's movie nights: what it promised, and what was given.

Predictions are frozen when a movie is chosen and ratings are given after it was watched, so
nothing here has seen what it is judged by. The ratings of one night are right or wrong together
(it is the same movie and the same evening): whatever says how sure a figure is goes by nights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.evaluation.calibration import Z95
from recommender.evaluation.verdict import ENOUGH, OURS, clarity, compare

NIGHT = "night_id"
MODELS: Mapping[str, str] = {OURS: "predicted", "own mean": "own_mean", "crowd": "crowd"}
NIGHTS = 5  # rated nights, before one may say more than what happened

_JUDGED = [
    NIGHT, "on", MEMBER, MOVIE, "predicted", "sd", "low", "high", "like", "own_mean", "crowd",
    "actual", "hit", "surprise", "surprise_sd", "rewatch", "counts",
]  # fmt: skip
_ERRORS = ["model", "mae", "low", "high", "gap", "gap_low", "gap_high", "rmse", "clarity"]


def judge(nights: pd.DataFrame, predictions: pd.DataFrame, given: pd.DataFrame) -> pd.DataFrame:
    """Put what was predicted of the movie watched beside what was given, for each person and night.

    Args:
        nights: night_id, on (date), movie_id (the one watched).
        predictions: night_id, member_id, movie_id, mean, sd, low, high (80% interval; stars), like
            (probability of 4 stars or more), own_mean, crowd (stars), known (bool), as frozen then.
        given: night_id, member_id, rating (stars).

    Returns:
        One row a rating, by date, night and member: night_id, on, member_id, movie_id, predicted,
        sd, low, high, like, own_mean, crowd, actual, hit (low <= actual <= high, as everywhere),
        surprise (actual - predicted, stars), surprise_sd (in standard deviations), rewatch (the
        model knew this person's rating of the movie), counts (whether the row belongs to the
        record: not after a rewatch, nor for somebody who came later and has no prediction).
    """
    frozen = predictions.rename(columns={"mean": "predicted"})
    watched = given.merge(nights[[NIGHT, "on", MOVIE]], on=NIGHT)
    frame = watched.merge(frozen, on=[NIGHT, MEMBER, MOVIE], how="left")
    stars = ["predicted", "sd", "low", "high", "like", "own_mean", "crowd"]
    frame = frame.rename(columns={RATING: "actual"})
    frame = frame.astype(dict.fromkeys([*stars, "actual"], float))
    frame["hit"] = frame["actual"].between(frame["low"], frame["high"])
    frame["surprise"] = frame["actual"] - frame["predicted"]
    frame["surprise_sd"] = frame["surprise"] / frame["sd"]
    frame["rewatch"] = frame["known"].eq(True)
    frame["counts"] = frame["predicted"].notna() & ~frame["rewatch"]
    return frame.sort_values(["on", NIGHT, MEMBER], ignore_index=True)[_JUDGED]


def recorded(judged: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of `judged` that belong to the record."""
    return judged[judged["counts"].astype(bool)]


def counted(n: int, thing: str) -> str:
    """Return "1 night", "2 nights", ..."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


@dataclass(frozen=True)
class Record:
    """How far off the model was over all nights, beside two guesses that anybody could make.

    Args:
        n, nights: ratings and nights that it rests on.
        errors: one row a model (ours, the person's own mean, the crowd's opinion): model, mae,
            low, high, gap (how much more its mean error is than ours), gap_low, gap_high, rmse,
            all in stars, and clarity ("" for ours). Intervals are 95% bootstraps over nights, wider
            where nights are few; NaN with fewer than `NIGHTS`.
    """

    n: int
    nights: int
    errors: pd.DataFrame

    @property
    def sentence(self) -> str:
        """What may be said of it."""
        if not self.n:
            return NOTHING
        mae, word = (self.errors.set_index("model")[name] for name in ("mae", "clarity"))
        lead = (
            f"Over {counted(self.nights, 'night')} ({counted(self.n, 'rating')}) the predictions "
            f"were off by {mae[OURS]:.2f} stars on average; "
        )
        own, crowd = (f"{mae[rival]:.2f}{_THAN[word[rival]]}" for rival in ("own mean", "crowd"))
        few = "" if word["crowd"] != "too few" else TOO_FEW
        return f"{lead}everyone's own mean by {own}, the crowd's opinion by {crowd}{few}."


NOTHING = "No rating of a night has been predicted yet."
TOO_FEW = f": too few to tell ({ENOUGH} ratings of {NIGHTS} nights are needed)"
_THAN = {
    "better": " (clearly more)",
    "worse": " (clearly less)",
    "unclear": " (no clear difference)",
    "too few": "",
}


def record(judged: pd.DataFrame, seed: int = 0) -> Record:
    """Compare the model with everyone's own mean and with the crowd's opinion.

    Args:
        judged: see `judge`.
    """
    rows = recorded(judged)
    n, nights = len(rows), rows[NIGHT].nunique()
    if not n:
        return Record(0, 0, pd.DataFrame(columns=_ERRORS))
    errors = pd.DataFrame({m: rows[c] - rows["actual"] for m, c in MODELS.items()})
    found = compare(errors.abs(), rows[NIGHT], seed).rename(columns={"value": "mae"})
    wider = _wider(nights)
    for value, low, high in (("mae", "low", "high"), ("gap", "gap_low", "gap_high")):
        for end in (low, high):
            found[end] = found[value] + wider * (found[end] - found[value])
    found["low"] = found["low"].clip(lower=0)
    found["rmse"] = np.sqrt((errors**2).mean()).to_numpy()
    found["clarity"] = [
        "" if row.model == OURS
        else "too few" if nights < NIGHTS
        else clarity(n, row.gap_low, row.gap_high)
        for row in found.itertuples()
    ]  # fmt: skip
    return Record(n, nights, found[_ERRORS])


def _wider(nights: int) -> float:
    """Return how many times wider a bootstrap of so few nights must be; NaN below `NIGHTS`.

    A percentile bootstrap of n units is too narrow by sqrt(n / (n - 1)) and by the ratio of
    Student's to the normal quantile (Hesterberg, "What teachers should know about the bootstrap",
    2015): with 6 nights it would call a sixth of all differences that are chance clear.
    """
    if nights < NIGHTS:
        return np.nan
    return float(stdtrit(nights - 1, 0.975) / Z95 * np.sqrt(nights / (nights - 1)))


def record_over_time(judged: pd.DataFrame) -> pd.DataFrame:
    """Return each model's mean error over all nights up to each night.

    Returns:
        night_id, on, nights (1, 2, ...), n (ratings so far), model, mae (stars); one row a night
        and model, by date.
    """
    rows = recorded(judged)
    parts = []
    for model, column in MODELS.items():
        found = so_far(rows.assign(miss=(rows[column] - rows["actual"]).abs()), "miss")
        parts.append(found.assign(model=model, mae=found["miss"] / found["n"]))
    frame = pd.concat(parts).sort_values("nights", kind="stable", ignore_index=True)
    return frame[[NIGHT, "on", "nights", "n", "model", "mae"]]


def so_far(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """Add up night after night.

    Returns:
        night_id, on, nights (1, 2, ...), n (rows so far) and `column` (its sum so far).
    """
    by_night = rows.groupby(["on", NIGHT], as_index=False).agg(
        n=(column, "size"), total=(column, "sum")
    )
    return pd.DataFrame(
        {
            NIGHT: by_night[NIGHT],
            "on": by_night["on"],
            "nights": np.arange(1, len(by_night) + 1),
            "n": by_night["n"].cumsum(),
            column: by_night["total"].cumsum(),
        }
    )
