import numpy as np
import pandas as pd
import pytest

from recommender.dataset import check_movies
from recommender.features import MovieFeatures, with_identity

MOVIES = check_movies(
    pd.DataFrame(
        {
            "movie_id": [10, 11, 12],
            "title": ["A", "B", "C"],
            "year": [1994, 1999, None],
            "genres": ["Drama|Crime", "Drama", ""],
            "keywords": ["Heist|paris", "heist|HEIST", "paris"],
        }
    )
)


def test_a_word_counts_when_enough_movies_share_it() -> None:
    assert MovieFeatures.build(MOVIES, min_movies=2).names == (
        "decade:1990s",
        "genre:Drama",
        "keyword:heist",
        "keyword:paris",
    )


def test_rows_are_movies_and_columns_are_names() -> None:
    features = MovieFeatures.build(MOVIES, min_movies=2)
    assert features.encode(MOVIES).toarray().tolist() == [[1, 1, 1, 1], [1, 1, 1, 0], [0, 0, 0, 1]]
    assert features.kinds == ("decade", "genre", "keyword", "keyword")
    assert features.labels == ("1990s", "Drama", "heist", "paris")


def test_a_new_movie_is_described_in_the_known_words() -> None:
    features = MovieFeatures.build(MOVIES, min_movies=2)
    new = check_movies(
        pd.DataFrame({"movie_id": [-1], "title": ["New"], "keywords": ["paris|unheard of"]})
    )
    assert features.encode(new).toarray().tolist() == [[0, 0, 0, 1]]


def test_each_rated_movie_has_a_column_of_its_own() -> None:
    content = MovieFeatures.build(MOVIES, min_movies=3).encode(MOVIES)
    assert content.shape == (3, 0)
    both = with_identity(MovieFeatures(("keyword:paris",)).encode(MOVIES), np.array([1, 0, 1]) > 0)
    assert both.toarray().tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 1]]


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 0, 1]])
def test_the_order_of_the_movies_is_the_order_of_the_rows(order: list[int]) -> None:
    features = MovieFeatures.build(MOVIES, min_movies=1)
    shuffled = features.encode(MOVIES.iloc[order]).toarray()
    assert (shuffled == features.encode(MOVIES).toarray()[order]).all()
