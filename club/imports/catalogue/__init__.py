"""Import movies and raters of other projects in place of the bundled ones.

read -> Source -> join -> Import (to preview) -> save -> load

To add a kind of catalogue, declare it in FORMATS.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path

from club.errors import InvalidInput
from club.imports.catalogue.formats import FORMATS, read_format
from club.imports.catalogue.merge import Import, join
from club.imports.catalogue.source import Progress, Source
from club.imports.catalogue.storage import Imported, forget, load, number, save
from club.imports.files import Archive

__all__ = ["Import", "Imported", "Source", "forget", "join", "load", "number", "read", "save"]

KNOWN = (
    "The Movies Dataset (movies_metadata.csv, keywords.csv, links.csv, ratings.csv), "
    "MovieLens (movies.csv and ratings.csv, or movies.dat, or u.item), or reviews "
    "(user_id, parent_asin, rating, timestamp) with their products (parent_asin, title)"
)
log = logging.getLogger(__name__)


def read(path: Path, on_progress: Progress | None = None) -> Source:
    """Read a folder, a ZIP or a single file; its ratings are read by `join`.

    Args:
        on_progress: called with the share done (0..1) and what is being read.

    Raises:
        InvalidInput: it is nothing that is known, or a file that is needed is missing or damaged.
    """
    archive, began = Archive(path), time.perf_counter()
    for form in FORMATS:
        if form.recognises(archive):
            found = read_format(form, archive, on_progress or (lambda _share, _what: None))
            log.info("read %s in %.2f s", found.kind, time.perf_counter() - began)
            return found
    raise InvalidInput(f"{path.name} holds nothing that is known here; known are {KNOWN}.")
