"""Validate and clean what the club stores: stars, ids, names, titles, facts of movies and nights.

Every `clean_*` function returns the value in the form that is stored (text composed to NFC and
stripped), keeps None where that is allowed, and raises InvalidInput with a sentence for people for
anything else. `tidied`, `tidied_terms` and `plausible_year` never raise: they take from files and
web services what can be used.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import SupportsFloat, cast

from club.errors import InvalidInput, NotFound

MAX_NAME, MAX_TITLE, MAX_TERM, MAX_TERMS = 60, 200, 60, 50
MAX_OVERVIEW, MAX_ALIASES = 3000, 20
MAX_PLACE, MAX_NOTES = 200, 2000
MAX_DECIDED_BY, MAX_MODEL = 30, 120
VOTINGS = ("approve", "rank")
FIRST_YEAR, LAST_YEAR = 1870, 2100
LONGEST_RUNTIME = 60_000  # minutes; the longest film there is takes five weeks
LARGEST_ID = 2**31 - 1

# Control characters, lone surrogates, line and paragraph separators. NUL and surrogates cannot be
# stored at all; the others would break lines, cells and log messages.
_REFUSED_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}
# Embeddings, overrides and isolates change the direction of the text after them.
_REFUSED_CHARACTERS = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def half_stars(stars: object) -> int:
    """Return stars (0.5..5 in half steps) as half stars, 1..10."""
    try:
        halves = 2 * float(cast(SupportsFloat, stars))
    except (TypeError, ValueError, OverflowError):
        halves = 0.0
    if isinstance(stars, bool | str) or halves not in range(1, 11):
        raise InvalidInput(f"Stars go from 0.5 to 5 in half steps, not {_shown(stars)}.")
    return int(halves)


def whole_id(value: object, what: str) -> int:
    """Return an id that a database can hold; `what` is "member", "movie" or "night".

    Raises:
        NotFound: no row can have this id.
    """
    number = _whole_number(value, -LARGEST_ID, LARGEST_ID)
    if number is None:
        raise NotFound(f"There is no {what} {_shown(value)}.")
    return number


# Text


def clean_name(name: str) -> str:
    """Return the name of a member or club: 1..60 characters on one line."""
    return clean_label(name, "A name", MAX_NAME)


def name_key(name: str) -> str:
    """Return the form in which names of present members must differ: "ANNA " is "anna"."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    visible = (c for c in folded if unicodedata.category(c) != "Cf")
    return " ".join("".join(visible).split())


def clean_title(title: str) -> str:
    """Return a movie's title: 1..200 characters on one line."""
    return clean_label(title, "A title", MAX_TITLE)


def clean_aliases(titles: Iterable[str]) -> list[str]:
    """Return a movie's other titles without repetitions, 20 at most."""
    distinct = list(dict.fromkeys(clean_title(title) for title in titles))
    if len(distinct) > MAX_ALIASES:
        raise InvalidInput(
            f"A movie can have {MAX_ALIASES} other titles at most, not {len(distinct)}."
        )
    return distinct


def clean_terms(terms: str | Iterable[str], what: str, owner: str = "A movie") -> list[str]:
    """Return genres or keywords without blanks and repetitions, 50 at most; "a|b" is two."""
    parts = terms.split("|") if isinstance(terms, str) else list(terms)
    cleaned = [
        clean_label(part, f"Each of the {what}", MAX_TERM)
        for part in parts
        if not isinstance(part, str) or part.strip()
    ]
    distinct = list(dict.fromkeys(cleaned))
    if len(distinct) > MAX_TERMS:
        raise InvalidInput(f"{owner} can have {MAX_TERMS} {what} at most, not {len(distinct)}.")
    return distinct


def clean_overview(text: str) -> str:
    """Return an overview: up to 3,000 characters on one line, "" for none."""
    if isinstance(text, str) and len(text) <= 10 * MAX_OVERVIEW:
        text = " ".join(text.split())
    return "" if text == "" else clean_label(text, "What a movie is about", MAX_OVERVIEW)


def clean_place(place: str) -> str:
    """Return where a night is: up to 200 characters on one line, "" for none."""
    is_blank = isinstance(place, str) and not place.strip()
    return "" if is_blank else clean_label(place, "A place", MAX_PLACE)


def clean_notes(notes: str) -> str:
    """Return the notes of a night: up to 2,000 characters on any number of lines."""
    if not isinstance(notes, str) or len(notes) > 10 * MAX_NOTES:
        return clean_label(notes, "Notes", MAX_NOTES)  # raises
    lines = [line.strip() for line in notes.replace("\t", " ").strip().splitlines()]
    cleaned = "\n".join(
        clean_label(line, "Each line of the notes", MAX_NOTES) if line else "" for line in lines
    )
    if len(cleaned) > MAX_NOTES:
        raise InvalidInput(f"Notes can have {MAX_NOTES} characters at most, not {len(cleaned):,}.")
    return cleaned


