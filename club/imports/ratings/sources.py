"""The formats in which ratings come, and the way to recognise and read a file of any of them.

To add a service whose tables have fixed columns, add a Format.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from club.errors import InvalidInput
from club.export import HEADER
from club.imports.files import Archive
from club.imports.ratings import spreadsheet
from club.imports.ratings.columns import Columns, read_rows, series_note, split_rated
from club.imports.ratings.rows import FIVES, TENS, RatingsFile, RejectedRow, Row, Scale
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
        headers: field of `Columns` -> headers that it may have, the most certain first.
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
        columns = Columns.of(table, self.headers, self.scale if self.strict else None)
        rated, unrated = table, replace(table, rows=[], unread=())
        if self.list_kind and self.list_headers <= table.columns.keys():
            rated, unrated = split_rated(table, columns)
        rows, rejected = read_rows(rated, columns)
        wished, more = read_rows(unrated, replace(columns, rating=None, date=None))
        return RatingsFile(
            self.list_kind if wished and not rows else self.kind,
            table.file,
            tuple(rows),
            Scale(self.scale, fixed=True),
            wished=tuple(wished),
            rejected=(*rejected, *more),
            notes=series_note([*rejected, *more]),
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
FORMATS = (OWN, IMDB, TMDB)

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
    names: dict[str, int] = defaultdict(int)
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
    return _read_table(read_table(archive, names[0], file, _recognised), names[0])


def _recognised(table: Table) -> bool:
    return (
        _is_letterboxd(table)
        or table.columns.keys() >= _LISTED
        or any(known.recognises(table) for known in FORMATS)
        or spreadsheet.recognises(table)
    )


def _read_table(table: Table, name: str) -> RatingsFile:
    if _is_letterboxd(table):
        part = _letterboxd_part(table, name)
        found = _read_letterboxd(table.file, {part: table})
        return replace(found, kind=f"{found.kind}'s {part}")
    if OWN.recognises(table):
        return _read_own(table)
    for known in FORMATS:
        if known.recognises(table):
            return known.read(table)
    if spreadsheet.recognises(table):
        return spreadsheet.read(table)
    if table.columns.keys() >= _LISTED:
        rows, rejected = read_rows(table, _letterboxd_columns(table, rated=False))
        return RatingsFile(
            LETTERBOXD_LIST,
            table.file,
            (),
            Scale(FIVES, fixed=True),
            (),
            tuple(rows),
            tuple(rejected),
        )
    begins = table.header[0].lstrip()[:1]
    if begins in {"{", "[", "<"}:
        what = "a web page or XML" if begins == "<" else "JSON"
        raise InvalidInput(f"{table.file} is {what} and no table; known are {KNOWN}.")
    raise InvalidInput(
        f"{table.file} has no columns for title and rating; it has {shortly(table.header)}. "
        f"Known are {KNOWN}."
    )


def _read_own(table: Table) -> RatingsFile:
    """Read the club's export; two members of one name (one has left) stay two people."""
    found = OWN.read(table)
    member_ids = {line: cells[table.columns["member id"]] for line, cells in table.rows}
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


def _letterboxd_part(table: Table, name: str) -> str:
    """Return which of PARTS a single table is, by its columns and then by its name."""
    if _is_diary(table):
        return DIARY
    if "rating" in table.columns:
        return RATINGS
    return WATCHLIST if "watchlist" in name.casefold() else WATCHED


def _is_diary(table: Table) -> bool:
    return "watched date" in table.columns or "rewatch" in table.columns


def _read_letterboxd(file: str, tables: Mapping[str, Table]) -> RatingsFile:
    """Read an export: `tables` are those of PARTS that there are."""
    rejected: list[RejectedRow] = []

    def rows(name: str, *, rated: bool) -> list[Row]:
        if name not in tables or (rated and "rating" not in tables[name].columns):
            return []
        found, unusable = read_rows(tables[name], _letterboxd_columns(tables[name], rated=rated))
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


def _letterboxd_columns(table: Table, *, rated: bool) -> Columns:
    headers = {
        "title": ("name",),
        "year": ("year",),
        "rating": ("rating",) if rated else (),
        "date": ("watched date", "date"),
        "source_id": () if _is_diary(table) else ("letterboxd uri",),
    }
    return Columns.of(table, headers, FIVES)


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
