"""Whatever people do in whatever order: history and ratings agree, and undo restores."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

PEOPLE, MOVIES = st.integers(0, 1), st.integers(1, 3)
STARS = st.one_of(st.none(), st.sampled_from([0.5, 3.0, 5.0]))
CHANGES = st.lists(st.tuples(PEOPLE, MOVIES, STARS), max_size=3)
STEPS = st.lists(st.one_of(CHANGES, st.just("undo")), max_size=12)


def now_true(store) -> dict:
    rows = store.ratings.current().itertuples()
    return {(row.member_id, row.movie_id): (row.rating, row.timestamp) for row in rows}


def changed(state: dict, changes: list, at: int) -> dict:
    after = dict(state)
    for member_id, movie_id, stars in {change[:2]: change for change in changes}.values():
        key = (member_id, movie_id)
        if stars is None:
            after.pop(key, None)
        elif stars != state.get(key, (None,))[0]:
            after[key] = (stars, at)
    return after


def replayed(store) -> dict:
    history = store.ratings.history().iloc[::-1]
    state: dict = {}
    for event in history.itertuples():
        key = (event.member_id, event.movie_id)
        before = state.pop(key, None)
        assert (None if event.before != event.before else event.before) == before
        if event.after == event.after:
            state[key] = event.after
    return state


def test_ratings_are_a_replay_of_the_history_and_undo_restores(store, clock):
    clock.now = 1000

    @settings(max_examples=30 if store.file else 8, deadline=None)
    @given(steps=STEPS)
    def holds(steps: list) -> None:
        store.start_own_club("Replay")
        people = [store.members.add("Ana"), store.members.add("Bo")]
        state: dict = {}
        undo_stack: list[dict] = []
        version = store.version()
        for step in steps:
            clock.now += 1
            if step == "undo":
                assert (store.ratings.undo() is None) == (not undo_stack)
                after = undo_stack.pop() if undo_stack else state
            else:
                changes = [(people[person], movie, stars) for person, movie, stars in step]
                after = changed(state, changes, clock.now)
                assert store.ratings.rate_many(changes) == version + (after != state)
                undo_stack += [state] if after != state else []
            version += after != state
            state = after
            assert now_true(store) == state
            assert store.version() == version
        assert replayed(store) == {key: stars for key, (stars, _) in state.items()}

    holds()
