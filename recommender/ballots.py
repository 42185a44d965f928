"""Counting the ballots of a vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from recommender.columns import MOVIE
from recommender.dataset import MAX_STARS
from recommender.errors import DataError
from recommender.group import DIGITS, STRATEGIES

Method = Literal["approval", "borda", "copeland", "plurality"]


def count(
    ballots: Mapping[int, Sequence[int]], candidates: Sequence[int], method: Method
) -> pd.DataFrame:
    """Count ballots of equal weight by one of the strategies.

    >>> count({1: [10, 20], 2: [20]}, [10, 20, 30], "borda")["points"].tolist()
    [3.0, 2.5, 0.5]

    Args:
        ballots: member id -> movie ids, best first; for "approval" those approved of, in any
            order. Movies that are not on a ballot tie behind all that are. Ballots without any
            candidate are left out, and so are movies that are no candidates.
        candidates: movie ids.
        method: "approval" (how many approve), "borda" (other candidates behind the movie, with one
            half for a tie), "copeland" (duels won, an even one half) or "plurality" (first places).

    Returns:
        The most points first, ties in the order of `candidates`: movie_id, points, place (1 for
        the most; ties share a place, and as many places after it are left out).

    Raises:
        DataError: there is no such method, or a ballot names a movie twice.
    """
    if method not in get_args(Method):
        raise DataError(
            f"There is no method {method!r}; choose one of {', '.join(get_args(Method))}."
        )
    movies = list(dict.fromkeys(candidates))
    column = {movie: i for i, movie in enumerate(movies)}
    stars = np.zeros((len(ballots), len(movies)))
    for row, (member, choices) in zip(stars, ballots.items(), strict=True):
        if len(set(choices)) < len(choices):
            raise DataError(f"The ballot of member {member} names a movie twice.")
        named = [column[movie] for movie in choices if movie in column]
        row[named] = MAX_STARS if method == "approval" else np.arange(len(named), 0, -1)
    stars = stars[stars.any(axis=1)]
    points = np.zeros(len(movies))
    if len(stars):
        equal = np.full(len(stars), 1 / len(stars))
        points = np.round(STRATEGIES[method].score(stars, equal), DIGITS)
    frame = pd.DataFrame({MOVIE: np.array(movies, dtype=np.int64), "points": points})
    frame["place"] = frame["points"].rank(method="min", ascending=False).astype("int64")
    return frame.sort_values("place", kind="stable", ignore_index=True)


def winners(
    ballots: Mapping[int, Sequence[int]], candidates: Sequence[int], method: Method
) -> tuple[int, ...]:
    """Return the movies with the most points by `count`, in the order of `candidates`.

    Several in a tie; none when no ballot names a candidate.
    """
    counted = count(ballots, candidates, method)
    if not any(set(choices) & set(candidates) for choices in ballots.values()):
        return ()
    return tuple(int(movie) for movie in counted.loc[counted["place"] == 1, MOVIE])
