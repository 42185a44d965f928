"""Ratings of a night: hidden until all have rated, then revealed and the club's."""

import numpy as np
import pytest
from a_night import FRIDAY, decided, refused

from club.errors import NotFound
from club.nights import Outcome
from club.ratings import Entry

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
    assert store.nights.outcome(night) == Outcome((), (ana, bo, gil), None)
    store.nights.rate(night, gil, 1.5)
    now.now = 2000
    store.nights.rate(night, ana, np.float64(4))
    assert store.nights.outcome(night) == Outcome((ana, gil), (bo,), None)
    assert store.nights.get(night).state == "decided"
    assert rated(store) == []
    now.now = 3000
    version = store.nights.rate(night, bo, 0.5)
    stars = {ana: 4.0, bo: 0.5, gil: 1.5}
    assert store.nights.outcome(night) == Outcome((ana, bo, gil), (), stars)
    assert store.nights.get(night).state == "revealed"
    found = store.nights.ratings().to_numpy().tolist()
    assert found == [[night, person, each] for person, each in stars.items()]
    assert rated(store) == [[ana, 1, 4.0, 2000], [bo, 1, 0.5, 3000], [gil, 1, 1.5, 1000]]
    history = store.ratings.history(include_guests=True)
    assert history["step"].tolist() == [version] * 3
    assert set(history["kind"]) == {"night"}
    assert store.ratings.current()["member_id"].tolist() == [ana, bo]


def test_history_names_the_actor_of_each_rating(store, people, night):
    ana, bo, gil = people
    store.by("Ana").nights.rate(night, ana, 4)
    store.by("Dora").nights.rate(night, bo, 4)
    store.by("Bo").nights.unrate(night, bo)
    store.nights.rate(night, bo, 2)
    store.by("Bo").nights.rate(night, gil, 5)
    history = store.ratings.history(include_guests=True).set_index("member_id")
    assert history["changed_by"].fillna("?").to_dict() == {ana: "Ana", bo: "?", gil: "Bo"}


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
    version = store.nights.rate(night, gil, 2)
    assert store.nights.outcome(night) == Outcome((bo, gil), (ana,), {bo: 4.0, gil: 2.0})
    assert [row[:3] for row in rated(store)] == [[bo, 1, 4.0], [gil, 1, 2.0]]
    event = store.ratings.history(include_guests=True).iloc[0]
    assert (event["kind"], event["step"], event["member_id"]) == ("night", version, gil)
    for person in (gil, bo):
        refused(RATE_PAGE, store.nights.rate, night, person, 3)
    for person in (bo, ana):
        refused(RATE_PAGE, store.nights.unrate, night, person)
    assert store.version() == version


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
    store.nights.rate(night, ana, 4)
    store.nights.reveal(night)
    assert store.ratings.undo().entries == (Entry(bo, 2, None, 5.0),)
    assert store.ratings.undoable() is None
    assert store.ratings.undo() is None
    assert [row[:3] for row in rated(store)] == [[ana, 1, 4.0], [ana, 2, 2.0]]


def test_no_method_tells_a_hidden_rating(store, people, night):
    ana, bo, gil = people
    store.ratings.rate(bo, 5, 3)
    other = decided(store, [ana])
    store.nights.rate(other, ana, 2)

    def told() -> str:
        nights, members, ratings = store.nights, store.members, store.ratings
        frames = [nights.predictions(), nights.ratings(), members.guests()]
        frames += [ratings.current(include_left=True, include_guests=True), members.seen()]
        frames += [ratings.history(include_guests=True), members.all(include_left=True)]
        more = nights.ballot_box(night), nights.vetoes(night), nights.all(), ratings.undoable()
        return repr([*(frame.to_csv() for frame in frames), nights.outcome(night).stars, *more])

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
