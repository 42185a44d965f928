"""Read single cells: ratings, years, days, numbers and titles as people and programs write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from club.export import safe_cell
from club.imports.catalogue.tables import clean_text, clean_year

_RATING = re.compile(
    r"(?:[★⭐]\s*)?"
    r"(?P<number>\d{1,3}(?:[.,]\d{1,6})?|[.,]\d{1,6})(?P<half>\s*½|\s+1/2)?\s*"
    r"(?:(?:/|out of|of|von|sur|de|su)\s*(?P<top>4|5|6|10|20|100)(?:[.,]0)?|(?P<percent>%))?\s*"
    r"(?:[★⭐*]|stars?|sterne?|étoiles?|estrellas?|stell[ae]|points?|pts|punkte)?",
    re.IGNORECASE,
)
_FULL, _HALF, _HOLLOW, _DRAWN = "★⭐✭✮✯🌟*", "½", "☆", (5, 10)
# What a spreadsheet makes of "3.5" where the point does not stand before the decimals.
_DATE = re.compile(
    r"\d{1,2}(?:\.\s*|[\s-])[^\W\d]{3,}\.?(?:[\s-]\d{2,4})?|[^\W\d]{3,}[\s-]\d{1,2}"
    r"|\d{1,2}([./])\d{1,2}\1(?:\d{2,4})?|\d{4}-\d\d-\d\d.*"
)
_NOTHING = {"", "-", "–", "—", "n/a", "na", "nan", "none", "null", "nr", "?"}
_RANGE = re.compile(r"\(?(\d{4})(?:\.0+)?(?:\s*[-–/].*)?\)?")
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|2[01]\d\d)(?!\d)")
_THOUSANDS = re.compile(r"([12])[.,](\d{3})")
_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0+)?")
_TMDB = re.compile(r"(?:https?://)?(?:www\.)?themoviedb\.org/movie/(\d{1,9})\b.*")
_IMDB = re.compile(r"(?:.*/)?(?:tt)?0*(\d{1,9})/?(?:\?.*)?")
_IN_TITLE = re.compile(r"(.*\S)\s*(?:\[(\d{4})\]|\((\d{4}) film\))")
_LONGEST = 200  # characters of a cell that are looked at
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?")
_MILLISECONDS = re.compile(r"\d{12,13}")
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
         "%b %d %Y")  # fmt: skip
_TWO_NUMBERS = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(20\d\d|19\d\d|\d\d)(?=[\s,T]|$)")
_IMDB_UNTIL_2017 = "%a %b %d %H:%M:%S %Y"
_NOON = timedelta(hours=12)  # the same day from Hawaii to Auckland


def rating(text: str) -> tuple[float, int | None] | None:
    """Return a rating and, where the cell says it ("7/10", "80%"), the scale's end; else None."""
    plain = text.replace("\ufe0f", "").strip()  # what makes an emoji of a star
    if len(plain) > _LONGEST:
        return None
    found = _RATING.fullmatch(plain)
    if not found:
        return _drawn(plain)
    number = float(found["number"].replace(",", ".")) + (0.5 if found["half"] else 0.0)
    return number, 100 if found["percent"] else int(found["top"]) if found["top"] else None


def _drawn(text: str) -> tuple[float, int | None] | None:
    """Return what "★★★½☆" says: 3.5 of 5."""
    marks = "".join(text.split())
    full = sum(marks.count(star) for star in _FULL)
    half, hollow = marks.count(_HALF), marks.count(_HOLLOW)
    if not marks or full + half + hollow != len(marks) or half > 1 or len(marks) > max(_DRAWN):
        return None
    return full + half / 2, len(marks) if hollow and len(marks) in _DRAWN else None


def is_blank(text: str) -> bool:
    """Tell whether a cell says that there is no rating."""
    return text.strip().casefold() in _NOTHING


