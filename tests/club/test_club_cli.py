from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from club.__main__ import main
from club.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def ours(file) -> Path:
    store = Store(file)
    ana, _ = store.add_member("Ana Łuczak"), store.add_member("Bo")
    store.rate_many([(ana, 1, 4.5), (ana, 2, 3)])
    return file


def test_demo_fills_a_new_database_and_only_that(file, capsys):
    assert main(["demo", "--database", str(file)]) == 0
    assert capsys.readouterr() == (f"The database {file} holds the demo club of 8 members.\n", "")
    store = Store(file)
    store.start_own_club("Ours")
    assert main(["demo", "--database", str(file)]) == 2
    assert capsys.readouterr() == (
        "",
        "python -m club demo: The club has data already; --force replaces all of it with the "
        "demo.\n",
    )
    assert store.members().empty
    assert main(["demo", "--force", "--database", str(file)]) == 0
    assert len(store.members()) == 8


def test_members_lists_who_is_there_for_people_and_for_programs(ours, capsys):
    assert main(["members", "--database", str(ours)]) == 0
    assert capsys.readouterr().out == (
        "   1       2 ratings  Ana Łuczak\n   2       0 ratings  Bo\n"
    )
    assert main(["--database", str(ours), "members", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"member_id": 1, "name": "Ana Łuczak", "ratings": 2},
        {"member_id": 2, "name": "Bo", "ratings": 0},
    ]


def test_the_database_may_come_from_the_environment(ours, capsys, monkeypatch):
    monkeypatch.setenv("MOVIE_CLUB_DATABASE", f"sqlite:///{ours}")
    assert main(["members"]) == 0
    assert "Ana Łuczak" in capsys.readouterr().out


