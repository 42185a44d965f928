"""A year of a club in figures: counts, and prizes that are given only where the data carry them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP
from recommender.taste import RATED_BY, generosity, movie_splits

BEST, DIVISIVE, SURPRISE = "best", "divisive", "surprise"
FORESEEN, PUZZLE, PAIR = "foreseen", "puzzle", "pair"
KINDEST, HARSHEST, DILIGENT = "kindest", "harshest", "diligent"

ENOUGH = 10  # ratings of the year, before there are prizes
OWN, COMMON = 5, 5  # ratings of one member, and movies of a pair
BEST_DAMPING = 2.0  # ratings at the club's mean that each movie's are mixed with
DIVIDED, SURPRISING = 2.0, 1.5  # stars
DOUBT = 0.05  # chance of being wrong when two are called different, over all that were compared


@dataclass(frozen=True)
class Prize:
    """A prize of the year: for a movie, for members, or for what one member gave a movie."""

    award: str
    # stars: best: mean; divisive: between the most and the least; surprise: given less expected;
    # foreseen, puzzle: mean absolute error; pair: mean distance; kindest, harshest: user bias.
    # diligent: ratings.
    value: float
    n: int  # ratings (of a pair movies) that it rests on
    movie: int | None = None
    members: tuple[int, ...] = ()


@dataclass(frozen=True)
class Year:
    """What a club did in one year."""

    year: int
    nights: int
    minutes: int  # of the movies of the nights, where a runtime is known
    complete: bool  # the runtimes of all of them are
    movies: int  # rated
    ratings: int
    prizes: tuple[Prize, ...]


def rating_years(ratings: pd.DataFrame) -> pd.Series:
    """Return the year (UTC) of each rating."""
    return pd.to_datetime(ratings[TIMESTAMP], unit="s").dt.year.rename("year")


def review(
    year: int,
    ratings: pd.DataFrame,
    runtimes: pd.Series,
    *,
    beyond: pd.DataFrame | None = None,
    expected: pd.DataFrame | None = None,
) -> Year:
    """Return the figures and prizes of one year.

    Args:
        ratings: member_id, movie_id, rating, timestamp (seconds), of all years.
        runtimes: minutes of the movie of each night of the year, missing where unknown.
        beyond: as `beyond_the_crowd` returns it; without it nobody is called kind or harsh.
        expected: member_id, movie_id, predicted (stars, without the rating itself); without it
            nothing is said of the predictions.
    """
    own = ratings[rating_years(ratings) == year]
    prizes: list[Prize] = []
    if len(own) >= ENOUGH:
        prizes.extend(_movies(year, ratings))
        if expected is not None:
            prizes.extend(_predictions(own.merge(expected, on=[MEMBER, MOVIE])))
        prizes.extend(_pair(own))
        if beyond is not None:
            prizes.extend(_critics(beyond[rating_years(beyond) == year]))
        prizes.extend(_diligent(own))
    return Year(
        year,
        len(runtimes),
        int(runtimes.sum()),
        bool(runtimes.notna().all()),
        own[MOVIE].nunique(),
        len(own),
        tuple(prizes),
    )


def _movies(year: int, ratings: pd.DataFrame) -> Iterator[Prize]:
    """Yield the best and the most divisive movie.

    A movie competes in the year in which the third of the members rated it, with all stars that it
    had at the year's end.
    """
    until = ratings[rating_years(ratings) <= year].sort_values(TIMESTAMP, kind="stable")
    third = until[until.groupby(MOVIE).cumcount() == RATED_BY - 1]
    here = third.loc[rating_years(third) == year, MOVIE]
    splits = movie_splits(until[until[MOVIE].isin(here)])
    if splits.empty:
        return
    worth = splits["n"] * splits["mean"] + BEST_DAMPING * until[RATING].mean()
    best = splits.loc[(worth / (splits["n"] + BEST_DAMPING)).idxmax()]
    yield Prize(BEST, float(best["mean"]), int(best["n"]), movie=int(best[MOVIE]))
    for _, row in splits[splits[MOVIE] != best[MOVIE]].head(1).iterrows():
        if (apart := row["high"] - row["low"]) >= DIVIDED:
            yield Prize(DIVISIVE, float(apart), int(row["n"]), movie=int(row[MOVIE]))


def _predictions(rows: pd.DataFrame) -> Iterator[Prize]:
    """Yield who was foreseen best and worst, if these surely differ, and the biggest surprise."""
    off = rows[RATING] - rows["predicted"]
    errors = off.abs().groupby(rows[MEMBER]).agg(["mean", "var", "size"])
    errors = errors[errors["size"] >= OWN].sort_values("mean", kind="stable")
    ends = errors.iloc[[0, -1]] if len(errors) > 1 else errors.iloc[:0]
    if _differ(ends, len(errors) * (len(errors) - 1) / 2):
        for award, (member, row) in zip((FORESEEN, PUZZLE), ends.iterrows(), strict=True):
            yield Prize(award, float(row["mean"]), int(row["size"]), members=(int(member),))
    if len(off) and off.abs().max() >= SURPRISING:
        row = rows.loc[off.abs().idxmax()]
        who, movie = (int(row[MEMBER]),), int(row[MOVIE])
        yield Prize(SURPRISE, float(off.loc[row.name]), len(off), movie, who)


def _pair(own: pd.DataFrame) -> Iterator[Prize]:
    """Yield the two whose stars for the same movies are surely closer than usual."""
    given = own.pivot(index=MOVIE, columns=MEMBER, values=RATING)
    apart = {
        pair: distances
        for pair in combinations(given.columns, 2)
        if len(distances := (given[pair[0]] - given[pair[1]]).abs().dropna()) >= COMMON
    }
    if len(apart) < 2:
        return
    pair = min(apart, key=lambda two: apart[two].mean())
    closest, others = apart.pop(pair), pd.concat(apart.values())
    both = pd.DataFrame([each.agg(["mean", "var", "size"]) for each in (closest, others)])
    if _differ(both, len(apart) + 1):
        members = (int(pair[0]), int(pair[1]))
        yield Prize(PAIR, float(closest.mean()), len(closest), members=members)


def _differ(two: pd.DataFrame, compared: float) -> bool:
    """Return whether the second of two means (mean, var, size) is surely larger.

    Bonferroni's correction is for as many as were compared.
    """
    if two.empty:
        return False
    reach = -ndtri(DOUBT / compared) * np.sqrt((two["var"] / two["size"]).sum())
    return bool(two["mean"].iloc[1] - two["mean"].iloc[0] > reach)


def _critics(beyond: pd.DataFrame) -> Iterator[Prize]:
    """Yield who is surely kinder, and who harsher, than everybody."""
    bias = generosity(beyond)
    bias = bias[bias["n"] >= OWN].sort_values("value", kind="stable")
    for award, end in ((KINDEST, bias.tail(1)), (HARSHEST, bias.head(1))):
        for member, row in end.iterrows():
            if (row["low"] > 0) if award == KINDEST else (row["high"] < 0):
                yield Prize(award, float(row["value"]), int(row["n"]), members=(int(member),))


def _diligent(own: pd.DataFrame) -> Iterator[Prize]:
    counts = own[MEMBER].value_counts()
    if len(counts) > 1 and counts.iloc[0] > counts.iloc[1]:
        yield Prize(DILIGENT, float(counts.iloc[0]), len(own), members=(int(counts.index[0]),))
