"""Match titles to movies of a catalogue: for certain, perhaps, or not at all.

A query is a movie for certain if, in this order,

    its number at IMDb, TMDB or MovieLens is, and year or title do not contradict;
    exactly one movie has this title and this year, or else this title as an alias;
    exactly one movie has this title at all, and the years differ by one;
    exactly one movie of this year has this title spelled otherwise ("Oldboy"), or under a part of
    its title ("The Empire Strikes Back"), or is called like a part of the query.

Case, accents, punctuation, "&" for "and" and the place of the article do not count. Whether there
is an article counts for titles of one word: Undefeated and The Undefeated came out in the same
year. Where the year is off by one, signs count too, and a title has to be long enough to be no
other movie's. Everything else that is similar becomes an alternative for people to decide on. How
often each rule is right was measured; see docs/decisions.md.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from club.search import ALIAS_YEAR, in_digits, normalise
from club.validation import MAX_TITLE, tidied

BY_NUMBER, EXACT, YEAR_OFF = "number", "title and year", "title, the year differs by one"
SPELLED, PART = "title spelled otherwise, and year", "part of the title, and year"
HOW = (BY_NUMBER, EXACT, YEAR_OFF, SPELLED, PART)  # the most certain first
NONE_NEAR = "no movie of that name is known here"
TOO_FAR = "the movies of that name are of another decade"
MAX_ALTERNATIVES = 6
SAME_TITLE = 200.0  # similarity of an equal title, less the years between; others reach 100
SIMILAR, BEGINS_ALIKE, AGREES, LIKELY = 78.0, 90.0, 80.0, 92.0  # of 100
ANOTHER_DECADE, ANY_YEAR = 10, 0
LONG = 9  # letters and blanks of a title that is hardly two movies' in two years
BATCH = 500  # titles compared at once with the whole catalogue: 25 MB

Key = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Query:
    """What is known of the movie in question; None for what is not.

    Args:
        titles: the title, then other titles of the same movie; a number may stand alone.
        movie_id: its id in the catalogue, or at MovieLens.
        tmdb_id, imdb_id: its numbers there; that at IMDb without "tt".
    """

    titles: tuple[str, ...]
    year: int | None = None
    movie_id: int | None = None
    tmdb_id: int | None = None
    imdb_id: int | None = None

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
        likely: the movie that it nearly certainly is, so that it may be proposed: the only one of
            this title where the query has no year, or the first of the alternatives.
    """

    movie_id: int | None = None
    how: str = ""
    alternatives: tuple[int, ...] = ()
    reason: str = ""
    is_ours: bool = False
    likely: int | None = None


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


# Words that are spelled in two ways in titles of one movie.
_SPELLINGS = {
    "volume": "vol", "colour": "color", "colours": "colors", "grey": "gray", "theatre": "theater",
    "versus": "vs", "doctor": "dr", "mister": "mr", "monsieur": "m", "saint": "st",
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60",
}  # fmt: skip
_SEPARATOR = re.compile(r"\s*[:–—]\s+|\s+[-–—]\s+")
_OWNER = re.compile(r"^(?:\S+ ){1,3}?\S+(?:['’]s|s['’]) (.+)")  # "Jane Austen's Mafia!"
_BRACKETS = re.compile(r"\s*\([^()]*\)")
_SIGNS = re.compile(r"[^\w\s.,:;'’‘\"“”()\[\]/&·…–—-]")  # that are more than punctuation
LEAST_LAST, LEAST_FIRST = 2, 3  # words of a part that names a movie alone


def _exact(title: str) -> list[Key]:
    return [title_key(title)]


def _loose(title: str) -> list[Key]:
    return [loose_key(title)]


def _spelled(title: str) -> list[Key]:
    """Return the letters of a title; the article counts where there is one word beside it."""
    words = loose_key(title)
    if len(words) < 2:
        return [("".join(title_key(title)),)]
    return [("".join(_SPELLINGS.get(word, in_digits(word)) for word in words),)]


def _parts_of_a_movie(title: str) -> list[Key]:
    """Return what else a movie is called: by what stands around "Episode V", without brackets."""
    first, *rest = (part for part in _SEPARATOR.split(title) if part)
    names = [first] if rest else []
    names += [f"{first} {rest[-1]}"] if len(rest) > 1 else []
    names += [_BRACKETS.sub("", title)] if "(" in title else []
    ends = [loose_key(end) for end in (*rest[-1:], *_OWNER.findall(title))]
    return [*map(loose_key, names), *(end for end in ends if len(end) >= LEAST_LAST)]


def _parts_of_a_query(title: str) -> list[Key]:
    """Return the titles without what follows a colon, if that is long enough, and brackets."""
    first = loose_key(_SEPARATOR.split(title)[0])
    bare = _BRACKETS.sub("", title) if "(" in title else ""
    names = [first] if len(first) >= LEAST_FIRST else []
    names += map(loose_key, filter(None, [bare]))
    return names + [end for end in map(loose_key, _OWNER.findall(title)) if len(end) >= LEAST_LAST]


