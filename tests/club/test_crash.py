"""What was acknowledged is never lost: writers are killed, and many write at once.

The programs run on their own, with the app's settings of the database; in memory where there is
such a folder, since a killed program tells nothing about the disk.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from everything import contents, fill

from benchmarks import crash
from club.backup import find, roll
from club.backup import write as back_up
from club.store import Store

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")


@pytest.fixture
def place(request) -> Iterator[str]:
    if request.param == "postgresql":
        yield request.getfixturevalue("postgres").new_schema()
        return
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield str(Path(folder, "club.db"))


def run(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-W", "error", "-m", "benchmarks.crash", "--json", *arguments]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, timeout=120, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (row,) = json.loads(ended.stdout)
    assert ended.stderr == ""
    return row


NOTHING = {"lost": 0, "unasked": 0, "damaged": 0, "refused": 0}


@pytest.mark.parametrize(
    ("place", "writes", "every"),
    [("sqlite", 200, 90), ("postgresql", 100, 45)],
    indirect=["place"],
    ids=["sqlite", "postgresql"],
)
def test_killed_writer_loses_nothing_acknowledged(place, writes, every) -> None:
    row = run("--database", place, "--writes", str(writes), "--every", str(every))
    assert row["acknowledged"] >= writes
    assert row["kills"] > 1
    assert row.items() >= NOTHING.items()


@pytest.mark.parametrize("place", ["sqlite", "postgresql"], indirect=True)
def test_six_writers_at_once_lose_nothing(place) -> None:
    row = run("--database", place, "--writes", "60", "--writers", "6")
    assert row["acknowledged"] == 60
    assert row.items() >= NOTHING.items()


def test_what_is_lost_or_wrong_would_be_found(file) -> None:
    store = Store(file)
    ana = store.members.add("Ana")
    store.ratings.rate_many([(ana, movie, crash.stars(movie)) for movie in range(1, 11)])
    heard = {ana: [range(1, 10)]}  # the tenth was on its way

    def found() -> tuple[int, int, int]:
        counts = crash.compare(str(file), heard)
        return counts["lost"], counts["unasked"], counts["damaged"]

    assert found() == (0, 0, 0)
    with store.database.write() as write:
        write.connection.exec_driver_sql("DELETE FROM ratings WHERE movie_id = 10")
        write.connection.exec_driver_sql("DELETE FROM rating_events WHERE movie_id = 10")
    assert found() == (0, 0, 0)
    with store.database.write() as write:
        write.connection.exec_driver_sql("DELETE FROM ratings WHERE movie_id = 3")
        write.connection.exec_driver_sql("UPDATE ratings SET half_stars = 1 WHERE movie_id = 4")
        write.connection.exec_driver_sql("UPDATE ratings SET movie_id = 12 WHERE movie_id = 5")
    assert found() == (3, 2, 1)
    file.write_bytes(file.read_bytes()[:5000])
    assert found() == (0, 0, 1)


SETTINGS = """
import sys
from club.store import Store
with Store(sys.argv[1]).database.transaction() as connection:
    for setting in ("journal_mode", "synchronous", "foreign_keys"):
        print(connection.exec_driver_sql(f"PRAGMA {setting}").scalar_one())
"""


def test_every_commit_is_on_the_disk_before_it_is_acknowledged(file) -> None:
    """With less than FULL (2) a write-ahead log loses the latest writes when the power fails."""
    command = [sys.executable, "-c", SETTINGS, str(file)]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, timeout=60, text=True, check=True
    )
    assert ended.stdout.split() == ["wal", "2", "1"]


KILLED = """
import os, sys
from pathlib import Path
from club import backup
from recommender import persistence
from club.restore import restore
from club.store import Store
def die(*_):
    os._exit(9)
if sys.argv[1] == "restore":
    halfway = lambda done, total, _: done > total / 2 and die()
    restore(sys.argv[2], Path(sys.argv[3]), halfway)
else:
    persistence._sync = die  # all is written, nothing has its name yet
    backup.roll(Store(sys.argv[2]))
"""


@pytest.mark.parametrize("what", ["restore", "backup"])
def test_killed_restore_or_backup_leaves_everything(file, tmp_path, what) -> None:
    store, earlier, temporary = fill(Store(file)), tmp_path / "earlier.db", tmp_path / "temporary"
    back_up(store, earlier)
    temporary.mkdir()
    store.ratings.rate(2, 99, 5)
    before = contents(store)
    command = [sys.executable, "-c", KILLED, what, str(file), str(earlier)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    ended = subprocess.run(command, cwd=ROOT, env=environment, timeout=60, check=False)
    assert ended.returncode == 9
    assert contents(Store(file)) == before
    assert list(temporary.iterdir()) == []
    kept = [contents(Store(backup.file)) for backup in find(store.database)]
    assert kept == ([before] if what == "restore" else [])
    assert store.ratings.rate(2, 99, 4) == before["club"][0].version + 1
    assert roll(store) is not None
