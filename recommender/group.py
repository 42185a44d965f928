"""Group recommendation: strategies, the ranking for those present, and fairness across nights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import ndtri

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.errors import DataError
from recommender.reactions import HALF_STEP, Reactions

MISERY = 2.5  # stars; below this a member would rather not have come
LIKED = 4 - HALF_STEP  # stars; from here on the nearest rating is 4 or more
DIGITS = 9  # scores are rounded to these decimals, because sums of shares are not exact
NIGHT = "night_id"
BALANCE = 0.5  # weight of the last night against all nights, 0..1; see `debts`


@dataclass(frozen=True)
class Strategy:
    """A way to turn the members' stars into a score of the group."""

    name: str  # for people
    description: str  # what it does, in one sentence
    reason: str  # why its first movie comes first, as the beginning of a sentence
    # (n_members, n_movies) stars and (n_members,) shares that sum to 1 -> (n_movies,)
    score: Callable[[np.ndarray, np.ndarray], np.ndarray]
    # of the score; points and votes add up as if every member had one ballot
    unit: Literal["stars", "points", "duels", "votes"] = "stars"
    base: float = 1.0  # weight of every member before debts, see `shares`


def shares(debt: np.ndarray, base: float) -> np.ndarray:
    """Return each member's weight, (n_members,), proportional to base + debt and summing to 1.

    All weights are equal when that is 0 for every member.

    Raises:
        DataError: a debt is negative.
    """
    if (debt < 0).any():
        raise DataError("A debt is how many stars somebody is owed; it cannot be negative.")
    weight = base + debt if base or debt.any() else np.ones(len(debt))
    return weight / weight.sum()


