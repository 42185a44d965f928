"""Words and numbers as people read them, and the one way to put data into Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import chain, count

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# What Streamlit looks for in the finished text, where escapes no longer count: ":smile:" becomes a
# picture, "www.example.org", "http://x" and "a@example.org" links, and " -> " an arrow.
FOUND_LATER = re.compile(
    r":(?=[\w/+-]+:)|https?:(?=//)|www(?=\.)|[\w.+-](?=@)|(?<!\S)[<>~-][=-]?(?=[=>-](?!\S))",
    re.IGNORECASE,
)
SPACES = re.compile(r"\s+")


def plain(text: object) -> str:
    """Return `text` so that Markdown shows it letter by letter, on one line.

    Everything that people or files bring (names, titles, messages) goes through here before it
    reaches a label, a header or any other place where Streamlit reads Markdown.
    """
    one_line = SPACES.sub(" ", str(text)).strip()
    # A word joiner, which nobody sees, keeps apart what escaping cannot.
    return PUNCTUATION.sub(r"\\\1", FOUND_LATER.sub("\\g<0>\u2060", one_line))


def half_stars(value: float) -> str:
    """Return a rating as it was given: "4", "4½", "½"."""
    whole, half = divmod(round(value * 2), 2)
    return f"{whole or ''}{'½' if half else ''}"


def between(low: float, high: float) -> str:
    """Return an interval of stars for people: "3.6 – 4.6"."""
    return f"{low:.1f} – {high:.1f}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Return "a", "a and b" or "a, b and c"."""
    *front, end = list(words) or [""]
    return f"{', '.join(front)} {last} {end}" if front else end


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return "1 rating", "2 ratings", "1,234 ratings"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def distinct(labels: Iterable[str]) -> list[str]:
    """Return labels that all differ: those that were there before get a number, "Heat (2)".

    Streamlit's widgets know an option by its label alone, and tables a column.
    """
    found: dict[str, None] = {}
    for label in labels:
        numbered = (f"{label} ({number})" for number in count(2))
        found[next(one for one in chain([label], numbered) if one not in found)] = None
    return list(found)


def runtime(minutes: int) -> str:
    """Return a runtime: "1 h 46 min", "2 h", "58 min"."""
    hours, rest = divmod(minutes, 60)
    return " ".join(
        part for part in (f"{hours} h" * bool(hours), f"{rest} min" * bool(rest)) if part
    )


def film(title: str, year: int | None) -> str:
    """Return "Heat (1995)", or the title alone when nobody knows the year."""
    return f"{title} ({year})" if year else title


def day(moment: datetime) -> str:
    """Return the day of `moment` where the app runs: "5 Dec 2015"."""
    return day_of(moment.astimezone().date())


def moment_of(moment: datetime) -> str:
    """Return the day and the time of `moment` where the app runs: "5 Dec 2015, 20:15"."""
    return f"{day(moment)}, {moment.astimezone():%H:%M}"


def day_of(date_: date) -> str:
    """Return a date shortly: "5 Dec 2015"."""
    return f"{date_.day} {date_:%b %Y}"


def long_day(day_: date) -> str:
    """Return a date as people say it: "Friday, 4 December 2026"."""
    return f"{day_:%A}, {day_.day} {day_:%B %Y}"


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Return how long ago `moment` (UTC) was: "just now", "5 minutes ago", "3 days ago"."""
    seconds = max(0, int(((now or datetime.now(UTC)) - moment).total_seconds()))
    steps: Sequence[tuple[int, str]] = ((86400, "day"), (3600, "hour"), (60, "minute"))
    for length, unit in steps:
        if seconds >= length:
            return f"{counted(seconds // length, unit)} ago"
    return "just now"
