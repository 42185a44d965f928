"""The data that ships: MovieLens, our own keywords and runtimes, facts, a demo club."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from recommender.columns import MOVIE, USER
from recommender.dataset import Dataset
from recommender.errors import DataError

DATA = Path(__file__).resolve().parent.parent / "data"
NIGHT_COLUMNS = (USER, MOVIE, "mean", "sd", "shared_sd", "low", "high", "like", "own_mean", "crowd")


@dataclass(frozen=True)
class DemoNight:
    """A night of the demo club: what was watched, and what was predicted before (stars)."""

    movie: int
    predictions: pd.DataFrame  # NIGHT_COLUMNS; its users were there
    thresholds: tuple[float, ...]  # (10,) of the predictions, see `calibrate`


@dataclass(frozen=True)
class DemoClub:
    """Some of the bundled raters with invented first names, and candidates none of them rated."""

    name: str
    members: dict[int, str]  # user_id -> first name
    shortlist: tuple[int, ...]
    nights: tuple[DemoNight, ...] = ()  # the earliest first


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
    """Return the bundled data: 100,004 ratings by 671 users, the movies they rated, newer ones.

    Args:
        folder: where movielens/, keywords.csv and, optionally, runtimes.csv, facts.parquet,
            recent.csv and older.csv lie; the project's data/ by default.

    Raises:
        DataError: a file is missing or cut off.
    """
    root = folder or DATA
    if not (root / "movielens").is_dir():
        raise DataError(
            f"{root} is no folder like this program's data/: it has no movielens/movies.parquet. "
            "An archive of MovieLens comes in with: python -m club import-catalogue"
        )
    movies = _read(root / "movielens" / "movies.parquet", pd.read_parquet)
    ratings = _read(root / "movielens" / "ratings.parquet", pd.read_parquet)
    keywords = _read(root / "keywords.csv", lambda path: pd.read_csv(path)[[MOVIE, "keywords"]])
    movies = movies.join(keywords.set_index(MOVIE)["keywords"])
    for name in ("recent.csv", "older.csv"):
        if (root / name).exists():
            ours = _read(root / name, lambda path: pd.read_csv(path).set_index(MOVIE))
            movies = pd.concat([movies, ours.rename(columns={"original_title": "aliases"})])
    if (root / "runtimes.csv").exists():
        ours = _read(
            root / "runtimes.csv", lambda path: pd.read_csv(path).set_index(MOVIE)["minutes"]
        )
        theirs = movies.get("runtime", pd.Series(dtype="float64"))
        movies["runtime"] = ours.combine_first(theirs)
    if (root / "facts.parquet").exists():
        movies = _with_facts(movies, _read(root / "facts.parquet", pd.read_parquet))
    return Dataset(ratings, movies)


def _with_facts(movies: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return movies with what they lack from `facts`, and then the movies that only these have."""
    facts = facts.astype({"runtime": "float64"})
    known = facts[facts.index.isin(movies.index)].reindex(movies.index)
    result = movies.copy()
    result["aliases"] = result["aliases"].fillna("") + "|" + known["aliases"].fillna("")
    for name in ("runtime", "directors", "cast", "imdb_id"):
        theirs = known[name]
        result[name] = movies[name].fillna(theirs) if name in movies else theirs
    return pd.concat([result, facts[~facts.index.isin(movies.index)]])


def demo_club(folder: Path | None = None) -> DemoClub:
    """Return the demo club that data/demo.json and demo_nights.json describe.

    Raises:
        DataError: a file is missing or damaged.
    """
    root = folder or DATA

    def read(path: Path) -> DemoClub:
        raw = json.loads(path.read_text("utf-8"))
        members = {int(user): str(name) for user, name in raw["members"].items()}
        return DemoClub(raw["name"], members, tuple(int(movie) for movie in raw["shortlist"]))

    def read_nights(path: Path) -> tuple[DemoNight, ...]:
        raw = json.loads(path.read_text("utf-8"))
        thresholds = tuple(float(one) for one in raw["thresholds"])
        return tuple(
            DemoNight(
                int(night["movie"]),
                pd.DataFrame(night["predictions"], columns=list(NIGHT_COLUMNS)).astype(
                    {USER: "int64", MOVIE: "int64"}
                ),
                thresholds,
            )
            for night in raw["nights"]
        )

    club: DemoClub = _read(root / "demo.json", read)
    if (root / "demo_nights.json").exists():
        club = replace(club, nights=_read(root / "demo_nights.json", read_nights))
    return club
