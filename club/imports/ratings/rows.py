"""Rows of ratings as a file names them, before movies and members are matched."""

from __future__ import annotations

import math
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast

from club.errors import InvalidInput
from club.imports.ratings import cells
from club.imports.tables import (
    Table,
    genre_names,
    header_key,
    minutes,
    movielens_title,
    whole_number,
)
from club.matching import Query, title_key
from club.movies import NewMovie
from club.validation import MAX_TITLE, clean_name, name_key

Kind = Literal["rating", "seen", "wished"]  # a watchlist's row is wished
KINDS: tuple[Kind, ...] = ("rating", "seen", "wished")
FIVES, TENS, HUNDREDS = 5, 10, 100
WORDS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("headers.toml").read_text("utf-8"))
LISTS: dict[str, str] = {word: kind for kind, words in WORDS["lists"].items() for word in words}
TV = "tv"  # alone a series; "TV Movie" is a movie
NO_MOVIE = "a series, an episode or a game"


@dataclass(frozen=True, kw_only=True)
class Row(Query):
    """One movie as a file names it; None or "" for what the file does not say.

    Args:
        file: with `line` this identifies the row.
        line: counts from 1, the header included.
        kind: whether it rates the movie, or says that it was seen or is wanted.
        rating: as it is written, on the scale of the file; None for the other kinds.
        top: the end of the scale, where the cell names it.
        at: when it was rated, in seconds.
        person: whose it is.
        source_id: the file's own id of the movie: rows with different ones are different movies.
        genres, runtime, directors: for a movie that the catalogue lacks; minutes.
    """

    file: str
    line: int
    kind: Kind = "rating"
    rating: float | None = None
    top: int | None = None
    at: int | None = None
    person: str = ""
    source_id: str = ""
    genres: tuple[str, ...] = ()
    runtime: int | None = None
    directors: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, int]:
        """File and line, which identify the row."""
        return self.file, self.line

    @property
    def identity(self) -> tuple[object, ...]:
        """What rows of one person about one movie have in common: a number, or else the title."""
        return (self.source_id,) if self.source_id else self.movie_key

    @property
    def movie_key(self) -> tuple[object, ...]:
        """What identifies a movie that the catalogue lacks: a number, or else title and year."""
        if self.imdb_id or self.tmdb_id:
            return "number", self.imdb_id or -(self.tmdb_id or 0)
        return title_key(self.title), self.year

    def new_movie(self) -> NewMovie:
        """Return the movie with all that the file knows of it."""
        title, *aliases = self.titles
        return NewMovie(
            title,
            self.year,
            self.genres,
            runtime=self.runtime,
            directors=self.directors,
            imdb_id=f"tt{self.imdb_id:07}" if self.imdb_id else None,
            tmdb_id=self.tmdb_id,
            aliases=aliases,
        )

    @property
    def title(self) -> str:
        """The first of the titles, or the number of a movie without."""
        return self.titles[0] if self.titles else f"movie {self.tmdb_id or self.movie_id}"


@dataclass(frozen=True)
class RejectedRow:
    """A row that is not imported, as texts.

    Args:
        reason: for people, without a full stop.
        alternatives: movies of the catalogue that it may be.
        stars: 0.5..5, or what the file has in their place.
        kind: "seen" or "wished" for a row that is no rating.
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
    kind: str = ""
    imdb_id: str = ""
    tmdb_id: str = ""

    @classmethod
    def of(
        cls, row: Row, reason: str, stars: float | None = None, alternatives: str = ""
    ) -> RejectedRow:
        """Reject `row`; `stars` (0.5..5) where they are known."""
        kind = "" if row.kind == "rating" else row.kind
        when = "" if row.at is None else datetime.fromtimestamp(row.at, UTC).date().isoformat()
        year = "" if row.year is None else str(row.year)
        given = "" if stars is None else f"{stars:g}"
        about = (alternatives, row.person, row.title, year, given, when, kind)
        numbers = (str(number or "") for number in (row.imdb_id, row.tmdb_id))
        return cls(*row.key, reason, *about, *numbers)

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


@dataclass(frozen=True)
class RatingsFile:
    """The content of one file or archive.

    Args:
        kind: the format, for people.
        file: its name for people; the rows' files begin with it.
        rows: those with a rating first, then movies seen without one, then those on a watchlist.
        scale: of the ratings.
        rejected: rows that cannot be used.
        is_numbered: whether its movies have no titles, only numbers of MovieLens or TMDB.
        names: of the people in other files, by the numbers that stand for them there.
    """

    kind: str
    file: str
    rows: tuple[Row, ...]
    scale: Scale
    rejected: tuple[RejectedRow, ...] = ()
    is_numbered: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: Kind) -> tuple[Row, ...]:
        """Return the rows of a kind."""
        return tuple(row for row in self.rows if row.kind == kind)

    @property
    def people(self) -> tuple[str, ...]:
        """The people that the rows name, in the file's order; ("",) if they name none."""
        return tuple(dict.fromkeys(row.person for row in self.rows))


