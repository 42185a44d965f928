"""Databases to test on: a PostgreSQL server of the tests' own, and clubs made in a moment."""

from __future__ import annotations

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
from sqlalchemy import URL, Engine, Pool, create_engine

import club.db.database
from club.db import transfer
from club.store import Store

KINDS = ("sqlite", "postgresql")


class PostgresServer:
    """A server on a socket in a folder of its own.

    A store gets a schema of its own rather than a database: making one takes a moment only. So
    does giving one that a test has done with the rows of another and a new name; its tables stay.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._originals: dict[Path | None, str] = {}
        self._used: list[str] = []

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
            target = Store(self.new_schema(original))
            if like is not None:
                with (
                    transfer.snapshot(Store(like).database) as source,
                    target.database.write() as write,
                ):
                    version = transfer.version(source)
                    transfer.copy_club(source, write.connection, version)
        name = self._copy(self._originals[like])
        yield self.url(schema=name)
        self._used.append(name)

    def _copy(self, original: str) -> str:
        import psycopg

        name = self._name()
        with psycopg.connect(self.url()) as admin:
            wanted = _structure(admin, original)
            while self._used:
                # A test that has changed more than rows has changed it for itself alone.
                if _structure(admin, used := self._used.pop()) == wanted:
                    admin.execute(f"ALTER SCHEMA {used} RENAME TO {name}")
                    break
            else:
                Store(self.new_schema(name))
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = %s"
            counters = "SELECT sequencename FROM pg_sequences WHERE schemaname = %s"
            # A replica runs no trigger and looks at no foreign key: the rows are right already.
            admin.execute(
                "SET session_replication_role = replica;"
                + "".join(
                    f"DELETE FROM {name}.{table}; INSERT INTO {name}.{table}"
                    f" OVERRIDING SYSTEM VALUE SELECT * FROM {original}.{table};"
                    for (table,) in admin.execute(tables, [original])
                )
                + "".join(
                    f"SELECT setval('{name}.{counter}', last_value, is_called)"
                    f" FROM {original}.{counter};"
                    for (counter,) in admin.execute(counters, [original])
                )
            )
        return name

    def _name(self) -> str:
        return f"club{next(self._numbers)}"


@contextmanager
def connections_kept() -> Iterator[None]:
    """Use connections to PostgreSQL again: making one takes five times as long as a question.

    The app makes one for each, as for SQLite. So who asks a second time may hear less of what
    happened to the server in between; a test of that wants connections of its own.
    """
    engines: dict[URL, Engine] = {}

    def engine(url: URL, *, poolclass: type[Pool], **options: Any) -> Engine:
        if url.get_backend_name() == "sqlite":
            return create_engine(url, poolclass=poolclass, **options)
        if url not in engines:
            engines[url] = create_engine(url, **options)
        return engines[url]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(club.db.database, "create_engine", engine)
        yield
    for kept in engines.values():
        kept.dispose()


def _structure(admin, schema: str) -> list[tuple]:
    """Columns, triggers, keys and functions of a schema, without its name."""
    return admin.execute(
        """
        SELECT relname, attname, atttypid::text, attnotnull::text
          FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
         WHERE relnamespace = %(schema)s::regnamespace
        UNION ALL
        SELECT relname, tgname, tgenabled::text, tgtype::text
          FROM pg_trigger JOIN pg_class ON tgrelid = pg_class.oid
         WHERE relnamespace = %(schema)s::regnamespace AND NOT tgisinternal
        UNION ALL
        SELECT relname, conname, contype::text, convalidated::text
          FROM pg_constraint JOIN pg_class ON conrelid = pg_class.oid
         WHERE relnamespace = %(schema)s::regnamespace
        UNION ALL
        SELECT proname, prosrc, '', '' FROM pg_proc
         WHERE pronamespace = %(schema)s::regnamespace
        ORDER BY 1, 2, 3, 4
        """,
        {"schema": schema},
    ).fetchall()


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
