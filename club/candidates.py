"""What may be watched on a night: the shortlist without what is vetoed, seen or too long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Reason:
    """Why a movie is no candidate.

    Args:
        kind: "vetoed" or "seen" (by `members`), or "long" (it takes `minutes`).
        members: who vetoed or has seen it.
        minutes: how long it takes.
    """

    kind: Literal["vetoed", "seen", "long"]
    members: tuple[int, ...] = ()
    minutes: int | None = None


@dataclass(frozen=True)
class Candidates:
    """The movies that may be watched, and why the others may not.

    Args:
        movies: movie ids in the order of the shortlist.
        out: movie_id -> why not, in that order.
        unknown_length: those of `movies` of which nobody knows whether they are too long; empty
            when it does not matter.
    """

    movies: tuple[int, ...]
    out: dict[int, Reason]
    unknown_length: tuple[int, ...]


def sift(
    shortlist: Sequence[int],
    *,
    vetoes: Mapping[int, tuple[int, ...]],
    seen: Mapping[int, tuple[int, ...]],
    runtimes: Mapping[int, int | None],
    rewatch: bool,
    longest: int | None,
) -> Candidates:
    """Return what of the shortlist may be watched.

    Args:
        shortlist: movie ids.
        vetoes, seen: movie_id -> who of those present; a veto counts before anything else.
        runtimes: movie_id -> minutes, None where nobody knows.
        rewatch: whether what somebody present has seen may be watched.
        longest: minutes that a movie may take, None for any.
    """

    def why_not(movie: int) -> Reason | None:
        minutes = runtimes.get(movie)
        if vetoes.get(movie):
            return Reason("vetoed", vetoes[movie])
        if seen.get(movie) and not rewatch:
            return Reason("seen", seen[movie])
        if longest is not None and minutes is not None and minutes > longest:
            return Reason("long", minutes=minutes)
        return None

    reasons = {movie: why_not(movie) for movie in shortlist}
    movies = tuple(movie for movie, reason in reasons.items() if reason is None)
    return Candidates(
        movies,
        {movie: reason for movie, reason in reasons.items() if reason is not None},
        () if longest is None else tuple(movie for movie in movies if runtimes.get(movie) is None),
    )
