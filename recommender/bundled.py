"""The data that ships: MovieLens, our own keywords and runtimes, facts, a demo club."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from recommender.columns import MOVIE
from recommender.dataset import Dataset
from recommender.errors import DataError

DATA = Path(__file__).resolve().parent.parent / "data"


@dataclass(frozen=True)
class DemoClub:
    """Some of the bundled raters with invented first names, and candidates none of them rated."""

    name: str
    members: dict[int, str]  # user_id -> first name
    shortlist: tuple[int, ...]


def _read(path: Path, reader: Callable[[Path], Any]) -> Any:
    try:
        return reader(path)
    except FileNotFoundError:
        problem = "is missing"
    except (OSError, ValueError, KeyError, pa.ArrowException, pd.errors.ParserError):
        problem = "is damaged"
    raise DataError(
        f"The bundled file {path.name} {problem}; restore it with 'git checkout -- data' "
        "or download the project again."
    )


def load_bundled(folder: Path | None = None) -> Dataset:
    """Return the bundled data: 100,004 ratings by 671 users of 9,066 movies.

    Args:
        folder: where movielens/, keywords.csv, runtimes.csv and facts.parquet lie; the project's
            data/ by default.

    Raises:
        DataError: a file is missing or cut off.
    """
    root = folder or DATA
    movies = _read(root / "movielens" / "movies.parquet", pd.read_parquet)
    ratings = _read(root / "movielens" / "ratings.parquet", pd.read_parquet)
    keywords = _read(root / "keywords.csv", lambda path: pd.read_csv(path)[[MOVIE, "keywords"]])
    movies = movies.join(keywords.set_index(MOVIE)["keywords"])
    runtimes = _read(
        root / "runtimes.csv", lambda path: pd.read_csv(path).set_index(MOVIE)["minutes"]
    )
    facts = _read(root / "facts.parquet", pd.read_parquet)
    movies = movies.join(facts[["directors", "cast", "imdb_id"]])
    movies["runtime"] = runtimes.astype("Int16").combine_first(facts["runtime"])
    return Dataset(ratings, movies)


def demo_club(folder: Path | None = None) -> DemoClub:
    """Return the demo club that data/demo.json describes.

    Raises:
        DataError: the file is missing or damaged.
    """

    def read(path: Path) -> DemoClub:
        raw = json.loads(path.read_text("utf-8"))
        members = {int(user): str(name) for user, name in raw["members"].items()}
        return DemoClub(raw["name"], members, tuple(int(movie) for movie in raw["shortlist"]))

    club: DemoClub = _read((folder or DATA) / "demo.json", read)
    return club
