from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from club.store import Store

pytestmark = pytest.mark.either_database


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


def test_six_who_open_a_new_database_at_once_all_get_it(location):
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store(location), range(6)))
    stores[0].members.add("Ana")
    assert [store.version() for store in stores] == [1] * 6


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
