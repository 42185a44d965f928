"""Evaluate in the background, once for the same data, and keep what came out between starts."""

from __future__ import annotations

import hashlib
import logging
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa

from recommender import Dataset, RecommenderError, TrainingOptions
from recommender.evaluation import Evaluation

log = logging.getLogger(__name__)

Run = Callable[[Callable[[int, int, str], None]], Evaluation]


@dataclass(frozen=True)
class Progress:
    """What the evaluator is doing.

    Args:
        state: "empty" (no figures yet), "running", "ready" or "failed".
        done, total: steps of the run.
        what: is being done, a few words; after a failure one sentence for people.
    """

    state: Literal["empty", "running", "ready", "failed"] = "empty"
    done: int = 0
    total: int = 0
    what: str = ""


def fingerprint(data: Dataset) -> str:
    """Return a short name for `data` and the options that models are trained with by default."""
    digest = hashlib.sha256(repr(TrainingOptions()).encode())
    digest.update(pd.util.hash_pandas_object(data.ratings).to_numpy().tobytes())
    digest.update(pd.util.hash_pandas_object(data.movies["keywords"].map(str)).to_numpy().tobytes())
    return digest.hexdigest()[:16]


class Evaluator:
    """Owns the figures and at most one thread that makes them.

    Args:
        folder: where they are kept; figures of other data in there are not touched.
        key: of the data, see `fingerprint`.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._folder = folder / key
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._progress = Progress()
        self._result = self._load()
        if self._result is not None:
            self._progress = Progress("ready")

    @property
    def progress(self) -> Progress:
        """A frozen picture of now."""
        return self._progress

    @property
    def result(self) -> Evaluation | None:
        """The figures, None before the first run has ended."""
        return self._result

    def start(self, run: Run) -> bool:
        """Begin `run`, which is given a function that reports its progress, unless one goes on."""
        with self._lock:
            if self._progress.state == "running":
                return False
            self._progress = Progress("running", what="starting")
            self._thread = threading.Thread(
                target=self._work, args=(run,), name="evaluation", daemon=True
            )
            self._thread.start()
            return True

    def wait(self, timeout: float | None = None) -> None:
        """Block until the run has ended, or `timeout` seconds have passed."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self, run: Run) -> None:
        try:
            result = run(self._report)
            self._keep(result)
            self._result = result
            self._progress = replace(self._progress, state="ready")
        except RecommenderError as error:
            self._progress = Progress("failed", what=str(error))
        except OSError as error:
            log.exception("the figures could not be saved")
            self._progress = Progress("failed", what=f"They could not be saved: {error.strerror}.")
        except Exception:
            # A thread that dies silently would leave the page at "running" for ever.
            log.exception("the evaluation failed")
            self._progress = Progress("failed", what="It failed; the server's log says why.")

    def _report(self, done: int, total: int, what: str) -> None:
        self._progress = Progress("running", done, total, what)

    def _keep(self, result: Evaluation) -> None:
        # Whole or not at all: a folder appears under its name once every file is in it.
        half = self._folder.with_name(f"{self._folder.name}.half")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        for part in fields(Evaluation):
            getattr(result, part.name).to_parquet(half / f"{part.name}.parquet")
        shutil.rmtree(self._folder, ignore_errors=True)
        half.rename(self._folder)

    def _load(self) -> Evaluation | None:
        try:
            frames = {
                part.name: pd.read_parquet(self._folder / f"{part.name}.parquet")
                for part in fields(Evaluation)
            }
        except FileNotFoundError:
            return None
        except (OSError, ValueError, pa.ArrowException) as error:
            log.warning("the saved figures are not used: %s", error)
            return None
        return Evaluation(**frames)
