"""The formats in which ratings come, and the way to recognise and read a file of any of them.

To add a service whose tables have fixed columns, add a Format.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from club.errors import InvalidInput
from club.export import HEADER
from club.imports.files import Archive
from club.imports.ratings import cells, spreadsheet
from club.imports.ratings.rows import (
    FIVES,
    TENS,
    RatingsFile,
    RejectedRow,
    Row,
    Scale,
    find_columns,
    read_rows,
)
from club.imports.tables import Table, read_table, shortly
from club.validation import name_key, tidied

KNOWN = (
    "a Letterboxd export (ZIP, or its ratings.csv), IMDb ratings, this program's export, "
    "or a table with columns for title and rating"
)


@dataclass(frozen=True)
class Format:
    """The tables of a service, by their headers as `tables.header_key` returns them.

    Args:
        kind: for people.
        needs: sets of headers, of which the tables have all of one.
        headers: as in `rows.read_rows` -> headers that the column may have, the most certain first.
        scale: where the ratings end, 5 or 10.
        list_kind: of a list without ratings, "" where there are no lists.
        list_headers: of a list; its rows without a rating are wished for, not rejected.
        strict: whether every rating must be a half star on the scale.
    """

    kind: str
    needs: tuple[frozenset[str], ...]
    headers: Mapping[str, tuple[str, ...]]
    scale: int
    list_kind: str = ""
    list_headers: frozenset[str] = frozenset()
    strict: bool = True

    def recognises(self, table: Table) -> bool:
        """Return True if `table` is in this format."""
        return any(names <= table.columns.keys() for names in self.needs)

    def read(self, table: Table) -> RatingsFile:
        """Read a table in this format; series and games are rejected."""
        columns = find_columns(table, self.headers)
        listed, rated = [], table.rows
        if self.list_kind and self.list_headers <= table.columns.keys():
            at = columns.get("rating")
            listed = [row for row in table.rows if at is None or cells.is_blank(row[1][at])]
            lines = {line for line, _ in listed}
            rated = [row for row in table.rows if row[0] not in lines]
        top = self.scale if self.strict else None
        rows, rejected = read_rows(replace(table, rows=rated), columns, top)
        unrated = {name: at for name, at in columns.items() if name not in {"rating", "date"}}
        wished, more = read_rows(replace(table, rows=listed, unread=()), unrated)
        return RatingsFile(
            self.list_kind if wished and not rows else self.kind,
            table.file,
            tuple(rows),
            Scale(self.scale, fixed=True),
            wished=tuple(wished),
            rejected=(*rejected, *more),
        )


OWN = Format(
    "A club's own ratings",
    needs=(frozenset(name.replace("_", " ") for name in HEADER),),
    headers={
        "title": ("title",), "year": ("year",), "rating": ("stars",), "person": ("member",),
        "date": ("rated at",), "movie_id": ("movie id",), "source_id": ("movie id",),
    },
    scale=FIVES,
)  # fmt: skip
IMDB = Format(
    "IMDb ratings",
    needs=(
        frozenset({"const", "title", "your rating"}),
        frozenset({"const", "title", "you rated"}),  # before 2017
        frozenset({"const", "title", "created", "modified"}),  # a list
    ),
    headers={
        "title": ("title",), "other_title": ("original title",), "year": ("year",),
        "rating": ("your rating", "you rated"), "date": ("date rated", "created"),
        "source_id": ("const",), "kind": ("title type",),
    },
    scale=TENS,
    list_kind="An IMDb list",
    list_headers=frozenset({"created", "modified"}),
)  # fmt: skip
TMDB = Format(
    "TMDB ratings",
    needs=(frozenset({"tmdb id", "type", "name", "release date", "your rating"}),),
    headers={  # the column Rating is everybody's
        "title": ("name",), "year": ("release date",), "rating": ("your rating",),
        "date": ("date rated",), "tmdb_id": ("tmdb id",), "source_id": ("tmdb id",),
        "kind": ("type",),
    },
    scale=TENS,
    list_kind="A TMDB list",
    strict=False,
)  # fmt: skip

# Letterboxd. The address in ratings.csv, watched.csv and watchlist.csv identifies the movie, that
# in diary.csv the entry, so that only title and year tell which movie an entry is about.
LETTERBOXD, LETTERBOXD_LIST = "A Letterboxd export", "A Letterboxd list"
RATINGS, DIARY, WATCHED, WATCHLIST = "ratings.csv", "diary.csv", "watched.csv", "watchlist.csv"
PARTS = (RATINGS, DIARY, WATCHED, WATCHLIST)  # profile.csv is private
_LISTED = frozenset({"position", "name", "year"})


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
    return found


def read(path: Path, file: str = "") -> RatingsFile:
    """Read a file, a ZIP or a folder in any of the known formats.

    Args:
        file: its name for people; by default that of `path`.

    Raises:
        InvalidInput: it is in none of them, damaged, too large, or holds no rating.
    """
    found = _read(path, tidied(file or path.name, 200))
    if not (found.ratings or found.seen or found.wished or found.rejected):
        raise InvalidInput(f"{found.file} holds no ratings.")
    return found


def _read(path: Path, file: str) -> RatingsFile:
    archive = Archive(path, tables_only=True)
    if archive.is_packed and (parts := [name for name in PARTS if name in archive.names]):
        tables = {name: read_table(archive, name, f"{file}/{name}", _recognised) for name in parts}
        if all(map(_is_letterboxd, tables.values())):
            return _read_letterboxd(file, tables)
        if RATINGS in tables and OWN.recognises(tables[RATINGS]):  # beside all that a club knows
            return _read_own(tables[RATINGS])
    # Beside a table there may be a text about it.
    names = [name for name in archive.names if not name.endswith(".txt")] or archive.names
    if not names:
        raise InvalidInput(f"{file} holds nothing that is known here; known are {KNOWN}.")
    if len(names) > 1:
        raise InvalidInput(f"{file} holds {len(names):,} tables: bring them one by one.")
    table = read_table(archive, names[0], file, _recognised)
    if _is_letterboxd(table):
        return _read_letterboxd_part(table, names[0])
    if (reader := _reader(table)) is not None:
        return reader(table)
    begins = table.header[0].lstrip()[:1]
    if begins in {"{", "[", "<"}:
        what = "a web page or XML" if begins == "<" else "JSON"
        raise InvalidInput(f"{file} is {what} and no table; known are {KNOWN}.")
    raise InvalidInput(
        f"{file} has no columns for title and rating; it has {shortly(table.header)}. "
        f"Known are {KNOWN}."
    )


def _recognised(table: Table) -> bool:
    return _is_letterboxd(table) or _reader(table) is not None


def _reader(table: Table) -> Callable[[Table], RatingsFile] | None:
    """Return the function that reads a table of another service, None if its format is unknown."""
    if OWN.recognises(table):
        return _read_own
    for known in (IMDB, TMDB):
        if known.recognises(table):
            return known.read
    if spreadsheet.recognises(table):
        return spreadsheet.read
    return _read_letterboxd_list if table.columns.keys() >= _LISTED else None


def _read_own(table: Table) -> RatingsFile:
    """Read the club's export; two members of one name (one has left) stay two people."""
    found = OWN.read(table)
    member_ids = {line: row[table.columns["member id"]] for line, row in table.rows}
    namesakes: dict[str, list[str]] = defaultdict(list)
    named: list[Row] = []
    for row in found.ratings:
        same = namesakes[name_key(row.person)]
        if member_ids[row.line] not in same:
            same.append(member_ids[row.line])
        number = same.index(member_ids[row.line]) + 1
        named.append(row if number == 1 else replace(row, person=f"{row.person[:50]} ({number})"))
    return replace(found, ratings=tuple(named))


