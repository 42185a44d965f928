"""Background jobs: one thread at a time for each, and a status that every open page can read."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal, Protocol

import pandas as pd
import pyarrow as pa

from club.backup import roll
from club.errors import ClubError
from club.store import Store
from recommender import Dataset, HybridModel, RecommenderError, TrainingOptions, recipes
from recommender.errors import ModelFileError
from recommender.evaluation import Evaluation
from recommender.persistence import current_folder, write_atomically, write_folder_atomically

log = logging.getLogger(__name__)

MODEL, NOTE = "model", "trained-on.json"
NOW = partial(datetime.now, UTC)
RETRY_BACKUP = timedelta(hours=1)


@dataclass(frozen=True)
class JobStatus:
    """A frozen picture of a job.

    Its message says a few words about the step; once the run has ended, one sentence for people
    about what went wrong, if anything did.
    """

    state: Literal["idle", "running", "done", "stopped", "failed"] = "idle"
    done: int = 0  # steps
    total: int = 0
    message: str = ""
    counts: dict[str, int] = field(default_factory=dict)  # that the run reports
    seconds: float = field(default=0.0, compare=False)  # since the run began

    @property
    def seconds_left(self) -> float | None:
        """How long the run is likely to take from here; None in its first twentieth."""
        return self.seconds * (1 - self.share) / self.share if self.share >= 0.05 else None

    @property
    def share(self) -> float:
        """Progress, 0..1."""
        return self.done / self.total if self.total else 0.0


class Report(Protocol):
    """Given to the work of a job, to tell its progress."""

    def __call__(self, done: int, total: int, message: str = "", **counts: int) -> None:
        """Set the fields of `JobStatus`."""


class StoppedError(RecommenderError):
    """The work was asked to end, and did so at its next report."""


class Job:
    """Runs one piece of work at a time in a daemon thread; its name stands in the log."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._status = JobStatus()
        self._began = 0.0

    @property
    def status(self) -> JobStatus:
        """A frozen picture of now."""
        return self._status

    @property
    def stopping(self) -> bool:
        """True once `stop` was called; the work looks here between two steps."""
        return self._stop.is_set()

    def pause(self, seconds: float) -> None:
        """Wait for some seconds; raise StoppedError once `stop` is called."""
        if self._stop.wait(seconds):
            raise StoppedError

    def start(self, work: Callable[[Report], str | None]) -> bool:
        """Run `work` in a thread; False if one is running. A sentence that it returns is shown."""
        with self._lock:
            if self._status.state == "running":
                return False
            self._stop.clear()
            self._status = JobStatus("running")
            self._thread = threading.Thread(
                target=self._run, args=(work,), name=self._name, daemon=True
            )
            self._thread.start()
            return True

    def stop(self) -> None:
        """Ask the work to end at the step that it is at."""
        self._stop.set()

    def wait(self, timeout: float | None = None) -> None:
        """Block until the run has ended, or `timeout` seconds have passed."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self, work: Callable[[Report], str | None]) -> None:
        self._began = time.monotonic()
        try:
            message = work(self._report) or ""
        except StoppedError:
            log.info("%s was stopped", self._name)
            self._status = replace(self._status, state="stopped", message="")
        except (ClubError, RecommenderError) as error:
            log.warning("%s ended: %s", self._name, error, exc_info=True)
            self._status = replace(self._status, state="failed", message=str(error))
        except Exception:  # a thread that ends in silence would leave the status at "running"
            log.exception("%s failed", self._name)
            message = f"{self._name.capitalize()} failed; the server's log says why."
            self._status = replace(self._status, state="failed", message=message)
        else:
            log.info("%s took %.1f seconds", self._name, time.monotonic() - self._began)
            self._status = replace(
                self._status, state="stopped" if self.stopping else "done", message=message
            )

    def _report(self, done: int, total: int, message: str = "", **counts: int) -> None:
        taken = time.monotonic() - self._began
        self._status = JobStatus("running", done, total, message, counts, taken)
        if self.stopping:
            raise StoppedError


@dataclass(frozen=True)
class LearnedFrom:
    """The data of a model: the club's version (None: keywords alone), the base dataset's hash."""

    version: int | None = None
    base: str = ""


class Trainer(Job):
    """The serving model, kept in `folder`, and the job that learns the next one."""

    def __init__(self, folder: Path) -> None:
        super().__init__("learning")
        self._folder = folder
        self._serving: tuple[HybridModel | None, LearnedFrom] = None, LearnedFrom()
        self.generation = 0  # rises whenever another model starts to serve
        self._loaded = 0  # when the files of the serving model were written, ns
        self.refresh()

    @property
    def model(self) -> HybridModel | None:
        """The serving model; None only before the first learning."""
        return self._serving[0]

    @property
    def learned_version(self) -> int | None:
        """The club's version that the serving model learned from; None if it knows words alone."""
        return self._serving[1].version

    @property
    def learned_base(self) -> str:
        """The content hash of the base dataset that the serving model learned from."""
        return self._serving[1].base

    def learn(
        self,
        make_data: Callable[[], Dataset],
        learned_from: LearnedFrom,
        options: TrainingOptions,
        *,
        serve: bool = True,
        start: HybridModel | None = None,
        then: Callable[[HybridModel, Dataset, float, Report], None] | None = None,
    ) -> bool:
        """Begin to learn; return False if that is running already.

        Before the first model has learned, one that knows movies by their keywords serves within
        about a second.

        Args:
            make_data: called in the learning thread.
            learned_from: what `make_data` returns.
            serve: let the learned model serve.
            start: see `HybridModel.fit`.
            then: called afterwards with the model, its data, the seconds that it took and a report.
        """

        def checked(done: int, total: int, message: str = "learning", **counts: int) -> None:
            self._report(done, total, message, **counts)

        def work(_: Report) -> str:
            began, data = time.monotonic(), make_data()
            if self.model is None and options.components and serve:
                words_only = HybridModel.fit(data, replace(options, components=0))
                self._serve(words_only, LearnedFrom())
            kept = self._folder / "fits"
            model = recipes.learn(data, options, checked, start=start, kept=kept)
            taken, told = time.monotonic() - began, ""
            if serve:
                self._serve(model, learned_from)
                told = self._save(model, learned_from)
            try:
                if then is not None:
                    then(model, data, taken, checked)
            except OSError as error:
                log.warning("the run could not be kept", exc_info=True)
                told = told or f"The run could not be kept: {error.strerror or error}."
            return told

        return self.start(work)

    def refresh(self) -> None:
        """Serve the model in the folder if it is new: another process may have learned it."""
        try:
            written = (self._folder / NOTE).stat().st_mtime_ns
        except OSError:
            return
        if written != self._loaded and self._status.state != "running":
            self._loaded = written
            self._load()

    def adopt(self, model: HybridModel, learned_from: LearnedFrom) -> None:
        """Serve and keep a model that was learned elsewhere."""
        self._serve(model, learned_from)
        self._save(model, learned_from)

    def _serve(self, model: HybridModel, learned_from: LearnedFrom) -> None:
        self._serving = model, learned_from
        self.generation += 1

    def _save(self, model: HybridModel, learned_from: LearnedFrom) -> str:
        note = json.dumps(asdict(learned_from))
        try:
            model.save(self._folder / MODEL)
            write_atomically(self._folder / NOTE, lambda file: file.write_text(note, "utf-8"))
            self._loaded = (self._folder / NOTE).stat().st_mtime_ns
        except OSError as error:
            log.warning("the model could not be saved", exc_info=True)
            why = f"The model has learned, but it could not be saved: {error.strerror or error}."
            return f"{why} After the next start the app learns again."
        return ""

    def _load(self) -> None:
        if not current_folder(self._folder / MODEL).exists():
            return
        try:
            note = json.loads((self._folder / NOTE).read_text("utf-8"))
            learned_from = LearnedFrom(int(note["version"]), str(note.get("base", "")))
            self._serve(recipes.load(self._folder / MODEL), learned_from)
        except (ModelFileError, OSError, ValueError, KeyError, TypeError) as error:
            log.warning("the saved model is not used: %s", error)


