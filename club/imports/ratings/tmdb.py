"""The ratings and the watchlist that TMDB lets people download."""

from __future__ import annotations

from club.imports.ratings.columns import Columns, brought, rated_and_listed
from club.imports.ratings.rows import TENS, Brought, Scale
from club.imports.ratings.table import Table

KIND, LIST = "TMDB ratings", "A TMDB list"


def recognises(table: Table) -> bool:
    """Tell whether TMDB wrote the table."""
    return {"tmdb id", "type", "name", "release date", "your rating"} <= table.columns.keys()


def read(table: Table) -> Brought:
    """Read ratings, up to 10, and what is on a list without one; series are left out.

    The column Rating is everybody's.
    """
    have = table.columns
    columns = Columns(
        title=have["name"],
        year=have["release date"],
        rating=have["your rating"],
        date=have.get("date rated"),
        tmdb_id=have["tmdb id"],
        source_id=have["tmdb id"],
        kind=have["type"],
    )
    rows, wished, wrong = rated_and_listed(table, columns)
    kind = KIND if rows else LIST
    return brought(kind, table, rows, wrong, Scale(TENS, fixed=True), wished=wished)
