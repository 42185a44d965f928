"""Recognise what somebody brings, by the names of the files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from club.errors import InvalidInput
from club.imports.catalogue import kaggle, movielens, reviews
from club.imports.catalogue.archive import Archive
from club.imports.catalogue.source import Source

Progress = Callable[[float, str], None]
KNOWN = (
    "The Movies Dataset (movies_metadata.csv, keywords.csv, links.csv, ratings.csv), "
    "MovieLens (movies.csv and ratings.csv, or movies.dat, or u.item), "
    "or reviews (user_id, parent_asin, rating)"
)


def read(path: Path, on_progress: Progress | None = None) -> Source:
    """Read a folder, a ZIP or a single file; ratings are checked, but only read when asked for.

    Args:
        on_progress: called with the share done (0..1) and what is being read.

    Raises:
        InvalidInput: it is nothing that is known, or a file that is needed is missing or damaged.
    """
    archive = Archive(path)
    report: Progress = on_progress or (lambda _share, _what: None)
    for reader in (kaggle, movielens, reviews):
        if reader.recognises(archive):
            return reader.read(archive, report)
    if "keywords.csv" in archive:
        raise InvalidInput(
            "keywords.csv alone says nothing of which movie is which: put links.csv (or "
            "links_small.csv) or movies_metadata.csv beside it."
        )
    raise InvalidInput(f"{path.name} holds nothing that is known here; known are {KNOWN}.")
