"""What people read when the database fails them; and that it is left as it was."""

from __future__ import annotations

import sqlite3
import sys
import traceback
from contextlib import closing

import pytest
from a_night import decided
from sqlalchemy import event

from club.backup import write as back_up
from club.cli import main
from club.db.database import Database, _prepare_sqlite
from club.errors import InvalidInput, StoreUnavailable
from club.store import Store


@pytest.fixture
def full(file):
    """The file of a club with enough ratings for several pages."""
    store = Store(file)
    ana = store.members.add("Ana")
    store.ratings.rate_many([(ana, movie, 4) for movie in range(1, 500)])
    assert not file.with_name("club.db-wal").exists()
    return file


def refused(location) -> str:
    with pytest.raises(StoreUnavailable) as caught:
        Store(location, wait_seconds=0.05)
    return str(caught.value)


@pytest.mark.parametrize("size", [10, 100, 5000, 0.25, 0.5, 0.75, -1])
def test_a_file_cut_off_anywhere_is_called_damaged_and_left_alone(full, size):
    content = full.read_bytes()
    kept = content[: int(len(content) * size) if isinstance(size, float) else size]
    full.write_bytes(kept)
    assert refused(full) in {
        f"The database {full} is damaged; put a backup in its place.",
        f"The database {full} is damaged or no database; put a backup in its place.",
    }
    assert full.read_bytes() == kept


def test_a_file_that_is_no_database_is_left_alone(file):
    file.write_text("Dear diary" * 1000)
    sentence = f"The database {file} is damaged or no database; put a backup in its place."
    assert refused(file) == sentence
    assert file.read_text() == "Dear diary" * 1000


