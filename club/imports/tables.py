"""Read tables as they come: any separator, headers in many words, ragged rows, odd numbers."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sized
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from club.errors import InvalidInput
from club.imports.files import Archive
from club.validation import MAX_TITLE, plausible_runtime, plausible_year, tidied

MAX_BYTES, MAX_ROWS = 16 << 20, 100_000  # of a club's own tables; busy members rate thousands
MAX_COLUMNS = 256  # that are looked at
SEPARATORS = ",;\t|"
HEAD = 1 << 16  # characters in which the header ends
DEEPEST_HEADER, SAMPLE = 12, 200  # rows above a header, and below it, that are looked at

Record = tuple[int, list[str]]  # the line that a row begins on, counted from 1, and its cells


@dataclass(frozen=True)
class Table:
    """A header and rows of as many cells.

    Args:
        file: for people.
        header: as it is written.
        rows: each with as many cells as the header.
        unread: (line, reason, cells) of rows that are none.
    """

    file: str
    header: tuple[str, ...]
    rows: list[Record]
    unread: tuple[tuple[int, str, list[str]], ...] = ()

    @cached_property
    def columns(self) -> dict[str, int]:
        """Position of each column by its name: as in `header_key`, and without a remark."""
        keys = [header_key(name) for name in self.header[:MAX_COLUMNS]]
        found: dict[str, int] = {}
        for names in (keys, map(without_remark, keys)):
            for position, name in enumerate(names):
                found.setdefault(name, position)
        return found

    def first(self, names: Iterable[str]) -> int | None:
        """Return the position of the column with the first of `names` that there is."""
        return next((self.columns[name] for name in names if name in self.columns), None)


def read_table(
    archive: Archive, name: str, file: str, recognises: Callable[[Table], bool]
) -> Table:
    """Read a table that people or other programs wrote.

    Args:
        file: its name for people.
        recognises: whether a table is of use; the first row that makes it so becomes the header,
            and if there is none, the first row.

    Raises:
        InvalidInput: it is empty, damaged or too large.
    """
    text = "".join(archive.lines(name, MAX_BYTES))

    def rows_of(text: str, separator: str) -> Iterator[tuple[int, list[str] | None]]:
        rows = records(io.StringIO(text, newline=""), separator)
        return (row for row in rows if row[1] is None or any(cell.strip() for cell in row[1]))

    first_line = text[:HEAD].lstrip().partition("\n")[0]
    chosen, place = max(SEPARATORS, key=first_line.count), 0
    for separator in SEPARATORS:
        head = [(line, cells) for line, cells in rows_of(text[:HEAD], separator) if cells]
        tables = (under_header(file, head[at : at + SAMPLE]) for at in range(len(head)))
        known = (at for at, table in enumerate(islice(tables, DEEPEST_HEADER)) if recognises(table))
        if (at := next(known, None)) is not None:
            chosen, place = separator, at
            break
    rows: list[Record] = []
    damaged: list[tuple[int, str, list[str]]] = []
    for line, cells in rows_of(text, chosen):
        if cells is None:
            damaged.append((line, "no row of a table", []))
        else:
            rows.append((line, cells))
        refuse_many(file, rows)
    if not rows:
        raise InvalidInput(f"{file} is empty or no table.")
    table = under_header(file, rows[min(place, len(rows) - 1) :])
    return Table(file, table.header, table.rows, (*damaged, *table.unread))


def refuse_many(file: str, rows: Sized) -> None:
    """Raise InvalidInput for more rows than a club's ratings take."""
    if len(rows) > MAX_ROWS:
        raise InvalidInput(
            f"{file} has more than {MAX_ROWS:,} rows, more than a club's ratings take."
        )


def under_header(file: str, records: list[Record]) -> Table:
    """Return a table whose header is the first of `records`."""
    header = records[0][1]
    kept, unread = [], []
    for line, cells in records[1:]:
        # Excel leaves out the separators after the last cell that holds something.
        row = [*cells, *[""] * (len(header) - len(cells))][: len(header)]
        if any(cell.strip() for cell in cells[len(header) :]):
            unread.append((line, f"{len(cells)} cells where the header has {len(header)}", cells))
        else:
            kept.append((line, row))
    return Table(file, tuple(header), kept, tuple(unread))


