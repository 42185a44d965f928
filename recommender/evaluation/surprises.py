"""Who surprised whom on the club's movie nights, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from recommender.columns import MEMBER, MOVIE
from recommender.evaluation.nights import NIGHT, counted, recorded
from recommender.evaluation.verdict import SHOWN

SAME = 0.25  # stars; expected closer together than this, two people are expected to give the same


def surprises(
    judged: pd.DataFrame, names: Mapping[int, str], titles: Mapping[int, str]
) -> pd.DataFrame:
    """Say of each rating how far it lay from what was expected, the biggest surprise first.

    Args:
        judged: of one night or of all; see `recommender.evaluation.nights.judge`.
        names: of the people, by member_id.
        titles: of the movies, by movie_id.

    Returns:
        night_id, on, member_id, movie_id, surprise (stars), surprise_sd (standard deviations),
        sentence.
    """
    rows = recorded(judged)
    rows = rows.assign(size=rows["surprise"].abs().round(9), sds=rows["surprise_sd"].abs())
    rows = rows.sort_values(
        ["size", "sds", "on", NIGHT, MEMBER], ascending=[False, False, True, True, True]
    )
    said = [
        f"{names[row.member_id]} gave {titles[row.movie_id]} {row.actual:g}, {_apart(row.surprise)}"
        for row in rows.itertuples()
    ]
    kept = [NIGHT, "on", MEMBER, MOVIE, "surprise", "surprise_sd"]
    return rows[kept].assign(sentence=said).reset_index(drop=True)


def _apart(surprise: float) -> str:
    stars = f"{abs(surprise):.1f}"
    if stars == "0.0":
        return "as expected"
    return f"{stars} stars {'more' if surprise > 0 else 'less'} than expected"


def foresight(judged: pd.DataFrame) -> pd.DataFrame:
    """Return whose ratings are foreseen how well, the easiest first.

    Returns:
        member_id, n, mae (mean of the stars missed by), bias (mean of actual - predicted); only
        people with at least `SHOWN` ratings.
    """
    rows = recorded(judged)
    rows = rows.assign(miss=rows["surprise"].abs())
    found = rows.groupby(MEMBER, as_index=False).agg(
        n=("miss", "size"), mae=("miss", "mean"), bias=("surprise", "mean")
    )
    return found[found["n"] >= SHOWN].sort_values(["mae", MEMBER], ignore_index=True)


def easiest_and_hardest(foreseen: pd.DataFrame, names: Mapping[int, str]) -> str:
    """Say who is the easiest and who the hardest to foresee so far.

    Args:
        foreseen: see `foresight`.
        names: by member_id.
    """
    if len(foreseen) < 2:
        return f"It takes two people with {SHOWN} predicted ratings each to say who is easier."
    easy, hard = (
        f"{names[row.member_id]} (off by {row.mae:.1f} stars on average, "
        f"{counted(row.n, 'rating')})"
        for row in foreseen.iloc[[0, -1]].itertuples()
    )
    return f"So far {easy} is the easiest to foresee, {hard} the hardest."


def turned_round(judged: pd.DataFrame, names: Mapping[int, str]) -> pd.DataFrame:
    """Find pairs of whom one was expected to like the movie more, and the other did.

    Args:
        judged: of one night or of all.
        names: by member_id.

    Returns:
        night_id, member_id (expected to like it more), other_id (who did), swing (stars expected
        between them plus stars given between them), sentence; the biggest swing first. Pairs
        expected within `SAME` stars of each other are left out.
    """
    rows = recorded(judged)[[NIGHT, MEMBER, "predicted", "actual"]]
    pairs = rows.merge(rows, on=NIGHT, suffixes=("", "_other"))
    expected = pairs["predicted"] - pairs["predicted_other"]
    came = pairs["actual_other"] - pairs["actual"]
    pairs = pairs.assign(swing=(expected + came).round(9), other_id=pairs[f"{MEMBER}_other"])
    pairs = pairs[(expected >= SAME) & (came > 0)].sort_values(
        ["swing", NIGHT, MEMBER, "other_id"], ascending=[False, True, True, True]
    )
    said = [
        f"{names[row.member_id]} was expected to like it more than {names[row.other_id]} "
        f"({row.predicted:.1f} and {row.predicted_other:.1f}); it was the other way round "
        f"({row.actual:g} and {row.actual_other:g})"
        for row in pairs.itertuples()
    ]
    kept = [NIGHT, MEMBER, "other_id", "swing"]
    return pairs[kept].assign(sentence=said).reset_index(drop=True)
