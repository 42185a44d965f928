"""The nights replayed: each strategy's choices by hand, real stars where there are any."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from recommender.errors import DataError
from recommender.evaluation.replay import AS_IT_WAS, replay, served_best
from recommender.group import STRATEGIES

Cells = dict[tuple[int, int], float]  # (member_id, movie_id) -> stars


def frozen(night: int, cells: Cells, sd: float = 1.0) -> pd.DataFrame:
    rows = [(night, member, movie, mean, sd) for (member, movie), mean in cells.items()]
    return pd.DataFrame(rows, columns=["night_id", "member_id", "movie_id", "mean", "sd"])


def nights_of(*watched: int) -> pd.DataFrame:
    """Nights 1, 2, ... a week apart, with the movie that was watched."""
    first = date(2026, 1, 2)
    rows = [(n, first + timedelta(weeks=n), movie) for n, movie in enumerate(watched, start=1)]
    return pd.DataFrame(rows, columns=["night_id", "on", "movie_id"])


def given_of(*rows: tuple[int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["night_id", "member_id", "rating"])


def ratings_of(cells: Cells) -> pd.DataFrame:
    rows = [(member, movie, stars) for (member, movie), stars in cells.items()]
    return pd.DataFrame(rows, columns=["member_id", "movie_id", "rating"])


# Movie 10 divides and has the higher mean; 20 pleases both a little.
DIVIDED = {(1, 10): 5.0, (2, 10): 2.0, (1, 20): 3.0, (2, 20): 3.0}
BOTH = ["average", "least_misery"]


def test_each_strategy_is_judged_by_what_people_gave_its_choice() -> None:
    found = replay(
        nights_of(20),
        frozen(1, DIVIDED),
        given_of((1, 1, 3.0), (1, 2, 4.0)),
        ratings_of({(1, 10): 4.5, (2, 10): 1.5, (1, 20): 3.0, (2, 20): 4.0}),
        strategies=BOTH,
        draws=10,
    )
    # Least misery takes 20, as the club did: 3 and 4 stars. The average takes 10: 4.5 and 1.5.
    assert found["strategy"].tolist() == ["least_misery", AS_IT_WAS, "average"]
    assert found["name"].tolist() == ["Least misery", "What was watched", "Average"]
    assert found["mean"].tolist() == [3.5, 3.5, 3.0]
    assert found["low"].tolist() == found["high"].tolist() == [3.5, 3.5, 3.0]
    assert found["worst"].tolist() == [3.0, 3.0, 1.5]
    assert found["best_chance"].tolist() == [0.5, 0.5, 0.0]
    assert found["known_share"].tolist() == [1.0, 1.0, 1.0]
    assert set(found["nights"]) == {1}


def test_stars_of_the_night_come_before_later_ones() -> None:
    # Member 1 changed the 3 of that night to a 5 afterwards.
    later = ratings_of({(1, 20): 5.0, (2, 20): 4.0})
    found = replay(
        nights_of(20), frozen(1, DIVIDED), given_of((1, 1, 3.0)), later, strategies=["least_misery"]
    )
    assert found["mean"].tolist() == [3.5, 3.5]


def test_what_nobody_rated_is_drawn_from_what_was_predicted() -> None:
    cells = {(1, -3): 3.0, (2, -3): 2.5, (1, 20): 1.0, (2, 20): 1.0}
    found = replay(
        nights_of(20), frozen(1, cells, sd=0.5), given_of(), ratings_of({}),
        strategies=["average"], draws=20_000,
    ).iloc[0]  # fmt: skip
    # The mean of two has a standard deviation of 0.5 / sqrt(2) = 0.3536; 80% lie within 1.2816 of
    # these: 0.4531. The lesser of two normals: their gap has sd 0.7071 and mean 0.5, so the mean
    # of the lesser is 2.75 - E|gap| / 2, E|gap| = 0.7071 * 0.7979 * exp(-0.25) + 0.5 * 0.5205.
    assert found["mean"] == pytest.approx(2.75, abs=0.02)
    assert found["low"] == pytest.approx(2.75 - 0.4531, abs=0.02)
    assert found["high"] == pytest.approx(2.75 + 0.4531, abs=0.02)
    assert found["worst"] == pytest.approx(2.75 - 0.3498, abs=0.02)
    assert found["known_share"] == 0


def test_nobody_gives_more_than_five_or_less_than_half_a_star() -> None:
    cells = {(1, 10): 5.0, (1, 20): 0.5}
    found = replay(
        nights_of(20), frozen(1, cells, sd=100.0), given_of(), ratings_of({}),
        strategies=["average"], draws=1000,
    )  # fmt: skip
    assert found["low"].tolist() == [0.5, 0.5]
    assert found["high"].tolist() == [5.0, 5.0]


def test_who_has_seen_a_strategys_movie_is_not_shown_it_again() -> None:
    known = ratings_of({(1, 10): 5.0, (2, 10): 5.0, (3, 10): 2.0, (1, 20): 1.0, (2, 20): 1.0})
    again = pd.concat([frozen(1, DIVIDED), frozen(2, DIVIDED)])
    found = replay(nights_of(10, 10), again, given_of(), known, strategies=["average"])
    # 10, and for the same people 20: 5 and 1 star.
    assert found.set_index("strategy").at["average", "mean"] == 3.0
    stranger = pd.concat([frozen(1, DIVIDED), frozen(2, {(3, 10): 5.0, (3, 20): 3.0})])
    found = replay(nights_of(10, 10), stranger, given_of(), known, strategies=["average"])
    assert found.set_index("strategy").at["average", "mean"] == 3.5  # 5, and 2 for the third
    alone = pd.concat([frozen(1, DIVIDED), frozen(2, {(1, 10): 5.0, (2, 10): 2.0})])
    found = replay(nights_of(10, 10), alone, given_of(), known, strategies=["average"])
    assert found.set_index("strategy").at["average", "mean"] == 5.0  # there was nothing else


@pytest.mark.parametrize(
    ("given", "mean"),
    [
        # On night 1 both take 10, from which member 2 was to have 2.5 of 4 stars possible, member 1
        # all of them. So member 2 decides night 2: movie 40, which gets 2 stars instead of 4.
        ([], 3.0),
        # But member 1 hated it, and member 2 had the best that was possible: movie 30.
        ([(1, 1, 1.0), (1, 2, 4.0)], 3.25),
    ],
)
def test_fairness_owes_people_what_its_own_choices_owed_them(given, mean: float) -> None:
    cells = pd.concat(
        [
            frozen(1, {(1, 10): 5.0, (2, 10): 2.5, (1, 20): 3.0, (2, 20): 4.0}),
            frozen(2, {(1, 30): 5.0, (2, 30): 2.0, (1, 40): 1.0, (2, 40): 3.0}),
        ]
    )
    known = ratings_of(
        {(1, 10): 4.0, (2, 10): 4.0, (1, 30): 4.0, (2, 30): 4.0, (1, 40): 2.0, (2, 40): 2.0}
    )
    found = replay(
        nights_of(10, 30), cells, given_of(*given), known, strategies=["fairness", "average"]
    ).set_index("strategy")
    assert found.at["fairness", "mean"] == mean
    # The average takes 10 and 30 whatever happens.
    assert found.at["average", "mean"] == found.at[AS_IT_WAS, "mean"]


def test_a_night_whose_movie_has_no_prediction_is_left_out() -> None:
    found = replay(nights_of(20, 30), frozen(1, DIVIDED), given_of((2, 1, 5.0)), ratings_of({}))
    assert set(found["nights"]) == {1}
    assert set(found["strategy"]) == {*STRATEGIES, AS_IT_WAS}


@pytest.mark.parametrize("nights", [nights_of(), nights_of(20)])
def test_no_night_is_an_empty_frame(nights: pd.DataFrame) -> None:
    found = replay(nights, frozen(1, {}), given_of(), ratings_of({}))
    assert found.empty
    assert list(found) == list(
        replay(nights_of(20), frozen(1, DIVIDED), given_of(), ratings_of({}))
    )
    assert served_best(found) == "No night has been decided yet"


def test_a_strategy_that_there_is_not() -> None:
    with pytest.raises(DataError, match="no strategy 'loudest'"):
        replay(
            nights_of(20), frozen(1, DIVIDED), given_of(), ratings_of({}), strategies=["loudest"]
        )


def test_what_a_choice_is_worth_does_not_hang_on_what_else_is_replayed() -> None:
    night = (nights_of(20), frozen(1, DIVIDED), given_of(), ratings_of({(1, 10): 4.0}))
    figures = ["nights", "mean", "low", "high", "worst", "known_share"]
    alone = replay(*night, strategies=["least_misery"]).set_index("strategy")
    among = replay(*night).set_index("strategy")
    both = ["least_misery", AS_IT_WAS]
    pd.testing.assert_frame_equal(alone.loc[both, figures], among.loc[both, figures])
    # The same choice is worth exactly the same.
    assert among.loc["least_misery", figures].tolist() == among.loc[AS_IT_WAS, figures].tolist()
    other = replay(*night, strategies=["least_misery"], seed=1).set_index("strategy")
    assert other.at[AS_IT_WAS, "low"] != alone.at[AS_IT_WAS, "low"]


stars = st.integers(1, 10).map(lambda half: half / 2)


@settings(max_examples=8, deadline=None)
@given_any(
    st.lists(
        st.lists(st.tuples(stars, stars, stars), min_size=1, max_size=3), min_size=1, max_size=3
    ),
    st.integers(0, 99),
)
def test_the_order_of_rows_changes_nothing(evenings, chance: int) -> None:
    cells = [
        frozen(n, {(m, movie): mean for m, person in enumerate(each) for movie, mean in
                   zip((10, 20, 30), person, strict=True)})
        for n, each in enumerate(evenings, start=1)
    ]  # fmt: skip
    nights = nights_of(*[20] * len(evenings))
    frames = (nights, pd.concat(cells), given_of((1, 0, 4.0)), ratings_of({(0, 10): 2.0}))
    how = {"strategies": ["average", "least_misery", "borda"], "draws": 20}
    found = replay(*frames, **how)
    mixed = replay(*(frame.sample(frac=1, random_state=chance) for frame in frames), **how)
    pd.testing.assert_frame_equal(found, mixed)
    assert found["best_chance"].sum() == pytest.approx(1)
    assert (found["worst"] <= found["mean"] + 1e-9).all()
    assert (found["low"] <= found["high"]).all()
    assert found["mean"].between(0.5, 5).all()
    assert np.all(np.diff(found["mean"]) <= 1e-9)


def result(*rows: tuple[str, float, float], nights: int = 12) -> pd.DataFrame:
    """Name, mean and best_chance of each row, the last of them what was watched."""
    frame = pd.DataFrame(rows, columns=["name", "mean", "best_chance"])
    frame["strategy"] = [*map(str, range(len(frame) - 1)), AS_IT_WAS]
    return frame.assign(nights=nights, known_share=0.4, low=frame["mean"] - 0.1,
                        high=frame["mean"] + 0.1, worst=2.0)  # fmt: skip


WATCHED = ("What was watched", 3.4, 0.3)


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (
            result(("Average", 3.5, 0.36), ("Least misery", 3.6, 0.34), WATCHED),
            "Average would have served the club best in 36% of the draws, too little to tell apart "
            "(40% of these ratings are real)",
        ),
        (
            result(("Average", 3.5, 0.03), ("Least misery", 3.6, 0.95), ("What was watched", 3, 0)),
            "Least misery would have served the club best in 95% of the draws (40% of these "
            "ratings are real)",
        ),
        (
            # Two that chose alike have 40% between them, more than the third's 35%.
            result(("Average", 3.5, 0.2), ("Borda", 3.5, 0.2), ("Duels", 3.6, 0.35), WATCHED),
            "Average and Borda would have served the club best in 40% of the draws, too little to "
            "tell apart (40% of these ratings are real)",
        ),
        (
            result(
                *[(name, 3.5, 0.2) for name in "ABCD"], ("Z", 3, 0), ("What was watched", 3.5, 0.2)
            ),
            "What was watched, A, B and 2 more would have served the club best in 100% of the "
            "draws (40% of these ratings are real)",
        ),
        (
            result(("Average", 3.5, 0.5), ("What was watched", 3.5, 0.5)),
            "Every strategy would have served the club as well as what was watched",
        ),
        (
            result(("Average", 3.5, 1.0), ("What was watched", 3.0, 0.0), nights=4),
            "4 nights cannot tell which strategy serves the club best (5 are needed)",
        ),
        (
            result(("Average", 3.5, 1.0), ("What was watched", 3.0, 0.0), nights=1),
            "1 night cannot tell which strategy serves the club best (5 are needed)",
        ),
    ],
)  # fmt: skip
def test_the_sentence_says_no_more_than_the_draws(frame: pd.DataFrame, said: str) -> None:
    assert served_best(frame) == said
