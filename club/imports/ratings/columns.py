"""Rows out of a table whose columns are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from club.errors import InvalidInput
from club.imports.catalogue.tables import movielens_title
from club.imports.ratings import cells, headers
from club.imports.ratings.rows import Brought, LeftOut, Row, Scale, is_exact, stars_of
from club.imports.ratings.table import Records, Table
from club.validation import MAX_TITLE, clean_name

# As services call them, some in the language of whoever asks; without accents.
NO_MOVIES = (
    "serie", "serial", "episod", "folge", "season", "staffel", "saison", "temporada", "stagione",
    "show", "game", "videospiel", "jeu video", "videojuego", "videogioco", "videogame", "podcast",
    "music video", "book", "manga", "comic",
)  # fmt: skip
NO_MOVIE = "a series, an episode or a game, no movie"
TV = "tv"  # alone a series; "TV Movie" is one
TOTALS = {
    "total", "totals", "sum", "average", "avg", "mean", "median", "count", "summe", "gesamt",
    "durchschnitt", "mittelwert", "moyenne", "somme", "media", "promedio", "suma", "totale",
}  # fmt: skip
TOTAL = "a total, no movie"
DATED = "a date in place of the rating; a spreadsheet may have made one of it"


@dataclass(frozen=True)
class Columns:
    """Where what is, as places in a row; None for what the table does not say.

    Args:
        top: where the scale is known, what is no half star on it is left out.
        days_first: whether the day comes first in dates like "03/04/2020".
        by_hand: whether people keep the table, so that there may be totals below it.
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


def rows_of(table: Table, columns: Columns) -> tuple[list[Row], list[LeftOut]]:
    """Return the rows of `table` that can be used, and those that cannot."""
    found, wrong = [], list(table.left_out)
    dates = (_cell(texts, columns.date) for _, texts in table.records)
    columns = replace(columns, days_first=cells.day_first(dates))
    totals = _totals(table, columns) if columns.by_hand else set()
    for line, texts in table.records:
        try:
            if line in totals:
                raise _Unusable(TOTAL)  # noqa: TRY301
            row = _row(table.file, line, texts, columns)
        except _Unusable as why:
            text = (str(why), "", _cell(texts, columns.person), _cell(texts, columns.title)[:200])
            rest = (columns.year, columns.rating, columns.date)
            wrong.append(LeftOut(table.file, line, *text, *(_cell(texts, at)[:40] for at in rest)))
            continue
        found.append(row)
    return found, wrong


def rated_and_listed(table: Table, columns: Columns) -> tuple[list[Row], list[Row], list[LeftOut]]:
    """Return of a list the rows with a rating, those without one, and those of no use."""
    rated: Records = []
    listed: Records = []
    for line, texts in table.records:
        blank = cells.is_blank(_cell(texts, columns.rating))
        (listed if blank else rated).append((line, texts))
    rows, wrong = rows_of(replace(table, records=rated), columns)
    without = replace(columns, rating=None, date=None)
    wished, more = rows_of(replace(table, records=listed, left_out=()), without)
    return rows, wished, wrong + more


def _totals(table: Table, columns: Columns) -> set[int]:
    """Return the lines at the end of a table that sum up what stands above them."""
    lines = set()
    for line, texts in reversed(table.records):
        title = headers.folded(texts[columns.title]).strip(" :")
        if title not in TOTALS or _cell(texts, columns.year):
            break
        lines.add(line)
    return lines


class _Unusable(Exception):  # noqa: N818 (it never leaves this module)
    """Why a row cannot be used."""


def _cell(texts: list[str], place: int | None) -> str:
    return "" if place is None else texts[place].strip()


def _row(file: str, line: int, texts: list[str], columns: Columns) -> Row:
    kind = headers.folded(_cell(texts, columns.kind))
    if kind == TV or any(word in kind for word in NO_MOVIES):
        raise _Unusable(NO_MOVIE)
    title = cells.words(_cell(texts, columns.title))
    if not title:
        raise _Unusable("no title")
    if len(title) > MAX_TITLE:
        raise _Unusable(f"a title of more than {MAX_TITLE} characters")
    titles, year = [title], cells.year(_cell(texts, columns.year))
    shorter, in_title, aliases = movielens_title(cells.year_in_parentheses(title))  # "Heat (1995)"
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
        at=cells.moment(_cell(texts, columns.date), columns.days_first),
        person=_person(texts, columns),
        movie_id=_movie_id(_cell(texts, columns.movie_id)),
        tmdb_id=cells.tmdb_id(_cell(texts, columns.tmdb_id)),
        source_id=cells.imdb_id(_cell(texts, columns.imdb_id))
        or _cell(texts, columns.source_id)[:200],
    )


def _rating(texts: list[str], columns: Columns) -> float:
    text = _cell(texts, columns.rating)
    found = cells.rating(text)
    if cells.is_blank(text) or (found is not None and found[0] == 0):
        raise _Unusable("no rating")
    if found is None:
        raise _Unusable(DATED if cells.is_day(text) else "no rating that can be read")
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


def brought(
    kind: str,
    table: Table,
    rows: Iterable[Row],
    wrong: Sequence[LeftOut],
    scale: Scale,
    *,
    wished: Iterable[Row] = (),
    notes: Iterable[str] = (),
) -> Brought:
    """Return what a table brings, with a note about the series that were left out."""
    return Brought(
        kind,
        table.file,
        tuple(rows),
        scale,
        wished=tuple(wished),
        left_out=tuple(wrong),
        notes=(*_series_note(wrong), *notes),
    )


def _series_note(wrong: Sequence[LeftOut]) -> tuple[str, ...]:
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
