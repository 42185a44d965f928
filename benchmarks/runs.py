"""Finished runs of the leaderboard, kept as JSON lines so that a long job can be resumed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.protocol import Clubs
from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import Dataset
from recommender.errors import DataError
from recommender.evaluation.bootstrap import Tally

OURS = "ours"


@dataclass(frozen=True)
class Run:
    """One model on one draw of clubs.

    Args:
        model, condition, seed: what was run.
        tally: what each club adds to each metric.
        seconds: for learning and predicting together.
    """

    model: str
    condition: str
    seed: int
    tally: Tally
    seconds: float

    @property
    def key(self) -> tuple[str, str, int]:
        """What tells a run from the others."""
        return self.model, self.condition, self.seed


def fingerprint(data: Dataset, clubs: Clubs) -> str:
    """Return a short mark of how clubs are drawn and of all that a model sees of the data."""
    digest = hashlib.sha256(repr(sorted(asdict(clubs).items())).encode())
    movies = data.movies[["title", "year", "genres", "keywords"]].astype(str)
    for frame in (data.ratings[[USER, MOVIE, RATING]], movies):
        digest.update(pd.util.hash_pandas_object(frame).to_numpy().tobytes())
    return digest.hexdigest()[:16]


def read_runs(file: Path, mark: str) -> list[Run]:
    """Return the runs in `file` that carry `mark`; a line that was cut off is passed over.

    Raises:
        DataError: `file` exists but cannot be read.
    """
    try:
        lines = file.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise DataError(f"The file of finished runs {file} cannot be read.") from None
    found = (_parse(line, mark) for line in lines)
    return [run for run in found if run is not None]


def _parse(line: str, mark: str) -> Run | None:
    try:
        raw = json.loads(line)
        if raw["data"] != mark:
            return None
        parts = (np.array(raw[name], dtype=np.float64) for name in ("total", "count"))
        tally = Tally(tuple(raw["metrics"]), *parts)
        return Run(raw["model"], raw["condition"], int(raw["seed"]), tally, float(raw["seconds"]))
    except (ValueError, KeyError, TypeError):
        return None


def append_run(file: Path, mark: str, run: Run) -> None:
    """Add `run` to `file` as a line of its own, even after one that was cut off.

    Raises:
        DataError: `file` cannot be written.
    """
    line = json.dumps(
        {
            "data": mark,
            "model": run.model,
            "condition": run.condition,
            "seed": run.seed,
            "seconds": round(run.seconds, 3),
            "metrics": run.tally.metrics,
            "total": run.tally.total.tolist(),
            "count": run.tally.count.tolist(),
        }
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        torn = file.exists() and file.stat().st_size > 0 and file.read_bytes()[-1:] != b"\n"
        with file.open("a", encoding="utf-8") as out:
            out.write(("\n" if torn else "") + line + "\n")
    except OSError:
        raise DataError(f"The file of finished runs {file} cannot be written.") from None
