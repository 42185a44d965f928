"""What members lean to, and what divides them: known tastes are found, few ratings say little."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Dataset, HybridModel
from recommender.portrait.divides import movie_splits, word_splits
from recommender.portrait.leanings import beyond_the_crowd, generosity, leanings, words_of
from recommender.portrait.profile import departures, favourites


def ratings(*rows: tuple[int, int, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["member_id", "movie_id", "rating"])
    return frame.assign(timestamp=range(1_600_000_000, 1_600_000_000 + len(frame)))


def beyond(*rows: tuple[int, int, float]) -> pd.DataFrame:
    """Where the crowd gives every movie 3 stars."""
    frame = ratings(*rows)
    return frame.assign(crowd=3.0, difference=frame["rating"] - 3.0, known=True)


# Member 1 loves trains (even movies), member 2 ships; 3 is kind to all, and 4 rated one movie.
CLUB = beyond(
    *[(1, movie, 4.5 if movie % 2 == 0 else 1.5) for movie in range(12)],
    *[(2, movie, 1.5 if movie % 2 == 0 else 4.5) for movie in range(12)],
    *[(3, movie, 4.5) for movie in range(12)],
    (4, 0, 0.5),
)


@pytest.fixture(scope="session")
def leans(checkerboard: Dataset) -> pd.DataFrame:
    return leanings(CLUB, checkerboard.movies)


def lean(frame: pd.DataFrame, member: int, word: str) -> pd.Series:
    return frame.set_index(["member_id", "word"]).loc[(member, word)]


def test_the_kind_and_the_harsh_are_told_apart() -> None:
    found = generosity(CLUB)
    assert found.loc[3, "low"] > 0.3
    assert found.loc[1, "low"] < 0 < found.loc[1, "high"]
    assert found["n"].tolist() == [12, 12, 12, 1]
    assert found.loc[4, "value"] > -1  # one rating of half a star is not the whole truth
    assert found.loc[4, "first"] == found.loc[4, "last"]


def test_a_known_taste_is_found(leans: pd.DataFrame) -> None:
    assert lean(leans, 1, "train")["low"] > 0.5
    assert lean(leans, 1, "ship")["high"] < -0.5
    assert lean(leans, 3, "train")["lean"] == pytest.approx(lean(leans, 3, "ship")["lean"])
    assert (leans["low"] <= leans["lean"]).all()
    assert (leans["lean"] <= leans["high"]).all()
    assert lean(leans, 1, "train")["n"] == lean(leans, 1, "train")["movies"] == 6


def test_one_rating_leans_less_than_many(checkerboard: Dataset) -> None:
    one = leanings(CLUB[(CLUB["movie_id"] < 2) | (CLUB["member_id"] != 1)], checkerboard.movies)
    few, many = (lean(frame, 1, "train") for frame in (one, leanings(CLUB, checkerboard.movies)))
    assert few["n"] == 1
    assert few["high"] - few["low"] > many["high"] - many["low"]


def test_words_come_once_a_movie_and_kind() -> None:
    movies = pd.DataFrame(
        {"keywords": [("Train", "train"), ()], "genres": [("Drama",), ("Drama",)]},
        index=pd.Index([1, 2], name="movie_id"),
    )
    found = words_of(movies).sort_values(["kind", "movie_id"]).to_numpy().tolist()
    assert found == [[1, "genre", "Drama"], [2, "genre", "Drama"], [1, "keyword", "train"]]


def test_words_divide_and_unite(leans: pd.DataFrame) -> None:
    found = word_splits(leans).set_index("word")
    train = found.loc["train"]
    assert (train["for_it"], train["against"], train["sure"]) == (1, 2, True)
    assert (train["movies"], train["members"]) == (6, 3)
    assert train["gap"] > 1
    assert train["shared"] == 0
    assert found.index[-1] == "Drama"  # all movies are dramas: nobody leans anywhere


def test_what_all_like_unites() -> None:
    rows = [(1, 1, 0.4, 0.2), (2, 1, 0.3, 0.1), (3, 1, 0.5, 0.3)]
    frame = pd.DataFrame(rows, columns=["member_id", "n", "lean", "low"])
    frame = frame.assign(kind="genre", word="War", n=4, movies=9, high=frame["lean"] + 0.2)
    (row,) = word_splits(frame).itertuples()
    assert row.shared == 0.3
    assert not row.sure
    assert word_splits(frame.assign(movies=4)).empty
    assert word_splits(frame.head(2)).empty
    assert word_splits(frame.assign(n=1)).empty


def test_nothing_is_known_of_movies_without_words(checkerboard: Dataset) -> None:
    bare = checkerboard.movies.assign(keywords=[()] * 22, genres=[()] * 22)
    assert leanings(CLUB, bare).empty
    assert word_splits(leanings(CLUB, bare)).empty


def test_favourites_are_what_is_liked_and_what_is_not(leans: pd.DataFrame) -> None:
    assert favourites(leans, 1, "keyword")["word"].tolist() == ["train", "ship"]
    assert favourites(leans, 2, "keyword")["word"].tolist() == ["ship", "train"]
    assert favourites(leans, 1, "genre").empty  # dramas are as usual
    assert favourites(leans, 4, "keyword").empty  # one movie is no favourite


def test_departures_go_both_ways_and_need_a_known_crowd() -> None:
    found = departures(CLUB, 1, limit=2)
    assert found["movie_id"].tolist() == [0, 2, 9, 11]
    assert found["difference"].tolist() == [1.5, 1.5, -1.5, -1.5]
    assert departures(CLUB, 3)["difference"].gt(0).all()
    assert departures(CLUB.assign(known=False), 1).empty


def test_beyond_the_crowd_leaves_the_club_out(
    tiny_model: HybridModel, checkerboard: Dataset
) -> None:
    theirs = checkerboard.ratings.rename(columns={"user_id": "member_id"}).assign(timestamp=1)
    club = theirs[theirs["member_id"] < 3]
    found = beyond_the_crowd(tiny_model, club)
    assert found["difference"].tolist() == pytest.approx(
        (found["rating"] - found["crowd"]).tolist()
    )
    row = found[found["movie_id"] == 4].iloc[0]
    others = theirs[(theirs["movie_id"] == 4) & (theirs["member_id"] >= 3)]
    # Damped, but on the side of those who are not in the club.
    kind = others["rating"].mean() > tiny_model.bias.mu
    assert (row["crowd"] > tiny_model.bias.mu) == kind
    assert found["known"].dtype == bool
    new = ratings((900, 20, 5.0))
    assert not beyond_the_crowd(tiny_model, new, club)["known"].any()  # nobody rated movie 20


def test_the_movie_that_splits_comes_first() -> None:
    rows = [(1, 1, 0.5), (2, 1, 5.0), (3, 1, 0.5), (1, 2, 4.0), (2, 2, 4.0), (3, 2, 4.5)]
    found = movie_splits(ratings(*rows, (1, 3, 0.5), (2, 3, 5.0)))
    assert found["movie_id"].tolist() == [1, 2]  # only two rated movie 3
    assert found["n"].tolist() == [3, 3]
    assert (found["low"].iloc[0], found["high"].iloc[0]) == (0.5, 5.0)
    # Squares 13.5 and 1/6, so 3.41667 of 4 degrees of freedom is usual; three more are mixed in.
    usual = (13.5 + 1 / 6) / 4
    assert found["spread"].iloc[0] == pytest.approx(((13.5 + 3 * usual) / 5) ** 0.5)
    assert movie_splits(ratings((1, 1, 3.0))).empty


@settings(max_examples=30, deadline=None)
@given(half_stars=st.lists(st.integers(1, 10), min_size=3, max_size=3))
def test_the_spread_lies_between_the_usual_one_and_the_movies_own(half_stars: list[int]) -> None:
    rows = [(m, 1, half / 2) for m, half in enumerate(half_stars)]
    rows += [(m, 2, 3.0 + 0.5 * (m % 2)) for m in range(3)]
    given_stars = ratings(*rows)
    found = movie_splits(given_stars).set_index("movie_id")
    own = given_stars.groupby("movie_id")["rating"].std()
    usual = float(np.sqrt((own**2).mean()))
    for movie, spread in found["spread"].items():
        low, high = sorted([usual, own[movie]])
        assert low - 1e-9 <= spread <= high + 1e-9
