"""Keep an imported base dataset in one folder: Parquet files and JSON, replaced atomically."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa

from club.errors import InvalidInput, writing
from club.imports.catalogue.merge import Import
from recommender.columns import MOVIE
from recommender.dataset import COLUMNS, Dataset
from recommender.errors import DataError
from recommender.persistence import current_folder, remove_folder, write_folder_atomically

FORMAT = 1
MOVIES, RATINGS, FACTS = "movies.parquet", "ratings.parquet", "world.json"
DAMAGED = "The imported data are damaged; import them again."

T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Imported:
    """A base dataset that was imported.

    Args:
        data: its movies and ratings.
        kind: where it came from, for people.
        imported_at: UTC.
    """

    data: Dataset
    kind: str
    imported_at: datetime


def number(folder: Path) -> int:
    """Return a number that changes whenever `folder` does; 0 if nothing was imported."""
    try:
        return _settled(folder, lambda place: (place / FACTS).stat().st_mtime_ns, OSError)
    except OSError:
        return 0


def save(found: Import, folder: Path) -> int:
    """Replace the base dataset in `folder`; return its number.

    Raises:
        StoreUnavailable: it cannot be written; the old one is still there.
    """
    began, movies = time.perf_counter(), found.data.movies

    def write(fresh: Path) -> None:
        terms = (name for name, kind in COLUMNS.items() if kind == "terms")
        lists = {name: movies[name].map(list) for name in terms}
        movies.assign(**lists).to_parquet(fresh / MOVIES)
        found.data.ratings.to_parquet(fresh / RATINGS)
        facts = {
            "format": FORMAT,
            "kind": found.kind,
            "imported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "sha256": {name: _digest(fresh / name) for name in (MOVIES, RATINGS)},
        }
        (fresh / FACTS).write_text(json.dumps(facts, indent=1), "utf-8")

    with writing(folder):
        write_folder_atomically(folder, write)
    sizes, seconds = (len(movies), len(found.data.ratings)), time.perf_counter() - began
    log.info("imported %s: %d movies, %d ratings, kept in %.2f s", found.kind, *sizes, seconds)
    return number(folder)


def load(folder: Path) -> Imported:
    """Read what `save` wrote.

    Raises:
        InvalidInput: it is damaged, or another version wrote it.
    """
    return _settled(folder, _load, InvalidInput)


def _settled(folder: Path, read: Callable[[Path], T], error: type[Exception]) -> T:
    """Read the content of `folder`, once more if it was replaced meanwhile."""
    place = current_folder(folder)
    try:
        return read(place)
    except error:
        if current_folder(folder) == place:
            raise
        return read(current_folder(folder))


def _load(place: Path) -> Imported:
    try:
        facts: dict[str, Any] = json.loads((place / FACTS).read_text("utf-8"))
        version, digests, kind = facts["format"], facts["sha256"], str(facts["kind"])
        imported_at = datetime.fromisoformat(facts["imported_at"])
        unchanged = digests == {name: _digest(place / name) for name in (MOVIES, RATINGS)}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise InvalidInput(DAMAGED) from None
    if version != FORMAT:
        raise InvalidInput("The imported data were kept by another version; import them again.")
    if not unchanged:
        raise InvalidInput(DAMAGED)
    try:
        movies, ratings = (pd.read_parquet(place / name) for name in (MOVIES, RATINGS))
        return Imported(Dataset(ratings, movies.rename_axis(MOVIE)), kind, imported_at)
    except (OSError, pa.ArrowException, DataError):
        raise InvalidInput(DAMAGED) from None


def forget(folder: Path) -> int:
    """Remove the import; return 0, the number of none."""
    remove_folder(folder)
    return 0


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
