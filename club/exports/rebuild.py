"""The way back of `rows`: a whole club out of what was exported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, update
from sqlalchemy.exc import IntegrityError

from club import contents, validation
from club.db import schema
from club.errors import InvalidInput
from club.exports.archive import read_zip
from club.exports.rows import Row
from club.store import Store

# Which files a table comes from, and what its columns are called there, where that differs.
_FILES = {
    "guests": ("members.csv",),
    "ratings": ("ratings.csv", "guest_ratings.csv"),
    "rating_events": ("history.csv",),
    "ballots": ("votes.csv",),
}
_CALLED = {
    "name": "member",
    "at": "marked_at",
    "half_stars": "stars",
    "half_before": "before",
    "rated_before": "before_rated_at",
    "half_after": "after",
    "rated_after": "after_rated_at",
    "on_date": "on",
    "like_chance": "like",
}


def rebuild(path: Path, file: Path) -> None:
    """Make a new SQLite file that holds the club of an export.

    What the export lacks is empty there: what was sealed, and what was fetched from TMDB. Counters
    go on after the last number that the export names.

    Args:
        path: what `everything` wrote.

    Raises:
        InvalidInput: it cannot be read, or its files do not fit each other.
    """
    sheets = read_zip(path)
    with Store(file).database.transaction() as connection, contents.no_triggers(connection):
        for table in schema.metadata.sorted_tables:
            try:
                if table is schema.club:
                    _found(connection, sheets)
                else:
                    rows = _rows(table, sheets)
                    while part := list(islice(rows, contents.CHUNK)):
                        connection.execute(insert(table), part)
            except (IntegrityError, OverflowError, ValueError, InvalidInput) as error:
                what = table.name.replace("_", " ")
                raise InvalidInput(
                    f"{path} does not fit together: the {what} are not of this club."
                ) from error


def _found(connection: Connection, sheets: dict[str, list[Row]]) -> None:
    (club,) = sheets["club.csv"]
    versions = [row["step"] for row in sheets["history.csv"]]
    versions += [row["version"] for row in sheets["changes.csv"]]
    versions += [row["club_version"] or 0 for row in sheets["nights.csv"]]
    counters = {
        "version": max([1, *versions]),
        "last_movie_id": min([0, *(row["movie_id"] for row in sheets["movies.csv"])]),
    }
    names = ("name", "is_demo", "created_at", "for_others")
    connection.execute(
        update(schema.club).values({name: _kept(name, club[name]) for name in names} | counters)
    )


def _rows(table: Table, sheets: dict[str, list[Row]]) -> Iterator[Row]:
    files = _FILES.get(table.name, (f"{table.name}.csv",))
    found: Iterable[Row] = (row for file in files for row in sheets.get(file, ()))
    match table.name:
        case "members":
            found = ({**row, "name_key": validation.name_key(row["member"])} for row in found)
        case "guests":
            found = (row for row in found if row["is_guest"])
        case "movies":
            found = ({**row, "overview": _overview(row)} for row in found)
        case "ballots":
            found = _ballots(found)
    return (
        {
            name: _kept(name, row[name] if name in row else row[_CALLED[name]])
            for name in table.c.keys()  # noqa: SIM118
        }
        for row in found
    )


def _overview(row: Row) -> str | None:
    """A movie of before there were overviews and other titles has neither."""
    return row["overview"] or (None if row["aliases"] is None else "")


def _ballots(votes: Iterable[Row]) -> Iterable[Row]:
    found: dict[tuple[int, int], Row] = {}
    for row in votes:
        ballot = found.setdefault((row["night_id"], row["member_id"]), {**row, "choices": []})
        if row["movie_id"] is not None:
            ballot["choices"].append(row["movie_id"])
    return found.values()


def _kept(name: str, value: Any) -> Any:
    """Return what a cell says as the column of this name keeps it."""
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, time):
        return 60 * value.hour + value.minute
    return validation.half_stars(value) if name.startswith("half_") and value is not None else value
