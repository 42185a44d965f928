"""Whether any bytes make a parser of what people bring crash, hang or leave a file behind.

    python -m benchmarks.fuzz                                # ten minutes, all targets
    python -m benchmarks.fuzz --minutes 1 --only restore_file --corpus DIR

Guided by coverage: inputs that reach new code are mutated further (libFuzzer, through atheris,
which is no requirement of the project: `pip install atheris`). Each target has a process of its
own and its share of the time, and is begun anew after a crash. What crashed is kept in a folder.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from benchmarks import command

NAMES = (
    "brought_file", "brought_zip", "imports_file", "imports_zip",
    "restore_file", "restore_rows", "gate_file", "model", "keywords", "cookie", "board", "plain",
    "tmdb", "answers", "poster",
)  # fmt: skip
PROGRAM = Path(__file__).with_name("fuzz_targets.py")
LONGEST_CALL, MOST_MEMORY, MOST_CRASHES = 10, 3000, 5  # seconds; MiB; of one target
BEGINS = 60  # seconds that a process may take until it is at it


@dataclass
class Findings:
    """What came of one target."""

    target: str
    executions: int = 0
    coverage: int = 0
    features: int = 0
    new: int = 0
    crashes: list[str] = field(default_factory=list)

    def hear(self, said: str) -> None:
        """Take the figures from what libFuzzer says."""
        for coverage, features in re.findall(r"cov: (\d+) ft: (\d+)", said):
            self.coverage = max(self.coverage, int(coverage))
            self.features = max(self.features, int(features))
        ran = [int(n) for n in re.findall(r"^(?:#|stat::number_of\S+ )(\d+)", said, re.MULTILINE)]
        self.executions += max(ran, default=0)


def fuzz(name: str, seconds: float, seed: int, corpus: Path, crashed: Path) -> Findings:
    """Give a target its time, in processes that end when it crashes.

    Args:
        corpus: where its inputs are, and new ones come to.
        crashed: where inputs go that crash it.
    """
    found, until = Findings(name), time.time() + seconds
    corpus.mkdir(parents=True, exist_ok=True)
    crashed.mkdir(parents=True, exist_ok=True)
    before = {path.name for path in corpus.iterdir()}
    log = crashed / f"{name}.log"
    while (left := until - time.time()) >= 1 and len(found.crashes) < MOST_CRASHES:
        there = {*crashed.glob(f"{name}-*")}
        asked = [f"-seed={seed + len(found.crashes) + 1}",
                 f"-artifact_prefix={crashed / name}-", f"-timeout={LONGEST_CALL}",
                 f"-rss_limit_mb={MOST_MEMORY}", "-print_final_stats=1"]  # fmt: skip
        child = [sys.executable, str(PROGRAM), name, str(corpus), str(until), *asked]
        ended = _run(child, log, left + BEGINS)
        said = log.read_text("utf-8", "replace")
        found.hear(said)
        inputs = sorted({*crashed.glob(f"{name}-*")} - there)
        if not ended:
            break
        kept = crashed / f"{name}.{len(found.crashes)}.log"  # what was said, and where
        kept.write_text(said, "utf-8")
        found.crashes.append(str(inputs[0] if inputs else kept))
    log.unlink(missing_ok=True)
    seeds = {f"seed-{number}" for number in range(1000)}
    found.new = len({path.name for path in corpus.iterdir()} - before - seeds)
    return found


def _run(child: list[str], log: Path, seconds: float) -> int:
    """Run a program in a folder of its own for files that it makes; return how it ended."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # where files need no disk
    with tempfile.TemporaryDirectory(dir=memory) as folder, log.open("wb") as out:
        where = os.environ | {"TMPDIR": folder}
        try:
            return subprocess.run(
                child, stdout=out, stderr=out, timeout=seconds, env=where, check=False
            ).returncode
        except subprocess.TimeoutExpired:
            return -1


def main(argv: list[str] | None = None) -> int:
    """Print what came of each target; status 1 when any crashed."""
    parser = command.parser("fuzz", __doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all targets together")
    parser.add_argument("--seed", type=command.whole, default=0)
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=NAMES, default=NAMES)
    parser.add_argument("--corpus", metavar="DIR", type=Path, help="inputs of earlier runs, kept")
    options = parser.parse_args(argv)
    if importlib.util.find_spec("atheris") is None:
        parser.error("atheris is not installed; `pip install atheris` brings it")
    crashed = Path(tempfile.mkdtemp(prefix="movie-club-crashes-"))
    seconds = options.minutes * 60 / len(options.only)
    with tempfile.TemporaryDirectory(prefix="movie-club-corpus-") as folder:
        corpus = options.corpus or Path(folder)
        found = []
        for number, name in enumerate(options.only):
            command.progress(number, len(options.only), name)
            found.append(fuzz(name, seconds, options.seed, corpus / name, crashed))
        command.progress(len(options.only), len(options.only))
    rows = [vars(each) | {"crashes": len(each.crashes)} for each in found]
    command.show(pd.DataFrame(rows), options.json)
    inputs = [path for each in found for path in each.crashes]
    for path in inputs:
        print(path, file=sys.stderr)
    if not inputs:
        crashed.rmdir()
    return int(bool(inputs))


if __name__ == "__main__":
    raise SystemExit(main())
