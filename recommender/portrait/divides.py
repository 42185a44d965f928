"""What splits the club and what unites it: single movies, and words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE, RATING

TOGETHER = 3  # members who rated a movie before it can split them
DAMPING = 3.0  # ratings' worth of the usual variance that each movie's is mixed with
MOVIES, MEMBERS, EACH = 5, 3, 2  # with a word: movies in all, members, and movies of each member


def movie_splits(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return how far the members' stars for each movie spread.

    The variance is mixed with the usual one of the club's movies, as if `DAMPING` more ratings had
    shown that, so that three ratings alone seldom make the top.

    Args:
        ratings: member_id, movie_id, rating.

    Returns:
        movie_id, n (ratings), mean, low, high (the least and the most given, stars) and spread
        (damped standard deviation, stars); what at least `TOGETHER` rated, the most divisive first.
    """
    stars = ratings.groupby(MOVIE)[RATING]
    frame = stars.agg(n="size", mean="mean", low="min", high="max", variance="var")
    frame = frame[frame["n"] >= TOGETHER]
    freedom = frame["n"] - 1
    squares = freedom * frame["variance"]
    usual = squares.sum() / max(freedom.sum(), 1)
    frame["spread"] = np.sqrt((squares + DAMPING * usual) / (freedom + DAMPING))
    frame = frame.drop(columns="variance").reset_index()
    order = ["spread", "n", MOVIE]
    return frame.sort_values(order, ascending=[False, False, True], ignore_index=True)


def word_splits(leanings: pd.DataFrame) -> pd.DataFrame:
    """Return which words divide the members and which unite them.

    Args:
        leanings: as `recommender.portrait.leanings.leanings` returns it.

    Returns:
        kind, word, movies (how many of them anybody rated), members (how many rated `EACH` or
        more), spread (standard deviation of their leans, stars), shared (stars that all of them
        lean the same way, negative where they all dislike it; 0 where they do not agree), for_it,
        against (member ids at both ends), gap (stars between them) and sure (bool: their intervals
        do not meet). The most divisive first. Words of fewer than `MOVIES` movies or `MEMBERS`
        members are left out.
    """
    heard = leanings[leanings["n"] >= EACH]
    found = []
    for (kind, word), own in heard.groupby(["kind", "word"]):
        if len(own) < MEMBERS or own["movies"].iloc[0] < MOVIES:
            continue
        lean = own["lean"].to_numpy()
        top, bottom = own.iloc[int(lean.argmax())], own.iloc[int(lean.argmin())]
        shared = lean.min() if lean.min() > 0 else lean.max() if lean.max() < 0 else 0.0
        gap, sure = top["lean"] - bottom["lean"], bool(top["low"] > bottom["high"])
        found.append(
            (
                kind, word, int(own["movies"].iloc[0]), len(own), float(lean.std()), float(shared),
                int(top[MEMBER]), int(bottom[MEMBER]), float(gap), sure,
            )
        )  # fmt: skip
    columns = [
        "kind", "word", "movies", "members", "spread", "shared",
        "for_it", "against", "gap", "sure",
    ]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns)
    return frame.sort_values(["spread", "word"], ascending=[False, True], ignore_index=True)
