"""What may be watched: not what is vetoed, seen or too long, and the reason is told."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from club.nights import Candidates, Reason, filter_candidates

SHORTLIST = (5, 3, -1, 9)
NOTHING: dict[str, Any] = {
    "vetoes": {},
    "seen": {},
    "runtimes": {},
    "rewatch": False,
    "longest": None,
}


def test_with_nothing_against_them_all_are_candidates_in_order() -> None:
    assert filter_candidates(SHORTLIST, **NOTHING) == Candidates(SHORTLIST, {}, ())


def test_each_movie_that_is_out_says_why() -> None:
    found = filter_candidates(
        SHORTLIST,
        vetoes={3: (1, 2)},
        seen={5: (2,), 3: (1,)},
        runtimes={-1: 121, 9: 120},
        rewatch=False,
        longest=120,
    )
    assert found.movies == (9,)
    assert found.out == {
        5: Reason("seen", (2,)),
        3: Reason("vetoed", (1, 2)),
        -1: Reason("long", minutes=121),
    }


def test_what_was_seen_may_be_watched_again_where_that_is_wanted_but_not_what_is_vetoed() -> None:
    found = filter_candidates(SHORTLIST, **NOTHING | {"seen": {5: (2,), 3: (1,)}, "rewatch": True})
    assert found.movies == SHORTLIST
    found = filter_candidates(
        SHORTLIST, **NOTHING | {"vetoes": {5: (2,)}, "seen": {5: (2,)}, "rewatch": True}
    )
    assert found.out == {5: Reason("vetoed", (2,))}


def test_a_movie_whose_length_nobody_knows_stays_and_is_named() -> None:
    found = filter_candidates(SHORTLIST, **NOTHING | {"runtimes": {5: 90, 3: None}, "longest": 100})
    assert found.movies == SHORTLIST
    assert found.unknown_length == (3, -1, 9)


people = st.lists(st.integers(1, 3), max_size=2).map(tuple)


@given(
    shortlist=st.lists(st.integers(-5, 5), unique=True),
    vetoes=st.dictionaries(st.integers(-5, 5), people),
    seen=st.dictionaries(st.integers(-5, 5), people),
    runtimes=st.dictionaries(st.integers(-5, 5), st.one_of(st.none(), st.integers(1, 300))),
    rewatch=st.booleans(),
    longest=st.one_of(st.none(), st.integers(60, 240)),
)
def test_every_movie_is_either_in_or_out(
    shortlist: list[int],
    vetoes: dict[int, tuple[int, ...]],
    seen: dict[int, tuple[int, ...]],
    runtimes: dict[int, int | None],
    *,
    rewatch: bool,
    longest: int | None,
) -> None:
    found = filter_candidates(
        shortlist, vetoes=vetoes, seen=seen, runtimes=runtimes, rewatch=rewatch, longest=longest
    )
    assert sorted([*found.movies, *found.out]) == sorted(shortlist)
    assert set(found.unknown_length) <= set(found.movies)
    assert not any(vetoes.get(movie) for movie in found.movies)
