"""What `fuzz.py` calls with whatever bytes there are: every parser of what people bring.

A target begins with examples that are valid and is a function from bytes to nothing. Whatever the
project promises (`club.errors`, `recommender.errors`) is an answer; everything else is a crash.
This is a program, since what is imported before it tells atheris is not watched.
"""

from __future__ import annotations

import contextlib
import csv
import io
import logging
import shutil
import sqlite3
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import atheris
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

with atheris.instrument_imports(include=["club", "recommender", "ui", "zipfile"]):
    import fuzz_texts
    from fuzz_seeds import (
        BROUGHT,
        HARM,
        HARM_IMPORTED,
        IMPORTED,
        LETTERBOXD,
        Files,
        Run,
        Target,
        club,
        joined,
        parted,
        world,
        zipped,
    )

    from club import restore
    from club.backup import write as back_up
    from club.errors import ClubError
    from club.imports import catalogue, ratings
    from recommender import Dataset
    from recommender.errors import RecommenderError

PROMISED = (ClubError, RecommenderError)
NOW = 1_700_000_000
LONGEST_SENTENCE = 1500  # characters; twenty columns may be named in it


def _shown(found: Iterable[Any]) -> None:
    """Hold what becomes of every reading: a row has a title, which one line of a file can hold."""
    for row in found:
        assert 1 <= len(row.title) <= 200
        assert not set("\r\n\x00") & {*row.title}
        row.title.encode()


def _brought(path: Path, movies: pd.DataFrame) -> None:
    found = ratings.read_all([path])
    for one in found:
        for rows in (one.ratings, one.seen, one.wished):
            _shown(rows)
    members = {(one.file, person): person or 1 for one in found for person in one.people}
    now = ratings.ClubNow(1, pd.DataFrame(columns=["member_id", "movie_id", "rating", "timestamp"]),
                          (), frozenset())  # fmt: skip
    choices = ratings.Choices(members=members, add_missing=True)
    plan = ratings.plan(found, ratings.match(found, movies), now, choices, now=NOW)
    ratings.notes(found, choices)
    rejected = plan.rejected(movies)
    table = ratings.as_csv(rejected)
    table.encode()
    assert len(list(csv.reader(io.StringIO(table, newline="")))) == len(rejected) + 1


def _imported(path: Path, known: Dataset) -> None:
    found = catalogue.join(catalogue.read(path), known)
    for title in found.data.movies["title"]:
        assert not set("\r\n\x00") & {*title}
        title.encode()
    out = io.StringIO(newline="")
    found.rejected.to_csv(out, index=False, lineterminator="\n")
    out.getvalue().encode()
    rows = list(csv.reader(io.StringIO(out.getvalue(), newline="")))
    assert len(rows) == len(found.rejected) + 1


def _file(work: Path, endings: list[str], read: Callable[[Path], object]) -> Run:
    """Give bytes to `read` as a file, the ending of which the first byte chooses."""

    def run(data: bytes) -> None:
        path = work / f"ratings{endings[data[0] % len(endings)] if data else ''}"
        path.write_bytes(data[1:])
        try:
            read(path)
        finally:
            path.unlink()

    return run


def _inside(work: Path, read: Callable[[Path], object]) -> Run:
    """Give `read` a ZIP in which the files are what the bytes say."""
    path = work / "x.zip"

    def run(data: bytes) -> None:
        path.write_bytes(zipped(parted(data).items()))
        try:
            read(path)
        finally:
            path.unlink()

    return run


def _bytes_of(files: list[Files]) -> list[bytes]:
    alone = [b"\x00" + next(iter(each.values())) for each in files if len(each) == 1]
    return [*alone, *(b"\x01" + zipped(each.items()) for each in files)]


def brought_file(work: Path) -> Target:
    """A file of ratings as it is, by any name."""
    movies = world().movies
    endings = [".csv", ".zip", ".txt", ".csv.gz"]
    return Target(
        _bytes_of([*BROUGHT, *HARM]), _file(work, endings, lambda path: _brought(path, movies))
    )


def brought_zip(work: Path) -> Target:
    """What is inside a ZIP of ratings."""
    movies = world().movies
    seeds = [
        *map(joined, [*BROUGHT, *HARM]),
        joined({f"root/{n}": c for n, c in LETTERBOXD.items()}),
    ]
    return Target(seeds, _inside(work, lambda path: _brought(path, movies)))


def imports_file(work: Path) -> Target:
    """A file for the catalogue as it is, by any name."""
    known = world()
    endings = [".csv", ".zip", ".jsonl", ".csv.gz"]
    return Target(
        _bytes_of([*IMPORTED, *HARM_IMPORTED]),
        _file(work, endings, lambda path: _imported(path, known)),
    )


