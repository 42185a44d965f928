"""Films of a series, and names that are cut down to initials: "lotr", "hp 3", "star wars 5"."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping

SHORTEST, LONGEST = 2, 6  # letters of an abbreviation
LATEST = 20  # film of a series that anybody asks for by number
APART = 20  # years; films further apart are two series, as a first attempt and a remake are
_ROMAN = {"i": 1, "v": 5, "x": 10}  # alone they are words in other titles
_END = "\U0010ffff"

Words = tuple[str, ...]


class Series:
    """An index over the beginnings and the initials of titles.

    Args:
        names: (words as they are compared, movie_id); a movie may have several.
        years: movie_id -> year, where it is known.
        fame: movie_id -> how often it was rated.
    """

    def __init__(
        self,
        names: Iterable[tuple[Words, int]],
        years: Mapping[int, int],
        fame: Mapping[int, float],
    ) -> None:
        self._years, self._fame = years, fame
        self._names = sorted(names)
        self._initials = sorted(
            ("".join(_initial(word) for word in words), words, movie)
            for words, movie in self._names
            if len(words) > 1
        )

    def abbreviated(self, letters: str) -> set[int]:
        """Return the movies whose titles' initials begin with `letters` ("lotr", "t2")."""
        return {movie for _, movie in self._of_initials(letters)}

    def film(self, words: Words) -> int | None:
        """Return the film that "godfather 2", "lotr 2" or "star wars 5" means; None if none.

        A number that stands right behind the common beginning of the titles counts ("Episode V"),
        else the order in which the films came out.
        """
        if len(words) < 2 or not words[-1].isdigit() or not 1 <= int(words[-1]) <= LATEST:
            return None
        stem, number = words[:-1], int(words[-1])
        group, length = self._beginning_with(stem), len(stem)
        if len(set(group.values())) < 2 and len(stem) == 1:
            group, length = self._best_of_initials(stem[0]), len(stem[0])
        if len(set(group.values())) < 2:
            return None
        numbered = {
            movie
            for name, movie in group.items()
            if number in map(_value, name[length : length + 2])
        }
        if numbered:
            return max(numbered, key=lambda movie: (self._fame.get(movie, 0), -movie))
        films = self._together(set(group.values()))
        return films[number - 1] if number <= len(films) else None

    def _beginning_with(self, stem: Words) -> dict[Words, int]:
        first, last = bisect_left(self._names, (stem,)), bisect_left(self._names, ((*stem, _END),))
        return dict(self._names[first:last])

    def _of_initials(self, letters: str) -> list[tuple[Words, int]]:
        if not SHORTEST <= len(letters) <= LONGEST:
            return []
        first = bisect_left(self._initials, (letters,))
        last = bisect_left(self._initials, (letters + _END,))
        return [(words, movie) for _, words, movie in self._initials[first:last]]

    def _best_of_initials(self, letters: str) -> dict[Words, int]:
        """Return the most famous of the series that `letters` may mean."""
        groups: dict[Words, dict[Words, int]] = defaultdict(dict)
        for words, movie in self._of_initials(letters):
            groups[words[: len(letters)]][words] = movie
        several = [group for group in groups.values() if len(set(group.values())) > 1]
        return max(several, key=self._total, default={})

    def _total(self, group: Mapping[Words, int]) -> float:
        return sum(self._fame.get(movie, 0) for movie in set(group.values()))

    def _together(self, movies: set[int]) -> list[int]:
        """Return the films in order of years; of several runs far apart the most famous one."""
        runs: list[list[int]] = []
        dated = sorted((movie for movie in movies if movie in self._years), key=self._order)
        for movie in dated:
            if runs and self._years[movie] - self._years[runs[-1][-1]] <= APART:
                runs[-1].append(movie)
            else:
                runs.append([movie])
        return max(runs, key=lambda run: sum(self._fame.get(m, 0) for m in run), default=[])

    def _order(self, movie: int) -> tuple[int, float, int]:
        return self._years[movie], -self._fame.get(movie, 0), movie


def _initial(word: str) -> str:
    return word if word.isdigit() else word[0]


def _value(word: str) -> int | None:
    return int(word) if word.isdigit() else _ROMAN.get(word)
