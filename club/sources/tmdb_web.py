"""Ask TMDB's server politely, and turn every way in which that can fail into one sentence.

What libraries raise may repeat the address with the key in it: it is dropped here, never chained.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import DecodeError, ReadTimeoutError
from urllib3.exceptions import HTTPError as Urllib3Error

from club.errors import InvalidInput, TmdbBadAnswer, TmdbError, TmdbUnavailable
from club.sources.tmdb_key import SECRETS, Auth, Key, no_key

ADDRESS = "https://api.themoviedb.org/3"
PER_SECOND = 20  # TMDB allows about twice as much
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 4.0, 6.0, 20.0
PAUSES = (0.5, 1.5)  # seconds before the second and the third attempt
LONGEST_WAIT = 5.0  # seconds that somebody in front of a page will wait for another attempt
LONGEST_ANSWER, LARGEST_IMAGE = 2_000_000, 4_000_000  # bytes
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Pace:
    """Lets callers through one after the other, at most so many a second.

    Args:
        per_second: how many.
        clock, wait: for tests.
    """

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap = 1 / per_second
        self._clock, self._wait = clock, wait
        self._lock = threading.Lock()
        self._next = 0.0

    def take_turn(self) -> None:
        """Wait until it is the caller's turn."""
        with self._lock:
            now = self._clock()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._wait(turn - now)


PACE = Pace(PER_SECOND)  # of the whole process, whatever keys and addresses it uses


@dataclass(frozen=True)
class _Failure:
    """What went wrong, and after how many seconds it may be tried again; None for never."""

    error: TmdbError
    again_after: float | None = None


class TmdbWeb:
    """The way to one server; any number of threads may use it.

    Args:
        key: see `Key`.
        address: of the API with its version, without a slash at the end.
        pace, wait, read_seconds: for tests.

    Raises:
        TmdbUnavailable: the key cannot be one.
        InvalidInput: the address cannot be used.
    """

    def __init__(
        self,
        key: str,
        address: str = ADDRESS,
        *,
        pace: Pace = PACE,
        wait: Callable[[float], None] = time.sleep,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.address = _checked_address(address)
        self._key = Key(key)
        self._pace, self._wait, self._read_seconds = pace, wait, read_seconds
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": "movie-club", "Accept": "*/*"})

    def __repr__(self) -> str:
        return f"<TmdbWeb: {self.address}>"

    def data(self, path: str, **query: str | int) -> Any:
        """Return what the API answers to GET `path`, as JSON has it.

        Raises:
            TmdbError: it cannot be asked, or its answer is none.
        """
        body = self._fetch(f"{self.address}/{path}", query, self._key, LONGEST_ANSWER)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            is_page = body.lstrip()[:1] == b"<"
        if is_page:
            raise TmdbBadAnswer(
                "A web page answers in TMDB's place; if this network has a log-in page, open it in "
                "a browser, then try again."
            )
        raise _garbled()

    def image(self, base: str, path: str) -> bytes:
        """Return the file at `path` below `base`; the key is not sent there.

        Raises:
            TmdbError: `base` is neither TMDB's nor on the API's own server, or it does not answer.
        """
        host = urlsplit(base).hostname or ""
        ours = urlsplit(base)[:2] == urlsplit(self.address)[:2]
        theirs = base.startswith("https://") and f".{host}".endswith(
            (".tmdb.org", ".themoviedb.org")
        )
        if not (ours or theirs):
            raise TmdbBadAnswer(
                "TMDB's pictures are said to lie elsewhere; none are fetched there."
            )
        return self._fetch(f"{base.rstrip('/')}/{path.lstrip('/')}", {}, no_key, LARGEST_IMAGE)

    def _fetch(
        self,
        url: str,
        query: Mapping[str, str | int],
        auth: Auth,
        longest: int,
    ) -> bytes:
        for pause in (*PAUSES, None):
            self._pace.take_turn()
            outcome = self._try(url, query, auth, longest)
            if isinstance(outcome, bytes):
                return outcome
            again = outcome.again_after
            if pause is None or again is None or again > LONGEST_WAIT:
                raise outcome.error
            self._wait(max(pause, again))
        raise AssertionError("the last attempt returns or raises")

    def _try(
        self,
        url: str,
        query: Mapping[str, str | int],
        auth: Auth,
        longest: int,
    ) -> bytes | _Failure:
        try:
            with self._session.get(
                url,
                params=query,
                auth=auth,
                timeout=(CONNECT_SECONDS, self._read_seconds),
                stream=True,
                allow_redirects=False,  # the key must not go elsewhere
            ) as answer:
                is_answer = answer.status_code == requests.codes.ok
                return _read(answer, longest) if is_answer else _refusal(answer)
        except (requests.Timeout, ReadTimeoutError):
            return _Failure(_too_slow(), 0)
        except DecodeError:
            return _Failure(_garbled())
        except requests.exceptions.SSLError:
            return _Failure(
                TmdbUnavailable(
                    "The connection to TMDB is not secure, so nothing was asked; check this "
                    "computer's clock and network."
                )
            )
        except (requests.RequestException, Urllib3Error, OSError, ValueError):
            return _Failure(
                TmdbUnavailable(
                    "The connection to TMDB fails; check that this computer is online."
                ),
                0,
            )


def _read(answer: requests.Response, longest: int) -> bytes | _Failure:
    until, body = time.monotonic() + TOTAL_SECONDS, bytearray()
    # What has come by now, not a full piece: who sends a byte a second would not be noticed.
    while part := answer.raw.read1(65_536, decode_content=True):
        body += part
        if len(body) > longest:
            return _Failure(TmdbBadAnswer("TMDB's answer is far too long, so it was not read."))
        if time.monotonic() > until:
            return _Failure(_too_slow())
    return bytes(body)


def _too_slow() -> TmdbUnavailable:
    return TmdbUnavailable("TMDB does not answer in time; try again later.")


def _garbled() -> TmdbBadAnswer:
    return TmdbBadAnswer("TMDB's answer is garbled; try again later.")


def _refusal(answer: requests.Response) -> _Failure:
    status = answer.status_code
    if status == 401:
        return _Failure(
            TmdbUnavailable(f"TMDB refuses the key; put a valid one under [tmdb] in {SECRETS}.")
        )
    if status == 404:
        return _Failure(TmdbBadAnswer("TMDB does not have this any more."))
    if status == 429:
        seconds = _retry_after(answer.headers.get("Retry-After", ""))
        minutes = max(1, round(seconds / 60))
        when = f"in {minutes} min" if seconds > LONGEST_WAIT else "in a minute"
        return _Failure(TmdbUnavailable(f"TMDB is asked too often; try again {when}."), seconds)
    if 300 <= status < 400:
        return _Failure(
            TmdbUnavailable(
                "TMDB's address leads elsewhere, which is not followed; check this network, and "
                f"`url` under [tmdb] in {SECRETS} if it is there."
            )
        )
    if status >= 500:
        return _Failure(TmdbUnavailable(f"TMDB has trouble ({status}); try again later."), 0)
    return _Failure(TmdbBadAnswer(f"TMDB refuses the question ({status})."))


def _retry_after(header: str) -> float:
    """Return the seconds that the header asks to wait: a number or a date; 0 for anything else."""
    if re.fullmatch(r"\d{1,6}", header.strip()):
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0


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
