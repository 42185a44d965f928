"""Errors of the database as sentences; and that it is left as it was."""

import errno
import shutil
import sqlite3
import sys
import traceback
from contextlib import closing
from types import SimpleNamespace

import pytest
from a_night import decided
from sqlalchemy import event

from club.backup import write as back_up
from club.db.database import Database
from club.errors import InvalidInput, StoreReplaced, StoreUnavailable
from club.store import Store

pytestmark = pytest.mark.either_database


@pytest.fixture
def full(file):
    """The file of a club with enough ratings for several pages."""
    store = Store(file)
    ana = store.members.add("Ana")
    store.ratings.rate_many([(ana, movie, 4) for movie in range(1, 500)])
    assert not file.with_name("club.db-wal").exists()
    return file


def refused(action, *arguments) -> str:
    with pytest.raises(StoreUnavailable) as caught:
        action(*arguments)
    return str(caught.value)


def refused_to_open(location) -> str:
    return refused(lambda: Store(location, wait_seconds=0.05))


def garbage_in_the_middle(content: bytes) -> bytes:
    middle = len(content) // 2 // 4096 * 4096
    return content[:middle] + b"\xaa" * 4096 + content[middle + 4096 :]


@pytest.mark.parametrize(
    "harm",
    [
        *(lambda content, size=size: content[: int(len(content) * size)] for size in (0.001, 0.5)),
        lambda content: content[:-1],
        lambda content: b"Dear diary" * 1000,
        garbage_in_the_middle,
    ],
)
def test_damaged_file_is_left_alone(full, harm):
    content = harm(full.read_bytes())
    full.write_bytes(content)
    sentence = refused_to_open(full)
    assert "is damaged" in sentence
    assert "python -m club restore" in sentence
    assert full.read_bytes() == content


def test_file_that_breaks_while_it_is_open_is_called_damaged(full):
    store = Store(full)
    full.write_bytes(full.read_bytes()[: 4096 * 2])
    for action in (store.version, store.ratings.current, lambda: store.members.add("Bo")):
        assert "is damaged" in refused(action)


@pytest.mark.parametrize(
    ("revision", "said"), [("0999", "newer version of this program; update"), ("0003", "older")]
)
def test_database_of_an_unknown_version_is_left_alone(location, revision, said):
    with Store(location).database.transaction() as other:
        other.exec_driver_sql(f"UPDATE club_revision SET version_num = '{revision}'")
    assert said in refused_to_open(location)


@pytest.mark.parametrize(("revision", "said"), [("0999", "newer version"), ("0004", "earlier")])
def test_write_is_refused_once_another_version_has_migrated_the_database(store, revision, said):
    """Fault: a running program went on writing into tables that it does not know."""
    ana = store.members.add("Ana")
    with store.database.transaction() as other:
        other.exec_driver_sql(f"UPDATE club_revision SET version_num = '{revision}'")
    assert said in refused(store.ratings.rate, ana, 1, 4)
    assert store.ratings.current().empty
    assert store.version() == 1


def test_tables_without_a_column_are_no_traceback(store):
    with store.database.transaction() as other:
        other.exec_driver_sql("ALTER TABLE night_ratings DROP COLUMN entered_by")
    night = decided(store, [ana := store.members.add("Ana")])
    assert "restart the program" in refused(store.nights.rate, night, ana, 4)


def test_database_of_another_program_is_left_alone(file, postgres):
    import psycopg

    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    content = file.read_bytes()
    assert refused_to_open(file).endswith("belongs to another program; choose another one.")
    assert file.read_bytes() == content
    url = postgres.new_schema()
    with psycopg.connect(url) as other:
        other.execute("CREATE TABLE members (id integer)")
    assert refused_to_open(url).endswith("belongs to another program; choose another one.")


def test_locked_database_says_so_and_is_readable_meanwhile(location):
    store = Store(location, wait_seconds=0.05)
    with store.database.write():
        assert "is locked by another program" in refused(store.members.add, "Ana")
        assert store.version() == 0
        assert Store(location, wait_seconds=0.05).version() == 0
    assert store.members.add("Ana") == 1


