"""What was acknowledged is never lost: writers are killed, and many write at once."""

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

MEMORY = Path("/dev/shm")
NOTHING = {"lost": 0, "unasked": 0, "damaged": 0, "refused": 0}


@pytest.fixture(params=KINDS)
def places(request) -> Iterator[list[str]]:
    """Two without a club; in memory, since a killed program tells nothing about the disk."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        yield [server.new_schema(), server.new_schema()]
        return
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield [str(Path(folder, "one.db")), str(Path(folder, "two.db"))]


def test_killed_writers_and_six_at_once_lose_nothing_acknowledged(places, program) -> None:
    killed, at_once = program("kill_writers", places[0]), program("write_at_once", places[1])
    assert killed["acknowledged"] >= 16
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


def test_killed_restore_or_backup_leaves_everything(tmp_path, program) -> None:
    earlier, temporary = tmp_path / "earlier.db", tmp_path / "temporary"
    back_up(fill(Store(tmp_path / "theirs.db")), earlier)
    temporary.mkdir()
    for what in ("restore", "backup"):
        store = fill(Store(tmp_path / what / "club.db"))
        store.ratings.rate(2, 99, 5)
        rows = contents(store)
        assert program("end_halfway", what, store.file, earlier, temporary) == 9
        assert list(temporary.iterdir()) == []
        assert contents(Store(store.file)) == rows
        kept = [contents(Store(one.file)) for one in find(store.database)]
        assert kept == ([rows] if what == "restore" else [])
        assert store.ratings.rate(2, 99, 4) == rows["club"][0].version + 1
        assert roll(store) is not None


def test_commits_are_on_the_disk_when_they_are_acknowledged(file, program) -> None:
    """With less than FULL (2) a write-ahead log loses the latest writes when the power fails."""
    settings = ("journal_mode", "synchronous", "foreign_keys")
    assert program("pragmas", file, *settings) == ["wal", 2, 1]
