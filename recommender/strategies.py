"""The ways to turn everyone's expected stars into one score for the group."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import rankdata

from recommender.dataset import MAX_STARS
from recommender.errors import DataError
from recommender.reactions import HALF_STEP

MISERY = 2.5  # stars; below this a member would rather not have come
LIKED = 4 - HALF_STEP  # stars; from here on the nearest rating is 4 or more
DIGITS = 9  # what differs by less than a billionth is the same: sums of shares are not exact


@dataclass(frozen=True)
class Strategy:
    """One way to turn members' stars into a group's score.

    Args:
        name: for people.
        sentence: what it does, in one sentence.
        source: where it comes from.
        score: (n_members, n_movies) stars and (n_members,) shares that sum to 1 -> (n_movies,).
        unit: what the score counts; points and votes are as many as if everyone had one ballot.
        base: what everyone counts before what they are owed, see `shares`.
    """

    name: str
    sentence: str
    source: str
    score: Callable[[np.ndarray, np.ndarray], np.ndarray]
    unit: Literal["stars", "points", "duels", "votes"] = "stars"
    base: float = 1.0


def shares(owed: np.ndarray, base: float) -> np.ndarray:
    """Return how much each member counts, (n_members,), summing to 1.

    Who is owed d counts in proportion to base + d; all count the same when that is 0 for all.

    Raises:
        DataError: a debt is negative.
    """
    if (owed < 0).any():
        raise DataError("A debt is how many stars somebody is owed; it cannot be negative.")
    weight = base + owed if base or owed.any() else np.ones(len(owed))
    return weight / weight.sum()


def _average(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    return share @ stars


def _without_misery(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    # A movie that makes somebody miserable goes behind all that do not, however good on average.
    return share @ stars - np.where((stars < MISERY).any(axis=0), MAX_STARS, 0.0)


def _least_misery(stars: np.ndarray, _share: np.ndarray) -> np.ndarray:
    return stars.min(axis=0)


def _most_pleasure(stars: np.ndarray, _share: np.ndarray) -> np.ndarray:
    return stars.max(axis=0)


def _multiplicative(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    # The root of the product, which keeps its order and stays on the scale of stars.
    return np.exp(share @ np.log(stars))


def _ballots(counted: np.ndarray, share: np.ndarray) -> np.ndarray:
    return len(share) * share @ counted


def _borda(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    return _ballots(rankdata(stars, axis=1) - 1, share)


def _copeland(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    # One movie against all others at a time: all pairs at once do not fit into memory when the
    # candidates are a whole catalogue. Its duel with itself is even and does not count.
    margins = (
        np.round(share @ np.sign(stars[:, [movie]] - stars), DIGITS)
        for movie in range(stars.shape[1])
    )
    return np.array([(np.sign(margin).sum() + len(margin) - 1) / 2 for margin in margins])


def _approval(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    return _ballots(stars >= LIKED, share)


def _plurality(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    favourite = stars == stars.max(axis=1, keepdims=True, initial=-np.inf)
    return _ballots(favourite / favourite.sum(axis=1, keepdims=True), share)


_MASTHOFF = (
    "Masthoff, Group Modeling: Selecting a Sequence of Television Items to Suit a Group of "
    "Viewers, 2004"
)

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
        "O'Connor, Cosley, Konstan and Riedl, PolyLens: A Recommender System for Groups of "
        "Users, 2001",
        _least_misery,
    ),
    "most_pleasure": Strategy(
        "Most pleasure",
        "The movie that somebody here is expected to love most.",
        _MASTHOFF,
        _most_pleasure,
    ),
    "multiplicative": Strategy(
        "Multiplicative",
        "The movie with the highest product of everyone's stars, so one low guess costs a lot.",
        _MASTHOFF,
        _multiplicative,
    ),
    "borda": Strategy(
        "Points (Borda)",
        "Everyone's last gets 0 points, the next 1, and so on; the most points win.",
        "Borda, Mémoire sur les élections au scrutin, 1781",
        _borda,
        unit="points",
    ),
    "copeland": Strategy(
        "Duels (Copeland)",
        "Movies meet in pairs and most of us decide; a duel won counts 1, an even one half.",
        "Copeland, A reasonable social welfare function, 1951",
        _copeland,
        unit="duels",
    ),
    "approval": Strategy(
        "Approval",
        f"The movie that most of us are expected to like: {LIKED} stars or more, which rounds to "
        "a rating of 4.",
        "Brams and Fishburn, Approval Voting, 1978",
        _approval,
        unit="votes",
    ),
    "plurality": Strategy(
        "Plurality",
        "Everyone votes for their own favourite; who has several shares the vote among them.",
        _MASTHOFF,
        _plurality,
        unit="votes",
    ),
    "fairness": Strategy(
        "Fairness",
        "The highest mean, where those whom earlier nights let down count more.",
        "Stratigi, Pitoura, Nummenmaa and Stefanidis, Sequential group recommendations based on "
        "satisfaction and disagreement scores, 2022",
        _average,
        base=0.0,
    ),
}
