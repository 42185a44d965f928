"""From every member's reaction to one order for the group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri

from recommender.columns import MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.errors import DataError
from recommender.reactions import Reactions

MISERY = 2.5  # stars; below this a member would rather not have come


@dataclass(frozen=True)
class Strategy:
    """One way to turn members' stars into a group's score.

    Args:
        name: for people.
        sentence: what it does, in one sentence.
        source: where it comes from.
        score: (n_members, n_movies) stars and (n_members,) weights that sum to 1 -> (n_movies,).
    """

    name: str
    sentence: str
    source: str
    score: Callable[[np.ndarray, np.ndarray], np.ndarray]


def _average(stars: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return weight @ stars


def _without_misery(stars: np.ndarray, weight: np.ndarray) -> np.ndarray:
    # A movie that makes somebody miserable goes behind all that do not, however good on average.
    return weight @ stars - np.where((stars < MISERY).any(axis=0), MAX_STARS, 0.0)


def _least_misery(stars: np.ndarray, _weight: np.ndarray) -> np.ndarray:
    return stars.min(axis=0)


def _most_pleasure(stars: np.ndarray, _weight: np.ndarray) -> np.ndarray:
    return stars.max(axis=0)


_MASTHOFF = "Masthoff, Group Modeling: Selecting a Sequence of Television Items, 2004"

STRATEGIES: Mapping[str, Strategy] = {
    "average": Strategy(
        "Average", "The movie with the highest mean of everyone's stars.", _MASTHOFF, _average
    ),
    "average_without_misery": Strategy(
        "Average without misery",
        f"The highest mean among the movies that nobody is expected to give under {MISERY} stars.",
        _MASTHOFF,
        _without_misery,
    ),
    "least_misery": Strategy(
        "Least misery",
        "The movie whose least happy viewer is the happiest.",
        "O'Connor et al., PolyLens, 2001",
        _least_misery,
    ),
    "most_pleasure": Strategy(
        "Most pleasure",
        "The movie that somebody here is expected to love most.",
        _MASTHOFF,
        _most_pleasure,
    ),
}


def _weights(members: Sequence[int], debt: Mapping[int, float] | None) -> np.ndarray:
    owed = np.array([(debt or {}).get(member, 0.0) for member in members], dtype=np.float64)
    if (owed < 0).any():
        raise DataError("A debt is how many stars somebody is owed; it cannot be negative.")
    return (1 + owed) / (1 + owed).sum()


def rank(
    reactions: Reactions,
    strategy: str = "average",
    present: Sequence[int] | None = None,
    veto_below: float | None = None,
    debt: Mapping[int, float] | None = None,
) -> pd.DataFrame:
    """Order the movies for those who are here.

    Args:
        reactions: of (at least) everyone who is here.
        strategy: a key of STRATEGIES.
        present: member ids; None for everyone, an empty list for nobody.
        veto_below: stars; a movie that anyone here is expected to rate lower comes last.
        debt: stars that earlier nights owe a member; who is owed d counts 1 + d times in means.

    Returns:
        Best first, ties in the order of `reactions`: movie_id, rank (1, 2, ...), score (what the
        strategy ranks by), mean (of the members' expected stars), low, high (80% interval of the
        mean of the ratings they would give), lowest (stars of the least happy), lowest_member,
        safe (probability that nobody gives it under MISERY stars), vetoed. No rows when nobody is
        here.

    Raises:
        DataError: the strategy or a member is unknown, or a debt is negative.
    """
    if strategy not in STRATEGIES:
        raise DataError(
            f"There is no strategy {strategy!r}; choose one of {', '.join(STRATEGIES)}."
        )
    rows = reactions.rows(present)
    if not len(rows):
        reactions = Reactions((0,), (), np.zeros((1, 0)), np.zeros((1, 0)))
        rows = reactions.rows(None)
    here = [reactions.member_ids[i] for i in rows]
    stars = reactions.mean[rows]
    mean, sd = reactions.group_mean(here)
    least = stars.argmin(axis=0)
    reach = ndtri(0.9) * sd
    frame = pd.DataFrame(
        {
            MOVIE: np.array(reactions.movie_ids, dtype=np.int64),
            "score": STRATEGIES[strategy].score(stars, _weights(here, debt)),
            "mean": mean,
            "low": np.clip(mean - reach, MIN_STARS, MAX_STARS),
            "high": np.clip(mean + reach, MIN_STARS, MAX_STARS),
            "lowest": stars.min(axis=0),
            "lowest_member": np.array(
                [reactions.member_ids[i] for i in rows[least]], dtype=np.int64
            ),
            "safe": reactions.nobody_below(MISERY, here),
            "vetoed": (stars < (-np.inf if veto_below is None else veto_below)).any(axis=0),
        }
    )
    frame = frame.sort_values(["vetoed", "score"], ascending=[True, False], kind="stable")
    frame.insert(1, "rank", np.arange(1, len(frame) + 1))
    return frame.reset_index(drop=True)


def with_given(reactions: Reactions, given: Sequence[float]) -> tuple[float, float, float]:
    """Return what a group makes of one movie that some of its members have rated already.

    Args:
        reactions: of those who have not, for that movie alone; of nobody when all have.
        given: the stars (0.5..5) of those who have.

    Returns:
        The mean of all ratings, given and to come, and its 80% interval (low, high), in stars.

    Raises:
        DataError: there is nobody in the group.
    """
    everyone = len(reactions.member_ids) + len(given)
    if not everyone:
        raise DataError("A group needs a member.")
    expected, doubt = 0.0, 0.0
    if reactions.member_ids:
        mean, sd = reactions.group_mean()
        expected, doubt = float(mean[0]), float(sd[0])
    to_come = len(reactions.member_ids) / everyone
    mean_of_all = to_come * expected + sum(given) / everyone
    reach = float(ndtri(0.9)) * to_come * doubt
    return mean_of_all, max(mean_of_all - reach, MIN_STARS), min(mean_of_all + reach, MAX_STARS)
