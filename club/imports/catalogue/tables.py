"""Tables as they come: too few cells or too many, quotes over several lines, odd numbers."""

from __future__ import annotations

import ast
import csv
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

import numpy as np
import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.archive import Archive
from club.imports.catalogue.source import Rejected
from club.validation import FIRST_YEAR, LAST_YEAR, MAX_OVERVIEW, MAX_TERM, MAX_TERMS, MAX_TITLE
from recommender.dataset import MAX_STARS, MIN_STARS

CHUNK = 1_000_000
LONGEST_CELL = 1 << 20
_TITLE_YEAR = re.compile(r"^(.*?)\s*\((\d{4})(?:\s*[-–]\s*\d{0,4})?\)\s*$")
_OTHER_TITLE = re.compile(r"\s*\((?:a\.k\.a\.\s*)?([^()]*)\)\s*$")
_TRAILING_ARTICLE = re.compile(
    r"^(.*), (The|A|An|Le|La|Les|L'|Il|El|Los|Las|Der|Die|Das|Den|Det|O|Os)$"
)

Row = dict[str, str]


def rows(
    archive: Archive, name: str, needed: Iterable[str], rejected: Rejected
) -> Iterator[tuple[int, Row]]:
    """Yield (line, row by column) of a CSV file; rows that are no rows are left out.

    Raises:
        InvalidInput: a needed column is missing, or the file is empty.
    """
    csv.field_size_limit(LONGEST_CELL)
    lines = archive.lines(name)
    first = next(lines, "")
    reader = csv.reader(chain([first], lines), delimiter=separator(first))
    try:
        header = [column.strip() for column in next(reader, [])]
    except csv.Error as error:
        raise InvalidInput(f"{name} is no table that can be read.") from error
    missing = [column for column in needed if column not in header]
    if missing:
        raise InvalidInput(
            f"{name} has no column {missing[0]!r}; it has {shortly(header) or 'nothing'}."
        )
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            rejected.add(name, reader.line_num, f"no row of a table: {error}", "")
            continue
        if len(cells) == len(header):
            yield reader.line_num, dict(zip(header, cells, strict=True))
        elif cells:
            rejected.add(name, reader.line_num, "another number of cells than the header", cells)


def separator(header: str) -> str:
    """Return what separates the cells of a table: spreadsheets put others for the comma."""
    return max(",;\t", key=header.count)


def shortly(columns: Iterable[str]) -> str:
    """Return the names of columns as a part of a sentence."""
    return ", ".join(clean_text(column[:200], 40) for column in islice(columns, 20))


def whole_number(text: str) -> int | None:
    """Return "862" or "862.0" as 862, None for anything else; at most 9 digits."""
    found = re.fullmatch(r"\s*(\d{1,9})(?:\.0*)?\s*", text)
    return int(found[1]) if found else None


def literal_names(text: str) -> list[str]:
    """Return the names in a list of dicts as Python writes it, [] for an empty cell.

    Raises:
        ValueError: it is no such list.
    """
    if not text.strip():
        return []
    try:
        found = ast.literal_eval(text)
        return [str(item["name"]) for item in found]
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError) as error:
        raise ValueError("no list of names") from error


def clean_text(text: str, longest: int) -> str:
    """Return text on one line without control characters, cut to `longest` characters."""
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" and c != "\u200d" else c for c in text)
    return " ".join(unicodedata.normalize("NFC", kept).split())[:longest].rstrip()


def clean_title(text: str) -> str:
    """Return a title as the catalogue has them."""
    return clean_text(text, MAX_TITLE)


def clean_overview(text: str) -> str:
    """Return an overview, cut to what the catalogue keeps."""
    return clean_text(text, MAX_OVERVIEW)


