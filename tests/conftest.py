"""Small worlds whose right answers are known."""

import gc
import os

# Before numpy: one thread is faster here, and the same figures every time.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from databases import (
    KINDS,
    PostgresServer,
    connections_kept,
    postgres_server,
)
from hypothesis import settings
from sqlalchemy import Pool, event

from recommender import Dataset, HybridModel, TrainingOptions

N_MOVIES, N_USERS = 20, 24

# How long an example takes says how busy the machine is, and nothing about us.
settings.register_profile("club", deadline=None, max_examples=60)
settings.load_profile("club")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=KINDS,
        help="run the tests of club/ on this database; without it, those marked "
        "either_database run on both, and the others on SQLite",
    )


def pytest_collection_finish() -> None:
    """Look for garbage seldom, and never among what is imported: it was a tenth of all work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


# After the app's own settings, which wait for the disk: a test that fails may lose what it wrote.
@event.listens_for(Pool, "checkout")
def _do_not_wait_for_the_disk(connection, _record, _proxy) -> None:
    if connection.__class__.__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session", autouse=True)
def _away_from_the_clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let nothing open the club of who runs the tests, not even what outlives its test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOVIE_CLUB_VAR", str(tmp_path_factory.mktemp("var")))
        yield


@pytest.fixture(autouse=True)
def _connections_are_kept() -> Iterator[None]:
    with connections_kept():
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def checkerboard() -> Dataset:
    """Even users love even movies and hate odd ones; odd users the other way round.

    Even movies are about trains, odd ones about ships; everyone left a few movies unrated, and
    movie 20 (trains) and 21 (ships) have no rating at all.
    """
    rng = np.random.default_rng(0)
    rows = [
        (user, movie, 5.0 if (user + movie) % 2 == 0 else 1.0)
        for user in range(N_USERS)
        for movie in rng.permutation(N_MOVIES)[:14]
    ]
    ratings = pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"])
    movies = pd.DataFrame(
        {
            "title": [f"Movie {i}" for i in range(N_MOVIES + 2)],
            "year": [1990 + i for i in range(N_MOVIES + 2)],
            "genres": [("Drama",)] * (N_MOVIES + 2),
            "keywords": [("train",) if i % 2 == 0 else ("ship",) for i in range(N_MOVIES + 2)],
        },
        index=pd.Index(range(N_MOVIES + 2), name="movie_id"),
    )
    return Dataset(ratings, movies)


@pytest.fixture
def data_folder(checkerboard: Dataset, tmp_path: Path) -> Path:
    """The checkerboard as a data folder."""
    root = tmp_path / "data"
    (root / "movielens").mkdir(parents=True)
    checkerboard.ratings.to_parquet(root / "movielens" / "ratings.parquet")
    movies = checkerboard.movies.drop(columns=["keywords", "aliases"])
    movies.assign(genres="Drama").to_parquet(root / "movielens" / "movies.parquet")
    checkerboard.movies["keywords"].str.join("|").to_csv(root / "keywords.csv")
    return root


@pytest.fixture(scope="session")
def tiny_options() -> TrainingOptions:
    return TrainingOptions(components=8, epochs=5, repeats=1, seed=3, min_movies=2)


@pytest.fixture(scope="session")
def tiny_model(checkerboard: Dataset, tiny_options: TrainingOptions) -> HybridModel:
    return HybridModel.fit(checkerboard, tiny_options)


@pytest.fixture
def train_lover() -> pd.DataFrame:
    """Member 1 loves trains and hates ships; member 2 the other way round."""
    rows = [(1, 0, 5.0), (1, 2, 5.0), (1, 1, 1.0), (2, 0, 1.0), (2, 1, 5.0), (2, 3, 5.0)]
    return pd.DataFrame(rows, columns=["member_id", "movie_id", "rating"])


@pytest.fixture
def secrets_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where secrets.toml may lie; there is none yet."""
    import streamlit as st
    from streamlit import config
    from streamlit.runtime.secrets import Secrets

    file, before = tmp_path / "secrets.toml", config.get_option("secrets.files")
    config.set_option("secrets.files", [str(file)])
    monkeypatch.setattr(st, "secrets", Secrets())
    yield file
    config.set_option("secrets.files", before)
