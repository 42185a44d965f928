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
from databases import KINDS
from everything import contents, fill

from benchmarks import crash
from club.backup import find, roll
from club.backup import write as back_up
from club.store import Store

ROOT = Path(__file__).resolve().parents[2]
MEMORY = Path("/dev/shm")
NOTHING = {"lost": 0, "unasked": 0, "damaged": 0, "refused": 0}


def run(program: str, *arguments: str, **environment: str) -> list:
    """Run a program; return what it prints, which is JSON line by line."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        timeout=120,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.fixture(params=KINDS)
def places(request) -> Iterator[list[str]]:
    """Two places without a club."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        yield [server.new_schema(), server.new_schema()]
        return
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield [str(Path(folder, "one.db")), str(Path(folder, "two.db"))]


WRITERS = """
import sys
from benchmarks.crash import Namespace, Store, kill_and_compare, write_at_once
import json
killed, at_once = sys.argv[1:]
print(json.dumps(kill_and_compare(Store(killed), killed, Namespace(writes=24, every=9))))
print(json.dumps(write_at_once(Store(at_once), at_once, Namespace(writes=12, writers=6))))
"""


def test_killed_writers_and_six_at_once_lose_nothing_acknowledged(places) -> None:
    killed, at_once = run(WRITERS, *places)
    assert killed["acknowledged"] >= 24
    assert killed["kills"] > 1
    assert at_once["acknowledged"] == 12
    for found in (killed, at_once):
        assert {fault: found.get(fault, 0) for fault in NOTHING} == NOTHING


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


KILLED = """
import json, os, sys
from pathlib import Path
from benchmarks import crash
from club import backup
from recommender import persistence
from club.restore import restore
from club.store import Store

earlier, *files = sys.argv[1:]

def die(*_):
    os._exit(9)

def end_halfway(what, file):
    if what == "restore":
        restore(file, Path(earlier), lambda done, total, _: done > total / 2 and die())
    else:
        persistence._sync = die  # all is written, nothing has its name yet
        backup.roll(Store(file))

for what, file in zip(("restore", "backup"), files):
    child = os.fork()
    if not child:
        end_halfway(what, file)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
with Store(files[0]).database.transaction() as connection:
    settings = ("journal_mode", "synchronous", "foreign_keys")
    found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in settings]
    print(json.dumps(found))
"""


def test_killed_restore_or_backup_leaves_everything_and_commits_are_on_the_disk(tmp_path) -> None:
    """With less than FULL (2) a write-ahead log loses the latest writes when the power fails."""
    stores = [fill(Store(tmp_path / name / "club.db")) for name in ("restore", "backup")]
    earlier, temporary = tmp_path / "earlier.db", tmp_path / "temporary"
    back_up(stores[0], earlier)
    temporary.mkdir()
    for store in stores:
        store.ratings.rate(2, 99, 5)
    before = [contents(store) for store in stores]
    files = [str(store.file) for store in stores]
    *ends, settings = run(KILLED, str(earlier), *files, TMPDIR=str(temporary))
    assert ends == [9, 9]
    assert settings == ["wal", 2, 1]
    assert list(temporary.iterdir()) == []
    for store, rows, kept in zip(stores, before, (before[:1], []), strict=True):
        assert contents(Store(store.file)) == rows
        assert [contents(Store(one.file)) for one in find(store.database)] == kept
        assert store.ratings.rate(2, 99, 4) == rows["club"][0].version + 1
        assert roll(store) is not None
