import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time

import pytest
from hostile_texts import NAMES, NOTES, TITLES
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from club.calendar import calendar_file
from club.nights import Night

CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
ALIEN = [*NAMES, *TITLES, NOTES]
ALIEN += ["a\rb", "\x1b[2J\x00", "\u2028", "\ud800", "a\r\nEND:VEVENT", "a\\nb", "a;b,c:d"]
NOTHING_ELSE = dict.fromkeys(field.name for field in fields(Night))
FACTS = {
    "night_id": 7,
    "on": date(2024, 12, 31),
    "starts_at": time(22, 30),
    "place": "Bo's sofa; left, then right",
    "movie": 50,
    "notes": "Bring crisps.\nRing twice.",
    "present": (1, 2, 99),
}
NIGHT = Night(**NOTHING_ELSE | FACTS)


def written(*nights: Night) -> bytes:
    return calendar_file(
        nights,
        titles={50: "Up"},
        names={1: "Ana", 2: "Bo"},
        runtimes={50: 96},
        club_name="Friday film club",
    )


def event(night: Night):
    (found,) = Calendar.from_ical(written(night)).walk("VEVENT")
    return found


def test_a_night_is_one_event_in_local_time():
    found = event(NIGHT)
    assert found["UID"] == "night-7@movie-club"
    assert found["SUMMARY"] == "Friday film club: Up"
    assert found["LOCATION"] == "Bo's sofa; left, then right"
    assert found["DESCRIPTION"] == "With Ana, Bo.\n\nBring crisps.\nRing twice."
    assert found["STATUS"] == "CONFIRMED"
    assert found["DTSTART"].dt == datetime(2024, 12, 31, 22, 30)
    assert found["DTEND"].dt == datetime(2025, 1, 1, 0, 6)
    assert b"TZID" not in written(NIGHT)
    assert found["DTSTAMP"].dt.tzinfo is not None
    assert abs(found["DTSTAMP"].dt - datetime.now(UTC)).total_seconds() < 60


@pytest.mark.parametrize("movie", [None, 51], ids=["no movie", "of unknown length and title"])
def test_a_night_of_which_little_is_known_takes_three_hours(movie):
    found = event(replace(NIGHT, movie=movie, place="", notes="", present=(), called_off=True))
    assert found["STATUS"] == "CANCELLED"
    assert found["SUMMARY"] == "Friday film club: movie night"
    assert found["DTEND"].dt == datetime(2025, 1, 1, 1, 30)
    assert "LOCATION" not in found
    assert "DESCRIPTION" not in found


def test_a_night_without_a_time_takes_all_day():
    lines = written(replace(NIGHT, starts_at=None)).decode().split("\r\n")
    assert "DTSTART;VALUE=DATE:20241231" in lines
    assert "DTEND;VALUE=DATE:20250101" in lines


def test_the_file_is_a_calendar_of_the_club_with_all_nights():
    nights = [replace(NIGHT, night_id=number) for number in (3, 2, 1)]
    calendar = Calendar.from_ical(written(*nights))
    found = [event["UID"] for event in calendar.walk("VEVENT")]
    assert found == [f"night-{number}@movie-club" for number in (3, 2, 1)]
    assert (calendar["VERSION"], calendar["X-WR-CALNAME"]) == ("2.0", "Friday film club")
    assert not list(Calendar.from_ical(written()).walk("VEVENT"))


@settings(max_examples=10)
@example(NAMES[0], TITLES[2], NOTES)
@example("a", "x\nEND:VEVENT\r\nBEGIN:VEVENT", "b")
@given(*[st.sampled_from(ALIEN) | st.text()] * 3)
def test_a_calendar_is_one_event_whatever_its_texts_say(name: str, title: str, notes: str) -> None:
    night = replace(NIGHT, place=title, notes=notes)
    raw = calendar_file(
        [night], titles={50: title}, names={1: name, 2: "Bo"}, runtimes={}, club_name=name
    )
    lines = raw.decode("utf-8").split("\r\n")
    assert not [line for line in lines if CONTROLS.search(line) or len(line.encode()) > 75]
    assert sum(line.startswith(("BEGIN:", "END:")) for line in lines) == 4
    calendar = Calendar.from_ical(raw)
    (event,) = calendar.walk("VEVENT")
    if (name + title).isprintable() and "\\N" not in name + title:  # icalendar takes it for a line
        assert event["SUMMARY"] == f"{name}: {title}"
        assert re.sub(r"\\([\\;,])", r"\1", calendar["X-WR-CALNAME"]) == name
