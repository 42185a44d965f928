"""The club protocol: accuracy of predicted reactions in simulated clubs, for any model.

Real raters are grouped into clubs. A share of the movies that at least three members of a club
rated become candidates, and every member's rating of a candidate is hidden at once, as it is for a
movie that the club has not watched yet. A model sees all else and predicts them.

    warm  others' ratings of a candidate stay visible (an older movie)
    cold  a third of the candidates lose every rating by anyone (a new release, known by its
          keywords, genres and year alone), and only those are predicted
    random  no clubs: a tenth of all ratings are hidden, and every rater is judged alone
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import Dataset
from recommender.errors import DataError
from recommender.evaluation.bootstrap import Tally
from recommender.evaluation.metrics import pairwise_accuracy, regret
from recommender.evaluation.splits import random_split

CONDITIONS = ("warm", "cold", "random")
ACCURACY = ("rmse", "mae", "order", "group_rmse", "group_order", "regret")
MORE_IS_BETTER = ("order", "group_order")  # of the other metrics, less is
TOGETHER = 3  # members who rated a movie before a club's mean of it is judged, and movies watched


@dataclass(frozen=True)
class Clubs:
    """How clubs are drawn.

    Args:
        clubs, size: so many clubs of so many members.
        min_ratings: a member has rated at least so many movies.
        share: of the movies that three members rated, so many (0..1) become candidates.
    """

    clubs: int = 20
    size: int = 8
    min_ratings: int = 60
    share: float = 0.3


def split_clubs(
    data: Dataset, seed: int, condition: str = "warm", clubs: Clubs | None = None
) -> tuple[Dataset, pd.DataFrame]:
    """Hide the candidates' ratings.

    Returns:
        The visible data, and the hidden ratings with the column club (0, 1, ...; "random": the
        user_id).

    Raises:
        DataError: the condition is unknown, or too few people rated enough movies.
    """
    if condition not in CONDITIONS:
        raise DataError(f"The condition is {', '.join(CONDITIONS)}, not {condition!r}.")
    if condition == "random":
        visible, hidden_ratings = random_split(data, seed, 0.1)
        return visible, hidden_ratings.assign(club=hidden_ratings[USER])
    how = clubs or Clubs()
    rng = np.random.default_rng(seed)
    user, movie = data.ratings[USER].to_numpy(), data.ratings[MOVIE].to_numpy()
    people, ratings = np.unique(user, return_counts=True)
    eligible, needed = people[ratings >= how.min_ratings], how.clubs * how.size
    if len(eligible) < needed:
        raise DataError(
            f"The protocol needs {needed} people with {how.min_ratings} ratings or more; "
            f"these data have {len(eligible)}."
        )
    member = rng.permutation(eligible)[:needed]
    club = pd.Series(np.arange(needed) // how.size, member).reindex(user, fill_value=-1).to_numpy()
    hidden, gone = np.zeros((2, len(user)), dtype=bool)
    for number in range(how.clubs):
        mine = club == number
        movies, raters = np.unique(movie[mine], return_counts=True)
        pool = movies[raters >= TOGETHER]
        candidates = rng.choice(pool, size=int(len(pool) * how.share), replace=False)
        hidden |= mine & np.isin(movie, candidates)
    if condition == "cold":
        pool = np.unique(movie[hidden])
        gone = np.isin(movie, rng.choice(pool, size=len(pool) // 3, replace=False))
        hidden &= gone
    visible = Dataset(data.ratings[~hidden & ~gone], data.movies)
    return visible, data.ratings[hidden].assign(club=club[hidden]).reset_index(drop=True)


def tally(
    hidden: pd.DataFrame,
    predicted: np.ndarray,
    low: np.ndarray | None = None,
    high: np.ndarray | None = None,
) -> Tally:
    """Return what each club adds to each metric, for a bootstrap over clubs.

    Args:
        hidden: from `split_clubs`.
        predicted: (n_hidden,) stars, in the order of the rows.
        low, high: (n_hidden,) the ends of an interval, or neither.

    Returns:
        rmse, mae        stars, over every hidden rating
        order            share of a member's pairs of movies put in the right order, ties half;
                         mean over members
        group_rmse       stars, the club's mean of the movies that three or more members rated
        group_order      the same share for those means, mean over clubs
        regret           stars lost by watching the three movies ranked highest rather than the
                         three that the club liked best, mean over clubs
        coverage, width  of the interval, when there is one
    """
    rows = hidden.assign(guess=np.asarray(predicted, dtype=np.float64))
    if low is not None and high is not None:
        rows = rows.assign(low=low, high=high)
    parts = pd.DataFrame([_club(group) for _, group in rows.groupby("club")])
    total = parts.map(lambda part: part[0]).to_numpy(dtype=np.float64)
    count = parts.map(lambda part: part[1]).to_numpy(dtype=np.float64)
    return Tally(tuple(parts.columns), total, count)


def _club(rows: pd.DataFrame) -> dict[str, tuple[float, int]]:
    """Return (total, count) of each metric for the hidden ratings of one club."""
    stars, guess, n = rows[RATING].to_numpy(), rows["guess"].to_numpy(), len(rows)
    order = [pairwise_accuracy(stars[at], guess[at]) for at in rows.groupby(USER).indices.values()]
    shared = rows.groupby(MOVIE).agg(r=(RATING, "mean"), p=("guess", "mean"), n=("guess", "size"))
    shared = shared[shared["n"] >= TOGETHER]
    real, expected = shared["r"].to_numpy(), shared["p"].to_numpy()
    together = pairwise_accuracy(real, expected)
    parts = {
        "rmse": (float(((guess - stars) ** 2).sum()), n),
        "mae": (float(np.abs(guess - stars).sum()), n),
        "order": (float(np.nansum(order)), int(np.isfinite(order).sum())),
        "group_rmse": (float(((expected - real) ** 2).sum()), len(real)),
        "group_order": (float(np.nan_to_num(together)), int(np.isfinite(together))),
        "regret": (float(np.nan_to_num(regret(real, expected, TOGETHER))), int(len(real) > 0)),
    }
    if "low" in rows:
        inside = rows[RATING].between(rows["low"], rows["high"])
        parts["coverage"] = (float(inside.sum()), n)
        parts["width"] = (float((rows["high"] - rows["low"]).sum()), n)
    return parts