def clean_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Return distinct terms; what is too long or a separator is left out."""
    cleaned = (clean_text(term.replace("|", " "), MAX_TERM + 1) for term in terms)
    return tuple(dict.fromkeys(term for term in cleaned if 0 < len(term) <= MAX_TERM))[:MAX_TERMS]


def clean_year(year: int | None) -> int | None:
    """Return a year in which there were movies, None for any other number."""
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def movielens_title(text: str) -> tuple[str, int | None, tuple[str, ...]]:
    """Return title, year and other titles of "Seven (a.k.a. Se7en) (1995)", articles in front."""
    text = clean_text(text, 4 * MAX_TITLE)
    found = _TITLE_YEAR.match(text)
    title, year = (found[1], clean_year(int(found[2]))) if found else (text, None)
    others = []
    while (other := _OTHER_TITLE.search(title)) and other.start() > 0:
        others.append(_article_first(other[1].strip()))
        title = title[: other.start()]
    aliases = tuple(clean_title(o) for o in reversed(others) if o)
    return clean_title(_article_first(title.strip())), year, aliases


def _article_first(title: str) -> str:
    found = _TRAILING_ARTICLE.match(title)
    if not found:
        return title
    return f"{found[2]}{'' if found[2].endswith(chr(39)) else ' '}{found[1]}"


def rating_chunks(
    open_table: Callable[[], Iterator[pd.DataFrame]],
    file: str,
    rejected: Rejected,
) -> Callable[[], Iterator[pd.DataFrame]]:
    """Check ratings chunk by chunk: ids are there, stars lie on the scale of the whole file.

    Args:
        open_table: yields frames of text with user, movie, rating, timestamp; read twice, first to
            learn whether the stars end at 5 or at 10.

    Raises:
        InvalidInput: there is no rating, or most lie on no scale that is known.
    """
    most, tenths, total = 0.0, 0, 0
    for chunk in open_table():
        stars = pd.to_numeric(chunk["rating"], errors="coerce")
        fine = stars[(stars > 0) & (stars <= 10)]
        most = max(most, float(fine.max()) if len(fine) else 0.0)
        tenths += int((stars > MAX_STARS).sum())
        total += len(chunk)
    if not total or not most:
        raise InvalidInput(
            f"{file} holds no ratings from {MIN_STARS} to {MAX_STARS:g} or from 1 to 10."
        )
    # A few sevens among fives are slips; a file of tens has them everywhere.
    scale = 2.0 if tenths > 0.02 * total else 1.0
    noted = 0  # the last line that was looked at in any round

    def checked() -> Iterator[pd.DataFrame]:
        nonlocal noted
        line = 2
        for chunk in open_table():
            stars = pd.to_numeric(chunk["rating"], errors="coerce") / scale
            wrong = {
                "no user": chunk["user"].fillna("").astype(str).str.strip() == "",
                "no movie": chunk["movie"].isna(),
                f"no rating from {MIN_STARS} to {MAX_STARS:g}": ~stars.between(
                    MIN_STARS - 1e-9, MAX_STARS
                ),
            }
            bad = np.zeros(len(chunk), dtype=bool)
            for reason, mask in wrong.items():
                places = np.flatnonzero(mask.to_numpy() & ~bad)
                places = places[places + line > noted]
                rows = ((line + int(at), chunk.iloc[at].tolist()) for at in places)
                rejected.add_all(file, reason, len(places), rows)
                bad |= mask.to_numpy()
            line += len(chunk)
            noted = max(noted, line - 1)
            time = pd.to_numeric(chunk["timestamp"], errors="coerce").fillna(0).clip(0, 2**52)
            time = time.where(time < 1e11, time / 1000)  # some files count milliseconds
            good = chunk.assign(rating=stars, timestamp=time.astype("int64"))[~bad]
            half_stars = (2 * good["rating"]).round() / 2
            yield good.assign(rating=half_stars.clip(MIN_STARS, MAX_STARS))

    return checked


def csv_chunks(
    archive: Archive, name: str, columns: dict[str, str]
) -> Callable[[], Iterator[pd.DataFrame]]:
    """Return what yields a large table in parts, as text, under the names that `columns` gives.

    Raises:
        InvalidInput: a column is missing.
    """
    with archive.open(name) as stream:
        header = stream.readline(1 << 16).decode("utf-8-sig", "replace").strip()
    between = separator(header)
    have = [column.strip().strip('"') for column in header.split(between)]
    missing = [column for column in columns if column not in have]
    if missing:
        raise InvalidInput(f"{name} has no column {missing[0]!r}; it has {shortly(have)}.")

    def parts() -> Iterator[pd.DataFrame]:
        with archive.open(name) as stream:
            try:
                for part in pd.read_csv(
                    stream,
                    sep=between,
                    usecols=list(columns),
                    dtype=str,
                    chunksize=CHUNK,
                    encoding="utf-8-sig",
                    encoding_errors="replace",
                    on_bad_lines="skip",
                ):
                    named = part.rename(columns=columns)
                    if between != ",":  # then the comma may be in "4,5"
                        named["rating"] = named["rating"].str.replace(",", ".")
                    yield named
            except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError) as error:
                raise InvalidInput(f"{name} is no table that can be read.") from error

    return parts
