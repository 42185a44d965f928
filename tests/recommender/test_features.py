import numpy as np
import pandas as pd

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


def test_build_needs_enough_movies() -> None:
    assert MovieFeatures.build(MOVIES, min_movies=2).names == (
        "decade:1990s",
        "genre:Drama",
        "keyword:heist",
        "keyword:paris",
    )


def test_build_keeps_the_most_frequent_keywords() -> None:
    few = MovieFeatures.build(MOVIES, min_movies=1, max_keywords=1)
    assert [name for name in few.names if name.startswith("keyword")] == ["keyword:heist"]
    assert "genre:Drama" in few.names
    assert "keyword" not in MovieFeatures.build(MOVIES, max_keywords=0).kinds


def test_encode_rows_and_columns() -> None:
    features = MovieFeatures.build(MOVIES, min_movies=2)
    assert features.encode(MOVIES).toarray().tolist() == [[1, 1, 1, 1], [1, 1, 1, 0], [0, 0, 0, 1]]
    assert features.encode(MOVIES.iloc[[2, 0]]).toarray().tolist() == [[0, 0, 0, 1], [1, 1, 1, 1]]
    assert features.kinds == ("decade", "genre", "keyword", "keyword")
    assert features.labels == ("1990s", "Drama", "heist", "paris")


def test_with_identity() -> None:
    content = MovieFeatures.build(MOVIES, min_movies=3).encode(MOVIES)
    assert content.shape == (3, 0)
    both = with_identity(MovieFeatures(("keyword:paris",)).encode(MOVIES), np.array([1, 0, 1]) > 0)
    assert both.toarray().tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 1]]
