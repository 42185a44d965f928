"""The base dataset and the club together: one dataset to learn from, one catalogue."""

from __future__ import annotations

import pandas as pd

from club.movies import with_details
from club.store import Store
from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP, USER
from recommender.dataset import Dataset


def catalogue(base: Dataset, store: Store) -> pd.DataFrame:
    """Return the base dataset's movies and then the club's own, in the form of `Dataset.movies`.

    Details that the club has fetched are filled in.
    """
    return joined(base, store.movies.own(), store.movies.details())


def joined(base: Dataset, own: pd.DataFrame, details: pd.DataFrame) -> pd.DataFrame:
    """Return `catalogue` of a club with these own movies and fetched details."""
    theirs = with_details(base.movies, details)
    return theirs if own.empty else pd.concat([theirs, own])


def as_strangers(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return ratings under user ids that no member of a club can have.

    To a model, a member and a user of the same id are one person.
    """
    return ratings.assign(**{USER: -1 - ratings[USER]})


def training_data(base: Dataset, store: Store) -> Dataset:
    """Return the ratings of strangers (see `as_strangers`) and of the members.

    Raters that members of the demo stand for are left out, so that they do not count twice; so are
    the club's ratings of movies that the base dataset lacks.

    Returns:
        A dataset whose movies are those of `catalogue` that have a rating or a keyword.
    """
    movies = catalogue(base, store)
    doubles = store.members.all()["world_user_id"].dropna()
    others = as_strangers(base.ratings[~base.ratings[USER].isin(doubles)])
    club = store.ratings.current().rename(columns={MEMBER: USER})
    club = club[club[MOVIE].isin(movies.index)]
    columns = [USER, MOVIE, RATING] + [TIMESTAMP] * (TIMESTAMP in others.columns)
    ratings = pd.concat([others[columns], club[columns]], ignore_index=True)
    return Dataset(ratings, movies).described()


def ratings_at(store: Store, version: int) -> pd.DataFrame:
    """Return the ratings of the present members as they were at an earlier version of the store.

    Returns:
        member_id, movie_id, rating (stars).
    """
    keys, present = [MEMBER, MOVIE], store.members.all().index
    events = store.ratings.history().rename(columns={"after": RATING})
    events = events[(events["step"] <= version) & events[MEMBER].isin(present)]
    latest = events.drop_duplicates(keys).dropna(subset=[RATING])  # the newest come first
    return latest[[*keys, RATING]].sort_values(keys, ignore_index=True)
