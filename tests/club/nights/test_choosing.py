"""How a movie is chosen; and that a prediction snapshot never changes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import numpy as np
import pandas as pd
import pytest
from a_night import FRIDAY, decided, predictions, table
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from club.errors import ClubError, InvalidInput, NotFound, StoreUnavailable
from club.nights import BallotBox, Night, Reason, filter_candidates
from club.store import Store

SHORTLIST = (5, 3, -1, 9)


NOTHING: dict[str, Any] = {
    "vetoes": {},
    "seen": {},
    "runtimes": {},
    "rewatch": False,
    "longest": None,
}


def test_filter_candidates_says_why_movies_are_out() -> None:
    found = filter_candidates(
        SHORTLIST,
        vetoes={3: (1, 2)},
        seen={5: (2,), 3: (1,)},
        runtimes={-1: 121, 9: 120},
        rewatch=False,
        longest=120,
    )
    assert found.movies == (9,)
    assert found.out == {
        5: Reason("seen", (2,)),
        3: Reason("vetoed", (1, 2)),
        -1: Reason("long", minutes=121),
    }


def test_filter_candidates_lets_seen_movies_be_watched_again() -> None:
    found = filter_candidates(SHORTLIST, **NOTHING | {"seen": {5: (2,), 3: (1,)}, "rewatch": True})
    assert found.movies == SHORTLIST
    found = filter_candidates(
        SHORTLIST, **NOTHING | {"vetoes": {5: (2,)}, "seen": {5: (2,)}, "rewatch": True}
    )
    assert found.out == {5: Reason("vetoed", (2,))}


def test_filter_candidates_names_movies_of_unknown_length() -> None:
    found = filter_candidates(SHORTLIST, **NOTHING | {"runtimes": {5: 90, 3: None}, "longest": 100})
    assert found.movies == SHORTLIST
    assert found.unknown_length == (3, -1, 9)


SOME_MEMBERS = st.lists(st.integers(1, 3), max_size=2).map(tuple)


@given(
    shortlist=st.lists(st.integers(-5, 5), unique=True),
    vetoes=st.dictionaries(st.integers(-5, 5), SOME_MEMBERS),
    seen=st.dictionaries(st.integers(-5, 5), SOME_MEMBERS),
    runtimes=st.dictionaries(st.integers(-5, 5), st.one_of(st.none(), st.integers(1, 300))),
    rewatch=st.booleans(),
    longest=st.one_of(st.none(), st.integers(60, 240)),
)
def test_filter_candidates_keeps_or_explains_every_movie(
    shortlist: list[int],
    vetoes: dict[int, tuple[int, ...]],
    seen: dict[int, tuple[int, ...]],
    runtimes: dict[int, int | None],
    *,
    rewatch: bool,
    longest: int | None,
) -> None:
    found = filter_candidates(
        shortlist, vetoes=vetoes, seen=seen, runtimes=runtimes, rewatch=rewatch, longest=longest
    )
    assert sorted([*found.movies, *found.out]) == sorted(shortlist)
    assert set(found.unknown_length) <= set(found.movies)
    assert not any(vetoes.get(movie) for movie in found.movies)


PLANNED_ONLY = "The movie of this night is decided; that cannot change any more."


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
    out = "All have voted; the result is out."
    assert refusal(store.nights.vote, night, ana, [1]) == out
    assert refusal(store.nights.vote, night, ana, [ana]) == out
    assert refusal(store.nights.unvote, night, ana) == out
    assert store.nights.ballot_box(night).ballots == {person: (person,) for person in people}
    assert store.version() == version


def test_attendance_hides_or_reveals_ballots(store, people, night):
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


def test_another_voting_drops_the_ballots(store, people, night):
    store.nights.vote(night, people[0], [1])
    store.nights.edit(night, voting="approve", place="Bo's")
    assert store.nights.ballot_box(night).voted == (people[0],)
    store.nights.edit(night, voting="rank")
    assert store.nights.ballot_box(night) == BallotBox((), tuple(people), None)
    store.nights.vote(night, people[0], [1])
    store.nights.edit(night, voting=None)
    assert table(store, "ballots") == []


def test_vote_refuses_what_cannot_count(store, people, night):
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


def test_decision_ends_the_voting(store, people):
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


def test_ballots_hidden_at_the_decision_stay_so(store, people, night):
    ana, bo, gil = people
    store.nights.vote(night, ana, [2])
    store.nights.decide(night, 1, predictions(people), model="m", by="Ana")
    for person in people:
        store.nights.rate(night, person, 3)
    assert store.nights.ballot_box(night) == BallotBox((ana,), (bo, gil), None)


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


def test_veto_needs_attendance(store, people, night):
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


def test_draw_needs_a_candidate(store, people, night):
    none = "There is no candidate left that nobody vetoed."
    assert refusal(store.nights.draw, night, []) == none
    store.nights.veto(night, people[0], 3)
    assert refusal(store.nights.draw, night, [3]) == none
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.nights.draw(night, [1, -5])
    assert store.nights.get(night).draws == 0
    store.nights.decide(night, 1, predictions(people), model="m", by="Ana")
    assert refusal(store.nights.draw, night, [1]) == PLANNED_ONLY


def test_twenty_votes_at_once_lose_none(location):
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


def test_no_method_tells_a_hidden_ballot(store, people, night):
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


def test_snapshot_is_read_back_exactly(store, people):
    said = predictions(people)
    said["mean"] = np.linspace(0.5, 5, len(said)) / 3
    night = store.nights.plan(FRIDAY, people)
    store.nights.decide(night, 2, said.sample(frac=1, random_state=1), model="m", by="b")
    found = store.nights.predictions(night)
    wanted = said.assign(night_id=night)[["night_id", *said.columns]]
    pd.testing.assert_frame_equal(found, wanted)
    pd.testing.assert_frame_equal(store.nights.predictions(), found)


def test_snapshot_zero_has_no_sign(store, people):
    night = store.nights.plan(FRIDAY, people)
    figures = predictions(people).assign(sd=-0.0)
    store.nights.decide(night, 1, figures, model="model 1", by="the votes")
    assert set(map(repr, store.nights.predictions(night)["sd"].tolist())) == {"0.0"}


def test_predictions_of_all_nights_or_of_one(store, people):
    first, second = decided(store, people), decided(store, people[:1])
    planned = store.nights.plan(FRIDAY, people)
    both = store.nights.predictions()
    assert both["night_id"].tolist() == [first] * 9 + [second] * 3
    assert store.nights.predictions(second)["movie_id"].tolist() == [1, 2, 3]
    empty = store.nights.predictions(planned)
    assert empty.empty
    pd.testing.assert_series_equal(empty.dtypes, both.dtypes)


def test_decide_once(store, people):
    night = decided(store, people)
    before, rows = store.nights.get(night), table(store, "predictions")
    sentence = "The movie of this night is decided; that cannot change any more."
    again = predictions(people).assign(mean=1.0)
    assert refusal(store.nights.decide, night, 2, again, model="other", by="x") == sentence
    assert (store.nights.get(night), table(store, "predictions")) == (before, rows)


def test_decide_refuses_incomplete_predictions(store, people):
    night = store.nights.plan(FRIDAY, people)
    full, version = predictions(people), store.version()
    whole = "The predictions must be of everybody who is there and of every candidate, each once."
    no_number = "A prediction that is no number cannot be kept."
    none_of = "The movie is none of the candidates that were predicted."
    for said, movie, sentence in [
        (full.drop(columns="like"), 1, "The predictions have no like."),
        (full.iloc[1:], 1, whole),
        (predictions(people[:2]), 1, whole),
        (predictions([*people, 99]), 1, whole),
        (pd.concat([full, full.iloc[:1]]), 1, whole),
        (pd.concat([full.iloc[1:], full.iloc[1:2]]), 1, whole),
        (full.assign(sd=np.nan), 1, no_number),
        (full.assign(crowd=np.inf), 1, no_number),
        (full, 4, none_of),
        (full.iloc[:0], 1, none_of),
    ]:
        assert refusal(store.nights.decide, night, movie, said, model="m", by="b") == sentence
    for labels, sentence in [
        ({"model": "", "by": "b"}, "A model's name must not be empty."),
        (
            {"model": "m" * 121, "by": "b"},
            "A model's name can have 120 characters at most, not 121.",
        ),
        (
            {"model": "m", "by": "b" * 31},
            "How it was decided can have 30 characters at most, not 31.",
        ),
    ]:
        assert refusal(store.nights.decide, night, 1, full, **labels) == sentence
    with pytest.raises(NotFound, match="There is no movie -5"):
        store.nights.decide(night, -5, full, model="m", by="b")
    empty = store.nights.plan(FRIDAY)
    nobody = "Nobody is there that night; say who comes first."
    assert refusal(store.nights.decide, empty, 1, full, model="m", by="b") == nobody
    assert store.version() == version + 1
    assert table(store, "predictions") == []
    assert store.nights.get(night).state == "planned"


def test_decide_refuses_vetoed_movies(store, people):
    night = store.nights.plan(FRIDAY, people)
    store.nights.veto(night, people[1], 1)
    sentence = "Bo has vetoed this movie."
    full = predictions(people)
    assert refusal(store.nights.decide, night, 1, full, model="m", by="b") == sentence
    store.nights.decide(night, 2, full, model="m", by="b")
    assert refusal(store.nights.change_movie, night, 1) == sentence
    assert set(store.nights.predictions(night)["movie_id"]) == {1, 2, 3}


def test_change_movie_until_somebody_rates(store, people):
    night = decided(store, people, movie=1)
    rows, version = table(store, "predictions"), store.version()
    assert store.nights.change_movie(night, 1) == version
    assert store.nights.change_movie(night, np.int64(3)) == version + 1
    found = store.nights.get(night)
    assert (found.movie, found.decided_by, found.club_version) == (3, "the votes", version)
    none_of = "The movie is none of the candidates that were predicted."
    assert refusal(store.nights.change_movie, night, 4) == none_of
    rated = "The movie was rated that night; it cannot be another one any more."
    store.nights.rate(night, people[0], 4)
    assert refusal(store.nights.change_movie, night, 1) == rated
    store.nights.unrate(night, people[0])
    store.nights.change_movie(night, 1)
    store.nights.rate(night, people[0], 4)
    store.nights.reveal(night)
    assert refusal(store.nights.change_movie, night, 2) == rated
    assert store.nights.get(night).movie == 1
    assert table(store, "predictions") == rows


def test_change_movie_needs_a_decision(store, people):
    night = store.nights.plan(FRIDAY, people)
    sentence = "No movie is decided yet; decide on one first."
    assert refusal(store.nights.change_movie, night, 1) == sentence


COLUMNS = (
    "(night_id, member_id, movie_id, mean, sd, low, high, like_chance, own_mean, crowd, known)"
)


CHANGED = "A frozen prediction cannot be changed."


ADDED = "No prediction can be added to a night that is decided."


DELETED = "A frozen prediction cannot be deleted."


DECIDED = "When, how and with which model a night was decided cannot be changed."


@pytest.mark.parametrize("opened", [False, True], ids=["sealed", "opened"])
def test_triggers_keep_snapshots(store, people, opened):
    night, member = decided(store, people), people[0]
    if opened:
        store.nights.rate(night, member, 4)
        store.nights.reveal(night)
    values = f"({night}, {member}, 9, 1, 1, 1, 1, 1, 1, 1, TRUE)"
    refused = [
        ("UPDATE predictions SET mean = 5", CHANGED),
        ("UPDATE predictions SET mean = mean", CHANGED),
        (
            f"UPDATE predictions SET movie_id = 9 WHERE movie_id = 1 AND member_id = {member}",
            CHANGED,
        ),
        ("UPDATE predictions SET known = NOT known WHERE movie_id = 2", CHANGED),
        (f"INSERT INTO predictions {COLUMNS} VALUES {values}", ADDED),
        (
            f"INSERT INTO predictions {COLUMNS} VALUES {values.replace(' 9,', ' 1,')} "
            "ON CONFLICT (night_id, member_id, movie_id) DO UPDATE SET mean = 1",
            ADDED,
        ),
        ("DELETE FROM predictions", DELETED),
        (f"DELETE FROM predictions WHERE member_id = {member} AND movie_id = 1", DELETED),
        ("UPDATE nights SET decided_at = NULL", DECIDED),
        ("UPDATE nights SET decided_at = decided_at + 1", DECIDED),
        ("UPDATE nights SET decided_by = NULL", DECIDED),
        ("UPDATE nights SET model = 'another'", DECIDED),
        ("UPDATE nights SET model = NULL", DECIDED),
        ("UPDATE nights SET club_version = 1", DECIDED),
        ("UPDATE nights SET night_id = 77", ""),  # what belongs to it would lose it
    ]
    if store.file:
        replaced = values.replace(" 9,", " 1,")
        refused.append((f"INSERT OR REPLACE INTO predictions {COLUMNS} VALUES {replaced}", ADDED))
    else:
        refused += [("TRUNCATE predictions", DELETED), ("TRUNCATE nights CASCADE", DELETED)]
    everything = table(store, "predictions"), table(store, "nights"), store.version()
    for statement, sentence in refused:
        with pytest.raises(StoreUnavailable) as caught, store.database.write() as write:
            write.connection.exec_driver_sql(statement)
        assert isinstance(caught.value.__cause__, IntegrityError), statement
        assert sentence in str(caught.value)
        assert "\n" not in str(caught.value)
        assert (table(store, "predictions"), table(store, "nights"), store.version()) == everything


def test_snapshot_goes_with_its_night_only(store, people):
    gone, kept = decided(store, people), decided(store, people[:1])
    with store.database.write() as write:
        write.connection.exec_driver_sql(f"DELETE FROM nights WHERE night_id = {gone}")
    assert set(store.nights.predictions()["night_id"]) == {kept}
    assert [row[0] for row in table(store, "attendance")] == [kept]


NAMES = st.sampled_from(["Ana", "Bo", "Gil", "Zoë"])


PERSON, NIGHT, MOVIE = st.integers(0, 3), st.integers(0, 2), st.integers(1, 3)


STARS = st.sampled_from([0.5, 3.0, 5.0])


ACTIONS = st.one_of(
    st.tuples(st.just("decide"), NIGHT, MOVIE),
    st.tuples(st.just("rate a night"), NIGHT, PERSON, STARS),
    st.tuples(st.just("unrate a night"), NIGHT, PERSON),
    st.tuples(st.sampled_from(["open", "call off", "call on", "delete"]), NIGHT),
    st.tuples(st.just("another movie"), NIGHT, MOVIE),
    st.tuples(st.just("edit"), NIGHT, PERSON, NAMES),
    st.tuples(st.just("vote by"), NIGHT, st.sampled_from([None, "rank", "approve"])),
    st.tuples(st.just("attend"), NIGHT, st.sets(PERSON)),
    st.tuples(st.just("vote"), NIGHT, PERSON, MOVIE),
    st.tuples(st.just("veto"), NIGHT, PERSON, MOVIE),
    st.tuples(st.just("rate"), PERSON, MOVIE, STARS),
    st.tuples(st.sampled_from(["leave", "come back", "join"]), PERSON),
    st.tuples(st.just("rename"), PERSON, NAMES),
    st.tuples(st.sampled_from(["undo", "touch"])),
)


def doings(store, people: list[int], planned: list[int]) -> dict[str, Callable]:
    """How each of ACTIONS is done; nights and people by their place in these lists."""
    nights = store.nights

    def decide(night: int, movie: int) -> None:
        guess = predictions(nights.get(planned[night]).present).assign(mean=movie)
        nights.decide(planned[night], movie, guess, model=f"model {movie}", by="votes")

    return {
        "decide": decide,
        "rate a night": lambda n, who, stars: nights.rate(planned[n], people[who], stars),
        "unrate a night": lambda n, who: nights.unrate(planned[n], people[who]),
        "open": lambda n: nights.reveal(planned[n]),
        "call off": lambda n: nights.call_off(planned[n]),
        "call on": lambda n: nights.call_on(planned[n]),
        "delete": lambda n: nights.delete(planned[n]),
        "another movie": lambda n, movie: nights.change_movie(planned[n], movie),
        "edit": lambda n, who, place: nights.edit(planned[n], place=place, picker=people[who]),
        "vote by": lambda n, way: nights.edit(planned[n], voting=way),
        "attend": lambda n, group: nights.attend(planned[n], [people[who] for who in group]),
        "vote": lambda n, who, movie: nights.vote(planned[n], people[who], [movie]),
        "veto": lambda n, who, movie: nights.veto(planned[n], people[who], movie),
        "rate": lambda who, movie, stars: store.ratings.rate(people[who], movie, stars),
        "leave": lambda who: store.members.remove(people[who]),
        "come back": lambda who: store.members.restore(people[who]),
        "join": lambda who: store.members.promote_guest(people[who]),
        "rename": lambda who, name: store.members.rename(people[who], name),
        "undo": store.ratings.undo,
        "touch": store.touch,
    }


def decision(night: Night) -> tuple:
    """What cannot change once it is there."""
    return night.decided_at, night.decided_by, night.model, night.club_version


def replayed(store) -> dict[tuple[int, int], float]:
    """The ratings that the history leads to; each event begins where the one before it ended."""
    state: dict[tuple[int, int], float] = {}
    for event in store.ratings.history(include_guests=True).iloc[::-1].itertuples():
        key = (event.member_id, event.movie_id)
        before = state.pop(key, None)
        assert (None if np.isnan(event.before) else event.before) == before
        if not np.isnan(event.after):
            state[key] = event.after
    return state


def test_no_action_changes_a_snapshot(store):
    @settings(max_examples=25 if store.file else 4, deadline=None)
    @given(actions=st.lists(ACTIONS, min_size=15, max_size=30))
    def holds(actions: list[tuple]) -> None:
        store.start_own_club("Frozen")
        people = [store.members.add("Ana"), store.members.add("Bo")]
        people += [store.members.add_guest("Gil", [1]), store.members.add("Dee")]
        planned = [decided(store, people[:2])]
        planned += [store.nights.plan(FRIDAY, people), store.nights.plan(FRIDAY, people[:1])]
        do = doings(store, people, planned)
        frozen = table(store, "predictions")
        decisions = {planned[0]: decision(store.nights.get(planned[0]))}
        for name, *rest in actions:
            with suppress(ClubError):  # what is refused is refused
                do[name](*rest)
                if name == "decide":
                    night = store.nights.get(planned[rest[0]])
                    decisions[night.night_id] = decision(night)
                    now = table(store, "predictions")
                    assert [row for row in now if row[0] != night.night_id] == frozen
                    frozen = now
        assert table(store, "predictions") == frozen
        for night in store.nights.all():
            assert decision(night) == decisions.get(night.night_id, (None,) * 4)
            stars = store.nights.outcome(night.night_id).stars
            assert (stars is None) == (night.revealed_at is None)
        assert {night.night_id for night in store.nights.all()} >= decisions.keys()
        ratings = store.ratings.current(include_left=True, include_guests=True)
        keys = zip(ratings["member_id"], ratings["movie_id"], strict=True)
        assert replayed(store) == dict(zip(keys, ratings["rating"], strict=True))

    holds()
