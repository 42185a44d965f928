"""python -m club import: the same as the page, in one line."""

import csv
import json
from pathlib import Path

import pytest
import sources

from club.cli import main
from club.store import Store


@pytest.fixture
def ours(file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("club.cli.load_bundled", sources.world)
    Store(file).members.add("Ana")
    return file


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("Title,Year,Rating\nHeat,1995,9\nHeatt,1995,8\nNova,2090,3\n=zzz,2091,2\n")
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
        "         1  To decide\n"
        "         2  Not found\n"
        "         0  Left out\n"
        "The catalogue lacks 2 of these movies; --add-missing keeps them as the club's own.\n"
        "1 rating written.\n",
        "",
    )
    assert given(ours) == {6: 4.5}
    assert [row[3:7] for row in csv.reader(out.read_text("utf-8").splitlines()[1:])] == [
        ["Heat (1995)", "", "Heatt", "1995"],
        ["", "", "Nova", "2090"],
        ["", "", "'=zzz", "2091"],
    ]


def test_import_new_member_and_what_is_missing(
    ours: Path, mine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bo = (ours, mine, "--member", "Bo", "--add-missing", "--scale", "10", "--json")
    assert run(*bo) == 2
    assert "There is no member called Bo; --new-member adds them." in capsys.readouterr().err
    assert run(*bo, "--new-member", "--dry-run") == 0
    assert json.loads(capsys.readouterr().out) == {
        "files": {"mine.csv": "A table of ratings"},
        "changed": False,
        "written": 4,
        "counts": {
            "New": 1, "Already there": 0, "Other stars": 0, "To decide": 0, "Not found": 3,
            "Left out": 0,
        },
        "seen": 0,
        "watchlist": 0,
        "added": 3,
        "notes": [],
    }  # fmt: skip
    assert Store(ours).members.all()["name"].tolist() == ["Ana"]
    assert run(*bo, "--new-member") == 0
    assert Store(ours).members.all()["name"].tolist() == ["Ana", "Bo"]
    assert sorted(given(ours).values()) == [1.0, 1.5, 4.0, 4.5]
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
            "Title,Rating\nUp,3.5\n",
            ["--member", "Ana", "--rejected", "/no/where.csv"],
            "/no/where.csv cannot be written",
        ),
        (
            "userId,movieId,rating\n15,6,4.5\n",
            [],
            "x.csv has numbers in place of titles: say --numbers movielens or tmdb.",
        ),
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
    assert run(ours, path, *arguments) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert error.startswith(f"python -m club import: {line}")
    assert Store(ours).ratings.current().empty
