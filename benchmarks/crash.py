"""Kill writers: is an acknowledged rating ever lost, or the database damaged?

    python -m benchmarks.crash                                # 10,000 writes to an SQLite file
    python -m benchmarks.crash --database postgresql://...    # a new, empty database
    python -m benchmarks.crash --writers 20                   # 20 processes that write at once

A process rates movies and acknowledges each; it is killed (SIGKILL) at random moments and started
again. After every kill the database is opened and compared with what was acknowledged.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from argparse import Namespace
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# A process that forks must have one thread only; pandas starts pyarrow's.
os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")

import pandas as pd

from benchmarks import command
from club.errors import ClubError
from club.store import Store
from recommender.errors import RecommenderError

WRITE = 0.003  # seconds, about
FAULTS = ("lost", "unasked", "damaged", "refused")


@dataclass
class Writer:
    """A forked process that rates movies for one member, one after the other, from `first` on."""

    pid: int
    pipe: int
    member: int
    first: int
    acknowledged: int = 0
    refused: bool = False

    @classmethod
    def start(cls, location: str, member: int, first: int, writes: int) -> Writer:
        """Start the process."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return cls(pid, reading, member, first)
        try:
            store = Store(location)
            for movie in range(first, first + writes):
                store.ratings.rate(member, movie, stars(movie))
                os.write(writing, b".")
        except ClubError as error:
            print(error, file=sys.stderr)
            os.write(writing, b"!")
        finally:
            os._exit(0)  # skips what the parent does at its end

    def read(self, at_least: int) -> None:
        """Read acknowledgements until there are `at_least` or the process has ended."""
        while self.acknowledged < at_least and (said := os.read(self.pipe, 65536)):
            self.acknowledged += said.count(b".")
            self.refused |= b"!" in said

    def end(self) -> range:
        """Wait for the process; return the acknowledged movies."""
        self.read(sys.maxsize)
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
        return range(self.first, self.first + self.acknowledged)


def stars(movie: int) -> float:
    """Return the rating of a movie, another one than its neighbours'."""
    return movie * 7 % 10 / 2 + 0.5


def compare(location: str, acknowledged: dict[int, list[range]]) -> Counter[str]:
    """Count ratings that are lost, or that no writer gave, and damage.

    Args:
        acknowledged: member -> acknowledged movies; the one after each range may be there or not.
    """
    found: Counter[str] = Counter()
    try:
        store = Store(location)
        ratings, history = store.ratings.current(), store.ratings.history()
    except ClubError as error:
        print(error, file=sys.stderr)
        return Counter(damaged=1)
    for member, ranges in acknowledged.items():
        there = ratings[ratings["member_id"] == member].set_index("movie_id")["rating"].to_dict()
        given = {movie: stars(movie) for movies in ranges for movie in movies}
        maybe = {movies.stop: stars(movies.stop) for movies in ranges}
        found["lost"] += sum(there.get(movie) != value for movie, value in given.items())
        found["unasked"] += sum((given | maybe).get(movie) != n for movie, n in there.items())
    found["damaged"] += len(history) != len(ratings)
    return found


def kill_and_compare(store: Store, location: str, options: Namespace) -> Counter[str]:
    """Kill a writer after about `every` writes, until `writes` are acknowledged."""
    found, rng = Counter(acknowledged=0, kills=0), random.Random(0)
    member, first = store.members.add("Ana"), 1
    heard: dict[int, list[range]] = {member: []}
    while found["acknowledged"] < options.writes:
        left = options.writes - found["acknowledged"]
        writer = Writer.start(location, member, first, options.writes)
        writer.read(min(rng.randint(0, 2 * options.every), left))
        time.sleep(rng.random() * WRITE)
        os.kill(writer.pid, signal.SIGKILL)
        heard[member].append(writer.end())
        found.update(acknowledged=writer.acknowledged, kills=1, refused=writer.refused)
        found += compare(location, heard)
        command.progress(min(found["acknowledged"], options.writes), options.writes, "writes")
        first += writer.acknowledged + 1  # the one between may be there or not
    return found


def write_at_once(store: Store, location: str, options: Namespace) -> Counter[str]:
    """Let `writers` processes write at once until each has given its share."""
    share = options.writes // options.writers
    members = [store.members.add(f"Member {number}") for number in range(options.writers)]
    running = [Writer.start(location, member, 1, share) for member in members]
    heard = {writer.member: [writer.end()] for writer in command.steps(running)}
    found = compare(location, heard)
    done = sum(writer.acknowledged for writer in running)
    refused = sum(writer.refused for writer in running)
    found.update(acknowledged=done, refused=refused, lost=share * options.writers - done)
    return found


def show(options: Namespace) -> int:
    """Print the counts; return 1 if there is a fault."""
    with tempfile.TemporaryDirectory(prefix="movie-club-") as folder:
        location = options.database or str(Path(folder, "club.db"))
        store = Store(location)
        if store.version():
            raise RecommenderError("The database holds a club already; name a new one.")
        start = time.perf_counter()
        run = write_at_once if options.writers else kill_and_compare
        found = run(store, location, options)
        seconds = time.perf_counter() - start
    row: dict[str, float] = {name: found[name] for name in ("acknowledged", "kills", *FAULTS)}
    row["writes_per_second"] = found["acknowledged"] / seconds
    command.show(pd.DataFrame([row]), options.json)
    return int(any(found[name] for name in FAULTS))


def main(argv: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("crash", __doc__)
    parser.add_argument("--database", metavar="URL", help="a new one (default: a temporary file)")
    parser.add_argument("--writes", type=command.whole, default=10_000)
    parser.add_argument("--every", type=command.whole, default=100, help="writes between kills")
    parser.add_argument("--writers", type=command.whole, default=0, help="at once, without kills")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