def records(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield the line on which each row begins and its cells, None where they cannot be read."""
    reader = csv.reader(lines, delimiter=separator)
    while True:
        line, cells = reader.line_num + 1, None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            pass
        yield line, cells


def shortly(columns: Iterable[str]) -> str:
    """Return the names of columns as a part of a sentence."""
    return ", ".join(tidied(column[:200], 40) for column in islice(columns, 20))


# Headers

_SCALE = re.compile(
    r"[\s(\[]*(?:(?:0|0[.,]5|1)\s*(?:-|–|to|bis|a)\s*|/\s*|(?:out of|von|sur|of|sobre|su|max)\s+)"
    r"(5|10|100)\s*(?:stars|sterne|etoiles|estrellas)?[)\]\s]*$",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_PUNCTUATION = " \t:;*#?!.\"'“”"
_SPELLINGS = str.maketrans({"ł": "l", "ø": "o", "ß": "ss", "_": " "})
_CAMEL_CASE = re.compile(r"(?<=[a-z]{2})(?=[A-Z])")  # not in McKenna
MAX_HEADER = 200  # characters that are looked at


def header_key(text: str) -> str:
    """Return lower case without accents, with single blanks.

    "Année_de  vie" is "annee de vie", and "AnaRating" is "ana rating".
    """
    apart = _CAMEL_CASE.sub(" ", text[:MAX_HEADER])
    parts = unicodedata.normalize("NFKD", apart.casefold().translate(_SPELLINGS))
    return " ".join("".join(c for c in parts if not unicodedata.combining(c)).split())


def without_remark(header: str) -> str:
    """Return a header without remark and punctuation: "Rating (1-10):" is "Rating"."""
    return _REMARK.sub("", _SCALE.sub("", header[:MAX_HEADER])).strip(_PUNCTUATION)


def scale_in_header(header: str) -> int | None:
    """Return the end of the scale that a header names: 10 for "Rating (1-10)"; else None."""
    found = _SCALE.search(header_key(header))
    return int(found[1]) if found else None


# Titles, genres and numbers

_GENRES = {"Children's": "Children", "Family": "Children", "Music": "Musical"}
_GENRES |= {"Science Fiction": "Sci-Fi"}
_NO_GENRES = {"History", "TV Movie", "Foreign", "IMAX", "Biography", "Sport", "Short", "News"}


def genre_names(names: Iterable[str]) -> tuple[str, ...]:
    """Return genres as the catalogue calls them; what is no genre there is left out."""
    called = (_GENRES.get(name, name) for name in names if name not in _NO_GENRES)
    return tuple(dict.fromkeys(called))


_TITLE_YEAR = re.compile(r"^(.*?)\s*[(\[](\d{4})(?: film|\s*[-–]\s*\d{0,4})?[)\]]\s*$")
_OTHER_TITLE = re.compile(r"\s*\((?:a\.k\.a\.\s*)?([^()]*)\)\s*$")
_TRAILING_ARTICLE = re.compile(
    r"^(.*), (The|A|An|Le|La|Les|L'|Il|El|Los|Las|Der|Die|Das|Den|Det|O|Os)$"
)


def movielens_title(text: str) -> tuple[str, int | None, tuple[str, ...]]:
    """Return title, year and other titles of "Seven (a.k.a. Se7en) (1995)", articles in front."""
    text = tidied(text, 4 * MAX_TITLE)
    found = _TITLE_YEAR.match(text)
    title, year = (found[1], plausible_year(int(found[2]))) if found else (text, None)
    others: list[str] = []
    while (other := _OTHER_TITLE.search(title)) and other.start() > 0:
        others.insert(0, _article_first(other[1].strip()))
        title = title[: other.start()]
    aliases = tuple(tidied(other, MAX_TITLE) for other in others if other)
    return tidied(_article_first(title.strip()), MAX_TITLE), year, aliases


def _article_first(title: str) -> str:
    found = _TRAILING_ARTICLE.match(title)
    if not found:
        return title
    return f"{found[2]}{'' if found[2].endswith(chr(39)) else ' '}{found[1]}"


def whole_number(text: str) -> int | None:
    """Return "862", "862.0" or "862,0" as 862, None for anything else; at most 9 digits."""
    found = re.fullmatch(r"\s*(\d{1,9})(?:[.,]0*)?\s*", text)
    return int(found[1]) if found else None


def minutes(text: str) -> int | None:
    """Return a runtime in minutes, None for what is none."""
    return plausible_runtime(whole_number(text))
