"""python -m club export: the club's data as files that other programs can read."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from club.errors import InvalidInput
from club.store import Store
from club.validation import name_key

if TYPE_CHECKING:
    import pandas as pd

FORMATS = ("ratings", "all", "letterboxd")


def add_export_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Describe the command to `argparse`'s subparsers; `common` has --database."""
    parser = commands.add_parser(
        "export", parents=[common], help="write ratings as CSV, or everything as a ZIP"
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default="ratings",
        help="all ratings as CSV; or all that the club knows as a ZIP of CSV files; "
        "or one member's movies for Letterboxd",
    )
    parser.add_argument("--member", metavar="NAME", help="whose movies, for Letterboxd")
    parser.add_argument("--output", metavar="FILE", type=Path, help="a file instead of the screen")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Write what is asked for; see `add_export_command`.

    Raises:
        ClubError: for the caller to show as one line.
    """
    if (options.format == "letterboxd") != (options.member is not None):
        raise InvalidInput("--format letterboxd and --member NAME go together.")
    if options.format == "all" and options.output is None:
        raise InvalidInput("A ZIP is nothing for the screen: name --output FILE.")
    # Slow: they bring the whole learning machinery.
    from club.catalogue import catalogue  # noqa: PLC0415
    from club.import_command import current_world  # noqa: PLC0415

    store = Store.open(options.database, must_exist=True)
    movies = catalogue(current_world(), store)
    content, what = {"ratings": _ratings, "all": _all, "letterboxd": _letterboxd}[options.format](
        store, movies, options
    )
    if options.output is None:
        sys.stdout.write(content.decode("utf-8"))
        return
    _write(options.output, content)
    print(f"{what} in {options.output}.")


def _ratings(store: Store, movies: pd.DataFrame, _options: argparse.Namespace) -> tuple[bytes, str]:
    from club.export import ratings_csv  # noqa: PLC0415

    return ratings_csv(store, movies), "All ratings are"


def _all(store: Store, movies: pd.DataFrame, _options: argparse.Namespace) -> tuple[bytes, str]:
    from club.export import everything  # noqa: PLC0415

    return everything(store, movies), "All that the club knows is"


def _letterboxd(
    store: Store, movies: pd.DataFrame, options: argparse.Namespace
) -> tuple[bytes, str]:
    from club.export import for_letterboxd, packed  # noqa: PLC0415

    people = store.members(include_guests=True)["name"]
    known = {name_key(name): (int(member), name) for member, name in people.items()}
    if name_key(options.member) not in known:
        raise InvalidInput(f"There is no member called {options.member}.")
    member_id, name = known[name_key(options.member)]
    parts = for_letterboxd(store, movies, member_id)
    what = f"{name}'s movies are"
    if options.output is not None and options.output.suffix.casefold() == ".zip":
        return packed(parts), what
    if len(parts) > 1:
        raise InvalidInput(
            f"{name}'s movies take {len(parts)} files of Letterboxd's size: "
            "name --output FILE.zip for all of them."
        )
    return parts["letterboxd.csv"], what


def _write(path: Path, content: bytes) -> None:
    """Write a file that is whole or not there.

    Raises:
        InvalidInput: it cannot be written; what was there is there still.
    """
    target = path.resolve()
    unfinished = target.with_name(f".{uuid4().hex}.unfinished")
    try:
        if target.exists() and not target.is_file():  # a device or a pipe cannot be replaced
            target.write_bytes(content)
            return
        try:
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}.") from error
