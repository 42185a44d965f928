"""TMDB, The Movie Database: search it, and fetch what it knows of a movie and its poster.

Speaks version 3 of the API: /search/movie, /movie/{id} and /configuration
(https://developer.themoviedb.org/reference). Whatever comes from there is checked field by field; a
field that is missing or of another type counts as unknown. Its terms forbid to learn from it: what
it says is shown, and no feature of a movie comes from here.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import requests
from requests.auth import AuthBase

from club import validation
from club.errors import BadAnswer, InvalidInput, SourceUnavailable
from club.matching import same_title
from club.movies import KEPT_DAYS, Details
from club.sources.http import HttpClient
from club.sources.memory import FileCache, JsonMemory
from club.sources.posters import Posters
from club.store import Store

ADDRESS = "https://api.themoviedb.org/3"
SECRETS = ".streamlit/secrets.toml"
POSTER_SIZE = "w342"
LARGEST_IMAGE = 4_000_000  # bytes
LARGEST_CACHE = 3000  # answers; about 20 MB
OFFERS_DAYS = 3  # services change what they show
WAYS = {
    "flatrate": "With a subscription",
    "free": "Free",
    "ads": "Free, with ads",
    "rent": "To rent",
    "buy": "To buy",
}
_LANGUAGE = "en-US"
_ADDRESS = re.compile(
    r"(?:https://[\w.-]+|http://(?:127\.0\.0\.1|localhost|\[::1\]))(?::\d{1,5})?(?:/[\w./~-]*)?"
)
_IN_ADDRESS = re.compile(r"(api_key=)[^&\s\"')]+")
_YEAR = re.compile(r"(\d{4})-\d\d-\d\d")
_PICTURES = re.compile(r"https://(?:[\w-]+\.)*(?:tmdb|themoviedb)\.org/")
_REGION, _YOUTUBE = re.compile("[A-Z]{2}"), re.compile(r"[\w-]{5,20}", re.ASCII)
_POSTER_PATH = re.compile(r"/[\w-]{1,100}\.(?:jpg|jpeg|png|webp)", re.ASCII)

T = TypeVar("T")


@dataclass(frozen=True)
class TmdbMovie:
    """A movie; its title in English where there is an English one.

    Args:
        year: of the release; None if unknown.
        poster_path: of the poster on TMDB's server; None without one.
        runtime: minutes; None if unknown, as in a list of results.
    """

    tmdb_id: int
    title: str
    original_title: str
    year: int | None
    overview: str
    poster_path: str | None
    runtime: int | None = None


@dataclass(frozen=True)
class Offers:
    """Where a movie can be seen.

    Args:
        trailer: its address; None without one.
        by_region: country ("DE") -> how ("To rent") -> names of services, in the order of WAYS.
    """

    trailer: str | None
    by_region: dict[str, dict[str, tuple[str, ...]]]


class _HideKey(logging.Filter):
    """Takes the key out of the addresses that urllib3 logs."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _IN_ADDRESS.sub(r"\1…", record.getMessage()), None
        return True


for _name in ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_HideKey())


