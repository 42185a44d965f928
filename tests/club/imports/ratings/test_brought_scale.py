"""Halves and tens are never confused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from club.imports.ratings.rows import Scale, is_exact, stars_of
from club.imports.ratings.scale import find_scale


@pytest.mark.parametrize(
    ("ratings", "top"),
    [
        ([1, 7, 10], 10),
        ([6], 10),
        ([0.5, 4.5, 5], 5),
        ([2.5], 5),
        ([7.5, 3], 10),
        ([85, 40, 100], 100),
        ([11, 12], 100),
        ([], 5),
    ],
)
def test_the_whole_column_says_the_scale(ratings: list[float], top: int) -> None:
    assert find_scale("f", [float(rating) for rating in ratings], set()) == Scale(top)


def test_whole_numbers_up_to_five_may_be_either_and_somebody_is_asked() -> None:
    assert find_scale("f", [1.0, 4.0, 5.0], set()) == Scale(
        5, doubt="All ratings are whole numbers from 1 to 5."
    )


def test_a_few_that_are_too_high_decide_nothing() -> None:
    found = find_scale("f", [4.5] * 99 + [55.0], set())
    assert found.contradicts
    assert found.doubt == "Only 1 of 100 ratings is above 10."
    assert find_scale("f", [4.0] * 99 + [8.0], set()).contradicts
    assert not find_scale("f", [4.0] * 9 + [8.0], set()).contradicts


def test_one_total_among_stars_does_not_make_a_hundred_of_them() -> None:
    found = find_scale("f", [4.0, 3.0, 5.0, 45.0], set())
    assert (found.top, found.contradicts) == (5, True)
    assert find_scale("f", [9.0, 7.0, 8.0, 85.0], set()).top == 10
    assert find_scale("f", [9.0, 77.0, 85.0], set()) == Scale(100)


def test_cells_that_name_their_scale_are_believed() -> None:
    assert find_scale("f", [3.0, 4.0], {10}) == Scale(10, fixed=True)


@pytest.mark.parametrize(
    ("rating", "top", "stars"),
    [
        (7, 10, 3.5), (10, 10, 5.0), (1, 10, 0.5), (3.5, 5, 3.5), (0.5, 5, 0.5), (85, 100, 4.5),
        (84, 100, 4.0), (1, 100, 0.5), (7.5, 10, 4.0), (0, 10, None), (11, 10, None), (-1, 5, None),
    ],
)  # fmt: skip
def test_stars_of_a_rating(rating: float, top: int, stars: float | None) -> None:
    assert stars_of(rating, top) == stars


@given(st.integers(1, 10))
def test_every_half_star_survives_on_every_scale(halves: int) -> None:
    for top in (5, 10, 100):
        rating = halves * top / 10
        assert is_exact(rating, top)
        assert stars_of(rating, top) == halves / 2
