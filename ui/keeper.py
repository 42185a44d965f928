"""The club is backed up while the app runs: when it starts, and then once a day."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime

import streamlit as st

from club import config
from club.backup import roll
from club.errors import StoreUnavailable
from club.store import Store
from ui import state

log = logging.getLogger(__name__)

LOOK_EVERY = 3600.0  # seconds: a computer that slept through midnight is not waited for


def _now() -> datetime:
    return datetime.now(UTC)


class Keeper:
    """Owns the thread that backs a club up.

    Args:
        store: of the club.
        clock: what time it is, UTC.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime] = _now) -> None:
        self._store = store
        self._clock = clock
        self._done_on: date | None = None
        self._stopped = threading.Event()
        self._problem = ""

    @property
    def problem(self) -> str:
        """Why the last attempt failed, one sentence; empty when all is well."""
        return self._problem

    def start(self) -> None:
        """Begin, in the background; it ends with the program."""
        threading.Thread(target=self._work, name="backups", daemon=True).start()

    def stop(self) -> None:
        """End at the next opportunity."""
        self._stopped.set()

    def look(self) -> None:
        """Back the club up if that was not done today yet; an attempt that failed is repeated."""
        now = self._clock()
        if self._done_on == now.date():
            return
        try:
            roll(self._store, now)
        except StoreUnavailable as error:
            log.warning("there is no backup: %s", error)
            self._problem = str(error)
        except Exception:
            # A thread that dies silently would leave the club without backups for ever.
            log.exception("the backup failed")
            self._problem = "The backup failed; the server's log says why."
        else:
            self._done_on, self._problem = now.date(), ""

    def _work(self) -> None:
        while not self._stopped.is_set():
            self.look()
            self._stopped.wait(LOOK_EVERY)


@st.cache_resource(show_spinner=False, max_entries=4, on_release=Keeper.stop)
def _keeper(location: str) -> Keeper:
    found = Keeper(state.store().by(None))
    found.start()
    return found


def keeper() -> Keeper:
    """Return what backs the club up, which has begun to."""
    return _keeper(str(config.database()))
