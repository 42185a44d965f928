"""No row silently becomes a movie that it may not be."""

from __future__ import annotations

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from club.imports.ratings.matching import BY_ID, EXACT, YEAR_OFF, Match, Matcher, compared
from club.imports.ratings.rows import Row
from recommender import load_bundled

TITLES = {
    1: ("The Matrix", 1999, ()),
    2: ("Heat", 1995, ()),
    3: ("Seven", 1995, ("Se7en",)),
    4: ("Amélie", 2001, ("Le Fabuleux Destin d'Amélie Poulain",)),
    5: ("Sabrina", 1954, ()),
    6: ("Sabrina", 1995, ()),
    7: ("Hamlet", 2000, ()),
    8: ("Hamlet", 2000, ()),
    9: ("Fast & Furious", 2009, ()),
    10: ("Star Wars: Episode IV - A New Hope", 1977, ()),
    11: ("The Host", 2006, ()),
    12: ("Das Boot", 1981, ()),
    13: ("???", 1990, ()),
    14: ("Crash", 2004, ()),
    -1: ("Our holiday", None, ()),
    -2: ("Our wedding", 2020, ()),
}
MOVIES = pd.DataFrame(
    [(title, year, aliases) for title, year, aliases in TITLES.values()],
    columns=["title", "year", "aliases"],
    index=pd.Index(TITLES, name="movie_id"),
).assign(tmdb_id=pd.array([603, 949] + [None] * 14, dtype="Int64"))
MOVIES["year"] = MOVIES["year"].astype("Int64")
MATCHER = Matcher(MOVIES)


def row(*titles: str, year: int | None = None, line: int = 2, **facts: object) -> Row:
    return Row("f.csv", line, titles, year, **facts)


@pytest.mark.parametrize(
    ("title", "year", "movie"),
    [
        ("The Matrix", 1999, 1), ("the MATRIX", 1999, 1), ("Matrix, The", 1999, 1),
        ("Seven", 1995, 3), ("Se7en", 1995, 3), ("Amelie", 2001, 4),
        ("Le fabuleux destin d’Amélie Poulain", 2001, 4), ("Sabrina", 1995, 6),
        ("Sabrina", 1954, 5), ("Fast and Furious", 2009, 9), ("Boot, Das", 1981, 12),
        ("Star Wars Episode 4: A New Hope", 1977, 10), ("???", 1990, 13), ("Our Holiday", None, -1),
    ],
)  # fmt: skip
def test_title_and_year_say_which_movie(title: str, year: int | None, movie: int) -> None:
    found = MATCHER.match(row(title, year=year))
    assert (found.movie_id, found.how, found.alternatives) == (movie, EXACT, (movie,))


@pytest.mark.parametrize("year", [1994, 1996])
def test_a_year_off_by_one_is_enough_where_nothing_else_is_called_so(year: int) -> None:
    assert MATCHER.match(row("Heat", year=year)) == Match(2, YEAR_OFF, (2,))


@pytest.mark.parametrize(
    ("title", "year", "alternatives", "reason"),
    [
        ("Sabrina", 1955, (5,), "a movie that is called so came out in another year"),
        ("Heat", 1997, (2,), "a movie that is called so came out in another year"),
        ("Heat", None, (2,), "the file does not say the year"),
        ("Hamlet", 2000, (7, 8), "several movies are called so and came out in that year"),
        ("Host", 2006, (11,), "a movie is called nearly so"),
        ("Boot", 1981, (12,), "a movie is called nearly so"),
        ("Star Wars", 1977, (10,), "a movie is called nearly so"),
        ("The Matrixx", 2000, (1,), "a movie is called nearly so"),
        ("Our holiday", 2020, (-1,), "a movie that is called so came out in another year"),
    ],
)
def test_what_is_not_certain_is_left_to_people(
    title: str, year: int | None, alternatives: tuple[int, ...], reason: str
) -> None:
    found = MATCHER.match(row(title, year=year))
    assert (found.movie_id, found.how) == (None, "")
    assert (found.alternatives, found.reason) == (alternatives, reason)


@pytest.mark.parametrize(
    ("title", "year", "reason"),
    [
        ("Parasite", 2019, "no movie in the catalogue is called so"),
        ("Crash", 1978, "movies that are called so came out in another decade"),
        ("x" * 200, 1999, "no movie in the catalogue is called so"),
    ],
)
def test_what_is_not_there_has_no_alternative(title: str, year: int, reason: str) -> None:
    assert MATCHER.match(row(title, year=year)) == Match(reason=reason)


