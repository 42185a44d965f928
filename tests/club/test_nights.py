from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from a_night import FRIDAY, decided, predictions

from club.demo import load_demo
from club.errors import InvalidInput
from recommender.bundled import DemoClub
from recommender.dataset import Dataset


@pytest.fixture
def people(store) -> list[int]:
    return [store.members.add(name) for name in ("Ana", "Bo", "Cy")]


@pytest.fixture
def now(clock):
    clock.now = 1000
    return clock


def refusal(action, *arguments, **named) -> str:
    with pytest.raises(InvalidInput) as caught:
        action(*arguments, **named)
    return str(caught.value)


def test_a_new_club_has_no_nights(store):
    assert store.nights.all() == []
    assert store.nights.predictions().empty
    assert store.nights.ratings().empty


def test_a_night_that_was_never_decided_can_be_deleted(store, people):
    night, off = store.nights.plan(FRIDAY, people), store.nights.plan(FRIDAY, people)
    store.nights.edit(night, voting="approve")
    store.nights.vote(night, people[0], [1])
    store.nights.veto(night, people[0], 2)
    store.nights.call_off(off)
    version = store.version()
    assert store.nights.delete(night) == version + 1
    assert store.nights.delete(off) == version + 2
    assert store.nights.all() == []
    kept = decided(store, people)
    assert kept > off
    assert (
        refusal(store.nights.delete, kept)
        == "A night whose movie is decided stays; it can be called off."
    )


def test_a_night_is_called_off_and_on_again(store, people):
    night = store.nights.plan(FRIDAY, people)
    assert store.nights.call_on(night) == 4
    assert store.nights.call_off(night) == store.nights.call_off(night) == 5
    assert store.nights.get(night).state == "called off"
    assert store.nights.call_on(night) == store.nights.call_on(night) == 6
    assert store.nights.get(night).state == "planned"
    night = decided(store, people)
    store.nights.rate(night, people[0], 4)
    store.nights.call_off(night)
    assert store.nights.get(night).state == "called off"
    store.nights.call_on(night)
    assert store.nights.get(night).state == "decided"
    assert store.nights.outcome(night).rated == (people[0],)
    store.nights.reveal(night)
    sentence = "This night has taken place; it cannot be called off."
    assert refusal(store.nights.call_off, night) == sentence


def test_nothing_happens_on_a_night_that_is_called_off(store, people):
    ana = people[0]
    planned, chosen = store.nights.plan(FRIDAY, people), decided(store, people)
    store.nights.edit(planned, voting="rank")
    for night in (planned, chosen):
        store.nights.call_off(night)
    version, nights = store.version(), store.nights
    for action in (
        lambda: nights.attend(planned, people[:1]),
        lambda: nights.veto(planned, ana, 1),
        lambda: nights.unveto(planned, ana, 1),
        lambda: nights.vote(planned, ana, [1]),
        lambda: nights.unvote(planned, ana),
        lambda: nights.draw(planned, [1]),
        lambda: nights.decide(planned, 1, predictions(people), model="m", by="b"),
        lambda: nights.rate(chosen, ana, 3),
        lambda: nights.unrate(chosen, ana),
        lambda: nights.reveal(chosen),
        lambda: nights.change_movie(chosen, 2),
    ):
        assert refusal(action) == "This night is called off; call it on again first."
    assert store.version() == version
    nights.edit(planned, on=FRIDAY + timedelta(weeks=1), place="Elsewhere")
    assert nights.get(planned).place == "Elsewhere"


def test_who_comes_is_set_as_a_whole(store, people):
    ana, bo, cy = people
    night = store.nights.plan(FRIDAY, [cy])
    assert store.nights.attend(night, [bo, ana]) == 5
    assert store.nights.get(night).present == (ana, bo)
    assert store.nights.attend(night, [ana, bo, ana]) == 5
    store.nights.attend(night, [])
    assert store.nights.get(night).present == ()


def test_ballot_and_vetoes_go_with_who_goes(store, people):
    ana, bo, cy = people
    night, other = store.nights.plan(FRIDAY, people), store.nights.plan(FRIDAY, people)
    for number in (night, other):
        store.nights.edit(number, voting="approve")
        store.nights.veto(number, ana, 1)
        store.nights.veto(number, bo, 1)
        store.nights.vote(number, ana, [2])
        store.nights.vote(number, bo, [3])
    store.nights.attend(night, [bo, cy])
    assert store.nights.vetoes(night) == {1: (bo,)}
    assert store.nights.ballot_box(night).voted == (bo,)
    store.nights.attend(night, people)
    assert store.nights.ballot_box(night).waiting == (ana, cy)
    assert store.nights.vetoes(other) == {1: (ana, bo)}
    assert store.nights.ballot_box(other).voted == (ana, bo)


