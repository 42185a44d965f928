"""Shared by all command lines: arguments, exit status, progress bar, tables and JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from recommender.errors import RecommenderError

BAD_INPUT, INTERRUPTED = 2, 130
BAR = 24


def called(module: str) -> str:
    """Return how this program was called: as the installed `movie-club`, or `python -m MODULE`."""
    name = Path(sys.argv[0]).stem
    return name if name == "movie-club" else f"python -m {module}"


class Parser(argparse.ArgumentParser):
    """A parser that reports bad arguments in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        """Print `message` and leave with status 2."""
        self.exit(BAD_INPUT, f"{self.prog}: {message}\n")


def run(
    parser: Parser,
    act: Callable[[argparse.Namespace], Any],
    argv: Sequence[str] | None = None,
    errors: tuple[type[Exception], ...] = (RecommenderError,),
) -> int:
    """Parse `argv`, call `act` and return the exit status: its own, 2 for bad input, or 0.

    Args:
        errors: types that are shown as one line; it begins with the parser of the arguments, which
            is their `parser` if they have one.
    """
    options = parser.parse_args(argv)
    try:
        status = act(options)
        sys.stdout.flush()
    except errors as error:
        # A path may hold what a terminal would obey.
        said = "".join(c if c.isprintable() else "\ufffd" for c in str(error))
        print(f"{getattr(options, 'parser', parser).prog}: {said}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (such as `head`) has seen enough; let nothing be written at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return int(status or 0)


def whole(text: str) -> int:
    """Read a whole number from 0 on."""
    if not text.isascii() or not text.isdigit() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 to 4294967295")
    return int(text)


def positive(text: str) -> int:
    """Read a whole number from 1 on."""
    if (number := whole(text)) == 0:
        raise argparse.ArgumentTypeError("0 is too small; give a whole number from 1 on")
    return number


def progress(done: int, total: int, what: str = "") -> None:
    """Draw a bar on the terminal; nothing when the output of errors goes elsewhere."""
    if not sys.stderr.isatty():
        return
    full = BAR * done // max(total, 1)
    end = "\n" if done == total else ""
    bar = "█" * full + "░" * (BAR - full)
    sys.stderr.write(f"\r\x1b[K{bar} {done}/{total} {what}{end}")
    sys.stderr.flush()


def text_table(frame: pd.DataFrame) -> str:
    """Return `frame` as text, figures with four decimals."""
    return frame.to_string(index=False, float_format="{:.4f}".format, na_rep="–")


def as_json(figures: Any) -> str:
    """Return `figures` as JSON, what is not a number as null."""

    numbers = json.loads(json.dumps(figures), parse_constant=lambda _: None)
    return json.dumps(numbers, indent=1)
