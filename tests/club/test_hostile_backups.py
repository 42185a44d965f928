"""Files that somebody brings as a backup and that were made to do harm."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from club.copies import revision_of
from club.errors import InvalidInput
from club.restore import preview, restore
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
