"""What each member leans to: how they rate movies with a word beyond what everybody thinks.

    difference = stars - what everybody outside the club thinks of the movie
    lean(member, word) = mean over the word's movies of (difference - the member's generosity)

Few ratings say little, so every mean is drawn towards 0 as far as its noise asks for (James and
Stein, 1961; the variances are estimated from all members and words together by moments, Efron and
Morris, 1975).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtri

from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP
from recommender.dataset import check_ratings
from recommender.evaluation.club import without_the_club
from recommender.features import GENRE, KEYWORD
from recommender.model import HybridModel

GENEROSITY_VARIANCE = 0.12  # stars², as the model has it by default
NOISE = 0.8  # stars², of a rating around the crowd's opinion and the rater's generosity
LEAST_VARIANCE = 0.01  # stars², of leanings: a tenth of a star
LEVEL = 0.8
REACH = float(ndtri(0.5 + LEVEL / 2))


def beyond_the_crowd(
    model: HybridModel, member_ratings: pd.DataFrame, learned: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Set every rating beside what everybody outside the club thinks of the movie.

    Args:
        member_ratings: member_id, movie_id, rating, timestamp.
        learned: see `recommender.evaluation.club.without_the_club`.

    Returns:
        The same rows with crowd and difference (stars), and known (bool: at least as much is known
        of the crowd's opinion as ten ratings tell, or as the damping of the model says).
    """
    ratings = check_ratings(member_ratings, who=MEMBER)
    crowd = without_the_club(model, ratings, learned)
    expected = crowd.expected.loc[ratings[MOVIE]].to_numpy()
    doubt = crowd.uncertainty.loc[ratings[MOVIE]].to_numpy()
    return ratings.assign(
        crowd=expected,
        difference=ratings[RATING] - expected,
        known=doubt <= model.options.movie_variance / 2,
    )


def generosity(beyond: pd.DataFrame) -> pd.DataFrame:
    """Return how generous each member is, against everybody's opinion of the same movies.

    Args:
        beyond: as `beyond_the_crowd` returns it.

    Returns:
        Index member_id; value, low, high (stars, 80% interval), n (ratings), first and last
        (seconds).
    """
    by_member = beyond.groupby(MEMBER)
    n = by_member.size()
    around = beyond["difference"] - by_member["difference"].transform("mean")
    # As if one more rating of each member had been as noisy as ratings are.
    noise = ((around**2).sum() + NOISE * len(n)) / max(len(beyond), 1)
    weight = GENEROSITY_VARIANCE / (GENEROSITY_VARIANCE + noise / n)
    value = weight * by_member["difference"].mean()
    reach = REACH * np.sqrt(weight * noise / n)
    return pd.DataFrame(
        {
            "value": value,
            "low": value - reach,
            "high": value + reach,
            "n": n,
            "first": by_member[TIMESTAMP].min(),
            "last": by_member[TIMESTAMP].max(),
        }
    )


def words_of(movies: pd.DataFrame) -> pd.DataFrame:
    """Return movie_id, kind ("keyword" or "genre") and word, one row a movie and word.

    Args:
        movies: as in `Dataset.movies`.
    """
    parts = [
        movies[column].explode().dropna().rename("word").reset_index().assign(kind=kind)
        for column, kind in (("keywords", KEYWORD), ("genres", GENRE))
    ]
    found = pd.concat(parts, ignore_index=True)
    found.loc[found["kind"] == KEYWORD, "word"] = found["word"].str.casefold()
    return found.drop_duplicates()[[MOVIE, "kind", "word"]]


def leanings(beyond: pd.DataFrame, movies: pd.DataFrame) -> pd.DataFrame:
    """Return how each member rates movies with each word, beyond the crowd and their generosity.

    Args:
        beyond: as `beyond_the_crowd` returns it.
        movies: as in `Dataset.movies`.

    Returns:
        kind, word, member_id, n (movies), movies (how many with the word anybody rated), lean, low,
        high (stars, 80% interval).
    """
    own = generosity(beyond)["value"]
    rest = beyond.assign(rest=beyond["difference"] - beyond[MEMBER].map(own))
    described = words_of(movies.loc[movies.index.isin(beyond[MOVIE])])
    cells = rest.merge(described, on=MOVIE).groupby(["kind", "word", MEMBER])["rest"]
    frame = cells.agg(mean="mean", n="size").reset_index()
    noise = float(((rest["rest"] ** 2).sum() + NOISE) / (len(rest) + 1))
    surplus = frame["n"] * frame["mean"] ** 2 - noise  # the mean of it is n times the variance
    by_kind = surplus.groupby(frame["kind"]).sum() / frame.groupby("kind")["n"].sum()
    variance = frame["kind"].map(by_kind.clip(lower=LEAST_VARIANCE)).astype(float)
    weight = variance / (variance + noise / frame["n"])
    reach = REACH * np.sqrt(weight * noise / frame["n"])
    frame["lean"] = weight * frame["mean"]
    frame["low"], frame["high"] = frame["lean"] - reach, frame["lean"] + reach
    return frame.drop(columns="mean").merge(
        described.groupby(["kind", "word"]).size().rename("movies"), on=["kind", "word"]
    )
