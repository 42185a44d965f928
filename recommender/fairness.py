"""Whom earlier nights have let down, and how much more they count tonight.

The formulas are those of SIAA in Stratigi, Pitoura, Nummenmaa and Stefanidis, Sequential group
recommendations based on satisfaction and disagreement scores, Journal of Intelligent Information
Systems 58, 2022 (doi 10.1007/s10844-021-00652-x), for a list of one movie. There the group stays
the same; here people come and go, so only nights that somebody was at count for them.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from recommender.columns import MEMBER
from recommender.errors import DataError
from recommender.strategies import STRATEGIES, shares

NIGHT = "night_id"
BALANCE = 0.5  # between all nights (0) and the last one (1)


def satisfactions(evenings: pd.DataFrame) -> pd.DataFrame:
    """Return how content each evening left each of those who were there.

    sat(u, night) = stars of the movie watched / stars of u's own best candidate of that night,
    behind(u, night) = the highest sat of those who were there - sat(u, night).

    Args:
        evenings: one row a night and member who was there: night_id, on (its date), member_id,
            got, best (stars above 0): of the movie watched and of the best candidate for this
            member, as they rated it or, where they have not, as predicted.

    Returns:
        In order of time: night_id, on, member_id, satisfaction (0..1; a movie that turned out
        better than the best one promised is 1), behind (0..1; userDis in the paper).

    Raises:
        DataError: a column is missing, stars are missing or not above 0, or somebody was at the
            same night twice.
    """
    missing = [name for name in (NIGHT, "on", MEMBER, "got", "best") if name not in evenings]
    if missing:
        raise DataError(f"The frame of earlier nights has no column {missing[0]!r}.")
    if not (evenings[["got", "best"]] > 0).all(axis=None):
        raise DataError("Earlier nights need the stars got and the best possible, both above 0.")
    if evenings.duplicated([NIGHT, MEMBER]).any():
        raise DataError("Somebody is twice at the same night.")
    frame = evenings.sort_values(["on", NIGHT], kind="stable", ignore_index=True)
    frame["satisfaction"] = (frame["got"] / frame["best"]).astype("float64").clip(upper=1.0)
    happiest = frame.groupby(NIGHT)["satisfaction"].transform("max")
    frame["behind"] = happiest - frame["satisfaction"]
    return frame[[NIGHT, "on", MEMBER, "satisfaction", "behind"]]


def _history(evenings: pd.DataFrame, present: Sequence[int], b: float) -> pd.DataFrame:
    """One row for each of `present`: nights, satisfaction (satO; NaN without a night), debt."""
    if not 0 <= b <= 1:
        raise DataError(f"The balance between all nights and the last goes from 0 to 1, not {b}.")
    of_member = satisfactions(evenings).groupby(MEMBER)
    history = of_member.agg(
        nights=(NIGHT, "size"), satisfaction=("satisfaction", "mean"), behind=("behind", "last")
    ).reindex(pd.Index(list(dict.fromkeys(present)), name=MEMBER, dtype="int64"))
    history["nights"] = history["nights"].fillna(0).astype("int64")
    owed = (1 - b) * (1 - history["satisfaction"]) + b * history.pop("behind")
    history["debt"] = owed.fillna(owed.mean()).fillna(0.0)
    return history


def debts(evenings: pd.DataFrame, present: Sequence[int], b: float = BALANCE) -> dict[int, float]:
    """Return what earlier nights owe each of `present`, for `rank` by "fairness".

    w(u) = (1 - b) (1 - satO(u)) + b userDis(u), where satO(u) is the mean of u's satisfactions
    over the nights that u was at, and userDis(u) how far u was behind the happiest of the last of
    these. Who was at none is owed the mean of the others, so that a newcomer counts like anybody.

    Args:
        evenings: see `satisfactions`; also of people who are not here.
        present: member ids.
        b: 0 (all nights count alike) to 1 (only the last).

    Returns:
        For each of `present` in their order, 0..1; 0 for all when none was at any night.

    Raises:
        DataError: as for `satisfactions`, or b lies outside 0..1.
    """
    debt = _history(evenings, present, b)["debt"]
    return {int(member): float(owed) for member, owed in debt.items()}


def let_down(evenings: pd.DataFrame, present: Sequence[int], b: float = BALANCE) -> pd.DataFrame:
    """Return who of `present` has been let down, the most first.

    Args:
        evenings, present, b: as for `debts`.

    Returns:
        member_id, nights (how many they were at), satisfaction (0..1, mean of these; missing
        without any), share (0..1: how much they count by "fairness"; the sum is 1).

    Raises:
        DataError: as for `debts`.
    """
    frame = _history(evenings, present, b).reset_index()
    frame["share"] = shares(frame.pop("debt").to_numpy(), STRATEGIES["fairness"].base)
    return frame.sort_values("share", ascending=False, kind="stable", ignore_index=True)