def test_read_only_file_is_read(full):
    store = Store(f"sqlite:///file:{full}?mode=ro&uri=true")
    assert store.members.all()["name"].tolist() == ["Ana"]
    for action in (lambda: store.members.add("Bo"), lambda: store.start_own_club("x")):
        assert "allow writing to the file and its folder" in refused(action)
    assert store.version() == 2


def test_read_only_postgresql_database_is_read(postgres):
    url = postgres.new_database()
    store = Store(url)
    store.members.add("Ana")
    name = store.database.url.database
    postgres.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    later = Store(f"{url}&application_name=later")  # a connection that was kept may go on writing
    assert later.members.all()["name"].tolist() == ["Ana"]
    assert "can only be read" in refused(later.members.add, "Bo")


def test_postgresql_user_without_rights_is_told(postgres):
    url = postgres.new_schema()
    Store(url)
    postgres.execute("CREATE ROLE guest LOGIN")
    postgres.execute(f"GRANT USAGE ON SCHEMA {url.partition('%3D')[2]} TO guest")
    assert "permission denied" in refused_to_open(url.replace("postgres@", "guest@"))


def test_full_disk_loses_nothing(full):
    store = Store(full)
    before = store.ratings.current()

    @event.listens_for(store.database._reader, "connect")
    def no_more_pages(connection, _record) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    changes = [(1, movie, 5) for movie in range(1, 5000)]
    assert "has no room left on its disk" in refused(store.ratings.rate_many, changes)
    assert store.ratings.current().equals(before)
    assert store.version() == 2


@pytest.mark.parametrize(
    ("code", "free", "said"),
    [
        ("SQLITE_IOERR_WRITE", 0, "has no room left on its disk"),
        ("SQLITE_CANTOPEN", 0, "has no room left on its disk"),
        ("SQLITE_IOERR_FSYNC", 10**9, "its disk or quota is full, or it fails"),
        ("SQLITE_IOERR_READ", 10**9, "check its disk"),
        ("SQLITE_CANTOPEN", 10**9, "check that you may read and write it"),
    ],
)
def test_kinds_of_input_and_output_errors_are_told_apart(file, monkeypatch, code, free, said):
    """Fault: a log that a full disk could not take was no full disk."""
    store = Store(file)
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: SimpleNamespace(free=free))

    @event.listens_for(store.database._reader, "connect")
    def fail(_connection, _record) -> None:
        error = sqlite3.OperationalError(errno.EIO, "disk I/O error")
        error.sqlite_errorcode = getattr(sqlite3, code)
        raise error

    assert said in refused(store.version)


def test_files_can_be_read_by_their_owner_only(file):
    """Fault: everybody on the machine could read the club."""
    store = Store(file)
    with store.database.write():
        assert {path.stat().st_mode & 0o777 for path in file.parent.glob("club.db*")} == {0o600}


def test_file_that_is_taken_away_is_gone_and_none_is_made_in_its_place(full, tmp_path):
    store, elsewhere = Store(full), tmp_path / "elsewhere.db"
    full.rename(elsewhere)
    for action in (store.version, store.ratings.current, lambda: store.ratings.rate(1, 1, 2)):
        assert "is not there any more" in refused(action)
    assert "is not there any more" in refused(back_up, store, tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere.db"]
    elsewhere.rename(full)
    assert store.ratings.rate(1, 1, 2) == 3
    folder = tmp_path.with_name("elsewhere")
    tmp_path.rename(folder)
    assert "is not there any more" in refused(store.version)
    assert not tmp_path.exists()
    folder.rename(tmp_path)
    assert len(store.ratings.current()) == 499


def test_file_that_was_emptied_says_so(full):
    store, content = Store(full), full.read_bytes()
    full.write_bytes(b"")
    for action in (store.version, lambda: store.members.add("Bo")):
        assert "holds no club any more" in refused(action)
    full.write_bytes(content)
    assert store.members.add("Bo") == 2


def test_tables_that_were_dropped_on_a_server_are_no_traceback(postgres):
    store = Store(postgres.new_schema("dropped"))
    postgres.execute("DROP SCHEMA dropped CASCADE")
    postgres.execute("CREATE SCHEMA dropped")
    assert "holds no club any more" in refused(store.ratings.current)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://u:secret@host:5433/club", "club on host:5433"),
        ("postgresql://u@/club?options=-csearch_path%3Dfriday", "club.friday on this machine"),
        ("postgresql://host/club?options=--search_path%3Da,b%20-cwork_mem%3D9", "club.a,b on host"),
    ],
)
def test_two_schemas_or_servers_have_two_names(url, name):
    pytest.importorskip("psycopg")
    assert Database(url, 1).place == f"The database {name}"


