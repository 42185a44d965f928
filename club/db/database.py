"""One database, SQLite or PostgreSQL: how it is reached, read, written, and how it can fail."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final, NamedTuple

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError

from club.db import schema
from club.errors import DatabaseDamaged, InvalidInput, StoreReplaced, StoreUnavailable

# How a sentence about the database goes on.
_LOCKED = "is locked by another program; close it there and try again."
_NO_ACCESS = "cannot be opened; check that you may read and write it."
_FULL = "has no room left on its disk; nothing was changed."
_NO_ANSWER = "does not answer; check that the server runs and can be reached."
RESTORE = "bring a backup back with: python -m club restore FILE"
_GONE = f"is not there any more; put it back or {RESTORE}"
_EMPTIED = f"holds no club any more; {RESTORE}"
_BAD_DISK = "could not be read or written; check its disk."
_OTHER_TABLES = "has other tables than this program expects; restart the program."
_NEWER = "was changed by a newer version of this program meanwhile; update and restart it."
_OLDER = "was replaced by one of an earlier version of this program; restart the program."
_REPLACED = "was replaced by another state of the club meanwhile; look at the page again."
ADVISORY_LOCK = 6077  # on PostgreSQL: writers share it, a migration has it alone
_SQLITE_ENDINGS: Final = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: "can only be read; allow writing to the file and its folder.",
    sqlite3.SQLITE_PERM: _NO_ACCESS,
    sqlite3.SQLITE_AUTH: _NO_ACCESS,
    sqlite3.SQLITE_CANTOPEN: _NO_ACCESS,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _BAD_DISK,
    sqlite3.SQLITE_CORRUPT: f"is damaged; {RESTORE}",
    sqlite3.SQLITE_NOTADB: f"is damaged or no database; {RESTORE}",
}
_DAMAGE: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
# Kinds of SQLITE_IOERR that a full disk, a quota or a failing disk leads to.
_SQLITE_WRITES: Final = {
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
    sqlite3.SQLITE_IOERR_SHMMAP,
}
_CANNOT_WRITE = "could not be written; its disk or quota is full, or it fails. Nothing was changed."
_NEARLY_NOTHING = 65_536  # bytes: less than the smallest log
# By SQLSTATE, or by its class: the first two characters. Of others PostgreSQL's own words are told.
_POSTGRES_ENDINGS: Final = {
    "08": _NO_ANSWER,
    "25006": "can only be read; allow writing to it on its server.",
    "40": "was busy with another change; try again.",
    "42703": _OTHER_TABLES,
    "42P01": _EMPTIED,
    "53100": _FULL,
    "55P03": _LOCKED,
}
# What SQLite says about tables in words only.
_MESSAGES: Final = {
    "^no such table": _EMPTIED,
    "^no such column|^table .* has no": _OTHER_TABLES,
}


class State(NamedTuple):
    """A state of the club; equal ones have equal contents.

    Args:
        identity: tells this database from others and from another state put in its place. It stays
            while the program changes the club; a restore, or a file copied over it, changes it.
        version: how many writes there were.
    """

    identity: str
    version: int


@dataclass
class Write:
    """A write transaction under way.

    Args:
        version: that the club has after it.
        actor: for the audit log; None: unknown.
        now: seconds since 1970.
        about: the member_id, movie_id, night_id that it is about, as far as there is one.
    """

    connection: sa.Connection
    version: int
    actor: str | None
    now: int
    about: dict[str, int] = field(default_factory=dict)
    rolls_back: bool = False

    def insert(self, table: sa.Table, *rows: Mapping[str, Any]) -> None:
        """Insert rows, if there are any."""
        if rows:
            self.connection.execute(sa.insert(table), rows)

    def update(self, table: sa.Table, key: Mapping[str, Any], **values: Any) -> None:
        """Set columns of the rows with this key."""
        self.connection.execute(sa.update(table).filter_by(**key).values(values))

    def delete(self, table: sa.Table, **key: Any) -> bool:
        """Delete the rows with this key and return whether there were any."""
        return self.connection.execute(sa.delete(table).filter_by(**key)).rowcount > 0

    def commit_if(self, changed: bool) -> int:
        """Commit at the end if `changed`, else roll back; return the version after that."""
        if not changed:
            self.rolls_back = True
            self.version -= 1
        return self.version


class _Lineage:
    """The latest state of one database that this process has seen.

    Every write stores a random state id beside its version. As long as the database still has the
    id that was seen last, it has only gone on since. Otherwise it was replaced: by a restore, or
    by a file that was copied over it, whatever version and identity that one brings along.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self._seen: tuple[str, int, str | None] | None = None  # identity, version, state id
        self._breaks = 0

    def follow(self, connection: sa.Connection, version: int | None = None) -> tuple[str, int]:
        """Return (identity, version) of the database as it is now.

        Args:
            connection: sees the newest state; the lock is held until it has.
            version: of the state before a write under way.
        """
        club, changes = schema.club.c, schema.changes.c
        row = connection.execute(sa.select(club.identity, club.version)).one()
        version = row.version if version is None else version

        def state_id(at: int) -> str | None:
            query = sa.select(changes.state).where(changes.version == at)
            newest = query.order_by(changes.change_id.desc()).limit(1)
            return connection.execute(newest).scalar_one_or_none()

        newest = state_id(version)
        if self._seen is not None:
            identity, earlier, seen = self._seen
            goes_on = row.identity == identity and version >= earlier
            still = newest if version == earlier else state_id(earlier)
            self._breaks += not (goes_on and still == seen)
        self._seen = row.identity, version, newest
        return f"{row.identity} {self._breaks}", version