def test_export_writes_to_a_file_what_it_shows_on_the_screen(ours, capsys, tmp_path):
    assert main(["export", "--database", str(ours)]) == 0
    shown = capsys.readouterr().out
    output = tmp_path / "ratings.csv"
    assert main(["export", "--database", str(ours), "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"2 ratings are in {output}.\n"
    assert output.read_text("utf-8") == shown
    rows = [row[:6] for row in csv.reader(shown.splitlines())]
    assert rows[1:] == [
        ["1", "Ana Łuczak", "1", "Toy Story", "1995", "4.5"],
        ["1", "Ana Łuczak", "2", "Jumanji", "1995", "3.0"],
    ]


def test_backup_copies_the_database(ours, capsys, tmp_path):
    copy = tmp_path / "copy.db"
    assert main(["backup", str(copy), "--database", str(ours)]) == 0
    assert capsys.readouterr().out == f"The database {ours} is copied to {copy}.\n"
    assert Store(copy).members()["name"].tolist() == ["Ana Łuczak", "Bo"]


def test_backup_without_a_path_keeps_one_among_the_backups(ours, capsys):
    assert main(["backup", "--database", str(ours)]) == 0
    (made,) = (ours.parent / "backups").iterdir()
    assert capsys.readouterr().out == f"The database {ours} is copied to {made}.\n"
    assert main(["backup", "--database", str(ours)]) == 0
    assert capsys.readouterr().out == (
        f"Nothing has changed since the last backup in {made.parent}.\n"
    )
    assert main(["restore", "--database", str(ours)]) == 0
    assert capsys.readouterr().out.endswith(f" MB  {made}\n")
    assert main(["restore", "--json", "--database", str(ours)]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["file"], row["bytes"]) == (str(made), made.stat().st_size)


def test_restore_shows_first_and_does_it_only_when_told(ours, capsys, tmp_path):
    copy, store = tmp_path / "copy.db", Store(ours)
    main(["backup", str(copy), "--database", str(ours)])
    store.rate(2, 9, 1)
    capsys.readouterr()
    assert main(["restore", str(copy), "--database", str(ours)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("Now:         Our movie club, last changed ")
    assert said[1].startswith("The backup:  Our movie club, last changed ")
    assert said[4].split() == ["ratings", "3", "2", "1"]
    assert said[-2] == (
        "Given or changed since, and lost by it: "
        "ratings 1, changes, with who made them 1, everything else 1."
    )
    assert said[-1] == "Nothing was changed; --yes does it."
    assert len(store.ratings()) == 3
    assert main(["restore", str(copy), "--yes", "--database", str(ours)]) == 0
    (kept,) = (ours.parent / "backups").iterdir()
    assert capsys.readouterr().out.splitlines()[-2:] == [
        f"{copy} is restored. Press Retrain in the app to learn from it.",
        f"What was there before is kept as {kept}.",
    ]
    assert len(store.ratings()) == 2
    assert main(["restore", str(kept), "--yes", "--json", "--database", str(ours)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["restored"], figures["backup"]["rows"]["ratings"]) == (True, 3)
    lost = {name: number for name, number in figures["lost"].items() if number}
    assert lost == {"changes, with who made them": 1}  # the note of the first restore
    assert len(store.ratings()) == 3


def test_restore_puts_a_damaged_database_aside(ours, capsys, tmp_path):
    copy = tmp_path / "copy.db"
    main(["backup", str(copy), "--database", str(ours)])
    ours.write_bytes(b"Dear diary" * 1000)
    capsys.readouterr()
    assert main(["restore", str(copy), "--yes", "--database", str(ours)]) == 0
    assert capsys.readouterr().out.startswith(
        "Now:         a damaged database, which is put aside\n"
    )
    assert Store(ours).members()["name"].tolist() == ["Ana Łuczak", "Bo"]


def test_restore_shows_a_bar_to_a_terminal(ours, capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    copy = ours.with_name("copy.db")
    main(["backup", str(copy), "--database", str(ours)])
    assert main(["restore", str(copy), "--yes", "--database", str(ours)]) == 0
    assert "█" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "python -m club: the following arguments are required: COMMAND"),
        (["members", "--jsn"], "python -m club: unrecognized arguments: --jsn"),
        (
            ["restore", "/nowhere/copy.db"],
            "python -m club restore: There is no file /nowhere/copy.db.",
        ),
        (
            ["backup", "--database", "/nowhere/club.db"],
            "python -m club backup: There is no club's database at /nowhere/club.db.",
        ),
        (
            ["members", "--database", "mysql://u:secret@host/club"],
            "python -m club members: The database must be SQLite or PostgreSQL, not mysql.",
        ),
        (
            ["members", "--database", "/nowhere/club.db"],
            "python -m club members: There is no club's database at /nowhere/club.db.",
        ),
        (
            ["export", "--database", "/nowhere/club.db"],
            "python -m club export: There is no club's database at /nowhere/club.db.",
        ),
        (
            ["demo", "--database", "/dev/null/club.db"],
            "python -m club demo: The folder /dev/null cannot be made: File exists.",
        ),
    ],
)
def test_bad_input_is_one_line_and_status_2(arguments, line, capsys):
    try:
        status = main(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 2
    assert capsys.readouterr() == ("", f"{line}\n")


def test_a_file_that_cannot_be_written_is_one_line_and_status_2(ours, capsys, tmp_path):
    output = tmp_path / "no folder" / "ratings.csv"
    assert main(["export", "--database", str(ours), "--output", str(output)]) == 2
    assert capsys.readouterr() == (
        "",
        f"python -m club export: {output} cannot be written: No such file or directory.\n",
    )


def run(*arguments: str, **options) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "club", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, timeout=60, check=False, **options
    )


def test_a_damaged_file_is_one_line_and_status_2_without_a_traceback(file):
    file.write_bytes(b"Dear diary" * 1000)
    ended = run("members", "--database", str(file))
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.decode() == (
        f"python -m club members: The database {file} is damaged or no database; "
        "put a backup in its place.\n"
    )


def test_names_are_printed_whatever_the_terminal_believes_to_speak(ours):
    ended = run("members", "--database", str(ours), env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert ended.returncode == 0
    assert "Ana Łuczak" in ended.stdout.decode("utf-8")


def test_a_reader_who_has_seen_enough_is_no_error(file):
    assert main(["demo", "--database", str(file)]) == 0
    command = [sys.executable, "-m", "club", "export", "--database", str(file)]
    export = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    export.stdout.close()
    assert (export.stderr.read(), export.wait(60)) == (b"", 0)
    export.stderr.close()


def test_every_command_explains_itself(capsys):
    for command in ([], ["demo"], ["members"], ["export"], ["backup"], ["restore"]):
        with pytest.raises(SystemExit) as end:
            main([*command, "--help"])
        assert end.value.code == 0
        assert "usage: python -m club" in capsys.readouterr().out


def test_what_a_terminal_would_obey_does_not_reach_it(tmp_path, capsys) -> None:
    assert main(["members", "--database", f"{tmp_path}/no\x1b[2Jclub.db"]) == 2
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "no\ufffd[2Jclub.db" in said
