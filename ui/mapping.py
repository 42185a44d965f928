"""The map of taste of the model that serves: drawn once in the background, then kept in a file."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pyarrow as pa

from club import config
from recommender import HybridModel
from recommender.taste_map import draw_map
from ui import state
from ui.cache import cached

log = logging.getLogger(__name__)
KEPT = 3  # maps of earlier models


@cached()
def _worker() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="map")


@cached()
def _drawing(folder: Path, name: str, model: HybridModel) -> Future[pd.DataFrame]:
    return _worker().submit(_kept, folder / f"{name}.parquet", model)


def _kept(file: Path, model: HybridModel) -> pd.DataFrame:
    try:
        return pd.read_parquet(file)
    except (OSError, ValueError, pa.ArrowException):
        pass  # not drawn yet, or cut off
    drawn = draw_map(model)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".part")
        drawn.to_parquet(fresh)
        fresh.replace(file)
        for old in sorted(file.parent.glob("*.parquet"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        log.exception("the map could not be kept; it is drawn again after the next start")
    return drawn


def taste_map() -> pd.DataFrame | None:
    """Return `draw_map` of the serving model; None while it is being drawn or learned."""
    model = state.trainer().model
    if model is None or state.trainer().learned_version is None:
        return None
    name = f"{model.trained_at:%Y%m%dT%H%M%S%f}"
    drawing = _drawing(config.folder() / "maps", name, model)
    return drawing.result() if drawing.done() else None
