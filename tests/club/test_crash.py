"""What was acknowledged is never lost: writers are killed, and many write at once."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
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


# At once


@pytest.mark.either_database
def test_nothing_is_lost_when_four_write_at_once(location):
    first = Store(location)
    people = [first.members.add(f"Member {number}") for number in range(4)]
    movies = range(1, 11)

    def rate_all(member_id: int) -> list[int]:
        store = first if member_id % 2 else Store(location)
        return [store.ratings.rate(member_id, movie, 0.5 + movie % 10 / 2) for movie in movies]

    with ThreadPoolExecutor(4) as pool:
        versions = [version for result in pool.map(rate_all, people) for version in result]
    assert sorted(versions) == list(range(5, 45))
    assert first.version() == 44
    ratings = first.ratings.current()
    assert len(ratings) == len(first.ratings.history()) == 40
    assert (ratings["rating"] == 0.5 + ratings["movie_id"] % 10 / 2).all()


@pytest.mark.either_database
def test_a_thread_that_reads_never_sees_half_a_step(location):
    store = Store(location)
    ana = store.members.add("Ana")
    store.ratings.rate_many([(ana, movie, 1) for movie in range(1, 6)])

    def write() -> None:
        for stars in [5, 1] * 6:
            store.ratings.rate_many([(ana, movie, stars) for movie in range(1, 6)])

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while not writing.done():
            assert store.ratings.current()["rating"].nunique() == 1
        writing.result()


@pytest.mark.either_database
def test_six_who_open_a_new_database_at_once_all_get_it(location):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store(location), range(6)))
    stores[0].members.add("Ana")
    assert [store.version() for store in stores] == [1] * 6


@pytest.mark.either_database
def test_what_one_program_writes_the_other_knows_at_once(location, program):
    store, other = Store(location), partial(program, "do", location)
    ana = store.members.add("Ana")
    assert other("version") == store.version() == 1
    for turn in range(3):
        assert store.ratings.rate(ana, 1, 0.5 + turn) == other("version")
        assert store.version() < (version := other("ratings.rate", ana, 2, 0.5 + turn))
        assert store.version() == version
        assert store.ratings.current()["rating"].tolist() == [0.5 + turn] * 2
    other("ratings.undo")
    assert store.ratings.current()["rating"].tolist() == [2.5, 1.5]
    store.ratings.undo()
    assert other("version") == store.version() == 9