def test_after_the_decision_people_come_late_and_who_has_rated_stays(store, people):
    ana, bo, cy = people
    night = decided(store, [ana, bo])
    store.nights.rate(night, ana, 4)
    sentence = "Ana has rated this night and stays in it."
    assert refusal(store.nights.attend, night, [bo, cy]) == sentence
    store.nights.attend(night, people)
    assert store.nights.get(night).present == (ana, bo, cy)
    store.nights.attend(night, [ana, cy])
    store.nights.unrate(night, ana)
    store.nights.attend(night, [cy])
    assert store.nights.get(night).present == (cy,)
    assert set(store.nights.predictions(night)["member_id"]) == {ana, bo}


def test_who_leaves_the_club_stays_in_past_nights_and_not_in_those_to_come(store, people):
    ana, bo, cy = people
    past, coming = decided(store, people), store.nights.plan(FRIDAY, people)
    store.nights.edit(coming, voting="approve")
    store.nights.veto(coming, bo, 1)
    store.nights.vote(coming, bo, [2])
    store.nights.rate(past, bo, 2.5)
    store.members.remove(bo)
    assert store.nights.get(past).present == (ana, bo, cy)
    assert store.nights.get(coming).present == (ana, cy)
    assert store.nights.vetoes(coming) == {}
    assert store.nights.attend(past, people) == store.version()
    store.nights.reveal(past)
    assert store.nights.ratings()["member_id"].tolist() == [bo]
    assert store.ratings.current(include_left=True)["rating"].tolist() == [2.5]
    store.members.restore(bo)
    assert store.nights.get(coming).present == (ana, cy)


def test_states_follow_each_other(store, people, now):
    night = store.nights.plan(FRIDAY, people)
    now.now = 2000
    version = store.nights.decide(night, 2, predictions(people), model="Model of May", by="Ana")
    found = store.nights.get(night)
    assert (found.state, found.movie, found.model) == ("decided", 2, "Model of May")
    assert (found.decided_by, found.club_version) == ("Ana", version)
    assert version == store.version()
    assert found.decided_at == datetime.fromtimestamp(2000, UTC)
    now.now = 3000
    for person in people:
        store.nights.rate(night, person, 3)
    found = store.nights.get(night)
    assert (found.state, found.revealed_at) == ("revealed", datetime.fromtimestamp(3000, UTC))


def test_turns_count_nights_that_are_not_called_off(store, people):
    ana, bo, cy = people
    gil = store.members.add_guest("Gil")
    empty = store.nights.turns()
    assert empty["picked"].tolist() == [0, 0, 0]
    assert empty["last"].isna().all()
    for picker, days in [(ana, 0), (ana, 7), (bo, 3), (gil, 8), (cy, 9)]:
        night = store.nights.plan(FRIDAY + timedelta(days=days), picker=picker)
    store.nights.call_off(night)
    turns = store.nights.turns()
    assert turns.index.tolist() == people
    assert turns["picked"].tolist() == [2, 1, 0]
    assert turns["last"].iloc[:2].dt.date.tolist() == [date(2024, 5, 10), date(2024, 5, 6)]
    assert pd.isna(turns.loc[cy, "last"])
    assert turns.dtypes.astype(str).to_dict() == {"picked": "int64", "last": "datetime64[s]"}
    pd.testing.assert_series_equal(empty.dtypes, turns.dtypes)
    store.members.remove(bo)
    assert store.nights.turns().index.tolist() == [ana, cy]


def test_the_turn_is_whose_last_pick_is_longest_ago(store, people):
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


def test_our_own_club_begins_without_nights_guests_and_what_was_seen(store, people):
    night = decided(store, people)
    store.nights.rate(night, people[0], 4)
    store.nights.edit(store.nights.plan(FRIDAY, people), voting="rank")
    gil = store.members.add_guest("Gil", [1], likes="train")
    store.members.mark_seen(gil, 2)
    store.start_own_club("Another")
    assert store.nights.all() == []
    assert store.nights.predictions().empty
    assert store.members.guests().empty
    assert store.members.seen().empty
    assert store.nights.plan(FRIDAY) > night + 1
    assert store.members.add_guest("Gil") > gil


def test_the_demo_takes_the_place_of_nights_too(store, people):
    decided(store, people)
    movies = pd.DataFrame({"title": ["One"]}, index=[1])
    ratings = pd.DataFrame({"user_id": [7], "movie_id": [1], "rating": [4.0], "timestamp": [900]})
    demo = DemoClub("Demo club", {7: "Ana"}, ())
    assert load_demo(store, Dataset(ratings, movies), demo, replace=True)
    assert store.nights.all() == []
    assert store.nights.predictions().empty


def test_two_who_plan_at_once_get_a_night_each(store, people):
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: store.nights.plan(FRIDAY, people), range(8)))
    assert len(set(ids)) == 8
    assert {night.night_id for night in store.nights.all()} == set(ids)