# How a title has to agree, for certain within the same year; the keys of a movie's names, those of
# a query's titles.
Keys = Callable[[str], list[Key]]
RULES: tuple[tuple[str, Keys, Keys], ...] = (
    (SPELLED, _spelled, _spelled),
    (PART, _parts_of_a_movie, _loose),
    (PART, _loose, _parts_of_a_query),
)


def same_title(titles: Iterable[str], others: Iterable[str]) -> bool:
    """Return True if one of `titles` is one of `others`, articles aside."""
    return not {loose_key(title) for title in titles}.isdisjoint(map(loose_key, others))


def titles_agree(titles: Iterable[str], others: Sequence[str]) -> bool:
    """Return True if one of `titles` has mostly the words of one of `others`."""
    theirs = [" ".join(normalise(other)) for other in others]
    ours = [" ".join(normalise(title)) for title in titles]
    return any(fuzz.token_set_ratio(one, other) >= AGREES for one in ours for other in theirs)


def _only(movies: set[Any]) -> Any | None:
    return next(iter(movies)) if len(movies) == 1 else None


def _numbers_in(titles: Iterable[str]) -> set[str]:
    return {word for title in titles for word in loose_key(title) if word.isdigit()}


def _numbers(column: pd.Series) -> dict[Any, int]:
    """Return movie_id -> its number, of those that have one: "tt0133093" is 133093."""
    numbers = pd.to_numeric(column.astype("str").str.removeprefix("tt"), errors="coerce").dropna()
    return {movie: int(number) for movie, number in numbers.items()}