def _is_letterboxd(table: Table) -> bool:
    return {"name", "year", "letterboxd uri"} <= table.columns.keys()


def _is_diary(table: Table) -> bool:
    return "watched date" in table.columns or "rewatch" in table.columns


def _read_letterboxd_part(table: Table, name: str) -> RatingsFile:
    """Read one table of an export: which one, its columns tell and then its name."""
    part = WATCHLIST if "watchlist" in name.casefold() else WATCHED
    if _is_diary(table):
        part = DIARY
    elif "rating" in table.columns:
        part = RATINGS
    found = _read_letterboxd(table.file, {part: table})
    return replace(found, kind=f"{found.kind}'s {part}")


def _read_letterboxd_list(table: Table) -> RatingsFile:
    rows, rejected = _letterboxd_rows(table, rated=False)
    scale = Scale(FIVES, fixed=True)
    return RatingsFile(
        LETTERBOXD_LIST, table.file, (), scale, wished=tuple(rows), rejected=tuple(rejected)
    )


def _read_letterboxd(file: str, tables: Mapping[str, Table]) -> RatingsFile:
    """Read an export: `tables` are those of PARTS that there are."""
    rejected: list[RejectedRow] = []

    def rows(name: str, *, rated: bool) -> list[Row]:
        if name not in tables or (rated and "rating" not in tables[name].columns):
            return []
        found, unusable = _letterboxd_rows(tables[name], rated=rated)
        # A diary entry without stars was seen, as the movies of watched.csv.
        rejected.extend(row for row in unusable if name != DIARY or row.reason != "no rating")
        return found

    ratings = rows(RATINGS, rated=True)
    known = {_movie(row) for row in ratings}
    ratings += [row for row in _latest(rows(DIARY, rated=True)) if _movie(row) not in known]
    known |= {_movie(row) for row in ratings}
    watched = _latest([*rows(DIARY, rated=False), *rows(WATCHED, rated=False)])
    seen = tuple(row for row in watched if _movie(row) not in known)
    wished = tuple(rows(WATCHLIST, rated=False))
    scale, unique = Scale(FIVES, fixed=True), tuple(dict.fromkeys(rejected))
    return RatingsFile(LETTERBOXD, file, tuple(ratings), scale, seen, wished, unique)


def _letterboxd_rows(table: Table, *, rated: bool) -> tuple[list[Row], list[RejectedRow]]:
    headers = {"title": ("name",), "year": ("year",), "date": ("watched date", "date")}
    if rated:
        headers["rating"] = ("rating",)
    if not _is_diary(table):
        headers["source_id"] = ("letterboxd uri",)
    return read_rows(table, find_columns(table, headers), FIVES)


def _movie(row: Row) -> tuple[str, int | None]:
    return row.title.casefold(), row.year


def _latest(rows: Iterable[Row]) -> list[Row]:
    """Return each movie's latest entry."""
    latest: dict[tuple[str, int | None], Row] = {}
    for row in rows:
        before = latest.get(_movie(row))
        if before is None or (row.at or 0) >= (before.at or 0):
            latest[_movie(row)] = row
    return list(latest.values())
