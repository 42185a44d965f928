"""What friends type, on the catalogue that ships with the app."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from club.search import MovieSearch
from club.series import Series
from recommender import Dataset, load_bundled


@pytest.fixture(scope="module")
def bundled() -> Dataset:
    return load_bundled()


@pytest.fixture(scope="module")
def search(bundled: Dataset) -> MovieSearch:
    return MovieSearch(bundled.movies, bundled.rating_counts)


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("matrix", "The Matrix"),
        ("matrx", "The Matrix"),
        ("matrix 3", "The Matrix Revolutions"),
        ("amelie", "Amelie"),
        ("lotr", "The Lord of the Rings: The Fellowship of the Ring"),
        ("lotr 2", "The Lord of the Rings: The Two Towers"),
        ("lord of rings", "The Lord of the Rings: The Fellowship of the Ring"),
        ("hp 3", "Harry Potter and the Prisoner of Azkaban"),
        ("harry potter 3", "Harry Potter and the Prisoner of Azkaban"),
        ("potter azkaban", "Harry Potter and the Prisoner of Azkaban"),
        ("star wars 5", "Star Wars: Episode V - The Empire Strikes Back"),
        ("starwars", "Star Wars: Episode IV - A New Hope"),
        ("godfather 2", "The Godfather: Part II"),
        ("indiana jones 1", "Raiders of the Lost Ark"),
        ("t2", "Terminator 2: Judgment Day"),
        ("bttf", "Back to the Future"),
        ("bttf 2", "Back to the Future Part II"),
        ("toy story 2", "Toy Story 2"),
        ("rocky 4", "Rocky IV"),
        ("se7en", "Seven"),
        ("seven", "Seven"),
        ("wall-e", "WALL·E"),
        ("walle", "WALL·E"),
        ("leon", "Léon: The Professional"),
        ("crouching tiger", "Crouching Tiger, Hidden Dragon"),
        ("spirited awy", "Spirited Away"),
        ("shawshank redemtion", "The Shawshank Redemption"),
        ("the good the bad the ugly", "The Good, the Bad and the Ugly"),
        ("eternal sunshine", "Eternal Sunshine of the Spotless Mind"),
        ("2001", "2001: A Space Odyssey"),
        ("rear window 1954", "Rear Window"),
        ("cidade de deus", "City of God"),
        ("got mail", "You've Got Mail"),
    ],
)
def test_the_first_result_is_what_was_meant(
    bundled: Dataset, search: MovieSearch, typed: str, title: str
) -> None:
    first = search.find(typed)[0]
    assert bundled.movies.at[first, "title"] == title


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_any_text_has_an_answer_and_always_the_same(search: MovieSearch, text: str) -> None:
    found = search.find(text)
    assert len(found) == len(set(found)) <= 8
    assert search.find(text) == found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_slip_in_a_long_title_is_forgiven(
    bundled: Dataset, search: MovieSearch, data: st.DataObject
) -> None:
    famous = bundled.rating_counts.nlargest(400).index
    long = [movie for movie in famous if len(bundled.movies.at[movie, "title"]) >= 14]
    movie = data.draw(st.sampled_from(long))
    title = bundled.movies.at[movie, "title"]
    at = data.draw(st.integers(1, len(title) - 2).filter(lambda i: title[i].isalpha()))
    assert movie in search.find(title[:at] + title[at + 1 :])


def films(*names: tuple[str, int, int]) -> Series:
    """Movie i is called so, came out then, and was rated so often."""
    return Series(
        [(tuple(name.split()), i) for i, (name, _, _) in enumerate(names)],
        {i: year for i, (_, year, _) in enumerate(names)},
        {i: fame for i, (_, _, fame) in enumerate(names)},
    )


def test_a_number_in_the_title_comes_before_the_order_of_years() -> None:
    saga = films(("saga 4 hope", 1977, 9), ("saga 5 empire", 1980, 8), ("saga 1 menace", 1999, 5))
    assert saga.film(("saga", "5")) == 1
    assert saga.film(("saga", "1")) == 2
    assert saga.film(("saga", "2")) == 1
    assert saga.film(("saga", "7")) is None


def test_a_first_attempt_long_before_is_no_part_of_the_series() -> None:
    rings = films(("rings", 1978, 3), ("rings one", 2001, 9), ("rings two", 2002, 9))
    assert rings.film(("rings", "1")) == 1
    assert rings.film(("rings", "2")) == 2


def test_initials_mean_the_more_famous_series() -> None:
    both = films(
        ("house party", 1990, 2), ("house party again", 1991, 2), ("harry potter stone", 2001, 90),
        ("harry potter chamber", 2002, 80),
    )  # fmt: skip
    assert both.film(("hp", "2")) == 3
    assert both.abbreviated("hp") == {0, 1, 2, 3}
    assert both.abbreviated("hpc") == {3}
    assert both.abbreviated("h") == set()
    assert both.film(("zz", "2")) is None
    assert both.film(("harry", "potter")) is None