def imports_zip(work: Path) -> Target:
    """What is inside a ZIP for the catalogue."""
    known = world()
    return Target(
        [*map(joined, [*IMPORTED, *HARM_IMPORTED])],
        _inside(work, lambda path: _imported(path, known)),
    )


def _small(work: Path) -> bytes:
    """A backup in small pages, so that a mutation more often meets something."""
    file = work / "small.db"
    back_up(club(work / "live.db"), file)
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.executescript("PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM")
    content = file.read_bytes()
    for left in (*work.glob("small.db*"), *work.glob("live.db*")):
        left.unlink()
    return content


def _restored(work: Path, file: Path) -> None:
    restore.preview(work / "none.db", file)
    try:
        restore.restore(work / "none.db", file)
    finally:
        shutil.rmtree(work / "backups", ignore_errors=True)
        for left in work.glob("none.db*"):
            left.unlink()


def restore_file(work: Path) -> Target:
    """A backup's bytes."""
    file = work / "backup.db"

    def run(data: bytes) -> None:
        file.write_bytes(data)
        try:
            _restored(work, file)
        finally:
            file.unlink()

    small = _small(work)
    return Target([small], run, len(small) + 512)


def restore_rows(work: Path) -> Target:
    """A whole database with rows that no club has."""
    file, whole = work / "backup.db", _small(work)

    def value(data: atheris.FuzzedDataProvider) -> Any:
        kinds: list[Callable[[], Any]] = [
            lambda: None,
            lambda: data.ConsumeInt(8),
            data.ConsumeRegularFloat,
            lambda: data.ConsumeUnicodeNoSurrogates(20),
            lambda: data.ConsumeBytes(20),
        ]
        return kinds[data.ConsumeIntInRange(0, len(kinds) - 1)]()

    def run(raw: bytes) -> None:
        data = atheris.FuzzedDataProvider(raw)
        file.write_bytes(whole)
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.executescript("PRAGMA ignore_check_constraints = ON;")
            names = "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'trigger')"
            found = connection.execute(f"{names} AND name NOT LIKE 'sqlite%'").fetchall()
            for name in [name for kind, name in found if kind == "trigger"]:
                connection.execute(f"DROP TRIGGER {name}")
            tables = [name for kind, name in found if kind == "table"]
            for _ in range(data.ConsumeIntInRange(1, 4)):
                table = tables[data.ConsumeIntInRange(0, len(tables) - 1)]
                columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
                if data.ConsumeBool():
                    column = columns[data.ConsumeIntInRange(0, len(columns) - 1)]
                    change = f"UPDATE {table} SET {column} = ?"
                    values = [value(data)]
                else:
                    change = f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})"
                    values = [value(data) for _ in columns]
                with contextlib.suppress(sqlite3.Error, OverflowError):
                    connection.execute(change, values)
            connection.commit()
        try:
            _restored(work, file)
        finally:
            file.unlink()

    return Target([bytes(range(first, first + 60)) for first in range(0, 196, 20)], run, 256)


TARGETS: dict[str, Callable[[Path], Target]] = {
    each.__name__: each
    for each in (
        brought_file, brought_zip, imports_file, imports_zip, restore_file,
        restore_rows, *fuzz_texts.ALL,
    )
}  # fmt: skip


def watched(run: Run, work: Path) -> Run:
    """Return `run` as what may raise only what is promised, and leave no file behind."""

    def names() -> set[str]:
        return {str(path) for path in work.rglob("*")}

    before = names()

    def checked(data: bytes) -> None:
        try:
            run(data)
        except PROMISED as error:
            said = str(error)
            said.encode()
            assert said.endswith((".", "…"))
            assert len(said.splitlines()) == 1
            assert len(said) < LONGEST_SENTENCE
        left = names() - before
        assert not left, f"left behind: {sorted(left)[:3]}"

    return checked


def main(name: str, corpus: Path, until: float, flags: list[str]) -> None:
    """Be the process of one target until `until`, in seconds since 1970; never returns."""
    logging.disable()
    warnings.simplefilter("ignore")
    work = Path(tempfile.gettempdir())
    target = TARGETS[name](work)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    longest = max(target.longest, *map(len, target.seeds))
    limits = [f"-max_len={longest}", f"-max_total_time={max(1, int(until - time.time()))}"]
    atheris.Setup([sys.argv[0], str(corpus), *limits, *flags], watched(target.run, work))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
