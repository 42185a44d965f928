from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from a_night import FRIDAY, predictions, table

from club.errors import InvalidInput, NotFound
from club.nights import BallotBox
from club.store import Store

PLANNED_ONLY = "The movie of this night is decided; that cannot change any more."


@pytest.fixture
def people(store) -> list[int]:
    return [store.members.add("Ana"), store.members.add("Bo"), store.members.add_guest("Gil")]


@pytest.fixture
def night(store, people) -> int:
    """Planned, with approval voting."""
    number = store.nights.plan(FRIDAY, people)
    store.nights.edit(number, voting="approve")
    return number


def refusal(action, *arguments, **named) -> str:
    with pytest.raises(InvalidInput) as caught:
        action(*arguments, **named)
    return str(caught.value)


def test_a_box_is_sealed_until_all_who_are_there_have_voted(store, people, night):
    ana, bo, gil = people
    box = store.nights.ballot_box
    assert box(night) == BallotBox((), (ana, bo, gil), None)
    store.nights.vote(night, gil, [2, 1])
    assert box(night) == BallotBox((gil,), (ana, bo), None)
    store.nights.vote(night, ana, [])
    assert box(night) == BallotBox((ana, gil), (bo,), None)
    store.nights.vote(night, bo, [np.int64(3)])
    assert box(night) == BallotBox((ana, bo, gil), (), {ana: (), bo: (3,), gil: (2, 1)})


def test_a_ballot_can_be_replaced_or_taken_back_while_the_box_is_sealed(store, people, night):
    ana, bo, gil = people
    version = store.nights.vote(night, ana, [1, 2])
    assert store.nights.vote(night, ana, [1, 2]) == version
    assert store.nights.vote(night, ana, [2, 1]) == version + 1
    assert store.nights.unvote(night, ana) == version + 2
    assert store.nights.unvote(night, ana) == version + 2
    assert store.nights.ballot_box(night).waiting == (ana, bo, gil)
    for person in people:
        version = store.nights.vote(night, person, [person])
    out = "All have voted; the result is out."
    assert refusal(store.nights.vote, night, ana, [1]) == out
    assert refusal(store.nights.vote, night, ana, [ana]) == out
    assert refusal(store.nights.unvote, night, ana) == out
    assert store.nights.ballot_box(night).ballots == {person: (person,) for person in people}
    assert store.version() == version


def test_who_comes_or_goes_seals_or_opens_the_box(store, people, night):
    ana, bo, gil = people
    store.nights.vote(night, ana, [1])
    store.nights.vote(night, bo, [2])
    store.nights.attend(night, [ana, bo])
    assert store.nights.ballot_box(night).ballots == {ana: (1,), bo: (2,)}
    store.nights.attend(night, people)
    assert store.nights.ballot_box(night) == BallotBox((ana, bo), (gil,), None)
    store.nights.vote(night, bo, [3])
    store.members.remove(gil)
    assert store.nights.ballot_box(night).ballots == {ana: (1,), bo: (3,)}


def test_another_way_to_vote_drops_the_ballots(store, people, night):
    store.nights.vote(night, people[0], [1])
    store.nights.edit(night, voting="approve", place="Bo's")
    assert store.nights.ballot_box(night).voted == (people[0],)
    store.nights.edit(night, voting="rank")
    assert store.nights.ballot_box(night) == BallotBox((), tuple(people), None)
    store.nights.vote(night, people[0], [1])
    store.nights.edit(night, voting=None)
    assert table(store, "ballots") == []


def test_what_is_no_ballot_is_refused(store, people, night):
    ana, bo, _ = people
    vote, version = store.nights.vote, store.version()
    twice = "Each movie can stand on a ballot only once."
    assert refusal(vote, night, ana, [1, 2, 1]) == twice
    with pytest.raises(NotFound, match="There is no movie -5"):
        vote(night, ana, [1, -5])
    store.nights.edit(night, voting="rank")
    assert refusal(vote, night, ana, []) == "A ranking needs at least one movie."
    store.nights.edit(night, voting=None)
    no_voting = "There is no voting on this night; say how to vote first."
    assert refusal(vote, night, ana, [1]) == no_voting
    store.nights.attend(night, [ana])
    away = "Bo is not there that night; add them first."
    assert refusal(vote, night, bo, [1]) == away
    assert refusal(store.nights.unvote, night, bo) == away
    store.members.remove(bo)
    left = "Bo has left the club; bring them back first."
    assert refusal(vote, night, bo, [1]) == left
    with pytest.raises(NotFound, match="There is no member 99"):
        vote(night, 99, [1])
    assert store.version() == version + 4
    assert table(store, "ballots") == []


