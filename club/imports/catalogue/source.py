"""What a catalogue's files hold, and how their tables are read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from club.errors import InvalidInput
from club.imports.files import MAX_BYTES, Archive
from club.imports.tables import records, shortly
from recommender.dataset import MAX_STARS, MIN_STARS

CHUNK = 1_000_000  # ratings read at once

Progress = Callable[[float, str], None]  # the share that is done (0..1), and what is read
Rejected = Counter[str]  # reason, for people -> rows that could not be used


@dataclass(frozen=True)
class Source:
    """Movies and ratings of one place.

    Args:
        kind: for people.
        movies: index: the ids that the ratings use; title ("" where the files do not say), year,
            genres, keywords, aliases, runtime, overview, tmdb_id, imdb_id, and movielens_id (Int64:
            the id in later MovieLens data where the files say so).
        linked: whether movielens_id comes from a file of links, so that titles need not agree.
        ratings: frames with user (text), movie (as the index, as text), rating (stars) and
            timestamp (seconds), to be read once; None if there are none.
        rejected: rows that were left out so far; those of ratings come as these are read.
    """

    kind: str
    movies: pd.DataFrame
    linked: bool
    ratings: Iterator[pd.DataFrame] | None
    rejected: Rejected


def movies_frame(described: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the frame of `Source.movies` for dicts with `key` and whatever else is known."""
    columns: dict[str, tuple[Any, Any]] = {
        "key": (None, None), "title": ("", "str"), "year": (None, "Int64"), "genres": ((), object),
        "keywords": ((), object), "aliases": ((), object), "runtime": (None, "Int64"),
        "overview": ("", "str"), "tmdb_id": (None, "Int64"), "imdb_id": ("", "str"),
        "movielens_id": (None, "Int64"),
    }  # fmt: skip
    frame = pd.DataFrame(
        {
            name: pd.Series([row.get(name, default) for row in described], dtype=dtype)
            for name, (default, dtype) in columns.items()
        }
    )
    return frame.drop_duplicates("key").set_index("key")


@dataclass(frozen=True)
class TableFormat:
    """A table of a catalogue: CSV, lines of JSON, or a file without a header.

    Args:
        columns: our name -> that in the table. Those of `optional` may be missing.
        files: names that it may have; without any, the first table with the columns is meant.
        header: our names for all columns of a file without a header, "" for one that is not read.
        separator: between two cells.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    optional: Mapping[str, str] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    separator: str = ","

    def find(self, archive: Archive) -> str | None:
        """Return the name of the table, None if it is not there."""
        if self.files:
            return archive.first(*self.files)
        tables = (name for name in archive.names if _is_json(name) or ".csv" in name)
        needed = {*self.columns.values()}
        return next((name for name in tables if needed <= {*_head(archive, name)}), None)

    def rows(self, archive: Archive, rejected: Rejected) -> Iterator[dict[str, str]]:
        """Yield the texts of each row by our names, nothing if the table is not there.

        Raises:
            InvalidInput: it is damaged, or a column is missing.
        """
        name, columns = self.find(archive), {**self.columns, **self.optional}
        for row in self._texts(archive, name, rejected) if name else ():
            yield {ours: row.get(theirs, "") for ours, theirs in columns.items()} or row

    def _texts(self, archive: Archive, name: str, rejected: Rejected) -> Iterator[dict[str, str]]:
        """Yield the texts of each row by the table's own names."""
        if _is_json(name):
            for line in archive.lines(name, MAX_BYTES):
                found = _object(line)
                if found is None:
                    rejected["no line of JSON"] += 1
                else:
                    yield found
            return
        lines, header = archive.lines(name), self.header
        table: Iterator[list[str] | None]
        if header:
            table = (text.rstrip("\r\n").split(self.separator) for text in lines)
        else:
            header = self._checked_head(archive, name)
            table = islice((cells for _, cells in records(lines, self.separator)), 1, None)
        for cells in table:
            if cells is None:
                rejected["no row of a table"] += 1
            elif len(cells) == len(header):
                yield dict(zip(header, cells, strict=True))
            elif any(cell.strip() for cell in cells):
                rejected[f"another number of cells than {len(header)}"] += 1

    def _checked_head(self, archive: Archive, name: str) -> tuple[str, ...]:
        header = _head(archive, name)
        missing = [column for column in self.columns.values() if column not in header]
        if missing:
            has = shortly(header) or "nothing"
            raise InvalidInput(f"{name} has no column {missing[0]!r}; it has {has}.")
        return header

    def ratings(self, archive: Archive, rejected: Rejected) -> Iterator[pd.DataFrame] | None:
        """Return the ratings in the form of `Source.ratings`, None if the table is not there.

        Raises:
            InvalidInput: a column is missing; while they are read: it is damaged, or holds none.
        """
        name = self.find(archive)
        if name is None:
            return None
        return _valid(self._chunks(archive, name, rejected), name, rejected)

    def _chunks(self, archive: Archive, name: str, rejected: Rejected) -> Iterator[pd.DataFrame]:
        """Yield the ratings in large parts, as text."""
        if _is_json(name):
            rows = self.rows(archive, rejected)
            while some := list(islice(rows, CHUNK)):
                yield pd.DataFrame(some, dtype="str")
            return
        header = self.header or self._checked_head(archive, name)
        columns = self.columns or {name: name for name in header if name}
        positions = {header.index(theirs): ours for ours, theirs in columns.items()}
        with archive.open(name) as stream:
            try:
                for part in pd.read_csv(
                    stream,
                    sep=self.separator,
                    header=None if self.header else 0,
                    usecols=list(positions),
                    dtype=str,
                    chunksize=CHUNK,
                    encoding_errors="replace",
                    on_bad_lines="skip",
                ):
                    part.columns = pd.Index([positions[at] for at in sorted(positions)])
                    yield part
            except InvalidInput:
                raise
            except ValueError as error:  # what pandas raises for tables, columns and letters
                raise InvalidInput(f"{name} is no table that can be read.") from error


