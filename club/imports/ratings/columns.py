"""Turn the rows of a table into rated movies, once it is known which column holds what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from club.errors import InvalidInput
from club.imports.ratings import cells
from club.imports.ratings.rows import RejectedRow, Row, is_exact, stars_of
from club.imports.tables import Table, header_key, movielens_title, whole_number
from club.validation import MAX_TITLE, clean_name

# Types of titles as services call them, some in the language of whoever asks; without accents.
NO_MOVIES = (
    "serie", "serial", "episod", "folge", "season", "staffel", "saison", "temporada", "stagione",
    "show", "game", "videospiel", "jeu video", "videojuego", "videogioco", "videogame", "podcast",
    "music video", "book", "manga", "comic",
)  # fmt: skip
TV = "tv"  # alone a series; "TV Movie" is a movie
NO_MOVIE = "a series, an episode or a game, no movie"
TOTALS = {
    "total", "totals", "sum", "average", "avg", "mean", "median", "count", "summe", "gesamt",
    "durchschnitt", "mittelwert", "moyenne", "somme", "media", "promedio", "suma", "totale",
}  # fmt: skip


@dataclass(frozen=True)
class Columns:
    """Positions of columns, None for those that a table does not have.

    Args:
        title: needed; an empty table has it at 0.
        top: end of the scale if it is known: ratings that are no half star on it are rejected.
        days_first: whether the day comes first in dates like "03/04/2020".
        by_hand: whether people keep the table, so that it may have rows of totals.
    """

    title: int
    other_title: int | None = None
    year: int | None = None
    rating: int | None = None
    person: int | None = None
    date: int | None = None
    movie_id: int | None = None
    tmdb_id: int | None = None
    imdb_id: int | None = None
    source_id: int | None = None
    kind: int | None = None
    top: int | None = None
    days_first: bool | None = None
    by_hand: bool = False

    @classmethod
    def of(
        cls, table: Table, names: Mapping[str, Iterable[str]], top: int | None = None
    ) -> Columns:
        """Find columns of `table` by the header names that each of them may have."""
        found: dict[str, Any] = {name: table.first(headers) for name, headers in names.items()}
        return cls(**found | {"title": found["title"] or 0, "top": top})


class _Unusable(Exception):  # noqa: N818 (it never leaves this module)
    """Why a row cannot be used."""


def read_rows(table: Table, columns: Columns) -> tuple[list[Row], list[RejectedRow]]:
    """Return the rows of `table` that can be used, and those that cannot with the reason."""
    found: list[Row] = []
    rejected = [
        RejectedRow(table.file, line, reason, title=" | ".join(unread[:20])[:200])
        for line, reason, unread in table.unread
    ]
    dates = (_cell(texts, columns.date) for _, texts in table.rows)
    columns = replace(columns, days_first=cells.day_first(dates))
    for line, texts in table.rows:
        try:
            found.append(_row(table.file, line, texts, columns))
        except _Unusable as why:
            facts = {
                "member": _cell(texts, columns.person),
                "title": _cell(texts, columns.title)[:200],
                "year": _cell(texts, columns.year)[:40],
                "stars": _cell(texts, columns.rating)[:40],
                "date": _cell(texts, columns.date)[:40],
            }
            rejected.append(RejectedRow(table.file, line, str(why), **facts))
    return found, rejected


def split_rated(table: Table, columns: Columns) -> tuple[Table, Table]:
    """Return the rows of a list that have a rating, and those that do not."""
    blank = [cells.is_blank(_cell(texts, columns.rating)) for _, texts in table.rows]
    pairs = list(zip(table.rows, blank, strict=True))
    rated, unrated = (
        [row for row, is_blank in pairs if is_blank == want] for want in (False, True)
    )
    return replace(table, rows=rated), replace(table, rows=unrated, unread=())


def series_note(rejected: Iterable[RejectedRow]) -> tuple[str, ...]:
    """Return a sentence on series and episodes if some were rejected."""
    number = sum(row.reason == NO_MOVIE for row in rejected)
    if not number:
        return ()
    if number == 1:
        return ("1 row is a series, an episode or a game and is left out: the club rates movies.",)
    return (
        f"{number:,} rows are series, episodes or games and are left out: the club rates movies.",
    )


def _cell(texts: list[str], position: int | None) -> str:
    return "" if position is None else texts[position].strip()


def _row(file: str, line: int, texts: list[str], columns: Columns) -> Row:
    title, written_year = cells.text_of(_cell(texts, columns.title)), _cell(texts, columns.year)
    dated = written_year or _cell(texts, columns.date)
    if columns.by_hand and header_key(title).strip(" :") in TOTALS and not dated:
        raise _Unusable("a total, no movie")
    kind = header_key(_cell(texts, columns.kind))
    if kind == TV or any(word in kind for word in NO_MOVIES):
        raise _Unusable(NO_MOVIE)
    if not title:
        raise _Unusable("no title")
    if len(title) > MAX_TITLE:
        raise _Unusable(f"a title of more than {MAX_TITLE} characters")
    titles, year = [title], cells.year(written_year)
    shorter, in_title, aliases = movielens_title(cells.year_in_parentheses(title))  # "Heat (1995)"
    if shorter and in_title is not None and year in (None, in_title):
        titles, year = [shorter, *aliases, title], in_title
    other = cells.text_of(_cell(texts, columns.other_title))
    if 0 < len(other) <= MAX_TITLE:
        titles.append(other)
    imdb_id = cells.imdb_id(_cell(texts, columns.imdb_id))
    return Row(
        file=file,
        line=line,
        titles=tuple(dict.fromkeys(titles)),
        year=year,
        rating=None if columns.rating is None else _rating(texts, columns),
        at=cells.timestamp(_cell(texts, columns.date), columns.days_first),
        person=_person(texts, columns),
        movie_id=_movie_id(_cell(texts, columns.movie_id)),
        tmdb_id=cells.tmdb_id(_cell(texts, columns.tmdb_id)),
        source_id=imdb_id or _cell(texts, columns.source_id)[:200],
    )


def _rating(texts: list[str], columns: Columns) -> float:
    text = _cell(texts, columns.rating)
    found = cells.rating(text)
    if cells.is_blank(text) or (found is not None and found[0] == 0):
        raise _Unusable("no rating")
    if found is None:
        raise _Unusable("no rating that can be read")
    value, top = found[0], columns.top
    if top is not None and (stars_of(value, top) is None or not is_exact(value, top)):
        raise _Unusable(f"a rating that is no half star of a scale to {top}")
    return value


def _movie_id(text: str) -> int | None:
    number = whole_number(text.removeprefix("-"))
    return -number if number is not None and text.startswith("-") else number  # the club's own


def _person(texts: list[str], columns: Columns) -> str:
    if columns.person is None:
        return ""
    name = cells.text_of(_cell(texts, columns.person))
    try:
        return clean_name(name)
    except InvalidInput:
        raise _Unusable("no name of a member" if not name else "no name that can be used") from None
