"""What files say, row by row, before anybody knows which movies and members are meant."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from club.imports.ratings import cells

FIVES, TENS, HUNDREDS = 5, 10, 100


@dataclass(frozen=True)
class Row:
    """One movie as a file names it.

    Args:
        file: where it stands; with `line` this names the row.
        line: counts from 1, the header included.
        titles: the title, then other titles of the same movie.
        year: None where the file does not say.
        rating: as it is written, on the scale of the file; None in lists without ratings.
        at: since when it counts, in seconds; None where the file does not say.
        person: whose it is; "" where the file does not say.
        movie_id: the club's or MovieLens' number, None where the file does not say.
        tmdb_id: the number at TMDB, None where the file does not say.
        source_id: the file's own name for the movie: what has another one is another movie.
    """

    file: str
    line: int
    titles: tuple[str, ...]
    year: int | None = None
    rating: float | None = None
    at: int | None = None
    person: str = ""
    movie_id: int | None = None
    tmdb_id: int | None = None
    source_id: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from all other rows."""
        return self.file, self.line

    @property
    def title(self) -> str:
        """The title that comes first."""
        return self.titles[0]


@dataclass(frozen=True)
class LeftOut:
    """A row that was not taken over, as texts.

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


def left_out(row: Row, reason: str, stars: float | None = None, alternatives: str = "") -> LeftOut:
    """Say why `row` was not taken over; `stars` (0.5..5) where they are known."""
    when = "" if row.at is None else datetime.fromtimestamp(row.at, UTC).date().isoformat()
    return LeftOut(
        *row.key,
        reason,
        alternatives,
        row.person,
        row.title,
        "" if row.year is None else str(row.year),
        "" if stars is None else f"{stars:g}",
        when,
    )


@dataclass(frozen=True)
class Scale:
    """What the highest rating of a file is.

    Args:
        top: 5, 10 or 100.
        fixed: whether the format says so, and nobody has to be asked.
        doubt: a sentence for people: why it may be another scale; "" where it is plain to see.
        contradicts: whether the ratings agree with no scale, so that somebody has to decide.
    """

    top: int
    fixed: bool = False
    doubt: str = ""
    contradicts: bool = False


def stars_of(rating: float, top: int) -> float | None:
    """Return a rating on a scale that ends at `top` as stars, rounded to halves.

    Returns:
        0.5..5; None for what does not lie on the scale.
    """
    if not 0 < rating <= top:
        return None
    return max(1, math.floor(rating * 10 / top + 0.5)) / 2


def is_exact(rating: float, top: int) -> bool:
    """Return whether a rating on this scale is a number of half stars."""
    return float(rating * 10 / top).is_integer()


def in_stars(row: LeftOut, top: int) -> LeftOut:
    """Return a row with its rating in stars, where it is one on a scale that ends at `top`.

    So that what is put right and brought again is on one scale.
    """
    found = cells.rating(row.stars)
    stars = None if found is None else stars_of(found[0], found[1] or top)
    return row if stars is None else replace(row, stars=f"{stars:g}")


@dataclass(frozen=True)
class Brought:
    """What one file or archive holds.

    Args:
        kind: where it comes from, for people.
        file: what it is called; the rows' files begin with it.
        ratings: every row with a rating.
        scale: of these ratings.
        seen: movies that somebody has seen without rating them.
        wished: movies that somebody wants to see.
        left_out: what cannot be used, and why.
        notes: what people should know, in sentences.
    """

    kind: str
    file: str
    ratings: tuple[Row, ...]
    scale: Scale
    seen: tuple[Row, ...] = ()
    wished: tuple[Row, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Whose rows they are, as the file names them, in its order; ("",) where it does not."""
        rows = (*self.ratings, *self.seen, *self.wished)
        return tuple(dict.fromkeys(row.person for row in rows))

    def renamed(self, file: str) -> Brought:
        """Return the same under another name, so that two files of one name can be told apart."""

        def moved(name: str) -> str:
            return file + name.removeprefix(self.file)

        def rows(old: tuple[Row, ...]) -> tuple[Row, ...]:
            return tuple(replace(row, file=moved(row.file)) for row in old)

        return replace(
            self,
            file=file,
            ratings=rows(self.ratings),
            seen=rows(self.seen),
            wished=rows(self.wished),
            left_out=tuple(replace(row, file=moved(row.file)) for row in self.left_out),
        )
