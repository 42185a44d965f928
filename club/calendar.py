"""The club's nights as a file that calendars read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vText

from club.nights import Night

USUAL_MINUTES = 180  # where nobody knows how long the movie takes
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")


def calendar_file(
    nights: Sequence[Night],
    *,
    titles: Mapping[int, str],
    names: Mapping[int, str],
    runtimes: Mapping[int, int],
    club_name: str,
) -> bytes:
    """Return an iCalendar file (RFC 5545) with one event a night.

    Times are local ones of no time zone: 19:30 is 19:30 wherever the calendar is. A night without
    a time takes all day. The same night has the same UID in every file, so that importing a newer
    one replaces it.

    Args:
        titles: of the movies, by movie id.
        names: of the people, by member id.
        runtimes: minutes, by movie id, where they are known.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//movie-club//nights//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", vText(_letters(club_name)))  # by itself it would not be escaped
    now = datetime.now(UTC)
    for night in nights:
        title = "movie night" if night.movie is None else titles.get(night.movie, "movie night")
        people = [names[person] for person in night.present if person in names]
        event = Event()
        event.add("uid", f"night-{night.night_id}@movie-club")
        event.add("dtstamp", now)
        event.add("summary", _letters(f"{club_name}: {title}"))
        _add_times(event, night, runtimes)
        if night.place:
            event.add("location", _letters(night.place))
        if people or night.notes:
            present = f"With {', '.join(people)}." if people else ""
            told = "\n\n".join(part for part in (present, night.notes) if part)
            event.add("description", _letters(told))
        event.add("status", "CANCELLED" if night.called_off else "CONFIRMED")
        calendar.add_component(event)
    return calendar.to_ical()


def _add_times(event: Event, night: Night, runtimes: Mapping[int, int]) -> None:
    if night.starts_at is None:
        event.add("dtstart", night.on)
        event.add("dtend", night.on + timedelta(days=1))
        return
    minutes = USUAL_MINUTES if night.movie is None else runtimes.get(night.movie, USUAL_MINUTES)
    start = datetime.combine(night.on, night.starts_at)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=minutes))


def _letters(text: str) -> str:
    """Return text of a calendar (RFC 5545, 3.3.11): lines, without any other control character."""
    return "\n".join(_CONTROLS.sub("", line) for line in text.splitlines())
