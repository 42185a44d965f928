"""Match titles to movies of a catalogue: for certain, perhaps, or not at all.

A query is a movie for certain if, in this order,

    its movie_id is, and title and year agree; or its TMDB number is, and title or year agrees;
    exactly one movie has this title or alias and this year;
    exactly one movie has this title or alias at all, and the years differ by one.

Case, accents, punctuation, "&" for "and" and the place of the article do not count. Whether there
is an article does: Host and The Host came out in the same year. Everything else that is similar
becomes an alternative for people to decide on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from club.search import normalise
from club.validation import MAX_TITLE, tidied

BY_ID, EXACT, YEAR_OFF = "number and title", "title and year", "title, the year differs by one"
HOW = (BY_ID, EXACT, YEAR_OFF)  # the most certain first
NONE_NEAR = "no movie in the catalogue is called so"
TOO_FAR = "movies that are called so came out in another decade"
MAX_ALTERNATIVES = 6
SAME_TITLE = 200.0  # similarity of an equal title, less the years between; others reach 100
SIMILAR, BEGINS_ALIKE, AGREES = 78.0, 90.0, 80.0  # of 100
ANOTHER_DECADE, ANY_YEAR = 10, 0
BATCH = 500  # titles compared at once with the whole catalogue: 25 MB

Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is known of the movie in question; None for what is not.

    Args:
        titles: the title, then other titles of the same movie.
        movie_id: its id in the catalogue.
    """

    titles: tuple[str, ...]
    year: int | None = None
    movie_id: int | None = None
    tmdb_id: int | None = None

    @cached_property
    def exact(self) -> set[Key]:
        """The titles as keys, with articles."""
        return {title_key(title) for title in self.titles}

    @cached_property
    def loose(self) -> list[Key]:
        """Keys without articles; also those on the sides of " / ", as in "Heat / 盗火线"."""
        parts = [part for title in self.titles if " / " in title for part in title.split(" / ")]
        return [loose_key(title) for title in (*self.titles, *parts)]

    @property
    def years(self) -> list[int | None]:
        """Years of the movies that it may mean; None for movies whose year is not known."""
        year = self.year
        return [ANY_YEAR] if year is None else [year - 1, year, year + 1, None]


@dataclass(frozen=True)
class Match:
    """The movie that a query means.

    Args:
        movie_id: the movie if it is certain, else None.
        how: one of HOW for a certain movie, else "".
        alternatives: ids of movies that it may be, best first; the certain one alone.
        reason: why it is not certain, for people, without a full stop; "" if it is.
        is_ours: whether the club itself has added a movie of this title and year, if uncertain.
        alone: the only movie of this title where the query has no year: likely, not certain.
    """

    movie_id: int | None = None
    how: str = ""
    alternatives: tuple[int, ...] = ()
    reason: str = ""
    is_ours: bool = False
    alone: int | None = None


@lru_cache(1 << 16)
def title_key(title: str) -> Key:
    """Return the words of a title with its article in front: "Boot, Das" is ("das", "boot").

    A title without letters and digits is one word, as it is written.
    """
    plain = tidied(title, MAX_TITLE)
    words, (front, _, end) = _with_article(plain), plain.rpartition(", ")
    if front and words == _with_article(front):
        words = _with_article(f"{end} {front}")
    return words or (plain.casefold(),)


def _with_article(text: str) -> Key:
    """`normalise` drops a leading article; a word in front of it keeps the article."""
    return normalise(f"x {text}")[1:]


def loose_key(title: str) -> Key:
    """Return the words of a title without its article."""
    return normalise(" ".join(title_key(title))) or title_key(title)


def same_title(titles: Iterable[str], others: Iterable[str]) -> bool:
    """Return True if one of `titles` is one of `others`, articles aside."""
    return not {loose_key(title) for title in titles}.isdisjoint(map(loose_key, others))


def titles_agree(titles: Iterable[str], others: Sequence[str]) -> bool:
    """Return True if one of `titles` has mostly the words of one of `others`."""
    theirs = [" ".join(normalise(other)) for other in others]
    ours = [" ".join(normalise(title)) for title in titles]
    return any(fuzz.token_set_ratio(one, other) >= AGREES for one in ours for other in theirs)


