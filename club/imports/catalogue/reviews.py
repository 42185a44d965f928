"""Reviews of products as published for research (Amazon Reviews 2023): people, products, stars."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from zlib import crc32

import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.archive import Archive
from club.imports.catalogue.kaggle import as_movies
from club.imports.catalogue.source import Rejected, Source
from club.imports.catalogue.tables import (
    CHUNK,
    clean_terms,
    clean_title,
    csv_chunks,
    rating_chunks,
    rows,
    separator,
)

KIND = "Reviews"
REVIEW, PRODUCT = ("user_id", "parent_asin", "rating"), ("parent_asin", "title")
TOO_WIDE = {"movies & tv", "movies", "tv", "featured categories"}


def recognises(archive: Archive) -> bool:
    """Tell whether one of the files holds reviews."""
    return _table(archive, REVIEW) is not None


def read(archive: Archive, report: Callable[[float, str], None]) -> Source:
    """Read reviews, and what the other file says of the products.

    Raises:
        InvalidInput: no file names the products, or one is damaged.
    """
    rejected = Rejected()
    reviews, products = _table(archive, REVIEW), _table(archive, PRODUCT)
    if reviews is None or products is None:
        raise InvalidInput(
            "The reviews need the file of the products beside them, with parent_asin and title."
        )
    report(0.1, products)
    described, seen = [], set()
    for line, row in _rows(archive, products, PRODUCT, rejected):
        asin, title = _text(row["parent_asin"]), clean_title(_text(row["title"]))
        if not asin or not title or asin in seen:
            reason = "listed twice" if asin in seen else "no title or number"
            rejected.add(products, line, reason, list(row.values()))
            continue
        seen.add(asin)
        words = _categories(row.get("categories"))
        described.append({"key": asin, "title": title, "keywords": clean_terms(words)})
    report(0.5, reviews)
    ratings = rating_chunks(_reviews(archive, reviews), reviews, rejected)
    notes = ("Products have no year, so they are joined to no movie of the catalogue.",)
    return Source(KIND, as_movies(described), False, ratings, rejected, notes)


def number_of(asin: str) -> int:
    """Return a number for a product that is the same at every import."""
    return crc32(asin.encode("utf-8"))


def _categories(value: Any) -> list[str]:
    if isinstance(value, str):
        try:
            value = json.loads(value.replace("'", '"'))
        except (ValueError, RecursionError):
            value = value.strip("[]").split("|")
    words = [str(word).strip().casefold() for word in value] if isinstance(value, list) else []
    return [word for word in words if word not in TOO_WIDE]


def _table(archive: Archive, columns: tuple[str, ...]) -> str | None:
    """Return the name of the file that has these columns."""
    for name in archive.names:
        plain = name.removesuffix(".gz")
        if not plain.endswith((".csv", ".jsonl", ".json")):
            continue
        with archive.open(name) as stream:
            first = stream.readline(1 << 20).decode("utf-8-sig", "replace")
        if plain.endswith(".csv"):
            try:
                lines = io.StringIO(first, newline="")
                have = set(next(csv.reader(lines, delimiter=separator(first)), []))
            except csv.Error:
                continue
        else:
            have = set(_said(first) or ())
        if have.issuperset(columns):
            return name
    return None


def _rows(
    archive: Archive, name: str, columns: tuple[str, ...], rejected: Rejected
) -> Iterator[tuple[int, dict[str, Any]]]:
    if name.removesuffix(".gz").endswith(".csv"):
        yield from rows(archive, name, columns, rejected)
        return
    for line, (raw, said) in enumerate(_json_lines(archive, name), start=1):
        if said is None:
            rejected.add(name, line, "no line of JSON", raw.decode("utf-8", "replace"))
        else:
            yield line, {column: said.get(column) for column in (*columns, "categories")}


def _json_lines(archive: Archive, name: str) -> Iterator[tuple[bytes, dict[str, Any] | None]]:
    with archive.open(name) as stream:
        for raw in stream:
            yield raw, _said(raw)


def _said(line: str | bytes) -> dict[str, Any] | None:
    """Return the object in a line of JSON, None where there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: object) -> str:
    """Return a value out of JSON as text, which a half of a letter (lone surrogate) is not."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode().strip()


def _reviews(archive: Archive, name: str) -> Callable[[], Iterator[pd.DataFrame]]:
    columns = {
        "user_id": "user", "parent_asin": "movie", "rating": "rating", "timestamp": "timestamp"
    }  # fmt: skip
    if name.removesuffix(".gz").endswith(".csv"):
        return csv_chunks(archive, name, columns)

    def parts() -> Iterator[pd.DataFrame]:
        said = (row or {} for _, row in _json_lines(archive, name))
        while rows := [[_text(row.get(c)) for c in columns] for row in islice(said, CHUNK)]:
            yield pd.DataFrame(rows, columns=list(columns.values()), dtype="str")

    return parts
