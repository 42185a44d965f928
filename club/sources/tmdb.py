"""TMDB, The Movie Database: search it, and fetch what it knows of a movie and its poster.

Speaks version 3 of the API: /search/movie, /movie/{id}?append_to_response=keywords and
/configuration (https://developer.themoviedb.org/reference). Whatever comes from there is checked
field by field; what is missing or of another type counts as unknown.
"""

from __future__ import annotations

import json
import re
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from club import validation
from club.details import KEPT_DAYS
from club.errors import TmdbBadAnswer, TmdbUnavailable
from club.sources.posters import Posters
from club.sources.tmdb_cache import AnswerCache
from club.sources.tmdb_web import TmdbWeb

POSTER_SIZE = "w342"
_DAY = 86_400  # seconds
_LANGUAGE = "en-US"
_YEAR = re.compile(r"(\d{4})-\d\d-\d\d")
_POSTER_PATH = re.compile(r"/[\w-]{1,100}\.(?:jpg|jpeg|png|webp)", re.ASCII)

# TMDB's genres in the words of the catalogue; "History" and "TV Movie" have none there.
GENRES = {
    "Action": "Action",
    "Adventure": "Adventure",
    "Animation": "Animation",
    "Comedy": "Comedy",
    "Crime": "Crime",
    "Documentary": "Documentary",
    "Drama": "Drama",
    "Family": "Children",
    "Fantasy": "Fantasy",
    "Horror": "Horror",
    "Music": "Musical",
    "Mystery": "Mystery",
    "Romance": "Romance",
    "Science Fiction": "Sci-Fi",
    "Thriller": "Thriller",
    "War": "War",
    "Western": "Western",
}

T = TypeVar("T")


@dataclass(frozen=True)
class Found:
    """A movie in a list of results.

    Args:
        title: in English where there is an English one.
        original_title: in the movie's own language; often the same.
        year: of the release; None where nobody knows.
        poster_path: of the poster on TMDB's server; None without one.
    """

    tmdb_id: int
    title: str
    original_title: str
    year: int | None
    overview: str
    poster_path: str | None


@dataclass(frozen=True)
class TmdbMovie(Found):
    """All that the club takes over: genres in the catalogue's words, runtime in minutes."""

    genres: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    runtime: int | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """What else the movie is called."""
        known = {"", self.title}
        return () if self.original_title in known else (self.original_title,)


class Tmdb:
    """TMDB with a memory: what was answered or fetched is not asked for again.

    Any number of threads may use it; who asks for what somebody else is fetching waits for that.

    Args:
        web: the way to the server.
        cache: where answers are kept.
        posters: where posters are kept.
    """

    def __init__(self, web: TmdbWeb, cache: AnswerCache, posters: Posters) -> None:
        self._web, self._cache, self._posters = web, cache, posters
        self._locks = [threading.Lock() for _ in range(64)]

    def search(self, text: str, year: int | None = None) -> list[Found]:
        """Return up to 20 movies that `text` may mean, in TMDB's order.

        Args:
            year: only of this year.

        Raises:
            TmdbError: it could not be asked, or its answer cannot be used.
        """
        wanted = validation.tidied(text, validation.MAX_TITLE)
        if not wanted:
            return []
        query: dict[str, str | int] = {"query": wanted, "include_adult": "false"}
        if year is not None:
            query["year"] = year
        return self._ask("search/movie", _results, 1, language=_LANGUAGE, **query)

    def movie(self, tmdb_id: int) -> TmdbMovie:
        """Return all that is known of a movie.

        Raises:
            TmdbError: it could not be asked, or its answer cannot be used.
        """
        return self._ask(
            f"movie/{int(tmdb_id)}",
            lambda raw: _movie(raw, tmdb_id),
            KEPT_DAYS,
            language=_LANGUAGE,
            append_to_response="keywords",
        )

    def poster(self, movie: Found) -> Path | None:
        """Return the file with the movie's poster, fetched if need be; None if TMDB has none.

        Raises:
            TmdbError: it cannot be fetched, is no picture, or cannot be kept.
        """
        if movie.poster_path is None:
            return None
        kept = self._posters.find(movie.tmdb_id)
        if kept is not None:
            return kept
        base = self._ask("configuration", _image_base, 3)
        # From here on no other lock is taken: two could be the same one.
        with self._only_one(f"poster {movie.tmdb_id}"):
            kept = self._posters.find(movie.tmdb_id)
            if kept is not None:
                return kept
            content = self._web.image(base, POSTER_SIZE + movie.poster_path)
            try:
                return self._posters.keep(movie.tmdb_id, content)
            except OSError as error:
                problem = f"The poster could not be saved: {error.strerror or 'check the disk'}."
        raise TmdbUnavailable(problem)

    def _ask(self, path: str, read: Callable[[Any], T], days: int, **query: str | int) -> T:
        question = json.dumps([self._web.address, path, query], sort_keys=True)
        with self._only_one(question):
            kept = self._cache.get(question, days * _DAY)
            if kept is not None:
                try:
                    return read(kept)
                except TmdbBadAnswer:
                    pass  # a file that somebody changed: ask again
            raw = self._web.data(path, **query)
            result = read(raw)  # only what can be read is kept
            self._cache.put(question, raw)
            return result

    def _only_one(self, what: str) -> threading.Lock:
        # A fixed number of locks: two questions may share one, which costs a moment at worst.
        return self._locks[zlib.crc32(what.encode("utf-8")) % len(self._locks)]


