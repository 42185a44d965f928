"""Who came, or rated, how many times in a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, TIMESTAMP


def streaks(
    attendance: pd.DataFrame, dates: Sequence[object] | pd.Index | None = None
) -> pd.DataFrame:
    """Return each member's longest row of dates without a gap, and the one that still lasts.

    Args:
        attendance: on (a date), member_id.
        dates: every date on which they could have been there; by default those on which anybody
            was.

    Returns:
        Index member_id; longest, since and until (its first and last date; the latest of equals)
        and current (0 for who missed the last date). The longest first.
    """
    everyone = attendance["on"] if dates is None else pd.Series(list(dates))
    calendar = pd.Index(sorted(everyone.unique()))
    found = []
    for member, own in attendance.groupby(MEMBER, sort=True):
        there = calendar.isin(own["on"])
        run = np.zeros(len(there) + 1, dtype=np.int64)
        for i, came in enumerate(there):
            run[i + 1] = run[i] + 1 if came else 0
        longest = int(run.max())
        last = int(np.flatnonzero(run == longest)[-1]) - 1
        found.append((member, longest, calendar[last - longest + 1], calendar[last], int(run[-1])))
    frame = pd.DataFrame(found, columns=[MEMBER, "longest", "since", "until", "current"])
    return frame.set_index(MEMBER).sort_values("longest", ascending=False, kind="stable")


def weeks(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return `streaks` of weeks (from Monday, UTC) in which a member rated something.

    Args:
        ratings: member_id, timestamp (seconds).
    """
    on = pd.to_datetime(ratings[TIMESTAMP], unit="s").dt.to_period("W").dt.start_time
    attendance = pd.DataFrame({"on": on, MEMBER: ratings[MEMBER]})
    if attendance.empty:
        return streaks(attendance)
    return streaks(attendance, pd.date_range(on.min(), on.max(), freq="7D"))
