"""A table out of bytes: any encoding, any separator, quotes over several lines, odd rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from club.errors import InvalidInput
from club.imports.catalogue.archive import Archive
from club.imports.catalogue.tables import LONGEST_CELL
from club.imports.ratings import headers
from club.imports.ratings.rows import LeftOut

MOST_BYTES, MOST_ROWS = 16 << 20, 100_000  # a busy member has rated some thousand movies
SEPARATORS = ",;\t|"
_HEAD = 1 << 16  # characters in which the header ends
# People write a few rows above their table; what it is about can be seen from some rows below it.
DEEPEST_HEADER, SAMPLE = 12, 200
MOST_COLUMNS = 256  # that are looked at
Records = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Table:
    """A header and rows of as many cells.

    Args:
        file: for people.
        header: as it is written.
        records: (line, cells), as many as the header has.
        left_out: rows that are none.
        raw: every row that is not blank, the header included, whatever its number of cells.
    """

    file: str
    header: tuple[str, ...]
    records: Records
    left_out: tuple[LeftOut, ...]
    raw: Records

    @cached_property
    def columns(self) -> dict[str, int]:
        """Where each column is, by its name as `headers.names` has it."""
        found: dict[str, int] = {}
        named = [headers.names(name) for name in self.header[:MOST_COLUMNS]]
        for names in zip(*named, strict=True):
            for place, name in enumerate(names):
                found.setdefault(name, place)
        return found


def read_table(archive: Archive, name: str, file: str, known: Callable[[Table], bool]) -> Table:
    """Read a file of `archive`; `file` is what people call it, `known` as in `table_of`.

    Raises:
        InvalidInput: it is empty, damaged or too large.
    """
    with archive.open(name) as stream:
        raw = stream.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise InvalidInput(
            f"{file} is larger than {MOST_BYTES >> 20} MiB, more than a club's ratings take."
        )
    return table_of(file, decoded(raw), known)


def decoded(raw: bytes) -> str:
    """Return text without NULs: UTF-8, or Windows' Latin letters."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1252")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
    return text.replace("\x00", "")


def table_of(file: str, text: str, known: Callable[[Table], bool]) -> Table:
    """Return the table in a text.

    Args:
        known: whether a table that begins so is of use; the first row with which it is becomes the
            header, and where none is, the first row.

    Raises:
        InvalidInput: there is none, or it is too long.
    """
    csv.field_size_limit(LONGEST_CELL)
    separator, skipped = _separator(text)
    separator, place = _header(file, text, separator, skipped, known) or (separator, 0)
    wrong: list[LeftOut] = []
    records = list(_records(file, text, separator, skipped, wrong))
    if not records:
        raise InvalidInput(f"{file} is empty or no table.")
    return under_header(file, records, min(place, len(records) - 1), tuple(wrong))


def _header(
    file: str, text: str, separator: str, skipped: int, known: Callable[[Table], bool]
) -> tuple[str, int] | None:
    """Return with which separator which record makes a table that is known, None for none."""
    for other in dict.fromkeys((separator, *SEPARATORS)):
        records = list(_records(file, text[:_HEAD], other, skipped, []))
        for place in range(min(len(records), DEEPEST_HEADER)):
            if known(under_header(file, records[: place + SAMPLE], place, ())):
                return other, place
    return None


def under_header(file: str, records: Records, place: int, left_out: tuple[LeftOut, ...]) -> Table:
    """Return the table whose header is the record at `place`."""
    header = records[place][1]
    kept, wrong = [], list(left_out)
    for line, cells in records[place + 1 :]:
        # Old Excel and people leave out the separators after the last cell that holds something.
        row = [*cells, *[""] * (len(header) - len(cells))][: len(header)]
        if any(cell.strip() for cell in cells[len(header) :]):
            reason = f"{len(cells)} cells where the header has {len(header)}"
            wrong.append(unread(file, line, reason, cells))
        else:
            kept.append((line, row))
    return Table(file, tuple(header), kept, tuple(wrong), records)


def unread(file: str, line: int, reason: str, cells: list[str]) -> LeftOut:
    """Say why a row could not be read, with as much of it as tells which row it was."""
    return LeftOut(file, line, reason, title=" | ".join(cells[:20])[:200])


def _records(
    file: str, text: str, separator: str, skipped: int, wrong: list[LeftOut]
) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            wrong.append(unread(file, line, "no row of a table", []))
            continue
        if line > skipped and any(cell.strip() for cell in cells):
            number += 1
            if number > MOST_ROWS:
                raise InvalidInput(
                    f"{file} has more than {MOST_ROWS:,} rows, more than a club's ratings take."
                )
            yield line, cells


def _separator(text: str) -> tuple[str, int]:
    """Return what separates the cells, and how many lines to skip: Excel says "sep=;" first."""
    first = text[:20].split("\n", 1)[0].strip()
    if first.casefold().startswith("sep=") and len(first) == 5 and first[4] in SEPARATORS:
        return first[4], 1
    head = text.lstrip()[:_HEAD]
    return max(SEPARATORS, key=lambda separator: _cells_of_header(head, separator)), 0


def _cells_of_header(head: str, separator: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(head, newline=""), delimiter=separator), []))
    except csv.Error:
        return 0
