"""The runs of the laboratory: every training as a row that stays, its model while there is room."""

from __future__ import annotations

import io
import json
import logging
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd

from recommender import Dataset, HybridModel, TrainingOptions, recipes
from recommender.errors import RecommenderError
from recommender.evaluation import Evaluation
from recommender.persistence import current_folder, remove_folder, write_atomically
from ui.jobs import LearnedFrom

log = logging.getLogger(__name__)

KEPT = 4  # models, and the one that serves; a run whose model was removed stays as a row
FRAMES = ("ranking", "epochs", "errors")  # of an Evaluation that a run keeps


@dataclass(frozen=True)
class Choice:
    """What a run learns from and whether it serves."""

    since: int | None = None  # only ratings given in or after this year
    club_movies: bool = False  # only ratings of movies that the club has rated
    measure: bool = True  # also learn from 80% of the ratings and measure on the others
    serve: bool = False

    def of(self, data: Dataset, rated: Sequence[int]) -> Dataset:
        """Return the part of `data` that is learned from; `rated`: by the club."""
        if self.since is not None:
            data = data.since(self.since)
        return data.of_movies(rated) if self.club_movies else data


@dataclass(frozen=True)
class Run:
    """One training."""

    name: str  # of its files
    at: datetime  # UTC
    by: str
    options: TrainingOptions
    choice: Choice
    learned_from: LearnedFrom
    ratings: int
    seconds: float
    coverage: float | None = None  # of 80% intervals on held-out ratings
    # `FRAMES`; None where it was not measured
    frames: Mapping[str, pd.DataFrame] | None = field(default=None, compare=False)

    def figures(self) -> dict[str, float]:
        """Return the figures on held-out ratings by metric; none where it was not measured."""
        if self.frames is None:
            return {}
        ranking, errors = self.frames["ranking"], self.frames["errors"]
        mine = ranking[(ranking["model"] == "LightFM") & (ranking["split"] == "test")]
        found = dict(zip(mine["metric"], mine["value"], strict=True))
        ours = errors[errors["model"] == "ours"]
        found |= dict(zip(ours["metric"], ours["value"], strict=True))
        return found | ({} if self.coverage is None else {"coverage": self.coverage})


class Runs:
    """The runs in a folder: NAME.json for each, and its model in NAME/."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.live: pd.DataFrame | None = None  # `Evaluation.epochs` of the run that is measured now

    def all(self) -> list[Run]:
        """Return every run that can be read, the latest first."""
        found = []
        for path in self._folder.glob("*.json"):
            try:
                found.append(_read(path))
            except (OSError, ValueError, KeyError, TypeError, RecommenderError) as error:
                log.warning("the run %s is not shown: %s", path.name, error)
        return sorted(found, key=lambda run: run.at, reverse=True)

    def add(self, run: Run, model: HybridModel, serving: HybridModel | None) -> None:
        """Keep a run and its model, and remove the models of old runs but the serving one.

        Raises:
            OSError: something cannot be written.
        """
        model.save(self._folder / run.name, compact=True)
        self.write(run)
        for old in self.all()[KEPT:]:
            if serving is None or old.at != serving.trained_at:
                remove_folder(self._folder / old.name)

    def write(self, run: Run) -> None:
        """Keep the row of a run.

        Raises:
            OSError: it cannot be written.
        """
        write_atomically(self._folder / f"{run.name}.json", lambda file: _write(file, run))

    def size(self, run: Run) -> int:
        """Return the bytes of a run's model, 0 once it was removed."""
        folder = current_folder(self._folder / run.name)
        return sum(file.stat().st_size for file in folder.glob("*"))

    def model(self, name: str) -> HybridModel:
        """Return the model of the run of that name.

        Raises:
            ModelFileError: it was removed, is damaged, or another version wrote it.
        """
        return recipes.load(self._folder / name)


def new_name(at: datetime) -> str:
    """Return a name for a run that no other has, also of another process."""
    return f"{at:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"


def measured(run: Run, found: Evaluation) -> Run:
    """Return the run with its figures."""
    coverage = found.figures()["intervals"]["coverage"]
    frames = {name: getattr(found, name) for name in FRAMES}
    return replace(run, coverage=coverage, frames=frames)


def _write(file: Path, run: Run) -> None:
    facts: dict[str, Any] = {part.name: getattr(run, part.name) for part in fields(Run)}
    for name in ("options", "choice", "learned_from"):
        facts[name] = asdict(facts[name])
    facts["at"] = run.at.isoformat()
    if run.frames is not None:
        facts["frames"] = {
            name: frame.to_json(orient="table", index=False) for name, frame in run.frames.items()
        }
    file.write_text(json.dumps(facts, indent=1), "utf-8")


def _read(path: Path) -> Run:
    facts = json.loads(path.read_text("utf-8"))
    facts["at"] = datetime.fromisoformat(facts["at"])
    facts["options"] = TrainingOptions(**facts["options"])
    facts["choice"] = Choice(**facts["choice"])
    facts["learned_from"] = LearnedFrom(**facts["learned_from"])
    if facts["frames"] is not None:
        facts["frames"] = {
            name: pd.read_json(io.StringIO(text), orient="table")
            for name, text in facts["frames"].items()
        }
    return Run(**facts)
