"""One person's ratings in Letterboxd's import format: https://letterboxd.com/about/importing-data/"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date

import pandas as pd
from sqlalchemy import Connection, Table, select

from club.db import schema, transfer
from club.export import safe_cell
from club.store import Store

HEADER = (
    "LetterboxdURI",
    "tmdbID",
    "imdbID",
    "Title",
    "Year",
    "Directors",
    "Rating",
    "Rating10",
    "WatchedDate",
    "Rewatch",
    "Tags",
    "Review",
)
MOST_ROWS, MOST_BYTES = 1_900, 1_000_000  # Letterboxd takes files of up to 1 MB
_events, _nights, _there = schema.rating_events.c, schema.nights.c, schema.attendance.c


def for_letterboxd(store: Store, movies: pd.DataFrame, member_id: int) -> dict[str, bytes]:
    """Return a member's or guest's movies as CSV files by name, each small enough for Letterboxd.

    There is one file, or several that are numbered. Movies are rated, or watched on a night that is
    opened, or seen; what was watched on several nights has a row for each. Movies that `movies`
    lacks are left out: they have no title.

    Args:
        movies: in the form of `Dataset.movies`.
    """
    with transfer.snapshot(store.database) as connection:
        ratings = _column(connection, schema.ratings, "half_stars", member_id)
        seen = _column(connection, schema.seen, "at", member_id)
        watched = _watched(connection, member_id)
    wanted = sorted({*ratings, *watched, *seen} & {*movies.index})
    rows = []
    for movie in movies.loc[wanted].itertuples():
        movie_id = int(movie.Index)
        for on, again in watched.get(movie_id, [(None, False)]):
            cells = dict.fromkeys(HEADER, "")
            cells["tmdbID"] = "" if pd.isna(movie.tmdb_id) else str(movie.tmdb_id)
            cells["Title"] = safe_cell(movie.title)
            cells["Year"] = "" if pd.isna(movie.year) else str(movie.year)
            if movie_id in ratings:
                cells["Rating"] = f"{ratings[movie_id] / 2:g}"
            if on is not None:
                cells["WatchedDate"], cells["Rewatch"] = on.isoformat(), str(again).lower()
            rows.append(list(cells.values()))
    parts = list(_files(rows))
    if len(parts) == 1:
        return {"letterboxd.csv": parts[0]}
    return {f"letterboxd-{number}.csv": part for number, part in enumerate(parts, start=1)}


def _column(connection: Connection, table: Table, name: str, member_id: int) -> dict[int, int]:
    """Return a column of a table about people and movies, by movie id."""
    query = select(table.c.movie_id, table.c[name]).where(table.c.member_id == member_id)
    return {row[0]: row[1] for row in connection.execute(query)}


def _watched(connection: Connection, member_id: int) -> dict[int, list[tuple[date, bool]]]:
    """Return when somebody watched a movie, and whether they had rated it when it was decided."""
    nights = (
        select(_nights.movie_id, _nights.on_date, _nights.club_version)
        .join(schema.attendance)
        .where(_there.member_id == member_id, _nights.opened_at.is_not(None))
        .order_by(_nights.on_date, _nights.night_id)
    )
    changes = (
        select(_events.movie_id, _events.step, _events.half_after)
        .where(_events.member_id == member_id)
        .order_by(_events.event_id)
    )
    history = connection.execute(changes).all()
    found: dict[int, list[tuple[date, bool]]] = {}
    for movie_id, on, version in connection.execute(nights):
        before = [e.half_after for e in history if e.movie_id == movie_id and e.step < version]
        again = bool(before) and before[-1] is not None
        found.setdefault(movie_id, []).append((on, again))
    return found


def _files(rows: Iterable[list[str]]) -> Iterator[bytes]:
    header = _line(HEADER)
    lines, size = [header], len(header)
    for row in rows:
        line = _line(row)
        if len(lines) > MOST_ROWS or size + len(line) > MOST_BYTES:
            yield b"".join(lines)
            lines, size = [header], len(header)
        lines.append(line)
        size += len(line)
    yield b"".join(lines)


def _line(cells: Iterable[str]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerow(cells)
    return file.getvalue().encode("utf-8")
