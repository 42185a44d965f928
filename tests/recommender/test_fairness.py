"""Who was let down counts more, whoever comes and goes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recommender import DataError, Reactions
from recommender.fairness import debts, let_down, satisfactions
from recommender.group import rank

COLUMNS = ["night_id", "on", "member_id", "got", "best"]
ANA, BRUNO, CLEO, DEV = 1, 2, 3, 4
FIRST = date(2024, 1, 5)


def evenings(*rows: tuple[int, int, float, float]) -> pd.DataFrame:
    """Night n is n weeks after the first."""
    dated = [(night, FIRST + timedelta(weeks=night), *row) for night, *row in rows]
    return pd.DataFrame(dated, columns=COLUMNS)


# Ana and Bruno, then Bruno and Cleo: satisfactions 0.8 and 1, then 0.5 and 1.
CHANGING = evenings((1, ANA, 4.0, 5.0), (1, BRUNO, 5.0, 5.0), (2, BRUNO, 2.0, 4.0), (2, CLEO, 4, 4))


def test_satisfaction_is_a_share_of_the_best() -> None:
    frame = satisfactions(CHANGING.sample(frac=1, random_state=0))
    assert frame.set_index(["night_id", "member_id"])["satisfaction"].to_dict() == {
        (1, ANA): 0.8,
        (1, BRUNO): 1.0,
        (2, BRUNO): 0.5,
        (2, CLEO): 1.0,
    }
    behind = frame.set_index(["night_id", "member_id"])["behind"]
    assert behind.to_dict() == pytest.approx(
        {(1, ANA): 0.2, (1, BRUNO): 0, (2, BRUNO): 0.5, (2, CLEO): 0}
    )
    assert frame["night_id"].is_monotonic_increasing


def test_better_than_the_best_is_just_satisfied() -> None:
    frame = satisfactions(evenings((1, ANA, 5.0, 4.0), (1, BRUNO, 3.0, 4.0)))
    assert frame["satisfaction"].tolist() == [1.0, 0.75]
    assert frame["behind"].tolist() == [0.0, 0.25]


def test_debts_are_those_worked_out_by_hand() -> None:
    # Ana: satO 0.8, behind 0.2 on her only night. Bruno: satO 0.75, behind 0.5 on his last.
    # Cleo has had her best. Dev was never there and is owed the mean of the others.
    owed = debts(CHANGING, [DEV, ANA, BRUNO, CLEO])
    assert list(owed) == [DEV, ANA, BRUNO, CLEO]
    assert owed == pytest.approx({DEV: 0.575 / 3, ANA: 0.2, BRUNO: 0.375, CLEO: 0.0})
    assert debts(CHANGING, [BRUNO, ANA], b=0.0) == pytest.approx({BRUNO: 0.25, ANA: 0.2})
    assert debts(CHANGING, [BRUNO, ANA], b=1.0) == pytest.approx({BRUNO: 0.5, ANA: 0.2})


def test_a_newcomer_is_owed_the_mean_of_those_here_only() -> None:
    assert debts(CHANGING, [ANA, DEV]) == pytest.approx({ANA: 0.2, DEV: 0.2})


def test_a_newcomer_does_not_move_the_choice_between_the_others() -> None:
    club = Reactions((ANA, BRUNO), (10, 20), np.array([[5.0, 3.0], [3.0, 4.0]]), np.ones((2, 2)))
    ranked = rank(club, "fairness", debt=debts(CHANGING, [ANA, BRUNO]))
    # Ana counts 0.2 and Bruno 0.375 of 0.575.
    assert ranked["score"].tolist() == pytest.approx([2.125 / 0.575, 2.1 / 0.575], abs=1e-8)
    assert ranked["movie_id"].tolist() == [10, 20]


def test_without_an_earlier_night_nobody_is_owed_anything() -> None:
    none = pd.DataFrame(columns=COLUMNS)
    assert debts(none, [ANA, BRUNO]) == {ANA: 0.0, BRUNO: 0.0}
    assert debts(CHANGING, [DEV]) == {DEV: 0.0}
    assert debts(CHANGING, []) == {}
    assert satisfactions(none).empty


def test_of_two_nights_on_one_day_the_later_number_is_the_last() -> None:
    matinee = evenings((2, ANA, 5, 5), (2, BRUNO, 2, 5), (1, ANA, 1, 5), (1, BRUNO, 5, 5))
    assert debts(matinee.assign(on=FIRST), [BRUNO], b=1.0) == pytest.approx({BRUNO: 0.6})


def test_who_was_let_down_comes_first() -> None:
    frame = let_down(CHANGING, [ANA, BRUNO, CLEO, DEV])
    assert frame["member_id"].tolist() == [BRUNO, ANA, DEV, CLEO]
    assert frame["nights"].tolist() == [2, 1, 0, 1]
    assert frame["satisfaction"].tolist() == pytest.approx([0.75, 0.8, np.nan, 1.0], nan_ok=True)
    total = 0.575 + 0.575 / 3
    assert frame["share"].tolist() == pytest.approx(
        [0.375 / total, 0.2 / total, 0.575 / 3 / total, 0]
    )


def test_all_count_the_same_while_nobody_was_let_down() -> None:
    frame = let_down(evenings((1, ANA, 5, 5), (1, BRUNO, 4, 4)), [BRUNO, ANA])
    assert frame["member_id"].tolist() == [BRUNO, ANA]
    assert frame["share"].tolist() == [0.5, 0.5]
    nobody = let_down(CHANGING, [])
    assert list(nobody) == list(frame)
    assert nobody.empty


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (CHANGING.drop(columns="best"), "no column 'best'"),
        (CHANGING.assign(best=0.0), "both above 0"),
        (CHANGING.assign(got=np.nan), "both above 0"),
        (CHANGING.assign(night_id=1), "twice at the same night"),
    ],
)
def test_a_frame_that_cannot_be_used_says_why(frame: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        debts(frame, [ANA])


def test_the_balance_lies_between_0_and_1() -> None:
    with pytest.raises(DataError, match="goes from 0 to 1, not 2"):
        debts(CHANGING, [ANA], b=2)


attended = st.lists(
    st.tuples(st.integers(1, 6), st.integers(1, 5), st.floats(0.5, 5), st.floats(0.5, 5)),
    unique_by=lambda row: row[:2],
    max_size=20,
)


@settings(max_examples=15, deadline=None)
@given(attended, st.permutations(range(1, 6)), st.floats(0, 1))
def test_debts_are_shares_and_know_no_order(
    rows: list[tuple[int, int, float, float]], people: list[int], b: float
) -> None:
    frame = evenings(*rows)
    owed = debts(frame, people, b)
    assert all(0 <= debt <= 1 for debt in owed.values())
    shuffled = frame.sample(frac=1, random_state=0)
    assert debts(shuffled, sorted(people), b) == pytest.approx(owed)
    table = let_down(frame, people, b)
    assert table["share"].sum() == pytest.approx(1)
    assert table["share"].is_monotonic_decreasing


def watch(stars: np.ndarray, owed: dict[int, float]) -> int:
    """Return the column that fairness chooses; the rows of `stars` are those of whom `owed` is."""
    club = Reactions(tuple(owed), tuple(range(stars.shape[1])), stars, np.ones_like(stars))
    return int(rank(club, "fairness", debt=owed)["movie_id"].iloc[0])


def evening(night: int, stars: np.ndarray, people: list[int], chosen: int) -> pd.DataFrame:
    bests = zip(people, stars[:, chosen], stars.max(axis=1), strict=True)
    return evenings(*((night, who, got, best) for who, got, best in bests))


@settings(max_examples=6, deadline=None)
@given(st.integers(2, 6), st.sampled_from([0.2, 0.5, 0.8]), st.integers(0, 2**32 - 1))
def test_night_by_night_the_choice_is_grouprecs(members: int, b: float, seed: int) -> None:
    sequential = pytest.importorskip("grouprec.aggregators.sequential")
    rng = np.random.default_rng(seed)
    people = list(range(1, members + 1))
    theirs = sequential.SIAAAggregator(b=b)
    past = pd.DataFrame(columns=COLUMNS)
    for night in range(1, 13):
        owed = debts(past, people, b)
        # When all have always had their best, its weights are 0; see below.
        assume(night == 1 or any(owed.values()))
        stars = rng.uniform(0.5, 5, (members, 9))
        chosen = watch(stars, owed)
        assert chosen == theirs.aggregate(stars, 1)[0]
        tonight = evening(night, stars, people, chosen)
        past = pd.concat([past, tonight]) if len(past) else tonight


def test_where_all_had_their_best_grouprec_takes_the_first_column() -> None:
    sequential = pytest.importorskip("grouprec.aggregators.sequential")
    everyone_likes_1 = np.array([[1.0, 5.0], [2.0, 4.0]])
    theirs = sequential.SIAAAggregator()
    assert theirs.aggregate(everyone_likes_1, 1).tolist() == [1]
    assert theirs.aggregate(everyone_likes_1, 1).tolist() == [0]
    past = evening(1, everyone_likes_1, [ANA, BRUNO], 1)
    assert watch(everyone_likes_1, debts(past, [ANA, BRUNO])) == 1


def test_grouprec_breaks_when_somebody_stays_at_home() -> None:
    sequential = pytest.importorskip("grouprec.aggregators.sequential")
    theirs = sequential.SIAAAggregator()
    three = np.array([[5.0, 1.0], [4.0, 2.0], [2.0, 4.0]])
    assert theirs.aggregate(three, 1).tolist() == [0]
    with pytest.raises(ValueError, match="mismatch"):
        theirs.aggregate(three[1:], 1)
    # Bruno had his best and is owed nothing; Cleo got 2 of 4 and decides alone.
    past = evening(1, three, [ANA, BRUNO, CLEO], 0)
    owed = debts(past, [BRUNO, CLEO])
    assert owed == {BRUNO: 0.0, CLEO: 0.5}
    assert watch(three[1:], owed) == 1


def test_grouprec_takes_one_person_for_another_when_others_come() -> None:
    sequential = pytest.importorskip("grouprec.aggregators.sequential")
    theirs = sequential.SIAAAggregator()
    first = np.array([[5.0, 1.0], [2.0, 4.0]])  # Ana gets her best, Bruno half of his
    assert theirs.aggregate(first, 1).tolist() == [0]
    past = evening(1, first, [ANA, BRUNO], 0)
    # Bruno comes again, Cleo for the first time: he is owed 0.5, and so is she, as the mean. Theirs
    # takes Bruno for Ana, who is owed nothing, and Cleo for Bruno, and lets Cleo decide alone.
    second = np.array([[5.0, 1.0], [2.0, 4.0]])
    assert theirs.aggregate(second, 1).tolist() == [1]
    owed = debts(past, [BRUNO, CLEO])
    assert owed == {BRUNO: 0.5, CLEO: 0.5}
    assert watch(second, owed) == 0
