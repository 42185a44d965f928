"""The club's data as files that other programs can read."""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import pandas as pd

from club.errors import InvalidInput, StoreUnavailable
from club.store import Store

# What a spreadsheet may take for a formula, in plain and in full width.
_FORMULA_STARTS = tuple("=+-@\t\r\n＝＋－＠")
HEADER = ["member_id", "member", "movie_id", "title", "year", "stars", "rated_at"]


def safe_cell(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula.

    An apostrophe is put in front where that is needed, also where apostrophes are there already:
    so whoever takes one away from such a cell always gets the text back.
    """
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def write_ratings(store: Store, movies: pd.DataFrame, file: TextIO) -> int:
    """Write every rating as CSV, those of members who left included, and return how many.

    Args:
        movies: where titles and years are looked up; index movie_id. An unknown movie has none.
        file: open for text with newline="".
    """
    names, ratings = store.members(include_left=True)["name"], store.ratings(include_left=True)
    known = movies.reindex(ratings["movie_id"])
    titles, years = known["title"].fillna(""), known["year"].astype(object)
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(HEADER)
    for rating, title, year in zip(ratings.itertuples(), titles, years, strict=True):
        writer.writerow(
            [
                rating.member_id,
                safe_cell(names[rating.member_id]),
                rating.movie_id,
                safe_cell(title),
                "" if pd.isna(year) else year,
                rating.rating,
                datetime.fromtimestamp(rating.timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            ]
        )
    return len(ratings)


def back_up(store: Store, path: Path) -> None:
    """Copy an SQLite database, as of one moment and while it is in use, to a new file.

    Raises:
        InvalidInput: the path is taken, or the database is not SQLite.
        StoreUnavailable: the copy cannot be written; nothing is left of it then.
    """
    if store.file is None:
        raise InvalidInput("Only an SQLite file can be copied like this; PostgreSQL has pg_dump.")
    if path.exists():
        raise InvalidInput(f"{path} is there already; name a new file.")
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        with (
            closing(sqlite3.connect(store.file)) as original,
            closing(sqlite3.connect(unfinished)) as copy,
        ):
            original.backup(copy)
        unfinished.replace(path)
    except (sqlite3.Error, OSError) as error:
        unfinished.unlink(missing_ok=True)
        raise StoreUnavailable(f"The backup {path} cannot be written: {error}.") from error
