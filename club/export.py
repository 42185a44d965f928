"""The club's data as files that other programs can read."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TextIO

import pandas as pd

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
    # In this order: who joins and rates meanwhile is in neither, or among the names only.
    ratings, names = store.ratings(include_left=True), store.members(include_left=True)["name"]
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
