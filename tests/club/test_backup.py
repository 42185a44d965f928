"""Backups: whole, of one moment, made after a change, fewer with age."""

import resource
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from everything import contents, fill
from hypothesis import given, settings
from hypothesis import strategies as st

from club import backup
from club.db import transfer
from club.errors import DatabaseDamaged, InvalidInput, StoreUnavailable
from club.store import Store

NOW = datetime(2026, 7, 28, 12, tzinfo=UTC)  # a Tuesday
MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda time: time.replace(microsecond=0)
)
CLOSE = st.integers(-400 * 24, 400 * 24).map(lambda hours: NOW + timedelta(hours=hours))
TIMES = st.sets(st.one_of(MOMENTS, CLOSE), max_size=80)

pytestmark = pytest.mark.either_database


def days(*ago: float) -> set[datetime]:
    return {NOW - timedelta(days=day) for day in ago}


# Writing one


def test_write_holds_every_row_and_logs_its_time(store, home, tmp_path, caplog) -> None:
    caplog.set_level("INFO", "club")
    fill(store)
    backup.write(store, tmp_path / "copy.db")
    assert any("backed up" in line and line.endswith(" s") for line in caplog.messages)
    assert sorted(path.name for path in tmp_path.glob("*copy*")) == ["copy.db"]
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    copy = Store(tmp_path / "copy.db")
    assert contents(copy) == contents(store)
    assert copy.members.add("Di") == store.members.add("Di") == 4
    assert copy.movies.add("Heat") == store.movies.add("Heat") == -3


def test_write_during_use_sees_one_moment(file, tmp_path) -> None:
    store = Store(file)
    ana = store.members.add("Ana")
    with closing(sqlite3.connect(file)) as reader:  # keeps the newest pages in the -wal file
        reader.execute("SELECT * FROM members").fetchall()
        store.ratings.rate_many([(ana, movie, 3.5) for movie in range(1, 200)])
        with store.database.write():  # another write is under way
            backup.write(store, tmp_path / "copy.db")
    assert Store(tmp_path / "copy.db").ratings.current().equals(store.ratings.current())


