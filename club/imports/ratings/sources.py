"""The formats in which ratings come, and the way to recognise and read a file of any of them.

To add a service whose tables have fixed columns, add a Format to FORMATS.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from club.errors import InvalidInput
from club.export import HEADER
from club.imports.files import Archive
from club.imports.ratings import cells, services, spreadsheet
from club.imports.ratings.rows import FIVES, TENS, RatingsFile, Row, Scale, read_rows
from club.imports.tables import Table, read_table, shortly
from club.validation import name_key, tidied

KNOWN = (
    "a Letterboxd export (ZIP, or its ratings.csv), IMDb ratings, Trakt's and Simkl's JSON, this "
    "program's export, or a table with columns for title and rating"
)
Headers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Format:
    """The tables of a service, by their headers as `tables.header_key` returns them.

    Args:
        kind: for people.
        needs: the headers of which all are there.
        headers: as in `rows.read_rows` -> headers that the column may have, the most certain first.
        top: where the ratings end, 5 or 10.
        unrated: what movies without a rating are; "" rejects them.
        list_kind: in place of `kind` where nothing is rated.
        strict: whether every rating must be a half star on the scale.
    """

    kind: str
    needs: frozenset[str]
    headers: Headers
    top: int
    unrated: Literal["", "seen", "wished"] = ""
    list_kind: str = ""
    strict: bool = True

    def recognises(self, table: Table) -> bool:
        """Return True if `table` is in this format."""
        return self.needs <= table.columns.keys()

    def read(self, table: Table) -> RatingsFile:
        """Read a table in this format; series and games are rejected."""
        columns = table.find_columns(self.headers)
        at = columns.get("rating")
        blank = {line for line, row in table.rows if at is None or cells.is_blank(row[at])}
        blank = blank if self.unrated else set()
        rated = replace(table, rows=[row for row in table.rows if row[0] not in blank])
        listed = replace(table, rows=[row for row in table.rows if row[0] in blank], unread=())
        ratings, rejected = read_rows(rated, columns, self.top if self.strict else None)
        columns.pop("rating", None)
        others, more = read_rows(listed, columns)
        return RatingsFile(
            self.list_kind if others and not ratings else self.kind,
            table.file,
            tuple(ratings),
            Scale(self.top, fixed=True),
            seen=tuple(others) if self.unrated == "seen" else (),
            wished=tuple(others) if self.unrated == "wished" else (),
            rejected=(*rejected, *more),
        )


OWN = Format(
    "A club's own ratings",
    frozenset(name.replace("_", " ") for name in HEADER),
    {
        "title": ("title",), "year": ("year",), "rating": ("stars",), "person": ("member",),
        "date": ("rated at",), "movie_id": ("movie id",), "source_id": ("movie id",),
    },
    FIVES,
)  # fmt: skip
IMDB: Headers = {
    "title": ("title",), "other_title": ("original title",), "year": ("year",),
    "rating": ("your rating", "you rated"), "date": ("date rated", "created"),
    "imdb_id": ("const",), "kind": ("title type",), "genres": ("genres",),
    "runtime": ("runtime",), "directors": ("directors",),
}  # fmt: skip
TMDB: Headers = {  # the column Rating is everybody's
    "title": ("name",), "year": ("release date",), "rating": ("your rating",),
    "date": ("date rated",), "tmdb_id": ("tmdb id",), "imdb_id": ("imdb id",), "kind": ("type",),
}  # fmt: skip
# The address in diary.csv identifies the entry, elsewhere the movie: only title and year tell which
# movie an entry is about.
ENTRY: Headers = {
    "title": ("name",), "year": ("year",), "rating": ("rating",), "date": ("watched date", "date"),
}  # fmt: skip
FILM: Headers = {**ENTRY, "source_id": ("letterboxd uri",)}
LETTERBOXD = frozenset({"name", "year", "letterboxd uri"})
RATINGS, DIARY, WATCHED, WATCHLIST = "ratings.csv", "diary.csv", "watched.csv", "watchlist.csv"
PARTS = {  # of an export, the most certain first; profile.csv is private
    RATINGS: Format("", LETTERBOXD, FILM, FIVES, "seen"),
    DIARY: Format("", LETTERBOXD, ENTRY, FIVES, "seen"),
    WATCHED: Format("", LETTERBOXD, FILM, FIVES, "seen"),
    WATCHLIST: Format("", LETTERBOXD, FILM, FIVES, "wished"),
}
LIST = Format(
    "", frozenset({"position", "name", "year"}), ENTRY, FIVES, "wished", "A Letterboxd list"
)
_CONST = frozenset({"const", "title"})
NAMES = frozenset({"user id", "name"})
FORMATS = (
    Format("IMDb ratings", _CONST | {"created", "modified"}, IMDB, TENS, "wished", "An IMDb list"),
    Format("IMDb ratings", _CONST | {"your rating"}, IMDB, TENS),
    Format(
        "TMDB ratings",
        frozenset({"tmdb id", "type", "name", "release date", "your rating"}),
        TMDB,
        TENS,
        "wished",
        "A TMDB list",
        strict=False,
    ),
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
    return [file.with_names(called) for file in rated] or found


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
            return _read_own(tables[RATINGS])
    # Beside a table there may be a text about it.
    names = [name for name in archive.names if not name.endswith(".txt")] or archive.names
    if names and all(name.endswith(".json") for name in names):
        return spreadsheet.read(services.read_json(archive, names, file))
    if not names:
        raise InvalidInput(f"{file} holds nothing that is known here; known are {KNOWN}.")
    if len(names) > 1:
        raise InvalidInput(f"{file} holds {len(names):,} tables; import them one by one.")
    table = read_table(archive, names[0], file, _is_known)
    if (reader := _reader(table)) is not None:
        return reader(table)
    begins = table.header[0].lstrip()[:1]
    if begins in {"{", "["}:
        return spreadsheet.read(services.read_json(archive, names, file))
    if begins == "<":
        raise InvalidInput(f"{file} is a web page or XML and no table; known are {KNOWN}.")
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
    if OWN.recognises(table):
        return _read_own
    for form in FORMATS:
        if form.recognises(table):
            return form.read
    if spreadsheet.recognises(table):
        return spreadsheet.read
    if table.columns.keys() >= NAMES:
        return _read_names
    return LIST.read if LIST.recognises(table) else None


def _read_names(table: Table) -> RatingsFile:
    """Read who the users of another file are; it has no ratings itself."""
    user, name = table.columns["user id"], table.columns["name"]
    names = {texts[user].strip(): cells.text_of(texts[name]) for _, texts in table.rows}
    return RatingsFile("Names of members", table.file, (), Scale(FIVES, fixed=True), names=names)


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


def _read_letterboxd_part(table: Table) -> RatingsFile:
    """Read one table of an export: which one, its columns tell and then its name."""
    part = RATINGS if "rating" in table.columns else WATCHED
    if {"watched date", "rewatch"} & table.columns.keys():
        part = DIARY
    elif "watchlist" in table.file.casefold():
        part = WATCHLIST
    found = _read_letterboxd(table.file, {part: table})
    return replace(found, kind=f"{found.kind}'s {part}")


def _read_letterboxd(file: str, tables: Mapping[str, Table]) -> RatingsFile:
    """Read an export: `tables` are those of PARTS that there are.

    A movie has its rating of ratings.csv, or else that of its latest entry in the diary.
    """
    parts = {name: PARTS[name].read(table) for name, table in tables.items()}
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
