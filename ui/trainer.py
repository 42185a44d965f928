"""Learn in the background: the pages keep the old model until the new one is whole."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from recommender.dataset import Dataset
from recommender.errors import ModelFileError, RecommenderError
from recommender.model import HybridModel, TrainingOptions

log = logging.getLogger(__name__)

State = Literal["empty", "learning", "ready", "failed"]
MODEL, NOTE = "model", "trained-on.json"


@dataclass(frozen=True)
class TrainerStatus:
    """What the trainer is doing.

    Args:
        state: "empty" (no model yet), "learning", "ready" or "failed" (the old model serves on).
        done, total: epochs of the learning that runs.
        message: one sentence for people; empty when all is well.
        generation: rises whenever another model starts to serve.
        started_at: when the learning that runs (or ran last) began, UTC.
    """

    state: State = "empty"
    done: int = 0
    total: int = 0
    message: str = ""
    generation: int = 0
    started_at: datetime | None = None


@dataclass(frozen=True)
class _Note:
    """What a model learned from: the club's version, and the world's number."""

    version: int | None = None
    world: int | None = None


@dataclass(frozen=True)
class _Serving:
    model: HybridModel | None = None
    note: _Note = _Note()


class Trainer:
    """Owns the model that serves and at most one thread that learns the next.

    Args:
        folder: where the model is kept between starts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._serving = _Serving()
        self._status = TrainerStatus()
        self._load()

    @property
    def status(self) -> TrainerStatus:
        """A frozen picture of now."""
        return self._status

    @property
    def model(self) -> HybridModel | None:
        """The model that serves; None only before the first start."""
        return self._serving.model

    @property
    def learned_version(self) -> int | None:
        """The club's version that the serving model learned from; None if it only knows words."""
        return self._serving.note.version

    @property
    def learned_world(self) -> int | None:
        """The number of the world that the serving model learned from; None if nobody knows."""
        return self._serving.note.world

    def start(
        self,
        make_data: Callable[[], Dataset],
        version: int,
        options: TrainingOptions | None = None,
        world: int | None = None,
    ) -> bool:
        """Begin to learn, unless that is happening already.

        Before anything was ever learned, a model that knows movies by their keywords only serves
        within about a second.

        Args:
            make_data: called in the learning thread.
            version: of the club's data, to tell later whether the model is out of date.
            world: the number of everybody else's data, for the same.

        Returns:
            Whether a thread was started.
        """
        with self._lock:
            if self._status.state == "learning":
                return False
            self._status = replace(
                self._status,
                state="learning",
                done=0,
                total=0,
                message="",
                started_at=datetime.now(UTC),
            )
            self._thread = threading.Thread(
                target=self._learn,
                args=(make_data, _Note(version, world), options or TrainingOptions()),
                name="learning",
                daemon=True,
            )
            self._thread.start()
            return True

    def wait(self, timeout: float | None = None) -> None:
        """Block until the learning that runs has ended, or `timeout` seconds have passed."""
        if self._thread is not None:
            self._thread.join(timeout)

    def _learn(
        self, make_data: Callable[[], Dataset], note: _Note, options: TrainingOptions
    ) -> None:
        try:
            data = make_data()
            if self.model is None and options.components:
                self._serve(HybridModel.fit(data, replace(options, components=0)), _Note())
            model = HybridModel.fit(data, options, self._progress)
            self._keep(model, note)
            self._serve(model, note)
            self._status = replace(self._status, state="ready")
        except RecommenderError as error:
            self._fail(str(error))
        except OSError as error:
            log.exception("the model could not be saved")
            self._fail(f"The model could not be saved: {error.strerror or error}.")
        except Exception:
            # A thread that dies silently would leave every page at "learning" for ever.
            log.exception("learning failed")
            self._fail("Learning failed; the server's log says why.")

    def _progress(self, done: int, total: int) -> None:
        self._status = replace(self._status, done=done, total=total)

    def _serve(self, model: HybridModel, note: _Note) -> None:
        self._serving = _Serving(model, note)
        self._status = replace(self._status, generation=self._status.generation + 1)

    def _fail(self, message: str) -> None:
        self._status = replace(self._status, state="failed", message=message)

    def _keep(self, model: HybridModel, note: _Note) -> None:
        model.save(self._folder / MODEL)
        # Whole or not at all: a model with an earlier note serves, one with half a note does not.
        fresh = self._folder / f".{NOTE}"
        fresh.write_text(json.dumps(asdict(note)), "utf-8")
        fresh.replace(self._folder / NOTE)

    def _load(self) -> None:
        try:
            model = HybridModel.load(self._folder / MODEL)
            note = json.loads((self._folder / NOTE).read_text("utf-8"))
            world = note.get("world")  # earlier notes have none
            self._serving = _Serving(
                model, _Note(int(note["version"]), None if world is None else int(world))
            )
            self._status = TrainerStatus(state="ready", generation=1)
        except (ModelFileError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            if self._folder.joinpath(MODEL).exists():
                log.warning("the saved model is not used: %s", error)
