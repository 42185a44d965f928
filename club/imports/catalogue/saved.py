"""Keep an imported world: arrays and JSON in one folder, there whole or not at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa

from club.errors import InvalidInput, StoreUnavailable
from club.imports.catalogue.join import Import
from recommender.columns import MOVIE
from recommender.dataset import Dataset
from recommender.errors import DataError
from recommender.persistence import current_folder, remove_folder, write_folder_atomically

FORMAT = 1
MOVIES, RATINGS, FACTS = "movies.parquet", "ratings.parquet", "world.json"
NUMBER = "number"
DAMAGED = "The imported data are damaged; import them again."


@dataclass(frozen=True)
class Imported:
    """A world that the club brought.

    Args:
        data: its movies and ratings.
        kind: where it came from, for people.
        imported_at: when, UTC.
        counts: as they were shown.
    """

    data: Dataset
    kind: str
    imported_at: datetime
    counts: dict[str, int]


def number(folder: Path) -> int:
    """Return a number that changes whenever `folder` does; 0 when it holds no world."""
    place = current_folder(folder)
    try:
        return int(json.loads((place / FACTS).read_text("utf-8"))[NUMBER])
    except FileNotFoundError:
        return 0 if current_folder(folder) == place else number(folder)  # replaced just now
    except InvalidInput:
        raise
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return -1  # something is there, and `load` says what is wrong with it


def save(found: Import, folder: Path) -> int:
    """Write the world beside `folder` and swap it in; return its number.

    Raises:
        StoreUnavailable: it cannot be written; the old one is still there.
    """
    fresh_number = _next(folder)

    def write(fresh: Path) -> None:
        lists = {
            name: found.data.movies[name].map(list) for name in ("genres", "keywords", "aliases")
        }
        found.data.movies.assign(**lists).to_parquet(fresh / MOVIES)
        found.data.ratings.to_parquet(fresh / RATINGS)
        facts = {
            "format": FORMAT,
            NUMBER: fresh_number,
            "kind": found.kind,
            "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "counts": found.counts,
            "sha256": {name: _digest(fresh / name) for name in (MOVIES, RATINGS)},
        }
        (fresh / FACTS).write_text(json.dumps(facts, indent=1), "utf-8")

    try:
        write_folder_atomically(folder, write)
    except OSError as error:
        raise StoreUnavailable(
            f"The imported data cannot be kept in {folder.parent}: {error.strerror or error}."
        ) from error
    return fresh_number


def load(folder: Path) -> Imported:
    """Read what `save` wrote.

    Raises:
        InvalidInput: it is damaged, or another version wrote it.
    """
    place = current_folder(folder)
    try:
        return _load(place)
    except InvalidInput:
        if current_folder(folder) == place:
            raise
        return _load(current_folder(folder))  # it was exchanged meanwhile


def _load(place: Path) -> Imported:
    try:
        facts = json.loads((place / FACTS).read_text("utf-8"))
        version, digests = facts["format"], facts["sha256"]
        unchanged = digests == {name: _digest(place / name) for name in (MOVIES, RATINGS)}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput(DAMAGED) from None
    if version != FORMAT:
        raise InvalidInput("The imported data were kept by another version; import them again.")
    if not unchanged:
        raise InvalidInput(DAMAGED)
    try:
        movies, ratings = (pd.read_parquet(place / name) for name in (MOVIES, RATINGS))
        return Imported(
            data=Dataset(ratings, movies.rename_axis(MOVIE)),
            kind=str(facts["kind"]),
            imported_at=datetime.fromisoformat(facts["imported_at"]),
            counts={str(label): int(count) for label, count in facts["counts"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException, DataError):
        raise InvalidInput(DAMAGED) from None


def forget(folder: Path) -> int:
    """Remove the world; return 0, the number of none."""
    remove_folder(folder)
    return 0


def _next(folder: Path) -> int:
    """A number that was not in use before, however often a world was forgotten in between."""
    return max(int(datetime.now(UTC).timestamp() * 1000), number(folder) + 1)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
