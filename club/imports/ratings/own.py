"""What `club.export` wrote: the ratings of a whole club."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from club.export import HEADER
from club.imports.ratings.columns import Columns, rows_of
from club.imports.ratings.rows import FIVES, Brought, Scale
from club.imports.ratings.table import Table
from club.validation import name_key

KIND = "A club's own ratings"
_NAMES = [name.replace("_", " ") for name in HEADER]


def recognises(table: Table) -> bool:
    """Tell whether this program wrote the table."""
    return all(name in table.columns for name in _NAMES)


def read(table: Table) -> Brought:
    """Read the export; two members of one name (one has left) stay two people."""
    have = table.columns
    columns = Columns(
        title=have["title"],
        year=have["year"],
        rating=have["stars"],
        person=have["member"],
        date=have["rated at"],
        movie_id=have["movie id"],
        source_id=have["movie id"],
        top=FIVES,
    )
    rows, wrong = rows_of(table, columns)
    numbers = {line: texts[have["member id"]] for line, texts in table.records}
    namesakes: dict[str, list[str]] = defaultdict(list)
    named = []
    for row in rows:
        same = namesakes[name_key(row.person)]
        if numbers[row.line] not in same:
            same.append(numbers[row.line])
        number = same.index(numbers[row.line]) + 1
        named.append(row if number == 1 else replace(row, person=f"{row.person[:50]} ({number})"))
    return Brought(KIND, table.file, tuple(named), Scale(FIVES, fixed=True), left_out=tuple(wrong))
