"""Where backups cannot be made or read, that is said, and nothing is lost."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from everything import fill

from club.backups import back_up, roll
from club.errors import StoreUnavailable
from club.store import Store

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 7, 28, 12, tzinfo=UTC)


def test_a_name_that_is_too_long_for_a_backup_is_said(file, tmp_path) -> None:
    store = Store(file)
    for length in (230, 300):  # there is room for the name only, or not even for that
        path = tmp_path / ("a" * length)
        with pytest.raises(StoreUnavailable) as caught:
            back_up(store, path)
        assert str(caught.value).startswith(f"The backup {path} cannot be written: ")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["club.db"]


def run(code: str, *arguments: object, **options: object) -> str:
    """What a program prints that has the product's own settings of SQLite."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, timeout=60, text=True, check=False, **options
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


TRY_TO_ROLL = """
import sys
from club.backups import roll
from club.errors import ClubError
from club.store import Store
try:
    roll(Store(sys.argv[1]))
except ClubError as error:
    print(error)
"""


def test_a_disk_that_is_full_is_said_and_leaves_nothing(file) -> None:
    store = fill(Store(file))
    made = roll(store, NOW)
    store.touch()

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    said = run(TRY_TO_ROLL, file, preexec_fn=small_files)
    assert said.startswith(f"The backup {made.file.parent}/club-20")
    assert said.endswith(".db cannot be written: disk I/O error.")
    assert list(made.file.parent.iterdir()) == [made.file]


READ_ONLY = """
import os, sys
from alembic import command, config
from club.backups import roll
from club.errors import ClubError
from club.store import Store
fresh = Store(sys.argv[2])  # all that is needed is imported before we are nobody
os.setgid(65534)
os.setuid(65534)
def attempt(action):
    try:
        print(action())
    except ClubError as error:
        print(error)
attempt(lambda: len(Store(sys.argv[1]).ratings()))
attempt(lambda: Store(sys.argv[1]).rate(1, 50, 4))
attempt(lambda: bool(roll(Store(sys.argv[1]))))
attempt(lambda: Store(sys.argv[1] + "-new"))
"""

LOCKED = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from club.__main__ import main
os.setgid(65534)
os.setuid(65534)
place, backup, secret = sys.argv[1:]
for arguments in (
    ["members", "--database", place],
    ["restore", "--database", place, backup],
    ["move", "--database", backup, "--to", place],
    ["restore", "--database", backup, secret],
    ["backup", "--database", backup, str(Path(place).with_name("copy.db"))],
):
    sys.stderr = sys.stdout
    print(main(arguments))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
def test_a_folder_that_one_may_not_look_into_is_told_in_a_line() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        club, backup, secret = folder / "locked" / "club.db", folder / "b.db", folder / "secret.db"
        back_up(fill(Store(club)), backup)
        secret.write_bytes(backup.read_bytes())
        secret.chmod(0)
        backup.chmod(0o666)
        club.parent.chmod(0o700)
        no_access = f"The database {club} cannot be opened; check that you may read and write it."
        assert run(LOCKED, club, backup, secret).splitlines() == [
            f"python -m club members: {no_access}",
            "2",
            f"python -m club restore: {no_access}",
            "2",
            f"python -m club move: {no_access}",
            "2",
            f"python -m club restore: {secret} cannot be read: Permission denied.",
            "2",
            f"python -m club backup: The backup {club.parent / 'copy.db'} cannot be written: "
            "Permission denied.",
            "2",
        ]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody without rights")
@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_can_only_be_read_says_so_and_stays_as_it_is(what) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, club = Path(name), Path(name, "club.db")
        fill(Store(club))
        content = club.read_bytes()
        club.chmod(0o444 if what == "file" else 0o666)
        folder.chmod(0o777 if what == "file" else 0o555)
        read, rated, rolled, new = run(READ_ONLY, club, folder / "other.db").splitlines()
        only = f"The database {club} can only be read; allow writing to the file and its folder."
        assert rated == only
        if what == "file":
            assert (read, rolled) == ("40", "True")
            assert new == f"<Store: The database {club}-new>"
        else:
            # SQLite cannot even read there: what readers and writers share lies beside the file.
            assert read == rolled == only
            assert new == (
                f"The database {club}-new cannot be opened; check that you may read and write it."
            )
        assert club.read_bytes() == content
