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
    said, error = capsys.readouterr()
    assert error == ""
    assert said.startswith("mine.csv: A table of ratings\n         1  New\n")
    assert "The catalogue lacks 2 of these movies; --add-missing keeps them" in said
    assert said.endswith("1 rating written.\n")
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
    found = json.loads(capsys.readouterr().out)
    assert (found["changed"], found["written"], found["added"]) == (False, 4, 3)
    assert {name for name, n in found["counts"].items() if n} == {"New", "Not found"}
    assert Store(ours).members.all()["name"].tolist() == ["Ana"]
    assert run(*bo, "--new-member") == 0
    assert Store(ours).members.all()["name"].tolist() == ["Ana", "Bo"]
    assert sorted(given(ours).values()) == [1.0, 1.5, 4.0, 4.5]
    assert len(Store(ours).movies.own()) == 3


ANA = ["--member", "Ana"]


@pytest.mark.parametrize(
    ("text", "arguments", "line"),
    [
        ("Title,Rating\nUp,3.5\n", [], "does not say whose ratings it holds: name --member."),
        ("Title,Rating,User\nUp,3,A\nUp,3.5,B\n", ANA, "names 2 people itself; leave out"),
        ("Title,Rating\n" + "Up,3.5\n" * 99 + "Up,8\n", ANA, "Say --scale 5, 10 or 100"),
        ("Title,Rating\nUp,3.5\n", [*ANA, "--rejected", "/no/where.csv"], "cannot be written"),
        ("userId,movieId,rating\n15,6,4.5\n", [], "say --numbers movielens or tmdb."),
    ],
)
def test_import_bad_input_is_one_line_and_status_2(
    ours: Path, text: str, arguments: list[str], line: str, capsys
) -> None:
    path = ours.with_name("x.csv")
    path.write_text(text)
    assert run(ours, path, *arguments) == 2
    out, error = capsys.readouterr()
    assert (out, error.count("\n")) == ("", 1)
    assert error.startswith("python -m club import: ")
    assert line in error
    assert Store(ours).ratings.current().empty
