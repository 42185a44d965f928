from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from recommender import DataError, Dataset
from recommender.dataset import check_movies, parse_terms


def ratings(*rows: tuple[object, object, object]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"])


MOVIES = pd.DataFrame({"movie_id": [1, 2], "title": ["Heat", "Up"], "year": [1995, None]})


@pytest.mark.parametrize(
    ("value", "terms"),
    [
        ("heist|paris", ("heist", "paris")),
        (" heist | |heist", ("heist",)),
        (["b", "a", "b"], ("b", "a")),
        ({"b", "a"}, ("a", "b")),
        (np.array(["x", "y"], dtype=object), ("x", "y")),
        ("['rock ''n'' roll', \"it's\"]", ("rock n roll", "it's")),
        ("[broken", ("[broken",)),
        ("[" + "(" * 90 + "]", ("(" * 90,)),
        ("[" + "-" * 9000 + "1]", ("-" * 9000 + "1",)),
        ("(no genres listed)", ()),
        (np.nan, ()),
        (pd.NA, ()),
    ],
)
def test_parse_terms(value: object, terms: tuple[str, ...]) -> None:
    assert parse_terms(value) == terms


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (ratings((1, 1, 7)), "Ratings are stars from 0.5 to 5; found 7 for movie 1."),
        (ratings((1, 1, "good")), "found good for movie 1"),
        (ratings((1, 1, None)), "found .* for movie 1"),
        (ratings((1, 1.5, 3)), "Every movie_id must be a whole number; found 1.5"),
        (ratings((1, 1e20, 3), (1, 2e20, 4)), "Every movie_id must be below 2.63; 1e[+]20 is too"),
        (ratings((1, 1, 3), (1, 1, 4)), "user_id 1 rated movie 1 twice"),
        (ratings((1, 9, 3)), "1 ratings are of movies that the catalogue does not list"),
        (ratings((1, 1, 3)).drop(columns="rating"), "no column 'rating'"),
    ],
)
def test_bad_ratings(frame: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        Dataset(frame, MOVIES)


def test_bad_catalogues() -> None:
    with pytest.raises(DataError, match="no column 'title'"):
        check_movies(MOVIES.drop(columns="title"))
    with pytest.raises(DataError, match="Movie 1 is listed twice"):
        check_movies(pd.concat([MOVIES, MOVIES]))


@pytest.mark.parametrize(
    "change",
    [
        lambda r, m: (r.assign(rating=3.5), m),
        lambda r, m: (r.assign(movie_id=2), m),
        lambda r, m: (r, m.assign(title=["Heat", "Up!"])),
        lambda r, m: (r, m.assign(genres=["Crime", ""])),
        lambda r, m: (r, m.assign(keywords=["heist", ""])),
        lambda r, m: (r, m.iloc[::-1]),
    ],
)
def test_content_hash_covers_every_input_of_the_model(
    change: Callable[[pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]],
) -> None:
    movies = MOVIES.assign(keywords=["heist", "balloon"])
    data = Dataset(ratings((7, 1, 3)), movies)
    assert Dataset(*change(ratings((7, 1, 3)), movies)).content_hash != data.content_hash


def test_content_hash_ignores_what_no_model_learns_from() -> None:
    data = Dataset(ratings((7, 1, 3)), MOVIES)
    other = Dataset(ratings((7, 1, 3)).assign(timestamp=5), MOVIES.assign(runtime=90))
    assert other.content_hash == data.content_hash
    assert len(data.content_hash) == 32
    assert data.described().movies["title"].tolist() == ["Heat"]
    assert data.described().content_hash == data.content_hash


def test_new_movies_came_out_after_the_last_rating() -> None:
    ratings = pd.DataFrame(
        {"user_id": 1, "movie_id": [1], "rating": 4.0, "timestamp": 1_450_000_000}
    )
    movies = pd.DataFrame({"movie_id": [1, 2, 3], "title": "A", "year": [1999, 2015, None]})
    assert Dataset(ratings, movies).is_new.tolist() == [False, True, False]
    assert not Dataset(ratings.drop(columns="timestamp"), movies).is_new.any()
