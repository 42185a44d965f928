"""A club moves to another kind of database with everything, and comes back the same."""

from __future__ import annotations

import pytest
from everything import contents, fill
from sqlalchemy import text

from club import backups
from club.errors import InvalidInput, StoreUnavailable
from club.move import is_taken, move
from club.restore import restore
from club.store import Store

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def ours(file) -> Store:
    return fill(Store(file))


def test_there_and_back_nothing_has_changed(ours, postgres, tmp_path) -> None:
    before = contents(ours)
    there, back = postgres.new_schema(), tmp_path / "back.db"
    rows = move(ours, there)
    assert rows == {name: len(found) for name, found in before.items()}
    assert min(rows.values()) > 0
    assert contents(Store(there)) == before
    assert move(Store(there), str(back)) == rows
    assert contents(Store(back)) == before
    assert contents(ours) == before


@pytest.mark.parametrize("left_over", [0, 3])
def test_the_club_goes_on_where_it_is_now(ours, location, tmp_path, left_over) -> None:
    """Ids go on also where the last ones given are not there any more."""
    with ours.database.write() as write:
        for number in range(left_over):
            statement = f"INSERT INTO members (name, name_key, joined_at) VALUES ('{number}', 1, 1)"
            write.connection.execute(text(statement))
            write.connection.execute(text("DELETE FROM members WHERE name_key = '1'"))
    place = location.replace("club.db", "target.db")
    move(ours, place)
    moved = Store(place)
    assert moved.version() == ours.version()
    for store in (ours, moved):
        assert store.add_member("Di") == 4 + left_over
        assert store.add_movie("Another") == -3
        store.rate(2, 5, 1)
        assert store.undo() is not None
    events = [store.history()["event_id"].tolist() for store in (ours, moved)]
    assert events[0] == events[1]


def test_a_club_that_is_there_is_only_replaced_if_said_so(ours, location) -> None:
    place = location.replace("club.db", "target.db")
    there = Store(place)
    for name in ("Zoë", "Yan", "Xu", "Will", "Vi"):
        there.add_member(name)
    there.add_movie("Theirs")
    before, version = contents(there), there.version()
    assert is_taken(place)
    with pytest.raises(InvalidInput) as caught:
        move(ours, place)
    assert str(caught.value) == f"{there.place} holds a club already; --replace replaces it."
    assert contents(there) == before
    move(ours, place, replace=True)
    counters = ("version", "last_movie_id")
    assert contents(there, without=counters) == contents(ours, without=counters)
    assert there.version() == max(version, ours.version()) + 1
    assert there.add_member("Di") == 6
    (kept,) = backups.find(there.database)
    assert kept.reason == "before-move"
    assert contents(Store(kept.file)) == before
    restore(place, kept.file)
    assert there.members()["name"].tolist() == ["Zoë", "Yan", "Xu", "Will", "Vi"]


def test_a_look_makes_nothing(postgres, tmp_path) -> None:
    place = postgres.new_schema()
    assert not is_taken(place)
    assert not is_taken(place)
    Store(place)
    assert not is_taken(place)
    assert not is_taken(str(tmp_path / "new" / "club.db"))
    assert list(tmp_path.iterdir()) == []


def test_the_same_place_is_no_move(ours, file) -> None:
    before = contents(ours)
    for place in (str(file), f"sqlite:///{file}"):
        with pytest.raises(InvalidInput) as caught:
            move(ours, place, replace=True)
        assert str(caught.value) == "The club is there already; name another place."
    assert contents(ours) == before


def test_the_same_place_by_another_name_loses_nothing(ours, file) -> None:
    before = contents(ours, without=("version",))
    link = file.with_name("link.db")
    link.symlink_to(file)
    move(ours, str(link), replace=True)
    assert contents(ours, without=("version",)) == before


def test_what_arrives_otherwise_than_it_left_is_not_kept(ours, location, monkeypatch) -> None:
    place = location.replace("club.db", "target.db")
    target = Store(place)
    before = contents(target)
    digests = backups.contents.digests
    asked = []

    def changed(connection):
        asked.append(connection)
        return digests(connection) | ({"ratings": "other"} if len(asked) % 2 == 0 else {})

    monkeypatch.setattr("club.contents.digests", changed)
    with pytest.raises(StoreUnavailable) as caught:
        move(ours, place)
    assert str(caught.value) == "The copy is not what was copied; nothing was changed."
    assert contents(target) == before
    assert target.add_member("First") == (1 if place.startswith("sqlite") else 4)


def test_a_move_that_ends_halfway_leaves_both_as_they_were(ours, location) -> None:
    place = location.replace("club.db", "target.db")
    before, steps = contents(ours), []

    def stop(done: int, total: int, what: str) -> None:
        steps.append((done, total, what))
        if done > total / 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        move(ours, place, on_step=stop)
    assert Store(place).is_new()
    assert contents(ours) == before
    move(ours, place, on_step=lambda *step: steps.append(step))
    assert contents(Store(place)) == before
    done, total, _ = steps[-1]
    assert done == total == sum(len(rows) for rows in before.values())
    assert "rating events" in {what for _, _, what in steps}


def test_what_is_written_meanwhile_stays_out_of_the_move(postgres, tmp_path) -> None:
    source = fill(Store(postgres.new_schema()))
    before = contents(source)

    def rate(done: int, total: int, what: str) -> None:
        source.rate(2, 1000 + done, 5)

    move(source, str(tmp_path / "target.db"), on_step=rate)
    assert contents(Store(tmp_path / "target.db")) == before
    assert len(source.ratings()) > len(before["ratings"])
