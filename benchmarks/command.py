"""How every benchmark begins and ends: one thread, the project on the path, --seeds and --json.

Import it before numpy, which reads the number of threads once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import pandas as pd

from recommender.terminal import Parser, as_json, progress, seeds, text_table, whole

__all__ = ["parser", "progress", "seeds", "show", "whole"]


def parser(doc: str) -> Parser:
    """Return a command line with --json, described by the first line of a module's `doc`."""
    found = Parser(description=doc.splitlines()[0], allow_abbrev=False)
    found.add_argument("--json", action="store_true", help="print JSON")
    return found


def show(table: pd.DataFrame, json: bool) -> None:
    """Print `table` for people, or as a JSON list of its rows."""
    print(as_json(table.to_dict("records")) if json else text_table(table))
