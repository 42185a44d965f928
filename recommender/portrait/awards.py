"""Prizes for every year of the club.

Ratings carry their time, so a year is whatever was rated in it. A movie competes once: in the year
in which the third of the members rated it, with all stars that it had at the year's end.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP
from recommender.portrait.divides import TOGETHER, movie_splits
from recommender.portrait.leanings import generosity

BEST, DIVISIVE = "movie of the year", "most divisive"
HARSHEST, KINDEST = "harshest critic", "kindest soul"
SURPRISE, DILIGENT = "biggest surprise", "most diligent"
AWARDS = (BEST, DIVISIVE, SURPRISE, KINDEST, HARSHEST, DILIGENT)
ENOUGH = 10  # ratings in a year, before it has prizes at all
EACH = 5  # ratings of a member in a year, before they are called harsh or kind
DAMPING = 2.0  # ratings at the club's mean that each movie's are mixed with


def years(ratings: pd.DataFrame) -> pd.Series:
    """Return in which year (UTC) each rating was given."""
    return pd.to_datetime(ratings[TIMESTAMP], unit="s").dt.year.rename("year")


def awards(
    ratings: pd.DataFrame,
    beyond: pd.DataFrame | None = None,
    expected: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return the prizes of each year with at least `ENOUGH` ratings.

    Args:
        ratings: member_id, movie_id, rating, timestamp (seconds).
        beyond: as `recommender.portrait.leanings.beyond_the_crowd` returns it; without it nobody
            is called harsh or kind.
        expected: member_id, movie_id, predicted (stars, without the rating itself); without it
            what the crowd thinks is expected, or without that nothing is a surprise.

    Returns:
        year, award, movie_id, member_id (missing where the prize is for the other), value (stars;
        of "most diligent" ratings; of the surprise the stars given less those expected; of the
        critics their generosity) and n (ratings it rests on). The latest year first, the prizes
        in the order of `AWARDS`.
    """
    when = years(ratings)
    guesses = _guesses(ratings, beyond, expected)
    found: list[tuple[object, ...]] = []
    for year, own in ratings.groupby(when):
        if len(own) < ENOUGH:
            continue
        prizes = [*_for_movies(ratings[when <= year], own), *_surprise(own, guesses)]
        if own[MEMBER].nunique() > 1:
            prizes += [*_for_critics(own, beyond), *_diligent(own)]
        found += [(year, *prize) for prize in prizes]
    frame = pd.DataFrame(found, columns=["year", "award", MOVIE, MEMBER, "value", "n"])
    frame = frame.astype({MOVIE: "Int64", MEMBER: "Int64", "n": "int64", "year": "int64"})
    frame["award"] = pd.Categorical(frame["award"], AWARDS, ordered=True)
    return frame.sort_values(["year", "award"], ascending=[False, True], ignore_index=True)


Prize = tuple[str, int | None, int | None, float, int]


def _for_movies(so_far: pd.DataFrame, own: pd.DataFrame) -> Iterator[Prize]:
    in_order = so_far.sort_values(TIMESTAMP, kind="stable")
    third = in_order[in_order.groupby(MOVIE).cumcount() == TOGETHER - 1]
    pool = so_far[so_far[MOVIE].isin(third.loc[third.index.isin(own.index), MOVIE])]
    if pool.empty:
        return
    splits = movie_splits(pool)
    usual = so_far[RATING].mean()
    splits["worth"] = (splits["n"] * splits["mean"] + DAMPING * usual) / (splits["n"] + DAMPING)
    best = splits.loc[splits["worth"].idxmax()]
    yield BEST, int(best[MOVIE]), None, float(best["mean"]), int(best["n"])
    if len(splits) > 1:
        worst = splits.iloc[0]
        yield (
            DIVISIVE,
            int(worst[MOVIE]),
            None,
            float(worst["high"] - worst["low"]),
            int(worst["n"]),
        )


def _guesses(
    ratings: pd.DataFrame, beyond: pd.DataFrame | None, expected: pd.DataFrame | None
) -> pd.Series:
    """Return the stars expected of each rating, missing where nothing is known."""
    keys = pd.MultiIndex.from_frame(ratings[[MEMBER, MOVIE]])
    if expected is not None:
        found = expected.set_index([MEMBER, MOVIE])["predicted"].reindex(keys)
    elif beyond is not None:
        found = beyond.set_index([MEMBER, MOVIE])["crowd"].reindex(keys)
    else:
        return pd.Series(np.nan, ratings.index)
    return pd.Series(found.to_numpy(), ratings.index)


def _surprise(own: pd.DataFrame, guesses: pd.Series) -> Iterator[Prize]:
    off = (own[RATING] - guesses[own.index]).dropna()
    if len(off):
        at = off.abs().idxmax()
        yield SURPRISE, int(own.at[at, MOVIE]), int(own.at[at, MEMBER]), float(off[at]), len(off)


def _for_critics(own: pd.DataFrame, beyond: pd.DataFrame | None) -> Iterator[Prize]:
    if beyond is None:
        return
    keys = pd.MultiIndex.from_frame(own[[MEMBER, MOVIE]])
    theirs = beyond[pd.MultiIndex.from_frame(beyond[[MEMBER, MOVIE]]).isin(keys)]
    kind = generosity(theirs)
    kind = kind[kind["n"] >= EACH]
    if len(kind) < 2:
        return
    for award, member in ((KINDEST, kind["value"].idxmax()), (HARSHEST, kind["value"].idxmin())):
        yield award, None, int(member), float(kind.at[member, "value"]), int(kind.at[member, "n"])


def _diligent(own: pd.DataFrame) -> Iterator[Prize]:
    counts = own[MEMBER].value_counts()
    if counts.iloc[0] > counts.iloc[1]:
        yield DILIGENT, None, int(counts.index[0]), float(counts.iloc[0]), len(own)
