"""Which movie of the catalogue a row means: for certain, perhaps, or none.

A row is a movie for certain if, in this order,

    its movie_id is, and title and year agree; or its number at TMDB is, and title or year agree;
    exactly one movie is called so and came out in that year;
    exactly one movie is called so at all, and the years differ by one: premieres and releases do.

Case, accents, punctuation, "&" for "and" and where the article stands make no difference; whether
there is an article does: Host and The Host came out in the same year. All else that looks alike is
left to people. Two rows of one person that the file holds for two movies never become one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from club.imports.catalogue.tables import clean_text
from club.imports.ratings.alike import MOST_ALTERNATIVES, Name, Names
from club.imports.ratings.rows import Row
from club.search import normalise
from club.validation import MAX_TITLE

BY_ID, EXACT, YEAR_OFF = "number and title", "title and year", "title, the year differs by one"
HOW = (BY_ID, EXACT, YEAR_OFF)  # the surest first
NONE_NEAR = "no movie in the catalogue is called so"
TOO_FAR = "movies that are called so came out in another decade"
NEAR_YEARS, ANOTHER_DECADE, ANY_YEAR = 1, 10, 0
SAME = 200.0  # likeness of what is called so, less the years between; others have 100 at most


@dataclass(frozen=True)
class Match:
    """What a row means.

    Args:
        movie_id: the movie that it certainly is, else None.
        how: one of HOW for a certain movie, else "".
        alternatives: the movies that it may be, best first, the certain one included.
        reason: why it is not certain, for people, without a full stop; "" where it is.
        is_ours: whether the club has added a movie of this name and year itself.
        alone: the one movie that is called so, where the row says no year; likely, not certain.
    """

    movie_id: int | None = None
    how: str = ""
    alternatives: tuple[int, ...] = ()
    reason: str = ""
    is_ours: bool = False
    alone: int | None = None


def compared(title: str) -> Name:
    """Return the words of a title with its article in front: "Boot, Das" is ("das", "boot").

    What has neither letters nor digits is one word, as it is written.
    """
    plain = clean_text(title, MAX_TITLE)
    words, (front, _, end) = _words(plain), plain.rpartition(", ")
    if front and words == _words(front):
        words = _words(f"{end} {front}")
    return words or (plain.casefold(),)


def _words(text: str) -> Name:
    """Return what `normalise` does, which takes away an article in front, with that article."""
    return normalise(f"x {text}")[1:]


def _loosely(name: Name) -> Name:
    """Return a name as `club.search` compares it, without an article."""
    return normalise(" ".join(name)) or name


@dataclass(frozen=True)
class _Asked:
    """A row with its names as they are compared.

    Args:
        loosely: as search compares them, and what stands on the sides of " / ".
        years: of the movies that it may mean; None for those whose year is not known.
    """

    row: Row
    names: list[Name]
    loosely: list[Name]
    years: list[int | None]

    @classmethod
    def of(cls, row: Row) -> _Asked:
        names = [compared(title) for title in row.titles]
        # "Heat / 盗火线": what one part means is likely, and no more.
        parts = [compared(part) for title in row.titles for part in title.split(" / ")[1:]]
        parts += [compared(title.split(" / ")[0]) for title in row.titles if parts]
        years: list[int | None] = [ANY_YEAR]
        if row.year is not None:
            years = [*range(row.year - NEAR_YEARS, row.year + NEAR_YEARS + 1), None]
        return cls(row, names, [_loosely(name) for name in names + parts], years)


class Matcher:
    """An index over the names and years of a catalogue; build it once, ask it often.

    Args:
        movies: in the form of `Dataset.movies`.
    """

    def __init__(self, movies: pd.DataFrame) -> None:
        self._year: dict[int, int | None] = {
            int(movie): None if pd.isna(year) else int(year)
            for movie, year in zip(movies.index, movies["year"], strict=True)
        }
        self._names: dict[int, set[Name]] = {
            int(movie): {compared(name) for name in (title, *aliases)}
            for movie, title, aliases in zip(
                movies.index, movies["title"], movies["aliases"], strict=True
            )
        }
        self._tmdb = {int(number): int(m) for m, number in movies["tmdb_id"].dropna().items()}
        self._called: dict[Name, set[int]] = defaultdict(set)
        self._loosely_called: dict[Name, set[int]] = defaultdict(set)
        of_year: dict[int | None, dict[Name, set[int]]] = defaultdict(lambda: defaultdict(set))
        for movie, names in self._names.items():
            for name in names:
                self._called[name].add(movie)
                self._loosely_called[_loosely(name)].add(movie)
                of_year[self._year[movie]][_loosely(name)].add(movie)
        of_year[ANY_YEAR] = self._loosely_called
        self._of_year = {year: Names(called) for year, called in of_year.items()}

    def match(self, row: Row) -> Match:
        """Return which movie `row` means, looked at alone."""
        asked = _Asked.of(row)
        return self._certain(asked) or self._uncertain(asked)

    def _certain(self, asked: _Asked) -> Match | None:
        row, names = asked.row, asked.names
        by_id = self._by_number(row, names)
        if by_id is not None:
            return Match(by_id, BY_ID, (by_id,))
        called = {movie for name in names for movie in self._called.get(name, ())}
        exact = {movie for movie in called if self._agrees(movie, row.year, called)}
        if len(exact) == 1:
            movie = exact.pop()
            return Match(movie, EXACT, (movie,), is_ours=self._is_ours(row, called))
        only = self._only(asked, called)
        if only is not None and not exact and self._distance(only, row.year) == 1:
            return Match(only, YEAR_OFF, (only,))
        return None

    def _only(self, asked: _Asked, called: set[int]) -> int | None:
        """Return the movie that alone is called so, with or without an article."""
        loosely = {m for name in asked.loosely for m in self._loosely_called.get(name, ())}
        return next(iter(called)) if len(called) == len(loosely) == 1 else None

    def _uncertain(self, asked: _Asked) -> Match:
        row = asked.row
        called = {movie for name in asked.names for movie in self._called.get(name, ())}
        exact = {movie for movie in called if self._agrees(movie, row.year, called)}
        alternatives = self._alternatives(asked, called)
        reason = _reason(row, called, exact, alternatives)
        alone = self._only(asked, called) if row.year is None else None
        return Match(None, "", alternatives, reason, self._is_ours(row, called), alone)

    def _is_ours(self, row: Row, called: set[int]) -> bool:
        return any(movie < 0 and self._year[movie] == row.year for movie in called)

    def match_all(self, rows: Iterable[Row]) -> dict[tuple[str, int], Match]:
        """Return by `Row.key` which movies the rows of one file mean.

        Rows of one person that mean the same movie, but name two in the file, take each other's
        certainty: the surest keeps it, if there is one.
        """
        pairs = [(asked, self._certain(asked)) for asked in map(_Asked.of, rows)]
        self._look_up(asked for asked, match in pairs if match is None)
        known = {
            asked.row.key: (asked.row, match or self._uncertain(asked)) for asked, match in pairs
        }
        claims: dict[tuple[str, int], list[tuple[Row, Match]]] = defaultdict(list)
        for row, match in known.values():
            if match.movie_id is not None:
                claims[row.person, match.movie_id].append((row, match))
        found = {key: match for key, (_, match) in known.items()}
        for claim in claims.values():
            for row in _doubtful(claim):
                match = found[row.key]
                why = "another row of the file looks like the same movie"
                found[row.key] = replace(match, movie_id=None, how="", reason=why, alone=None)
        return found

    def _look_up(self, rows: Iterable[_Asked]) -> None:
        """Compare all names of rows at once with those that they may mean, which takes less."""
        wanted: dict[int | None, list[Name]] = defaultdict(list)
        for asked in rows:
            for year in asked.years:
                wanted[year] += asked.loosely
        for year, names in wanted.items():
            if year in self._of_year:
                self._of_year[year].look_up(names)

    def _by_number(self, row: Row, names: Sequence[Name]) -> int | None:
        if row.movie_id in self._names:
            distance = self._distance(row.movie_id, row.year)
            if self._names[row.movie_id] & {*names} and distance in (0, None):
                return row.movie_id
        at_tmdb = None if row.tmdb_id is None else self._tmdb.get(row.tmdb_id)
        if at_tmdb is not None:
            distance = self._distance(at_tmdb, row.year)
            same_name = self._names[at_tmdb] & {*names}
            if (distance is not None and distance <= 1) or (same_name and distance is None):
                return at_tmdb
        return None

    def _distance(self, movie: int, year: int | None) -> int | None:
        """Return how many years apart they are, None when one of the years is not known."""
        known = self._year[movie]
        return None if known is None or year is None else abs(known - year)

    def _agrees(self, movie: int, year: int | None, called: set[int]) -> bool:
        """Tell whether the years are the same; both unknown only if no other is called so."""
        known = self._year[movie]
        return known == year and (year is not None or len(called) == 1)

    def _alternatives(self, asked: _Asked, called: set[int]) -> tuple[int, ...]:
        likeness: dict[int, float] = {}
        for movie in called:
            distance = self._distance(movie, asked.row.year) or 0
            if distance <= ANOTHER_DECADE:
                likeness[movie] = SAME - distance
        for near in (self._of_year[year] for year in asked.years if year in self._of_year):
            for name in asked.loosely:
                for movie, score in near.like(name):
                    likeness[movie] = max(score, likeness.get(movie, 0.0))
        best = sorted(likeness, key=lambda movie: (-likeness[movie], movie < 0, movie))
        return tuple(best[:MOST_ALTERNATIVES])


def _reason(row: Row, called: set[int], exact: set[int], alternatives: tuple[int, ...]) -> str:
    if len(exact) > 1:
        return "several movies are called so and came out in that year"
    if called & {*alternatives}:
        if row.year is None:
            return "the file does not say the year"
        return "a movie that is called so came out in another year"
    if alternatives:
        return "a movie is called nearly so"
    return TOO_FAR if called else NONE_NEAR


def _doubtful(claim: list[tuple[Row, Match]]) -> list[Row]:
    """Return the rows that may be other movies than the surest of those that claim one movie."""
    if len({_identity(row) for row, _ in claim}) == 1:
        return []
    surest = min(HOW.index(match.how) for _, match in claim)
    first = {_identity(row) for row, match in claim if HOW.index(match.how) == surest}
    kept = first if len(first) == 1 else set()
    return [row for row, _ in claim if _identity(row) not in kept]


def _identity(row: Row) -> tuple[object, ...]:
    return (row.source_id,) if row.source_id else (compared(row.title), row.year)
