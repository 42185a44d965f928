"""Read single cells: ratings, years, days, numbers and titles as people and programs write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from club.export import safe_cell
from club.imports.tables import clean_text, clean_year

_RATING = re.compile(r"(\d{1,3}(?:[.,]\d{1,6})?|[.,]\d{1,6})\s*(?:/\s*(5|10|100)|(%))?")
_YEAR = re.compile(r"\(?(\d{4})(?:\.0+)?(?:\s*[-–/].*)?\)?")
_WHOLE = re.compile(r"(\d{1,9})(?:[.,]0+)?")
_SECONDS = re.compile(r"\d{9,10}(?:\.\d+)?")
_MILLISECONDS = re.compile(r"\d{12,13}")
# "03/04/2020" is March or April: nobody can tell, so it is no date.
_DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y")
_MOMENTS = ("%a %b %d %H:%M:%S %Y",)  # IMDb until 2017
_NOON = timedelta(hours=12)  # the same day from Hawaii to Auckland


def rating(text: str) -> tuple[float, int | None] | None:
    """Return a rating and, where the cell says it ("7/10", "80%"), the scale's end; else None."""
    found = _RATING.fullmatch(text.strip())
    if not found:
        return None
    number = float(found[1].replace(",", "."))
    return number, 100 if found[3] else int(found[2]) if found[2] else None


def year(text: str) -> int | None:
    """Return the year in which a movie came out, None where nobody can tell."""
    found = _YEAR.fullmatch(text.strip())
    return clean_year(int(found[1])) if found else None


def number(text: str) -> int | None:
    """Return a whole number, None for anything else."""
    found = _WHOLE.fullmatch(text.strip())
    return int(found[1]) if found else None


def moment(text: str) -> int | None:
    """Return a day (at noon) or a moment in seconds since 1970, None for anything else; UTC."""
    text = text.strip()
    if _SECONDS.fullmatch(text):
        return int(float(text))
    if _MILLISECONDS.fullmatch(text):
        return int(text) // 1000
    for form in _DAYS:
        try:
            return _seconds(datetime.strptime(text, form).replace(tzinfo=UTC) + _NOON)
        except ValueError:
            continue
    for form in _MOMENTS:
        try:
            return _seconds(datetime.strptime(text, form).replace(tzinfo=UTC))
        except ValueError:
            continue
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _seconds(found if found.tzinfo else found.replace(tzinfo=UTC))


def _seconds(found: datetime) -> int | None:
    seconds = int(found.timestamp())
    return seconds if seconds >= 0 else None


def words(text: str) -> str:
    """Return a name or title on one line, without the apostrophe that `safe_cell` puts in front."""
    line = clean_text(" ".join(text.split()), len(text))
    return line[1:] if line.startswith("'") and safe_cell(line[1:]) == line else line