class _Unusable(Exception):  # noqa: N818 (it never leaves this module)
    """Why a row cannot be used."""


def read_rows(
    table: Table, columns: Mapping[str, int], unrated: str = ""
) -> tuple[list[Row], list[RejectedRow]]:
    """Return the rows of `table` by their kind, and those that cannot be used with the reason.

    Args:
        columns: title, other_title, year, rating, date, person, kind, list, movie_id, tmdb_id,
            imdb_id, source_id, genres, runtime, directors -> position, as far as there are such
            columns.
        unrated: what rows without a rating are where no column tells; "" rejects them.
    """
    found: list[Row] = []
    rejected = [
        RejectedRow(table.file, line, reason, title=" | ".join(unread[:20])[:200])
        for line, reason, unread in table.unread
    ]
    people: dict[str, str] = {}  # one spelling of each name
    dates = columns.get("date")
    days_first = cells.day_first(row[dates] for _, row in table.rows) if dates is not None else None
    for line, row in table.rows:
        texts = defaultdict(str, {name: row[at].strip() for name, at in columns.items()})
        listed = (
            LISTS.get(texts["list"].casefold(), unrated) if cells.is_blank(texts["rating"]) else ""
        )
        try:
            titles, year = _titles_and_year(texts) if "title" in columns else ((), None)
            rating, top = (None, None) if listed else _rating(texts["rating"])
            person = _person(texts["person"]) if "person" in columns else ""
            movie_id = _movie_id(texts["movie_id"], is_needed=not titles)
        except _Unusable as why:
            facts = [texts[name][:200] for name in ("person", "title", "year", "rating", "date")]
            rejected.append(RejectedRow(table.file, line, str(why), "", *facts))
            continue
        found.append(
            Row(
                file=table.file,
                line=line,
                kind=cast("Kind", listed or "rating"),
                titles=titles,
                year=year,
                rating=rating,
                top=top,
                at=cells.timestamp(texts["date"], days_first),
                person=people.setdefault(name_key(person), person),
                movie_id=movie_id,
                tmdb_id=cells.tmdb_id(texts["tmdb_id"]),
                imdb_id=cells.imdb_id(texts["imdb_id"]),
                source_id=texts["source_id"][:200],
                genres=genre_names(cells.terms(texts["genres"])),
                runtime=minutes(texts["runtime"]),
                directors=cells.terms(texts["directors"]),
            )
        )
    return sorted(found, key=lambda row: KINDS.index(row.kind)), rejected


def _titles_and_year(texts: Mapping[str, str]) -> tuple[tuple[str, ...], int | None]:
    title, kind = cells.text_of(texts["title"]), header_key(texts["kind"])
    if kind == TV or any(word in kind for word in WORDS["no_movie"]):
        raise _Unusable(NO_MOVIE)
    if not title:
        raise _Unusable("no title")
    if len(title) > MAX_TITLE:
        raise _Unusable(f"a title of more than {MAX_TITLE} characters")
    titles, year = [title], cells.year(texts["year"])
    shorter, in_title, aliases = movielens_title(title)  # "Heat (1995)"
    if shorter and in_title is not None and year in (None, in_title):
        titles, year = [shorter, *aliases, title], in_title
    other = cells.text_of(texts["other_title"])
    if 0 < len(other) <= MAX_TITLE:
        titles.append(other)
    return tuple(dict.fromkeys(titles)), year


def _rating(text: str) -> tuple[float, int | None]:
    found = cells.rating(text)
    if cells.is_blank(text) or (found is not None and found[0] == 0):
        raise _Unusable("no rating")
    if found is None:
        raise _Unusable("no rating that can be read")
    return found


def _movie_id(text: str, *, is_needed: bool) -> int | None:
    number = whole_number(text.removeprefix("-"))
    if number is None and is_needed:
        raise _Unusable("no number that can be read")
    return -number if number is not None and text.startswith("-") else number  # the club's own


def _person(text: str) -> str:
    name = cells.text_of(text)
    try:
        return clean_name(name)
    except InvalidInput:
        raise _Unusable("no name of a member" if not name else "no name that can be used") from None