def test_a_file_with_garbage_in_the_middle_is_called_damaged_and_left_alone(full):
    content = bytearray(full.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xaa" * 4096
    full.write_bytes(content)
    assert refused(full) == f"The database {full} is damaged; put a backup in its place."
    assert full.read_bytes() == content


def test_a_file_that_breaks_while_it_is_open_is_called_damaged(full):
    store = Store(full)
    full.write_bytes(full.read_bytes()[: 4096 * 2])
    for action in (store.version, store.ratings, lambda: store.members.add("Bo")):
        with pytest.raises(StoreUnavailable) as caught:
            action()
        assert str(caught.value) == f"The database {full} is damaged; put a backup in its place."


def test_the_database_of_a_newer_version_is_left_alone(full):
    with closing(sqlite3.connect(full)) as newer:
        newer.execute("UPDATE club_revision SET version_num = '0999'")
        newer.commit()
    content = full.read_bytes()
    assert refused(full) == (
        f"The database {full} was made by a newer version of this program; "
        "update the program to open it."
    )
    assert full.read_bytes() == content


def test_the_postgresql_database_of_a_newer_version_is_refused(postgres):
    url = postgres.new_schema()
    store = Store(url)
    with store.database.transaction() as newer:
        newer.exec_driver_sql("UPDATE club_revision SET version_num = '0999'")
    assert refused(url) == (
        f"{store.place} was made by a newer version of this program; update the program to open it."
    )


def test_the_database_of_another_program_is_left_alone(file):
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    content = file.read_bytes()
    assert refused(file) == (f"The database {file} belongs to another program; choose another one.")
    assert file.read_bytes() == content


def test_tables_of_another_program_that_have_our_names_are_left_alone(postgres):
    import psycopg

    url = postgres.new_schema()
    with psycopg.connect(url) as other:
        other.execute("CREATE TABLE members (id integer)")
    assert refused(url).endswith(" belongs to another program; choose another one.")


def test_a_locked_file_says_so_and_is_readable_meanwhile(full):
    store = Store(full, wait_seconds=0.05)
    with closing(sqlite3.connect(full, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable) as caught:
            store.ratings.rate(1, 1, 2)
        assert len(store.ratings.current()) == 499
        assert Store(full, wait_seconds=0.05).version() == 2
    assert str(caught.value) == (
        f"The database {full} is locked by another program; close it there and try again."
    )
    assert store.version() == 2
    assert store.ratings.rate(1, 1, 2) == 3


def test_a_new_file_that_somebody_locked_says_so(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert refused(file) == (
            f"The database {file} is locked by another program; close it there and try again."
        )


def test_a_locked_postgresql_database_says_so(postgres):
    store = Store(postgres.new_schema(), wait_seconds=0.05)
    with store.database.write():
        with pytest.raises(StoreUnavailable) as caught:
            store.members.add("Ana")
        assert store.version() == 0
    assert str(caught.value) == (
        f"{store.place} is locked by another program; close it there and try again."
    )


def test_a_file_that_can_only_be_read_is_read(full):
    store = Store(f"sqlite:///file:{full}?mode=ro&uri=true")
    assert store.members.all()["name"].tolist() == ["Ana"]
    for action in (
        lambda: store.members.add("Bo"),
        store.ratings.undo,
        lambda: store.start_own_club("x"),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            action()
        assert str(caught.value) == (
            f"The database file:{full} can only be read; allow writing to the file and its folder."
        )
    assert store.version() == 2


def test_a_command_says_in_a_line_what_to_allow_for_a_file_that_can_only_be_read(full, capsys):
    place = f"file:{full}"
    url = f"sqlite:///{place}?mode=ro&uri=true"
    assert main(["members", "--database", url]) == 0
    assert "Ana" in capsys.readouterr().out
    assert main(["demo", "--force", "--database", url]) == 2
    assert capsys.readouterr() == (
        "",
        f"python -m club demo: The database {place} can only be read; allow writing to the file "
        "and its folder.\n",
    )


def test_a_postgresql_database_that_can_only_be_read_is_read(postgres):
    url = postgres.new_database()
    store = Store(url)
    store.members.add("Ana")
    name = store.database.url.database
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    later = Store(f"{url}&application_name=later")  # a connection that was kept may go on writing
    assert later.members.all()["name"].tolist() == ["Ana"]
    with pytest.raises(StoreUnavailable) as caught:
        later.members.add("Bo")
    sentence = "can only be read; allow writing to it on its server."
    assert str(caught.value) == f"{store.place} {sentence}"


def test_a_postgresql_user_without_rights_is_told(postgres):
    url = postgres.new_schema()
    Store(url)
    postgres.execute("CREATE ROLE guest LOGIN")
    sentence = " does not let this user do that; ask for the rights on its schema."
    assert refused(url.replace("postgres@", "guest@")).endswith(sentence)
    postgres.execute(f"GRANT USAGE ON SCHEMA {url.partition('%3D')[2]} TO guest")
    assert refused(url.replace("postgres@", "guest@")).endswith(sentence)


def test_a_full_disk_loses_nothing(full):
    store = Store(full)
    before = store.ratings.current()

    @event.listens_for(store.database._reader, "connect")
    def no_more_pages(connection, _record) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreUnavailable) as caught:
        store.ratings.rate_many([(1, movie, 5) for movie in range(1, 5000)])
    assert str(caught.value) == (
        f"The database {full} has no room left on its disk; nothing was changed."
    )
    assert store.ratings.current().equals(before)
    assert store.version() == 2


def said(action) -> str:
    with pytest.raises(StoreUnavailable) as caught:
        action()
    return str(caught.value)


def test_a_file_that_is_taken_away_is_said_to_be_gone_and_none_is_made_in_its_place(full, tmp_path):
    store, elsewhere = Store(full), tmp_path / "elsewhere.db"
    full.rename(elsewhere)
    gone = f"The database {full} is not there any more; put it or a backup back in its place."
    for action in (store.version, store.ratings, lambda: store.ratings.rate(1, 1, 2)):
        assert said(action) == gone
    assert said(lambda: back_up(store, tmp_path / "copy.db")) == gone
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere.db"]
    elsewhere.rename(full)
    assert store.ratings.rate(1, 1, 2) == 3
    assert len(store.ratings.current()) == 499


def test_a_folder_that_is_taken_away_is_no_new_club(full):
    store, elsewhere = Store(full), full.parent.with_name("elsewhere")
    full.parent.rename(elsewhere)
    assert said(store.version).endswith(
        " is not there any more; put it or a backup back in its place."
    )
    assert not full.parent.exists()
    elsewhere.rename(full.parent)
    assert len(store.ratings.current()) == 499


def test_a_file_that_was_emptied_says_so(full):
    store, content = Store(full), full.read_bytes()
    full.write_bytes(b"")
    sentence = f"The database {full} holds no club any more; put a backup in its place."
    assert said(store.version) == sentence
    assert said(lambda: store.members.add("Bo")) == sentence
    full.write_bytes(content)
    assert store.members.add("Bo") == 2


def test_tables_that_were_dropped_on_a_server_are_no_traceback(postgres):
    url = postgres.new_schema("dropped")
    store = Store(url)
    postgres.execute("DROP SCHEMA dropped CASCADE")
    postgres.execute("CREATE SCHEMA dropped")
    assert (
        said(store.ratings) == f"{store.place} holds no club any more; put a backup in its place."
    )


@pytest.mark.parametrize("command", ["members", "backup", "restore", "export", "demo"])
def test_a_name_that_is_too_long_is_told_in_a_line(command, tmp_path, capsys):
    file = tmp_path / ("a" * 300)
    assert main([command, "--database", str(file)]) == 2
    assert capsys.readouterr().err == (
        f"python -m club {command}: The database {file} cannot be opened; "
        "check that you may read and write it.\n"
    )


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://u:secret@host/club", "club on host"),
        ("postgresql://u:secret@host:5432/club", "club on host"),
        ("postgresql://u:secret@host:5433/club", "club on host:5433"),
        ("postgresql://u@/club?options=-csearch_path%3Dfriday", "club.friday on this machine"),
        ("postgresql://u@host/club?options=-c%20search_path%3Dfriday", "club.friday on host"),
        ("postgresql://host/club?options=--search_path%3Da,b%20-cwork_mem%3D9", "club.a,b on host"),
        ("postgresql://host/club?options=-cwork_mem%3D9", "club on host"),
    ],
)
def test_clubs_in_two_schemas_or_on_two_servers_have_two_names(url, name):
    pytest.importorskip("psycopg")
    assert Database(url, 1).place == f"The database {name}"


def test_a_folder_is_no_file(tmp_path):
    assert refused(tmp_path) == (
        f"{tmp_path} is a folder; name a file in it for the club's database."
    )


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "taken").write_text("a file")
    assert refused(tmp_path / "taken" / "club.db").startswith(
        f"The folder {tmp_path / 'taken'} cannot be made: "
    )


