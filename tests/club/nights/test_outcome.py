"""Ratings of a night: hidden until all have rated, then revealed and the club's."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from a_night import FRIDAY, decided, refused, table

from club.errors import NotFound
from club.nights import Outcome
from club.ratings import Entry
from club.store import Store

RATE_PAGE = "use the Rate page"
AWAY, LEFT = "Bo is not there that night", "Ana has left the club"
UNRATED = "Nobody has rated this night"


@pytest.fixture
def night(store, people) -> int:
    """Decided on movie 1."""
    return decided(store, people)


@pytest.fixture
def now(clock):
    clock.now = 1000
    return clock


def rated(store) -> list[list[float]]:
    return store.ratings.current(include_guests=True).to_numpy().tolist()


@pytest.mark.either_database
def test_last_rating_reveals_the_night(store, people, night, now):
    ana, bo, gil = people
    outcome = store.nights.outcome
    assert outcome(night) == Outcome((), (ana, bo, gil), None)
    store.nights.rate(night, gil, 1.5)
    now.now = 2000
    store.nights.rate(night, ana, np.float64(4))
    assert outcome(night) == Outcome((ana, gil), (bo,), None)
    assert store.nights.get(night).state == "decided"
    assert rated(store) == []
    now.now = 3000
    version = store.nights.rate(night, bo, 0.5)
    assert outcome(night) == Outcome((ana, bo, gil), (), {ana: 4.0, bo: 0.5, gil: 1.5})
    assert store.nights.get(night).state == "revealed"
    assert store.nights.ratings().to_numpy().tolist() == [
        [night, ana, 4.0],
        [night, bo, 0.5],
        [night, gil, 1.5],
    ]
    assert rated(store) == [[ana, 1, 4.0, 2000], [bo, 1, 0.5, 3000], [gil, 1, 1.5, 1000]]
    assert store.ratings.current()["member_id"].tolist() == [ana, bo]
    history = store.ratings.history(include_guests=True)
    assert history["step"].tolist() == [version] * 3
    assert set(history["kind"]) == {"night"}
    assert history["changed_by"].isna().all()
    assert store.ratings.history()["member_id"].tolist() == [bo, ana]


def who_entered(store) -> dict[int, str]:
    history = store.ratings.history(include_guests=True)
    return history.set_index("member_id")["changed_by"].fillna("nobody said").to_dict()


def test_history_names_the_actor_of_each_rating(store, people, night):
    ana, bo, gil = people
    store.by("Ana").nights.rate(night, ana, 4)
    store.by("Dora").nights.rate(night, bo, 4)
    store.by("Bo").nights.rate(night, bo, 3)
    store.by("Bo").nights.unrate(night, bo)
    store.nights.rate(night, bo, 2)
    store.by("Bo").nights.rate(night, gil, 5)
    assert who_entered(store) == {ana: "Ana", bo: "nobody said", gil: "Bo"}


def test_hidden_rating_can_be_replaced_or_taken_back(store, people, night):
    ana, bo, gil = people
    version = store.nights.rate(night, ana, 4)
    assert store.nights.rate(night, ana, 4) == version
    assert store.nights.rate(night, ana, 2) == version + 1
    assert store.nights.unrate(night, ana) == version + 2
    assert store.nights.unrate(night, ana) == version + 2
    assert store.nights.outcome(night) == Outcome((), (ana, bo, gil), None)
    store.nights.rate(night, ana, 5)
    store.nights.reveal(night)
    assert store.nights.outcome(night).stars == {ana: 5.0}


def test_late_ratings_count_at_once(store, people, night):
    ana, bo, gil = people
    refused(UNRATED, store.nights.reveal, night)
    store.nights.rate(night, bo, 4)
    version = store.nights.reveal(night)
    assert store.nights.reveal(night) == store.version() == version
    assert store.nights.outcome(night) == Outcome((bo,), (ana, gil), {bo: 4.0})
    assert rated(store)[0][:3] == [bo, 1, 4.0]
    version = store.nights.rate(night, gil, 2)
    assert store.nights.outcome(night) == Outcome((bo, gil), (ana,), {bo: 4.0, gil: 2.0})
    assert [row[:3] for row in rated(store)] == [[bo, 1, 4.0], [gil, 1, 2.0]]
    event = store.ratings.history(include_guests=True).iloc[0]
    assert (event["kind"], event["step"], event["member_id"]) == ("night", version, gil)
    for stars in (2, 3):
        refused(RATE_PAGE, store.nights.rate, night, gil, stars)
        refused(RATE_PAGE, store.nights.rate, night, bo, stars)
    refused(RATE_PAGE, store.nights.unrate, night, bo)
    refused(RATE_PAGE, store.nights.unrate, night, ana)
    assert store.version() == version
    assert store.nights.ratings()["rating"].tolist() == [4.0, 2.0]


def test_attend_reveals_nothing(store, people, night):
    ana, _, gil = people
    store.nights.rate(night, ana, 4)
    store.nights.attend(night, [ana, gil])
    assert store.nights.get(night).state == "decided"
    store.nights.attend(night, [ana])
    assert store.nights.outcome(night) == Outcome((ana,), (), None)
    store.nights.attend(night, people)
    store.nights.rate(night, people[1], 3)
    assert store.nights.outcome(night) == Outcome((ana, people[1]), (gil,), None)


def test_rate_refuses_with_a_reason(store, people, night):
    ana, bo, gil = people
    planned = store.nights.plan(FRIDAY, people)
    version, rate = store.version(), store.nights.rate
    refused("No movie is decided yet", rate, planned, ana, 3)
    refused("half steps, not 3.3", rate, night, ana, 3.3)
    with pytest.raises(NotFound, match="There is no member 99"):
        rate(night, 99, 3)
    assert store.version() == version
    store.nights.attend(night, [ana, gil])
    refused(AWAY, rate, night, bo, 3)
    refused(AWAY, store.nights.unrate, night, bo)
    store.members.remove(ana)
    refused(LEFT, rate, night, ana, 3)
    refused(LEFT, store.nights.unrate, night, ana)
    assert store.nights.outcome(night) == Outcome((), (ana, gil), None)
    assert store.nights.unrate(planned, gil) == store.version()
    refused(UNRATED, store.nights.reveal, planned)


def test_same_stars_make_no_event(store, people, night, now):
    ana, bo, _ = people
    store.ratings.rate(ana, 1, 4)
    now.now = 2000
    store.nights.rate(night, ana, 4)
    store.nights.rate(night, bo, 3)
    store.nights.reveal(night)
    assert rated(store) == [[ana, 1, 4.0, 1000], [bo, 1, 3.0, 2000]]
    assert store.ratings.history()["kind"].tolist() == ["night", "rate"]
    assert store.nights.ratings()["rating"].tolist() == [4.0, 3.0]


def test_undo_stops_at_a_night(store, people, night):
    ana, bo, _ = people
    store.ratings.rate(bo, 2, 5)
    store.ratings.rate_many([(ana, 1, 2), (ana, 2, 2)])
    store.ratings.rate(ana, 3, 1)
    store.nights.rate(night, ana, 4)
    store.nights.reveal(night)
    before = rated(store)
    assert store.ratings.undo().entries == (Entry(ana, 3, None, 1.0),)
    assert store.ratings.undo().entries == (Entry(bo, 2, None, 5.0),)
    assert store.ratings.undoable() is None
    assert store.ratings.undo() is None
    assert [row[:3] for row in rated(store)] == [[ana, 1, 4.0], [ana, 2, 2.0]]
    assert [row for row in before if row[0] == ana and row[1] < 3] == rated(store)


def test_no_method_tells_a_hidden_rating(store, people, night):
    ana, bo, gil = people
    store.ratings.rate(bo, 5, 3)
    other = decided(store, [ana])
    store.nights.rate(other, ana, 2)

    def told() -> str:
        nights = store.nights
        return repr(
            [
                nights.predictions().to_csv(),
                nights.ratings().to_csv(),
                nights.turns().to_csv(),
                [nights.ballot_box(night), nights.vetoes(night), nights.all()],
                nights.outcome(night).stars,
                store.ratings.current(include_left=True, include_guests=True).to_csv(),
                store.ratings.history(include_guests=True).to_csv(),
                store.members.all(include_left=True, include_guests=True).to_csv(),
                store.members.guests().to_csv(),
                store.members.seen().to_csv(),
                store.ratings.undoable(),
            ]
        )

    before = told()
    for stars in (4.5, 0.5):
        for person in (bo, gil):
            store.nights.rate(night, person, stars)
            assert told() == before
    store.nights.unrate(night, gil)
    store.members.remove(gil)
    store.members.restore(gil)
    assert told() == before
    store.nights.reveal(night)
    assert told() != before


@pytest.mark.either_database
def test_eight_ratings_at_once_reveal_once(location):
    store = Store(location, wait_seconds=60)
    people = [store.members.add(f"Member {number}") for number in range(8)]
    night = decided(store, people)
    version = store.version()

    def rate(person: int) -> Outcome:
        store.nights.rate(night, person, 0.5 + person % 10 / 2)
        return store.nights.outcome(night)

    with ThreadPoolExecutor(8) as pool:
        seen = list(pool.map(rate, people))
    wanted = {person: 0.5 + person % 10 / 2 for person in people}
    assert all(found.stars in (None, wanted) for found in seen)
    assert all((found.stars is None) == bool(found.waiting) for found in seen)
    assert store.nights.outcome(night).stars == wanted
    assert store.version() == version + 8
    history = store.ratings.history()
    assert len(history) == len(table(store, "rating_events")) == 8
    assert set(history["step"]) == {version + 8}
    assert dict(store.ratings.current()[["member_id", "rating"]].to_numpy()) == wanted
