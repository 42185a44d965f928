"""Planning a night: when, where, for whom, whose turn it is to pick."""

from datetime import time, timedelta

import pytest
from a_night import FRIDAY, decided, predictions, refused

from club.errors import NotFound

DECIDED = "is decided already"
BAD_FIELDS = [
    ({"on": "Friday"}, "needs a date, not Friday"),
    ({"starts_at": "19:30"}, "a time like 19:30, not 19:30"),
    ({"place": "x" * 201}, "A place can have 200 characters at most, not 201"),
    ({"longest": 0}, "1 to 60,000 minutes, or nobody says; it is 0"),
]
# Methods with what follows the night, Ana being member 1.
ON_A_PLANNED_NIGHT = [
    ("attend", [1]),
    ("veto", 1, 1),
    ("unveto", 1, 1),
    ("vote", 1, [1]),
    ("unvote", 1),
    ("draw", [1]),
]
ON_A_DECIDED_NIGHT = [("rate", 1, 3), ("unrate", 1), ("reveal",), ("change_movie", 2)]
ON_ANY_NIGHT = ["get", "edit", "delete", "call_off", "call_on", "vetoes", "ballot_box", "outcome"]


@pytest.fixture
def people(store) -> list[int]:
    return [store.members.add(name) for name in ("Ana", "Bo", "Cy")]


@pytest.mark.either_database
def test_plan_is_read_back(store, people):
    ana, bo, cy = people
    said = {"on": FRIDAY, "starts_at": time(19, 30), "picker": bo, "rewatch": True, "longest": 150}
    notes = " Bring crisps.\r\n\r\n Ring twice. "
    night = store.nights.plan(present=[cy, ana, cy], place="  Bo's sofa ", notes=notes, **said)
    found = store.nights.get(night)
    assert {name: getattr(found, name) for name in said} == said
    assert (found.place, found.notes) == ("Bo's sofa", "Bring crisps.\n\nRing twice.")
    assert (found.night_id, found.present, found.state) == (night, (ana, cy), "planned")
    assert (found.voting, found.movie, found.drawn, found.draws) == (None, None, None, 0)
    assert store.version() == 4


@pytest.mark.parametrize(("said", "part"), BAD_FIELDS)
def test_plan_and_edit_refuse_bad_fields(store, said, part):
    refused(part, store.nights.plan, **({"on": FRIDAY} | said))
    assert store.version() == 0
    refused(part, store.nights.edit, store.nights.plan(FRIDAY), **said)
    assert store.version() == 1


def test_only_present_members_attend(store, people):
    store.members.remove(people[0])
    refused("Ana has left the club", store.nights.plan, FRIDAY, people)
    night = store.nights.plan(FRIDAY, people[1:])
    refused("Ana has left the club", store.nights.attend, night, people)
    for action in (
        lambda: store.nights.plan(FRIDAY, [99]),
        lambda: store.nights.plan(FRIDAY, picker=99),
        lambda: store.nights.edit(night, picker=99),
        lambda: store.nights.attend(night, [99]),
    ):
        with pytest.raises(NotFound, match="There is no member 99"):
            action()
    assert len(store.nights.all()) == 1
    assert store.nights.get(night).present == tuple(people[1:])


@pytest.mark.parametrize("unknown", [7, 2**40])
def test_unknown_night_is_not_found(store, people, unknown):
    nights, version = store.nights, store.version()
    for name, *arguments in [*ON_A_PLANNED_NIGHT, *ON_A_DECIDED_NIGHT, *zip(ON_ANY_NIGHT)]:
        with pytest.raises(NotFound, match=f"There is no night {unknown}"):
            getattr(nights, name)(unknown, *arguments)
    with pytest.raises(NotFound, match=f"There is no night {unknown}"):
        nights.decide(unknown, 1, predictions(people), model="m", by="b")
    assert store.version() == version


def test_edit_changes_fields_once(store, people):
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


def test_edit_after_the_decision(store, people):
    night = decided(store, people)
    store.nights.edit(
        night, on=FRIDAY + timedelta(days=1), place="Cy's", notes="x", picker=people[2]
    )
    store.nights.edit(night, starts_at=time(18), rewatch=False, longest=None, voting=None)
    assert store.nights.get(night).place == "Cy's"
    for said in ({"rewatch": True}, {"longest": 90}, {"voting": "rank"}):
        refused(DECIDED, store.nights.edit, night, **said)


