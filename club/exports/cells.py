"""Single cells of the exported tables: written so that what is read back is what was there."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

from club.export import safe_cell

Reader = Callable[[str], Any]


def written(value: object) -> str:
    """Return a value of the club's as a cell; "" for None.

    Only text can begin like a formula and be made harmless: a number below zero stays a number.
    """
    if value is None or isinstance(value, str):
        return safe_cell(value or "")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    # Of a float, repr is the shortest text that is read as the same.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list) else repr(value)


def text(cell: str) -> str:
    """Return a text without the apostrophe that `safe_cell` puts in front."""
    return cell[1:] if cell.startswith("'") and safe_cell(cell[1:]) == cell else cell


def flag(cell: str) -> bool:
    """Return whether the cell says yes."""
    return {"yes": True, "no": False}[cell]


def moment(cell: str) -> datetime:
    """Return a moment, UTC."""
    return datetime.fromisoformat(cell).astimezone(UTC)


def or_none(read: Reader) -> Reader:
    """Return a reader that takes an empty cell for None."""
    return lambda cell: read(cell) if cell else None
