"""A club with rows in every table, whatever tables there are, and ways to look at all of them."""

from datetime import date
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, String, Table, insert, select
from sqlalchemy import update as change

from club.db import schema
from club.store import Store


def fill(store: Store) -> Store:
    """Give every table rows: two members, who rate and undo, and made-up ones for the rest."""
    ana, bo = store.members.add("Ana Łuczak"), store.members.add("Bo “=1+1”")
    store.ratings.rate_many([(ana, movie, 0.5 + movie % 10 / 2) for movie in range(1, 40)])
    store.ratings.rate(bo, 7, 3.5)
    store.ratings.unrate(ana, 1)
    store.ratings.undo()
    store.movies.add("Our holiday", 2024, "Comedy", "beach|été", overview="Line 1\nLine 2 ☂")
    store.movies.add("Untitled")
    store.movies.add_to_shortlist(7)
    store.movies.add_to_shortlist(-1)
    store.members.add("Cy")
    store.members.remove(3)
    with store.database.write() as write:
        for table in schema.metadata.sorted_tables:
            if write.connection.execute(select(table)).first() is None:
                # Who has left was a guest; the others are members.
                rows = [_row(table, n) for n in ([3] if table.name == "guests" else (1, 2, 3))]
                write.connection.execute(insert(table), rows)
        nights = schema.metadata.tables.get("nights")
        if nights is not None:  # only once their predictions are there
            decided = {"decided_at": 1_700_000_050, "model": "m1", "club_version": 9}
            write.connection.execute(change(nights).where(nights.c.night_id < 3).values(decided))
    return store


def _row(table: Table, n: int) -> dict[str, Any]:
    return {
        column.name: _value(column, n)
        for column in table.c
        # What decides a night would close it before its predictions are there.
        if not (table.name == "nights" and column.name == "decided_at")
    }


def _value(column: Column, n: int) -> Any:
    if column.name == "voting":
        return ["approve", "rank", None][n % 3]
    values = {
        JSON: [n, -n],
        Date: date(2026, 7, n),
        Boolean: n % 2 == 0,
        Float: n / 3,
        String: f"no. {n}: é ☂ '; --",
        Integer: n,
    }
    return next(value for kind, value in values.items() if isinstance(column.type, kind))


def contents(store: Store, *, without: tuple[str, ...] = ()) -> dict[str, list[tuple]]:
    """Every row of every table, without the columns named and the last note of a restore."""
    with store.database.read() as connection:
        found = {
            table.name: connection.execute(
                select(*(c for c in table.c if c.name not in {"identity", *without})).order_by(
                    *table.primary_key
                )
            ).all()
            for table in schema.metadata.sorted_tables
        }
    changes = found["changes"]
    if changes and "brought back an earlier state" in changes[-1]:
        changes.pop()
    return found
