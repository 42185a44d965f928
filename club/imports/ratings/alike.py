"""Which names of a catalogue look like another: many compared at once."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz, process

LIKE_ENOUGH, BEGINS_ALIKE = 78.0, 90.0  # of 100
MOST_ALTERNATIVES = 6
# Two names are as alike as the share of their letters that both have in the same order: where one
# is shorter than this share of the other, never LIKE_ENOUGH.
SHORTEST = LIKE_ENOUGH / (200 - LIKE_ENOUGH)
ROUNDING = 1e-9
AT_ONCE = 500  # names that are compared with all of ours: 40 MB

Name = tuple[str, ...]


class Names:
    """Names as search compares them, and the movies that are called so.

    Args:
        called: name -> movie ids.
    """

    def __init__(self, called: Mapping[Name, set[int]]) -> None:
        self._names = sorted(called)
        self._letters = ["".join(name) for name in self._names]
        self._movies = [sorted(called[name]) for name in self._names]
        lengths = np.array([len(letters) for letters in self._letters], dtype=np.int64)
        self._places = np.argsort(lengths, kind="stable")  # the shortest first
        self._lengths = lengths[self._places]
        self._by_length = [self._letters[place] for place in self._places]
        self._alike: dict[str, list[tuple[int, float]]] = {}

    def look_up(self, names: Iterable[Name]) -> None:
        """Find out for many names at once which of ours are alike."""
        of_length: dict[int, list[str]] = defaultdict(list)
        for letters in {"".join(name) for name in names} - self._alike.keys():
            of_length[len(letters)].append(letters)
        for length, wanted in of_length.items():
            first = int(np.searchsorted(self._lengths, length * SHORTEST - ROUNDING))
            last = int(np.searchsorted(self._lengths, length / SHORTEST + ROUNDING))
            for start in range(0, len(wanted), AT_ONCE):
                self._compare(wanted[start : start + AT_ONCE], first, last)

    def _compare(self, wanted: Sequence[str], first: int, last: int) -> None:
        """Compare with the names from `first` to before `last`, counted from the shortest."""
        scores = process.cdist(
            wanted,
            self._by_length[first:last],
            scorer=fuzz.ratio,
            score_cutoff=LIKE_ENOUGH,
            dtype=np.float64,
        )
        rows, columns = np.nonzero(scores)
        places, found = self._places[first + columns], scores[rows, columns]
        for letters in wanted:
            self._alike[letters] = []
        for at in np.lexsort((places, -found, rows)):
            best = self._alike[wanted[rows[at]]]
            if len(best) < MOST_ALTERNATIVES:
                best.append((int(places[at]), float(found[at])))

    def like(self, name: Name) -> Iterator[tuple[int, float]]:
        """Yield the movies that `name` may mean, and how alike the names are (0..100)."""
        letters = "".join(name)
        if letters not in self._alike:
            self.look_up([name])
        for place, score in self._alike[letters]:
            yield from ((movie, score) for movie in self._movies[place])
        for place in self._with_or_without_subtitle(name):
            yield from ((movie, BEGINS_ALIKE) for movie in self._movies[place])

    def _with_or_without_subtitle(self, name: Name) -> Iterator[int]:
        """Yield the places of names that begin with all of `name`, or `name` with all of them."""
        yield from range(
            bisect_left(self._names, name), bisect_left(self._names, (*name, "\U0010ffff"))
        )
        for number in range(1, len(name)):
            place = bisect_left(self._names, name[:number])
            if self._names[place : place + 1] == [name[:number]]:
                yield place
