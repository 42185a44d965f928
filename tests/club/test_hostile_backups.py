"""Files that somebody brings as a backup and that were made to do harm."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from releases import at_release_1, at_release_2, at_release_3

from club.copies import computes, revision_of
from club.db.database import Database
from club.db.schema import REVISION_TABLE
from club.errors import InvalidInput
from club.restore import COPIES, DAY, preview, restore
from club.store import Store

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n"


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    """A backup of a club with one member."""
    store = Store(tmp_path / "brought.db")
    store.add_member("Ana")
    assert store.file is not None
    return store.file


def spoil(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_view_that_never_ends_is_no_table_of_ours(brought: Path, tmp_path: Path) -> None:
    columns = "i AS member_id, i AS movie_id, i AS at"
    spoil(brought, "DROP TABLE seen", f"CREATE VIEW seen AS {ENDLESS.format(columns)}")
    assert revision_of(brought) is None
    with pytest.raises(InvalidInput, match="is not the backup of a movie club"):
        preview(tmp_path / "club.db", brought)


LARGE = "length(hex(zeroblob(300000000)))"


@pytest.mark.parametrize(
    "statement",
    [
        f"ALTER TABLE seen ADD COLUMN more AS ({LARGE})",
        f"ALTER TABLE seen ADD COLUMN more DEFAULT 1 CHECK ({LARGE})",
        f"CREATE INDEX more ON seen ({LARGE})",
        f"CREATE INDEX more ON seen (at) WHERE {LARGE}",
        "CREATE VIRTUAL TABLE more USING fts5(text)",
    ],
)
def test_a_backup_that_would_compute_something_is_not_even_looked_through(
    brought: Path, tmp_path: Path, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoil(brought, statement)
    monkeypatch.setattr("club.copies.revision_of", None)
    with pytest.raises(InvalidInput, match="is not the backup of a movie club"):
        preview(tmp_path / "club.db", brought)


@pytest.mark.parametrize("release", [at_release_1, at_release_2, at_release_3, Store])
def test_no_release_computes_anything(
    tmp_path: Path, release: Callable[[str], Database | Store]
) -> None:
    release(str(tmp_path / "released.db"))
    assert not computes(tmp_path / "released.db")


@pytest.mark.parametrize(
    ("table", "column"), [("members", "name"), ("club", "name"), ("changes", "act")]
)
def test_a_book_in_a_names_place_is_refused(
    brought: Path, tmp_path: Path, table: str, column: str
) -> None:
    spoil(brought, f"UPDATE {table} SET {column} = hex(zeroblob(100000))")
    with pytest.raises(InvalidInput, match="is damaged or no backup"):
        restore(tmp_path / "club.db", brought)
    assert not (tmp_path / "club.db").exists()


def test_nothing_that_a_backup_would_have_done_is_done_to_it(tmp_path: Path) -> None:
    at_release_1(str(tmp_path / "brought.db"))
    spoil(
        tmp_path / "brought.db",
        f"""CREATE TRIGGER "a ""name" AFTER UPDATE ON {REVISION_TABLE} BEGIN
            UPDATE members SET name = 'Mallory'; END""",
        """CREATE TRIGGER another BEFORE UPDATE ON club BEGIN
           SELECT RAISE(ABORT, 'no'); END""",
    )
    restore(tmp_path / "club.db", tmp_path / "brought.db")
    assert Store(tmp_path / "club.db").members()["name"].tolist() == ["Ana"]


def test_copies_that_killed_restores_left_go_after_a_day(
    brought: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    for name, age in ((f"{COPIES}old", DAY + 100), (f"{COPIES}now", 100), ("other", DAY + 100)):
        left = tmp_path / "temporary" / name
        left.mkdir(parents=True)
        os.utime(left, (time.time() - age,) * 2)
    preview(tmp_path / "club.db", brought)
    assert {left.name for left in (tmp_path / "temporary").iterdir()} == {f"{COPIES}now", "other"}
