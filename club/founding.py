"""A club begins: empty, under a name."""

from __future__ import annotations

from sqlalchemy import Connection, delete, update

from club.db import schema


def found_club(connection: Connection, name: str, *, is_demo: bool, at: int) -> None:
    """Empty every table and give the club its name; ids and the version go on counting.

    Args:
        at: now, in seconds.
    """
    # Nights first: they take their frozen predictions along, which nothing else can delete.
    for table in (schema.nights, *reversed(schema.metadata.sorted_tables)):
        if table is not schema.club:
            connection.execute(delete(table))
    connection.execute(update(schema.club).values(name=name, is_demo=is_demo, created_at=at))