class TitleMatcher:
    """An index of a catalogue's titles, aliases, years and TMDB numbers.

    Args:
        movies: index movie_id; title, aliases, year and tmdb_id, in the form of `Dataset.movies`.
    """

    def __init__(self, movies: pd.DataFrame) -> None:
        self._year: dict[Any, int | None] = {}
        self._keys: dict[Any, set[Key]] = {}
        self._exact: dict[Key, set[Any]] = defaultdict(set)
        self._loose: dict[Key, set[Any]] = defaultdict(set)
        self._by_year: dict[int | None, dict[Key, set[Any]]] = defaultdict(lambda: defaultdict(set))
        self._by_year[ANY_YEAR] = self._loose
        self._similar: dict[int | None, _SimilarTitles] = {}
        self._tmdb = {int(number): m for m, number in movies["tmdb_id"].dropna().items()}
        columns = (movies.index, movies["title"], movies["aliases"], movies["year"])
        for movie, title, aliases, year in zip(*columns, strict=True):
            self._year[movie] = None if pd.isna(year) else int(year)
            names = [name for name in (title, *aliases) if name]
            self._keys[movie] = {title_key(name) for name in names}
            for key in self._keys[movie]:
                self._exact[key].add(movie)
            for key in {loose_key(name) for name in names}:
                self._loose[key].add(movie)
                self._by_year[self._year[movie]][key].add(movie)

    def by_tmdb_id(self, tmdb_id: int) -> Any | None:
        """Return the movie with this number at TMDB, None if there is none."""
        return self._tmdb.get(tmdb_id)

    def find(self, titles: Iterable[str], year: int, within: int = 0) -> set[Any]:
        """Return movies with one of these titles, articles aside, `within` years of `year`."""
        keys = [loose_key(title) for title in titles]
        near = [self._by_year.get(year + off, {}) for off in range(-within, within + 1)]
        return {movie for called in near for key in keys for movie in called.get(key, ())}

    def match(self, query: Query) -> Match:
        """Return the movie that `query` means."""
        return self.match_all([query])[0]

    def match_all(self, queries: Sequence[Query]) -> list[Match]:
        """Return the movie that each query means; many at once take less time."""
        certain = [self._certain(query) for query in queries]
        wanted: dict[int | None, list[Key]] = defaultdict(list)
        for query, match in zip(queries, certain, strict=True):
            for year in query.years if match is None else ():
                wanted[year] += query.loose
        for year, keys in wanted.items():
            if similar := self._similar_titles(year):
                similar.compare(keys)
        pairs = zip(queries, certain, strict=True)
        return [match or self._uncertain(query) for query, match in pairs]

    def _certain(self, query: Query) -> Match | None:
        by_id = self._by_number(query)
        if by_id is not None:
            return Match(by_id, BY_ID, (by_id,))
        called = self._called(query)
        exact = self._of_year(called, query.year)
        if len(exact) == 1:
            movie = exact.pop()
            return Match(movie, EXACT, (movie,))
        only = self._only(query, called)
        if only is not None and not exact and self._distance(only, query.year) == 1:
            return Match(only, YEAR_OFF, (only,))
        return None

    def _uncertain(self, query: Query) -> Match:
        called = self._called(query)
        alternatives = self._alternatives(query, called)
        if len(self._of_year(called, query.year)) > 1:
            reason = "several movies are called so and came out in that year"
        elif called & {*alternatives}:
            reason = "a movie that is called so came out in another year"
            reason = "the file does not say the year" if query.year is None else reason
        elif alternatives:
            reason = "a movie is called nearly so"
        else:
            reason = TOO_FAR if called else NONE_NEAR
        alone = self._only(query, called) if query.year is None else None
        is_ours = any(movie < 0 and self._year[movie] == query.year for movie in called)
        return Match(None, "", alternatives, reason, is_ours, alone)

    def _by_number(self, query: Query) -> int | None:
        if query.movie_id in self._keys:
            distance = self._distance(query.movie_id, query.year)
            if self._keys[query.movie_id] & query.exact and distance in (0, None):
                return query.movie_id
        movie = None if query.tmdb_id is None else self._tmdb.get(query.tmdb_id)
        if movie is not None:
            distance = self._distance(movie, query.year)
            same = self._keys[movie] & query.exact
            if (same and distance is None) or (distance is not None and distance <= 1):
                return int(movie)
        return None

    def _called(self, query: Query) -> set[int]:
        return {movie for key in query.exact for movie in self._exact.get(key, ())}

    def _only(self, query: Query, called: set[int]) -> int | None:
        """Return the only movie of this title, whether with or without an article."""
        loose = {movie for key in query.loose for movie in self._loose.get(key, ())}
        return next(iter(called)) if len(called) == len(loose) == 1 else None

    def _of_year(self, called: set[int], year: int | None) -> set[int]:
        """Return those of the same year; both unknown counts only if there is no other."""
        same = {movie for movie in called if self._year[movie] == year}
        return same if year is not None or len(called) == 1 else set()

    def _distance(self, movie: Any, year: int | None) -> int | None:
        """Return the years between, None if one of the two is not known."""
        known = self._year[movie]
        return None if known is None or year is None else abs(known - year)

    def _alternatives(self, query: Query, called: set[int]) -> tuple[int, ...]:
        similarity: dict[int, float] = {}
        for movie in called:
            distance = self._distance(movie, query.year) or 0
            if distance <= ANOTHER_DECADE:
                similarity[movie] = SAME_TITLE - distance
        for titles in filter(None, map(self._similar_titles, query.years)):
            for key in query.loose:
                for movie, score in titles.similar(key):
                    similarity[movie] = max(score, similarity.get(movie, 0.0))
        best = sorted(similarity, key=lambda movie: (-similarity[movie], movie < 0, movie))
        return tuple(best[:MAX_ALTERNATIVES])

    def _similar_titles(self, year: int | None) -> _SimilarTitles | None:
        if year not in self._similar and year in self._by_year:
            self._similar[year] = _SimilarTitles(self._by_year[year])
        return self._similar.get(year)


