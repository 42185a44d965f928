"""Recognise what somebody brings: by the names inside an archive, else by the columns."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from club.errors import InvalidInput
from club.imports.catalogue.archive import Archive, shown_name
from club.imports.catalogue.tables import clean_text, shortly
from club.imports.ratings import imdb, letterboxd, own, plain, tmdb, wide
from club.imports.ratings.rows import Brought
from club.imports.ratings.table import Table, read_table

TABLES = (".csv", ".tsv", ".txt")
# What was taken back, lost its movie, or is no rating; and what macOS adds.
IGNORED = {"deleted", "orphaned", "lists", "likes", "__macosx"}
KNOWN = (
    "a Letterboxd export (ZIP, or its ratings.csv), IMDb ratings, this program's export, "
    "or a table with columns for title and rating"
)
SPREADSHEET = "{} is a spreadsheet’s own file: save it there as CSV (UTF-8), and bring that."
READERS = (own, imdb, tmdb, wide, plain)
# How Excel's old files begin, and what is in the ZIPs that other spreadsheets keep.
OLD_EXCEL, WORKBOOKS = b"\xd0\xcf\x11\xe0", {"workbook.xml", "content.xml", "document.iwa"}


class Export(Archive):
    """The tables that lie beside each other in a ZIP or folder, nearest to its root."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)  # looks at sizes, passwords and the table of contents
        found: list[tuple[str, Path | zipfile.ZipInfo]] = []
        if path.is_dir():
            files = (file for file in path.rglob("*") if file.is_file())
            found += [(str(file.relative_to(path)), file) for file in files]
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                found += [(info.filename, info) for info in archive.infolist()]
            _require_tables(path, {_parts(name)[-1] for name, _ in found if _parts(name)})
        else:
            with path.open("rb") as file:
                if file.read(len(OLD_EXCEL)) == OLD_EXCEL:
                    raise InvalidInput(SPREADSHEET.format(path.name))
            return
        tables = [(_parts(name), place) for name, place in found if _is_table(_parts(name))]
        depth = min((len(parts) for parts, _ in tables), default=0)
        nearest = [(parts, place) for parts, place in tables if len(parts) == depth]
        if len({parts[:-1] for parts, _ in nearest}) > 1:
            raise InvalidInput(f"{path.name} holds several exports; bring them one by one.")
        self._places = {shown_name(parts[-1]): place for parts, place in nearest}


def _require_tables(path: Path, names: set[str]) -> None:
    """Raise InvalidInput if the ZIP is a spreadsheet's, or holds a ZIP in place of tables."""
    if names & WORKBOOKS:
        raise InvalidInput(SPREADSHEET.format(path.name))
    if not any(name.endswith(TABLES) for name in names) and any(
        name.endswith(".zip") for name in names
    ):
        raise InvalidInput(f"{path.name} holds another ZIP: unpack it, and bring that one.")


def _parts(name: str) -> tuple[str, ...]:
    whole = PurePosixPath(name.replace("\\", "/").casefold()).parts
    return tuple(part for part in whole if part not in {"/", ".", ".."})


def _is_table(parts: tuple[str, ...]) -> bool:
    return bool(
        parts
        and parts[-1].endswith(TABLES)
        and not parts[-1].startswith(".")
        and not IGNORED & {*parts[:-1]}
    )


def read(path: Path) -> Brought:
    """Read a file, a ZIP or a folder.

    Raises:
        InvalidInput: it is nothing that is known, damaged, or too large.
    """
    archive, file = Export(path), clean_text(path.name, 200)
    parts = [name for name in letterboxd.NAMES if name in archive.names]
    if parts and (path.is_dir() or zipfile.is_zipfile(path)):
        tables = {name: read_table(archive, name, f"{file}/{name}", _known) for name in parts}
        if all(letterboxd.recognises(table) for table in tables.values()):
            return _not_empty(letterboxd.read(file, tables))
        ratings = tables.get("ratings.csv")
        if ratings is not None and own.recognises(ratings):  # beside all that a club knows
            return _not_empty(own.read(ratings))
    # Beside a table there may be a text about it.
    names = [name for name in archive.names if not name.endswith(".txt")] or archive.names
    if not names:
        raise InvalidInput(f"{file} holds nothing that is known here; known are {KNOWN}.")
    if len(names) > 1:
        raise InvalidInput(f"{file} holds {len(names):,} tables: bring them one by one.")
    return _not_empty(_alone(read_table(archive, names[0], file, _known), names[0]))


def _known(table: Table) -> bool:
    return letterboxd.recognises(table) or any(reader.recognises(table) for reader in READERS)


def _alone(table: Table, name: str) -> Brought:
    if letterboxd.recognises(table):
        if letterboxd.is_list(table):
            return letterboxd.read_list(table)
        found = letterboxd.read(table.file, {letterboxd.part(table, name): table})
        return replace(found, kind=f"{found.kind}'s {letterboxd.part(table, name)}")
    for reader in READERS:
        if reader.recognises(table):
            return reader.read(table)
    begins = table.header[0].lstrip()[:1]
    if begins in {"{", "[", "<"}:
        what = "a web page or XML" if begins == "<" else "JSON"
        raise InvalidInput(f"{table.file} is {what} and no table; known are {KNOWN}.")
    raise InvalidInput(
        f"{table.file} has no columns for title and rating; it has {shortly(table.header)}. "
        f"Known are {KNOWN}."
    )


def _not_empty(found: Brought) -> Brought:
    if not (found.ratings or found.seen or found.wished or found.left_out):
        raise InvalidInput(f"{found.file} holds no ratings.")
    return found


def read_all(paths: list[Path]) -> list[Brought]:
    """Read several files; those of one name are told apart by numbers.

    Raises:
        InvalidInput: as for `read`, of the first that cannot be read.
    """
    found: list[Brought] = []
    for path in paths:
        brought = read(path)
        same = sum(path.name == other.name for other in paths[: len(found)])
        found.append(brought.renamed(f"{brought.file} ({same + 1})") if same else brought)
    return found