def _results(raw: Any) -> list[Found]:
    rows = raw.get("results") if isinstance(raw, dict) else None
    if not isinstance(rows, list):
        raise _unexpected()
    found = [_found(row) for row in rows if not _field(row, "adult", bool, default=False)]
    usable = [movie for movie in found if movie is not None]
    if found and not usable:
        raise _unexpected()
    return usable


def _found(raw: Any) -> Found | None:
    tmdb_id = _field(raw, "id", int, default=0)
    title = _text(raw, "title", validation.MAX_TITLE)
    if not (title and 1 <= tmdb_id <= validation.LARGEST_ID):
        return None
    date = _YEAR.fullmatch(_field(raw, "release_date", str, default=""))
    year = int(date[1]) if date else 0
    path = _field(raw, "poster_path", str, default="")
    return Found(
        tmdb_id,
        title,
        _text(raw, "original_title", validation.MAX_TITLE) or title,
        year if validation.FIRST_YEAR <= year <= validation.LAST_YEAR else None,
        _text(raw, "overview", validation.MAX_OVERVIEW),
        path if _POSTER_PATH.fullmatch(path) else None,
    )


def _movie(raw: Any, tmdb_id: int) -> TmdbMovie:
    found = _found(raw)
    if found is None or found.tmdb_id != tmdb_id:
        raise _unexpected()
    genres = (GENRES.get(name) for name in _names(_field(raw, "genres", list, default=[])))
    keywords = _names(_field(raw.get("keywords"), "keywords", list, default=[]))
    runtime = _field(raw, "runtime", int, default=0)
    return TmdbMovie(
        **vars(found),
        genres=tuple(dict.fromkeys(genre for genre in genres if genre)),
        keywords=tuple(dict.fromkeys(word.lower() for word in keywords))[: validation.MAX_TERMS],
        runtime=runtime if 1 <= runtime <= validation.LONGEST_RUNTIME else None,
    )


def _image_base(raw: Any) -> str:
    images = raw.get("images") if isinstance(raw, dict) else None
    base = _field(images, "secure_base_url", str, default="")
    if not base:
        raise _unexpected()
    return base


def _names(rows: Iterable[Any]) -> list[str]:
    """Return the names of [{"id": 1, "name": "heist"}, ...] that the club can keep."""
    names = (_text(row, "name", validation.MAX_TERM).replace("|", " ") for row in rows)
    return [name for name in names if name]


def _text(raw: Any, name: str, longest: int) -> str:
    return validation.tidied(_field(raw, name, str, default=""), longest)


def _field(raw: Any, name: str, kind: type[T], *, default: T) -> T:
    """Return a field of a JSON object, `default` where it is missing or of another type."""
    value = raw.get(name) if isinstance(raw, dict) else None
    fits = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
    return cast(T, value) if fits else default


def _unexpected() -> TmdbBadAnswer:
    return TmdbBadAnswer("TMDB's answer is not what it documents; try again later.")