class _SimilarTitles:
    """Title keys to compare with: by common letters, and by common first words.

    Args:
        titles: key -> movie ids.
    """

    def __init__(self, titles: Mapping[Key, set[int]]) -> None:
        self._keys = sorted(titles)
        self._movies = [sorted(titles[key]) for key in self._keys]
        self._letters = ["".join(key) for key in self._keys]
        self._found: dict[str, list[tuple[int, float]]] = {}  # letters -> position, similarity

    def compare(self, keys: Iterable[Key]) -> None:
        """Compare many keys at once; `similar` then answers without delay."""
        wanted = sorted({"".join(key) for key in keys} - self._found.keys())
        for batch in (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH)):
            scores = process.cdist(batch, self._letters, scorer=fuzz.ratio, score_cutoff=SIMILAR)
            for letters, row in zip(batch, scores, strict=True):
                places = np.flatnonzero(row)
                best = places[np.argsort(-row[places], kind="stable")][:MAX_ALTERNATIVES]
                self._found[letters] = [(int(place), float(row[place])) for place in best]

    def similar(self, key: Key) -> Iterator[tuple[int, float]]:
        """Yield movies that `key` may mean and the similarity of their titles (0..100)."""
        self.compare([key])
        scores = dict(self._found["".join(key)])
        last = bisect_left(self._keys, (*key, "\U0010ffff"))
        for place in range(bisect_left(self._keys, key), last):  # with a subtitle
            scores.setdefault(place, BEGINS_ALIKE)
        for words in range(1, len(key)):  # without one
            place = bisect_left(self._keys, key[:words])
            if self._keys[place : place + 1] == [key[:words]]:
                scores.setdefault(place, BEGINS_ALIKE)
        for place, score in scores.items():
            yield from ((movie, score) for movie in self._movies[place])


def in_catalogue(
    movies: pd.DataFrame, tmdb_id: int, titles: Sequence[str], year: int | None
) -> int | None:
    """Return the catalogue's movie that TMDB describes so, None if there is none for certain.

    Args:
        movies: in the form of `Dataset.movies`.
        titles: title and original title at TMDB.
    """
    same_number = movies.index[(movies["tmdb_id"] == tmdb_id).fillna(False)]
    if len(same_number) or year is None:
        return int(same_number[0]) if len(same_number) else None
    same_year = movies[((movies["year"] == year) & movies["tmdb_id"].isna()).fillna(False)]
    found = TitleMatcher(same_year).find(titles, year)
    return int(found.pop()) if len(found) == 1 else None