@pytest.mark.parametrize(
    ("location", "sentence"),
    [
        ("", "The database needs the path of a file or a URL."),
        ("a\0b", "The database needs the path of a file or a URL."),
        ("mysql://u:secret@host/club", "The database must be SQLite or PostgreSQL, not mysql."),
        ("sqlite://", "The club's SQLite database needs a file: sqlite:///path/of/club.db."),
        (
            "sqlite:///:memory:",
            "The club's SQLite database needs a file: sqlite:///path/of/club.db.",
        ),
        (
            "postgresql://u:p@secret:word@host:port/club",
            "The database's URL cannot be read; "
            "write sqlite:///path or postgresql://user:password@host/database.",
        ),
    ],
)
def test_other_locations_are_refused_without_repeating_a_password(location, sentence):
    with pytest.raises(InvalidInput) as caught:
        Store(location)
    assert str(caught.value) == sentence
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize("where", ["u:secret@127.0.0.1:1/club", "/club?password=secret&host=/none"])
def test_a_server_that_does_not_answer_is_named_without_its_password(scheme, where):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreUnavailable) as caught:
        Store(f"{scheme}://{where}")
    host = "127.0.0.1:1" if "127" in where else "/none"
    assert str(caught.value) == (
        f"The database club on {host} does not answer; "
        "check that the server runs and can be reached."
    )
    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_a_database_that_its_server_does_not_have_is_named(postgres):
    assert refused(postgres.url("nowhere")).endswith(
        " or its user does not exist on that server; create it first."
    )


def test_without_the_driver_postgresql_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert refused("postgresql://localhost/club") == (
        "PostgreSQL needs one more package: pip install 'psycopg[binary]'."
    )


def test_a_write_that_fails_leaves_no_trace(store):
    def rename_halfway() -> None:
        with store.database.write() as write:
            write.connection.exec_driver_sql("UPDATE club SET name = 'Half done'")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rename_halfway()
    assert store.club().name == "Our movie club"
    assert store.version() == 0


def test_what_a_trigger_refuses_is_one_sentence(store):
    night = decided(store, [store.members.add("Ana")])
    with pytest.raises(StoreUnavailable) as caught, store.database.write() as write:
        write.connection.exec_driver_sql(
            f"UPDATE predictions SET mean = 5 WHERE night_id = {night}"
        )
    assert str(caught.value) == (
        f"{store.place} cannot do that: A frozen prediction cannot be changed."
    )


def test_every_write_waits_for_the_disk_whatever_this_sqlite_begins_with(file):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare_sqlite(connection, None)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_file_that_must_exist_is_not_made(file):
    with pytest.raises(StoreUnavailable) as caught:
        Store.open(file, must_exist=True)
    assert str(caught.value) == f"There is no club's database at {file}."
    assert not file.exists()