def test_impossible_places_are_named(tmp_path):
    assert refused_to_open(tmp_path).startswith(f"{tmp_path} is a folder")
    (tmp_path / "taken").write_text("a file")
    assert refused_to_open(tmp_path / ("a" * 300)).endswith("that you may read and write it.")
    sentence = refused_to_open(tmp_path / "taken" / "club.db")
    assert sentence.startswith(f"The folder {tmp_path / 'taken'} cannot be written: ")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("", "needs the path of a file or a URL"),
        ("a\0b", "needs the path of a file or a URL"),
        ("mysql://u:secret@host/club", "must be SQLite or PostgreSQL, not mysql"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("postgresql://u:p@secret:word@host:port/club", "URL cannot be read"),
    ],
)
def test_other_locations_are_refused_without_repeating_a_password(location, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        Store(location)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "url", ["postgres://u:secret@127.0.0.1:1/club", "postgresql:///club?password=secret&host=/none"]
)
def test_server_that_does_not_answer_is_named_without_its_password(url):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreUnavailable, match="does not answer") as caught:
        Store(url)
    assert "secret" not in "".join(traceback.format_exception(caught.value))


def test_without_the_driver_postgresql_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert "pip install 'psycopg[binary]'" in refused_to_open("postgresql://localhost/club")


# Its identity: one for each state that was put in a file's place


@pytest.fixture
def copied(file):
    """A club of Ana and Bo, and a copy of its file from before Bo joined."""
    store = Store(file)
    store.members.add("Ana")
    earlier = shutil.copy(file, file.with_name("earlier.db"))
    store.members.add("Bo")
    return store, earlier


def test_identity_stays_while_the_club_is_written_to(store):
    before = store.state().identity
    store.by("Ana", before).members.add("Ana")
    assert Store(store.database.url.render_as_string(False)).ratings.rate(1, 1, 4) == 2
    assert store.state() == (before, 2)


@pytest.mark.parametrize("put", [shutil.copy, shutil.move])
@pytest.mark.parametrize("writes", [0, 1])
def test_file_copied_over_by_hand_has_another_identity(copied, put, writes):
    """Fault: the version came back, and caches of the replaced club with it."""
    store, earlier = copied
    before = store.state()
    put(earlier, store.file)
    changed = Store(store.file)
    for _ in range(writes):
        changed.touch()
    after = store.state()
    assert after.identity != before.identity
    assert store.state() == after


def test_change_meant_for_a_replaced_club_is_refused(copied):
    """Fault: stars went to the member who has the same id in the backup."""
    store, earlier = copied
    drawn = store.state()
    shutil.copy(earlier, store.file)
    store.members.add("Eve")  # another Bo
    with pytest.raises(StoreReplaced):
        store.by("Bo", drawn.identity).ratings.rate(2, 1, 4)
    assert store.ratings.current().empty
    store.by("Eve", store.state().identity).ratings.rate(2, 1, 4)


def test_club_that_begins_anew_has_another_identity(store):
    ana = store.members.add("Ana")
    before = store.state().identity
    store.start_own_club("Ours")
    with pytest.raises(StoreReplaced):
        store.by(None, before).ratings.rate(ana, 1, 4)
