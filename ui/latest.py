"""The store's version for many open pages: one asks the database, and all the others hear it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

RECALLED = 0.2  # seconds


class Latest:
    """A version that is asked for, or recalled by many for a moment.

    Args:
        version: asks the database.
        clock: seconds.
    """

    def __init__(
        self, version: Callable[[], int], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._version, self._clock = version, clock
        self._lock = threading.Lock()
        self._known: tuple[float, int] | None = None  # since when, and what

    def ask(self) -> int:
        """Return the version as it is now."""
        began = self._clock()
        version = self._version()
        if self._known is None or began >= self._known[0]:  # a slow answer may be an old one
            self._known = began, version
        return version

    def recall(self) -> int:
        """Return the version as it was `RECALLED` seconds ago or later; one asks for all."""
        with self._lock:
            if self._known is None or self._clock() - self._known[0] >= RECALLED:
                return self.ask()
            return self._known[1]
