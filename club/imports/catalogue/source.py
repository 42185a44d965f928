"""What files hold, checked, before it is joined to the catalogue; and what was left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import pandas as pd

from club.export import safe_cell

LONGEST_ROW = 500  # characters of a row that was left out
MOST_LISTED = 50_000  # rows that can be downloaded; all are counted

Chunks = Callable[[], Iterator[pd.DataFrame]]


@dataclass
class Rejected:
    """Rows that could not be used."""

    rows: list[tuple[str, int, str, str]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, file: str, line: int, reason: str, row: object) -> None:
        """Note one row; `line` counts from 1, the header included."""
        self.counts[reason] = self.counts.get(reason, 0) + 1
        if len(self.rows) < MOST_LISTED:
            shown = " ".join(str(row)[:LONGEST_ROW].encode("utf-8", "replace").decode().split())
            self.rows.append((safe_cell(file), line, reason, safe_cell(shown)))

    def add_all(
        self, file: str, reason: str, number: int, rows: Iterable[tuple[int, object]]
    ) -> None:
        """Note `number` rows (line, row), of which no more are looked at than are listed."""
        listed = max(0, min(number, MOST_LISTED - len(self.rows)))
        for line, row in islice(rows, listed):
            self.add(file, line, reason, row)
        if number > listed:
            self.counts[reason] = self.counts.get(reason, 0) + number - listed

    def frame(self) -> pd.DataFrame:
        """Return file, line, reason, row."""
        return pd.DataFrame(self.rows, columns=["file", "line", "reason", "row"])


@dataclass(frozen=True)
class Source:
    """Movies and ratings of one place.

    Args:
        kind: for people.
        movies: index: whatever ids the ratings use, else any; title ("" where the files do not
            say), year, genres, keywords, aliases, runtime, overview, tmdb_id, and movielens_id
            (Int64: its id in the later MovieLens data, where a file of links or MovieLens itself
            says so).
        linked: whether movielens_id comes from a file of links, and so needs no second opinion.
        ratings: yields frames with user (int64 or text), movie (as the index), rating (stars) and
            timestamp (seconds); None when there are none. May be called again.
        rejected: what was left out.
        notes: what people should know, in sentences.
    """

    kind: str
    movies: pd.DataFrame
    linked: bool
    ratings: Chunks | None
    rejected: Rejected
    notes: tuple[str, ...] = ()
