"""MovieLens's archives: fetched from GroupLens only when somebody asks, resumable and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from club.errors import BadAnswer, writing
from club.sources.http import HttpClient

ADDRESS, FOLDER = "https://files.grouplens.org/datasets/movielens/", "downloads"
TERMS = (
    "GroupLens lets you use MovieLens's ratings for research, not to earn money, and not pass "
    "them on without asking. Who publishes about them names F. Maxwell Harper and Joseph A. "
    "Konstan: The MovieLens Datasets, ACM TiiS 5 (2015)."
)


@dataclass(frozen=True)
class Archive:
    """An archive as GroupLens published it; it does not change.

    Args:
        title: for people.
        size: bytes.
        md5: published beside it.
    """

    title: str
    size: int
    md5: str


ARCHIVES = {
    "ml-32m": Archive(
        "32 million ratings, movies up to 2023", 238_950_008, "d472be332d4daa821edc399621853b57"
    ),
    "ml-25m": Archive(
        "25 million ratings, movies up to 2019", 261_978_986, "6b51fb2759a8657d3bfcbfc42b592ada"
    ),
    "ml-1m": Archive(
        "1 million ratings, movies up to 2000", 5_917_549, "c4d9eecfca2ab87c1945afe126590906"
    ),
}


def fetched(name: str, folder: Path) -> Path | None:
    """Return where an archive is that was fetched into `folder` whole; None if it was not."""
    file = folder / FOLDER / f"{name}.zip"
    return file if file.exists() else None


def fetch(name: str, folder: Path, on_part: Callable[[int, int], None]) -> Path:
    """Return an archive, after fetching what `folder` lacks of it.

    Args:
        name: in `ARCHIVES`.
        on_part: called with the bytes that are there and all bytes; what it raises ends this, and
            the next call goes on from there.

    Raises:
        SourceError: it cannot be fetched, or is not what was published.
        StoreUnavailable: it cannot be written.
    """
    if found := fetched(name, folder):
        return found
    archive, part = ARCHIVES[name], folder / FOLDER / f"{name}.part"

    def tell(there: int) -> None:
        if there > archive.size:
            _throw_away(file, f"{name}.zip is far too long")
        on_part(there, archive.size)

    with writing(part):
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("a+b") as file:
            if file.tell() < archive.size:
                HttpClient("GroupLens").download(f"{ADDRESS}{name}.zip", file, tell)
            file.seek(0)
            if hashlib.file_digest(file, "md5").hexdigest() != archive.md5:
                _throw_away(file, f"{name}.zip came damaged")
        return part.rename(part.with_suffix(".zip"))


def _throw_away(file: BinaryIO, why: str) -> NoReturn:
    file.truncate(0)
    raise BadAnswer(f"{why}, so it was thrown away; fetch it again.")
