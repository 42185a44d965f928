"""python -m club import: the same as the page, in one line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import sources

from club.cli import main
from club.store import Store

pytestmark = pytest.mark.usefixtures("_loaded_once")


@pytest.fixture
def ours(file: Path) -> Path:
    Store(file).members.add("Ana")
    return file


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(
        "Title,Year,Rating\nHeat,1995,9\nMatrix,1999,7\nMatrixx,1999,8\nNova,2090,3\n=zzz,2091,2\n"
    )
    return path


def run(file: Path, *arguments: object) -> int:
    return main(["import", "--database", str(file), *map(str, arguments)])


def given(file: Path) -> dict[int, float]:
    ratings = Store(file).ratings.current()
    return dict(zip(ratings["movie_id"], ratings["rating"], strict=True))


def test_import_writes_certain_rows_and_lists_the_rest(
    ours: Path, mine: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    assert run(ours, mine, "--member", "ana", "--rejected", out) == 0
    assert capsys.readouterr() == (
        "mine.csv: A table of ratings\n"
        "         1  New\n"
        "         0  Already there\n"
        "         0  Other stars\n"
        "         2  To decide\n"
        "         2  Not found\n"
        "         0  Left out\n"
        "The catalogue lacks 2 of these movies; --add-missing keeps them as the club's own.\n"
        "1 rating written.\n",
        "",
    )
    assert given(ours) == {6: 4.5}
    assert [row[2:7] for row in csv.reader(out.read_text("utf-8").splitlines()[1:])] == [
        ["a movie has nearly the same name", "The Matrix (1999)", "", "Matrix", "1999"],
        ["a movie has nearly the same name", "The Matrix (1999)", "", "Matrixx", "1999"],
        ["no movie of that name is known here", "", "", "Nova", "2090"],
        ["no movie of that name is known here", "", "", "'=zzz", "2091"],
    ]
    assert run(ours, mine, "--member", "Ana") == 0
    assert "1  Already there" in capsys.readouterr().out
    assert Store(ours).version() == 2


def test_import_dry_run_as_json(ours: Path, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ours, mine, "--member", "Bo", "--new-member", "--dry-run", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["files"], told["changed"]) == ({"mine.csv": "A table of ratings"}, False)
    assert (told["written"], told["counts"]["To decide"]) == (1, 2)
    assert Store(ours).members.all()["name"].tolist() == ["Ana"]


def test_import_new_member(ours: Path, mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(ours, mine, "--member", "Bo") == 2
    assert capsys.readouterr() == (
        "",
        "python -m club import: There is no member called Bo; --new-member adds them.\n",
    )
    assert run(ours, mine, "--member", "Bo", "--new-member") == 0
    assert Store(ours).members.all()["name"].tolist() == ["Ana", "Bo"]


def test_import_without_stars(
    ours: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = {"watched.csv": ("Heat", 1995), "watchlist.csv": ("Fargo", 1996)}
    for name, row in rows.items():
        head = ("Date", "Name", "Year", "Letterboxd URI")
        (tmp_path / name).write_text(sources.table(head, ("2024-01-01", *row, "u")))
    paths = [tmp_path / name for name in rows]
    assert run(ours, *paths, "--member", "Ana") == 0
    out = capsys.readouterr().out
    assert "1  without stars, taken for seen\n" in out
    assert "1  for a watchlist" in out
    assert out.endswith("0 ratings written.\n")
    club = Store(ours)
    assert club.watchlists.of(int(club.members.all().index[0])) == [608]


def test_import_adds_what_is_missing(
    ours: Path, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(ours, mine, "--member", "Ana", "--add-missing", "--scale", "10") == 0
    assert "3  movies added to the club's own\n" in capsys.readouterr().out
    assert sorted(given(ours).values()) == [1.0, 1.5, 3.5, 4.0, 4.5]
    assert run(ours, mine, "--member", "Ana", "--add-missing", "--scale", "10") == 0
    assert "5  Already there" in capsys.readouterr().out
    assert len(Store(ours).movies.own()) == 3


@pytest.mark.parametrize(
    ("text", "arguments", "line"),
    [
        ("Title,Rating\nUp,3.5\n", [], "x.csv does not say whose ratings it holds: name --member."),
        (
            "Title,Rating,User\nUp,3,A\nUp,3.5,B\n",
            ["--member", "Ana"],
            "x.csv names 2 people itself; leave out --member.",
        ),
        (
            "Title,Rating\n" + "Up,3.5\n" * 99 + "Up,8\n",
            ["--member", "Ana"],
            "x.csv: Only 1 of 100 ratings is above 5. Say --scale 5, 10 or 100 for where they end.",
        ),
        (
            "userId,movieId,rating\n15,6,4.5\n",
            [],
            "x.csv has numbers in place of titles: say --numbers movielens or tmdb.",
        ),
        ("x\n", ["--member", "Ana", "--scale", "7"], "argument --scale: invalid choice: 7"),
        ("", ["--member", "Ana"], "x.csv is empty or no table."),
    ],
)
def test_import_bad_input_is_one_line_and_status_2(  # noqa: PLR0917
    ours: Path,
    tmp_path: Path,
    text: str,
    arguments: list[str],
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text)
    try:
        status: object = run(ours, path, *arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert error.startswith(f"python -m club import: {line}")
    assert Store(ours).ratings.current().empty
