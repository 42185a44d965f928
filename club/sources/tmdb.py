"""TMDB, The Movie Database: search it, and fetch what it knows of a movie and its poster.

Speaks version 3 of the API: /search/movie, /movie/{id}?append_to_response=keywords and
/configuration (https://developer.themoviedb.org/reference). Whatever comes from there is checked
field by field; a field that is missing or of another type counts as unknown.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import threading
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import pandas as pd
import requests
from requests.auth import AuthBase

from club import matching, validation
from club.errors import BadAnswer, InvalidInput, SourceUnavailable
from club.movies import KEPT_DAYS, Details
from club.sources.http import PACE, READ_SECONDS, HttpClient, Pace
from club.sources.posters import Posters, drop_oldest
from club.store import Store
from recommender.persistence import write_atomically

log = logging.getLogger(__name__)

ADDRESS = "https://api.themoviedb.org/3"
SECRETS = ".streamlit/secrets.toml"
POSTER_SIZE = "w342"
LARGEST_IMAGE = 4_000_000  # bytes
LARGEST_CACHE = 3000  # answers; about 20 MB
_DAY = 86_400  # seconds
_LANGUAGE = "en-US"
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_IN_ADDRESS = re.compile(r"(api_key=)[^&\s\"')]+")
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
        year: of the release; None if unknown.
        poster_path: of the poster on TMDB's server; None without one.
    """

    tmdb_id: int
    title: str
    original_title: str
    year: int | None
    overview: str
    poster_path: str | None

    @property
    def titles(self) -> tuple[str, str]:
        """Both titles, for matching."""
        return self.title, self.original_title


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