def test_a_number_counts_only_where_the_title_agrees() -> None:
    assert MATCHER.match(row("Hamlet", year=2000, movie_id=8)) == Match(8, BY_ID, (8,))
    assert MATCHER.match(row("Heat", year=1995, movie_id=8)).movie_id == 2
    assert MATCHER.match(row("Sabrina", year=1995, movie_id=5)).movie_id == 6
    assert MATCHER.match(row("Up", year=2009, movie_id=2)).movie_id is None


def test_a_number_at_tmdb_counts_where_title_or_year_agrees() -> None:
    assert MATCHER.match(row("Matrix", year=1999, tmdb_id=603)) == Match(1, BY_ID, (1,))
    assert MATCHER.match(row("Heat", tmdb_id=949)) == Match(2, BY_ID, (2,))
    assert MATCHER.match(row("Up", year=2009, tmdb_id=603)).movie_id is None


def test_another_title_of_the_row_counts_too() -> None:
    assert MATCHER.match(row("Amelie from Montmartre", "Amélie", year=2001)).movie_id == 4
    assert MATCHER.match(row("Seven", "Heat", year=1995)).alternatives == (2, 3)


def test_what_stands_on_the_sides_of_a_slash_is_likely_and_no_more() -> None:
    found = MATCHER.match(row("盗火线 / Heat", year=1995))
    assert (found.movie_id, found.alternatives) == (None, (2,))
    assert MATCHER.match(row("Heat / Seven", year=1995)).alternatives == (2, 3)


@pytest.mark.parametrize(
    ("title", "year", "alone"),
    [
        ("Heat", None, 2), ("Sabrina", None, None), ("Heat", 1997, None), ("Host", None, None),
        ("Heet", None, None), ("The Host", None, 11),
    ],
)  # fmt: skip
def test_the_one_movie_that_is_called_so_is_named_where_there_is_no_year(
    title: str, year: int | None, alone: int | None
) -> None:
    found = MATCHER.match(row(title, year=year))
    assert (found.movie_id, found.alone) == (None, alone)


def test_two_movies_of_a_file_never_become_one() -> None:
    exact = row("Heat", year=1995, line=2, source_id="a")
    off = row("Heat", year=1996, line=3, source_id="b")
    found = MATCHER.match_all([exact, off])
    assert found[exact.key].movie_id == 2
    assert found[off.key].movie_id is None
    assert found[off.key].alternatives == (2,)
    assert found[off.key].reason == "another row of the file looks like the same movie"
    twin = row("Heat", year=1995, line=4, source_id="c")
    assert {m.movie_id for m in MATCHER.match_all([exact, twin]).values()} == {None}
    again = row("Heat", year=1995, line=5, source_id="a")
    assert {m.movie_id for m in MATCHER.match_all([exact, again]).values()} == {2}
    of_bo = row("Heat", year=1995, line=6, source_id="c", person="Bo")
    assert {m.movie_id for m in MATCHER.match_all([exact, of_bo]).values()} == {2}


@given(st.text(max_size=30), st.one_of(st.none(), st.integers(1870, 2100)))
def test_a_certain_movie_is_called_so_in_a_year_that_is_near(title: str, year: int | None) -> None:
    if not title:
        return
    found = MATCHER.match(row(title, year=year))
    if found.movie_id is not None:
        called, known, aliases = TITLES[found.movie_id]
        assert compared(title) in {compared(name) for name in (called, *aliases)}
        assert known == year or abs(known - year) == 1


@given(st.sampled_from(sorted(TITLES)), st.integers(-12, 12), st.booleans())
def test_known_titles_in_any_year_become_the_right_movie_or_none(
    movie: int, shift: int, by_alias: bool
) -> None:
    title, year, aliases = TITLES[movie]
    asked = aliases[0] if by_alias and aliases else title
    found = MATCHER.match(row(asked, year=None if year is None else year + shift))
    same = {other for other, (name, *_) in TITLES.items() if name == title}
    assert found.movie_id in {None, movie} | (same if shift else set())
    if len(same) == 1 and shift == 0:
        assert found.movie_id == movie


def test_two_thousand_rows_are_matched_with_the_bundled_catalogue_at_once() -> None:
    movies = load_bundled().movies
    some = movies.iloc[:2000]
    rows = [
        row(title if line % 2 else title[::-1], year=int(year), line=line)
        for line, (title, year) in enumerate(zip(some["title"], some["year"], strict=True))
    ]
    began = time.process_time()
    found = Matcher(movies).match_all(rows)
    assert time.process_time() - began < 2
    right = [found[r.key].movie_id == movie for r, movie in zip(rows, some.index, strict=True)]
    assert sum(right[1::2]) == 1000
