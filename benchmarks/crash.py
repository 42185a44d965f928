"""Whether a rating that was acknowledged is ever lost when its writer is killed.

    python -m benchmarks.crash                                # 10,000 writes to an SQLite file
    python -m benchmarks.crash --database postgresql://...    # a new, empty database
    python -m benchmarks.crash --writers 20                   # 20 programs that write at once

A program rates movies and says so after each; it is killed (SIGKILL) at random moments and started
again, until so many writes were acknowledged. After every kill the database is opened, checked and
compared with what was acknowledged. The settings are those of the app.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

# A process that is to be copied (fork) must have one thread only; pandas brings pyarrow's.
os.environ.setdefault("JE_ARROW_MALLOC_CONF", "background_thread:false")

import pandas as pd

from benchmarks import command
from club.errors import ClubError
from club.store import Store

FEW = 0.003  # seconds; about as long as a write takes


@dataclass
class Findings:
    """What came of it: numbers of writes, of kills, of what went wrong."""

    acknowledged: int = 0
    kills: int = 0
    lost: int = 0
    unasked: int = 0  # ratings that nobody was about to give
    damaged: int = 0
    refused: list[str] = field(default_factory=list)


@dataclass
class Writer:
    """A program that rates movies for one member, one after the other, from `first` on."""

    pid: int
    pipe: int
    member: int
    first: int
    acknowledged: int = 0

    @classmethod
    def start(cls, location: str, member: int, first: int, writes: int) -> Writer:
        """Begin in a process of its own, which has nothing open from this one."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing)
            return cls(pid, reading, member, first)
        os.close(reading)
        try:
            store = Store(location)
            for movie in range(first, first + writes):
                store.ratings.rate(member, movie, stars(movie))
                os.write(writing, b".")
        except ClubError as error:
            os.write(writing, f"!{error}\n".encode())
        finally:
            os._exit(0)  # none of what the parent would do at its end

    def hear(self, findings: Findings, at_least: int) -> bool:
        """Read until so many are acknowledged; returns whether there is more to come."""
        while self.acknowledged < at_least:
            said = os.read(self.pipe, 65536)
            if not said:
                return False
            written, _, refusal = said.partition(b"!")
            self.acknowledged += len(written)
            if refusal:
                findings.refused.append(refusal.decode().strip())
        return True

    def end(self, findings: Findings) -> None:
        """Hear what was said before the end, and let go of the process."""
        self.hear(findings, sys.maxsize)
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
        findings.acknowledged += self.acknowledged


def stars(movie: int) -> float:
    """Return what a movie is given, another one than its neighbours."""
    return movie * 7 % 10 / 2 + 0.5


def compare(store: Store, heard: dict[int, list[range]], findings: Findings) -> None:
    """Look for what is missing, for what nobody gave, and for damage.

    Args:
        heard: member -> the movies of which every rating was acknowledged; the one after each of
            these may be there or not.
    """
    try:
        store = Store(store.database.file or store.database.url.render_as_string(False))
        ratings, history = store.ratings.current(), store.ratings.history()
    except ClubError as error:
        findings.damaged += 1
        findings.refused.append(str(error))
        return
    for member, ranges in heard.items():
        there = ratings[ratings["member_id"] == member].set_index("movie_id")["rating"].to_dict()
        given = {movie: stars(movie) for movies in ranges for movie in movies}
        findings.lost += sum(there.get(movie) != value for movie, value in given.items())
        maybe = {movies.stop: stars(movies.stop) for movies in ranges}
        findings.unasked += sum((given | maybe).get(movie) != n for movie, n in there.items())
    findings.damaged += len(history) != len(ratings)


def kill_and_compare(store: Store, location: str, writes: int, every: int, seed: int) -> Findings:
    """Kill a writer after about `every` writes, until `writes` are acknowledged."""
    findings, rng = Findings(), random.Random(seed)
    member, first = store.members.add("Ana"), 1
    heard: dict[int, list[range]] = {member: []}
    while findings.acknowledged < writes:
        writer = Writer.start(location, member, first, writes)
        writer.hear(findings, min(rng.randint(0, 2 * every), writes - findings.acknowledged))
        time.sleep(rng.random() * FEW)
        os.kill(writer.pid, signal.SIGKILL)
        writer.end(findings)
        findings.kills += 1
        heard[member].append(range(first, first + writer.acknowledged))
        compare(store, heard, findings)
        command.progress(min(findings.acknowledged, writes), writes, f"{findings.kills} kills")
        first += writer.acknowledged + 1  # the one between may be there or not
    return findings


def write_at_once(store: Store, location: str, writes: int, writers: int) -> Findings:
    """Let so many programs write at once until each has given its share."""
    findings, share = Findings(), writes // writers
    members = [store.members.add(f"Member {number}") for number in range(writers)]
    running = [Writer.start(location, member, 1, share) for member in members]
    for done, writer in enumerate(running, 1):
        writer.end(findings)
        command.progress(done, writers, "writers")
    compare(store, {w.member: [range(1, 1 + w.acknowledged)] for w in running}, findings)
    findings.lost += share * writers - findings.acknowledged
    return findings


def main(argv: list[str] | None = None) -> int:
    """Print what came of it; status 1 when anything was lost, damaged or refused."""
    parser = command.parser("crash", __doc__)
    parser.add_argument("--database", metavar="URL", help="a new one; else a file for the moment")
    parser.add_argument("--writes", type=command.whole, default=10_000)
    parser.add_argument("--every", type=command.whole, default=100, help="writes between kills")
    parser.add_argument(
        "--writers", type=command.whole, default=0, help="so many at once, no kills"
    )
    parser.add_argument("--seed", type=command.whole, default=0)
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="movie-club-") as folder:
        location = options.database or str(Path(folder, "club.db"))
        store = Store(location)
        if store.version() != 0:
            parser.error("the database holds a club already; name a new one")
        start = time.perf_counter()
        if options.writers:
            findings = write_at_once(store, location, options.writes, options.writers)
        else:
            findings = kill_and_compare(
                store, location, options.writes, options.every, options.seed
            )
        seconds = time.perf_counter() - start
    row = {
        "acknowledged": findings.acknowledged,
        "kills": findings.kills,
        "lost": findings.lost,
        "unasked": findings.unasked,
        "damaged": findings.damaged,
        "refused": len(findings.refused),
        "writes_per_second": findings.acknowledged / seconds,
    }
    command.show(pd.DataFrame([row]), options.json)
    for sentence in sorted(set(findings.refused)):
        print(sentence, file=sys.stderr)
    return int(any(row[name] for name in ("lost", "unasked", "damaged", "refused")))


if __name__ == "__main__":
    raise SystemExit(main())