class Key(AuthBase):
    """A v3 key (32 hexadecimal digits) or a v4 read token, put where TMDB looks for it."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        if not re.fullmatch(r"[\w.~+/=-]{8,2000}", self._text, re.ASCII):
            raise SourceUnavailable(
                f"The key for TMDB in {SECRETS} cannot be one; copy it there once more."
            )
        self._is_v3 = re.fullmatch("[0-9a-fA-F]{32}", self._text) is not None

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._is_v3:
            request.prepare_url(request.url or "", {"api_key": self._text})
        else:
            request.headers["Authorization"] = f"Bearer {self._text}"
        return request


class Tmdb:
    """TMDB with a memory: what was answered or fetched is not asked for again.

    Any number of threads may use it; two that ask for the same wait for one request.

    Args:
        key: see `Key`.
        folder, posters: where answers and posters are kept.
        address: of the API with its version.
        clock: seconds since 1970.

    Raises:
        SourceUnavailable: the key cannot be one.
        InvalidInput: the address cannot be used.
    """

    def __init__(
        self,
        key: str,
        folder: Path,
        posters: Posters,
        address: str = ADDRESS,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key, self._address = Key(key), address.strip().rstrip("/")
        if not _ADDRESS.fullmatch(self._address):
            raise InvalidInput(f"`url` under [tmdb] in {SECRETS} must be like {ADDRESS}.")
        self._posters = posters
        self._http = HttpClient("TMDB")
        self._answers = JsonMemory(self._http, FileCache(folder, LARGEST_CACHE, clock=clock))

    def search(self, text: str, year: int) -> list[TmdbMovie]:
        """Return up to 20 movies of a year, in TMDB's order.

        Raises:
            SourceError: it could not be asked, or its answer cannot be used.
        """
        wanted = validation.tidied(text, validation.MAX_TITLE)
        if not wanted:
            return []
        asked = {"query": wanted, "include_adult": "false", "year": str(year)}
        return self._ask("search/movie", _results, 1, language=_LANGUAGE, **asked)

    def movie(self, tmdb_id: int) -> TmdbMovie:
        """Return all that is known of a movie; raises as `search` does."""
        return self._ask(
            f"movie/{int(tmdb_id)}",
            lambda raw: _movie(raw, tmdb_id),
            KEPT_DAYS,
            language=_LANGUAGE,
        )

    def offers(self, tmdb_id: int) -> Offers:
        """Return the movie's trailer and who shows it where; raises as `search` does."""
        parts = "videos,watch/providers"
        path = f"movie/{int(tmdb_id)}"
        return self._ask(path, _offers, OFFERS_DAYS, language=_LANGUAGE, append_to_response=parts)

    def find(self, movie: pd.Series) -> int | None:
        """Return the number at TMDB of a row of `Dataset.movies`; raises as `search` does.

        It is the catalogue's, or that of the one result that agrees in title and year, or None.
        """
        if not pd.isna(movie["tmdb_id"]):
            return int(movie["tmdb_id"])
        if pd.isna(movie["year"]):
            return None
        titles, year = (movie["title"], *movie["aliases"]), int(movie["year"])
        agreeing = {
            found.tmdb_id
            for found in self.search(movie["title"], year)
            if found.year == year and same_title(titles, (found.title, found.original_title))
        }
        return agreeing.pop() if len(agreeing) == 1 else None

    def poster(self, movie: TmdbMovie) -> Path | None:
        """Return the file with the movie's poster, fetched if need be; None if TMDB has none.

        Raises:
            SourceError: it cannot be fetched, is no picture, or cannot be kept.
        """
        if movie.poster_path is None:
            return None
        if kept := self._posters.find(movie.tmdb_id):
            return kept
        base = self._ask("configuration", self._image_base, 3)
        # From here on no other lock is taken: two could be the same one.
        with self._answers.lock(f"poster {movie.tmdb_id}"):
            if kept := self._posters.find(movie.tmdb_id):
                return kept
            url = f"{base.rstrip('/')}/{POSTER_SIZE}{movie.poster_path}"
            content = self._http.get(url, largest=LARGEST_IMAGE)  # the key is not sent there
            try:
                return self._posters.keep(movie.tmdb_id, content)
            except OSError as error:
                said = f"The poster could not be saved: {error.strerror or 'check the disk'}."
                raise SourceUnavailable(said) from error

    def _ask(self, path: str, read: Callable[[Any], T], days: int, **query: str | int) -> T:
        return self._answers.ask(f"{self._address}/{path}", query, read, days, self._key)

    def _image_base(self, raw: Any) -> str:
        base = _field(_field(raw, "images", dict), "secure_base_url", str)
        if not base:
            raise _unexpected()
        own = "/".join(self._address.split("/")[:3])
        if not (_PICTURES.match(base) or base.startswith(f"{own}/")):
            raise BadAnswer("TMDB's pictures are said to lie elsewhere; none are fetched there.")
        return base


