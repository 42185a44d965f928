"""`python -m club`: every command from outside, and one clear line for bad input."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hostile_club import spoil
from hostile_texts import NAMES
from sqlalchemy import insert

from club.cli import main
from club.db import schema
from club.store import Store

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.usefixtures("_loaded_once")


@pytest.fixture
def ours(file) -> Path:
    store = Store(file)
    ana, _ = store.members.add("Ana Łuczak"), store.members.add("Bo")
    store.ratings.rate_many([(ana, 1, 4.5), (ana, 2, 3)])
    return file


def run(place: object, *arguments: object) -> int:
    return main([str(arguments[0]), "--database", str(place), *map(str, arguments[1:])])


# The club


def test_new_begins_an_empty_club_but_replaces_none(file, capsys) -> None:
    assert run(file, "new", "Friday film club") == 0
    assert "holds the new club Friday film club." in capsys.readouterr().out
    Store(file).members.add("Ana")
    assert run(file, "new", "Another") == 2
    assert "has data already" in capsys.readouterr().err
    assert Store(file).club().name == "Friday film club"


def test_members_lists_them_as_text_and_json(ours, capsys, monkeypatch) -> None:
    text = "   1       2 ratings  Ana Łuczak\n   2       0 ratings  Bo\n"
    assert run(ours, "members") == 0
    assert capsys.readouterr().out == text
    assert main(["--database", str(ours), "members", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"member_id": 1, "name": "Ana Łuczak", "ratings": 2},
        {"member_id": 2, "name": "Bo", "ratings": 0},
    ]
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", f"sqlite:///{ours}")
    assert main(["members"]) == 0
    assert capsys.readouterr().out == text


# Backups


def test_backup_copies_to_a_path_or_among_the_backups(ours, capsys, tmp_path) -> None:
    assert run(ours, "backup", tmp_path / "copy.db") == 0
    assert str(tmp_path / "copy.db") in capsys.readouterr().out
    assert Store(tmp_path / "copy.db").members.all()["name"].tolist() == ["Ana Łuczak", "Bo"]
    assert run(ours, "backup") == 0
    (made,) = (ours.parent / "backups").iterdir()
    assert str(made) in capsys.readouterr().out
    assert run(ours, "backup") == 0
    assert "Nothing has changed" in capsys.readouterr().out


def test_restore_shows_first_and_does_it_only_when_told(ours, capsys, tmp_path) -> None:
    copy, store = tmp_path / "copy.db", Store(ours)
    run(ours, "backup", copy)
    store.ratings.rate(2, 9, 1)
    capsys.readouterr()
    assert run(ours, "restore", copy) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Now:         Our movie club, last changed ")
    assert said[4].split() == ["ratings", "3", "2"]
    assert said[-1] == "Nothing was changed; --yes does it."
    assert len(store.ratings.current()) == 3
    assert run(ours, "restore", copy, "--yes") == 0
    (kept,) = (ours.parent / "backups").iterdir()
    assert str(kept) in capsys.readouterr().out
    assert len(store.ratings.current()) == 2
    assert run(ours, "restore", kept, "--yes", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["restored"], figures["backup"]["rows"]["ratings"]) == (True, 3)
    assert figures["now"]["rows"]["ratings"] == 2
    assert len(store.ratings.current()) == 3


def test_restore_replaces_a_damaged_database_and_shows_a_bar(ours, capsys, monkeypatch) -> None:
    copy = ours.with_name("copy.db")
    run(ours, "backup", copy)
    ours.write_bytes(b"Dear diary" * 1000)
    assert run(ours, "members") == 2
    said = capsys.readouterr().err
    assert said.startswith(f"python -m club members: The database {ours} is damaged")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert run(ours, "restore", copy, "--yes") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("Now:         a damaged database")
    assert "█" in shown.err
    assert Store(ours).members.all()["name"].tolist() == ["Ana Łuczak", "Bo"]


# Export


def test_export_writes_to_a_file_what_it_shows(ours, capsys, tmp_path) -> None:
    assert run(ours, "export") == 0
    shown = capsys.readouterr().out
    target, link = tmp_path / "ratings.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    assert run(ours, "export", "--output", link) == 0
    assert capsys.readouterr().out == f"All ratings are in {link}.\n"
    assert link.is_symlink()
    assert target.read_text("utf-8") == shown
    assert [row[:6] for row in csv.reader(shown.splitlines())][1:] == [
        ["1", "Ana Łuczak", "1", "Toy Story", "1995", "4.5"],
        ["1", "Ana Łuczak", "2", "Jumanji", "1995", "3.0"],
    ]
    assert run(ours, "export", "--output", "/dev/null") == 0
    assert Path("/dev/null").is_char_device()


def test_export_writes_a_zip_and_a_file_for_letterboxd(ours, capsys, tmp_path) -> None:
    assert run(ours, "export", "--format", "all", "--output", tmp_path / "club.zip") == 0
    with zipfile.ZipFile(tmp_path / "club.zip") as archive:
        assert "Jumanji" in archive.read("ratings.csv").decode()
    what = ("export", "--format", "letterboxd", "--member", "ana ŁUCZAK")
    capsys.readouterr()
    assert run(ours, *what) == 0
    assert "Toy Story,1995,4.5" in capsys.readouterr().out
    assert run(ours, *what[:3], "--member", "Eve") == 2
    assert "There is no member called Eve." in capsys.readouterr().err


# Bad input and terminals


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["members", "--jsn"], "unrecognized arguments: --jsn"),
        (["restore", "/nowhere/copy.db"], "restore: There is no file /nowhere/copy.db."),
        (["restore"], "the following arguments are required: FILE"),
        (["backup", "--database", "/nowhere/club.db"], "There is no club's database"),
        (
            ["export", "--database", "/nowhere/club.db"],
            "begin a club with: python -m club new NAME",
        ),
        (["export", "--format", "all"], "name --output FILE."),
        (["export", "--format", "letterboxd"], "--member NAME go together"),
        (["export", "--member", "Ana"], "--member NAME go together"),
        (["members", "--database", "mysql://u:secret@host/club"], "must be SQLite or PostgreSQL"),
        (
            ["demo", "--database", "/dev/null/club.db"],
            "demo: The folder /dev/null cannot be written",
        ),
        (["import-catalogue"], "Name a folder, a ZIP or a file"),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, line, capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    shown = capsys.readouterr()
    assert (status, shown.out) == (2, "")
    assert shown.err.startswith("python -m club")
    assert shown.err.count("\n") == 1
    assert line in shown.err
    assert "secret" not in shown.err


def test_names_reach_every_terminal_as_letters(ours, capsys, tmp_path) -> None:
    store = Store(ours)
    for number in range(6):
        store.members.add(f"member {number}")
    spoil(store)
    assert run(ours, "members") == 0
    assert run(ours, "backup", tmp_path / "backup.db") == 0
    assert run(tmp_path / "other.db", "restore", tmp_path / "backup.db") == 0
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()
    assert all(name in out for name in NAMES)
    assert run(f"{tmp_path}/no\x1b[2Jclub.db", "members") == 2
    assert "no\ufffd[2Jclub.db" in capsys.readouterr().err


def test_output_is_utf_8_and_ends_without_an_error_when_a_reader_has_seen_enough(ours) -> None:
    names = [f"Bo {number:050}" for number in range(2000)]  # more than a pipe holds
    people = [{"name": name, "name_key": name.casefold(), "joined_at": 1} for name in names]
    with Store(ours).database.write() as write:
        write.connection.execute(insert(schema.members), people)
    command = [sys.executable, "-m", "club", "members", "--database", str(ours)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as listing:
        assert "Ana Łuczak" in listing.stdout.read(1000).decode()
        listing.stdout.close()
        assert (listing.stderr.read(), listing.wait(60)) == (b"", 0)


def test_demo_replaces_a_club_only_when_told(file, capsys) -> None:
    Store(file).start_own_club("Ours")
    assert run(file, "demo") == 2
    assert "--force replaces all of it" in capsys.readouterr().err
    assert run(file, "demo", "--force") == 0
    assert "holds the demo club of 8 members" in capsys.readouterr().out
