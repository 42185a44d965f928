"""Fuzz the parsers of foreign bytes, guided by coverage (libFuzzer through atheris).

    pip install atheris
    python -m benchmarks.fuzz                                    # ten minutes, all targets
    python -m benchmarks.fuzz --minutes 1 --only backup --corpus DIR

A target is a function of bytes with valid examples. It may raise what the project promises
(`club.errors`, `recommender.errors`), in one line; everything else is a crash, and so are a call of
ten seconds and a file left behind. Each target has a process of its own and its share of the time.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

NAME, FILE = b"\x1f", b"\x1e"  # end a file's name, and a file, where bytes stand for many files
LIMITS = ["-timeout=10", "-rss_limit_mb=3000", "-max_len=65536"]
LONGEST_SENTENCE = 1500  # characters; twenty columns may be named in it

Target = tuple[list[bytes], Callable[[bytes], object]]

RATINGS = [
    {"ratings.csv": b"Date,Name,Year,Letterboxd URI,Rating\n2024-01-01,Heat,1995,u1,4.5\n",
     "watchlist.csv": b"Date,Name,Year,Letterboxd URI\n2024-01-01,The Host,2006,u4\n"},
    {"imdb.csv": b"Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,Year\r\n"
     b"tt1,9,2024-01-01,Heat,Heat,u,Movie,1995\r\ntt2,7,2024-01-01,S,S,u,TV Series,2001\r\n"},
    {"plain.csv": b"sep=;\nTitle;Year;Rating;Member;Date;TMDB\nHeat;1995;8/10;Ana;1.2.2024;949\n"},
    {"../../etc/x.csv": b'Title,Rating\r"a\rb",4\r\n=1+1,x\n"open,3\n'},
]  # fmt: skip
CATALOGUES = [
    {"movies_metadata.csv": b"genres,id,release_date,runtime,title\n"
     b"\"[{'id': 80, 'name': 'Crime'}]\",949,1995-12-15,170.0,Heat\n",
     "keywords.csv": b"id,keywords\n949,\"[{'id': 1, 'name': 'heist'}]\"\n",
     "links.csv": b"movieId,imdbId,tmdbId\n6,1,949\n7,2,\n",
     "ratings.csv": b"userId,movieId,rating,timestamp\n1,6,4.0,1000\n2,7,0.5,9\n"},
    {"movies.dat": b"8::Boot, Das (1981)::Drama\n", "ratings.dat": b"1::8::3::978302109\n"},
    {"meta.jsonl": b'{"parent_asin": "B1", "title": "Heat", "categories": ["Crime"]}\n[[[\n',
     "reviews.jsonl": b'{"user_id": "A", "parent_asin": "B1", "rating": 5, "timestamp": 1}\n'},
]  # fmt: skip


def packed_files(files: list[dict[str, bytes]], work: Path, read: Callable[[Path], Any]) -> Target:
    """Return a target that gives `read` a ZIP of packed files, so that mutations reach the inside.

    With an odd first byte it is a CSV file instead.
    """

    def run(data: bytes) -> None:
        plain = data[:1] == b"\x01"
        path = work / f"input.{'csv' if plain else 'zip'}"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for part in data[1:].split(FILE)[:20]:
                name, _, content = part.partition(NAME)
                archive.writestr(zipfile.ZipInfo(name.decode("utf-8", "replace") or "x"), content)
        path.write_bytes(data[1:] if plain else out.getvalue())
        try:
            read(path)
        finally:
            path.unlink()

    packed = [FILE.join(n.encode() + NAME + content for n, content in f.items()) for f in files]
    alone = [b"\x01" + content for each in files for content in each.values()]
    return [*(b"\x00" + each for each in packed), *alone], run


def ratings(work: Path) -> Target:
    """A file of ratings."""
    from club.imports.ratings import match, read_all  # noqa: PLC0415
    from club.matching import TitleMatcher  # noqa: PLC0415
    from recommender import load_bundled  # noqa: PLC0415

    matcher = TitleMatcher(load_bundled().movies.head(50))
    return packed_files(RATINGS, work, lambda path: match(read_all([path]), matcher))


def catalogue(work: Path) -> Target:
    """A file for the catalogue."""
    from club.imports.catalogue import join, read  # noqa: PLC0415
    from recommender import Dataset, load_bundled  # noqa: PLC0415

    data = load_bundled()
    known = Dataset(data.ratings.head(50), data.movies)
    return packed_files(CATALOGUES, work, lambda path: join(read(path), known))


def backup(work: Path) -> Target:
    """The bytes of a backup."""
    from club import restore  # noqa: PLC0415
    from club.backup import write  # noqa: PLC0415
    from club.store import Store  # noqa: PLC0415

    store = Store(work / "live.db")
    store.ratings.rate(store.members.add("Ana"), 6, 4.5)
    write(store, work / "backup.db")
    folder = work / "club"

    def run(data: bytes) -> None:
        folder.mkdir()
        (folder / "backup.db").write_bytes(data)
        try:
            restore.restore(folder / "club.db", folder / "backup.db")
        finally:
            shutil.rmtree(folder)

    return [(work / "backup.db").read_bytes()], run


TARGETS = {each.__name__: each for each in (ratings, catalogue, backup)}


def child(name: str, corpus: Path, flags: list[str]) -> None:
    """Fuzz one target in this process; never returns."""
    import atheris  # noqa: PLC0415

    logging.disable()
    warnings.simplefilter("ignore")
    work = Path(tempfile.mkdtemp())
    with atheris.instrument_imports(include=["club", "recommender", "zipfile"]):
        from club.errors import ClubError  # noqa: PLC0415
        from recommender.errors import RecommenderError  # noqa: PLC0415

        seeds, run = TARGETS[name](work)
    for number, seed in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    before = {*work.rglob("*")}

    def checked(data: bytes) -> None:
        try:
            run(data)
        except (ClubError, RecommenderError) as error:
            sentence = str(error)
            sentence.encode()
            assert sentence.endswith((".", "…"))
            assert len(sentence.splitlines()) == 1
            assert len(sentence) < LONGEST_SENTENCE
        assert {*work.rglob("*")} <= before, "a file is left behind"

    atheris.Setup([sys.argv[0], str(corpus), *LIMITS, *flags], checked)
    atheris.Fuzz()


def fuzz(name: str, seconds: int, corpus: Path, crashed: Path) -> dict[str, Any]:
    """Give a target its time in a process of its own; return its figures."""
    corpus.mkdir(parents=True, exist_ok=True)
    flags = [f"-artifact_prefix={crashed / name}-", f"-max_total_time={seconds}"]
    program = [sys.executable, "-m", "benchmarks.fuzz", "--child", name, str(corpus), *flags]
    log = crashed / f"{name}.log"
    with tempfile.TemporaryDirectory() as folder, log.open("wb") as out:
        env = os.environ | {"TMPDIR": folder}
        status = subprocess.run(program, stdout=out, stderr=out, env=env, check=False).returncode
    found = re.findall(r"#(\d+)\s+\S+\s+cov: (\d+)", log.read_text("utf-8", "replace"))
    executions, coverage = map(int, found[-1]) if found else (0, 0)
    if not status:
        log.unlink()
    row = {"target": name, "executions": executions, "coverage": coverage}
    return row | {"crashed": bool(status)}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; status 1 when a target crashed."""
    import pandas as pd  # noqa: PLC0415  (atheris cannot watch what is imported before it)

    from benchmarks import command  # noqa: PLC0415

    parser = command.parser("fuzz", __doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for all targets together")
    parser.add_argument("--only", metavar="NAME", nargs="+", choices=TARGETS, default=[*TARGETS])
    parser.add_argument("--corpus", metavar="DIR", type=Path, help="keep inputs in DIR")
    options = parser.parse_args(argv)
    if importlib.util.find_spec("atheris") is None:
        parser.error("atheris is not installed; `pip install atheris` brings it")
    crashed = Path(tempfile.mkdtemp(prefix="movie-club-crashes-"))
    seconds = max(1, round(options.minutes * 60 / len(options.only)))
    with tempfile.TemporaryDirectory(prefix="movie-club-corpus-") as folder:
        corpus, names = options.corpus or Path(folder), command.steps(options.only)
        table = pd.DataFrame([fuzz(name, seconds, corpus / name, crashed) for name in names])
    command.show(table, options.json)
    if table["crashed"].any():
        print(f"Inputs and logs of crashes: {crashed}", file=sys.stderr)
        return 1
    crashed.rmdir()
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], Path(sys.argv[3]), sys.argv[4:])
    raise SystemExit(main())
