"""The formats in which ratings come, and the way to recognise and read a file of any of them.

To add a service whose tables have fixed columns, add a Format to FORMATS.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from club.errors import InvalidInput
from club.export import HEADER
from club.imports.files import Archive
from club.imports.ratings import cells, spreadsheet
from club.imports.ratings.rows import FIVES, TENS, RatingsFile, Row, Scale
from club.imports.ratings.spreadsheet import Format
from club.imports.tables import MAX_BYTES, Table, read_table, refuse_many, shortly
from club.validation import tidied

KNOWN = (
    "a Letterboxd export (ZIP, or its ratings.csv), IMDb ratings, Trakt's and Simkl's JSON, this "
    "program's export, or a table with columns for title and rating"
)
OF_TEN = Format(top=TENS)  # Trakt's and Simkl's ratings
OWN = Format(
    "A club's own ratings",
    frozenset(name.replace("_", " ") for name in HEADER),
    {"source_id": ("movie id",)},
    top=FIVES,
)
# The address in diary.csv identifies the entry, elsewhere the movie: only title and year tell which
# movie an entry is about.
LETTERBOXD = frozenset({"name", "year", "letterboxd uri"})
RATINGS, DIARY, WATCHED, WATCHLIST = "ratings.csv", "diary.csv", "watched.csv", "watchlist.csv"
_DATE: Mapping[str, tuple[str, ...]] = {"date": ("watched date", "date")}
_FILM = {**_DATE, "source_id": ("letterboxd uri",)}
_FILMS = Format(needs=LETTERBOXD, headers=_FILM, top=FIVES, unrated="seen")
PARTS = {  # of an export, the most certain first; profile.csv is private
    RATINGS: _FILMS,
    DIARY: replace(_FILMS, headers=_DATE),
    WATCHED: _FILMS,
    WATCHLIST: replace(_FILMS, unrated="wished"),
}
LIST = Format("A Letterboxd list", frozenset({"position", "name", "year"}), {}, (), FIVES, "wished")
NAMES = frozenset({"user id", "name"})
_CONST, _YOURS = frozenset({"const", "title"}), ("your rating", "you rated")  # Rating: everybody's
_TMDB = frozenset({"tmdb id", "type", "name", "release date", "your rating"})
FORMATS = (
    OWN,
    Format("IMDb's table", _CONST | {"created"}, {}, _YOURS, TENS, "wished"),
    Format("IMDb's table", _CONST | {"your rating"}, {}, _YOURS, TENS),
    Format("TMDB's table", _TMDB, {}, _YOURS, TENS, "wished"),
    replace(OF_TEN, needs=frozenset({"trakt id", "title"})),
    replace(OF_TEN, needs=frozenset({"simkl id", "title"})),
    Format(needs=frozenset({"reason", "alternatives", "title", "stars"}), top=FIVES),  # rejected
)

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


def read_all(paths: Iterable[Path]) -> list[RatingsFile]:
    """Read several files; those of one name get numbers.

    Raises:
        InvalidInput: as for `read`, of the first that cannot be read.
    """
    found: list[RatingsFile] = []
    names: Counter[str] = Counter()
    for path in paths:
        names[path.name] += 1
        number = names[path.name]
        found.append(read(path, f"{path.name} ({number})" if number > 1 else path.name))
    called = {number: name for file in found for number, name in file.names.items()}
    return [
        replace(
            file, rows=tuple(replace(r, person=called.get(r.person, r.person)) for r in file.rows)
        )
        for file in found
        if not file.names
    ] or found


def read(path: Path, file: str = "") -> RatingsFile:
    """Read a file, a ZIP or a folder in any of the known formats.

    Args:
        file: its name for people; by default that of `path`.

    Raises:
        InvalidInput: it is in none of them, damaged, too large, or holds no rating.
    """
    found = _read(path, tidied(file or path.name, 200))
    if not (found.rows or found.rejected or found.names):
        raise InvalidInput(f"{found.file} holds no ratings.")
    return found


def _read(path: Path, file: str) -> RatingsFile:
    archive = Archive(path, tables_only=True)
    if archive.is_packed and (parts := [name for name in PARTS if name in archive.names]):
        tables = {name: read_table(archive, name, f"{file}/{name}", _is_known) for name in parts}
        if all(table.columns.keys() >= LETTERBOXD for table in tables.values()):
            return _read_letterboxd(file, tables)
        if RATINGS in tables and OWN.recognises(tables[RATINGS]):  # beside all that a club knows
            return spreadsheet.read(tables[RATINGS], OWN)
    # Beside a table there may be a text about it.
    names = [name for name in archive.names if not name.endswith(".txt")] or archive.names
    if names and all(name.endswith(".json") for name in names):
        return spreadsheet.read(_read_json(archive, names, file), OF_TEN)
    if not names:
        raise InvalidInput(f"{file} holds nothing that is known here; known are {KNOWN}.")
    if len(names) > 1:
        raise InvalidInput(f"{file} holds {len(names):,} tables; import them one by one.")
    table = read_table(archive, names[0], file, _is_known)
    if (reader := _reader(table)) is not None:
        return reader(table)
    raise InvalidInput(
        f"{file} has no columns for title and rating; it has {shortly(table.header)}. "
        f"Known are {KNOWN}."
    )


def _is_known(table: Table) -> bool:
    return _reader(table) is not None


def _reader(table: Table) -> Callable[[Table], RatingsFile] | None:
    """Return the function that reads a table, None if its format is unknown."""
    if table.columns.keys() >= LETTERBOXD:
        return _read_letterboxd_part
    for form in FORMATS:
        if form.recognises(table):
            return partial(spreadsheet.read, form=form)
    if spreadsheet.recognises(table):
        return spreadsheet.read
    if table.columns.keys() >= NAMES:
        return _read_names
    return partial(spreadsheet.read, form=LIST) if LIST.recognises(table) else None


def _read_names(table: Table) -> RatingsFile:
    """Read who the users of another file are; it has no ratings itself."""
    user, name = table.columns["user id"], table.columns["name"]
    names = {texts[user].strip(): cells.text_of(texts[name]) for _, texts in table.rows}
    return RatingsFile("Names of members", table.file, (), Scale(FIVES, fixed=True), names=names)


def _read_letterboxd_part(table: Table) -> RatingsFile:
    """Read one table of an export: which one, its columns tell and then its name."""
    part = RATINGS if "rating" in table.columns else WATCHED
    if {"watched date", "rewatch"} & table.columns.keys():
        part = DIARY
    elif "watchlist" in table.file.casefold():
        part = WATCHLIST
    return _read_letterboxd(table.file, {part: table})


def _read_letterboxd(file: str, tables: Mapping[str, Table]) -> RatingsFile:
    """Read an export: `tables` are those of PARTS that there are.

    A movie has its rating of ratings.csv, or else that of its latest entry in the diary.
    """
    parts = {name: spreadsheet.read(table, PARTS[name]) for name, table in tables.items()}
    entries = parts[DIARY].of("rating") if DIARY in parts else ()
    ratings = [row for name, part in parts.items() if name != DIARY for row in part.of("rating")]
    known = set(map(_movie, ratings))
    latest = {_movie(row): row for row in sorted(entries, key=lambda row: row.at or 0)}
    ratings += [row for movie, row in latest.items() if movie not in known]
    known |= latest.keys()
    seen = {_movie(row): row for part in parts.values() for row in part.of("seen")}
    ratings += [row for movie, row in seen.items() if movie not in known]
    wished = [row for part in parts.values() for row in part.of("wished")]
    rejected = tuple(row for part in parts.values() for row in part.rejected)
    scale = Scale(FIVES, fixed=True)
    return RatingsFile("A Letterboxd export", file, (*ratings, *wished), scale, rejected)


def _movie(row: Row) -> tuple[str, int | None]:
    return row.title.casefold(), row.year


# JSON


def _read_json(archive: Archive, names: Iterable[str], file: str) -> Table:
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
            told = texts["rating"] or texts["status"]
            if not told and (texts["date"] or "plays" in item):  # not what is only collected
                texts["status"] = "wished" if "listed_at" in item else "seen"
            if texts["title"]:
                rows.append((len(rows) + 2, [*texts.values()]))
        refuse_many(file, rows)
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
        if isinstance(value, (str, int, float)) and value != "":
            return str(value)
    return ""