def is_day(text: str) -> bool:
    """Tell whether a cell holds a day, where a spreadsheet took a rating for one."""
    return bool(_DATE.fullmatch(text.strip()[:_LONGEST]))


def year(text: str) -> int | None:
    """Return the year in which a movie came out, None where nobody can tell."""
    text = text.strip()[:_LONGEST]
    if thousands := _THOUSANDS.fullmatch(text):
        text = thousands[1] + thousands[2]
    if found := _RANGE.fullmatch(text):
        return clean_year(int(found[1]))
    years = set(_YEAR.findall(text))  # "31/03/1999", "22 Nov 1995 (USA)"
    return clean_year(int(years.pop())) if len(years) == 1 else None


def number(text: str) -> int | None:
    """Return a whole number, None for anything else."""
    found = _WHOLE.fullmatch(text.strip()[:_LONGEST])
    return int(found[1]) if found else None


def tmdb_id(text: str) -> int | None:
    """Return a movie's number at TMDB, alone or in an address; None for anything else."""
    found = _TMDB.fullmatch(text.strip()[:_LONGEST])
    return int(found[1]) if found else number(text)


def imdb_id(text: str) -> str:
    """Return "113277" for a movie's number at IMDb, however it is written; else the text."""
    text = text.strip()[:_LONGEST]
    found = _IMDB.fullmatch(text)
    return found[1] if found else text


def day_first(texts: Iterable[str]) -> bool | None:
    """Return whether "03/04/2020" is in April, as all dates of a column together say; else None."""
    first = second = False
    for text in texts:
        found = _TWO_NUMBERS.match(text.strip())
        if found:
            first, second = first or int(found[1]) > 12, second or int(found[3]) > 12
    return first if first != second else None


def moment(text: str, days_first: bool | None = None) -> int | None:
    """Return a day (at noon) or a moment in seconds since 1970, None for anything else; UTC.

    Args:
        days_first: what `day_first` said of the column.
    """
    text = text.strip()[:_LONGEST]
    if _SECONDS.fullmatch(text):
        return int(float(text))
    if _MILLISECONDS.fullmatch(text):
        return int(text) // 1000
    if found := _TWO_NUMBERS.match(text):
        numbers = int(found[1]), int(found[3])
        day, month = numbers if days_first else reversed(numbers)
        in_year = found[4] if len(found[4]) == 4 else f"20{found[4]}"
        return None if days_first is None else _day(f"{in_year}-{month}-{day}", "%Y-%m-%d")
    days = (_day(text, form) for form in _DAYS)
    at_noon = next((day for day in days if day is not None), None)
    return _point(text) if at_noon is None else at_noon


def _point(text: str) -> int | None:
    """Return a moment that a program or a form wrote."""
    try:
        return _seconds(datetime.strptime(text, _IMDB_UNTIL_2017).replace(tzinfo=UTC))
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return _day(text.split(" ", maxsplit=1)[0], "%Y/%m/%d")  # "2024/05/01 8:00:00 PM GMT+2"
    return _seconds(found if found.tzinfo else found.replace(tzinfo=UTC))


def _day(text: str, form: str) -> int | None:
    try:
        return _seconds(datetime.strptime(text, form).replace(tzinfo=UTC) + _NOON)
    except (ValueError, OverflowError):
        return None


def _seconds(found: datetime) -> int | None:
    seconds = int(found.timestamp())
    return seconds if seconds >= 0 else None


def words(text: str) -> str:
    """Return a name or title on one line, without the apostrophe that `safe_cell` puts in front."""
    line = clean_text(" ".join(text.split()), len(text))
    return line[1:] if line.startswith("'") and safe_cell(line[1:]) == line else line


def year_in_parentheses(title: str) -> str:
    """Return "Heat [1995]" and "Heat (1995 film)" as MovieLens writes them: "Heat (1995)"."""
    found = _IN_TITLE.fullmatch(title)
    return f"{found[1]} ({found[2] or found[3]})" if found else title
