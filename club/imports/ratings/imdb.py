"""The ratings and lists that IMDb lets people download, of today and of before 2017."""

from __future__ import annotations

from club.imports.ratings.columns import Columns, brought, rated_and_listed, rows_of
from club.imports.ratings.rows import TENS, Brought, Scale
from club.imports.ratings.table import Table

KIND, LIST = "IMDb ratings", "An IMDb list"
RATING = ("your rating", "you rated")


def recognises(table: Table) -> bool:
    """Tell whether IMDb wrote the table."""
    have = table.columns.keys()
    return {"const", "title"} <= have and (any(name in have for name in RATING) or _is_list(table))


def _is_list(table: Table) -> bool:
    return {"const", "created", "modified"} <= table.columns.keys()


def read(table: Table) -> Brought:
    """Read ratings, 1 to 10, and what is on a list without one; series and games are left out."""
    have = table.columns
    columns = Columns(
        title=have["title"],
        other_title=have.get("original title"),
        year=have.get("year"),
        rating=next((have[name] for name in RATING if name in have), None),
        date=have.get("date rated", have.get("created")),
        source_id=have["const"],
        kind=have.get("title type"),
        top=TENS,
    )
    if _is_list(table):
        rows, wished, wrong = rated_and_listed(table, columns)
    else:
        (rows, wrong), wished = rows_of(table, columns), []
    kind = KIND if rows or not wished else LIST
    return brought(kind, table, rows, wrong, Scale(TENS, fixed=True), wished=wished)
