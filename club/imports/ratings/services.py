"""Read the JSON that services hand out as a table: Trakt and Simkl."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from club.errors import InvalidInput
from club.imports.files import Archive
from club.imports.tables import MAX_BYTES, MAX_ROWS, Table

# Our header -> where an item has it, the first that is there counts.
FIELDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "title": (("movie", "title"), ("show", "title"), ("title",)),
    "year": (("movie", "year"), ("show", "year"), ("year",)),
    "rating": (("rating",), ("user_rating",)),
    "date": (
        ("rated_at",), ("user_rated_at",), ("last_watched_at",), ("watched_at",), ("listed_at",),
        ("added_to_watchlist_at",),
    ),
    "imdb": (("movie", "ids", "imdb"), ("ids", "imdb")),
    "tmdb": (("movie", "ids", "tmdb"), ("ids", "tmdb")),
    "type": (("type",),),
    "status": (("status",),),
    "genres": (("movie", "genres"),),
    "runtime": (("movie", "runtime"),),
}  # fmt: skip
SHOWS = ("shows", "anime", "episodes", "seasons")  # lists of what is no movie


def read_json(archive: Archive, names: Iterable[str], file: str) -> Table:
    """Return what all files of an export say of movies and shows as one table.

    Raises:
        InvalidInput: one is damaged or too large, or none says anything of a movie.
    """
    rows: list[tuple[int, list[str]]] = []
    for name in names:
        try:
            found = json.loads("".join(archive.lines(name, MAX_BYTES)))
        except (ValueError, RecursionError) as error:
            raise InvalidInput(f"{name} cannot be read: it is damaged or no JSON.") from error
        for item in _items(found):
            texts = {header: _text(item, places) for header, places in FIELDS.items()}
            if not (texts["rating"] or texts["status"]):
                texts["status"] = "wished" if "listed_at" in item else "seen"
            if texts["title"]:
                rows.append((len(rows) + 2, [*texts.values()]))
        if len(rows) > MAX_ROWS:
            raise InvalidInput(
                f"{file} has more than {MAX_ROWS:,} rows, more than a club's ratings take."
            )
    if not rows:
        raise InvalidInput(f"{file} is JSON, but says nothing of movies as Trakt or Simkl do.")
    return Table(file, tuple(FIELDS), rows)


def _items(found: Any, kind: str = "") -> Iterator[dict[str, Any]]:
    """Yield the items of a list, or of lists by what they hold."""
    if isinstance(found, dict):
        for name, items in found.items():
            if isinstance(items, list):
                yield from _items(items, "show" if name in SHOWS else "")
    elif isinstance(found, list):
        for item in found:
            if isinstance(item, dict):
                is_show = kind or ("show" if "show" in item else "")
                yield {**item, "type": is_show or item.get("type", "")}


def _text(item: Any, places: Iterable[tuple[str, ...]]) -> str:
    for place in places:
        value = item
        for name in place:
            value = value.get(name) if isinstance(value, dict) else None
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        if value not in {None, ""}:
            return str(value)
    return ""
