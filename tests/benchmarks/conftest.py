from __future__ import annotations

from pathlib import Path

import pytest

from recommender import Dataset


@pytest.fixture
def folder(checkerboard: Dataset, tmp_path: Path) -> Path:
    """The checkerboard as a data folder."""
    root = tmp_path / "data"
    (root / "movielens").mkdir(parents=True)
    checkerboard.ratings.to_parquet(root / "movielens" / "ratings.parquet")
    movies = checkerboard.movies.drop(columns=["keywords", "aliases"])
    movies.assign(genres="Drama").to_parquet(root / "movielens" / "movies.parquet")
    checkerboard.movies["keywords"].str.join("|").to_csv(root / "keywords.csv")
    return root
