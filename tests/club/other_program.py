"""Another program on the same clubs: told to call one of its functions, it answers with a line.

It has the app's settings of the database, and one thread, so that it may fork.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from benchmarks import crash
from club import backup
from club.restore import restore
from club.store import Store
from recommender import persistence

ROOT = Path(__file__).resolve().parents[2]
store = functools.cache(Store)


@contextmanager
def other_program() -> Iterator[Callable[..., Any]]:
    """Start it, and yield how to tell it something and hear what came of it."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.club.other_program"],
        cwd=ROOT,
        env=os.environ | {"JE_ARROW_MALLOC_CONF": "background_thread:false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None

        def tell(*what: Any) -> Any:
            program.stdin.write(json.dumps(what, default=str) + "\n")
            program.stdin.flush()
            return json.loads(program.stdout.readline())

        yield tell
        program.stdin.close()
    assert program.returncode == 0


def do(location: str, name: str, *arguments: Any) -> Any:
    """Do `Store(location).name(*arguments)`."""
    return attrgetter(name)(store(location))(*arguments)


def kill_writers(location: str) -> dict[str, int]:
    return crash.kill_and_compare(Store(location), location, Namespace(writes=16, every=5))


def write_at_once(location: str) -> dict[str, int]:
    return crash.write_at_once(Store(location), location, Namespace(writes=12, writers=6))


def die(*_: object) -> None:
    os._exit(9)


def end_halfway(what: str, file: str, earlier: str, temporary: str) -> int:
    """Return the status of a process that is killed in the midst of a restore or a backup."""
    child = os.fork()
    if not child:
        tempfile.tempdir = temporary
        if what == "restore":
            restore(file, Path(earlier), lambda done, total, _: done > total / 2 and die())
        else:
            persistence._sync = die  # all is written, nothing has its name yet
            backup.roll(Store(file))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def pragmas(file: str, *names: str) -> list[object]:
    with Store(file).database.transaction() as connection:
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]


if __name__ == "__main__":
    for line in sys.stdin:
        name, *told = json.loads(line)
        print(json.dumps(globals()[name](*told), default=str), flush=True)