class Evaluator(Job):
    """The figures of a base dataset and training options, and the job that makes them.

    Args:
        folder: where they are kept.
        shipped: figures that came with the program; read where `folder` has none.
    """

    def __init__(self, folder: Path, shipped: Path | None = None) -> None:
        super().__init__("evaluation")
        self._folder, self._shipped = folder, shipped
        self.result = self._load()  # None before the first run has ended

    def evaluate(self, make_result: Callable[[Report], Evaluation]) -> bool:
        """Begin `make_result`; return False if that is running already."""

        def work(report: Report) -> str:
            self.result = make_result(report)
            try:
                write_folder_atomically(self._folder, self._save)
            except OSError as error:
                log.warning("the figures could not be saved", exc_info=True)
                return f"The figures could not be saved: {error.strerror or error}."
            return ""

        return self.start(work)

    def _save(self, folder: Path) -> None:
        for part in fields(Evaluation):
            getattr(self.result, part.name).to_parquet(folder / f"{part.name}.parquet")

    def _load(self) -> Evaluation | None:
        folder = current_folder(self._folder)
        if not folder.exists():
            if self._shipped is None or not self._shipped.exists():
                return None
            folder = self._shipped
        try:
            names = [part.name for part in fields(Evaluation)]
            return Evaluation(*(pd.read_parquet(folder / f"{name}.parquet") for name in names))
        except (OSError, ValueError, pa.ArrowException) as error:
            log.warning("the saved figures are not used: %s", error)
            return None


class BackupScheduler(Job):
    """The job that backs a club up once a day; `clock` returns the time, UTC."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = NOW) -> None:
        super().__init__("backup")
        self._store = store
        self._clock = clock
        self._done_on: date | None = None
        self._retry_at = datetime.min.replace(tzinfo=UTC)

    def look(self) -> None:
        """Begin a backup if there was none today; pages call this whenever they are drawn."""
        now = self._clock()
        if self._done_on == now.date() or now < self._retry_at:
            return
        self._retry_at = now + RETRY_BACKUP

        def work(_report: Report) -> None:
            roll(self._store, now)
            self._done_on = now.date()

        self.start(work)
