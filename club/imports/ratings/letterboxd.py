"""A Letterboxd export: ratings, diary, what was seen and what is on the watchlist.

The address in ratings.csv, watched.csv and watchlist.csv names the movie. That in diary.csv names
the entry, so that only title and year say which movie it is about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from club.imports.ratings.columns import Columns, rows_of
from club.imports.ratings.rows import FIVES, Brought, LeftOut, Row, Scale
from club.imports.ratings.table import Table, under_header

KIND, LIST = "A Letterboxd export", "A Letterboxd list"
RATINGS, DIARY, WATCHED, WATCHLIST = "ratings.csv", "diary.csv", "watched.csv", "watchlist.csv"
NAMES = (RATINGS, DIARY, WATCHED, WATCHLIST)  # profile.csv is nobody's business
SCALE = Scale(FIVES, fixed=True)
_LIST = "letterboxd list export"


def recognises(table: Table) -> bool:
    """Tell whether Letterboxd wrote the table."""
    return {"name", "year", "letterboxd uri"} <= table.columns.keys() or is_list(table)


def is_list(table: Table) -> bool:
    """Tell whether the table is one of somebody's lists: it has a line of its own in front."""
    return table.header[0].casefold().startswith(_LIST)


def part(table: Table, name: str) -> str:
    """Return which of NAMES a table alone is, by its columns and then by its name."""
    have = table.columns
    if "watched date" in have or "rewatch" in have:
        return DIARY
    if "rating" in have:
        return RATINGS
    return WATCHLIST if "watchlist" in name.casefold() else WATCHED


def read(file: str, tables: Mapping[str, Table]) -> Brought:
    """Read an export.

    Args:
        file: what it is called.
        tables: those of NAMES that there are.
    """
    wrong: list[LeftOut] = []

    def rows(name: str, *, rated: bool) -> list[Row]:
        if name not in tables or (rated and "rating" not in tables[name].columns):
            return []
        found, unusable = rows_of(tables[name], _columns(tables[name], rated=rated))
        # What has no stars in the diary was seen, as what watched.csv says.
        wrong.extend(row for row in unusable if name != DIARY or row.reason != "no rating")
        return found

    ratings = rows(RATINGS, rated=True)
    known = {_movie(row) for row in ratings}
    ratings += [row for row in _latest(rows(DIARY, rated=True)) if _movie(row) not in known]
    known |= {_movie(row) for row in ratings}
    watched = _latest([*rows(DIARY, rated=False), *rows(WATCHED, rated=False)])
    seen = tuple(row for row in watched if _movie(row) not in known)
    wished = tuple(rows(WATCHLIST, rated=False))
    return Brought(KIND, file, tuple(ratings), SCALE, seen, wished, tuple(dict.fromkeys(wrong)))


def read_list(table: Table) -> Brought:
    """Read a list: movies that somebody may want to see."""
    for place, (_, cells) in enumerate(table.raw):
        if {"name", "year"} <= {cell.strip().casefold() for cell in cells}:
            body = under_header(table.file, table.raw, place, ())
            rows, wrong = rows_of(body, _columns(body, rated=False))
            return Brought(LIST, table.file, (), SCALE, (), tuple(rows), tuple(wrong))
    return Brought(LIST, table.file, (), SCALE)


def _columns(table: Table, *, rated: bool) -> Columns:
    have = table.columns
    diary = "watched date" in have or "rewatch" in have
    return Columns(
        title=have["name"],
        year=have["year"],
        rating=have.get("rating") if rated else None,
        date=have.get("watched date", have.get("date")),
        source_id=None if diary else have.get("letterboxd uri"),
        top=FIVES,
    )


def _movie(row: Row) -> tuple[str, int | None]:
    return row.title.casefold(), row.year


def _latest(rows: Iterable[Row]) -> list[Row]:
    """Return each movie's latest entry."""
    latest: dict[tuple[str, int | None], Row] = {}
    for row in rows:
        before = latest.get(_movie(row))
        if before is None or (row.at or 0) >= (before.at or 0):
            latest[_movie(row)] = row
    return list(latest.values())
