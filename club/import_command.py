"""python -m club import-catalogue: the same as the Catalogue page, without a browser."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from club import config
from club.errors import InvalidInput

if TYPE_CHECKING:
    from club.imports.catalogue import Import
    from recommender.dataset import Dataset


def add_import_command(commands: Any) -> None:
    """Describe the command to `argparse`'s subparsers."""
    parser = commands.add_parser(
        "import-catalogue",
        help="take over movies, keywords and ratings from The Movies Dataset, MovieLens or reviews",
    )
    parser.add_argument("path", metavar="PATH", type=Path, nargs="?", help="a folder, ZIP or file")
    parser.add_argument("--preview", action="store_true", help="only say what would be taken over")
    parser.add_argument(
        "--no-ratings", action="store_true", help="go on learning from the ratings that are there"
    )
    parser.add_argument("--rejected", metavar="FILE", type=Path, help="CSV of what was left out")
    parser.add_argument("--forget", action="store_true", help="go back to the bundled data")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.set_defaults(run=run)


def current_world() -> Dataset:
    """Return the imported world, or the bundled one.

    Raises:
        InvalidInput: it is damaged.
    """
    from club.imports.catalogue import load, number  # noqa: PLC0415
    from recommender.bundled import load_bundled  # noqa: PLC0415
    from recommender.errors import DataError  # noqa: PLC0415

    folder = config.world()
    try:
        return load(folder).data if number(folder) else load_bundled()
    except DataError as error:
        raise InvalidInput(str(error)) from error


def run(options: argparse.Namespace) -> None:
    """Import, preview or forget; see `add_import_command`.

    Raises:
        ClubError: for the caller to show as one line.
    """
    from club.imports.catalogue import forget, join, read, save  # noqa: PLC0415

    if options.forget:
        forget(config.world())
        print("The bundled data are the world again.")
        return
    if options.path is None:
        raise InvalidInput("Name a folder, a ZIP or a file, or say --forget.")
    source = read(options.path, _say if sys.stderr.isatty() else None)
    found = join(source, current_world(), with_ratings=not options.no_ratings)
    if options.rejected:
        try:
            found.rejected.to_csv(options.rejected, index=False)
        except OSError as error:
            raise InvalidInput(
                f"{options.rejected} cannot be written: {error.strerror}."
            ) from error
    if not options.preview:
        save(found, config.world())
    _show(found, options)


def _say(share: float, what: str) -> None:
    print(
        f"\r\033[K{share:4.0%} {what}", end="" if share < 1 else "\n", file=sys.stderr, flush=True
    )


def _show(found: Import, options: argparse.Namespace) -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)
    if options.json:
        figures = {"kind": found.kind, "counts": found.counts, "notes": found.notes}
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    print(f"{found.kind}{' (a preview; nothing was changed)' if options.preview else ''}")
    for label, count in found.counts.items():
        print(f"{count:>12,}  {label}")
    for note in found.notes:
        print(note)
    if not options.preview:
        print("The model learns from it as soon as the app is open.")
