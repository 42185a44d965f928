"""How a movie is chosen; and that a prediction snapshot never changes."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from a_night import FRIDAY, decided, predictions, refused, replayed, table
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from club.errors import ClubError, NotFound, StoreUnavailable
from club.nights import BallotBox, Candidates, Night, Reason, filter_candidates
from club.store import Store

SHORTLIST = (5, 3, -1, 9)
DECIDED = "is decided already"
OUT = "The votes are out"
AWAY = "Bo is not there that night"
NONE_OF = "not among the candidates"
WHOLE = "must be of everybody who is there and of every candidate"


def filtered(shortlist=SHORTLIST, **limits) -> Candidates:
    nothing = {"vetoes": {}, "seen": {}, "runtimes": {}, "rewatch": False, "longest": None}
    return filter_candidates(shortlist, **nothing | limits)


def test_filter_candidates_says_why_movies_are_out() -> None:
    vetoes, seen, runtimes = {3: (1, 2)}, {5: (2,), 3: (1,)}, {-1: 121, 9: 120}
    found = filtered(vetoes=vetoes, seen=seen, runtimes=runtimes, longest=120)
    assert found.movies == (9,)
    reasons = [Reason("seen", (2,)), Reason("vetoed", (1, 2)), Reason("long", minutes=121)]
    assert found.out == dict(zip(SHORTLIST, reasons, strict=False))
    assert filtered(runtimes={5: 90, 3: None}, longest=100).unknown_length == (3, -1, 9)
    found = filtered(vetoes=vetoes, seen=seen, rewatch=True)
    assert (found.movies, found.out) == ((5, -1, 9), {3: Reason("vetoed", (1, 2))})


MOVIE_ID = st.integers(-5, 5)
SOME_MEMBERS = st.dictionaries(MOVIE_ID, st.lists(st.integers(1, 3), max_size=2).map(tuple))


@given(
    shortlist=st.lists(MOVIE_ID, unique=True),
    vetoes=SOME_MEMBERS,
    seen=SOME_MEMBERS,
    runtimes=st.dictionaries(MOVIE_ID, st.none() | st.integers(1, 300)),
    rewatch=st.booleans(),
    longest=st.none() | st.integers(60, 240),
)
def test_filter_candidates_keeps_or_explains_every_movie(shortlist, vetoes, **limits) -> None:
    found = filtered(shortlist, vetoes=vetoes, **limits)
    assert sorted([*found.movies, *found.out]) == sorted(shortlist)
    assert set(found.unknown_length) <= set(found.movies)
    assert not any(vetoes.get(movie) for movie in found.movies)


@pytest.fixture
def night(store, people) -> int:
    """Planned, with approval voting."""
    number = store.nights.plan(FRIDAY, people)
    store.nights.edit(number, voting="approve")
    return number


@pytest.fixture
def decide(store):
    def decide(night: int, movie: int, said: pd.DataFrame, *, model: str = "m", by: str = "b"):
        return store.nights.decide(night, movie, said, model=model, by=by)

    return decide


@pytest.mark.either_database
def test_ballots_are_hidden_until_all_have_voted(store, people, night):
    ana, bo, gil = people
    box = store.nights.ballot_box
    assert box(night) == BallotBox((), (ana, bo, gil), None)
    store.nights.vote(night, gil, [2, 1])
    assert box(night) == BallotBox((gil,), (ana, bo), None)
    store.nights.vote(night, ana, [])
    assert box(night) == BallotBox((ana, gil), (bo,), None)
    store.nights.vote(night, bo, [np.int64(3)])
    assert box(night) == BallotBox((ana, bo, gil), (), {ana: (), bo: (3,), gil: (2, 1)})


def test_vote_can_be_replaced_or_taken_back_while_hidden(store, people, night):
    ana, bo, gil = people
    version = store.nights.vote(night, ana, [1, 2])
    assert store.nights.vote(night, ana, [1, 2]) == version
    assert store.nights.vote(night, ana, [2, 1]) == version + 1
    assert store.nights.unvote(night, ana) == version + 2
    assert store.nights.unvote(night, ana) == version + 2
    assert store.nights.ballot_box(night).waiting == (ana, bo, gil)
    for person in people:
        version = store.nights.vote(night, person, [person])
    refused(OUT, store.nights.vote, night, ana, [1])
    refused(OUT, store.nights.vote, night, ana, [ana])
    refused(OUT, store.nights.unvote, night, ana)
    assert store.nights.ballot_box(night).ballots == {person: (person,) for person in people}
    assert store.version() == version


def test_ballot_and_vetoes_wait_for_who_is_away(store, people, night):
    ana, bo, gil = people
    store.nights.vote(night, bo, [2])
    store.nights.veto(night, bo, 3)
    store.nights.attend(night, [ana, gil])
    assert store.nights.ballot_box(night) == BallotBox((), (ana, gil), None)
    assert store.nights.vetoes(night) == {}
    store.nights.attend(night, people)
    assert store.nights.ballot_box(night) == BallotBox((bo,), (ana, gil), None)
    assert store.nights.vetoes(night) == {3: (bo,)}


def test_only_a_vote_or_an_act_reveals_the_ballots(store, people, night):
    ana, _, gil = people
    refused("Nobody has voted", store.nights.reveal_votes, night)
    store.nights.vote(night, ana, [1])
    store.nights.attend(night, [ana])
    store.members.remove(gil)
    assert store.nights.ballot_box(night) == BallotBox((ana,), (), None)
    version = store.nights.reveal_votes(night)
    assert store.nights.reveal_votes(night) == version
    assert store.nights.ballot_box(night) == BallotBox((ana,), (), {ana: (1,)})
    assert store.audit_log()["act"].tolist()[0] == "revealed the votes"


def test_late_vote_hides_nothing_again(store, people, night):
    ana, bo, gil = people
    store.nights.attend(night, [ana])
    store.nights.vote(night, ana, [1])
    store.nights.attend(night, people)
    assert store.nights.ballot_box(night) == BallotBox((ana,), (bo, gil), {ana: (1,)})
    store.nights.vote(night, bo, [2])
    assert store.nights.ballot_box(night).ballots == {ana: (1,), bo: (2,)}
    refused(OUT, store.nights.vote, night, bo, [3])
    store.nights.edit(night, voting="rank")
    assert store.nights.ballot_box(night).ballots is None


@pytest.mark.parametrize(
    ("voting", "ballot"),
    [
        ("approve", ([1, 2, 1], "only once")),
        ("rank", ([], "at least one movie")),
        (None, ([1], "no voting on this night")),
    ],
)
def test_vote_refuses_what_cannot_count(store, people, night, voting, ballot):
    choices, part = ballot
    store.nights.edit(night, voting=voting)
    refused(part, store.nights.vote, night, people[0], choices)
    assert table(store, "ballots") == []


@pytest.mark.parametrize("name", ["vote", "unvote", "veto", "unveto"])
def test_votes_and_vetoes_need_attendance(store, people, night, decide, name):
    ana, bo, _ = people
    store.nights.attend(night, [ana])
    version, act = store.version(), getattr(store.nights, name)
    more = {"vote": ([1],), "unvote": ()}.get(name, (1,))
    refused(AWAY, act, night, bo, *more)
    with pytest.raises(NotFound, match="There is no member 99"):
        act(night, 99, *more)
    if name in ("vote", "veto"):
        with pytest.raises(NotFound, match="There is no movie -5"):
            act(night, ana, [-5] if name == "vote" else -5)
    assert store.version() == version
    store.members.remove(bo)
    refused("Bo has left the club", act, night, bo, *more)
    decide(night, 1, predictions([ana]))
    refused(DECIDED, act, night, ana, *more)


def test_ballots_hidden_at_the_decision_come_out_with_the_stars(store, people, night, decide):
    ana, bo, gil = people
    store.nights.vote(night, ana, [2])
    decide(night, 1, predictions(people))
    assert store.nights.ballot_box(night).ballots is None
    for person in people:
        store.nights.rate(night, person, 3)
    assert store.nights.ballot_box(night) == BallotBox((ana,), (bo, gil), {ana: (2,)})


def test_vetoes_by_movie(store, people, night):
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


def test_draw_leaves_vetoed_movies_out(store, people, night):
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


def test_draw_needs_a_candidate(store, people, night, decide):
    store.nights.veto(night, people[0], 3)
    for none in ([], [3]):
        refused("no candidate left", store.nights.draw, night, none)
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.nights.draw(night, [1, -5])
    assert store.nights.get(night).draws == 0
    decide(night, 1, predictions(people))
    refused(DECIDED, store.nights.draw, night, [1])


@pytest.mark.either_database
def test_snapshot_is_read_back_exactly(store, people, decide):
    said = predictions(people).assign(sd=-0.0)  # PostgreSQL keeps no sign of a zero
    said["mean"] = np.linspace(0.5, 5, len(said)) / 3
    night = store.nights.plan(FRIDAY, people)
    decide(night, 2, said.sample(frac=1, random_state=1))
    found = store.nights.predictions()
    wanted = said.assign(night_id=night)[["night_id", *said.columns]]
    pd.testing.assert_frame_equal(found, wanted)
    assert set(map(repr, found["sd"].tolist())) == {"0.0"}


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("have no like", lambda said: said.drop(columns="like")),
        (WHOLE, lambda said: said.iloc[1:]),
        (WHOLE, lambda said: pd.concat([said, predictions([99])])),
        (WHOLE, lambda said: pd.concat([said.iloc[1:], said.iloc[1:2]])),
        ("is no number", lambda said: said.assign(sd=np.nan)),
        (NONE_OF, lambda said: said.iloc[:0]),
        (NONE_OF, lambda said: said[said["movie_id"] > 1]),
    ],
)
def test_decide_refuses_incomplete_predictions(store, people, decide, part, change):
    night = store.nights.plan(FRIDAY, people)
    version = store.version()
    refused(part, decide, night, 1, change(predictions(people)))
    assert store.version() == version
    assert table(store, "predictions") == []
    assert store.nights.get(night).state == "planned"


def test_decide_needs_people_and_a_known_movie(store, people, decide):
    with pytest.raises(NotFound, match="There is no movie -5"):
        decide(store.nights.plan(FRIDAY, people), -5, predictions(people))
    refused("Nobody is there", decide, store.nights.plan(FRIDAY), 1, predictions(people))


@pytest.mark.parametrize("thresholds", [[*range(9), np.nan], range(10, 0, -1)])
def test_decide_refuses_bad_thresholds(store, people, thresholds):
    night, said = store.nights.plan(FRIDAY, people), predictions(people)
    decide = store.nights.decide
    refused("ten numbers", decide, night, 1, said, model="m", by="b", thresholds=thresholds)


def test_decide_refuses_vetoed_movies(store, people, decide):
    night, said = store.nights.plan(FRIDAY, people), predictions(people)
    store.nights.veto(night, people[1], 1)
    refused("Bo has vetoed this movie", decide, night, 1, said)
    decide(night, 2, said)
    assert set(store.nights.predictions()["movie_id"]) == {1, 2, 3}


def test_change_movie_until_somebody_rates(store, people):
    change = store.nights.change_movie
    refused("No movie is decided yet", change, store.nights.plan(FRIDAY, people), 1)
    night = decided(store, people, movie=1)
    rows, version = table(store, "predictions"), store.version()
    assert change(night, 1) == version
    assert change(night, np.int64(777)) == version + 1
    found = store.nights.get(night)
    assert (found.movie, found.decided_movie, found.decided_by) == (777, 1, "the votes")
    with pytest.raises(NotFound, match="There is no movie -5"):
        change(night, -5)
    store.nights.rate(night, people[0], 4)
    refused("has rated this movie already", change, night, 1)
    store.nights.unrate(night, people[0])
    change(night, 1)
    assert store.nights.get(night).movie == 1
    assert table(store, "predictions") == rows


COLUMNS = (
    "(night_id, member_id, movie_id, mean, sd, low, high, like_chance, own_mean, crowd, known)"
)


@pytest.mark.either_database
def test_triggers_keep_snapshots(store, people):
    night, member = decided(store, people), people[0]
    store.nights.rate(night, member, 4)
    store.nights.reveal(night)
    mine = f"member_id = {member} AND movie_id = 1"
    new, again = (
        f"INTO predictions {COLUMNS} VALUES ({night}, {member}, {n}, 1, 1, 1, 1, 1, 1, 1, TRUE)"
        for n in (9, 1)
    )
    on_conflict = "ON CONFLICT (night_id, member_id, movie_id) DO UPDATE SET mean = 1"
    refusals = [
        (f"UPDATE predictions SET mean = mean WHERE {mine}", "prediction cannot be changed"),
        (f"UPDATE predictions SET movie_id = 9 WHERE {mine}", "prediction cannot be changed"),
        ("UPDATE predictions SET known = NOT known", "prediction cannot be changed"),
        (f"INSERT {new}", "can be added to a night that is decided"),
        (f"INSERT {again} {on_conflict}", "can be added to a night that is decided"),
        ("DELETE FROM predictions", "prediction cannot be deleted"),
        (f"DELETE FROM predictions WHERE {mine}", "prediction cannot be deleted"),
        ("UPDATE nights SET night_id = 77", "cannot do that"),  # what belongs to it would lose it
        *(
            (f"UPDATE nights SET {change}", "When, how and with which model")
            for change in (
                "decided_at = NULL",
                "decided_at = decided_at + 1",
                "decided_by = NULL",
                "model = 'another'",
                "model = NULL",
                "club_version = 1",
                "thresholds = NULL",
            )
        ),
    ]
    if store.file:
        refusals.append((f"INSERT OR REPLACE {again}", "can be added to a night that is decided"))
    else:
        refusals += [(f"TRUNCATE {name}", "deleted") for name in ("predictions", "nights CASCADE")]
    everything = table(store, "predictions"), table(store, "nights"), store.version()
    for statement, part in refusals:
        with pytest.raises(StoreUnavailable, match=part) as caught, store.database.write() as write:
            write.connection.exec_driver_sql(statement)
        assert isinstance(caught.value.__cause__, IntegrityError), statement
        assert "\n" not in str(caught.value)
        assert (table(store, "predictions"), table(store, "nights"), store.version()) == everything


def decide_as_expected(store: Store, night: int, movie: int) -> None:
    said = predictions(store.nights.get(night).present).assign(mean=movie)
    store.nights.decide(night, movie, said, model=f"model {movie}", by="votes")


# What people may do to a night, a person, a movie and stars; the first decides a night.
ACTIONS: list[Callable[[Store, int, int, int, float], object]] = [
    lambda s, night, _, movie, __: decide_as_expected(s, night, movie),
    lambda s, night, person, _, stars: s.nights.rate(night, person, stars),
    lambda s, night, person, *_: s.nights.unrate(night, person),
    lambda s, night, *_: s.nights.reveal(night),
    lambda s, night, *_: s.nights.call_off(night),
    lambda s, night, *_: s.nights.call_on(night),
    lambda s, night, _, movie, __: s.nights.change_movie(night, movie),
    lambda s, night, person, *_: s.nights.edit(night, place="Bo's", picker=person),
    lambda s, night, *_: s.nights.edit(night, voting="rank"),
    lambda s, night, *_: s.nights.edit(night, voting="approve"),
    lambda s, night, person, *_: s.nights.attend(night, {person}),
    lambda s, night, person, movie, _: s.nights.vote(night, person, [movie]),
    lambda s, night, person, movie, _: s.nights.veto(night, person, movie),
    lambda s, _, person, movie, stars: s.ratings.rate(person, movie, stars),
    lambda s, _, person, *__: s.members.remove(person),
    lambda s, _, person, *__: s.members.restore(person),
    lambda s, _, person, *__: s.members.promote_guest(person),
    lambda s, _, person, *__: s.members.rename(person, "Zoë"),
    lambda s, *_: s.ratings.undo(),
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.integers(0, 2),
        st.integers(0, 3),
        st.integers(1, 3),
        st.sampled_from([0.5, 3.0, 5.0]),
    ),
    min_size=15,
    max_size=30,
)


def decision(night: Night) -> tuple:
    """What cannot change once it is there."""
    return night.decided_at, night.decided_by, night.decided_movie, night.model


def test_no_action_changes_a_snapshot(store):
    @settings(max_examples=6, deadline=None)
    @given(STEPS)
    def holds(steps: list[tuple]) -> None:
        store.start_own_club("Frozen")
        people = [store.members.add("Ana"), store.members.add("Bo")]
        people += [store.members.add_guest("Gil", [1]), store.members.add("Dee")]
        nights = [decided(store, people[:2])]
        nights += [store.nights.plan(FRIDAY, people), store.nights.plan(FRIDAY, people[:1])]
        frozen = table(store, "predictions")
        decisions = {nights[0]: decision(store.nights.get(nights[0]))}
        for action, night, person, movie, stars in steps:
            with suppress(ClubError):  # what is refused is refused
                action(store, nights[night], people[person], movie, stars)
                if action is ACTIONS[0]:
                    decisions[nights[night]] = decision(store.nights.get(nights[night]))
                    now = table(store, "predictions")
                    assert [row for row in now if row[0] != nights[night]] == frozen
                    frozen = now
        assert table(store, "predictions") == frozen
        for found in store.nights.all():
            assert decision(found) == decisions.get(found.night_id, (None,) * 4)
            stars = store.nights.outcome(found.night_id).stars
            assert (stars is None) == (found.revealed_at is None)
        assert {found.night_id for found in store.nights.all()} >= decisions.keys()
        ratings = store.ratings.current(include_left=True, include_guests=True)
        keys = zip(ratings["member_id"], ratings["movie_id"], strict=True)
        assert replayed(store) == dict(zip(keys, ratings["rating"], strict=True))

    holds()
