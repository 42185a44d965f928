"""What leaves the club as tables and calendars carries texts that mean harm as mere text."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hostile_club import spoil
from hostile_texts import NAMES, NOTES, TITLES
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar
from test_calendar import NIGHT

from club.__main__ import main
from club.calendar import calendar_file
from club.errors import InvalidInput
from club.export import safe_cell, write_ratings
from club.exports import everything, for_letterboxd, read_zip
from club.store import Store

CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
ALIEN = [*NAMES, *TITLES, NOTES]
ALIEN += ["a\rb", "\x1b[2J\x00", "\u2028", "\ud800", "a\r\nEND:VEVENT", "a\\nb", "a;b,c:d"]
STARTS = tuple("=+-@\t\r\n＝＋－＠")


@pytest.fixture(scope="module")
def spoiled(new_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A club of eight members in which every text means harm."""
    store = Store(shutil.copy(new_file, tmp_path_factory.mktemp("hostile") / "club.db"))
    for number in range(8):
        store.add_member(f"member {number}")
    spoil(store)
    return store


def cells(table: bytes) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(table.decode("utf-8"), newline=""))


def never_computed(table: bytes) -> list[list[str]]:
    """The rows of a table; none has another number of cells, and no text is a formula."""
    rows = list(cells(table))
    assert {len(row) for row in rows} == {len(rows[0])}
    for cell in (cell for row in rows for cell in row):
        assert not cell.startswith(STARTS) or re.fullmatch(r"-\d+(\.\d+)?", cell), cell
    return rows


def test_no_cell_of_an_export_is_a_formula_and_all_come_back(
    spoiled: Store, tmp_path: Path
) -> None:
    movies = spoiled.movies()
    packed = everything(spoiled, movies)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        for name in archive.namelist():
            if name.endswith(".csv"):
                never_computed(archive.read(name))
    (tmp_path / "club.zip").write_bytes(packed)
    back = read_zip(tmp_path / "club.zip")
    assert [row["member"] for row in back["members.csv"]][:8] == list(NAMES)
    assert [row["title"] for row in back["movies.csv"]] == movies["title"][::-1].tolist()
    out = io.StringIO(newline="")
    write_ratings(spoiled, movies, out)
    assert len(never_computed(out.getvalue().encode())) == 1 + len(spoiled.ratings())


def test_letterboxd_gets_titles_and_no_formula(spoiled: Store) -> None:
    (table,) = for_letterboxd(spoiled, spoiled.movies(), 1).values()
    titles = {row[3] for row in never_computed(table)[1:]}
    assert titles <= {safe_cell(title) for title in spoiled.movies()["title"]}
    assert len(titles) == 8


@example(NAMES[0], TITLES[2], NOTES)
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


def test_a_name_does_not_reach_a_terminal_but_as_letters(
    spoiled: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = tmp_path / "backup.db"
    for text in ("\x1b[2J", "\x9b2J", "a\x07", "a\rb", "\x7f"):
        with pytest.raises(InvalidInput):
            spoiled.add_member(text)
    assert main(["backup", str(backup), "--database", str(spoiled.file)]) == 0
    assert main(["members", "--database", str(spoiled.file)]) == 0
    assert main(["restore", str(backup), "--database", str(tmp_path / "club.db")]) == 0
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert all(name in out for name in NAMES)
