"""Fetch the posters of many movies in the background, as long as nobody stops it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from club.details import Details
from club.errors import ClubError, TmdbBadAnswer
from club.sources.posters import Posters
from club.sources.tmdb import Tmdb
from club.sources.tmdb_match import at_tmdb
from club.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunStatus:
    """How far a run is.

    Args:
        state: "idle" (there was none), "running", "done", "stopped" or "failed".
        done, total: movies.
        posters: how many movies have theirs now.
        unsure: how many could not be told for certain at TMDB.
        without: how many have none there, or none that can be used.
        message: after a failure one sentence for people.
    """

    state: Literal["idle", "running", "done", "stopped", "failed"] = "idle"
    done: int = 0
    total: int = 0
    posters: int = 0
    unsure: int = 0
    without: int = 0
    message: str = ""


class PosterRun:
    """At most one thread that fetches posters, whoever started it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._status = RunStatus()

    @property
    def status(self) -> RunStatus:
        """A frozen picture of now."""
        return self._status

    def start(self, tmdb: Tmdb, store: Store, movies: pd.DataFrame) -> bool:
        """Begin to fetch, unless that goes on already.

        Runtime, overview and number at TMDB are kept as well where the catalogue lacks them, in
        one write at the end, so that open pages are drawn anew once. Keywords are not: a button
        for pictures must not change predictions.

        Args:
            movies: those whose posters are wanted, rows of `Dataset.movies`, in order.
        """
        with self._lock:
            if self._status.state == "running":
                return False
            self._stop.clear()
            self._status = RunStatus("running", total=len(movies))
            self._thread = threading.Thread(
                target=self._work, args=(tmdb, store, movies), name="posters", daemon=True
            )
            self._thread.start()
            return True

    def stop(self) -> None:
        """Let the run end after the movie that it is at; what it has is kept."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> None:
        """Block until the run has ended, or `timeout` seconds have passed."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self, tmdb: Tmdb, store: Store, movies: pd.DataFrame) -> None:
        learned: list[Details] = []
        end = RunStatus("done")
        try:
            for movie_id, movie in movies.iterrows():
                if self._stop.is_set():
                    end = RunStatus("stopped")
                    break
                self._one(tmdb, int(str(movie_id)), movie, learned)
        except ClubError as error:
            end = RunStatus("failed", message=str(error))
        except Exception:
            # A thread that dies silently would leave every page at "running" for ever.
            log.exception("fetching posters failed")
            end = RunStatus("failed", message="It failed; the server's log says why.")
        try:
            if learned:
                store.keep_details(learned)
        except ClubError as error:
            end = RunStatus("failed", message=str(error))
        self._status = replace(self._status, state=end.state, message=end.message)

    def _one(self, tmdb: Tmdb, movie_id: int, movie: pd.Series, learned: list[Details]) -> None:
        now = self._status
        try:
            tmdb_id = at_tmdb(tmdb, movie)
            if tmdb_id is None:
                self._status = replace(now, done=now.done + 1, unsure=now.unsure + 1)
                return
            found = tmdb.movie(tmdb_id)
            if pd.isna(movie["tmdb_id"]) or not movie["overview"]:
                title = str(movie["title"])
                learned.append(Details(movie_id, title, tmdb_id, found.runtime, found.overview))
            came = tmdb.poster(found) is not None
        except TmdbBadAnswer:
            came = False
        self._status = replace(
            now, done=now.done + 1, posters=now.posters + came, without=now.without + (not came)
        )


def wanted(movies: pd.DataFrame, movie_ids: Iterable[int], posters: Posters) -> pd.DataFrame:
    """Return the rows of those movies that have no poster, in the order of `movie_ids`.

    Args:
        movies: in the form of `Dataset.movies`.
    """
    rows = movies.loc[[movie for movie in dict.fromkeys(movie_ids) if movie in movies.index]]
    lacking = [pd.isna(number) or posters.find(int(number)) is None for number in rows["tmdb_id"]]
    return rows[lacking]
