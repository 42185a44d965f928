"""Databases to test on: a PostgreSQL server of the tests' own, and clubs made in a moment."""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, Pool, create_engine, make_url

from club.db import transfer
from club.store import Store

KINDS = ("sqlite", "postgresql")


class PostgresServer:
    """A server on a socket in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._originals: dict[Path | None, str] = {}

    def url(self, database: str = "postgres", schema: str | None = None) -> str:
        at = f"postgresql://postgres@/{database}?host={self._folder}"
        return at if schema is None else f"{at}&options=-csearch_path%3D{schema}"

    def execute(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self.url(), autocommit=True) as admin:
            admin.execute(statement)

    def new_database(self) -> str:
        name = self._name()
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def new_schema(self, name: str = "") -> str:
        name = name or self._name()
        self.execute(f"CREATE SCHEMA {name}")
        return self.url(schema=name)

    @contextmanager
    def club(self, like: Path | None = None) -> Iterator[str]:
        """Where there is a club: the one in the SQLite file `like`, else a new one."""
        if like not in self._originals:
            self._originals[like] = original = self._name()
            self.execute(f"CREATE DATABASE {original}")
            target = Store(self.url(original))
            if like is not None:
                with (
                    Store(like).database.read() as source,
                    target.database.write() as write,
                ):
                    version = transfer.version(source)
                    transfer.copy_club(source, write.connection, version)
            # Connections that are kept would be in the way of copies.
            there = f"pg_stat_activity WHERE datname = '{original}'"
            self.execute(f"SELECT pg_terminate_backend(pid) FROM {there}")
        name = self._name()
        template = f"TEMPLATE {self._originals[like]} STRATEGY file_copy"
        self.execute(f"CREATE DATABASE {name} {template}")
        yield self.url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _name(self) -> str:
        return f"club{next(self._numbers)}"


@contextmanager
def connections_kept() -> Iterator[None]:
    """Use connections to PostgreSQL again: making one takes five times as long as a question.

    The app makes one for each, as for SQLite. So who asks a second time may hear less of what
    happened to the server in between; a test of that wants connections of its own.
    """
    engines: dict[str | URL, Engine] = {}

    def engine(url: str | URL, *, poolclass: type[Pool], **options: Any) -> Engine:
        if make_url(url).get_backend_name() == "sqlite":
            return create_engine(url, poolclass=poolclass, **options)
        if url not in engines:
            engines[url] = create_engine(url, **options)
        return engines[url]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sqlalchemy.create_engine", engine)
        yield
    for kept in engines.values():
        kept.dispose()


def _binaries() -> Path | None:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    on_path = shutil.which("pg_ctl")
    folders = [*newest_first, *([Path(on_path).parent] if on_path else [])]
    return next((f for f in folders if (f / "initdb").exists() and (f / "pg_ctl").exists()), None)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Start a server, or skip the test and say what is missing."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's programs (initdb, pg_ctl) are not installed")
    # A short path: the name of a socket must not be longer than about 100 characters. In memory,
    # where there is room: making and dropping a database is copying and removing 300 files.
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and shutil.disk_usage(memory).free > 2 << 30
    folder = Path(tempfile.mkdtemp(prefix="club-", dir=memory if has_room else "/tmp"))
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
