"""Stores to test on: SQLite files, and databases of a PostgreSQL server started for the tests."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from club.store import Store


@event.listens_for(Engine, "connect")
def _do_not_wait_for_the_disk(connection, _record) -> None:
    if connection.__class__.__module__.startswith("sqlite3"):
        connection.execute("PRAGMA synchronous = OFF")


class PostgresServer:
    """A server on a socket in a folder of its own.

    A store gets a schema of its own rather than a database: making one takes a moment only.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as admin:
            admin.execute(statement)

    def new_database(self) -> str:
        name = f"club{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def new_schema(self) -> str:
        name = f"club{next(self._numbers)}"
        self.execute(f"CREATE SCHEMA {name}")
        return f"{self.url()}&options=-csearch_path%3D{name}"


def _binaries() -> Path | None:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("pg_ctl")
    folders = [*newest_first, *([Path(on_path).parent] if on_path else [])]
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's programs (initdb, pg_ctl) are not installed")
    # A short path: the name of a socket must not be longer than about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="club-", dir="/tmp"))
    as_server = []
    if os.geteuid() == 0:  # PostgreSQL refuses root
        if shutil.which("runuser") is None:
            pytest.skip("PostgreSQL refuses root, and there is no runuser to become another user")
        shutil.chown(folder, "nobody")
        as_server = ["runuser", "-u", "nobody", "--"]

    def run(program: str, *arguments: str) -> None:
        command = [*as_server, str(binaries / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, cwd=folder, capture_output=True, timeout=60)

    settings = "fsync=off synchronous_commit=off full_page_writes=off listen_addresses="
    options = " ".join([f"-k {folder}", *(f"-c {setting}" for setting in settings.split())])
    try:
        run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
        run("pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
        yield PostgresServer(folder)
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where there is a new club's database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'club.db'}"
    return request.getfixturevalue("postgres").new_schema()


@pytest.fixture
def store(location: str) -> Store:
    return Store(location)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an SQLite database may be made."""
    return tmp_path / "club.db"
