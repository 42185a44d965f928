"""The formats in which ratings come, and the way to recognise and read a file of any of them.

To add a service whose tables have fixed columns, add a Format to FORMATS.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from club.errors import InvalidInput
from club.export import HEADER
from club.imports.files import Archive
from club.imports.ratings import cells, services, spreadsheet
from club.imports.ratings.rows import FIVES, TENS, RatingsFile, Row, Scale
from club.imports.ratings.spreadsheet import Format
from club.imports.tables import Table, read_table, shortly
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
    rated = [file for file in found if not file.names or file.ratings]
    return [
        replace(
            file,
            ratings=tuple(replace(r, person=called.get(r.person, r.person)) for r in file.ratings),
        )
        for file in rated
    ] or found


def read(path: Path, file: str = "") -> RatingsFile:
    """Read a file, a ZIP or a folder in any of the known formats.

    Args:
        file: its name for people; by default that of `path`.

    Raises:
        InvalidInput: it is in none of them, damaged, too large, or holds no rating.
    """
    found = _read(path, tidied(file or path.name, 200))
    if not (found.ratings or found.seen or found.wished or found.rejected or found.names):
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
        return spreadsheet.read(services.read_json(archive, names, file), OF_TEN)
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
    ratings = [row for name, part in parts.items() if name != DIARY for row in part.ratings]
    known = set(map(_movie, ratings))
    entries = parts[DIARY].ratings if DIARY in parts else ()
    latest = {_movie(row): row for row in sorted(entries, key=lambda row: row.at or 0)}
    ratings += [row for movie, row in latest.items() if movie not in known]
    known |= latest.keys()
    seen = {_movie(row): row for part in parts.values() for row in part.seen}
    return RatingsFile(
        "A Letterboxd export",
        file,
        tuple(ratings),
        Scale(FIVES, fixed=True),
        seen=tuple(row for movie, row in seen.items() if movie not in known),
        wished=tuple(row for part in parts.values() for row in part.wished),
        rejected=tuple(row for part in parts.values() for row in part.rejected),
    )


def _movie(row: Row) -> tuple[str, int | None]:
    return row.title.casefold(), row.year
