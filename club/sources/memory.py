"""What was fetched once, on disk: files that expire, and the JSON answers of a source."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from club.errors import BadAnswer
from club.sources.http import Auth, HttpClient, no_auth
from recommender.persistence import write_atomically

log = logging.getLogger(__name__)

T = TypeVar("T")


class FileCache:
    """A folder of files that expire by their age; the oldest go when there are too many.

    Args:
        folder: made when the first file comes.
        largest: number of files.
        clock: seconds since 1970.
    """

    def __init__(
        self, folder: Path, largest: int, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._folder, self._largest, self._clock = folder, largest, clock

    def get(self, name: str, days: float) -> Path | None:
        """Return the file of this name if it is younger than `days`."""
        file = self._folder / name
        try:
            age = self._clock() - file.stat().st_mtime
        except OSError:
            return None
        return file if age < days * 86_400 else None

    def put(self, name: str, content: bytes) -> Path:
        """Write a file; raises OSError if it cannot be written."""
        file = self._folder / name
        write_atomically(file, lambda fresh: fresh.write_bytes(content))
        files = [path for path in self._folder.iterdir() if path.is_file()]
        if len(files) > self._largest:  # a tenth more go, so that this is not done for every file
            aged = []
            for path in files:
                with contextlib.suppress(FileNotFoundError):
                    aged.append((path.stat().st_mtime, path))
            for _, path in sorted(aged)[: len(files) - self._largest + self._largest // 10]:
                path.unlink(missing_ok=True)
        return file


class JsonMemory:
    """Asks a source for JSON; what was answered is not asked for again.

    Any number of threads may use it; two that ask for the same wait for one request.

    Args:
        http: how to ask.
        files: where answers are kept.
    """

    def __init__(self, http: HttpClient, files: FileCache) -> None:
        self._http, self._files = http, files
        # A fixed number: two questions may share one, which costs a moment at worst.
        self._locks = [threading.Lock() for _ in range(64)]

    def ask(
        self,
        url: str,
        query: Mapping[str, str | int],
        read: Callable[[Any], T],
        days: float,
        auth: Auth = no_auth,
    ) -> T:
        """Return what `read` makes of the answer.

        Args:
            read: raises BadAnswer for an answer that cannot be used; that one is not kept.
            days: how old an answer may be.
            auth: puts a key into the request.

        Raises:
            SourceError: it could not be asked, or its answer cannot be used.
        """
        question = json.dumps([url, query], sort_keys=True)
        name = f"{hashlib.sha256(question.encode()).hexdigest()[:40]}.json"
        with self.lock(question):
            # A file that is damaged or was changed by hand: ask again.
            with contextlib.suppress(OSError, ValueError, RecursionError, BadAnswer):
                if kept := self._files.get(name, days):
                    return read(json.loads(kept.read_bytes()))
            raw = self._http.get_json(url, query, auth)
            result = read(raw)
            try:
                self._files.put(name, json.dumps(raw).encode())
            except OSError as error:
                log.warning("an answer of %s is not kept: %s", self._http.source, error.strerror)
            return result

    def lock(self, question: str) -> threading.Lock:
        """Return the lock of a question."""
        return self._locks[hash(question) % len(self._locks)]
