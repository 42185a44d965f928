"""Names are compared many at once, and it is as if each were compared with each."""

from __future__ import annotations

import time

from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from club.imports.ratings.alike import LIKE_ENOUGH, MOST_ALTERNATIVES, Name, Names
from club.imports.ratings.matching import Matcher
from club.imports.ratings.rows import Row
from recommender import load_bundled

WORDS = st.text("abé ", max_size=4) | st.sampled_from(
    ["matrix", "matrixx", "reloaded", "\U0001f3ac"]
)
NAMES = st.lists(WORDS, min_size=1, max_size=3).map(tuple)


def one_by_one(name: Name, called: list[Name]) -> list[tuple[int, float]]:
    letters = ["".join(one) for one in sorted(called)]
    found = process.extract(
        "".join(name),
        letters,
        scorer=fuzz.ratio,
        score_cutoff=LIKE_ENOUGH,
        limit=MOST_ALTERNATIVES,
    )
    return [(place, score) for _, score, place in found]


@example([("",)], [("",)])
@example([("a" * 39,), ("a" * 61,)], [("a" * 61,), ("a" * 39,)])
@given(st.lists(NAMES, unique=True, max_size=40), st.lists(NAMES, max_size=10))
def test_many_names_at_once_are_alike_as_one_by_one(called: list[Name], asked: list[Name]) -> None:
    names = Names({name: {number} for number, name in enumerate(called)})
    movies = [called.index(name) for name in sorted(called)]
    names.look_up(asked)
    for name in asked:
        expected = [(movies[place], score) for place, score in one_by_one(name, called)]
        assert list(names.like(name))[: len(expected)] == expected


def test_ten_thousand_titles_that_nobody_knows_take_a_second() -> None:
    titles = load_bundled().movies["title"].tolist()
    rows = [Row("f.csv", n, (f"{titles[n % 997][::-1]} {n}",), None) for n in range(10_000)]
    matcher = Matcher(load_bundled().movies)
    start = time.perf_counter()
    found = matcher.match_all(rows)
    assert time.perf_counter() - start < 10  # 0.7 on an idle machine
    assert len(found) == len(rows)
