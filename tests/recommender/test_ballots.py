"""Ballots counted by hand, and properties of each method."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender.ballots import Method, count, winners

A, B, C, D = 10, 20, 30, 40
METHODS: tuple[Method, ...] = ("approval", "borda", "copeland", "plurality")


def people(*ballots: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
    return dict(enumerate(ballots, start=1))


def points(ballots: dict[int, tuple[int, ...]], method: Method, *candidates: int) -> list[float]:
    counted = count(ballots, candidates, method).set_index("movie_id")["points"]
    return counted.loc[list(candidates)].tolist()


def test_condorcet_winner_may_lose_by_points() -> None:
    ballots = people(*[(A, B, C)] * 3, *[(B, C, A)] * 2)
    assert points(ballots, "copeland", A, B, C) == [2, 1, 0]
    assert points(ballots, "borda", A, B, C) == [6, 7, 2]
    assert points(ballots, "plurality", A, B, C) == [3, 2, 0]
    assert winners(ballots, (A, B, C), "copeland") == (A,)
    assert winners(ballots, (A, B, C), "borda") == (B,)


@pytest.mark.parametrize(
    ("method", "each"), [("approval", 3), ("borda", 3), ("copeland", 1), ("plurality", 1)]
)
def test_cycle_is_a_tie(method: Method, each: float) -> None:
    ballots = people((A, B, C), (B, C, A), (C, A, B))
    counted = count(ballots, (C, A, B), method)
    assert counted["movie_id"].tolist() == [C, A, B]
    assert counted["points"].tolist() == [each] * 3
    assert counted["place"].tolist() == [1, 1, 1]
    assert winners(ballots, (C, A, B), method) == (C, A, B)


def test_movies_off_a_ballot_tie_behind() -> None:
    # Of four candidates the two that the first leaves out share 1 + 0, the three of the second
    # 2 + 1 + 0.
    ballots = people((B, A), (C,))
    assert points(ballots, "borda", A, B, C, D) == [2 + 1, 3 + 1, 0.5 + 3, 0.5 + 1]
    # C is even with A and B, a ballot each, and beats D, as does A: there one ballot is undecided.
    assert points(ballots, "copeland", A, B, C, D) == [0.5 + 1, 1 + 0.5 + 1, 0.5 + 0.5 + 1, 0]
    assert points(ballots, "plurality", A, B, C, D) == [0, 1, 1, 0]
    assert count(ballots, (A, B, C, D), "borda")["place"].tolist() == [1, 2, 3, 4]


def test_approval_ignores_order_and_shares_places() -> None:
    counted = count(people((A,), (B,), (B, A)), (D, C, B, A), "approval")
    assert counted["movie_id"].tolist() == [B, A, D, C]
    assert counted["points"].tolist() == [2, 2, 0, 0]
    assert counted["place"].tolist() == [1, 1, 3, 3]


@pytest.mark.parametrize("method", METHODS)
def test_empty_ballots_do_not_count(method: Method) -> None:
    ballots = people((A, B), (), (B, A), (A,))
    assert count(ballots, (A, B), method).equals(
        count(people((A, B), (B, A), (A,)), (A, B), method)
    )
    nothing = count(people((), ()), (A, B), method)
    assert nothing["points"].tolist() == [0, 0]
    assert nothing["place"].tolist() == [1, 1]
    assert winners(people((), ()), (A, B), method) == ()
    assert winners({}, (A, B), method) == ()
    assert count(ballots, (), method).empty


orders = st.lists(st.sampled_from(list(permutations((A, B, C, D)))), min_size=1, max_size=7)


@settings(max_examples=30, deadline=None)
@given(orders, st.sampled_from(METHODS[1:]), st.permutations((A, B, C, D)))
def test_anonymous_and_neutral(
    ballots: list[tuple[int, ...]], method: Method, other: list[int]
) -> None:
    # The voters in another order, and the candidates under one another's numbers.
    renamed = dict(zip((A, B, C, D), other, strict=True))
    moved = [tuple(renamed[movie] for movie in ballot) for ballot in reversed(ballots)]
    before = count(people(*ballots), (A, B, C, D), method).set_index("movie_id")["points"]
    after = count(people(*moved), (A, B, C, D), method).set_index("movie_id")["points"]
    assert {renamed[movie]: won for movie, won in before.items()} == after.to_dict()


@settings(max_examples=30, deadline=None)
@given(orders)
def test_condorcet_winner_wins_by_duels(ballots: list[tuple[int, ...]]) -> None:
    def beats(one: int, other: int) -> bool:
        return 2 * sum(b.index(one) < b.index(other) for b in ballots) > len(ballots)

    for movie in (A, B, C, D):
        if all(beats(movie, other) for other in {A, B, C, D} - {movie}):
            assert winners(people(*ballots), (A, B, C, D), "copeland") == (movie,)