def _valid(chunks: Iterator[pd.DataFrame], file: str, rejected: Rejected) -> Iterator[pd.DataFrame]:
    """Yield ratings with ids and stars out of text.

    Raises:
        InvalidInput: there is none.
    """
    found = 0
    for chunk in chunks:
        stars = pd.to_numeric(chunk["rating"], errors="coerce")
        wrong = {
            "no user": chunk["user"].fillna("").str.strip() == "",
            "no movie": chunk["movie"].isna(),
            f"no rating from {MIN_STARS} to {MAX_STARS:g}": ~stars.between(MIN_STARS, MAX_STARS),
        }
        bad = np.zeros(len(chunk), dtype=bool)
        for reason, mask in wrong.items():
            if count := int((mask & ~bad).sum()):
                rejected[reason] += count
            bad |= mask.to_numpy()
        found += int((~bad).sum())
        time = pd.to_numeric(chunk["timestamp"], errors="coerce").fillna(0).clip(0, 2**52)
        time = time.where(time < 1e11, time / 1000)  # some files count milliseconds
        halves = (2 * stars).round() / 2
        yield chunk.assign(rating=halves, timestamp=time.astype("int64"))[~bad]
    if not found:
        raise InvalidInput(f"{file} holds no ratings from {MIN_STARS} to {MAX_STARS:g}.")


def _is_json(name: str) -> bool:
    return name.removesuffix(".gz").endswith((".jsonl", ".json"))


def _head(archive: Archive, name: str) -> tuple[str, ...]:
    """Return the columns of a table, or of the first object in a file of JSON."""
    first = next(archive.lines(name, MAX_BYTES), "")
    if _is_json(name):
        return tuple(_object(first) or ())
    cells = next(records([first], ","), (1, None))[1] or ()
    return tuple(cell.strip().strip('"') for cell in cells)


def _object(line: str) -> dict[str, str] | None:
    """Return the texts of the object in a line of JSON, None if there is none."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict):
        return None
    texts = {name: "" if value is None else str(value) for name, value in found.items()}
    return {name: text.encode("utf-8", "replace").decode() for name, text in texts.items()}
