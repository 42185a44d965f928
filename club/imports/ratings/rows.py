"""What a file holds, row by row, before movies and members are matched."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from club.imports.ratings import cells
from club.matching import Query

FIVES, TENS, HUNDREDS = 5, 10, 100


@dataclass(frozen=True, kw_only=True)
class Row(Query):
    """One movie as a file names it; None or "" for what the file does not say.

    Args:
        file: with `line` this identifies the row.
        line: counts from 1, the header included.
        rating: as it is written, on the scale of the file; None in lists without ratings.
        at: when it was rated, in seconds.
        person: whose it is.
        source_id: the file's own id of the movie: rows with different ones are different movies.
    """

    file: str
    line: int
    rating: float | None = None
    at: int | None = None
    person: str = ""
    source_id: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What identifies the row."""
        return self.file, self.line

    @property
    def title(self) -> str:
        """The title that comes first."""
        return self.titles[0]


@dataclass(frozen=True)
class RejectedRow:
    """A row that is not imported, as texts.

    Args:
        reason: for people, without a full stop.
        alternatives: movies of the catalogue that it may be.
        stars: 0.5..5, or what the file has in their place.
    """

    file: str
    line: int
    reason: str
    alternatives: str = ""
    member: str = ""
    title: str = ""
    year: str = ""
    stars: str = ""
    date: str = ""

    @classmethod
    def of(
        cls, row: Row, reason: str, stars: float | None = None, alternatives: str = ""
    ) -> RejectedRow:
        """Reject `row`; `stars` (0.5..5) where they are known."""
        when = "" if row.at is None else datetime.fromtimestamp(row.at, UTC).date().isoformat()
        year = "" if row.year is None else str(row.year)
        given = "" if stars is None else f"{stars:g}"
        return cls(*row.key, reason, alternatives, row.person, row.title, year, given, when)

    def in_stars(self, top: int) -> RejectedRow:
        """Return the row with its rating in stars if it is one of a scale that ends at `top`.

        All rejected rows are then on one scale, and can be corrected and imported together.
        """
        found = cells.rating(self.stars)
        stars = None if found is None else stars_of(found[0], found[1] or top)
        return self if stars is None else replace(self, stars=f"{stars:g}")


@dataclass(frozen=True)
class Scale:
    """The highest rating that a file can have.

    Args:
        top: 5, 10 or 100.
        fixed: whether the format defines it, so that people need not be asked.
        doubt: a sentence for people: why it may be another scale; "" if it is plain.
        contradicts: whether the ratings fit no scale, so that people have to decide.
    """

    top: int
    fixed: bool = False
    doubt: str = ""
    contradicts: bool = False


def stars_of(rating: float, top: int) -> float | None:
    """Return a rating on a scale that ends at `top` as stars, 0.5..5 in halves; None if off it."""
    if not 0 < rating <= top:
        return None
    return max(1, math.floor(rating * 10 / top + 0.5)) / 2


def is_exact(rating: float, top: int) -> bool:
    """Return True if a rating on this scale is a number of half stars."""
    return float(rating * 10 / top).is_integer()


@dataclass(frozen=True)
class RatingsFile:
    """What one file or archive holds.

    Args:
        kind: the format, for people.
        file: its name for people; the rows' files begin with it.
        ratings: every row with a rating.
        scale: of these ratings.
        seen: movies seen without a rating.
        wished: movies on a watchlist.
        rejected: rows that cannot be used.
        notes: sentences for people.
    """

    kind: str
    file: str
    ratings: tuple[Row, ...]
    scale: Scale
    seen: tuple[Row, ...] = ()
    wished: tuple[Row, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """The people that the rows name, in the file's order; ("",) if they name none."""
        rows = (*self.ratings, *self.seen, *self.wished)
        return tuple(dict.fromkeys(row.person for row in rows))
