"""One polite HTTP client: paced, retried, bounded in time and size, every failure one sentence.

What the library raises may repeat the address with a key in it: it is dropped here, never chained.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from time import sleep
from typing import Any, BinaryIO

import requests
from urllib3.exceptions import DecodeError, ReadTimeoutError
from urllib3.exceptions import HTTPError as Urllib3Error

from club.errors import BadAnswer, SourceError, SourceUnavailable, writing

PER_SECOND = 20
CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS = 4.0, 6.0, 20.0
PAUSES = (0.5, 1.5)  # seconds before the second and the third attempt
LONGEST_WAIT = 5.0  # seconds that a visitor of a page will wait for another attempt
LARGEST_ANSWER = 2_000_000  # bytes

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]
Attempt = tuple[bytes | SourceError, float | None]  # and the seconds until another; None for never


class Pace:
    """Lets callers through one after the other, at most `per_second` of them."""

    def __init__(self, per_second: float) -> None:
        self._gap, self._next, self._lock = 1 / per_second, 0.0, threading.Lock()

    def take_turn(self) -> None:
        """Wait until it is the caller's turn."""
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            sleep(turn - now)


PACE = Pace(PER_SECOND)  # of the whole process, whatever is asked for


def no_auth(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Send nothing along, nor what ~/.netrc may have for the server."""
    return request


class HttpClient:
    """GET requests to one source; any number of threads may use it.

    Redirects are not followed: a key must not go elsewhere.

    Args:
        source: its name, for people.
        program: what it calls itself.
        pace: how often it may ask; None: as all of this program.
        slow: seconds for the connection, until the first part of an answer, and for all of it;
            None: what a visitor of a page will wait.
        pauses: seconds before the second and the third attempt; None: as for a page.
        longest_wait: seconds to wait for another attempt; a source may ask for more.
        wait: waits for some seconds; what it raises ends the request.
    """

    def __init__(
        self,
        source: str,
        *,
        program: str = "movie-club",
        pace: Pace | None = None,
        slow: tuple[float, float, float] | None = None,
        pauses: tuple[float, float] | None = None,
        longest_wait: float = LONGEST_WAIT,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        self.source = source
        self._pace, self._slow, self._wait = pace, slow, wait
        self._pauses, self._longest_wait = pauses or PAUSES, longest_wait
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": program, "Accept": "*/*"})

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
        read = partial(self._read, largest=largest)
        return self._ask(lambda: self._try(url, read, params=query, auth=auth))

    def download(self, url: str, file: BinaryIO, on_part: Callable[[int], None]) -> None:
        """Append to `file` what it lacks of the one at `url`; raises as `get` does.

        Args:
            file: what it holds is the beginning.
            on_part: called with the bytes that are there; what it raises ends the download.
        """

        def read(answer: requests.Response) -> bytes:
            if answer.status_code != requests.codes.partial:  # it begins at the beginning
                file.seek(0)
                file.truncate()
            while part := answer.raw.read1(1 << 20):
                with writing(file.name):
                    file.write(part)
                on_part(file.tell())
            return b""

        def attempt() -> Attempt:
            asked = {"Range": f"bytes={file.tell()}-", "Accept-Encoding": "identity"}
            return self._try(url, read, headers=asked, auth=no_auth)

        self._ask(attempt)

    def _ask(self, attempt: Callable[[], Attempt]) -> bytes:
        pauses = [*self._pauses]
        while True:
            (self._pace or PACE).take_turn()
            outcome, again_after = attempt()
            if isinstance(outcome, bytes):
                return outcome
            if not pauses or again_after is None or again_after > self._longest_wait:
                raise outcome
            (self._wait or sleep)(max(pauses.pop(0), again_after))

    def get_json(self, url: str, query: Mapping[str, str | int], auth: Auth = no_auth) -> Any:
        """Return the JSON of the answer; raises as `get` does."""
        body = self.get(url, query, auth)
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            problem = f"{self.source}'s answer is garbled; try again later."
        if body.lstrip()[:1] == b"<":
            problem = (
                f"A web page answers in {self.source}'s place; if this network has a log-in page, "
                "open it in a browser, then try again."
            )
        raise BadAnswer(problem)

    @property
    def _seconds(self) -> tuple[float, float, float]:
        return self._slow or (CONNECT_SECONDS, READ_SECONDS, TOTAL_SECONDS)

    def _try(
        self, url: str, read: Callable[[requests.Response], bytes | SourceError], **asked: Any
    ) -> Attempt:
        """Return the body or an error."""
        name = self.source
        try:
            with self._session.get(
                url, timeout=self._seconds[:2], stream=True, allow_redirects=False, **asked
            ) as answer:
                if answer.status_code not in (requests.codes.ok, requests.codes.partial):
                    return self._refusal(answer)
                return read(answer), None
        except (requests.Timeout, ReadTimeoutError):
            return self._too_slow(), 0
        except DecodeError:
            return BadAnswer(f"{name}'s answer is garbled; try again later."), None
        except requests.exceptions.SSLError:
            said = f"The connection to {name} is not secure, so nothing was asked; check this "
            return SourceUnavailable(f"{said}computer's clock and network."), None
        except (requests.RequestException, Urllib3Error, OSError, ValueError):
            said = f"The connection to {name} fails; check that this computer is online."
            return SourceUnavailable(said), 0

    def _read(self, answer: requests.Response, largest: int) -> bytes | SourceError:
        until, body = time.monotonic() + self._seconds[2], bytearray()
        # What has come by now, not a full piece: a byte a second would not be noticed otherwise.
        while part := answer.raw.read1(65_536, decode_content=True):
            body += part
            if len(body) > largest:
                return BadAnswer(f"{self.source}'s answer is far too long, so it was not read.")
            if time.monotonic() > until:
                return self._too_slow()
        return bytes(body)

    def _refusal(self, answer: requests.Response) -> tuple[SourceError, float | None]:
        status, name = answer.status_code, self.source
        if 300 <= status < 400:
            said = f"{name}'s address leads elsewhere, which is not followed; check this network."
            return SourceUnavailable(said), None
        if status == 401:
            said = f"{name} refuses the key; put a valid one into .streamlit/secrets.toml."
            return SourceUnavailable(said), None
        if status == 429:
            seconds = _retry_after(answer.headers.get("Retry-After", ""))
            minutes = max(1, round(seconds / 60))
            when = f"in {minutes} min" if seconds > self._longest_wait else "in a minute"
            return SourceUnavailable(f"{name} is asked too often; try again {when}."), seconds
        if status >= 500:
            return SourceUnavailable(f"{name} has trouble ({status}); try again later."), 0
        if status == 404:
            return BadAnswer(f"{name} does not have this any more."), None
        return BadAnswer(f"{name} refuses the question ({status})."), None

    def _too_slow(self) -> SourceUnavailable:
        return SourceUnavailable(f"{self.source} does not answer in time; try again later.")


def _retry_after(header: str) -> float:
    """Return the seconds that the header asks to wait: a number or a date; 0 for anything else."""
    if re.fullmatch(r"\d{1,6}", header.strip()):
        return float(header)
    try:
        return max(0.0, parsedate_to_datetime(header).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0
