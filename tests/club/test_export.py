from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from club.__main__ import main
from club.export import safe_cell, write_ratings
from club.exports import read_zip
from club.store import Store

MOVIES = pd.DataFrame(
    {"title": ["Heat", "=SUM(A1:A9)"], "year": pd.array([1995, None], dtype="Int64")}, index=[1, 2]
)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "＝1", "'=1", "''@x"])
def test_cells_that_a_spreadsheet_would_compute_get_an_apostrophe(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Heat", "", "O'Brien", "'Round Midnight", "1=1", "3 - 2"])
def test_other_cells_stay_as_they_are(text):
    assert safe_cell(text) == text


@given(st.text(alphabet="='+-@ a", max_size=5), st.text(alphabet="='+-@ a", max_size=5))
def test_no_two_texts_become_the_same_cell(one, other):
    assert (safe_cell(one) == safe_cell(other)) == (one == other)


def test_ratings_are_written_with_names_titles_and_times(store, monkeypatch):
    monkeypatch.setattr("club.store._now", lambda: 1_700_000_000)
    zoe, evil = store.add_member("Zoë, the 1st"), store.add_member("=cmd()")
    store.rate_many([(zoe, 1, 4.5), (zoe, 2, 0.5), (evil, 3, 5)])
    store.remove_member(evil)
    file = io.StringIO(newline="")
    assert write_ratings(store, MOVIES, file) == 3
    at = "2023-11-14T22:13:20Z"
    assert list(csv.reader(io.StringIO(file.getvalue()))) == [
        ["member_id", "member", "movie_id", "title", "year", "stars", "rated_at"],
        [str(zoe), "Zoë, the 1st", "1", "Heat", "1995", "4.5", at],
        [str(zoe), "Zoë, the 1st", "2", "'=SUM(A1:A9)", "", "0.5", at],
        [str(evil), "'=cmd()", "3", "", "", "5.0", at],
    ]


def test_an_empty_club_has_only_the_header(store):
    file = io.StringIO(newline="")
    assert write_ratings(store, MOVIES, file) == 0
    assert file.getvalue() == "member_id,member,movie_id,title,year,stars,rated_at\n"


@pytest.fixture
def ours(file) -> Path:
    store = Store(file)
    ana = store.add_member("Ana Łuczak")
    store.rate_many([(ana, 1, 4.5), (ana, 2, 3)])
    return file


def export(*arguments: object) -> int:
    return main(["export", *map(str, arguments)])


def test_everything_is_written_as_one_zip(ours, capsys, tmp_path):
    output = tmp_path / "club.zip"
    assert export("--database", ours, "--format", "all", "--output", output) == 0
    assert capsys.readouterr() == (f"All that the club knows is in {output}.\n", "")
    assert [row["title"] for row in read_zip(output)["ratings.csv"]] == ["Toy Story", "Jumanji"]
    assert [path.name for path in tmp_path.iterdir() if path != ours] == ["club.zip"]


def test_letterboxd_is_written_as_csv_or_zip_or_shown(ours, capsys, tmp_path):
    what = ("--database", ours, "--format", "letterboxd", "--member", "ana ŁUCZAK")
    assert export(*what) == 0
    shown = capsys.readouterr().out
    assert "Toy Story,1995,,4.5,,," in shown
    for name in ("ana.csv", "ana.zip"):
        assert export(*what, "--output", tmp_path / name) == 0
        assert capsys.readouterr().out == f"Ana Łuczak's movies are in {tmp_path / name}.\n"
    assert (tmp_path / "ana.csv").read_text("utf-8") == shown.replace("\r\n", "\n")
    with zipfile.ZipFile(tmp_path / "ana.zip") as archive:
        assert archive.read("letterboxd.csv") == (tmp_path / "ana.csv").read_bytes()


def test_more_than_letterboxd_takes_at_once_needs_a_zip(ours, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("club.exports.letterboxd.MOST_ROWS", 1)
    what = ("--database", ours, "--format", "letterboxd", "--member", "Ana Łuczak")
    assert export(*what) == 2
    assert capsys.readouterr() == (
        "",
        "python -m club export: Ana Łuczak's movies take 2 files of Letterboxd's size: "
        "name --output FILE.zip for all of them.\n",
    )
    assert export(*what, "--output", tmp_path / "ana.zip") == 0
    with zipfile.ZipFile(tmp_path / "ana.zip") as archive:
        assert archive.namelist() == ["letterboxd-1.csv", "letterboxd-2.csv"]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--format", "all"], "A ZIP is nothing for the screen: name --output FILE."),
        (["--format", "letterboxd"], "--format letterboxd and --member NAME go together."),
        (["--member", "Ana"], "--format letterboxd and --member NAME go together."),
        (["--format", "letterboxd", "--member", "Eve"], "There is no member called Eve."),
    ],
)
def test_an_export_that_cannot_be_is_one_line_and_status_2(ours, arguments, line, capsys):
    assert export("--database", ours, *arguments) == 2
    assert capsys.readouterr() == ("", f"python -m club export: {line}\n")


def test_an_export_that_fails_leaves_what_was_there(ours, capsys, tmp_path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    output = folder / "ratings.csv"
    output.write_text("before")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert export("--database", ours, "--output", output) == 2
    assert capsys.readouterr().err == (
        f"python -m club export: {output} cannot be written: No space left on device.\n"
    )
    assert output.read_text() == "before"
    assert list(folder.iterdir()) == [output]


def test_a_link_stays_one_and_a_device_is_written_to(ours, tmp_path):
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    assert export("--database", ours, "--output", link) == 0
    assert link.is_symlink()
    assert target.read_text("utf-8").startswith("member_id,")
    assert export("--database", ours, "--output", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()
