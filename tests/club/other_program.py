"""Another program on the same club: it does what it is told, a line each, and answers with a line.

Told ["club.db", "ratings.rate", 1, 50, 4.5] it does `Store("club.db").ratings.rate(1, 50, 4.5)`.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from club.store import Store

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def other_program() -> Iterator[Callable[..., Any]]:
    """Start it, and yield how to tell it something and hear what came of it."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.club.other_program"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None

        def tell(*what: Any) -> Any:
            program.stdin.write(json.dumps(what) + "\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())

        yield tell
        program.stdin.close()
    assert program.returncode == 0


if __name__ == "__main__":
    stores = functools.cache(Store)
    for line in sys.stdin:
        location, name, *details = json.loads(line)
        print(json.dumps(attrgetter(name)(stores(location))(*details), default=str), flush=True)
