"""Stores to test on: SQLite files, and databases of a PostgreSQL server started for the tests."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import KINDS
from everything import fill
from other_program import other_program

from club import backup as backups
from club.store import Store
from recommender import Dataset, load_bundled


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for a store, or its place, on SQLite, or on the database asked for.

    One that is marked `either_database` runs on both: it is about types, constraints, triggers,
    locks, transactions or migrations, in which they differ.
    """
    if "database" in metafunc.fixturenames:
        asked_for = metafunc.config.getoption("database")
        both = metafunc.definition.get_closest_marker("either_database")
        kinds = [asked_for] if asked_for else KINDS if both else KINDS[:1]
        metafunc.parametrize("database", kinds, scope="session")


@pytest.fixture
def location(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where there is nothing yet, of either kind."""
    if database == "sqlite":
        return f"sqlite:///{tmp_path / 'club.db'}"
    return request.getfixturevalue("postgres").new_schema()


@pytest.fixture(scope="session")
def bundled() -> Dataset:
    """The base dataset that ships."""
    return load_bundled()


@pytest.fixture
def _loaded_once(bundled: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands use `bundled`, which takes a second to read."""
    monkeypatch.setattr("club.cli.load_bundled", lambda: bundled)


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The SQLite file of a new club, to be copied: a migration takes twenty times as long."""
    return Store(tmp_path_factory.mktemp("new") / "club.db").file


class Clock:
    """The clock of `store`: the real time, unless a test sets `now` (seconds since 1970)."""

    now: float | None = None

    def __call__(self) -> float:
        return time.time() if self.now is None else self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(
    database: str, request: pytest.FixtureRequest, tmp_path: Path, clock: Clock
) -> Iterator[Store]:
    """A new club's."""
    if database == "sqlite":
        new = request.getfixturevalue("new_file")
        yield Store(shutil.copy(new, tmp_path / "club.db"), clock=clock)
    else:
        with request.getfixturevalue("postgres").club() as place:
            yield Store(place, clock=clock)


@pytest.fixture
def pair(store: Store) -> tuple[int, int]:
    """Two members, Ana and Bo."""
    return store.members.add("Ana"), store.members.add("Bo")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an SQLite database may be made."""
    return tmp_path / "club.db"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the backups of a PostgreSQL database go."""
    monkeypatch.setenv("MOVIE_CLUB_VAR", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="session")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a club with rows in every table."""
    folder = tmp_path_factory.mktemp("earlier")
    backups.write(fill(Store(folder / "club.db")), folder / "backup.db")
    return folder / "backup.db"


@pytest.fixture
def filled(earlier: Path, file: Path) -> Store:
    """A club with rows in every table."""
    return Store(shutil.copy(earlier, file))


@pytest.fixture(scope="session")
def program() -> Iterator[Callable[..., Any]]:
    """Another program on the same clubs."""
    with other_program() as tell:
        yield tell


@pytest.fixture
def backup(earlier: Path, tmp_path: Path) -> Path:
    """One that may be harmed."""
    return Path(shutil.copy(earlier, tmp_path))
