"""From every member's reaction to one order for the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

from recommender.columns import MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.errors import DataError
from recommender.reactions import Reactions
from recommender.strategies import DIGITS, MISERY, STRATEGIES, Strategy, shares

__all__ = ["MISERY", "STRATEGIES", "Strategy", "rank", "with_given"]


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
        debt: stars that earlier nights owe a member; who is owed d counts 1 + d times in means
            and votes. For "fairness" members count in proportion to their debts alone (see
            `recommender.fairness.debts`), or all the same when nobody is owed anything.

    Returns:
        Best first; a tie in the score goes to the higher mean, then to the order of `reactions`:
        movie_id, rank (1, 2, ...), score (what the strategy ranks by, in its unit), mean (of the
        members' expected stars), low, high (80% interval of the mean of the ratings they would
        give), lowest (stars of the least happy), lowest_member, safe (probability that nobody
        gives it under MISERY stars), vetoed, tied (has the first one's score; true for the first).
        No rows when nobody is here.

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
        reactions = Reactions((0,), (), np.zeros((1, 0)), np.zeros((1, 0)))
        rows = reactions.rows(None)
    here = [reactions.member_ids[i] for i in rows]
    stars = reactions.mean[rows]
    owed = np.array([(debt or {}).get(member, 0.0) for member in here], dtype=np.float64)
    score = np.round(how.score(stars, shares(owed, how.base)), DIGITS)
    mean, sd = reactions.group_mean(here)
    least = stars.argmin(axis=0)
    reach = ndtri(0.9) * sd
    frame = pd.DataFrame(
        {
            MOVIE: np.array(reactions.movie_ids, dtype=np.int64),
            "score": score,
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
    order = np.lexsort((-np.round(mean, DIGITS), -score, frame["vetoed"]))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.insert(1, "rank", np.arange(1, len(frame) + 1))
    frame["tied"] = frame.groupby(["vetoed", "score"], sort=False).ngroup() == 0
    return frame


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
