"""Search movies by a part of the title, misspelt or abbreviated.

Case, accents, punctuation and articles do not matter, "Matrix, The" is "The Matrix", a year may be
part of the text, words may be cut off, misspelt or initials, and numbers are words or digits.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import accumulate

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA

LONGEST_QUERY, MOST_WORDS = 100, 12
_SHORTEST_MISSPELT = 3  # letters; shorter words look like too many others
_LIKE_ENOUGH = 0.7  # of 1, for a misspelt word
_COVERED_ENOUGH = 0.6  # of 1, for a text with misspelt or foreign words
_SAME, _BEGINS_WITH_WORDS, _BEGINS, _HAS_ALL_WORDS, _IS_LIKE_IT = 5.0, 4.0, 3.0, 2.0, 1.0
_HAS_INITIALS, _ALONE = 1.5, 0.8  # of several movies, or of one
_SHORTEST, _LONGEST = 2, 6  # letters of an abbreviation
_WHOLE = 0.3  # more where the whole text is like the whole name

_ARTICLES = frozenset(
    {"the", "a", "an", "le", "la", "les", "l", "el", "los", "las", "il", "lo", "gli", "i"}
    | {"der", "die", "das", "det", "den", "de", "het", "os", "o", "un", "une", "uno", "una"}
    | {"ein", "eine"}
)
_TRAILING_ARTICLE = re.compile(rf",\s*({'|'.join(sorted(_ARTICLES))})['’]?\s*(?=$|\(|\d{{4}}$)")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}")
_ELISION = re.compile(r"\b([ld])['’]")
ALIAS_YEAR = re.compile(r" \((\d{4})\)$")  # of another name: a year that the movie is dated, too
_WORD = re.compile(r"[^\W_]+")
_YEAR = re.compile(r"(18[7-9]|19\d|20\d)\d")
_NUMERALS = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
# What does not decompose into a plain letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe"}
    | {"&": " and ", "½": " 1 2", "'": "", "’": "", "`": ""}
)
_NUMBERS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    *("twelve", "thirteen", "fourteen"),
)
_COUNTED = {word: str(number) for number, word in enumerate(_NUMBERS, start=1)}
_COUNTED |= {digits: word for word, digits in _COUNTED.items()}
_END = "\U0010ffff"

Words = tuple[str, ...]


@lru_cache(1 << 16)
def normalise(text: str) -> Words:
    """Return the words of a title as they are compared: "Matrix, The" -> ("matrix",)."""
    plain = _TRAILING_ARTICLE.sub(" ", text.casefold().strip())
    plain = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), plain)
    plain = _ELISION.sub(r"\1 ", plain).translate(_LETTERS)
    letters = plain
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    words = [_NUMERALS.get(word, word) for word in _WORD.findall(letters)]
    return tuple(words[1:] if len(words) > 1 and words[0] in _ARTICLES else words)


def in_digits(word: str) -> str:
    """Return a small number as digits, any other word as it is."""
    return word if word.isdigit() else _COUNTED.get(word, word)


class MovieSearch:
    """An index over the titles and aliases of a catalogue; build it once, ask it often.

    Args:
        movies: index movie_id; title and, optionally, year and aliases.
        fame: how often each movie was rated (index movie_id); missing ones count 0.
    """

    def __init__(self, movies: pd.DataFrame, fame: pd.Series) -> None:
        ids = movies.index.tolist()
        counts = fame.reindex(movies.index, fill_value=0)
        self._fame = dict(zip(ids, counts.tolist(), strict=True))
        years = movies["year"].dropna() if "year" in movies else pd.Series(dtype="Int64")
        self._year = {movie: int(year) for movie, year in years.items()}
        aliases = movies["aliases"] if "aliases" in movies else [()] * len(movies)
        names = {
            (normalise(name), movie_id)
            for movie_id, title, others in zip(ids, movies["title"], aliases, strict=True)
            for name in (title, *(ALIAS_YEAR.sub("", other) for other in others))
            if normalise(name)
        }
        # A name is known by its position among all names, sorted by their letters.
        by_letters = sorted(("".join(words), movie_id, words) for words, movie_id in names)
        self._letters = [letters for letters, _, _ in by_letters]
        self._movie = [movie_id for _, movie_id, _ in by_letters]
        self._names = [words for _, _, words in by_letters]
        self._initials = sorted(
            ("".join(word if word.isdigit() else word[0] for word in words), movie)
            for words, movie in names
            if len(words) > 1
        )
        positions = defaultdict(set)
        for position, (_, _, words) in enumerate(by_letters):
            for word in words:
                positions[word].add(position)
        self._words = sorted(positions)
        # Positions of the names with each word, one word's behind the other's: those of all words
        # that begin alike are one slice.
        each = [sorted(positions[word]) for word in self._words]
        self._positions = np.array([place for places in each for place in places], dtype=np.intp)
        self._starts = [0, *accumulate(map(len, each))]
        self._like_words, self._like_letters = _ByLength(self._words), _ByLength(self._letters)

    def find(self, text: str, limit: int = 8, rated: Collection[int] = frozenset()) -> list[int]:
        """Return the ids of the movies that `text` most likely means, best first.

        A name that is the text comes before one that begins with it (first at a word's end), then
        one with all its words or its initials, then one with words like them; among equals one of
        the `rated` movies, then the more often rated, then the newer. A year in the text puts the
        movies of that year first.
        """
        words = normalise(text[:LONGEST_QUERY])[:MOST_WORDS]
        readings = list(_readings(words))
        every = {word for asked, _ in readings for word in asked}
        likeness = {word: self._likeness(word) for word in every}
        scores: dict[int, float] = {}
        for asked, year in readings:
            for position, match in self._matches(asked, likeness):
                movie_id = self._movie[position]
                score = match + self._bonus(movie_id, year, match)
                scores[movie_id] = max(score, scores.get(movie_id, score))
        abbreviated = self._abbreviated("".join(words))
        for movie_id in abbreviated:
            match = _HAS_INITIALS if len(abbreviated) > 1 else _ALONE
            scores[movie_id] = max(match, scores.get(movie_id, 0.0))

        def key(movie: int) -> tuple[float, bool, float, int, int]:
            fame, year = self._fame[movie], self._year.get(movie, 0)
            return -scores[movie], movie not in rated, -fame, -year, movie

        return sorted(scores, key=key)[:limit]

    def _abbreviated(self, letters: str) -> set[int]:
        """Return the movies whose titles' initials begin with `letters` ("lotr")."""
        if not _SHORTEST <= len(letters) <= _LONGEST:
            return set()
        first = bisect_left(self._initials, (letters,))
        last = bisect_left(self._initials, (letters + _END,))
        return {movie for _, movie in self._initials[first:last]}

    def _bonus(self, movie_id: int, year: int | None, match: float) -> float:
        if year is None:
            return 0.0
        distance = abs(self._year.get(movie_id, 0) - year)
        if distance == 0:
            return 3.0 if match >= _HAS_ALL_WORDS else 0.5
        return 0.0 if distance == 1 else -2.0  # premieres and releases are often a year apart

    def _matches(
        self, asked: tuple[str, ...], likeness: dict[str, NDArray[np.float64]]
    ) -> Iterator[tuple[int, float]]:
        """Yield positions of names and how well each of them matches the words."""
        letters = "".join(asked)
        for position in _beginning_with(self._letters, letters):
            ends = list(accumulate(map(len, self._names[position])))
            whole_words = _SAME if ends[-1] == len(letters) else _BEGINS_WITH_WORDS
            yield position, whole_words if len(letters) in ends else _BEGINS
        covered = np.zeros(len(self._names))
        whole = np.zeros(len(self._names), dtype=int)  # words a name has without misspelling
        worded = np.zeros(len(self._names), dtype=bool)  # has one that is not a number
        for word in asked:
            best = likeness[word]
            covered += best * len(word) / len(letters)
            whole += best == 1.0
            if not _is_number(word):
                worded |= best > 0.0
        has_all = (whole == len(asked)) & bool(asked)
        for position in np.flatnonzero(has_all).tolist():
            yield position, _HAS_ALL_WORDS
        # A number that stands with a word tells nothing alone.
        enough = (covered >= _COVERED_ENOUGH) & ~has_all
        if not all(map(_is_number, asked)):
            enough &= worded
        found = np.flatnonzero(enough)
        for position, share in zip(found.tolist(), covered[found].tolist(), strict=True):
            yield position, _IS_LIKE_IT * round(share, 1)
        if len(letters) >= _SHORTEST_MISSPELT:  # words run together or torn apart, and misspelt
            for _, share, position in self._like_letters.most_like(letters):
                yield position, _IS_LIKE_IT * round(share, 1) + _WHOLE

    def _likeness(self, word: str) -> NDArray[np.float64]:
        """Return how well `word` stands for a word of each name, 1 where one begins like it."""
        likeness, starts = np.zeros(len(self._names)), self._starts
        if len(word) >= _SHORTEST_MISSPELT:
            for _, share, place in reversed(self._like_words.most_like(word)):  # the likest last
                likeness[self._positions[starts[place] : starts[place + 1]]] = share
        known = _beginning_with(self._words, word)
        likeness[self._positions[starts[known.start] : starts[known.stop]]] = 1.0
        return likeness


def _readings(words: Words) -> Iterator[tuple[Words, int | None]]:
    """Yield (title words, year): all words as the title, then the last year-like number as year.

    Each comes again with small numbers as words instead of digits, or as digits instead of words.
    """
    readings: list[tuple[Words, int | None]] = [(words, None)] if words else []
    years = [place for place, word in enumerate(words) if _YEAR.fullmatch(word)]
    if years and len(words) > 1:
        last = years[-1]
        readings.append((words[:last] + words[last + 1 :], int(words[last])))
    for asked, year in readings:
        yield asked, year
        counted = tuple(_COUNTED.get(word, word) for word in asked)
        if len(asked) > 1 and counted != asked:
            yield counted, year


def _is_number(word: str) -> bool:
    return word in _COUNTED or word.isdecimal()


def _beginning_with(texts: list[str], start: str) -> range:
    """Return the positions in sorted `texts` of those that begin with `start`."""
    return range(bisect_left(texts, start), bisect_left(texts, start + _END))


class _ByLength:
    """Texts sorted by length: a much shorter or longer one is not similar anyway."""

    def __init__(self, texts: list[str]) -> None:
        self._places = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        self._texts = [texts[place] for place in self._places]

    def most_like(self, text: str) -> list[tuple[str, float, int]]:
        """Return up to 50 texts that look like `text`: text, likeness (0.7..1), place."""
        shortest, longest = _LIKE_ENOUGH * len(text), len(text) / _LIKE_ENOUGH
        first = bisect_left(self._texts, shortest, key=len)
        last = bisect_right(self._texts, longest, key=len)
        scorer = OSA.normalized_similarity
        found = process.extract(
            text, self._texts[first:last], scorer=scorer, score_cutoff=_LIKE_ENOUGH, limit=50
        )
        return [(choice, share, self._places[first + at]) for choice, share, at in found]
