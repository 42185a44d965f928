"""What one member is like: favourite words, and where they stand against the crowd."""

from __future__ import annotations

import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING

EACH = 2  # movies with a word, before a member is said to lean to it
WORTH_SAYING = 0.1  # stars
LIMIT = 5


def favourites(
    leanings: pd.DataFrame, member_id: int, kind: str, limit: int = LIMIT
) -> pd.DataFrame:
    """Return the words that a member leans to most, and those that they lean away from most.

    Args:
        leanings: as `recommender.portrait.leanings.leanings` returns it.
        kind: "keyword" or "genre".
        limit: how many at either end.

    Returns:
        word, n, lean, low, high, the most liked first; leans of less than a tenth of a star and
        words of a single movie are left out.
    """
    own = leanings[
        (leanings[MEMBER] == member_id) & (leanings["kind"] == kind) & (leanings["n"] >= EACH)
    ].sort_values(["lean", "word"], ascending=[False, True], kind="stable")
    liked = own[own["lean"] >= WORTH_SAYING].head(limit)
    disliked = own[own["lean"] <= -WORTH_SAYING].tail(limit)
    return pd.concat([liked, disliked])[["word", "n", "lean", "low", "high"]].reset_index(drop=True)


def departures(beyond: pd.DataFrame, member_id: int, limit: int = LIMIT) -> pd.DataFrame:
    """Return the movies on which a member differs most from everybody, more stars first.

    Args:
        beyond: as `recommender.portrait.leanings.beyond_the_crowd` returns it.
        limit: how many in either direction.

    Returns:
        movie_id, rating, crowd, difference (stars); only movies whose crowd is known.
    """
    own = beyond[(beyond[MEMBER] == member_id) & beyond["known"]]
    own = own.sort_values(["difference", MOVIE], ascending=[False, True], kind="stable")
    more, less = own[own["difference"] > 0].head(limit), own[own["difference"] < 0].tail(limit)
    return pd.concat([more, less])[[MOVIE, RATING, "crowd", "difference"]].reset_index(drop=True)
