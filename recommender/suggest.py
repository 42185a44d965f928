"""Find something in a whole catalogue, as varied, as obscure and as certain as somebody wants it.

Each movie has a value in stars,

    value = score + caution(certainty) sd + (2 obscurity - 1) REACH (1/2 - fame)

where score is the group strategy's, sd that of the group's mean rating, and fame the share (0..1)
of the catalogue that has fewer ratings. Caution is a confidence bound: below the mean for whoever
plays safe, above it for whoever wants to be surprised (Auer, "Using confidence bounds for
exploitation-exploration trade-offs", 2002). Then movies are taken one by one, each for its value
less VARIETY diversity times its likeness to the one taken before that it is most like: maximal
marginal relevance (Carbonell and Goldstein, 1998).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recommender.columns import MOVIE
from recommender.errors import DataError
from recommender.group import rank
from recommender.model import HybridModel
from recommender.reactions import Reactions
from recommender.similar import pairwise

BOLD, CAREFUL = 1.0, -2.0  # standard deviations of the group's mean, at certainty 0 and 1
REACH = 1.2  # stars between the most and the least famous, at either end of the dial
VARIETY = 1.5  # stars that a movie just like another one loses, at full diversity
POOL = 400  # of the highest value; whatever the dial, a movie behind these is never taken


def caution(certainty: float) -> float:
    """Return how many standard deviations are added to a score, BOLD at 0 to CAREFUL at 1."""
    return BOLD + certainty * (CAREFUL - BOLD)


def discover(
    model: HybridModel,
    reactions: Reactions,
    *,
    strategy: str = "average",
    present: Sequence[int] | None = None,
    diversity: float = 0.4,
    obscurity: float = 0.2,
    certainty: float = 0.7,
    limit: int = 12,
) -> pd.DataFrame:
    """Choose movies for those who are here from all that `reactions` are about.

    Args:
        model: knows every movie of `reactions`.
        reactions: of (at least) everyone who is here.
        strategy, present: as for `rank`.
        diversity: 0 (only the best) to 1 (as different as can be).
        obscurity: 0 (what everybody knows) to 1 (what hardly anybody does).
        certainty: 0 (adventurous) to 1 (play safe).
        limit: how many, 1 or more.

    Returns:
        In the order of choice: the columns of `rank`, and value (stars), sd (of the group's mean
        rating, stars), fame (0..1) and ratings (how many the world gave). No rows when nobody is
        here.

    Raises:
        DataError: a dial lies outside 0..1, the limit is no positive number, or as for `rank`.
    """
    dials = {"diversity": diversity, "obscurity": obscurity, "certainty": certainty}
    for name, dial in dials.items():
        if not 0 <= dial <= 1:
            raise DataError(f"The dial for {name} goes from 0 to 1, not {dial}.")
    if limit < 1:
        raise DataError(f"Ask for one movie or more, not {limit}.")
    ranked = rank(reactions, strategy, present)
    if ranked.empty:
        return ranked.assign(value=[], sd=[], fame=[], ratings=[])
    _, sd = reactions.group_mean(present)
    rows = model.rows(ranked[MOVIE])
    ranked["sd"] = pd.Series(sd, reactions.movie_ids).loc[ranked[MOVIE]].to_numpy()
    ranked["fame"] = _fame(model.counts)[rows]
    ranked["ratings"] = model.counts[rows].astype(np.int64)
    ranked["value"] = (
        ranked["score"]
        + caution(certainty) * ranked["sd"]
        + (2 * obscurity - 1) * REACH * (0.5 - ranked["fame"])
    )
    best = ranked.nlargest(max(POOL, limit), "value", keep="first")
    chosen = _one_by_one(model, best, VARIETY * diversity, limit)
    return best.iloc[chosen].reset_index(drop=True)


def _fame(counts: np.ndarray) -> np.ndarray:
    """Share (0..1) of the movies that have fewer ratings; the same for the same number."""
    ordered = np.sort(counts)
    return np.searchsorted(ordered, counts) / max(len(counts) - 1, 1)


def _one_by_one(model: HybridModel, pool: pd.DataFrame, weight: float, limit: int) -> list[int]:
    alike = pairwise(model.space, model.rows(pool[MOVIE]))
    left = pool["value"].to_numpy(copy=True)
    nearest = np.zeros(len(pool))
    chosen: list[int] = []
    while len(chosen) < min(limit, len(pool)):
        best = int(np.argmax(left - weight * nearest))
        chosen.append(best)
        left[best] = -np.inf
        nearest = np.maximum(nearest, alike[best])
    return chosen
