"""Side by side: what each strategy chooses, how far they agree, who gains."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recommender import DataError, Reactions
from recommender.compare import sentence, side_by_side, who_gains
from recommender.group import STRATEGIES, rank

UP, CONTACT, BABE = 10, 20, 30
TITLES = {UP: "Up", CONTACT: "Contact", BABE: "Babe"}
NAMES = {1: "Ana", 2: "Bruno", 3: "Cleo"}


def club(*stars: list[float]) -> Reactions:
    """The rows are Ana, Bruno and Cleo, the columns Up, Contact and Babe, as far as they go."""
    mean = np.array(stars)
    members, movies = mean.shape
    ids = tuple(NAMES)[:members], tuple(TITLES)[:movies]
    return Reactions(*ids, mean, np.full(mean.shape, 0.5), np.full(movies, 0.1))


# Up: 5, 4.6 and 2.6; Contact is fine with all; Babe with nobody.
DIVIDED = club([5.0, 3.8, 1.0], [4.6, 4.0, 1.0], [2.6, 3.9, 1.0])


def test_every_strategy_says_what_it_chooses() -> None:
    found = side_by_side(DIVIDED)
    choices = found.choices.set_index("strategy")
    assert list(choices.index) == list(STRATEGIES)
    assert choices["movie_id"].to_dict() == {
        "average": UP,
        "average_without_misery": UP,
        "least_misery": CONTACT,
        "most_pleasure": UP,
        "multiplicative": UP,
        "borda": UP,
        "copeland": UP,
        "approval": CONTACT,
        "plurality": UP,
        "fairness": UP,
    }
    least = choices.loc["least_misery"]
    assert (least["name"], least["score"], least["lowest"]) == ("Least misery", 3.8, 3.8)
    assert least["lowest_member"] == 1
    assert least["mean"] == pytest.approx(3.9)
    assert choices["tied_with"].tolist() == [()] * 10


def test_the_favourite_is_what_most_choose() -> None:
    found = side_by_side(DIVIDED)
    assert (found.favourite, found.agreement) == (UP, (8, 10))
    assert found.stars["movie_id"].tolist() == [UP] * 3 + [CONTACT] * 3
    assert found.stars["member_id"].tolist() == [1, 2, 3] * 2
    assert found.stars["mean"].tolist() == [5.0, 4.6, 2.6, 3.8, 4.0, 3.9]
    assert found.stars["strategies"].iloc[-1] == ("Least misery", "Approval")
    assert found.gains["movie_id"].tolist() == [CONTACT] * 3
    assert found.gains["gain"].tolist() == pytest.approx([-1.2, -0.6, 1.3])


def test_the_sentence_says_who_gains_and_who_loses() -> None:
    assert sentence(side_by_side(DIVIDED), TITLES, NAMES) == (
        "8 of 10 strategies choose Up; least misery and approval choose Contact: "
        "Cleo gains 1.3 stars, Ana loses 1.2."
    )


def test_one_that_differs_is_not_worth_a_word() -> None:
    found = side_by_side(club([5.0, 4.0], [4.6, 4.0], [3.8, 4.0]))
    assert found.choices.set_index("strategy")["movie_id"].eq(UP).sum() == 9
    assert sentence(found, TITLES, NAMES) == "9 of 10 strategies choose Up."


def test_all_may_agree() -> None:
    found = side_by_side(club([5.0, 4.0], [4.6, 4.0]))
    assert found.agreement == (10, 10)
    assert found.gains.empty
    assert sentence(found, TITLES, NAMES) == "All 10 strategies choose Up."


def test_names_of_people_keep_their_capitals_in_a_sentence() -> None:
    # Two of three prefer Contact, a little; the third loves Up.
    found = side_by_side(club([3.9, 4.0], [3.9, 4.0], [5.0, 3.5]))
    assert sentence(found, TITLES, NAMES) == (
        "7 of 10 strategies choose Up; points (Borda), duels (Copeland) and plurality choose "
        "Contact: Ana gains 0.1 stars, Cleo loses 1.5."
    )


def test_a_tie_names_the_others_and_goes_to_the_mean() -> None:
    # Everybody likes both; Contact has the higher mean, so approval chooses it.
    choices = side_by_side(club([4.0, 4.0, 1.0], [4.0, 4.5, 1.0])).choices.set_index("strategy")
    assert choices.loc["approval", "movie_id"] == CONTACT
    assert choices.loc["approval", "tied_with"] == (UP,)
    assert choices.loc["average", "tied_with"] == ()
    level = side_by_side(club([4.0, 4.0, 4.0]))
    assert level.favourite == UP
    assert level.choices["tied_with"].tolist() == [(CONTACT, BABE)] * 10


def test_of_two_that_as_many_choose_the_higher_mean_is_the_favourite() -> None:
    found = side_by_side(club([3.0, 1.0], [1.0, 4.5], [1.5, 0.5]))
    assert found.agreement == (5, 10)
    assert found.favourite == CONTACT  # 2.0 stars, and Up 1.8
    assert sentence(found, TITLES, NAMES).startswith("5 of 10 strategies choose Contact; least ")


def test_the_favourite_need_not_be_chosen_first() -> None:
    stars = np.array([[3.0, 4.5, 2.5, 0.5, 1.0], [1.5, 3, 3, 1, 2], [4, 1, 2.5, 2, 1]])
    five = Reactions((1, 2, 3), (10, 20, 30, 40, 50), stars, np.ones((3, 5)))
    found = side_by_side(five, debt={1: 0.5})
    # Average and approval choose the first, and four each the second (2.8 stars) and third (2.7).
    assert found.choices["movie_id"].tolist() == [10, 30, 30, 20, 30, 30, 20, 10, 20, 20]
    assert (found.favourite, found.agreement) == (20, (4, 10))
    assert found.stars["movie_id"].unique().tolist() == [20, 30, 10]


def test_what_is_vetoed_is_no_candidate() -> None:
    found = side_by_side(DIVIDED, vetoed={UP})
    assert (found.favourite, found.agreement) == (CONTACT, (10, 10))
    borda = found.choices.set_index("strategy").loc["borda"]
    assert borda["score"] == 3  # against Babe alone
    assert side_by_side(DIVIDED, vetoed=[99]).favourite == UP


def test_only_those_who_are_here_are_asked() -> None:
    found = side_by_side(DIVIDED, present=[3])
    assert (found.favourite, found.agreement) == (CONTACT, (10, 10))
    assert found.stars["member_id"].tolist() == [3]
    assert sentence(found, TITLES, NAMES) == "All 10 strategies choose Contact."


def test_a_debt_moves_fairness_alone() -> None:
    found = side_by_side(DIVIDED, debt={3: 0.4})
    before = side_by_side(DIVIDED)
    moved = found.choices["movie_id"] != before.choices["movie_id"]
    assert found.choices.loc[moved, "strategy"].tolist() == ["fairness"]
    assert found.choices.set_index("strategy").loc["fairness", "score"] == 3.9
    assert found.agreement == (7, 10)


@pytest.mark.parametrize(
    "nothing",
    [
        side_by_side(DIVIDED, present=[]),
        side_by_side(DIVIDED, vetoed=TITLES),
        side_by_side(Reactions((), (), np.zeros((0, 0)), np.zeros((0, 0)))),
        side_by_side(Reactions((), (UP,), np.zeros((0, 1)), np.zeros((0, 1)))),
    ],
)
def test_nobody_and_nothing_compare_to_nothing(nothing) -> None:
    something = side_by_side(DIVIDED)
    for frame in ("choices", "stars", "gains"):
        assert getattr(nothing, frame).empty
        assert list(getattr(nothing, frame)) == list(getattr(something, frame))
    assert (nothing.favourite, nothing.agreement) == (None, (0, 0))
    assert sentence(nothing, TITLES, NAMES) == "There is nothing to choose from."


def test_a_stranger_is_an_error() -> None:
    with pytest.raises(DataError, match="no prediction for member 9"):
        side_by_side(DIVIDED, present=[9])


@pytest.mark.parametrize(
    ("gains", "words"),
    [
        ({"Ana": -0.4, "Bruno": 0.6}, "Bruno gains 0.6 stars, Ana loses 0.4"),
        ({"Ana": 0.2, "Bruno": 0.0}, "Ana gains 0.2 stars, nobody loses"),
        ({"Ana": 0.04, "Bruno": -1.0}, "nobody gains, Bruno loses 1.0 stars"),
        ({"Ana": 0.04, "Bruno": -0.04}, "nobody gains or loses"),
    ],
)
def test_who_gains_in_words(gains: dict[str, float], words: str) -> None:
    assert who_gains(pd.Series(gains)) == words


@settings(max_examples=10, deadline=None)
@given(
    hnp.arrays(float, (3, 3), elements=st.integers(1, 10).map(lambda half: half / 2)),
    st.sets(st.sampled_from(sorted(TITLES)), max_size=2),
)
def test_the_choices_are_what_rank_puts_first(stars: np.ndarray, vetoed: set[int]) -> None:
    found = side_by_side(club(*stars.tolist()), vetoed=vetoed)
    keep = [i for i, movie in enumerate(TITLES) if movie not in vetoed]
    left = Reactions(tuple(NAMES), tuple(tuple(TITLES)[i] for i in keep), stars[:, keep],
                     np.ones((3, len(keep))))  # fmt: skip
    for choice in found.choices.itertuples():
        first = rank(left, choice.strategy).iloc[0]
        assert (choice.movie_id, choice.score) == (first["movie_id"], first["score"])
    assert found.agreement[0] == (found.choices["movie_id"] == found.favourite).sum()
    assert set(found.stars["movie_id"]) == set(found.choices["movie_id"])
    assert set(found.gains["movie_id"]) == set(found.choices["movie_id"]) - {found.favourite}
