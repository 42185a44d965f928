"""Arguments, progress and printing shared by all benchmarks."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import pandas as pd

from recommender.terminal import Parser, as_json, progress, run, text_table, whole

__all__ = ["add_data", "as_json", "choices", "parser", "progress", "run", "seeds", "show", "steps"]
__all__ += ["text_table", "whole"]

Item = TypeVar("Item")


def parser(module: str, doc: str | None, *, default_seeds: str | None = None) -> Parser:
    """Return a command line with --json and, given its default, --seeds.

    Args:
        module: name of the program, as in `python -m benchmarks.NAME`.
        doc: docstring of the program; its first line is shown by --help.
    """
    about = (doc or "").split("\n", maxsplit=1)[0]
    found = Parser(prog=f"python -m benchmarks.{module}", description=about, allow_abbrev=False)
    found.add_argument("--json", action="store_true", help="print JSON")
    if default_seeds:
        meaning = "such as 0-2 or 0,3 (default %(default)s)"
        found.add_argument("--seeds", type=seeds, default=default_seeds, help=meaning)
    return found


def add_data(found: Parser) -> None:
    """Add --data, the folder to read instead of the bundled data."""
    meaning = "folder with movielens/ and keywords.csv (default: the bundled data)"
    found.add_argument("--data", type=Path, metavar="FOLDER", help=meaning)


def show(table: pd.DataFrame, json: bool) -> None:
    """Print `table` as text, or as a JSON list of its rows."""
    print(as_json(table.to_dict("records")) if json else text_table(table))


def steps(items: Iterable[Item]) -> Iterator[Item]:
    """Yield `items`, with a progress bar that names the current one."""
    every = list(items)
    for done, item in enumerate(every):
        parts = item if isinstance(item, tuple) else (item,)
        progress(done, len(every), ", ".join(map(str, parts)))
        yield item
    progress(len(every), len(every), "done")


def seeds(text: str) -> list[int]:
    """Read "0-4", "0,3,7" or both mixed."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        start, end = whole(first), whole(last or first)
        if not start <= end < start + 1000:
            raise ArgumentTypeError(f"{part!r} is not a range such as 0-4")
        found += range(start, end + 1)
    return list(dict.fromkeys(found))


def choices(allowed: Sequence[str]) -> Callable[[str], list[str]]:
    """Return a reader of a comma-separated list of `allowed` names."""

    def read(text: str) -> list[str]:
        names = list(dict.fromkeys(part.strip() for part in text.split(",")))
        for name in names:
            if name not in allowed:
                raise ArgumentTypeError(f"{name!r} is none of: {', '.join(allowed)}")
        return names

    return read
