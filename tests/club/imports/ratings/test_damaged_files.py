"""Damaged and hostile files of ratings are refused or survived; whatever is written comes back."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from club.errors import InvalidInput
from club.export import HEADER
from club.imports import ratings

HEADS = {
    "ratings.csv": "Date,Name,Year,Letterboxd URI,Rating",
    "diary.csv": "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date",
    "watched.csv": "Date,Name,Year,Letterboxd URI",
    "list.csv": "Letterboxd list export v7\nDate,Name\n\nPosition,Name,Year",
    "imdb.csv": "Const,Your Rating,Date Rated,Title,Title Type,Year",
    "own.csv": ",".join(HEADER),
    "plain.csv": "Title;Year;Rating;Member;Date;Movie_ID",
}
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
