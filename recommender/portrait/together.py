"""Who grew together and who apart: the distance of two members' stars over time."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP
from recommender.portrait.match import FIRST, SECOND

YEAR, MONTH = "Y", "M"  # as pandas names periods
LONG = 500  # days between the first and the last, before years say more than months
LEAST = 5  # movies before and after, for anything to be said of a change
SURE = 0.95  # that no pair is called changed which is not


def distances(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return how far two members' stars lie apart on each movie that both rated.

    Args:
        ratings: member_id, movie_id, rating, timestamp (seconds).

    Returns:
        first, second (member ids, the smaller first), movie_id, apart (stars) and at (when the
        second of them rated it, UTC), in order of time.
    """
    one = ratings[[MEMBER, MOVIE, RATING, TIMESTAMP]]
    both = one.merge(one, on=MOVIE, suffixes=("_1", "_2"))
    both = both[both[f"{MEMBER}_1"] < both[f"{MEMBER}_2"]]
    later = both[[f"{TIMESTAMP}_1", f"{TIMESTAMP}_2"]].max(axis=1)
    frame = pd.DataFrame(
        {
            FIRST: both[f"{MEMBER}_1"],
            SECOND: both[f"{MEMBER}_2"],
            MOVIE: both[MOVIE],
            "apart": (both[f"{RATING}_1"] - both[f"{RATING}_2"]).abs(),
            "at": pd.to_datetime(later, unit="s"),
        }
    )
    return frame.sort_values(["at", FIRST, SECOND], kind="stable", ignore_index=True)


def by_period(apart: pd.DataFrame) -> pd.DataFrame:
    """Return each pair's mean distance by year, or by month while all lies in a year or so.

    Args:
        apart: as `distances` returns it.

    Returns:
        first, second, period (a pandas period), apart (stars) and n (movies it rests on).
    """
    if apart.empty:
        return pd.DataFrame(columns=[FIRST, SECOND, "period", "apart", "n"])
    long = (apart["at"].max() - apart["at"].min()).days > LONG
    period = apart["at"].dt.to_period(YEAR if long else MONTH).rename("period")
    grouped = apart.groupby([FIRST, SECOND, period], sort=True)["apart"]
    return grouped.agg(apart="mean", n="size").reset_index()


def changes(apart: pd.DataFrame) -> pd.DataFrame:
    """Compare each pair's distance before and after, cut between two periods.

    The cut is where both sides are as large as can be. Each side needs `LEAST` movies. The
    interval of the change is Welch's (1947); it is wide enough that among all pairs together no
    change is imagined in 19 of 20 clubs (Bonferroni).

    Args:
        apart: as `distances` returns it.

    Returns:
        first, second, since (the period with which the later part begins), before, after (stars),
        n_before, n_after, change, low, high (stars) and clarity ("together", "apart" or
        "unclear"); the largest change first.
    """
    periods = by_period(apart)
    cut = {}
    for pair, own in periods.groupby([FIRST, SECOND]):
        before = own["n"].cumsum().to_numpy()[:-1]
        smaller = np.minimum(before, own["n"].sum() - before)
        if len(smaller) and smaller.max() >= LEAST:
            cut[pair] = own["period"].iloc[int(smaller.argmax()) + 1]
    found = []
    for (first, second), since in cut.items():
        own = apart[(apart[FIRST] == first) & (apart[SECOND] == second)]
        late = own["at"] >= since.start_time
        before, after = own.loc[~late, "apart"], own.loc[late, "apart"]
        change = after.mean() - before.mean()
        reach = _welch(before, after, 1 - (1 - SURE) / len(cut))
        clear = "apart" if change > reach else "together" if change < -reach else "unclear"
        found.append(
            (
                first, second, since, before.mean(), after.mean(), len(before), len(after),
                change, change - reach, change + reach, clear,
            )
        )  # fmt: skip
    columns = [
        FIRST, SECOND, "since", "before", "after", "n_before", "n_after",
        "change", "low", "high", "clarity",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns)
    order = frame["change"].abs().sort_values(ascending=False, kind="stable").index
    return frame.loc[order].reset_index(drop=True)


def _welch(one: pd.Series, other: pd.Series, level: float) -> float:
    """Return half the width of the interval of a difference of means."""
    parts = np.array([one.var() / len(one), other.var() / len(other)])
    if not parts.sum():
        return 0.0
    freedom = parts.sum() ** 2 / (parts**2 / np.array([len(one) - 1, len(other) - 1])).sum()
    return float(stdtrit(freedom, 0.5 + level / 2) * np.sqrt(parts.sum()))
