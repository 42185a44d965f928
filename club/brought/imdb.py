"""The ratings that IMDb lets people download, of today and of before 2017."""

from __future__ import annotations

from club.brought.columns import Columns, rows_of, series_note
from club.brought.rows import TENS, Brought, Scale
from club.brought.table import Table

KIND = "IMDb ratings"
RATING = ("your rating", "you rated")


def recognises(table: Table) -> bool:
    """Tell whether IMDb wrote the table."""
    return {"const", "title"} <= table.columns.keys() and any(
        name in table.columns for name in RATING
    )


def read(table: Table) -> Brought:
    """Read the ratings, 1 to 10; series, episodes and games are left out."""
    have = table.columns
    columns = Columns(
        title=have["title"],
        other_title=have.get("original title"),
        year=have.get("year"),
        rating=next(have[name] for name in RATING if name in have),
        date=have.get("date rated", have.get("created")),
        source_id=have["const"],
        kind=have.get("title type"),
        top=TENS,
    )
    rows, wrong = rows_of(table, columns)
    scale = Scale(TENS, fixed=True)
    return Brought(
        KIND, table.file, tuple(rows), scale, left_out=tuple(wrong), notes=series_note(wrong)
    )
