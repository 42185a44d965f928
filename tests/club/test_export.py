"""Exports: all of it but what is hidden, as plain text, in files that other programs read."""

import csv
import io
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from a_night import FRIDAY, predictions
from everything import fill
from hostile_club import spoil
from hypothesis import given
from hypothesis import strategies as st

from club import export
from club.store import Store

STARTS = tuple("=+-@\t\r\n＝＋－＠")


def world(count: int = 4) -> pd.DataFrame:
    """Movies 1..count."""
    ids = list(range(1, count + 1))
    return pd.DataFrame(
        {
            "title": [f"-{number}, the “movie”" for number in ids],
            "year": pd.array([None if number % 2 else 1990 for number in ids], dtype="Int64"),
            "tmdb_id": pd.array([None if number == 2 else 70 + number for number in ids], "Int64"),
        },
        index=pd.Index(ids, name="movie_id"),
    )


def movies(store: Store) -> pd.DataFrame:
    return pd.concat([world(), store.movies.own()])


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def exported(store: Store) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(export.everything(store, movies(store)))) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name.endswith(".csv")]
        return {name: table(archive.read(name)) for name in names}


# Cells


@pytest.mark.parametrize(
    ("text", "is_marked"),
    [
        *[(text, True) for text in ("=1+1", "+1", "-1", "@x", "\tx", "＝1", "'=1", "''@x")],
        *[(text, False) for text in ("Heat", "", "O'Brien", "'Round Midnight", "1=1", "3 - 2")],
    ],
)
def test_safe_cell_marks_what_a_spreadsheet_would_compute(text, is_marked) -> None:
    assert export.safe_cell(text) == ("'" * is_marked) + text


@given(st.text(alphabet="='+-@ a", max_size=5), st.text(alphabet="='+-@ a", max_size=5))
def test_safe_cell_maps_no_two_texts_to_one(one, other) -> None:
    assert (export.safe_cell(one) == export.safe_cell(other)) == (one == other)


# Ratings


def test_ratings_have_names_titles_and_times(store) -> None:
    zoe, evil = store.members.add("Zoë, the 1st"), store.members.add("=cmd()")
    store.ratings.rate_many([(zoe, 1, 4.5), (zoe, 2, 0.5), (evil, 9, 5)])
    store.members.remove(evil)
    header, *rows = csv.reader(io.StringIO(export.ratings_csv(store, world()).decode()))
    assert header == export.HEADER
    assert [row[:6] for row in rows] == [
        [str(zoe), "Zoë, the 1st", "1", "'-1, the “movie”", "", "4.5"],
        [str(zoe), "Zoë, the 1st", "2", "'-2, the “movie”", "1990", "0.5"],
        [str(evil), "'=cmd()", "9", "", "", "5.0"],
    ]
    assert {bool(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", row[6])) for row in rows} == {
        True
    }


# Everything


@pytest.mark.either_database
def test_everything_has_rows_of_every_table(store) -> None:
    gil = fill(store).members.add_guest("Gil", [1], [2], "+x|'")
    found = exported(store)
    assert found["ratings.csv"] == table(export.ratings_csv(store, movies(store)))
    assert [name for name, rows in found.items() if not rows] == []
    assert {row["member"] for row in found["guest_ratings.csv"]} == {"Gil"}
    assert {int(row["member_id"]) for row in found["ratings.csv"]}.isdisjoint({gil})
    assert found["movies.csv"][-1]["overview"] == "Line 1 Line 2 ☂"
    secret = {"name_key", "identity", "club_id", "calendar_key"}
    assert not secret & {c for rows in found.values() for c in rows[0]}


def test_everything_shows_votes_and_stars_of_a_night_only_when_they_are_shown(store) -> None:
    ana, bo = store.members.add("Ana"), store.members.add("Bo")
    night = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.edit(night, voting="approve")
    store.nights.veto(night, bo, 3)
    store.nights.vote(night, ana, [2, 1])
    never = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.edit(never, voting="rank")
    store.nights.vote(never, ana, [2])
    store.nights.decide(never, 1, predictions([ana, bo]), model="m", by="the host")
    assert exported(store)["votes.csv"] == []
    store.nights.vote(night, bo, [])
    votes = [(row["member"], row["choices"]) for row in exported(store)["votes.csv"]]
    assert votes == [("Ana", "'-2, the “movie”; -1, the “movie”"), ("Bo", "")]
    store.nights.decide(night, 1, predictions([ana, bo]), model="m", by="votes")
    store.nights.rate(night, ana, 4.5)
    found = exported(store)
    assert (found["night_ratings.csv"], found["ratings.csv"], found["history.csv"]) == ([], [], [])
    assert [(row["member"], row["movie_id"]) for row in found["vetoes.csv"]] == [("Bo", "3")]
    assert {float(row["low"]) for row in found["predictions.csv"]} == {2.25}
    store.nights.reveal(night)
    found = exported(store)
    for name in ("night_ratings.csv", "ratings.csv"):
        assert [(row["member"], row["stars"]) for row in found[name]] == [("Ana", "4.5")]


def test_no_cell_of_hostile_texts_is_a_formula(tmp_path) -> None:
    store = Store(Path(tmp_path, "club.db"))
    for number in range(8):
        store.members.add(f"member {number}")
    spoil(store)
    tables = [
        export.ratings_csv(store, store.movies.own()),
        export.for_letterboxd(store, store.movies.own(), 1),
    ]
    with zipfile.ZipFile(io.BytesIO(export.everything(store, store.movies.own()))) as archive:
        tables += [archive.read(name) for name in archive.namelist() if name.endswith(".csv")]
    for content in tables:
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
        assert {len(row) for row in rows} == {len(rows[0])}
        for cell in (cell for row in rows for cell in row):
            assert not cell.startswith(STARTS) or re.fullmatch(r"-\d+(\.\d+)?", cell), cell


# For Letterboxd


def test_letterboxd_has_stars_and_numbers_of_what_was_rated_or_seen(store) -> None:
    ana, bo = store.members.add("Ana"), store.members.add("Bo")
    store.ratings.rate_many([(ana, 1, 4), (ana, 2, 3.5), (bo, 3, 1), (ana, 4, 5)])
    store.members.mark_seen(ana, 3)
    catalogue = world(3).assign(imdb_id=["", "tt0000002", ""])  # without movie 4
    header, *rows = csv.reader(io.StringIO(export.for_letterboxd(store, catalogue, ana).decode()))
    assert header == ["imdbID", "tmdbID", "Title", "Year", "Rating"]
    assert rows == [
        ["", "71", "'-1, the “movie”", "", "4.0"],
        ["tt0000002", "", "'-2, the “movie”", "1990", "3.5"],
        ["", "73", "'-3, the “movie”", "", ""],
    ]