class _HideKey(logging.Filter):
    """Takes the key out of the addresses that urllib3 logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _IN_ADDRESS.sub(r"\1…", record.getMessage()), None
        return True


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_HideKey())


class Key(AuthBase):
    """A v3 key (32 hexadecimal digits) or a v4 read token, put where TMDB looks for it.

    Raises:
        SourceUnavailable: the text cannot be a key.
    """

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        if not re.fullmatch(r"[\w.~+/=-]{8,2000}", self._text, re.ASCII):
            raise SourceUnavailable(
                f"The key for TMDB in {SECRETS} cannot be one; copy it there once more."
            )
        self._is_v3 = re.fullmatch("[0-9a-fA-F]{32}", self._text) is not None

    def __repr__(self) -> str:
        return "<Key>"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._is_v3:
            request.prepare_url(request.url or "", {"api_key": self._text})
        else:
            request.headers["Authorization"] = f"Bearer {self._text}"
        return request


class AnswerCache:
    """A folder of JSON answers that expire, each in a file named after a hash of its question.

    Reading and writing never fail: a damaged file counts as missing, and an answer that cannot be
    written is asked for again.

    Args:
        folder: made when the first answer comes.
        largest: number of answers; the oldest go first.
        clock: seconds since 1970.
    """

    def __init__(
        self, folder: Path, *, largest: int = LARGEST_CACHE, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder, self._largest, self._clock = folder, largest, clock

    def get(self, question: str, seconds: float) -> Any:
        """Return the answer to `question` if it is younger than `seconds`, else None."""
        try:
            kept = json.loads(self._file(question).read_text("utf-8"))
            fresh = 0 <= self._clock() - kept["at"] < seconds
            return kept["answer"] if fresh and kept["question"] == question else None
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def put(self, question: str, answer: Any) -> None:
        """Store the answer (of types that JSON has) to `question`."""
        text = json.dumps({"question": question, "at": self._clock(), "answer": answer})
        try:
            write_atomically(self._file(question), lambda fresh: fresh.write_text(text, "utf-8"))
            drop_oldest(self._folder, self._largest)
        except OSError as error:
            log.warning("an answer of TMDB is not kept: %s", error.strerror)

    def _file(self, question: str) -> Path:
        return self._folder / f"{hashlib.sha256(question.encode('utf-8')).hexdigest()[:40]}.json"


class Tmdb:
    """TMDB with a memory: what was answered or fetched is not asked for again.

    Any number of threads may use it; two that ask for the same wait for one request.

    Args:
        key: see `Key`.
        cache, posters: where answers and posters are kept.
        address: of the API with its version.
        pace, wait, read_seconds: for tests, see `HttpClient`.

    Raises:
        SourceUnavailable: the key cannot be one.
        InvalidInput: the address cannot be used.
    """

    def __init__(
        self,
        key: str,
        cache: AnswerCache,
        posters: Posters,
        address: str = ADDRESS,
        *,
        pace: Pace = PACE,
        wait: Callable[[float], None] = time.sleep,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._key, self._address = Key(key), _checked_address(address)
        self._cache, self._posters = cache, posters
        self._http = HttpClient(
            "TMDB",
            redirected="TMDB's address leads elsewhere, which is not followed; check this network, "
            f"and `url` under [tmdb] in {SECRETS} if it is there.",
            unauthorized=f"TMDB refuses the key; put a valid one under [tmdb] in {SECRETS}.",
            pace=pace,
            wait=wait,
            read_seconds=read_seconds,
        )
        self._locks = [threading.Lock() for _ in range(64)]

    def __repr__(self) -> str:
        return f"<Tmdb: {self._address}>"

    def search(self, text: str, year: int | None = None) -> list[Found]:
        """Return up to 20 movies that `text` may mean, in TMDB's order.

        Args:
            year: only of this year.

        Raises:
            SourceError: it could not be asked, or its answer cannot be used.
        """
        wanted = validation.tidied(text, validation.MAX_TITLE)
        if not wanted:
            return []
        query: dict[str, str | int] = {"query": wanted, "include_adult": "false"}
        if year is not None:
            query["year"] = year
        return self._ask("search/movie", _results, 1, language=_LANGUAGE, **query)

    def movie(self, tmdb_id: int) -> TmdbMovie:
        """Return all that is known of a movie; raises as `search` does."""
        return self._ask(
            f"movie/{int(tmdb_id)}",
            lambda raw: _movie(raw, tmdb_id),
            KEPT_DAYS,
            language=_LANGUAGE,
            append_to_response="keywords",
        )

    def find(self, movie: pd.Series) -> int | None:
        """Return the number at TMDB of a row of `Dataset.movies`; None if none is certain.

        It is the catalogue's, or that of the one result that agrees in title and year.

        Raises:
            SourceError: TMDB could not be asked.
        """
        if not pd.isna(movie["tmdb_id"]):
            return int(movie["tmdb_id"])
        if pd.isna(movie["year"]):
            return None
        titles, year = (movie["title"], *movie["aliases"]), int(movie["year"])
        agreeing = {
            found.tmdb_id
            for found in self.search(movie["title"], year)
            if found.year == year and matching.same_title(titles, found.titles)
        }
        return agreeing.pop() if len(agreeing) == 1 else None

    def poster(self, movie: Found) -> Path | None:
        """Return the file with the movie's poster, fetched if need be; None if TMDB has none.

        Raises:
            SourceError: it cannot be fetched, is no picture, or cannot be kept.
        """
        if movie.poster_path is None:
            return None
        kept = self._posters.find(movie.tmdb_id)
        if kept is not None:
            return kept
        base = self._ask("configuration", self._image_base, 3)
        # From here on no other lock is taken: two could be the same one.
        with self._only_one(f"poster {movie.tmdb_id}"):
            kept = self._posters.find(movie.tmdb_id)
            if kept is not None:
                return kept
            url = f"{base.rstrip('/')}/{POSTER_SIZE}{movie.poster_path}"
            content = self._http.get(url, largest=LARGEST_IMAGE)  # the key is not sent there
            try:
                return self._posters.keep(movie.tmdb_id, content)
            except OSError as error:
                problem = f"The poster could not be saved: {error.strerror or 'check the disk'}."
        raise SourceUnavailable(problem)

    def _ask(self, path: str, read: Callable[[Any], T], days: int, **query: str | int) -> T:
        question = json.dumps([self._address, path, query], sort_keys=True)
        with self._only_one(question):
            kept = self._cache.get(question, days * _DAY)
            if kept is not None:
                try:
                    return read(kept)
                except BadAnswer:
                    pass  # a file that was changed by hand: ask again
            raw = self._http.get_json(f"{self._address}/{path}", query, self._key)
            result = read(raw)  # only an answer that can be read is kept
            self._cache.put(question, raw)
            return result

    def _only_one(self, question: str) -> threading.Lock:
        # A fixed number of locks: two questions may share one, which costs a moment at worst.
        return self._locks[zlib.crc32(question.encode("utf-8")) % len(self._locks)]

    def _image_base(self, raw: Any) -> str:
        images = raw.get("images") if isinstance(raw, dict) else None
        base = _field(images, "secure_base_url", str, default="")
        if not base:
            raise _unexpected()
        host = urlsplit(base).hostname or ""
        is_tmdb = f".{host}".endswith((".tmdb.org", ".themoviedb.org"))
        is_own = urlsplit(base)[:2] == urlsplit(self._address)[:2]
        if not (is_own or (is_tmdb and base.startswith("https://"))):
            raise BadAnswer("TMDB's pictures are said to lie elsewhere; none are fetched there.")
        return base


def fetch_posters(
    tmdb: Tmdb,
    store: Store,
    movies: pd.DataFrame,
    report: Callable[..., None],
    stopping: Callable[[], bool] = lambda: False,
) -> None:
    """Fetch the posters of movies until `stopping`.

    Runtime, overview and number at TMDB are kept as well where the catalogue lacks them, in one
    write at the end, so that open pages are drawn anew once. Keywords are not: a button for
    pictures must not change predictions.

    Args:
        movies: rows of `Dataset.movies`, in order.
        report: called after each movie with the numbers of movies done and in all, and by name:
            posters (fetched), unsure (no certain match at TMDB), without (no usable poster there).

    Raises:
        SourceUnavailable: TMDB cannot be asked; what was fetched before is kept.
        StoreUnavailable: the facts cannot be stored.
    """
    details: list[Details] = []
    posters = unsure = without = 0
    report(0, len(movies), posters=0, unsure=0, without=0)
    try:
        for done, (movie_id, movie) in enumerate(movies.iterrows(), start=1):
            if stopping():
                break
            try:
                tmdb_id = tmdb.find(movie)
                if tmdb_id is None:
                    unsure += 1
                else:
                    found = tmdb.movie(tmdb_id)
                    if pd.isna(movie["tmdb_id"]) or not movie["overview"]:
                        facts = (str(movie["title"]), tmdb_id, found.runtime, found.overview)
                        details.append(Details(int(str(movie_id)), *facts))
                    has_poster = tmdb.poster(found) is not None
                    posters, without = posters + has_poster, without + (not has_poster)
            except BadAnswer:
                without += 1
            report(done, len(movies), posters=posters, unsure=unsure, without=without)
    finally:
        if details:
            store.movies.save_details(details)


def without_poster(
    movies: pd.DataFrame, movie_ids: Iterable[int], posters: Posters
) -> pd.DataFrame:
    """Return the rows of those movies that have no poster, in the order of `movie_ids`.

    Args:
        movies: in the form of `Dataset.movies`.
    """
    rows = movies.loc[[movie for movie in dict.fromkeys(movie_ids) if movie in movies.index]]
    lacking = [pd.isna(number) or posters.find(int(number)) is None for number in rows["tmdb_id"]]
    return rows[lacking]


def in_catalogue(movies: pd.DataFrame, found: Found) -> int | None:
    """Return the id of the catalogue's movie that `found` is, None if it has none for certain."""
    return matching.in_catalogue(movies, found.tmdb_id, found.titles, found.year)


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


def _unexpected() -> BadAnswer:
    return BadAnswer("TMDB's answer is not what it documents; try again later.")


def _checked_address(address: str) -> str:
    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if (
        not host
        or parts.username is not None
        or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))
        or parts.query
        or parts.fragment
    ):
        raise InvalidInput(f"`url` under [tmdb] in {SECRETS} must be like {ADDRESS}.")
    return address.strip().rstrip("/")