_lineages: dict[sa.URL, _Lineage] = {}
# what the reads within a read share
_shared: ContextVar[tuple[sa.URL, sa.Connection] | None] = ContextVar("connection", default=None)


class Database:
    """A place that holds the club's tables.

    Args:
        location: the path of an SQLite file, or a URL: sqlite:///path or postgresql://...
        wait_seconds: how long an operation waits for another one's lock.
        clock: seconds since 1970.

    Raises:
        InvalidInput: the location is neither.
        StoreUnavailable: the driver is not installed, or the path is a folder.
    """

    def __init__(
        self,
        location: str | Path,
        wait_seconds: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.url = _parse(location)
        self.place = _describe(self.url)
        self.wait_seconds = wait_seconds
        self.actor: str | None = None
        self._clock = clock
        self._expected: str | None = None
        self._lineage = _lineages.setdefault(self.url, _Lineage())
        engine = self._connectable()
        # On PostgreSQL every query would see what was committed meanwhile.
        one_state = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        self._reader = engine.execution_options(**one_state)
        self._writer = engine.execution_options(club_begin="BEGIN IMMEDIATE")

    @property
    def file(self) -> Path | None:
        """The SQLite file; None for a server or a file named by an SQLite URI."""
        name = self.url.database or ""
        if not self.is_sqlite or name.startswith("file:"):
            return None
        return Path(name)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is a file rather than a server."""
        return self.url.get_backend_name() == "sqlite"

    def is_there(self) -> bool:
        """Return whether there is such a file; a server always counts as there.

        Raises:
            StoreUnavailable: one may not even look, or no file can have such a name.
        """
        try:
            return self.file is None or self.file.exists()
        except OSError as error:
            raise StoreUnavailable(f"{self.place} {_NO_ACCESS}") from error

    def use_wal(self) -> None:
        """Let readers and a writer work at the same time; the file remembers it."""
        outside = self._reader.execution_options(club_begin="")  # of any transaction
        with self._clear_errors(), outside.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode = WAL")

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the database; what it writes is dropped.

        Reads in the body, by this thread, share it.
        """
        if (shared := _shared.get()) is not None and shared[0] == self.url:
            yield shared[1]
            return
        with self._clear_errors(), self._reader.connect() as connection:
            before = _shared.set((self.url, connection))
            try:
                yield connection
            finally:
                _shared.reset(before)

    def frame(self, query: sa.Executable, types: dict[str, str]) -> pd.DataFrame:
        """Return the rows of a query as a frame with these columns and types."""
        with self.read() as connection:
            rows = connection.execute(query).all()
        columns = zip(*rows, strict=True) if rows else [()] * len(types)
        named = zip(types.items(), columns, strict=True)
        return pd.DataFrame({name: pd.Series(values, dtype=kind) for (name, kind), values in named})

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A connection with the right to write, all or nothing, and nobody else's meanwhile."""
        with self._clear_errors(), self._writer.begin() as connection:
            yield connection

    def by(self, actor: str | None, identity: str | None) -> Database:
        """Return this database in an actor's name; see `Store.by`."""
        twin = copy(self)
        twin.actor, twin._expected = actor, identity
        return twin

    def now(self) -> int:
        """Return the time by the clock, in seconds since 1970."""
        return int(self._clock())

    def state(self) -> State:
        """Return the identity and the version; see `Store.state`."""
        with self.read() as connection, self._lineage.lock:
            return self._state(*self._lineage.follow(connection))

    def _state(self, lineage: str, version: int) -> State:
        told = f"{self.url.render_as_string()} {lineage}"
        return State(hashlib.sha256(told.encode()).hexdigest()[:32], version)

    @contextmanager
    def write(self, act: str | None = None, **about: int) -> Iterator[Write]:
        """A change of the club: bumps the version in the same transaction, all or nothing.

        The new version is taken first: this locks the club's one row, so that everything after it
        happens as if there were no other writer.

        Args:
            act: as in "Ana [act]", for the audit log; None: not listed.
            about: its member_id, movie_id, night_id.

        Raises:
            StoreReplaced: the database is not the one that the changes are meant for; see `by`.
        """
        with self._clear_errors(), self._writer.connect() as connection:
            if not self.is_sqlite:
                milliseconds = max(1, round(self.wait_seconds * 1000))  # 0 would be for ever
                connection.execute(sa.text(f"SET LOCAL lock_timeout = {milliseconds}"))
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock_shared({ADVISORY_LOCK})"))
            self._refuse_other_revision(connection)
            bump = sa.update(schema.club).values(version=schema.club.c.version + 1)
            version = connection.execute(bump.returning(schema.club.c.version)).scalar_one()
            with self._lineage.lock:
                before = self._state(*self._lineage.follow(connection, version - 1))
            if self._expected not in {None, before.identity}:
                raise StoreReplaced(f"{self.place} {_REPLACED}")
            write = Write(connection, version, self.actor, self.now(), dict(about))
            yield write
            if write.rolls_back:
                return
            if act is not None:
                about = {name: int(number) for name, number in write.about.items()}
                row = {"version": write.version, "at": write.now, "who": write.actor, "act": act}
                row["state"] = secrets.token_hex(16)
                connection.execute(sa.insert(schema.changes).values(**row, **about))
            connection.commit()

    def _refuse_other_revision(self, connection: sa.Connection) -> None:
        """Raise StoreUnavailable if another version of the program has migrated the database."""
        query = sa.text(f"SELECT version_num FROM {schema.REVISION_TABLE}")
        revision = connection.execute(query).scalar_one_or_none() or ""
        if revision != schema.REVISION:
            raise StoreUnavailable(
                f"{self.place} {_NEWER if revision > schema.REVISION else _OLDER}"
            )

    def _connectable(self) -> sa.Engine:
        options: dict[str, Any] = (
            {"timeout": self.wait_seconds} if self.is_sqlite else {"connect_timeout": 10}
        )
        url = self.url
        if self.file is not None:
            # SQLite would make a new file where ours was taken away, and it would look like a club.
            query = {"mode": "rw", **url.query, "uri": "true"}
            url = url.set(database=self.file.as_uri(), query=query)
        try:
            engine = sa.create_engine(
                url, poolclass=sa.NullPool, hide_parameters=True, connect_args=options
            )
        except ImportError:
            raise StoreUnavailable(
                "PostgreSQL needs one more package: pip install 'psycopg[binary]'."
            ) from None
        if self.is_sqlite:
            sa.event.listen(engine, "connect", _prepare_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            if self.is_there():
                code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
                kind = DatabaseDamaged if code in _DAMAGE else StoreUnavailable
                raise kind(_sentence(error, self.place, self.file)) from error
            raise StoreUnavailable(f"{self.place} {_GONE}") from error


def _parse(location: str | Path) -> sa.URL:
    """Return the URL of a path or URL; never let a message repeat it, it may hold a password."""
    if isinstance(location, Path) or "://" not in location:
        path = os.fspath(location)
        if not path.strip() or "\0" in path:
            raise InvalidInput("The database needs the path of a file or a URL.")
        return sa.URL.create("sqlite", database=os.fspath(Path(path).expanduser().absolute()))
    try:
        url = sa.make_url(location)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        raise InvalidInput(
            "The database's URL cannot be read; "
            "write sqlite:///path or postgresql://user:password@host/database."
        ) from None
    if backend in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise InvalidInput(f"The database must be SQLite or PostgreSQL, not {backend}.")
    if url.database in {None, "", ":memory:"}:
        raise InvalidInput("The club's SQLite database needs a file: sqlite:///path/of/club.db.")
    if not url.database.startswith("file:"):
        url = url.set(database=os.fspath(Path(url.database).expanduser().absolute()))
    return url


def _describe(url: sa.URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"The database {url.database}"
    name = url.database or url.username or "postgres"
    host = url.host or url.query.get("host") or "this machine"
    # Each of these may hold a club of its own, whose backups lie in the same folder.
    port = f":{url.port}" if url.port not in {None, 5432} else ""
    options = url.query.get("options", ())
    said = options if isinstance(options, str) else " ".join(options)
    schemas = re.findall(r"(?:-c\s*|--)search_path=(\S+)", said)
    schema_name = f".{schemas[-1]}" if schemas else ""
    return f"The database {name}{schema_name} on {host}{port}"


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver would begin its own transactions, and never an immediate one; _begin_sqlite does.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")
    # Each write is on the disk before it is acknowledged. Some builds of SQLite begin with NORMAL,
    # where a write-ahead log loses the latest writes when the power fails.
    connection.execute("PRAGMA synchronous = FULL")


def _begin_sqlite(connection: sa.Connection) -> None:
    # A deferred transaction that turns into a writing one can fail at once instead of waiting.
    if statement := connection.get_execution_options().get("club_begin", "BEGIN"):
        connection.exec_driver_sql(statement)


def _sentence(error: DBAPIError, place: str, file: Path | None) -> str:
    """Return what went wrong and what to do about it, as one sentence."""
    origin = error.orig
    # PostgreSQL's driver adds where in a trigger or statement it happened; people need none of it.
    primary = getattr(getattr(origin, "diag", None), "message_primary", None)
    message = " ".join((primary or str(origin)).split())
    state = getattr(origin, "sqlstate", None) or ""
    is_answer = isinstance(origin, sqlite3.Error) or state
    known = (
        _sqlite_ending(getattr(origin, "sqlite_errorcode", 0), file)
        or _POSTGRES_ENDINGS.get(state)
        or _POSTGRES_ENDINGS.get(state[:2])
        or next((ending for part, ending in _MESSAGES.items() if re.search(part, message)), None)
    )
    refusal = re.search(r"FATAL: +(.+)", message)  # of a connection
    if known is None and (refusal or is_answer):
        said = refusal[1] if refusal else message
        known = f"cannot do that: {said[:200].rstrip('.')}."
    return f"{place} {known or _NO_ANSWER}"


def _sqlite_ending(code: int, file: Path | None) -> str | None:
    """Return how the sentence about an extended result code of SQLite ends, if it is known.

    On a full disk SQLite says FULL, but also that a log could not be opened, grown or synced.
    """
    kind = code & 0xFF
    if kind in {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN} and file is not None:
        try:
            if shutil.disk_usage(file.parent).free < _NEARLY_NOTHING:
                return _FULL
        except OSError:
            return _SQLITE_ENDINGS[kind]
    if code in _SQLITE_WRITES:
        return _CANNOT_WRITE
    return _SQLITE_ENDINGS.get(kind)
