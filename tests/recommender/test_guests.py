"""Guests: keywords shift predictions, and what they name says nothing about generosity."""

import numpy as np
import pandas as pd
import pytest

from recommender import HybridModel
from recommender.guests import (
    AGAINST_HATED,
    AGAINST_LOVED,
    HATED,
    LOVED,
    imagined,
    is_balance,
    is_wish,
)

GUEST = 7
TRAINS, SHIPS = list(range(0, 20, 2)), list(range(1, 20, 2))


def guest(likes: tuple[str, ...] = (), dislikes: tuple[str, ...] = ()) -> pd.DataFrame:
    return pd.DataFrame({"likes": [likes], "dislikes": [dislikes]}, index=pd.Index([GUEST]))


def named(loves: int = 0, hates: int = 0) -> pd.DataFrame:
    """Trains loved, ships hated."""
    rows = [(GUEST, TRAINS[i], LOVED) for i in range(loves)]
    rows += [(GUEST, SHIPS[i], HATED) for i in range(hates)]
    return pd.DataFrame(rows, columns=["member_id", "movie_id", "rating"])


def predicted(
    model: HybridModel, guests: pd.DataFrame, movies: list[int], ratings: pd.DataFrame | None = None
) -> np.ndarray:
    evidence = imagined(guests, ratings, model.features)
    known = evidence.ratings if ratings is None else pd.concat([ratings, evidence.ratings])
    model = model.with_movies(evidence.movies)
    return model.react(known, movies, member_ids=[GUEST]).mean[0]


def test_keywords_shift_the_movies_that_have_them(tiny_model: HybridModel) -> None:
    def lead(**words: tuple[str, ...]) -> float:  # of a new train movie over a new ship movie
        train, ship = predicted(tiny_model, guest(**words), [20, 21])
        return float(train - ship)

    assert lead(likes=("train",)) > lead() + 0.1
    assert lead(dislikes=("train",)) < lead() - 0.1
    assert lead(likes=("train",), dislikes=("ship",)) > lead(likes=("train",))


@pytest.mark.parametrize(
    ("words", "ratings", "stars"),
    [
        (guest(), named(3, 0), [AGAINST_LOVED] * 3),
        (guest(), named(0, 2), [AGAINST_HATED] * 4),
        (guest(), named(3, 2), [AGAINST_HATED]),
        (guest(), named(2, 1), []),
        (guest(dislikes=("ship",)), named(), [AGAINST_HATED] * 2),
        (guest(("train",), ("ship",)), named(3, 2), [AGAINST_HATED] * 2),
        (guest(("train", "Drama")), named(3, 0), [AGAINST_LOVED] * 4),
        (guest(), named(2, 0).assign(rating=[4.5, 1.5]), []),
    ],
)
def test_balancing_movies(
    tiny_model: HybridModel, words: pd.DataFrame, ratings: pd.DataFrame, stars: list[float]
) -> None:
    evidence = imagined(words, ratings, tiny_model.features)
    added = evidence.ratings[is_balance(evidence.ratings["movie_id"])]
    assert added["rating"].tolist() == stars
    assert not any(evidence.movies.loc[added["movie_id"], "keywords"])


@pytest.mark.parametrize(
    ("ratings", "others", "sign"), [(named(loves=3), SHIPS, 1), (named(hates=2), TRAINS, -1)]
)
def test_naming_one_side_is_no_user_bias(
    tiny_model: HybridModel, ratings: pd.DataFrame, others: list[int], sign: int
) -> None:
    everybody = predicted(tiny_model, guest(), others).mean()
    as_ratings = tiny_model.react(ratings, others, member_ids=[GUEST]).mean.mean()
    balanced = predicted(tiny_model, guest(), others, ratings).mean()
    assert sign * (as_ratings - everybody) > 0.1
    assert sign * (balanced - everybody) < 0


def test_words_are_found_among_keywords_and_genres(tiny_model: HybridModel) -> None:
    words = guest(likes=("DRAMA", "zither", "Train", "1990s"), dislikes=("zither",))
    evidence = imagined(words, features=tiny_model.features)
    wishes = evidence.movies[is_wish(evidence.movies.index.to_series())]
    assert wishes[["keywords", "genres"]].to_numpy().tolist() == [[("train",), ("Drama",)]]


def test_imagined_ids_are_free() -> None:
    members = [1, 7, 10**8]
    guests = pd.DataFrame({"likes": [("a",)] * 3, "dislikes": [("b",)] * 3}, index=members)
    evidence = imagined(guests)
    assert evidence.movies.index.is_unique
    assert not evidence.ratings.duplicated(["member_id", "movie_id"]).any()
    ids = evidence.ratings["movie_id"]
    assert set(ids) == set(evidence.movies.index)
    # The club's own movies count down from -1, and a database keeps ids in 32 bits.
    assert ids.max() < -(10**8)
    assert ids.min() >= -(2**31)
    assert (is_wish(ids) ^ is_balance(ids)).all()
    wishes = evidence.ratings[is_wish(ids)]
    assert wishes.groupby("member_id")["rating"].apply(list).tolist() == [[LOVED, HATED]] * 3
