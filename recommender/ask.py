"""What a member should rate next, so that tonight's decision becomes most certain.

In a Gaussian process it is known before a rating is given how much it will teach: the variance of
the shortlist falls by cov(movie, candidate)² / var(rating), whatever the stars turn out to be
(Rasmussen and Williams, 2006; MacKay, "Information-based objective functions for active data
selection", 1992). A question about a movie that nobody has seen teaches nothing, so each is
weighed by the chance that the member has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import check_ratings

if TYPE_CHECKING:
    from recommender.model import HybridModel

MOST_FAMILIAR = 0.95


def seen_chance(model: HybridModel, rows: np.ndarray, n_rated: int) -> np.ndarray:
    """Chance (0..1) that a member has seen each movie, (n_rows,).

    The share of the world's users who rated it, more for a member who rated more than most.
    """
    share = model.counts[rows] / max(model.n_users, 1)
    mean_rated = model.n_ratings / max(model.n_users, 1)
    return np.clip(share * max(1.0, n_rated / mean_rated), 0.0, MOST_FAMILIAR)


def what_to_rate(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    member_id: int,
    shortlist: Sequence[int],
    *,
    candidates: Sequence[int] | None = None,
    limit: int = 5,
) -> pd.DataFrame:
    """Return the movies whose rating would tell most about the shortlist, best first.

    They are chosen one after the other, each as if those before it were rated already, so that two
    movies that teach the same are not both asked for.

    Args:
        member_ratings: member_id, movie_id, rating.
        member_id: whom to ask; may have no rating yet.
        shortlist: tonight's candidates.
        candidates: what may be asked about; by default everything that the member has not rated
            and that is not on the shortlist.
        limit: how many.

    Returns:
        movie_id, teaches (how much the mean variance of the shortlist falls, stars²), seen (chance
        that the member has seen it). Fewer than `limit` rows when there is nothing left to ask.

    Raises:
        DataError: a bad rating or an unknown movie.
    """
    ratings = check_ratings(member_ratings, who=MEMBER)
    own = ratings[ratings[MEMBER] == member_id]
    kernel = model.kernel(member_id)
    taste = model.taste(own, kernel)
    wanted = model.rows(shortlist)
    known = set(own[MOVIE]) | set(shortlist)
    pool = model.movie_ids if candidates is None else candidates
    asked = np.array([movie for movie in pool if int(movie) not in known], dtype=np.int64)
    rows = model.rows(asked)
    if not len(rows) or not len(wanted):
        return _frame([], [], [])

    both = np.concatenate([rows, wanted])
    learned = taste.known(kernel.covariance(taste.rated, both))
    n = len(rows)
    across = kernel.covariance(rows, wanted) - learned[:, :n].T @ learned[:, n:]
    variance = kernel.variance(rows) - (learned[:, :n] ** 2).sum(axis=0)
    noise = model.options.noise_variance + model.bias.uncertainty[rows]
    seen = seen_chance(model, rows, len(own))

    chosen: list[int] = []
    teaches: list[float] = []
    while len(chosen) < min(limit, n):
        gain = (across**2).mean(axis=1) / (np.maximum(variance, 0) + noise)
        value = gain * seen
        value[chosen] = -1.0
        best = int(value.argmax())
        chosen.append(best)
        teaches.append(float(gain[best]))
        # What the rating of `best` will say about every other movie.
        with_best = (
            kernel.covariance(rows, rows[[best]])[:, 0] - learned[:, :n].T @ learned[:, best]
        )
        whitened = with_best / np.sqrt(max(variance[best], 0) + noise[best])
        toward = across[best] / np.sqrt(max(variance[best], 0) + noise[best])
        learned = np.vstack([learned, np.concatenate([whitened, toward])])
        across = across - np.outer(whitened, toward)
        variance = variance - whitened**2
    return _frame(asked[chosen], teaches, seen[chosen])


def _frame(
    movies: np.ndarray | list[int], teaches: list[float], seen: np.ndarray | list[float]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            MOVIE: np.asarray(movies, dtype=np.int64),
            "teaches": np.asarray(teaches, dtype=np.float64),
            "seen": np.asarray(seen, dtype=np.float64),
        }
    )


def what_the_club_should_rate(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    member_ids: Sequence[int],
    shortlist: Sequence[int],
    *,
    candidates: Sequence[int] | None = None,
    limit: int = 5,
) -> pd.DataFrame:
    """Return the questions worth asking the members, most telling first.

    Args:
        member_ids: whom to ask.
        candidates: what may be asked about; see `what_to_rate`, as for the other arguments.

    Returns:
        movie_id, members (tuple of those to ask, most telling first) and worth (stars², expected
        over whether they have seen it, summed over them).
    """
    return for_the_club(
        {
            member: what_to_rate(
                model, member_ratings, member, shortlist, candidates=candidates, limit=limit
            )
            for member in member_ids
        },
        limit,
    )


def for_the_club(asked: Mapping[int, pd.DataFrame], limit: int = 5) -> pd.DataFrame:
    """Put together what each member should rate; see `what_the_club_should_rate`.

    Args:
        asked: member_id -> what `what_to_rate` found.
    """
    columns = [MOVIE, "members", "worth"]
    if not asked:
        return pd.DataFrame(columns=columns)
    questions = pd.concat(
        [found.assign(**{MEMBER: member}) for member, found in asked.items()], ignore_index=True
    )
    questions["worth"] = questions["teaches"] * questions["seen"]
    questions = questions.sort_values("worth", ascending=False, kind="stable")
    by_movie = questions.groupby(MOVIE, sort=False).agg(
        members=(MEMBER, tuple), worth=("worth", "sum")
    )
    best = by_movie.sort_values("worth", ascending=False, kind="stable").head(limit)
    return best.reset_index()[columns]
