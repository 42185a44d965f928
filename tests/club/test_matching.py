"""Titles are matched for certain, offered as alternatives, or not found."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from club.matching import (
    EXACT,
    PART,
    SPELLED,
    YEAR_OFF,
    Match,
    Query,
    TitleMatcher,
    title_key,
)

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
    15: ("Old Boy", 2003, ()),
    16: ("Oldboy", 2013, ()),
    17: ("In the Mood For Love", 2000, ("Fa yeung nin wa",)),
    18: ("Three Colors: Blue", 1993, ()),
    19: ("Tron: Legacy", 2010, ()),
    20: ("Wallace & Gromit: A Close Shave", 1995, ()),
    21: ("Jane Austen's Mad Mafia", 1998, ()),
    22: ("Being Maria", 2024, ("Maria",)),
    23: ("Maria", 2024, ()),
    24: ("Undefeated", 2011, ()),
    25: ("Nostalghia", 1983, ()),
    26: ("Red Riding: 1983", 2009, ()),
    27: ("Joker", 2012, ()),
    28: ("Creature from the Black Lagoon", 1954, ()),
    -1: ("Our holiday", None, ()),
    -2: ("Our wedding", 2020, ()),
}
MOVIES = pd.DataFrame(
    [(title, year, aliases) for title, year, aliases in TITLES.values()],
    columns=["title", "year", "aliases"],
    index=pd.Index(TITLES, name="movie_id"),
)
MOVIES["tmdb_id"] = pd.Series({1: 603, 2: 949}, dtype="Int64").reindex(MOVIES.index)
MOVIES["imdb_id"] = pd.Series({1: "tt0133093", 2: "tt0113277"}).reindex(MOVIES.index).fillna("")
MOVIES["year"] = MOVIES["year"].astype("Int64")
MATCHER = TitleMatcher(MOVIES)


def match(*titles: str, year: int | None = None, **numbers: int) -> Match:
    return MATCHER.match_all([Query(titles=titles, year=year, **numbers)])[0]


@pytest.mark.parametrize(
    ("title", "year", "movie"),
    [
        ("The Matrix", 1999, 1), ("the MATRIX", 1999, 1), ("Matrix, The", 1999, 1),
        ("Seven", 1995, 3), ("Se7en", 1995, 3), ("Amelie", 2001, 4),
        ("Le fabuleux destin d’Amélie Poulain", 2001, 4), ("Sabrina", 1995, 6),
        ("Sabrina", 1954, 5), ("Fast and Furious", 2009, 9), ("Boot, Das", 1981, 12),
        ("Star Wars Episode 4: A New Hope", 1977, 10), ("???", 1990, 13), ("Our Holiday", None, -1),
        ("Maria", 2024, 23),  # the alias of another one
    ],
)  # fmt: skip
def test_title_and_year_say_which_movie(title: str, year: int | None, movie: int) -> None:
    found = match(title, year=year)
    assert (found.movie_id, found.how, found.alternatives) == (movie, EXACT, (movie,))


@pytest.mark.parametrize("year", [1998, 2000])
def test_a_year_off_by_one_is_enough_where_nothing_else_is_called_so(year: int) -> None:
    assert match("The Matrix Reloaded", year=year).movie_id is None
    assert match("In the Mood for Love", year=year + 1).movie_id == 17
    assert match("In the Mood for Love", year=2001) == Match(17, YEAR_OFF, (17,))


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("@ In the Mood for Love", 2001), ("In the Mood for Love!", 1999),  # signs are dropped
        ("Heat", 1996), ("Undefeated?", 2012), ("Fa yeung nin wa", 2001),
    ],
)  # fmt: skip
def test_a_year_off_by_one_is_not_enough_with_other_signs_or_for_a_short_title_or_an_alias(
    title: str, year: int
) -> None:
    found = match(title, year=year)
    assert (found.movie_id, found.likely) == (None, None)
    assert len(found.alternatives) == 1


@pytest.mark.parametrize(
    ("title", "year", "movie", "how"),
    [
        ("Oldboy", 2003, 15, SPELLED), ("Creature From The Blacklagoon", 1954, 28, SPELLED),
        ("The Creature from the Black Lagoon", 1954, 28, SPELLED),
        ("Three Colours: Blue", 1993, 18, SPELLED), ("Star Wars", 1977, 10, PART),
        ("A New Hope", 1977, 10, PART), ("Star Wars: A New Hope", 1977, 10, PART),
        ("A Close Shave", 1995, 20, PART), ("Mad Mafia", 1998, 21, PART),
        ("Heat (盗火线)", 1995, 2, PART), ("In the Mood for Love: Restored", 2000, 17, PART),
    ],
)  # fmt: skip
def test_other_spellings_and_parts_of_titles_are_certain_in_the_same_year_alone(
    title: str, year: int, movie: int, how: str
) -> None:
    assert match(title, year=year) == Match(movie, how, (movie,))
    for other in (year - 1, year + 1, year + 30):
        assert match(title, year=other).movie_id is None


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("Blue", 1993), ("Legacy", 2010), ("The Undefeated", 2011), ("Heat: Origins", 1995),
        ("The Red Riding: 1980", 2009), ("Joker", 2019), ("Oldboy", 2008),
    ],
)  # fmt: skip
def test_one_word_in_common_a_remake_and_another_number_are_neither_certain_nor_proposed(
    title: str, year: int
) -> None:
    found = match(title, year=year)
    assert (found.movie_id, found.likely) == (None, None)


def test_an_alias_that_ends_in_a_year_says_that_the_movie_is_dated_so() -> None:
    movies = MOVIES.loc[[2]].assign(aliases=[("Hitze (1994)",)])
    for title, year in (("Heat", 1994), ("Heat", 1995), ("Hitze", 1994)):
        (found,) = TitleMatcher(movies).match_all([Query(titles=(title,), year=year)])
        assert found.how == EXACT
    (found,) = TitleMatcher(movies).match_all([Query(titles=("Heat",), year=1990)])
    assert found.movie_id is None


@pytest.mark.parametrize(
    ("title", "year", "alternatives", "reason"),
    [
        ("Sabrina", 1955, (5,), "the movie of that name is of another year"),
        ("Heat", 1997, (2,), "the movie of that name is of another year"),
        ("Heat", None, (2,), "the file does not say the year"),
        ("Hamlet", 2000, (7, 8), "several movies of that name came out that year"),
        ("Host", 2006, (11,), "a movie has nearly the same name"),
        ("Boot", 1981, (12,), "a movie has nearly the same name"),
        ("The Matrixx", 2000, (1,), "a movie has nearly the same name"),
        ("Our holiday", 2020, (-1,), "the movie of that name is of another year"),
    ],
)
def test_what_is_not_certain_is_left_to_people(
    title: str, year: int | None, alternatives: tuple[int, ...], reason: str
) -> None:
    found = match(title, year=year)
    assert (found.movie_id, found.how) == (None, "")
    assert (found.alternatives, found.reason) == (alternatives, reason)


@pytest.mark.parametrize(
    ("title", "year", "reason"),
    [
        ("Parasite", 2019, "no movie of that name is known here"),
        ("Crash", 1978, "the movies of that name are of another decade"),
        ("x" * 200, 1999, "no movie of that name is known here"),
    ],
)
def test_what_is_not_there_has_no_alternative(title: str, year: int, reason: str) -> None:
    assert match(title, year=year) == Match(reason=reason)


@pytest.mark.parametrize(
    ("title", "year", "number", "movie"),
    [
        # The club's own numbers count where the title agrees, TMDB's where title or year does,
        ("Hamlet", 2000, {"movie_id": 8}, 8),
        ("Heat", 1995, {"movie_id": 8}, 2),
        ("Sabrina", 1995, {"movie_id": 5}, 6),
        ("Up", 2009, {"movie_id": 2}, None),
        ("Matrix", 1999, {"tmdb_id": 603}, 1),
        ("Heat", None, {"tmdb_id": 949}, 2),
        ("Matrice", None, {"tmdb_id": 603}, 1),
        ("Up", 2009, {"tmdb_id": 603}, None),
        # and IMDb's where neither contradicts. Another movie's number makes a title uncertain.
        ("La matrice", 1999, {"imdb_id": 133093}, 1),
        ("La matrice", None, {"imdb_id": 133093}, 1),
        ("The Matrix", 2003, {"imdb_id": 133093}, 1),
        ("Up", 2009, {"imdb_id": 133093}, None),
        ("Heat", 1995, {"imdb_id": 999}, None),
        ("Seven", 1995, {"imdb_id": 999}, 3),  # our number is not known
    ],
)
def test_a_number_counts_where_title_or_year_agree(title, year, number, movie) -> None:
    assert match(title, year=year, **number).movie_id == movie


def test_what_stands_on_the_sides_of_a_slash_is_likely_and_no_more() -> None:
    found = match("盗火线 / Heat", year=1995)
    assert (found.movie_id, found.alternatives) == (None, (2,))
    assert match("Heat / Seven", year=1995).alternatives == (2, 3)


@pytest.mark.parametrize(
    ("title", "year", "likely"),
    [
        ("Heat", None, 2), ("Sabrina", None, None), ("Heat", 1997, None), ("Host", None, None),
        ("Heet", None, None), ("The Host", None, 11),
    ],
)  # fmt: skip
def test_the_one_movie_that_is_called_so_is_named_where_there_is_no_year(
    title: str, year: int | None, likely: int | None
) -> None:
    found = match(title, year=year)
    assert (found.movie_id, found.likely) == (None, likely)


@given(st.sampled_from(sorted(TITLES)), st.integers(-12, 12), st.booleans())
def test_known_titles_in_any_year_become_the_right_movie_or_none(
    movie: int, shift: int, by_alias: bool
) -> None:
    title, year, aliases = TITLES[movie]
    asked = aliases[0] if by_alias and aliases else title
    found = match(asked, year=None if year is None else year + shift)

    def called(text: str) -> set[int]:
        letters = "".join(title_key(text))
        return {one for one, (name, *_) in TITLES.items() if "".join(title_key(name)) == letters}

    same, titled = called(title), called(asked) - {movie}
    # A title comes before another movie's alias.
    others = titled if asked != title else set()
    assert found.movie_id in {None, movie} | (same if shift else set()) | others
    if len(same) == 1 and shift == 0 and not others:
        assert found.movie_id == movie


def test_many_queries_at_once_match_as_one_by_one(bundled) -> None:
    movies = bundled.movies.iloc[::5]
    some = movies.iloc[::240]
    queries = [
        Query(titles=(title if number % 2 else title[:-1] + "x",), year=int(year) + number % 3 - 1)
        for number, (title, year) in enumerate(zip(some["title"], some["year"], strict=True))
    ]
    together = TitleMatcher(movies).match_all(queries)
    alone = TitleMatcher(movies)
    assert together == [alone.match_all([query])[0] for query in queries]
    exact = [m.movie_id == movie for m, movie, q in zip(together, some.index, queries, strict=True)]
    assert sum(exact) > len(queries) / 3


def test_find_returns_movies_of_the_title_within_some_years() -> None:
    assert MATCHER.find(["Matrix"], 1999) == {1}
    assert MATCHER.find(["Hamlet"], 2000) == {7, 8}
    assert (MATCHER.find(["Heat"], 1996), MATCHER.find(["Heat"], 1996, within=1)) == (set(), {2})
