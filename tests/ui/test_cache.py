"""The cache under what pages compute: what counts as the same, and threads that ask together."""

import gc
import threading
import weakref
from dataclasses import dataclass, replace

import pandas as pd
import pytest

from recommender import Dataset, HybridModel
from ui.cache import HashedFrame, cached


@dataclass(frozen=True)
class Club:
    cache_key: tuple[str, int]
    ratings: pd.DataFrame


def test_result_is_kept_for_equal_arguments() -> None:
    calls: list[object] = []

    @cached()
    def count(club: Club, movies: tuple[int, ...], *, again: bool = False) -> int:
        calls.append(club)
        return len(calls)

    first, anew = Club(("db", 1), pd.DataFrame()), Club(("db", 1), pd.DataFrame())
    assert [count(first, (1, 2)), count(anew, (1, 2))] == [1, 1]
    assert count(replace(first, cache_key=("db", 2)), (1, 2)) == 2
    assert count(replace(first, cache_key=("other", 1)), (1, 2)) == 3
    assert count(first, (2, 1)) == 4
    assert count(first, (2, 1), again=True) == 5


def test_hashed_frames_count_as_what_they_say() -> None:
    calls: list[int] = []

    @cached()
    def count(frame: HashedFrame) -> int:
        calls.append(len(frame.frame))
        return len(calls)

    rows = {"movie_id": [1, 2], "words": [("a",), ("b", "c")], "rating": [0.5, float("nan")]}
    assert [count(HashedFrame(pd.DataFrame(rows))) for _ in range(2)] == [1, 1]
    assert count(HashedFrame(pd.DataFrame(rows | {"words": [("a",), ("b",)]}))) == 2
    assert count(HashedFrame(pd.DataFrame(rows, index=[4, 5]))) == 3
    assert count(HashedFrame(pd.DataFrame(rows).rename(columns={"rating": "stars"}))) == 4


def test_models_and_datasets_count_as_themselves_and_are_not_kept_alive(
    tiny_model: HybridModel, checkerboard: Dataset
) -> None:
    calls: list[object] = []

    @cached()
    def count(what: object) -> int:
        calls.append(type(what))
        return len(calls)

    other = replace(tiny_model)
    assert [count(tiny_model), count(other), count(tiny_model)] == [1, 2, 1]
    assert [count(checkerboard), count(checkerboard)] == [3, 3]
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None
    assert count(replace(tiny_model)) == 4


def test_the_result_asked_for_longest_ago_goes_first() -> None:
    calls: list[int] = []

    @cached(max_entries=2)
    def noted(number: int) -> int:
        calls.append(number)
        return number

    for number in (1, 2, 1, 3, 1, 2):
        assert noted(number) == number
    assert calls == [1, 2, 3, 2]


def test_threads_that_ask_together_compute_once() -> None:
    calls: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    @cached()
    def slow(number: int) -> list[int]:
        calls.append(number)
        begun.set()
        assert go_on.wait(10)
        return [number]

    found: list[list[int]] = []
    threads = [threading.Thread(target=lambda: found.append(slow(1))) for _ in range(4)]
    threads[0].start()
    assert begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert (calls, len(found), {id(one) for one in found}) == ([1], 4, {id(found[0])})


def test_an_error_is_raised_and_not_kept() -> None:
    calls: list[int] = []

    @cached()
    def fails_once(number: int) -> int:
        calls.append(number)
        if len(calls) == 1:
            raise ValueError("the first time")
        return number

    with pytest.raises(ValueError, match="the first time"):
        fails_once(1)
    assert fails_once(1) == 1
