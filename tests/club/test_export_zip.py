"""Exports promise: all of it, read back as it was, nothing that is sealed, the same bytes again."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from a_night import FRIDAY, decided, predictions
from everything import fill
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from club.errors import InvalidInput
from club.export import write_ratings
from club.exports import everything, for_letterboxd, packed, read_zip
from club.exports.cells import text, written
from club.exports.letterboxd import MOST_BYTES, MOST_ROWS
from club.exports.sheets import SHEETS
from club.store import Store

AT = datetime.datetime(2023, 11, 14, 22, 13, 20, tzinfo=datetime.UTC)
NASTY = '=1+1 “\'@x”, "q" 🎬 \u200fעברית;\té'


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
    return pd.concat([world(), store.movies()])


@pytest.fixture
def at_one_time(monkeypatch) -> None:
    for module in ("store", "people", "movies", "nights", "choosing"):
        monkeypatch.setattr(f"club.{module}._now", lambda: 1_700_000_000)


def exported(store: Store, folder: Path) -> dict[str, list[dict]]:
    (folder / "club.zip").write_bytes(everything(store, movies(store)))
    return read_zip(folder / "club.zip")


@given(st.text())
def test_every_text_is_read_back_and_none_begins_like_a_formula(said):
    assert text(written(said)) == said
    assert not written(said).startswith(tuple("=+-@\t\r\n＝＋－＠"))


@given(st.integers() | st.floats(allow_nan=False))
def test_numbers_are_read_back_and_are_never_touched(number):
    assert type(number)(written(number)) == number
    assert not written(number).startswith("'")


_LINES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=30
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(names=st.lists(_LINES, max_size=3), notes=st.lists(_LINES, max_size=4), word=_LINES)
def test_what_people_write_is_read_back_letter_by_letter(names, notes, word, tmp_path_factory):
    folder = tmp_path_factory.mktemp("club")
    store = Store(folder / "club.db")
    for name in names:
        with contextlib.suppress(InvalidInput):
            store.add_member(name)
    with contextlib.suppress(InvalidInput):
        store.add_guest("A guest", likes=[word])
    with contextlib.suppress(InvalidInput):
        store.nights.plan(FRIDAY, notes="\n".join(notes))
    found = exported(store, folder)
    everybody = store.members(include_guests=True)["name"]
    assert [row["member"] for row in found["members.csv"]] == list(everybody)
    words = [tuple(row["likes"]) for row in found["members.csv"] if row["is_guest"]]
    assert words == list(store.guests()["likes"])
    assert [row["notes"] for row in found["nights.csv"]] == [
        night.notes for night in store.nights.all()
    ]


def test_every_table_is_read_back_as_it_is_in_the_club(store, tmp_path, at_one_time):
    ana, gil = store.add_member(NASTY.replace("\t", "")), store.add_guest("'=Gil", [1], [2], "+x|'")
    gone = store.add_member("Gone")
    own = store.add_movie("@Ours", 2024, ["a|b", "-c"], "=k", overview="=o", aliases=["+a"])
    store.rate_many([(ana, 1, 4.5), (ana, own, 0.5), (gone, 2, 5)], changed_by="-Ana")
    store.remove_member(gone)
    store.mark_seen(ana, 3)
    store.add_to_shortlist(own)
    store.add_to_shortlist(2)
    night = store.nights.plan(
        FRIDAY,
        [ana, gil],
        starts_at=datetime.time(20, 15),
        place="=home",
        picker=ana,
        notes="Line “1”\n\n=line 3",
        longest=120,
        rewatch=True,
    )
    found = exported(store, tmp_path)
    names = {row["member_id"]: row["member"] for row in found["members.csv"]}
    assert names == {ana: NASTY.replace("\t", ""), gil: "'=Gil", gone: "Gone"}
    assert found["members.csv"][1] == {
        "member_id": gil,
        "member": "'=Gil",
        "is_guest": True,
        "likes": ["+x", "'"],
        "dislikes": [],
        "world_user_id": None,
        "joined_at": AT,
        "left_at": None,
    }
    assert [row["left_at"] for row in found["members.csv"]] == [None, None, AT]
    one, two = (
        {"movie_id": 1, "title": "-1, the “movie”", "year": None},
        {
            "movie_id": 2,
            "title": "-2, the “movie”",
            "year": 1990,
        },
    )
    ours = {"movie_id": own, "title": "@Ours", "year": 2024}
    me = {"member_id": ana, "member": names[ana]}
    assert found["ratings.csv"] == [
        {**me, **ours, "stars": 0.5, "rated_at": AT},
        {**me, **one, "stars": 4.5, "rated_at": AT},
        {"member_id": gone, "member": "Gone", **two, "stars": 5.0, "rated_at": AT},
    ]
    assert [
        (row["member"], row["movie_id"], row["stars"]) for row in found["guest_ratings.csv"]
    ] == [
        ("'=Gil", 1, 5.0),
        ("'=Gil", 2, 1.0),
    ]
    assert found["seen.csv"] == [
        {**me, "movie_id": 3, "title": "-3, the “movie”", "year": None, "marked_at": AT}
    ]
    (said,) = found["nights.csv"]
    assert said == {
        "night_id": night,
        "on": FRIDAY,
        "starts_at": datetime.time(20, 15),
        "place": "=home",
        "picker_id": ana,
        "picker": names[ana],
        "movie_id": None,
        "title": None,
        "notes": "Line “1”\n\n=line 3",
        "rewatch": True,
        "longest": 120,
        "voting": None,
        "drawn_movie_id": None,
        "draws": 0,
        "decided_at": None,
        "decided_by": None,
        "model": None,
        "club_version": None,
        "opened_at": None,
        "called_off_at": None,
        "created_at": AT,
    }
    assert [(row["night_id"], row["member_id"]) for row in found["attendance.csv"]] == [
        (night, ana),
        (night, gil),
    ]
    assert found["shortlist.csv"] == [
        {"position": 1, **ours, "added_at": AT},
        {"position": 2, **two, "added_at": AT},
    ]
    assert found["movies.csv"] == [
        {
            **ours,
            "genres": ["a|b", "-c"],
            "keywords": ["=k"],
            "runtime": None,
            "overview": "=o",
            "tmdb_id": None,
            "aliases": ["+a"],
            "added_at": AT,
        }
    ]
    told = ("member_id", "movie_id", "before", "after", "kind", "changed_by")
    assert [tuple(row[name] for name in told) for row in found["history.csv"]] == [
        (gil, 1, None, 5.0, "guest", None), (gil, 2, None, 1.0, "guest", None),
        (ana, 1, None, 4.5, "rate", "-Ana"), (ana, own, None, 0.5, "rate", "-Ana"),
        (gone, 2, None, 5.0, "rate", "-Ana"),
    ]  # fmt: skip
    assert found["club.csv"] == [
        {
            "format": 1,
            "name": store.club().name,
            "is_demo": False,
            "created_at": store.club().created_at,
            "for_others": True,
        }
    ]


def left_out(store: Store) -> str:
    """What the export says of it."""
    with zipfile.ZipFile(io.BytesIO(everything(store, movies(store)))) as archive:
        lines = archive.read("README.txt").decode().splitlines()
    (line,) = (line for line in lines if line.startswith("Left out"))
    return line.removeprefix("Left out because they are sealed: ")


def test_a_night_gives_away_its_votes_when_all_have_voted_and_its_stars_when_opened(
    store, tmp_path
):
    ana, bo = store.add_member("Ana"), store.add_member("Bo")
    night = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.edit(night, voting="approve")
    store.nights.veto(night, bo, 3)
    store.nights.vote(night, ana, [2, 1])
    assert exported(store, tmp_path)["votes.csv"] == []
    assert left_out(store) == "ballots 1, ratings of nights 0."
    store.nights.vote(night, bo, [])
    assert len(exported(store, tmp_path)["votes.csv"]) == 3
    store.nights.decide(night, 1, predictions([ana, bo]), model="m", by="votes")
    store.nights.rate(night, ana, 4.5)
    assert left_out(store) == "ballots 0, ratings of nights 1."
    found = exported(store, tmp_path)
    assert [
        (row["member"], row["place"], row["movie_id"], row["title"]) for row in found["votes.csv"]
    ] == [
        ("Ana", 1, 2, "-2, the “movie”"),
        ("Ana", 2, 1, "-1, the “movie”"),
        ("Bo", 1, None, ""),
    ]
    assert [(row["member"], row["movie_id"]) for row in found["vetoes.csv"]] == [("Bo", 3)]
    kept = store.nights.predictions().drop(columns="night_id").to_dict("records")
    names = [name for name in kept[0] if name in found["predictions.csv"][0]]
    assert names == list(kept[0])
    assert [{name: row[name] for name in names} for row in found["predictions.csv"]] == kept
    assert (found["night_ratings.csv"], found["ratings.csv"], found["history.csv"]) == ([], [], [])
    store.nights.open(night)
    found = exported(store, tmp_path)
    assert [(row["member"], row["stars"]) for row in found["night_ratings.csv"]] == [("Ana", 4.5)]
    assert [(row["member"], row["stars"]) for row in found["ratings.csv"]] == [("Ana", 4.5)]


def test_a_box_that_was_never_full_stays_sealed(store, tmp_path):
    ana, bo = store.add_member("Ana"), store.add_member("Bo")
    night = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.edit(night, voting="rank")
    store.nights.vote(night, ana, [2])
    store.nights.decide(night, 1, predictions([ana, bo]), model="m", by="the host")
    assert exported(store, tmp_path)["votes.csv"] == []
    assert left_out(store) == "ballots 1, ratings of nights 0."


def test_the_same_club_is_the_same_bytes(file, monkeypatch):
    store = fill(Store(file))
    first = everything(store, movies(store))
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    assert everything(store, movies(store)) == first
    store.add_member("Di")
    assert everything(store, movies(store)) != first


def test_no_file_of_a_club_with_all_kinds_of_rows_is_empty(file, tmp_path):
    found = exported(fill(Store(file)), tmp_path)
    assert list(found) == list(SHEETS)
    assert [name for name, rows in found.items() if not rows] == ["guest_ratings.csv"]


def test_the_readme_has_a_line_for_every_file(file):
    with zipfile.ZipFile(io.BytesIO(everything(Store(file), world()))) as archive:
        assert archive.testzip() is None
        names, said = archive.namelist(), archive.read("README.txt").decode()
    assert names == ["README.txt", *SHEETS, "checksums.txt"]
    assert [line.split(":")[0] for line in said.splitlines() if ".csv: " in line] == list(SHEETS)


def test_the_zip_has_the_ratings_that_export_writes(file):
    store = fill(Store(file))
    alone = io.StringIO(newline="")
    write_ratings(store, movies(store), alone)
    with zipfile.ZipFile(io.BytesIO(everything(store, movies(store)))) as archive:
        packed_ratings = archive.read("ratings.csv").decode()
    assert list(csv.reader(packed_ratings.splitlines())) == list(
        csv.reader(alone.getvalue().splitlines())
    )


@pytest.mark.parametrize("title", ["a\rb", "a\nb", "\r\n", '"', ",", "", " a "])
def test_titles_of_any_world_stay_in_their_cells(file, tmp_path, title):
    store = Store(file)
    store.rate(store.add_member("Ana"), 1, 5)
    (tmp_path / "club.zip").write_bytes(everything(store, world(1).assign(title=title)))
    (row,) = read_zip(tmp_path / "club.zip")["ratings.csv"]
    assert (row["title"], row["stars"]) == (title, 5.0)


@pytest.mark.parametrize("content", [b"", b"PK", packed({"ratings.csv": b"title\r\n"})])
def test_what_is_no_export_is_refused(content, tmp_path):
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="is no export of a club"):
        read_zip(path)


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def test_letterboxd_gets_stars_numbers_and_the_nights_on_which_it_was_watched(store):
    ana, bo = store.add_member("Ana"), store.add_member("Bo")
    store.rate_many([(ana, 1, 4), (ana, 2, 3.5), (bo, 3, 1), (ana, 4, 5)])
    store.mark_seen(ana, 3)
    for movie, stars in ((1, 4.5), (3, 2)):
        night = decided(store, [ana, bo], movie)
        store.nights.rate(night, bo, stars)
        if movie == 1:
            store.nights.rate(night, ana, stars)
        else:
            store.nights.open(night)  # Ana was there and gave no stars
    decided(store, [ana, bo], 2)  # nobody knows whether it took place
    (content,) = for_letterboxd(store, world(3), ana).values()  # a world without movie 4
    assert content.startswith(
        b"LetterboxdURI,tmdbID,imdbID,Title,Year,Directors,Rating,Rating10,WatchedDate,Rewatch,"
        b"Tags,Review\r\n"
    )
    empty = ("LetterboxdURI", "imdbID", "Directors", "Rating10", "Tags", "Review")
    rows = table(content)
    assert {row[name] for row in rows for name in empty} == {""}
    assert [tuple(value for name, value in row.items() if name not in empty) for row in rows] == [
        ("71", "'-1, the “movie”", "", "4.5", "2024-05-03", "true"),
        ("", "'-2, the “movie”", "1990", "3.5", "", ""),
        ("73", "'-3, the “movie”", "", "", "2024-05-03", "false"),
    ]


def test_a_movie_of_several_nights_is_watched_again(store):
    ana = store.add_member("Ana")
    for day, stars in ((1, 3), (8, 4)):
        store.nights.rate(decided(store, [ana], on=datetime.date(2024, 5, day)), ana, stars)
    (content,) = for_letterboxd(store, world(), ana).values()
    assert [(row["Rating"], row["WatchedDate"], row["Rewatch"]) for row in table(content)] == [
        ("4", "2024-05-01", "false"),
        ("4", "2024-05-08", "true"),
    ]


@pytest.mark.parametrize(("title", "files"), [("Heat", 2), ("長" * 200, 3)])
def test_many_movies_are_split_into_files_that_letterboxd_takes(file, title, files):
    store, count = Store(file), 3_800
    ana = store.add_member("Ana")
    store.rate_many([(ana, movie, 3) for movie in range(1, count + 1)])
    parts = for_letterboxd(store, world(count).assign(title=title), ana)
    assert list(parts) == [f"letterboxd-{number}.csv" for number in range(1, files + 1)]
    assert max(map(len, parts.values())) <= MOST_BYTES
    rows = [row for part in parts.values() for row in table(part)]
    assert max(len(table(part)) for part in parts.values()) <= MOST_ROWS
    assert len(rows) == count
