"""Counting ballots that people have cast themselves."""

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


def _as_stars(
    ballots: Mapping[int, Sequence[int]], candidates: Sequence[int], method: Method
) -> np.ndarray:
    """Return what each ballot says as (n_ballots, n_candidates) stars, without the empty ones."""
    column = {movie: i for i, movie in enumerate(candidates)}
    said = np.zeros((len(ballots), len(candidates)))
    for row, (member, choices) in zip(said, ballots.items(), strict=True):
        if len(set(choices)) < len(choices):
            raise DataError(f"The ballot of member {member} names a movie twice.")
        named = [column[movie] for movie in choices if movie in column]
        row[named] = MAX_STARS if method == "approval" else np.arange(len(named), 0, -1)
    return said[said.any(axis=1)]


def count(
    ballots: Mapping[int, Sequence[int]], candidates: Sequence[int], method: Method
) -> pd.DataFrame:
    """Count ballots by one of the strategies, everyone's as much as anybody's.

    Args:
        ballots: member id -> movie ids, best first; for "approval" those approved of, in any
            order. What is not on the ballot ties behind all that is. A ballot that names no
            candidate is left out, and so are movies that are no candidates (any more).
        candidates: movie ids.
        method: "approval" (how many approve), "borda" (points: how many other candidates a ballot
            has the movie before, with one half for a tie), "copeland" (duels won, with one half
            for an even one) or "plurality" (first places).

    Returns:
        The most points first, ties in the order of `candidates`: movie_id, points, place (1 for
        the most; ties share a place, and as many places after it are left out). Without any
        ballot all have 0 points and share the first place.

    Raises:
        DataError: there is no such method, or a ballot names a movie twice.
    """
    if method not in get_args(Method):
        raise DataError(
            f"There is no method {method!r}; choose one of {', '.join(get_args(Method))}."
        )
    movies = list(dict.fromkeys(candidates))
    stars = _as_stars(ballots, movies, method)
    points = np.zeros(len(movies))
    if len(stars):
        alike = np.full(len(stars), 1 / len(stars))
        points = np.round(STRATEGIES[method].score(stars, alike), DIGITS)
    frame = pd.DataFrame({MOVIE: np.array(movies, dtype=np.int64), "points": points})
    frame["place"] = frame["points"].rank(method="min", ascending=False).astype("int64")
    return frame.sort_values("place", kind="stable", ignore_index=True)


def winners(
    ballots: Mapping[int, Sequence[int]], candidates: Sequence[int], method: Method
) -> tuple[int, ...]:
    """Return the movies with the most points, in the order of `candidates`.

    Args:
        ballots, candidates, method: as for `count`.

    Returns:
        Several movie ids in a tie; none when no ballot names a candidate.

    Raises:
        DataError: as for `count`.
    """
    counted = count(ballots, candidates, method)
    if not any(set(choices) & set(candidates) for choices in ballots.values()):
        return ()
    return tuple(int(movie) for movie in counted.loc[counted["place"] == 1, MOVIE])
