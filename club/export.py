"""The club's data as files for other programs: ratings, everything to read, and for Letterboxd."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import Boolean, Column, Connection, Table, select

from club.db import schema
from club.store import Store

# What a spreadsheet may take for a formula, in plain and in full width.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
HEADER = ["member_id", "member", "movie_id", "title", "year", "stars", "rated_at"]
# https://letterboxd.com/about/importing-data/
LETTERBOXD = ["imdbID", "tmdbID", "Title", "Year", "Rating"]

README = """\
What a movie club knows, as CSV in UTF-8. Times are UTC, stars go from 0.5 to 5.
A text that a spreadsheet would take for a formula has an apostrophe in front.
`python -m club import` reads ratings.csv. The whole club comes back from a backup, not from here.
Left out: votes and stars that are hidden until a night is over, the passphrase, the calendar's
address, the key to TMDB and what was fetched there.

"""
# File -> its table and, for people, its content.
_FILES: dict[str, tuple[Table, str]] = {
    "club.csv": (schema.club, "its name, and whether it is the demo"),
    "members.csv": (schema.members, "members and guests; whoever left has a left_at"),
    "guests.csv": (schema.guests, "the keywords that guests like and dislike"),
    "ratings.csv": (schema.ratings, "the ratings of members, of those who left, too"),
    "guest_ratings.csv": (schema.ratings, "the ratings of guests"),
    "seen.csv": (schema.seen, "movies seen without giving stars"),
    "nights.csv": (schema.nights, "every night, planned and called off ones included"),
    "attendance.csv": (schema.attendance, "who came to which night"),
    "vetoes.csv": (schema.vetoes, "the movies not wanted on a night, and by whom"),
    "votes.csv": (
        schema.ballots,
        "ballots, best first, that are revealed or of nights that are over",
    ),
    "predictions.csv": (schema.predictions, "the predictions when a movie was decided, in stars"),
    "night_ratings.csv": (schema.night_ratings, "stars given on nights that are over"),
    "watchlists.csv": (
        schema.watchlists,
        "what each wants to watch, also what they have seen since",
    ),
    "shortlist.csv": (schema.shortlist, "movies that the club might watch"),
    "movies.csv": (schema.movies, "movies that the club added itself"),
    "history.csv": (schema.rating_events, "every change of a rating, oldest first"),
    "changes.csv": (schema.changes, "who did what, oldest first; what it names may be gone"),
}
_INTERNAL = {"club_id", "version", "last_movie_id", "identity", "state", "name_key", "calendar_key"}


def safe_cell(text: str) -> str:
    """Return the text with an apostrophe in front if a spreadsheet takes it for a formula.

    Also where apostrophes are there already: so taking one away always gives the text back.
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def csv_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV that no spreadsheet computes, lists in cells as JSON."""
    file = io.StringIO(newline="")
    # With both in the end of a line, a cell with either is put in quotes.
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerows(map(_written, row) for row in (header, *rows))
    return file.getvalue().encode()


def ratings_csv(store: Store, movies: pd.DataFrame) -> bytes:
    """Return every rating of members, also of those who left, as CSV; the import reads it again.

    Args:
        movies: with title and year by movie_id; a movie that it lacks has none.
    """
    with store.database.read() as connection:
        return csv_table(*_Titles(connection, movies).rows("ratings.csv"))


def everything(store: Store, movies: pd.DataFrame) -> bytes:
    """Return a ZIP of CSV files with all that the club knows, but for what is hidden.

    `movies` is as in `ratings_csv`.
    """
    nights, box = store.nights.all(), store.nights.ballot_box
    hidden = {
        "votes.csv": [n.night_id for n in nights if box(n.night_id).ballots is None],
        "night_ratings.csv": [n.night_id for n in nights if n.revealed_at is None],
    }
    lines = [f"{name}: {content}\n" for name, (_, content) in _FILES.items()]
    packed = io.BytesIO()
    with (
        store.database.read() as connection,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        archive.writestr("README.txt", README + "".join(lines))
        titles = _Titles(connection, movies)
        for name in _FILES:
            archive.writestr(name, csv_table(*titles.rows(name, hidden.get(name, []))))
    return packed.getvalue()


def for_letterboxd(store: Store, movies: pd.DataFrame, member_id: int) -> bytes:
    """Return the movies that a member or guest has rated or seen as CSV that Letterboxd imports.

    Args:
        movies: in the form of `Dataset.movies`; of a movie that it lacks nobody knows the title.
    """
    ratings = store.ratings.current(include_guests=True)
    stars = ratings[ratings["member_id"] == member_id].set_index("movie_id")["rating"]
    seen = store.members.seen()
    wanted = {*stars.index, *seen.loc[seen["member_id"] == member_id, "movie_id"]}
    found = movies.loc[sorted(wanted & {*movies.index}), ["imdb_id", "tmdb_id", "title", "year"]]
    found = found.assign(rating=stars.reindex(found.index)).astype(object)
    rows = found.where(found.notna(), "").itertuples(index=False)
    return csv_table(LETTERBOXD, rows)


class _Titles:
    """The rows of the club's tables, with names of people and titles of movies beside the ids."""

    def __init__(self, connection: Connection, movies: pd.DataFrame) -> None:
        self._connection = connection
        query = select(schema.members.c.member_id, schema.members.c.name)
        self._names: dict[int, str] = {row.member_id: row.name for row in connection.execute(query)}
        self._guests = set(connection.execute(select(schema.guests.c.member_id)).scalars())
        years = [None if pd.isna(year) else int(year) for year in movies["year"]]
        known = zip(movies["title"].astype(str), years, strict=True)
        self._movies = dict(zip(movies.index, known, strict=True))

    def rows(self, file: str, hidden_nights: Sequence[int] = ()) -> tuple[list[str], list[Any]]:
        """Return the header and the rows of a file, without those of hidden nights."""
        table, _ = _FILES[file]
        columns = [column for column in table.c if column.name not in _INTERNAL]
        query = select(table).order_by(*table.primary_key)
        if hidden_nights:
            query = query.where(table.c.night_id.not_in(hidden_nights))
        if table is schema.ratings:
            is_guest = table.c.member_id.in_(self._guests)
            query = query.where(is_guest if file.startswith("guest") else ~is_guest)
        header = [name for column in columns for name in self._cells(column, None)]
        return header, [
            [cell for column in columns for cell in self._cells(column, row[column]).values()]
            for row in self._connection.execute(query).mappings()
        ]

    def _cells(self, column: Column[Any], value: Any) -> dict[str, object]:
        name, table = column.name, column.table
        if name == "movie_id" and table is not schema.movies:
            title, year = self._movies.get(value, ("", None))
            return {name: value, "title": title, "year": year}
        if name in {"member_id", "picker_id"} and table is not schema.members:
            return {name: value, name.removesuffix("_id"): self._names.get(value)}
        if name == "name" and table is schema.members:
            return {"member": value}
        if name == "choices":
            return {name: "; ".join(self._movies.get(m, (str(m),))[0] for m in value or ())}
        label = "on" if name == "on_date" else name.removeprefix("half_")
        return {label: None if value is None else _readable(column, value)}


def _readable(column: Column[Any], value: Any) -> object:
    name = column.name
    if name == "starts_at":
        return f"{value // 60:02}:{value % 60:02}"
    if f"_{name}".endswith("_at") or name in {"rated_before", "rated_after"}:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if name.startswith("half_"):
        return value / 2
    return ("no", "yes")[value] if isinstance(column.type, Boolean) else value


def _written(value: object) -> object:
    """Return a cell; only text can begin like a formula, a number below zero stays a number."""
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return safe_cell(value) if isinstance(value, str) else value
