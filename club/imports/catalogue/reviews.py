"""Reviews of products as published for research (Amazon Reviews 2023): people, products, stars."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.source import (
    CHUNK,
    Chunks,
    Progress,
    Rejected,
    Source,
    movies_frame,
    rating_parts,
    valid_ratings,
)
from club.imports.files import MAX_BYTES, Archive
from club.imports.tables import csv_rows, records, separator_of
from club.validation import MAX_TITLE, tidied, tidied_terms

KIND = "Reviews"
COLUMNS = {"user_id": "user", "parent_asin": "movie", "rating": "rating", "timestamp": "timestamp"}
REVIEW, PRODUCT = ("user_id", "parent_asin", "rating"), ("parent_asin", "title")
TOO_WIDE = {"movies & tv", "movies", "tv", "featured categories"}


def recognises(archive: Archive) -> bool:
    """Return True if one of the files holds reviews."""
    return _file_with(archive, REVIEW) is not None


def read(archive: Archive, report: Progress) -> Source:
    """Read reviews, and the file that describes the products.

    Raises:
        InvalidInput: no file names the products, or one is damaged.
    """
    rejected = Rejected()
    reviews, products = _file_with(archive, REVIEW), _file_with(archive, PRODUCT)
    if reviews is None or products is None:
        raise InvalidInput(
            "The reviews need the file of the products beside them, with parent_asin and title."
        )
    report(0.1, products)
    described: dict[str, dict[str, Any]] = {}
    for line, row in _rows(archive, products, rejected):
        asin, title = _text(row["parent_asin"]), tidied(_text(row["title"]), MAX_TITLE)
        if not asin or not title or asin in described:
            reason = "listed twice" if asin in described else "no title or number"
            rejected.add(products, line, reason, list(row.values()))
            continue
        words = tidied_terms(_categories(row.get("categories")))
        described[asin] = {"key": asin, "title": title, "keywords": words}
    report(0.5, reviews)
    read_parts = rating_parts if _is_csv(reviews) else _json_parts
    ratings = valid_ratings(read_parts(archive, reviews, COLUMNS), reviews, rejected)
    notes = ("Products have no year, so they are joined to no movie of the catalogue.",)
    return Source(KIND, movies_frame(list(described.values())), False, ratings, rejected, notes)


def _file_with(archive: Archive, columns: tuple[str, ...]) -> str | None:
    """Return the name of the file that has these columns."""
    for name in archive.names:
        if not name.removesuffix(".gz").endswith((".csv", ".jsonl", ".json")):
            continue
        first = next(archive.lines(name, MAX_BYTES), "")
        if _is_csv(name):
            header = next(records([first], separator_of(first)), (1, None))[1] or []
        else:
            header = list(_object(first) or ())
        if set(columns) <= set(header):
            return name
    return None


def _is_csv(name: str) -> bool:
    return name.removesuffix(".gz").endswith(".csv")


def _rows(archive: Archive, name: str, rejected: Rejected) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line, product); what is none is rejected."""
    if _is_csv(name):
        yield from csv_rows(archive, name, PRODUCT, rejected.add)
        return
    for line, text in enumerate(archive.lines(name, MAX_BYTES), start=1):
        found = _object(text)
        if found is None:
            rejected.add(name, line, "no line of JSON", text)
        else:
            yield line, {column: found.get(column) for column in (*PRODUCT, "categories")}


def _json_parts(archive: Archive, name: str, columns: Mapping[str, str]) -> Chunks:
    def parts() -> Iterator[pd.DataFrame]:
        found = (_object(line) or {} for line in archive.lines(name, MAX_BYTES))
        while rows := [[_text(row.get(c)) for c in columns] for row in islice(found, CHUNK)]:
            yield pd.DataFrame(rows, columns=list(columns.values()), dtype="str")

    return parts


def _object(line: str) -> dict[str, Any] | None:
    """Return the object in a line of JSON, None if there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _text(value: object) -> str:
    """Return a value out of JSON as text; lone surrogates are replaced."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode().strip()


def _categories(value: Any) -> list[str]:
    if isinstance(value, str):
        try:
            value = json.loads(value.replace("'", '"'))
        except (ValueError, RecursionError):
            value = value.strip("[]").split("|")
    words = [str(word).strip().casefold() for word in value] if isinstance(value, list) else []
    return [word for word in words if word not in TOO_WIDE]