def test_after_the_decision_nobody_votes_and_who_comes_late_does_not_seal_the_box(store, people):
    ana, bo, gil = people
    night = store.nights.plan(FRIDAY, [ana, bo])
    store.nights.edit(night, voting="rank")
    store.nights.vote(night, ana, [1])
    store.nights.vote(night, bo, [2])
    store.nights.decide(night, 1, predictions([ana, bo]), model="m", by="the votes")
    store.nights.attend(night, people)
    assert store.nights.ballot_box(night) == BallotBox((ana, bo), (), {ana: (1,), bo: (2,)})
    assert refusal(store.nights.vote, night, gil, [1]) == PLANNED_ONLY
    assert refusal(store.nights.unvote, night, ana) == PLANNED_ONLY


def test_a_box_that_was_sealed_at_the_decision_stays_so(store, people, night):
    ana, bo, gil = people
    store.nights.vote(night, ana, [2])
    store.nights.decide(night, 1, predictions(people), model="m", by="Ana")
    for person in people:
        store.nights.rate(night, person, 3)
    assert store.nights.ballot_box(night) == BallotBox((ana,), (bo, gil), None)


def test_vetoes_say_who_does_not_want_what(store, people, night):
    ana, bo, gil = people
    nights = store.nights
    version = nights.veto(night, bo, 2)
    assert nights.veto(night, bo, 2) == version
    nights.veto(night, gil, 1)
    assert nights.veto(night, ana, np.int64(2)) == version + 2
    assert nights.vetoes(night) == {1: (gil,), 2: (ana, bo)}
    assert list(nights.vetoes(night)) == [1, 2]
    assert nights.unveto(night, bo, 2) == version + 3
    assert nights.unveto(night, bo, 2) == version + 3
    assert nights.vetoes(night) == {1: (gil,), 2: (ana,)}
    assert nights.vetoes(nights.plan(FRIDAY, people)) == {}


def test_who_is_not_there_vetoes_nothing(store, people, night):
    ana, bo, _ = people
    store.nights.attend(night, [ana])
    for action in (store.nights.veto, store.nights.unveto):
        assert refusal(action, night, bo, 1) == "Bo is not there that night; add them first."
        with pytest.raises(NotFound, match="There is no member 99"):
            action(night, 99, 1)
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.nights.veto(night, ana, -5)
    store.nights.decide(night, 1, predictions([ana]), model="m", by="Ana")
    for action in (store.nights.veto, store.nights.unveto):
        assert refusal(action, night, ana, 2) == PLANNED_ONLY


def test_lots_are_drawn_among_what_nobody_vetoed(store, people, night):
    asked = []

    def last(number: int) -> int:
        asked.append(number)
        return number - 1

    store.nights.veto(night, people[0], 3)
    version = store.version()
    assert store.nights.draw(night, [1, 2, 3, 2], last) == 2
    assert store.nights.draw(night, [np.int64(1)], last) == 1
    assert asked == [2, 1]
    assert store.version() == version + 2
    found = store.nights.get(night)
    assert (found.drawn, found.draws, found.state, found.movie) == (1, 2, "planned", None)


def test_every_candidate_can_be_drawn(store, night):
    assert {store.nights.draw(night, [1, 2, 3]) for _ in range(40)} == {1, 2, 3}


def test_lots_need_a_candidate(store, people, night):
    none = "There is no candidate left that nobody vetoed."
    assert refusal(store.nights.draw, night, []) == none
    store.nights.veto(night, people[0], 3)
    assert refusal(store.nights.draw, night, [3]) == none
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.nights.draw(night, [1, -5])
    assert store.nights.get(night).draws == 0
    store.nights.decide(night, 1, predictions(people), model="m", by="Ana")
    assert refusal(store.nights.draw, night, [1]) == PLANNED_ONLY


def test_of_twenty_who_vote_at_once_no_ballot_is_lost(location):
    store = Store(location, wait_seconds=60)
    people = [store.members.add(f"Member {number}") for number in range(20)]
    night = store.nights.plan(FRIDAY, people)
    store.nights.edit(night, voting="rank")

    def vote(person: int) -> BallotBox:
        store.nights.vote(night, person, [person, 1000])
        return store.nights.ballot_box(night)

    with ThreadPoolExecutor(20) as pool:
        boxes = list(pool.map(vote, people))
    assert all((box.ballots is None) == bool(box.waiting) for box in boxes)
    assert store.nights.ballot_box(night).ballots == {person: (person, 1000) for person in people}


def test_nothing_tells_a_ballot_while_somebody_is_waiting(store, people, night):
    ana, bo, _ = people
    store.nights.vote(night, ana, [777_001])
    store.nights.vote(night, bo, [777_002])
    nights = store.nights
    told = [
        nights.all(),
        nights.get(night),
        nights.ballot_box(night),
        nights.vetoes(night),
        nights.outcome(night),
        nights.predictions().to_csv(),
        nights.ratings().to_csv(),
        nights.turns().to_csv(),
        store.ratings.history(include_guests=True).to_csv(),
        store.ratings.current(include_left=True, include_guests=True).to_csv(),
        store.members.seen().to_csv(),
        store.members.guests().to_csv(),
        store.ratings.undoable(),
    ]
    assert "777" not in repr(told)
    assert "777" in repr(table(store, "ballots"))
