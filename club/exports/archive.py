"""Everything that a club knows in one ZIP of CSV files, and the way to read it again."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from club.db import transfer
from club.errors import InvalidInput
from club.exports.cells import written
from club.exports.rows import Row, all_rows, sealed
from club.exports.sheets import FORMAT, SHEETS, Sheet
from club.imports.files import Archive
from club.store import Store

README, CHECKSUMS = "README.txt", "checksums.txt"
MOST_BYTES = 64 << 20  # of all files together, unpacked; 100,000 ratings take a quarter of it
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a ZIP: the same data are the same bytes whenever made
_INTRODUCTION = """\
What a movie club knows, as CSV in UTF-8. Times are UTC, stars go from 0.5 to 5.
A text that a spreadsheet would take for a formula has an apostrophe in front.
`python -m club import` reads ratings.csv; `python -m club restore` makes the whole club out of the
ZIP, as long as no file was changed: `sha256sum -c checksums.txt` tells.
The passphrase, the key to TMDB and what was fetched there are not here.
"""
_FORMAT = re.compile(rb"format,.*\r?\n(\d{1,9}),")  # how club.csv begins, whatever else is new


def everything(store: Store, movies: pd.DataFrame) -> bytes:
    """Return a ZIP of all that the club knows as of one moment, but for what is sealed.

    The same data are always the same bytes. What everybody may see in the app is there; of what
    is sealed, only how much it is.

    Args:
        movies: where titles and years are looked up, in the form of `Dataset.movies`.
    """
    with transfer.snapshot(store.database) as connection:
        rows = all_rows(connection, movies)
        ballots, ratings = sealed(connection, rows)
    left_out = (
        f"Left out because they are sealed: ballots {ballots}, ratings of nights {ratings}.\n"
    )
    lines = [
        _INTRODUCTION + left_out,
        *(f"{file}: {sheet.says}" for file, sheet in SHEETS.items()),
        "",
    ]
    files = {file: _table(sheet, rows[file]) for file, sheet in SHEETS.items()}
    sums = "".join(f"{_digest(content)}  {file}\n" for file, content in files.items())
    return packed({README: "\n".join(lines).encode(), **files, CHECKSUMS: sums.encode()})


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP of files; the same files are always the same bytes."""
    packing = io.BytesIO()
    with zipfile.ZipFile(packing, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _FIRST_DAY)
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return packing.getvalue()


def read_zip(path: Path) -> dict[str, list[Row]]:
    """Read what `everything` wrote, in any folder of the ZIP.

    Returns:
        By file, its rows: by column, what was in the club (numbers, texts, moments in UTC, None).

    Raises:
        InvalidInput: it is no such ZIP, of a newer version, or not as it was written.
    """
    archive, other = Archive(path, tables_only=True), f"{path} is no export of a club."
    head = _content(archive, "club.csv", MOST_BYTES) if "club.csv" in archive.names else b""
    found = _FORMAT.match(head)
    if found is None:
        raise InvalidInput(other)
    if int(found[1]) > FORMAT:
        raise InvalidInput(
            f"{path} was made by a newer version of this program; update the program to read it."
        )
    missing = [name for name in (*SHEETS, CHECKSUMS) if name not in archive.names]
    if missing:
        raise InvalidInput(f"{path} lacks {missing[0]}; choose a ZIP that is whole.")
    files: dict[str, bytes] = {}
    for file in SHEETS:
        files[file] = _content(archive, file, MOST_BYTES - sum(map(len, files.values())))
    sums = _content(archive, CHECKSUMS, MOST_BYTES).decode("utf-8", "replace").splitlines()
    changed = [file for file in SHEETS if f"{_digest(files[file])}  {file}" not in sums]
    if changed:
        raise InvalidInput(f"{path} is not as it was exported: its {changed[0]} was changed.")
    try:
        return {
            file: _rows(sheet, files.pop(file).decode("utf-8")) for file, sheet in SHEETS.items()
        }
    except (ValueError, KeyError, OverflowError, RecursionError, csv.Error) as error:
        raise InvalidInput(other) from error


def _content(archive: Archive, file: str, most: int) -> bytes:
    with archive.open(file) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise InvalidInput(
            f"{archive.path} unpacks to more than {MOST_BYTES >> 20} MiB, more than any club's."
        )
    return content


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _table(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    file = io.StringIO(newline="")
    # With both in the end of a line, a cell with either is put in quotes.
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    writer.writerows([written(row[name]) for name in sheet.columns] for row in rows)
    return file.getvalue().encode("utf-8")


def _rows(sheet: Sheet, text: str) -> list[Row]:
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    header = next(records, [])
    if header != list(sheet.columns):
        raise ValueError(f"the columns are {header}")
    return [_row(sheet, cells) for cells in records]


def _row(sheet: Sheet, cells: Sequence[str]) -> Row:
    readers = zip(sheet.columns.items(), cells, strict=True)
    return {name: read(cell) for (name, read), cell in readers}