class TitleMatcher:
    """An index of a catalogue's titles, aliases, years and numbers.

    Args:
        movies: index movie_id; title, aliases, year, tmdb_id and imdb_id, in the form of
            `Dataset.movies`. An alias that ends in a year says that the movie is dated so, too.
    """

    def __init__(self, movies: pd.DataFrame) -> None:
        self._names: dict[Any, tuple[str, ...]] = {}  # the title first
        self._years: dict[Any, set[int | None]] = {}  # that a movie may be dated
        self._indexes: dict[Keys, dict[Key, set[Any]]] = {}
        self._by_year: dict[int | None, dict[Key, set[Any]]] = defaultdict(lambda: defaultdict(set))
        self._similar: dict[int | None, _SimilarTitles] = {}
        self._numbers = [_numbers(movies["tmdb_id"]), _numbers(movies["imdb_id"])]
        self._movies = [{number: movie for movie, number in of.items()} for of in self._numbers]
        columns = (movies.index, movies["title"], movies["aliases"], movies["year"])
        for movie, title, aliases, year in zip(*columns, strict=True):
            self._years[movie] = years = {None if pd.isna(year) else int(year)}
            years |= {int(found[1]) for name in aliases if (found := ALIAS_YEAR.search(name))}
            names = tuple(ALIAS_YEAR.sub("", name) for name in (title, *aliases) if name)
            self._names[movie] = names
            for key in map(loose_key, names):
                for of_year in (*years, ANY_YEAR):
                    self._by_year[of_year][key].add(movie)
        self._indexes[_loose] = self._by_year[ANY_YEAR]
        self._lock = Lock()

    def by_tmdb_id(self, tmdb_id: int) -> Any | None:
        """Return the movie with this number at TMDB, None if there is none."""
        return self._movies[0].get(tmdb_id)

    def find(self, titles: Iterable[str], year: int, within: int = 0) -> set[Any]:
        """Return movies with one of these titles, articles aside, `within` years of `year`."""
        keys = [loose_key(title) for title in titles]
        near = [self._by_year.get(year + off, {}) for off in range(-within, within + 1)]
        return {movie for called in near for key in keys for movie in called.get(key, ())}

    def match_all(self, queries: Sequence[Query]) -> list[Match]:
        """Return the movie that each query means; many at once take less time."""
        with self._lock:  # indexes are built when they are first asked
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

    def _index(self, keys: Keys) -> dict[Key, set[Any]]:
        """Return the movies by one kind of keys of their names; built when it is first asked."""
        if keys not in self._indexes:
            self._indexes[keys] = index = defaultdict(set)
            for movie, names in self._names.items():
                for key in {key for name in names for key in keys(name)}:
                    index[key].add(movie)
        return self._indexes[keys]

    def _certain(self, query: Query) -> Match | None:
        for how, movie in self._proposals(query):
            if movie is not None and (how == BY_NUMBER or not self._has_other_number(movie, query)):
                return Match(movie, how, (movie,))
        return None

    def _proposals(self, query: Query) -> Iterator[tuple[str, Any | None]]:
        """Yield the one movie that each rule finds, the most certain rule first."""
        yield BY_NUMBER, self._by_number(query)
        called = self._called(query)
        exact = self._of_year(called, query.year)
        titled = {movie for movie in exact if title_key(self._names[movie][0]) in query.exact}
        yield EXACT, _only(exact) if len(titled) != 1 else _only(titled)
        if exact:
            return
        only = self._alone(query, called)
        if only is not None and self._distance(only, query.year) == 1:
            yield YEAR_OFF, only if self._is_surely_called(only, query) else None
        if query.year is not None:
            for how, of_movie, of_query in RULES:
                keys = {key for title in query.titles for key in of_query(title)}
                found = {movie for key in keys for movie in self._index(of_movie).get(key, ())}
                yield how, _only(self._of_year(found, query.year))

    def _uncertain(self, query: Query) -> Match:
        called = self._called(query)
        similarity = self._similarities(query, called)
        best = sorted(similarity, key=lambda movie: (-similarity[movie], movie < 0, movie))
        alternatives = tuple(best[:MAX_ALTERNATIVES])
        if len(self._of_year(called, query.year)) > 1:
            reason = "several movies of that name came out that year"
        elif called & {*alternatives}:
            reason = "the movie of that name is of another year"
            reason = "the file does not say the year" if query.year is None else reason
        elif alternatives:
            reason = "a movie has nearly the same name"
        else:
            reason = TOO_FAR if called else NONE_NEAR
        is_ours = any(movie < 0 and query.year in self._years[movie] for movie in called)
        likely = self._alone(query, called) if query.year is None else None
        for movie in alternatives[:1]:
            is_near = LIKELY <= similarity[movie] < 100 and self._distance(movie, query.year) == 0
            counts = [_numbers_in(names) for names in (self._names[movie], query.titles)]
            if is_near and counts[0] == counts[1] and not self._has_other_number(movie, query):
                likely = movie
        return Match(None, "", alternatives, reason, is_ours, likely)

    def _by_number(self, query: Query) -> Any | None:
        """Return the movie of one of the query's numbers if title and year do not contradict.

        That of MovieLens counts only if the title agrees: a club's own numbers look the same.
        """
        movie, known = query.movie_id, self._names.get(query.movie_id)
        agrees = known and (not query.titles or titles_agree(query.titles, known))
        if agrees and self._near(movie, query):
            return movie
        for of_number, number in zip(self._movies, (query.tmdb_id, query.imdb_id), strict=True):
            movie = None if number is None else of_number.get(number)
            if movie is not None and (
                self._near(movie, query) or titles_agree(query.titles, self._names[movie])
            ):
                return movie
        return None

    def _has_other_number(self, movie: Any, query: Query) -> bool:
        """Return True if a number of the query belongs to another movie than this one."""
        pairs = zip(self._numbers, (query.tmdb_id, query.imdb_id), strict=True)
        return any(
            number is not None and of_movie.get(movie, number) != number
            for of_movie, number in pairs
        )

    def _called(self, query: Query) -> set[Any]:
        index = self._index(_exact)
        return {movie for key in query.exact for movie in index.get(key, ())}

    def _alone(self, query: Query, called: set[Any]) -> Any | None:
        """Return the only movie of this title, whether with or without an article."""
        index = self._index(_loose)
        loose = {movie for key in query.loose for movie in index.get(key, ())}
        return _only(called) if len(loose) == 1 else None

    def _is_surely_called(self, movie: Any, query: Query) -> bool:
        """Return True if the movie's title is the query's with all signs, and a long one."""
        title = self._names[movie][0]
        return any(
            title_key(title) == title_key(other)
            and sorted(_SIGNS.findall(title)) == sorted(_SIGNS.findall(other))
            and len(" ".join(loose_key(other))) >= LONG
            for other in query.titles
        )

    def _of_year(self, called: set[Any], year: int | None) -> set[Any]:
        """Return those of the same year; both unknown counts only if there is no other."""
        same = {movie for movie in called if year in self._years[movie]}
        return same if year is not None or len(called) == 1 else set()

    def _near(self, movie: Any, query: Query) -> bool:
        return self._distance(movie, query.year) in {None, 0, 1}

    def _distance(self, movie: Any, year: int | None) -> int | None:
        """Return the years between, None if one of the two is not known."""
        known = [one for one in self._years[movie] if one is not None]
        return min((abs(one - year) for one in known), default=None) if year is not None else None

    def _similarities(self, query: Query, called: set[Any]) -> dict[Any, float]:
        """Return movies that it may be and how similar their titles are."""
        similarity: dict[Any, float] = {}
        for movie in called:
            distance = self._distance(movie, query.year) or 0
            if distance <= ANOTHER_DECADE:
                similarity[movie] = SAME_TITLE - distance
        for titles in filter(None, map(self._similar_titles, query.years)):
            for key in query.loose:
                for movie, score in titles.similar(key):
                    similarity[movie] = max(score, similarity.get(movie, 0.0))
        return similarity

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
