from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from a_night import FRIDAY, decided, predictions
from sqlalchemy import event, insert, select

from club.db import schema
from club.errors import InvalidInput, NotFound
from club.nights import Night

CANNOT_BE_SAID = [
    ({"on": "Friday"}, "A night needs a date, not Friday."),
    ({"on": datetime(2024, 5, 3)}, "A night needs a date, not 2024-05-03 00:00:00."),
    ({"on": None}, "A night needs a date, not None."),
    ({"on": date(24, 5, 3)}, "The date must lie between 1870 and 2100; it is 0024-05-03."),
    ({"starts_at": "19:30"}, "A night starts at a time like 19:30, not 19:30."),
    (
        {"starts_at": time(19, tzinfo=UTC)},
        "A night starts at a time like 19:30, not 19:00:00+00:00.",
    ),
    ({"place": "x" * 201}, "A place can have 200 characters at most, not 201."),
    ({"place": "here\0"}, "A place must be on one line and without control characters."),
    ({"place": None}, "A place must be text, not None."),
    (
        {"notes": "x" * 2001},
        "Each line of the notes can have 2000 characters at most, not 2,001.",
    ),
    ({"notes": "x\n" * 1500}, "Notes can have 2000 characters at most, not 2,999."),
    ({"notes": "x" * 20_001}, "Notes can have 2000 characters at most, not 20,001."),
    (
        {"notes": "a\nb\0"},
        "Each line of the notes must be on one line and without control characters.",
    ),
    ({"notes": 5}, "Notes must be text, not 5."),
    ({"longest": 0}, "The longest movie may take 1 to 60,000 minutes, or any time; it is 0."),
    (
        {"longest": 90.5},
        "The longest movie may take 1 to 60,000 minutes, or any time; it is 90.5.",
    ),
]


@pytest.fixture
def people(store) -> list[int]:
    return [store.members.add(name) for name in ("Ana", "Bo", "Cy")]


def refusal(action, *arguments, **named) -> str:
    with pytest.raises(InvalidInput) as caught:
        action(*arguments, **named)
    return str(caught.value)


def test_a_planned_night_is_read_back_as_it_was_said(store, people):
    ana, bo, cy = people
    night = store.nights.plan(
        FRIDAY,
        [cy, ana, cy],
        starts_at=time(19, 30),
        place="  Bo's sofa ",
        picker=bo,
        notes=" Bring crisps.\r\n\r\n Ring twice. ",
        rewatch=True,
        longest=150,
    )
    assert store.nights.get(night) == Night(
        night_id=night,
        on=FRIDAY,
        starts_at=time(19, 30),
        place="Bo's sofa",
        picker=bo,
        movie=None,
        notes="Bring crisps.\n\nRing twice.",
        rewatch=True,
        longest=150,
        voting=None,
        drawn=None,
        draws=0,
        decided_at=None,
        decided_by=None,
        model=None,
        club_version=None,
        thresholds=None,
        revealed_at=None,
        called_off=False,
        present=(ana, cy),
    )
    assert store.nights.get(night).state == "planned"
    assert store.version() == 4


def test_a_night_needs_a_date_only(store):
    night = store.nights.get(store.nights.plan(FRIDAY))
    assert (night.starts_at, night.place, night.picker, night.notes) == (None, "", None, "")
    assert (night.rewatch, night.longest, night.present) == (False, None, ())


def test_midnight_is_a_time_and_seconds_do_not_count(store):
    early = store.nights.plan(FRIDAY, starts_at=time(0, 0))
    late = store.nights.plan(FRIDAY, starts_at=time(23, 59, 58))
    assert store.nights.get(early).starts_at == time(0, 0)
    assert store.nights.get(late).starts_at == time(23, 59)


def test_nights_are_listed_newest_first_with_those_that_are_called_off(store, people):
    old = store.nights.plan(FRIDAY - timedelta(weeks=1), people)
    first, second = store.nights.plan(FRIDAY), store.nights.plan(FRIDAY, people[:1])
    store.nights.call_off(second)
    nights = store.nights.all()
    assert [night.night_id for night in nights] == [second, first, old]
    assert [night.present for night in nights] == [(people[0],), (), tuple(people)]
    assert nights == [store.nights.get(night.night_id) for night in nights]


def test_three_hundred_nights_are_one_question(store, people):
    rows = [
        {"on_date": FRIDAY, "place": "", "notes": "", "rewatch": False, "draws": 0, "created_at": 0}
    ] * 300
    with store.database.write() as write:
        write.connection.execute(insert(schema.nights), rows)
        ids = write.connection.execute(select(schema.nights.c.night_id)).scalars().all()
        there = [{"night_id": night, "member_id": person} for night in ids for person in people]
        write.connection.execute(insert(schema.attendance), there)
    asked = []
    engine = store.database._reader

    @event.listens_for(engine, "before_cursor_execute")
    def count(_connection, _cursor, statement, *_) -> None:
        if statement.startswith("SELECT nights"):
            asked.append(statement)

    nights = store.nights.all()
    assert len(nights) == 300
    assert {night.present for night in nights} == {tuple(people)}
    assert len(asked) == 1