def test_write_of_postgresql_during_use_sees_one_moment(postgres, tmp_path, monkeypatch) -> None:
    store = fill(Store(postgres.new_schema()))
    before = contents(store)
    counts = transfer.counts

    def rate_after_counting(connection):
        rows = counts(connection)
        store.ratings.rate(1, 99, 5)
        return rows

    monkeypatch.setattr(transfer, "counts", rate_after_counting)
    backup.write(store, tmp_path / "copy.db")
    assert contents(Store(tmp_path / "copy.db")) == before != contents(store)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("taken", InvalidInput), ("a" * 300, StoreUnavailable), ("club.db/x.db", StoreUnavailable)],
)
def test_write_to_an_impossible_path_leaves_nothing(file, tmp_path, name, kind) -> None:
    store = Store(file)
    (tmp_path / "taken").write_text("precious")
    with pytest.raises(kind, match=r"is there already|cannot be written"):
        backup.write(store, tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["club.db", "taken"]
    assert (tmp_path / "taken").read_text() == "precious"


def test_write_of_a_damaged_database_says_so(filled, file, tmp_path) -> None:
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 4] = b"\xaa" * 4096
    file.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match="is damaged"):
        backup.write(filled, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


# The folder


def test_roll_tells_two_schemas_apart(postgres, home) -> None:
    clubs = [Store(postgres.new_schema()) for _ in range(2)]
    for store in clubs:
        store.touch()
        backup.roll(store, NOW)
    assert len(list((home / "backups").iterdir())) == 2
    assert [len(backup.find(store.database)) for store in clubs] == [1, 1]


def test_roll_names_it_by_the_time_and_only_after_a_change(store, home) -> None:
    fill(store)
    made = backup.roll(store, NOW)
    assert made is not None
    assert made.file.parent == home / "backups"
    assert made.file.name.endswith("-20260728T120000Z.db")
    assert (made.made_at, made.reason) == (NOW, None)
    assert made.size == made.file.stat().st_size > 10_000
    assert contents(Store(made.file)) == contents(store)
    assert backup.roll(store, NOW + timedelta(days=1)) is None
    store.ratings.rate(1, 50, 4)
    assert backup.roll(store, NOW + timedelta(days=2)) is not None
    assert [b.made_at for b in backup.find(store.database)] == [NOW + timedelta(days=2), NOW]


def test_roll_removes_old_ones_but_none_kept_for_good(filled) -> None:
    old = backup.keep_old(filled)
    for hours in range(0, 9 * 24 + 1, 24):
        filled.touch()
        backup.roll(filled, NOW + timedelta(hours=hours - 9 * 24))
    rolling = [b.made_at for b in backup.find(filled.database) if b.reason is None]
    assert rolling == sorted(backup.kept(rolling, NOW), reverse=True)
    assert len(rolling) == 7 + 1
    assert old in backup.find(filled.database)


@pytest.mark.parametrize("harm", ["page", "tableratings", "indexix_rating_events_step"])
def test_roll_trusts_no_damaged_backup(filled, harm) -> None:
    made = backup.roll(filled, NOW)
    content = made.file.read_bytes()
    if harm == "page":
        content = content[: 4096 * 3] + b"\xaa" * 4096 + content[4096 * 4 :]
    else:  # a name in the schema, after its kind, that is no text
        spoilt = harm[:5].encode() + b"\xff" * (len(harm) - 5)
        content = content.replace(harm.encode(), spoilt, 1)
    made.file.write_bytes(content)
    again = backup.roll(filled, NOW + timedelta(hours=1))
    assert again is not None
    assert contents(Store(again.file)) == contents(filled)


def test_roll_leaves_other_clubs_and_files_alone(tmp_path) -> None:
    ours, theirs = Store(tmp_path / "club.db"), Store(tmp_path / "club-2.db")
    folder = backup.folder(ours.database)
    folder.mkdir()
    others = ["letter.txt", "club-20260728T120000Z.db.bak", "club-20269999T120000Z.db"]
    for name in others:
        (folder / name).write_text("precious")
    for number in range(4):
        for store in (ours, theirs):
            store.touch()
            backup.roll(store, NOW - timedelta(days=400 - 40 * number))
    assert len(backup.find(ours.database)) == len(backup.find(theirs.database)) == 4
    assert all((folder / name).read_text() == "precious" for name in others)


def test_roll_removes_what_killed_backups_left_a_day_ago(filled) -> None:
    left = backup.folder(filled.database) / ".club-20260101T000000Z.db-0f"
    left.mkdir(parents=True)
    (left / "half.db").write_text("half")
    made = datetime.fromtimestamp(left.stat().st_mtime, UTC)
    backup.roll(filled, made + timedelta(hours=1))
    assert left.exists()
    filled.touch()
    backup.roll(filled, made + timedelta(days=2))
    assert not left.exists()


def test_roll_on_a_full_disk_says_so_and_leaves_nothing(filled) -> None:
    made = backup.roll(filled, NOW)
    filled.touch()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
    try:
        with pytest.raises(StoreUnavailable, match=r"club-20.*\.db cannot be written: "):
            backup.roll(filled)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(made.file.parent.iterdir()) == [made.file]


# How many stay


def test_kept_are_the_newest_of_each_day_week_and_month() -> None:
    every_twelve_hours = days(*(half / 2 for half in range(800)))
    stay = sorted(backup.kept(every_twelve_hours, NOW), reverse=True)
    ages = [(NOW - time) / timedelta(days=1) for time in stay]
    # Seven days, the last of the two weeks before, the last of each of the eleven months before.
    months = [28, 58, 89, 119, 150, 178, 209, 240, 270, 301, 331]
    assert ages == [*range(7), 9, 16, *months]


@settings(max_examples=30)
@given(TIMES, st.one_of(MOMENTS, CLOSE))
def test_kept_are_never_too_many_and_always_the_newest(times, now) -> None:
    stay = backup.kept(times, now)
    assert stay <= times
    assert len(stay) <= backup.DAYS + backup.WEEKS + backup.MONTHS
    if times:
        assert max(times) in stay
        past = [time for time in times if time <= now]
        assert not past or max(past) in stay
    assert backup.kept(stay, now) == stay


@given(st.lists(st.integers(1, 60 * 24 * 45), min_size=1, max_size=40))
def test_kept_day_by_day_loses_no_newest_of_a_month(gaps) -> None:
    now, stay, made = NOW, set(), []
    for minutes in gaps:
        now += timedelta(minutes=minutes)
        made.append(now)
        stay = backup.kept({*stay, now}, now)
    months = sorted({(time.year, time.month): time for time in made}.values())
    assert set(months[-backup.MONTHS :]) <= stay
    assert set(sorted({time.date(): time for time in made}.values())[-backup.DAYS :]) <= stay
