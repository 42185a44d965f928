"""One polite HTTP client: paced, retried, bounded in time and size, every failure one sentence.

What the library raises may repeat the address with a key in it: it is dropped here, never chained.
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

import requests
from urllib3.exceptions import DecodeError, ReadTimeoutError
from urllib3.exceptions import HTTPError as Urllib3Error

from club.errors import BadAnswer, SourceError, SourceUnavailable

PER_SECOND = 20
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 4.0, 6.0, 20.0
PAUSES = (0.5, 1.5)  # seconds before the second and the third attempt
LONGEST_WAIT = 5.0  # seconds that a visitor of a page will wait for another attempt
LARGEST_ANSWER = 2_000_000  # bytes

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class Pace:
    """Lets callers through one after the other, at most so many a second.

    Args:
        per_second: the limit.
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


PACE = Pace(PER_SECOND)  # of the whole process, whatever is asked for


@dataclass(frozen=True)
class _Failure:
    """What went wrong, and the seconds after which it may be tried again; None for never."""

    error: SourceError
    again_after: float | None = None


def no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send nothing along, nor what ~/.netrc may have for the server."""
    return request


class HttpClient:
    """GET requests to one source; any number of threads may use it.

    Redirects are not followed: a key must not go elsewhere.

    Args:
        source: its name, for people.
        redirected: a sentence for people about an answer that leads elsewhere.
        unauthorized: the same about a key that is refused.
        pace, wait, read_seconds: for tests.
    """

    def __init__(
        self,
        source: str,
        *,
        redirected: str,
        unauthorized: str = "",
        pace: Pace = PACE,
        wait: Callable[[float], None] = time.sleep,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self._source, self._redirected, self._unauthorized = source, redirected, unauthorized
        self._pace, self._wait, self._read_seconds = pace, wait, read_seconds
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": "movie-club", "Accept": "*/*"})

    def get(
        self,
        url: str,
        query: Mapping[str, str | int] | None = None,
        auth: Auth = no_auth,
        largest: int = LARGEST_ANSWER,
    ) -> bytes:
        """Return the body of the answer, after up to three attempts.

        Args:
            auth: puts a key into the request.
            largest: bytes of the body.

        Raises:
            SourceUnavailable: it refuses the key, is out of reach, slow or busy.
            BadAnswer: it has no such thing, or its answer is too large or garbled.
        """
        for pause in (*PAUSES, None):
            self._pace.take_turn()
            outcome = self._try(url, query or {}, auth, largest)
            if isinstance(outcome, bytes):
                return outcome
            again = outcome.again_after
            if pause is None or again is None or again > LONGEST_WAIT:
                raise outcome.error
            self._wait(max(pause, again))
        raise AssertionError("the last attempt returns or raises")

    def get_json(self, url: str, query: Mapping[str, str | int], auth: Auth = no_auth) -> Any:
        """Return the JSON of the answer; raises as `get` does."""
        body = self.get(url, query, auth)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            is_page = body.lstrip()[:1] == b"<"
        if is_page:
            raise BadAnswer(
                f"A web page answers in {self._source}'s place; if this network has a log-in page, "
                "open it in a browser, then try again."
            )
        raise self._garbled().error

    def _try(
        self, url: str, query: Mapping[str, str | int], auth: Auth, largest: int
    ) -> bytes | _Failure:
        try:
            with self._session.get(
                url,
                params=query,
                auth=auth,
                timeout=(CONNECT_SECONDS, self._read_seconds),
                stream=True,
                allow_redirects=False,
            ) as answer:
                is_answer = answer.status_code == requests.codes.ok
                return self._read(answer, largest) if is_answer else self._refusal(answer)
        except (requests.Timeout, ReadTimeoutError):
            return self._too_slow(0)
        except DecodeError:
            return self._garbled()
        except requests.exceptions.SSLError:
            return self._unavailable(
                f"The connection to {self._source} is not secure, so nothing was asked; check this "
                "computer's clock and network."
            )
        except (requests.RequestException, Urllib3Error, OSError, ValueError):
            return self._unavailable(
                f"The connection to {self._source} fails; check that this computer is online.", 0
            )

    def _read(self, answer: requests.Response, largest: int) -> bytes | _Failure:
        until, body = time.monotonic() + TOTAL_SECONDS, bytearray()
        # What has come by now, not a full piece: a byte a second would not be noticed otherwise.
        while part := answer.raw.read1(65_536, decode_content=True):
            body += part
            if len(body) > largest:
                said = f"{self._source}'s answer is far too long, so it was not read."
                return _Failure(BadAnswer(said))
            if time.monotonic() > until:
                return self._too_slow(None)
        return bytes(body)

    def _refusal(self, answer: requests.Response) -> _Failure:
        status, name = answer.status_code, self._source
        if 300 <= status < 400:
            return self._unavailable(self._redirected)
        if status == 401:
            return self._unavailable(self._unauthorized)
        if status == 429:
            seconds = _retry_after(answer.headers.get("Retry-After", ""))
            minutes = max(1, round(seconds / 60))
            when = f"in {minutes} min" if seconds > LONGEST_WAIT else "in a minute"
            return self._unavailable(f"{name} is asked too often; try again {when}.", seconds)
        if status >= 500:
            return self._unavailable(f"{name} has trouble ({status}); try again later.", 0)
        if status == 404:
            return _Failure(BadAnswer(f"{name} does not have this any more."))
        return _Failure(BadAnswer(f"{name} refuses the question ({status})."))

    def _unavailable(self, said: str, again_after: float | None = None) -> _Failure:
        return _Failure(SourceUnavailable(said), again_after)

    def _too_slow(self, again_after: float | None) -> _Failure:
        said = f"{self._source} does not answer in time; try again later."
        return self._unavailable(said, again_after)

    def _garbled(self) -> _Failure:
        return _Failure(BadAnswer(f"{self._source}'s answer is garbled; try again later."))


def _retry_after(header: str) -> float:
    """Return the seconds that the header asks to wait: a number or a date; 0 for anything else."""
    if re.fullmatch(r"\d{1,6}", header.strip()):
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0
