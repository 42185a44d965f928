"""Nights to test on."""

import datetime

import pandas as pd
import pytest

from club.errors import InvalidInput
from club.store import Store

FRIDAY = datetime.date(2024, 5, 3)


def predictions(people, movies=(1, 2, 3)) -> pd.DataFrame:
    """Predictions of everybody for every movie, all different."""
    return pd.DataFrame(
        [
            {
                "member_id": person,
                "movie_id": movie,
                "mean": 3 + movie / 10 + person / 1000,
                "sd": 0.7,
                "shared_sd": 0.3,
                "low": 2.25,
                "high": 4.5,
                "like": 0.125,
                "own_mean": 3.5,
                "crowd": 3.25 + movie / 100,
                "known": movie == 3,
            }
            for person in people
            for movie in movies
        ]
    )


def decided(store: Store, people, movie: int = 1, *, on: datetime.date = FRIDAY) -> int:
    """A night whose movie is decided."""
    night = store.nights.plan(on, people)
    store.nights.decide(night, movie, predictions(people), model="model 1", by="the votes")
    return night


def given_stars(store: Store) -> dict[tuple[int, int], float]:
    """The ratings that count, by member and movie."""
    ratings = store.ratings.current()
    keys = zip(ratings["member_id"], ratings["movie_id"], strict=True)
    return dict(zip(keys, ratings["rating"], strict=True))


def replayed(store: Store) -> dict[tuple[int, int], float]:
    """The ratings that the history leads to; each event begins where the one before it ended."""
    state: dict[tuple[int, int], float] = {}
    for event in store.ratings.history(include_guests=True).iloc[::-1].itertuples():
        key = (event.member_id, event.movie_id)
        before = state.pop(key, None)
        assert (None if pd.isna(event.before) else event.before) == before
        if not pd.isna(event.after):
            state[key] = event.after
    return state


def table(store: Store, name: str) -> list[tuple]:
    """Every row of a table, in any order that stays."""
    with store.database.read() as connection:
        return sorted(map(tuple, connection.exec_driver_sql(f"SELECT * FROM {name}")))


def refused(part: str, action, *arguments, **named) -> None:
    """Assert that an action raises InvalidInput with this part of a sentence."""
    with pytest.raises(InvalidInput, match=part):
        action(*arguments, **named)
