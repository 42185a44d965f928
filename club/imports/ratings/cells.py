"""Read single cells: ratings, years, dates, numbers and titles in all common notations."""

from __future__ import annotations

import contextlib
import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from club.export import safe_cell
from club.validation import plausible_year, tidied, tidied_terms

MAX_CELL = 200  # characters that are looked at
_RATING = re.compile(
    r"(?:[★⭐]\s*)?"
    r"(?P<number>\d{1,3}(?:[.,]\d{1,6})?|[.,]\d{1,6})(?P<half>\s*½|\s+1/2)?\s*"
    r"(?:(?:/|out of|of|von|sur|de|su)\s*(?P<top>4|5|6|10|20|100)(?:[.,]0)?|(?P<percent>%))?\s*"
    r"(?:[★⭐*]|stars?|sterne?|étoiles?|estrellas?|stell[ae]|points?|pts|punkte)?",
    re.IGNORECASE,
)
_FULL, _HALF, _HOLLOW = "★⭐✭✮✯🌟*", "½", "☆"
_BLANK = {"", "-", "–", "—", "n/a", "na", "nan", "none", "null", "nr", "?"}
_YEAR_ALONE = re.compile(r"\(?(\d{4})(?:\.0+)?(?:\s*[-–/].*)?\)?")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|2[01]\d\d)(?!\d)")
# A number alone, or in an address; Letterboxd's /film/tmdb/ and /film/imdb/ are others' numbers.
_TMDB = re.compile(r"(?:https?://.*/(?:movie|tmdb)/)?0*(\d{1,9})(?:[.,]0*|[/?-].*)?")
_IMDB = re.compile(r"(?:https?://.*/)?(?:tt)?0*(\d{1,9})(?:[.,]0*|[/?].*)?")
_SECONDS, _MILLISECONDS = re.compile(r"\d{9,10}(?:\.\d+)?"), re.compile(r"\d{12,13}")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
         "%b %d %Y")  # fmt: skip
_TWO_NUMBERS = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(20\d\d|19\d\d|\d\d)(?=[\s,T]|$)")
ISO, _IMDB_UNTIL_2017 = "ISO 8601", "%a %b %d %H:%M:%S %Y"
_NOON = timedelta(hours=12)  # the same day from Hawaii to Auckland


def rating(text: str) -> tuple[float, int | None] | None:
    """Return a rating and the end of its scale if the cell names it ("7/10", "80%"), or None."""
    plain = text.replace("\ufe0f", "").strip()  # turns a star into an emoji
    if len(plain) > MAX_CELL:
        return None
    if found := _RATING.fullmatch(plain):
        number = float(found["number"].replace(",", ".")) + (0.5 if found["half"] else 0.0)
        return number, 100 if found["percent"] else int(found["top"]) if found["top"] else None
    marks = "".join(plain.split())  # "★★★½☆" is 3.5 of 5
    full = sum(marks.count(star) for star in _FULL)
    half, hollow = marks.count(_HALF), marks.count(_HOLLOW)
    if not marks or full + half + hollow != len(marks) or half > 1 or len(marks) > 10:
        return None
    return full + half / 2, len(marks) if hollow and len(marks) in {5, 10} else None


def is_blank(text: str) -> bool:
    """Return True if a cell says that there is no rating."""
    return text.strip().casefold() in _BLANK


def year(text: str) -> int | None:
    """Return the year in which a movie came out: "1999.0", "2008–2013", "22 Nov 1995 (USA)"."""
    text = text.strip()[:MAX_CELL]
    if found := _YEAR_ALONE.fullmatch(text):
        return plausible_year(int(found[1]))
    years = set(_YEAR.findall(text))
    return plausible_year(int(years.pop())) if len(years) == 1 else None


def tmdb_id(text: str) -> int | None:
    """Return a movie's number at TMDB, alone or in an address, or None."""
    return _number(_TMDB, text)


def imdb_id(text: str) -> int | None:
    """Return 113277 for any form of a movie's number at IMDb: "tt0113277", an address; or None."""
    return _number(_IMDB, text)


def _number(form: re.Pattern[str], text: str) -> int | None:
    found = form.fullmatch(text.strip()[:MAX_CELL])
    return int(found[1]) or None if found else None


def terms(text: str) -> tuple[str, ...]:
    """Return genres or names, separated by commas, bars or semicolons."""
    return tidied_terms(re.split(r"[,|;]", text[: 10 * MAX_CELL]))


def day_first(texts: Iterable[str]) -> bool | None:
    """Return True if "03/04/2020" is in April, as the dates of a column say; None if unknown."""
    first = second = False
    for found in (_TWO_NUMBERS.match(text.strip()) for text in texts):
        if found:
            first, second = first or int(found[1]) > 12, second or int(found[3]) > 12
    return first if first != second else None


def timestamp(text: str, days_first: bool | None = None) -> int | None:
    """Return a date (at noon) or a time in seconds since 1970 UTC, None for anything else.

    Args:
        days_first: from `day_first` of the column.
    """
    text = text.strip()[:MAX_CELL]
    if not any(letter.isdigit() for letter in text):
        return None  # thousands of empty cells are read quickly
    if _SECONDS.fullmatch(text):
        return int(float(text))
    if _MILLISECONDS.fullmatch(text):
        return int(text) // 1000
    if found := _TWO_NUMBERS.match(text):
        day, month = (found[1], found[3]) if days_first else (found[3], found[1])
        in_year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
        return None if days_first is None else _seconds(f"{in_year}-{month}-{day}", "%Y-%m-%d")
    # The last is for "2024/05/01 8:00:00 PM GMT+2".
    forms = [(text, form) for form in (*_DAYS, _IMDB_UNTIL_2017, ISO)]
    forms += [(text.split(" ", maxsplit=1)[0], "%Y/%m/%d"), (text.split(",")[0], "%d.%m.%Y")]
    found_at = (_seconds(*form) for form in forms)
    return next((at for at in found_at if at is not None), None)


def _seconds(text: str, form: str) -> int | None:
    """Return a text of this form in seconds, None if it is of another; a day is taken at noon."""
    try:
        found = datetime.fromisoformat(text) if form == ISO else datetime.strptime(text, form)
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        seconds = int((found if "%H" in form or form == ISO else found + _NOON).timestamp())
    except (ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


def text_of(cell: str) -> str:
    """Return a name or title on one line, without the apostrophe that `safe_cell` adds.

    What was escaped for a web page ("&amp;"), or decoded with the wrong table ("AmÃ©lie"), is put
    right.
    """
    cell = html.unescape(cell)
    for wrong in () if cell.isascii() else ("cp1252", "latin-1"):
        with contextlib.suppress(UnicodeError):
            cell = cell.encode(wrong).decode()
            break
    line = tidied(cell, 3 * len(cell))
    return line[1:] if line.startswith("'") and safe_cell(line[1:]) == line else line