def _without_misery(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    # A movie that makes a member miserable goes behind all that do not, however good on average.
    return share @ stars - np.where((stars < MISERY).any(axis=0), MAX_STARS, 0.0)


def _votes(counted: np.ndarray, share: np.ndarray) -> np.ndarray:
    return len(share) * share @ counted


def _copeland(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    # One movie against all others at a time: all pairs at once do not fit into memory when the
    # candidates are a whole catalogue. Its duel with itself is even and does not count.
    margins = (
        np.round(share @ np.sign(stars[:, [movie]] - stars), DIGITS)
        for movie in range(stars.shape[1])
    )
    return np.array([(np.sign(margin).sum() + len(margin) - 1) / 2 for margin in margins])


def _plurality(stars: np.ndarray, share: np.ndarray) -> np.ndarray:
    favourite = stars == stars.max(axis=1, keepdims=True, initial=-np.inf)
    return _votes(favourite / favourite.sum(axis=1, keepdims=True), share)


STRATEGIES: Mapping[str, Strategy] = {  # docs/strategies.md says who proposed each
    "average": Strategy(
        "Average",
        "The movie with the highest average of everyone's stars.",
        "The highest average of all candidates",
        lambda stars, share: share @ stars,
    ),
    "average_without_misery": Strategy(
        "Average without misery",
        f"The highest average among the movies that nobody should give under {MISERY} stars.",
        "The highest average, and it spares everyone a bad night if any candidate does",
        _without_misery,
    ),
    "least_misery": Strategy(
        "Least misery",
        "The movie whose least happy viewer is the happiest.",
        "Even the least happy viewer is happier than with any other",
        lambda stars, _share: stars.min(axis=0),
    ),
    "most_pleasure": Strategy(
        "Most pleasure",
        "The movie that somebody here is expected to love most.",
        "Somebody loves it more than anyone loves another",
        lambda stars, _share: stars.max(axis=0),
    ),
    "multiplicative": Strategy(
        "Multiplicative",
        "The movie with the highest product of everyone's stars, so one low guess costs a lot.",
        "The highest product of everyone's stars",
        # The root of the product, which keeps its order and stays on the scale of stars.
        lambda stars, share: np.exp(share @ np.log(stars)),
    ),
    "borda": Strategy(
        "Points (Borda)",
        "Everyone's last gets 0 points, the next 1, and so on; the most points win.",
        "It collects the most points from everyone's order of the candidates",
        lambda stars, share: _votes(pd.DataFrame(stars).rank(axis=1).to_numpy() - 1, share),
        unit="points",
    ),
    "copeland": Strategy(
        "Duels (Copeland)",
        "Movies meet in pairs and most of us decide; a duel won counts 1, an even one half.",
        "It wins more duels against the other candidates than any other",
        _copeland,
        unit="duels",
    ),
    "approval": Strategy(
        "Approval",
        f"The movie that most of you should like: {LIKED} stars or more.",
        "No other is expected to be liked by more people",
        lambda stars, share: _votes(stars >= LIKED, share),
        unit="votes",
    ),
    "plurality": Strategy(
        "Plurality",
        "Everyone votes for their own favourite; who has several shares the vote among them.",
        "No other is the favourite of more people",
        _plurality,
        unit="votes",
    ),
    "fairness": Strategy(
        "Fairness",
        "The highest average, where those whom earlier nights let down count more.",
        "The highest average when those whom earlier nights let down count more",
        lambda stars, share: share @ stars,
        base=0.0,
    ),
}


def rank(
    reactions: Reactions,
    strategy: str = "average",
    present: Sequence[int] | None = None,
    veto_below: float | None = None,
    debt: Mapping[int, float] | None = None,
) -> pd.DataFrame:
    """Rank the movies for the members who are present.

    Args:
        reactions: of (at least) every member present.
        strategy: a key of STRATEGIES.
        present: member ids; None for all, an empty list for none.
        veto_below: stars; a movie that any member present is expected to rate lower comes last.
        debt: stars that earlier nights owe a member; a debt of d makes a weight of 1 + d in means
            and votes. For "fairness" weights are proportional to the debts alone (see `debts`).

    Returns:
        Best first; a tie in the score goes to the higher mean, then to the order of `reactions`:
        movie_id, rank (1, 2, ...), score (in the strategy's unit), mean (of the members' expected
        stars), low, high (80% interval of the mean of the ratings to come), lowest (stars of the
        least happy member), vetoed. No rows when no member is present.

    Raises:
        DataError: the strategy or a member is unknown, or a debt is negative.
    """
    how = STRATEGIES.get(strategy)
    if how is None:
        raise DataError(
            f"There is no strategy {strategy!r}; choose one of {', '.join(STRATEGIES)}."
        )
    rows = reactions.rows(present)
    if not len(rows):
        nothing = np.zeros((1, 0))
        reactions, rows = Reactions((0,), (), nothing, nothing), np.zeros(1, dtype=np.int64)
    here = [reactions.member_ids[i] for i in rows]
    stars = reactions.mean[rows]
    owed = np.array([(debt or {}).get(member, 0.0) for member in here], dtype=np.float64)
    score = np.round(how.score(stars, shares(owed, how.base)), DIGITS)
    mean, sd = reactions.group_mean(here)
    reach = ndtri(0.9) * sd
    frame = pd.DataFrame(
        {
            MOVIE: np.array(reactions.movie_ids, dtype=np.int64),
            "score": score,
            "mean": mean,
            "low": np.clip(mean - reach, MIN_STARS, MAX_STARS),
            "high": np.clip(mean + reach, MIN_STARS, MAX_STARS),
            "lowest": stars.min(axis=0),
            "vetoed": (stars < (-np.inf if veto_below is None else veto_below)).any(axis=0),
        }
    )
    order = np.lexsort((-np.round(mean, DIGITS), -score, frame["vetoed"]))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.insert(1, "rank", np.arange(1, len(frame) + 1))
    return frame


def choices(reactions: Reactions, debt: Mapping[int, float] | None = None) -> dict[str, int]:
    """Return the movie that each strategy ranks first; nothing without a member or a movie.

    Args:
        debt: as from `debts`, for "fairness" alone: the others choose without a memory.
    """
    found = {}
    for key in STRATEGIES:
        ranked = rank(reactions, key, debt=debt if key == "fairness" else None)
        if len(ranked):
            found[key] = int(ranked[MOVIE].iloc[0])
    return found


def mean_with_given(reactions: Reactions, given: Sequence[float]) -> tuple[float, float, float]:
    """Return the mean of all ratings of one movie, given and to come, with its 80% interval.

    Args:
        reactions: of the members without a rating, for that movie alone.
        given: the ratings of the others, stars 0.5..5.

    Returns:
        Mean, low, high, in stars.

    Raises:
        DataError: the group has no member.
    """
    size = len(reactions.member_ids) + len(given)
    if not size:
        raise DataError("A group needs a member.")
    expected, sd = 0.0, 0.0
    if reactions.member_ids:
        expected, sd = (float(values[0]) for values in reactions.group_mean())
    to_come = len(reactions.member_ids) / size
    mean = to_come * expected + sum(given) / size
    reach = float(ndtri(0.9)) * to_come * sd
    return mean, max(mean - reach, MIN_STARS), min(mean + reach, MAX_STARS)


def debts(nights: pd.DataFrame, present: Sequence[int]) -> dict[int, float]:
    """Return what earlier nights owe each of `present` (0..1), for `rank` by "fairness".

        debt(u) = (1 - BALANCE) (1 - mean satisfaction of u) + BALANCE behind(u, u's last night)
        satisfaction(u, night) = stars of the movie watched / stars of u's best candidate, at most 1
        behind(u, night) = the highest satisfaction of that night - satisfaction(u, night)

    This is SIAA for a list of one movie (Stratigi, Pitoura, Nummenmaa and Stefanidis, Journal of
    Intelligent Information Systems 58, 2022, doi 10.1007/s10844-021-00652-x; `behind` is userDis
    there), but only nights at which a member was present count for them. A member without a night
    is owed the mean of the others; all are owed 0 without any night.

    Args:
        nights: one row a night and member, present or not: night_id, on (its date), member_id, got,
            best (stars above 0 of the movie watched and of the member's best candidate, as rated
            or, without a rating, as predicted).
    """
    frame = nights.sort_values(["on", NIGHT], kind="stable")
    satisfaction = (frame["got"] / frame["best"]).astype("float64").clip(upper=1.0)
    behind = satisfaction.groupby(frame[NIGHT]).transform("max") - satisfaction
    by_member = frame.assign(satisfaction=satisfaction, behind=behind).groupby(MEMBER)
    history = by_member.agg(satisfaction=("satisfaction", "mean"), behind=("behind", "last"))
    history = history.reindex(list(dict.fromkeys(present)))
    owed = (1 - BALANCE) * (1 - history["satisfaction"]) + BALANCE * history["behind"]
    owed = owed.fillna(owed.mean()).fillna(0.0)
    return {int(member): float(debt) for member, debt in owed.items()}