def test_what_cannot_be_said_of_a_night_is_refused_when_planning_and_when_editing(store):
    for said, sentence in CANNOT_BE_SAID:
        assert refusal(store.nights.plan, **({"on": FRIDAY} | said)) == sentence
    assert store.version() == 0
    night = store.nights.plan(FRIDAY)
    for said, sentence in CANNOT_BE_SAID:
        assert refusal(store.nights.edit, night, **said) == sentence
    assert store.version() == 1


def test_only_people_who_are_there_can_be_asked(store, people):
    store.members.remove(people[0])
    sentence = "Ana has left the club; bring them back first."
    assert refusal(store.nights.plan, FRIDAY, people) == sentence
    night = store.nights.plan(FRIDAY, people[1:])
    assert refusal(store.nights.attend, night, people) == sentence
    for action in (
        lambda: store.nights.plan(FRIDAY, [99]),
        lambda: store.nights.plan(FRIDAY, picker=99),
        lambda: store.nights.edit(night, picker=99),
        lambda: store.nights.attend(night, [99]),
    ):
        with pytest.raises(NotFound) as caught:
            action()
        assert str(caught.value) == "There is no member 99."
    assert len(store.nights.all()) == 1
    assert store.nights.get(night).present == tuple(people[1:])


def test_an_unknown_night_is_not_found_and_nothing_is_written(store, people):
    ana = people[0]
    nights, version = store.nights, store.version()
    for unknown in (7, 0, 2**40, None):
        for action in (
            nights.get,
            lambda night: nights.edit(night, place="x"),
            lambda night: nights.change_movie(night, 1),
            nights.delete,
            nights.call_off,
            nights.call_on,
            lambda night: nights.attend(night, people),
            lambda night: nights.veto(night, ana, 1),
            lambda night: nights.unveto(night, ana, 1),
            nights.vetoes,
            lambda night: nights.vote(night, ana, [1]),
            lambda night: nights.unvote(night, ana),
            nights.ballot_box,
            lambda night: nights.draw(night, [1]),
            lambda night: nights.decide(night, 1, predictions([ana]), model="m", by="b"),
            lambda night: nights.rate(night, ana, 3),
            lambda night: nights.unrate(night, ana),
            nights.outcome,
            nights.reveal,
        ):
            with pytest.raises(NotFound) as caught:
                action(unknown)
            assert str(caught.value) == f"There is no night {unknown}."
    with pytest.raises(NotFound, match="There is no night 7"):
        nights.predictions(7)
    assert store.version() == version


def test_a_night_can_be_edited_and_what_is_so_already_is_no_change(store, people):
    night = store.nights.plan(FRIDAY, people, place="Bo's")
    said = {
        "on": FRIDAY + timedelta(days=1),
        "starts_at": time(20, 15),
        "place": "",
        "notes": "Late.",
        "picker": people[1],
        "rewatch": True,
        "longest": 90,
        "voting": "rank",
    }
    assert store.nights.edit(night, **said) == 5
    assert store.nights.edit(night, **said) == store.nights.edit(night) == store.version() == 5
    found = store.nights.get(night)
    assert {name: getattr(found, name) for name in said} == said
    assert store.nights.edit(night, picker=None, starts_at=None, longest=None, voting=None) == 6
    found = store.nights.get(night)
    assert (found.picker, found.starts_at, found.longest, found.voting) == (None, None, None, None)


def test_there_are_two_ways_to_vote(store):
    night = store.nights.plan(FRIDAY)
    sentence = "People approve, rank or do not vote; cheer is no way to."
    assert refusal(store.nights.edit, night, voting="cheer") == sentence


def test_what_a_night_does_not_have_cannot_be_edited(store):
    night = store.nights.plan(FRIDAY)
    for name in ("present", "decided_at", "drawn", "stars"):
        with pytest.raises(TypeError, match=f"A night has no '{name}' that can be changed"):
            store.nights.edit(night, **{name: 1})
    assert store.version() == 1


def test_all_or_nothing_of_an_edit_counts(store, people):
    night = decided(store, people)
    before, version = store.nights.get(night), store.version()
    with pytest.raises(InvalidInput):
        store.nights.edit(night, place="Cy's", rewatch=True)
    assert store.nights.get(night) == before
    assert store.version() == version


def test_after_the_decision_when_and_where_can_change_but_not_what_led_to_it(store, people):
    night = decided(store, people)
    store.nights.edit(
        night, on=FRIDAY + timedelta(days=1), place="Cy's", notes="x", picker=people[2]
    )
    store.nights.edit(night, starts_at=time(18), rewatch=False, longest=None, voting=None)
    assert store.nights.get(night).place == "Cy's"
    for said in ({"rewatch": True}, {"longest": 90}, {"voting": "rank"}):
        assert (
            refusal(store.nights.edit, night, **said)
            == "The movie of this night is decided; that cannot change any more."
        )
