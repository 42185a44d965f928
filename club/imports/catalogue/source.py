"""What a catalogue's files hold: movies, ratings that are read in parts, and rejected rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import pandas as pd

from club.errors import InvalidInput
from club.export import safe_cell
from club.imports.files import MAX_BYTES, Archive
from club.imports.tables import require_columns, separator_of
from recommender.dataset import MAX_STARS, MIN_STARS

CHUNK = 1_000_000  # ratings read at once
MAX_SHOWN = 500  # characters of a rejected row
MAX_LISTED = 50_000  # rejected rows that can be downloaded; all are counted

Chunks = Callable[[], Iterator[pd.DataFrame]]
Progress = Callable[[float, str], None]  # the share that is done (0..1), and what is read


@dataclass
class Rejected:
    """Rows that could not be used."""

    rows: list[tuple[str, int, str, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, file: str, line: int, reason: str, row: object) -> None:
        """Reject one row; `line` counts from 1, the header included."""
        self.add_all(file, reason, 1, [(line, row)])

    def add_all(
        self, file: str, reason: str, number: int, rows: Iterable[tuple[int, object]]
    ) -> None:
        """Reject `number` rows (line, row); no more of them are read than are listed."""
        if number:
            self.counts[reason] = self.counts.get(reason, 0) + number
        for line, row in islice(rows, max(0, min(number, MAX_LISTED - len(self.rows)))):
            shown = " ".join(str(row)[:MAX_SHOWN].encode("utf-8", "replace").decode().split())
            self.rows.append((safe_cell(file), line, reason, safe_cell(shown)))

    def frame(self) -> pd.DataFrame:
        """Return file, line, reason, row."""
        return pd.DataFrame(self.rows, columns=["file", "line", "reason", "row"])


@dataclass(frozen=True)
class Source:
    """Movies and ratings of one place.

    Args:
        kind: for people.
        movies: index: the ids that the ratings use; title ("" where the files do not say), year,
            genres, keywords, aliases, runtime, overview, tmdb_id, and movielens_id (Int64: the id
            in later MovieLens data where the files say so).
        linked: whether movielens_id comes from a file of links, so that titles need not agree.
        ratings: yields frames with user (int64 or text), movie (as the index), rating (stars) and
            timestamp (seconds); None if there are none. May be called again.
        rejected: rows that were left out.
        notes: sentences for people.
    """

    kind: str
    movies: pd.DataFrame
    linked: bool
    ratings: Chunks | None
    rejected: Rejected
    notes: tuple[str, ...] = ()


def movies_frame(described: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the frame of `Source.movies` for dicts with `key` and whatever else is known."""
    columns: dict[str, tuple[Any, Any]] = {
        "key": (None, None), "title": ("", "str"), "year": (None, "Int64"), "genres": ((), object),
        "keywords": ((), object), "aliases": ((), object), "runtime": (None, "Int64"),
        "overview": ("", "str"), "tmdb_id": (None, "Int64"), "movielens_id": (None, "Int64"),
    }  # fmt: skip
    frame = pd.DataFrame(
        {
            name: pd.Series([row.get(name, default) for row in described], dtype=dtype)
            for name, (default, dtype) in columns.items()
        }
    )
    return frame.drop_duplicates("key").set_index("key")


def rating_parts(
    archive: Archive, name: str, columns: Mapping[str, str] | Mapping[int, str], separator: str = ""
) -> Chunks:
    """Return a reader of a large table in parts, as text.

    Args:
        columns: column of the table -> its name in the parts; by positions without a header.
        separator: of a table without a header; else it is found.

    Raises:
        InvalidInput: a column is missing.
    """
    if not separator:
        first = next(archive.lines(name, MAX_BYTES), "").strip()
        separator = separator_of(first)
        header = [column.strip().strip('"') for column in first.split(separator)]
        require_columns(name, header, map(str, columns))
    without_header = {"header": None} if 0 in columns else {}

    def parts() -> Iterator[pd.DataFrame]:
        with archive.open(name) as stream:
            try:
                for part in pd.read_csv(
                    stream,
                    sep=separator,
                    usecols=list(columns),
                    dtype=str,
                    chunksize=CHUNK,
                    encoding=archive.encoding(name),
                    encoding_errors="replace",
                    on_bad_lines="skip",
                    **without_header,
                ):
                    named = part.rename(columns=columns)
                    if separator != ",":  # then the comma may be in "4,5"
                        named["rating"] = named["rating"].str.replace(",", ".")
                    yield named
            except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError) as error:
                raise InvalidInput(f"{name} is no table that can be read.") from error

    return parts


def valid_ratings(parts: Chunks, file: str, rejected: Rejected) -> Chunks:
    """Return a reader of ratings with ids and with stars, on the scale of the whole file.

    Args:
        parts: yields frames of text with user, movie, rating, timestamp; read twice, at first to
            learn whether the ratings end at 5 or at 10.

    Raises:
        InvalidInput: there is no rating, or none on a known scale.
    """
    most, above, total = 0.0, 0, 0
    for chunk in parts():
        stars = pd.to_numeric(chunk["rating"], errors="coerce")
        fine = stars[(stars > 0) & (stars <= 10)]
        most = max(most, float(fine.max()) if len(fine) else 0.0)
        above += int((stars > MAX_STARS).sum())
        total += len(chunk)
    if not total or not most:
        raise InvalidInput(
            f"{file} holds no ratings from {MIN_STARS} to {MAX_STARS:g} or from 1 to 10."
        )
    # A few sevens among fives are slips; a file of tens has them everywhere.
    scale = 2.0 if above > 0.02 * total else 1.0
    noted = 0  # the last line whose rejection is counted: the ratings may be read several times

    def checked() -> Iterator[pd.DataFrame]:
        nonlocal noted
        line = 2
        for chunk in parts():
            stars = pd.to_numeric(chunk["rating"], errors="coerce") / scale
            on_scale = stars.between(MIN_STARS - 1e-9, MAX_STARS)
            wrong = {
                "no user": chunk["user"].fillna("").astype(str).str.strip() == "",
                "no movie": chunk["movie"].isna(),
                f"no rating from {MIN_STARS} to {MAX_STARS:g}": ~on_scale,
            }
            bad = np.zeros(len(chunk), dtype=bool)
            for reason, mask in wrong.items():
                places = np.flatnonzero(mask.to_numpy() & ~bad)
                places = places[places + line > noted]
                rows = ((line + int(at), chunk.iloc[at].tolist()) for at in places)
                rejected.add_all(file, reason, len(places), rows)
                bad |= mask.to_numpy()
            line += len(chunk)
            noted = max(noted, line - 1)
            time = pd.to_numeric(chunk["timestamp"], errors="coerce").fillna(0).clip(0, 2**52)
            time = time.where(time < 1e11, time / 1000)  # some files count milliseconds
            half_stars = ((2 * stars).round() / 2).clip(MIN_STARS, MAX_STARS)
            yield chunk.assign(rating=half_stars, timestamp=time.astype("int64"))[~bad]

    return checked