def fetch_posters(
    tmdb: Tmdb,
    store: Store,
    movies: pd.DataFrame,
    report: Callable[..., None],
) -> None:
    """Fetch the posters of movies.

    Runtime, overview and number at TMDB are kept as well where the catalogue lacks them, in one
    write at the end, so that open pages are drawn anew once. Keywords are not: a button for
    pictures must not change predictions.

    Args:
        movies: rows of `Dataset.movies`, in order.
        report: called after each movie with the numbers of movies done and in all, and by name:
            posters (fetched), unsure (no certain match at TMDB), without (no usable poster there);
            what it raises ends this.

    Raises:
        SourceUnavailable: TMDB cannot be asked; what was fetched before is kept.
        StoreUnavailable: the facts cannot be stored.
    """
    details: list[Details] = []
    posters = unsure = without = 0
    report(0, len(movies), posters=0, unsure=0, without=0)
    try:
        for done, (movie_id, movie) in enumerate(movies.iterrows(), start=1):
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
    """Return the rows of those movies that have no poster, in the order of `movie_ids`."""
    rows = movies.loc[[movie for movie in dict.fromkeys(movie_ids) if movie in movies.index]]
    lacking = [pd.isna(number) or posters.find(int(number)) is None for number in rows["tmdb_id"]]
    return rows[lacking]


def _results(raw: Any) -> list[TmdbMovie]:
    rows = raw.get("results") if isinstance(raw, dict) else None
    if not isinstance(rows, list):
        raise _unexpected()
    found = [_found(row) for row in rows if not _field(row, "adult", bool)]
    usable = [movie for movie in found if movie is not None]
    if found and not usable:
        raise _unexpected()
    return usable


def _movie(raw: Any, tmdb_id: int) -> TmdbMovie:
    found = _found(raw)
    if found is None or found.tmdb_id != tmdb_id:
        raise _unexpected()
    return found


def _found(raw: Any) -> TmdbMovie | None:
    tmdb_id = _field(raw, "id", int)
    title = _text(raw, "title", validation.MAX_TITLE)
    if not (title and 1 <= tmdb_id <= validation.LARGEST_ID):
        return None
    date = _YEAR.fullmatch(_field(raw, "release_date", str))
    path = _field(raw, "poster_path", str)
    return TmdbMovie(
        tmdb_id,
        title,
        _text(raw, "original_title", validation.MAX_TITLE) or title,
        validation.plausible_year(int(date[1]) if date else None),
        _text(raw, "overview", validation.MAX_OVERVIEW),
        path if _POSTER_PATH.fullmatch(path) else None,
        validation.plausible_runtime(_field(raw, "runtime", int)),
    )


def _offers(raw: Any) -> Offers:
    trailers = [
        _field(video, "key", str)
        for video in _field(_field(raw, "videos", dict), "results", list)
        if (_field(video, "site", str), _field(video, "type", str)) == ("YouTube", "Trailer")
    ]
    key = next(filter(_YOUTUBE.fullmatch, trailers), None)
    found = _field(_field(raw, "watch/providers", dict), "results", dict)
    regions = {
        region: {
            way: names
            for kind, way in WAYS.items()
            if (names := tuple(_names(_field(there, kind, list))))
        }
        for region, there in sorted(found.items())
        if _REGION.fullmatch(region)
    }
    trailer = f"https://www.youtube.com/watch?v={key}" if key else None
    return Offers(trailer, {region: ways for region, ways in regions.items() if ways})


def _names(rows: Iterable[Any]) -> list[str]:
    """Return the names of services that can be shown."""
    return [name for row in rows if (name := _text(row, "provider_name", validation.MAX_TERM))]


def _text(raw: Any, name: str, longest: int) -> str:
    return validation.tidied(_field(raw, name, str), longest)


def _field(raw: Any, name: str, kind: type[T]) -> T:
    """Return a field of a JSON object, an empty one where it is missing or of another type."""
    value = raw.get(name) if isinstance(raw, dict) else None
    return value if type(value) is kind else kind()


def _unexpected() -> BadAnswer:
    return BadAnswer("TMDB's answer is not what it documents; try again later.")
