"""Rows out of a table whose columns are known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from club.brought import cells
from club.brought.rows import LeftOut, Row, is_exact, stars_of
from club.brought.table import Table
from club.errors import InvalidInput
from club.imports.tables import movielens_title
from club.rules import MAX_TITLE, clean_name

NO_MOVIES = ("series", "episode", "season", "show", "game", "podcast", "music video")
NO_MOVIE = "a series, an episode or a game, no movie"


@dataclass(frozen=True)
class Columns:
    """Where what is, as places in a row; None for what the table does not say.

    Args:
        top: where the scale is known, what is no half star on it is left out.
    """

    title: int
    other_title: int | None = None
    year: int | None = None
    rating: int | None = None
    person: int | None = None
    date: int | None = None
    movie_id: int | None = None
    tmdb_id: int | None = None
    source_id: int | None = None
    kind: int | None = None
    top: int | None = None


def rows_of(table: Table, columns: Columns) -> tuple[list[Row], list[LeftOut]]:
    """Return the rows of `table` that can be used, and those that cannot."""
    found, wrong = [], list(table.left_out)
    for line, texts in table.records:
        try:
            row = _row(table.file, line, texts, columns)
        except _Unusable as why:
            text = (str(why), "", _cell(texts, columns.person), _cell(texts, columns.title)[:200])
            rest = (columns.year, columns.rating, columns.date)
            wrong.append(LeftOut(table.file, line, *text, *(_cell(texts, at)[:40] for at in rest)))
            continue
        found.append(row)
    return found, wrong


class _Unusable(Exception):  # noqa: N818 (it never leaves this module)
    """Why a row cannot be used."""


def _cell(texts: list[str], place: int | None) -> str:
    return "" if place is None else texts[place].strip()


def _row(file: str, line: int, texts: list[str], columns: Columns) -> Row:
    kind = _cell(texts, columns.kind).casefold()
    if any(word in kind for word in NO_MOVIES):
        raise _Unusable(NO_MOVIE)
    title = cells.words(_cell(texts, columns.title))
    if not title:
        raise _Unusable("no title")
    if len(title) > MAX_TITLE:
        raise _Unusable(f"a title of more than {MAX_TITLE} characters")
    titles, year = [title], cells.year(_cell(texts, columns.year))
    shorter, in_title, aliases = movielens_title(title)  # "Heat (1995)"
    if shorter and in_title is not None and year in (None, in_title):
        titles, year = [shorter, *aliases, title], in_title
    other = cells.words(_cell(texts, columns.other_title))
    if 0 < len(other) <= MAX_TITLE:
        titles.append(other)
    return Row(
        file=file,
        line=line,
        titles=tuple(dict.fromkeys(titles)),
        year=year,
        rating=None if columns.rating is None else _rating(texts, columns),
        at=cells.moment(_cell(texts, columns.date)),
        person=_person(texts, columns),
        movie_id=_movie_id(_cell(texts, columns.movie_id)),
        tmdb_id=cells.number(_cell(texts, columns.tmdb_id)),
        source_id=_cell(texts, columns.source_id)[:200],
    )


def _rating(texts: list[str], columns: Columns) -> float:
    text = _cell(texts, columns.rating)
    found = cells.rating(text)
    if found is None or found[0] == 0:
        raise _Unusable("no rating that can be read" if text and found is None else "no rating")
    value, top = found[0], columns.top
    if top is not None and (stars_of(value, top) is None or not is_exact(value, top)):
        raise _Unusable(f"a rating that is no half star of a scale to {top}")
    return value


def _movie_id(text: str) -> int | None:
    own = text.startswith("-")  # the club's own movies count downwards
    number = cells.number(text.removeprefix("-"))
    return None if number is None else -number if own else number


def _person(texts: list[str], columns: Columns) -> str:
    if columns.person is None:
        return ""
    name = cells.words(_cell(texts, columns.person))
    try:
        return clean_name(name)
    except InvalidInput:
        raise _Unusable("no name of a member" if not name else "no name that can be used") from None


def series_note(wrong: list[LeftOut]) -> tuple[str, ...]:
    """Return the sentence about series and episodes, if some were left out."""
    number = Counter(row.reason for row in wrong)[NO_MOVIE]
    if not number:
        return ()
    were = (
        "row is a series, an episode or a game and is"
        if number == 1
        else ("rows are series, episodes or games and are")
    )
    return (f"{number:,} {were} left out: the club rates movies.",)
