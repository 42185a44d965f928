"""Everything that a club knows in one ZIP of CSV files, and the way to read it again."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from club import contents
from club.errors import InvalidInput
from club.exports.cells import written
from club.exports.rows import Row, all_rows
from club.exports.sheets import SHEETS, Sheet
from club.store import Store

README = "README.txt"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of a ZIP: the same data are the same bytes whenever made
_INTRODUCTION = """\
What a movie club knows, as CSV in UTF-8. Times are UTC, stars go from 0.5 to 5.
A text that a spreadsheet would take for a formula has an apostrophe in front.
`python -m club import` reads ratings.csv. What was fetched from TMDB is not here.
"""


def everything(store: Store, movies: pd.DataFrame) -> bytes:
    """Return a ZIP of all that the club knows as of one moment, but for what is sealed.

    The same data are always the same bytes.

    Args:
        movies: where titles and years are looked up, in the form of `Dataset.movies`.
    """
    with contents.one_moment(store.database) as connection:
        rows = all_rows(connection, movies)
    lines = [_INTRODUCTION, *(f"{file}: {sheet.says}" for file, sheet in SHEETS.items()), ""]
    files = {file: _table(sheet, rows[file]) for file, sheet in SHEETS.items()}
    return packed({README: "\n".join(lines).encode(), **files})


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
    """Read what `everything` wrote.

    Returns:
        By file, its rows: by column, what was in the club (numbers, texts, moments in UTC, None).

    Raises:
        InvalidInput: it is no such ZIP.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            texts = {file: archive.read(file).decode("utf-8") for file in SHEETS}
        return {file: _rows(sheet, texts[file]) for file, sheet in SHEETS.items()}
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, csv.Error) as error:
        raise InvalidInput(f"{path} is no export of a club.") from error


def _table(sheet: Sheet, rows: Iterable[Row]) -> bytes:
    file = io.StringIO(newline="")
    # With both in the end of a line, a cell with either is put in quotes.
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    writer.writerows([written(row[name]) for name in sheet.columns] for row in rows)
    return file.getvalue().encode("utf-8")


def _rows(sheet: Sheet, text: str) -> list[Row]:
    header, *records = csv.reader(io.StringIO(text, newline=""), strict=True)
    if header != list(sheet.columns):
        raise ValueError(f"the columns are {header}")
    return [_row(sheet, cells) for cells in records]


def _row(sheet: Sheet, cells: Sequence[str]) -> Row:
    readers = zip(sheet.columns.items(), cells, strict=True)
    return {name: read(cell) for (name, read), cell in readers}