@pytest.mark.either_database
def test_delete_keeps_what_was_rated(store, people):
    night = store.nights.plan(FRIDAY, people)
    store.nights.edit(night, voting="approve")
    store.nights.vote(night, people[0], [1])
    store.nights.veto(night, people[0], 2)
    assert store.nights.delete(night) == store.version()
    rated = decided(store, people)
    assert rated > night
    store.nights.rate(rated, people[0], 4)
    store.nights.reveal(rated)
    store.nights.delete(rated)
    assert store.nights.all() == []
    assert store.nights.predictions().empty
    assert store.ratings.current()["rating"].tolist() == [4.0]


def test_call_off_and_on(store, people):
    night = decided(store, people)
    store.nights.rate(night, people[0], 4)
    version = store.nights.call_off(night)
    assert store.nights.call_off(night) == version
    assert store.nights.get(night).state == "called off"
    assert store.nights.outcome(night).stars is None
    assert store.nights.call_on(night) == store.nights.call_on(night) == version + 1
    assert store.nights.get(night).state == "decided"
    assert store.nights.outcome(night).rated == (people[0],)
    store.nights.reveal(night)
    refused("has taken place", store.nights.call_off, night)


def test_called_off_night_refuses_changes(store, people):
    planned, chosen = store.nights.plan(FRIDAY, people), decided(store, people)
    store.nights.edit(planned, voting="rank")
    for night in (planned, chosen):
        store.nights.call_off(night)
    version, nights = store.version(), store.nights
    for night, actions in ((planned, ON_A_PLANNED_NIGHT), (chosen, ON_A_DECIDED_NIGHT)):
        for name, *arguments in actions:
            refused("is called off", getattr(nights, name), night, *arguments)
    said = predictions(people)
    refused("is called off", nights.decide, planned, 1, said, model="m", by="b")
    assert store.version() == version
    nights.edit(planned, on=FRIDAY + timedelta(weeks=1), place="Elsewhere")
    assert nights.get(planned).place == "Elsewhere"


def test_attend_after_the_decision(store, people):
    ana, bo, cy = people
    night = decided(store, [ana, bo])
    store.nights.rate(night, ana, 4)
    refused("Ana has rated this night and stays", store.nights.attend, night, [bo, cy])
    store.nights.attend(night, people)
    assert store.nights.get(night).present == (ana, bo, cy)
    store.nights.attend(night, [ana, cy])
    store.nights.unrate(night, ana)
    store.nights.attend(night, [cy])
    assert store.nights.get(night).present == (cy,)
    assert set(store.nights.predictions()["member_id"]) == {ana, bo}


def test_members_who_leave_stay_in_past_nights(store, people):
    ana, bo, cy = people
    past, coming = decided(store, people), store.nights.plan(FRIDAY, people)
    store.nights.veto(coming, bo, 1)
    store.nights.rate(past, bo, 2.5)
    store.members.remove(bo)
    assert store.nights.get(past).present == (ana, bo, cy)
    assert store.nights.get(coming).present == (ana, cy)
    assert store.nights.vetoes(coming) == {}
    store.nights.reveal(past)
    assert store.ratings.current(include_left=True)["rating"].tolist() == [2.5]
    store.members.restore(bo)
    assert store.nights.get(coming).present == (ana, cy)


@pytest.mark.either_database
def test_guests_called_off_nights_and_who_has_left_take_no_turn(store, people):
    ana, bo, cy = people
    gil = store.members.add_guest("Gil")
    for picker, days in [(ana, 0), (ana, 7), (bo, 3), (gil, 8), (cy, 9)]:
        night = store.nights.plan(FRIDAY + timedelta(days=days), picker=picker)
    store.nights.call_off(night)
    turn = store.nights.whose_turn
    assert turn([*people, gil]) == cy
    assert turn([ana, bo, gil]) == bo
    store.members.remove(bo)
    assert turn([ana, bo, gil]) == ana


def test_whose_turn_is_the_longest_ago(store, people):
    ana, bo, cy = people
    gil = store.members.add_guest("Gil")
    turn = store.nights.whose_turn
    assert (turn([cy, bo]), turn([gil]), turn([])) == (bo, None, None)
    store.nights.plan(FRIDAY, picker=ana)
    assert turn([ana, cy, bo]) == bo
    store.nights.plan(FRIDAY - timedelta(days=1), picker=cy)
    store.nights.plan(FRIDAY, picker=bo)
    assert turn([ana, bo, cy, gil]) == cy
    assert turn([bo, ana]) == ana
    store.nights.plan(FRIDAY + timedelta(days=1), picker=cy)
    assert turn([cy, bo]) == bo
    store.members.remove(bo)
    assert turn([bo, cy]) == cy