def clean_label(text: str, what: str, longest: int) -> str:
    """Return a text of 1..`longest` characters on one line; `what` begins the error's sentence."""
    if not isinstance(text, str):
        raise InvalidInput(f"{what} must be text, not {_shown(text)}.")
    if len(text) > 10 * longest:  # before any work that grows with the length
        raise InvalidInput(f"{what} can have {longest} characters at most, not {len(text):,}.")
    cleaned = unicodedata.normalize("NFC", text).strip()
    categories = {unicodedata.category(c) for c in cleaned}
    if _REFUSED_CHARACTERS & {*cleaned} or _REFUSED_CATEGORIES & categories:
        raise InvalidInput(f"{what} must be on one line and without control characters.")
    if not name_key(cleaned):
        raise InvalidInput(f"{what} must not be empty.")
    if len(cleaned) > longest:
        raise InvalidInput(f"{what} can have {longest} characters at most, not {len(cleaned):,}.")
    return cleaned


def tidied(text: str, longest: int) -> str:
    """Return text from elsewhere as the club can store it, cut to `longest`; "" if none is left."""
    if text.isascii() and text.isprintable() and len(text) <= longest:
        return " ".join(text.split())
    kept = "".join(
        " " if unicodedata.category(c) in _REFUSED_CATEGORIES else c
        for c in text[: 10 * longest]
        if c not in _REFUSED_CHARACTERS
    )
    line = " ".join(unicodedata.normalize("NFC", kept).split())
    if not name_key(line):
        return ""
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def tidied_terms(terms: Iterable[str]) -> tuple[str, ...]:
    """Return genres or keywords from elsewhere, each once; those that are too long are dropped."""
    cleaned = (tidied(term.replace("|", " "), MAX_TERM + 1) for term in terms)
    return tuple(dict.fromkeys(term for term in cleaned if 0 < len(term) <= MAX_TERM))[:MAX_TERMS]


# Numbers and times


def plausible_year(year: int | None) -> int | None:
    """Return a year from elsewhere, None if no movie can be of it."""
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None


def plausible_runtime(minutes: int | None) -> int | None:
    """Return a length from elsewhere, None if no movie can have it."""
    return minutes if minutes is not None and 1 <= minutes <= LONGEST_RUNTIME else None


def clean_year(year: object) -> int | None:
    """Return the year in which a movie came out, 1870..2100, or None."""
    bounds = f"between {FIRST_YEAR} and {LAST_YEAR}, or be left out"
    return _number_or_none(year, FIRST_YEAR, LAST_YEAR, f"The year must lie {bounds}; it is")


def clean_runtime(minutes: object) -> int | None:
    """Return the length of a movie, or the longest that one may have, 1..60,000 minutes or None."""
    must = f"A movie takes 1 to {LONGEST_RUNTIME:,} minutes, or nobody says; it is"
    return _number_or_none(minutes, 1, LONGEST_RUNTIME, must)


def clean_imdb_id(value: object) -> str | None:
    """Return a movie's number at IMDb, such as "tt0133093", or None."""
    if value in {None, ""}:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"tt\d{7,10}", value, re.ASCII):
        raise InvalidInput(f"A movie's number at IMDb is like tt0133093, not {_shown(value)}.")
    return value


def clean_tmdb_id(value: object) -> int | None:
    """Return a movie's number at TMDB, or None."""
    must = "A movie's number at TMDB is a whole number, not"
    return _number_or_none(value, 1, LARGEST_ID, must)


def _number_or_none(value: object, lowest: int, highest: int, must: str) -> int | None:
    number = _whole_number(value, lowest, highest)
    if number is None and value is not None:
        raise InvalidInput(f"{must} {_shown(value)}.")
    return number


def clean_date(day: object) -> date:
    """Return the date of a night, of the years 1870..2100."""
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidInput(f"A night needs a date, not {_shown(day)}.")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput(
            f"The date must lie between {FIRST_YEAR} and {LAST_YEAR}; it is {_shown(day)}."
        )
    return day


def clean_start(starts_at: object) -> int | None:
    """Return when a night starts, in minutes after midnight, or None."""
    if starts_at is None:
        return None
    if not isinstance(starts_at, time) or starts_at.tzinfo is not None:
        raise InvalidInput(f"A night starts at a time like 19:30, not {_shown(starts_at)}.")
    return 60 * starts_at.hour + starts_at.minute


def clean_voting(voting: object) -> str | None:
    """Return how a night is voted on, "approve" or "rank", or None."""
    if voting is not None and voting not in VOTINGS:
        raise InvalidInput(f"People approve, rank or do not vote; {_shown(voting)} is no way to.")
    return voting


def _whole_number(value: object, lowest: int, highest: int) -> int | None:
    """Return a whole number of any type as int; None if it is none or outside the bounds."""
    try:
        number = operator.index(cast("int", value))
    except TypeError:
        return None
    return number if not isinstance(value, bool) and lowest <= number <= highest else None


def _shown(value: object) -> str:
    """Return a value as it can stand in a sentence: printable, 40 characters at most."""
    text = "".join(c if c.isprintable() else "�" for c in str(value))
    return f"{text[:40]}…" if len(text) > 40 else text or "nothing"
