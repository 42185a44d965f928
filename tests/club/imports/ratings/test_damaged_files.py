"""Damaged and hostile files of ratings are refused or survived; whatever is written comes back."""

from __future__ import annotations

import contextlib
import csv
import io
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from club.errors import InvalidInput
from club.export import HEADER, safe_cell
from club.imports import ratings
from club.imports.ratings import cells
from club.imports.ratings.rows import stars_of
from club.imports.tables import SEPARATORS
from club.validation import tidied

HEADS = {
    "ratings.csv": "Date,Name,Year,Letterboxd URI,Rating",
    "diary.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date",
    "watched.csv": "Date,Name,Year,Letterboxd URI",
    "list.csv": "Letterboxd list export v7\nDate,Name\n\nPosition,Name,Year",
    "imdb.csv": "Const,Your Rating,Date Rated,Title,Title Type,Year",
    "own.csv": ",".join(HEADER),
    "plain.csv": "Title;Year;Rating;Member;Date;Movie_ID",
}
NOON = time(12)
QUIET = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def refused(path: Path, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence) as caught:
        ratings.read(path)
    assert "\n" not in str(caught.value)


def test_too_many_rows(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("Title,Rating\n" + "a,1\n" * 100_001)
    refused(path, "long.csv has more than 100,000 rows")


def test_nuls_formulas_and_endless_cells(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    text = 'Title,Rating\nU\x00p,4.5\n=1+1,3\n"' + "x" * (2 << 20) + '",1\n"open, 1\nHeat,2\n'
    path.write_text(text)
    found = ratings.read(path)
    assert [(row.title, row.rating) for row in found.ratings] == [("Up", 4.5), ("=1+1", 3.0)]
    assert {row.reason for row in found.rejected} >= {"no row of a table"}


@QUIET
@given(st.sampled_from(sorted(HEADS)), st.one_of(st.text(max_size=150), st.binary(max_size=150)))
@example("plain.csv", b"\xff\xfe\x00")
@example("list.csv", b"Letterboxd list export v7")
def test_any_content_is_read_or_refused(tmp_path: Path, name: str, content: str | bytes) -> None:
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    for body in (raw, HEADS[name].encode() + b"\n" + raw):
        (tmp_path / name).write_bytes(body)
        with contextlib.suppress(InvalidInput):
            found = ratings.read(tmp_path / name)
            for row in (*found.ratings, *found.seen, *found.wished):
                assert 1 <= len(row.title) <= 200
                assert row.year is None or 1870 <= row.year <= 2100
                assert row.at is None or row.at >= 0


def is_a_title(text: str) -> bool:
    """Tell whether a text can stand in a file as it is, and no year ends it."""
    return bool(text) and cells.text_of(text) == text == tidied(text, 200) and text[-1] != ")"


TITLES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=30).filter(
    is_a_title
)
ROWS = st.lists(
    st.tuples(
        TITLES,
        st.one_of(st.none(), st.integers(1870, 2100)),
        st.integers(1, 10),
        st.dates(date(1971, 1, 1), date(2024, 1, 1)),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0].casefold(),
)


def came_back(path: Path, rows: list) -> None:
    found = ratings.read(path)
    assert found.rejected == ()
    assert [
        (row.title, row.year, stars_of(row.rating, found.scale.top), row.at)
        for row in found.ratings
    ] == [
        (title, year, halves / 2, int(datetime.combine(day, NOON, UTC).timestamp()))
        for title, year, halves, day in rows
    ]


@QUIET
@given(
    ROWS,
    st.sampled_from(SEPARATORS),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from(["{}/10", "{}0%", "half", "comma"]),
)
def test_table_round_trip(
    tmp_path: Path, rows: list, separator: str, encoding: str, scale: str
) -> None:

    def written(halves: int) -> str:
        stars = f"{halves / 2:.1f}/5"
        return {"half": stars, "comma": stars.replace(".", ",")}.get(scale, scale.format(halves))

    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["Rating", "Title", "Year", "Date"])
    for title, year, halves, day in rows:
        writer.writerow([written(halves), safe_cell(title), year or "", day])
    (tmp_path / "plain.csv").write_bytes(out.getvalue().encode(encoding))
    came_back(tmp_path / "plain.csv", rows)
