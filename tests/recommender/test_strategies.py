"""Every strategy scores as its author says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recommender import DataError
from recommender.strategies import LIKED, MISERY, STRATEGIES, shares

# Masthoff's example (2004): what John, Adam and Mary give the programmes A to J, 1 to 10. Halved,
# these are stars, and her threshold of misery, below 5, is ours.
MASTHOFF = (
    np.array(
        [
            [10, 4, 3, 6, 10, 9, 6, 8, 10, 8],
            [1, 9, 8, 9, 7, 9, 6, 9, 3, 8],
            [10, 5, 2, 7, 9, 8, 5, 6, 7, 6],
        ]
    )
    / 2
)
SUMS = np.array([21, 18, 13, 22, 26, 26, 17, 23, 20, 22])
PRODUCTS = np.array([100, 180, 48, 378, 630, 648, 180, 432, 210, 384])
MISERABLE = np.array([1, 1, 1, 0, 0, 0, 0, 0, 1, 0])
EXPECTED = {
    "average": SUMS / 6,
    "average_without_misery": SUMS / 6 - 5 * MISERABLE,
    "least_misery": np.array([1, 4, 2, 6, 7, 8, 5, 6, 3, 6]) / 2,
    "most_pleasure": np.array([10, 9, 8, 9, 10, 9, 6, 9, 10, 8]) / 2,
    "multiplicative": np.cbrt(PRODUCTS) / 2,
    "borda": [17, 10, 4.5, 15.5, 19, 20.5, 6, 15.5, 14.5, 12.5],
    "copeland": [8, 1.5, 0, 5, 8.5, 7, 1.5, 4.5, 6, 3],
    # From 7.5 on: A twice, B once, and so on.
    "approval": [2, 1, 1, 1, 2, 3, 0, 2, 1, 2],
    # John has three favourites (A, E, I), Adam four (B, D, F, H), Mary one (A).
    "plurality": [4 / 3, 1 / 4, 0, 1 / 4, 1 / 3, 1 / 4, 0, 1 / 4, 1 / 3, 0],
    "fairness": SUMS / 6,
}


def equal(stars: np.ndarray) -> np.ndarray:
    return np.full(len(stars), 1 / len(stars))


def score(strategy: str, stars: np.ndarray, share: np.ndarray | None = None) -> np.ndarray:
    return STRATEGIES[strategy].score(stars, equal(stars) if share is None else share)


def test_there_are_ten_in_this_order() -> None:
    assert list(STRATEGIES) == list(EXPECTED)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_masthoffs_example_has_the_scores_worked_out_by_hand(strategy: str) -> None:
    assert score(strategy, MASTHOFF) == pytest.approx(np.array(EXPECTED[strategy]))


# Nobody is unhappy with movie 1, 2 has the highest mean, one loves 4, two like 0.
WINNERS = np.array(
    [
        [1.0, 2.5, 1.5, 2.0, 1.5, 1.0],
        [1.5, 3.0, 3.5, 1.5, 2.5, 4.5],
        [4.5, 4.5, 3.0, 3.5, 2.0, 1.5],
        [4.0, 2.5, 3.0, 2.0, 5.0, 3.5],
        [2.5, 2.5, 4.5, 2.0, 1.5, 3.5],
    ]
)


@pytest.mark.parametrize(
    ("strategy", "winner", "best"),
    [
        ("average", 2, 3.1),
        ("average_without_misery", 1, 3.0),
        ("least_misery", 1, 2.5),
        ("most_pleasure", 4, 5.0),
        ("multiplicative", 2, (1.5 * 3.5 * 3 * 3 * 4.5) ** 0.2),
        ("borda", 1, 5 + 3 + 4.5 + 1 + 2.5),
        ("copeland", 2, 5),  # three to two against 0, 1, 3 and 5, three to one against 4
        ("approval", 0, 2),
        ("plurality", 1, 1.5),
        ("fairness", 2, 3.1),
    ],
)
def test_each_strategy_has_one_winner_of_its_kind(strategy: str, winner: int, best: float) -> None:
    scores = score(strategy, WINNERS)
    assert scores[winner] == pytest.approx(best)
    assert (np.delete(scores, winner) < best - 1e-3).all()


def test_ties_share() -> None:
    stars = np.array([[4.0, 4.0, 2.0], [3.0, 5.0, 5.0], [1.0, 1.0, 1.0]])
    assert score("borda", stars).tolist() == [1.5 + 0 + 1, 1.5 + 1.5 + 1, 0 + 1.5 + 1]
    # 1 beats 0 and 2 one to nothing; 0 and 2 have one each.
    assert score("copeland", stars).tolist() == [0.5, 2, 0.5]
    assert score("plurality", stars) == pytest.approx([5 / 6, 1 / 2 + 1 / 2 + 1 / 3, 5 / 6])
    assert score("approval", stars).tolist() == [1, 2, 1]


def test_a_like_rounds_to_four() -> None:
    assert LIKED == 3.75
    assert score("approval", np.array([[3.75, 3.74]])).tolist() == [1, 0]
    assert str(LIKED) in STRATEGIES["approval"].sentence


def test_misery_is_below_its_threshold() -> None:
    assert score("average_without_misery", np.array([[MISERY, 2.49]])) == pytest.approx(
        [2.5, -2.51]
    )


@pytest.mark.parametrize(
    ("strategy", "scores"),
    [
        ("borda", [2, 0, 1]),
        ("copeland", [2, 0, 1]),
        ("approval", [1, 0, 1]),
        ("plurality", [1, 0, 0]),
    ],
)
def test_one_member_alone_decides(strategy: str, scores: list[float]) -> None:
    assert score(strategy, np.array([[4.5, 2.5, 4.0]])).tolist() == scores


@pytest.mark.parametrize(
    "strategy", [key for key, strategy in STRATEGIES.items() if strategy.unit == "stars"]
)
def test_one_members_score_is_their_stars(strategy: str) -> None:
    assert score(strategy, np.array([[4.5, 2.5, 4.0]])) == pytest.approx([4.5, 2.5, 4.0])


@pytest.mark.parametrize(
    ("strategy", "one"), [("borda", 0), ("copeland", 0), ("approval", 1), ("plurality", 2)]
)
def test_one_movie_has_nobody_to_beat(strategy: str, one: float) -> None:
    assert score(strategy, np.array([[4.5], [2.0]])).tolist() == [one]


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_movie_has_no_score(strategy: str) -> None:
    assert score(strategy, np.zeros((2, 0))).shape == (0,)


def test_who_is_owed_has_more_votes() -> None:
    stars = np.array([[5.0, 1.0], [1.0, 5.0], [1.0, 5.0]])
    share = shares(np.array([3.0, 0.0, 0.0]), 1.0)
    assert share == pytest.approx([4 / 6, 1 / 6, 1 / 6])
    for strategy in ("average", "multiplicative", "borda", "copeland", "approval", "plurality"):
        assert np.argmax(score(strategy, stars)) == 1
        assert np.argmax(score(strategy, stars, share)) == 0
    assert score("plurality", stars, share) == pytest.approx([2, 1])


def test_a_duel_is_even_when_its_two_sides_weigh_the_same() -> None:
    # In shares 1.1 + 1.3 is not quite 2.4, which must not decide.
    share = shares(np.array([1.1, 1.3, 2.4]), 0.0)
    assert share[0] + share[1] != share[2]
    assert score("copeland", np.array([[5.0, 1.0], [5.0, 1.0], [1.0, 5.0]]), share).tolist() == [
        0.5,
        0.5,
    ]


def test_shares_go_by_debts_alone_without_a_base() -> None:
    assert shares(np.array([0.3, 0.1]), 0.0) == pytest.approx([0.75, 0.25])
    assert shares(np.array([0.0, 0.0]), 0.0).tolist() == [0.5, 0.5]
    assert shares(np.array([]), 0.0).shape == (0,)
    with pytest.raises(DataError, match="cannot be negative"):
        shares(np.array([-0.1]), 0.0)


FEW = settings(max_examples=30, deadline=None)
matrices = hnp.arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(1, 7)),
    elements=st.integers(1, 10).map(lambda half: half / 2),
)


@FEW
@given(matrices)
def test_every_point_duel_and_vote_is_given_out(stars: np.ndarray) -> None:
    members, movies = stars.shape
    pairs = movies * (movies - 1) / 2
    assert score("borda", stars).sum() == pytest.approx(members * pairs)
    assert score("copeland", stars).sum() == pairs
    assert score("plurality", stars).sum() == pytest.approx(members)


@FEW
@given(matrices, st.sampled_from(sorted(STRATEGIES)))
def test_a_score_belongs_to_the_movie_and_not_to_its_place(
    stars: np.ndarray, strategy: str
) -> None:
    backwards = score(strategy, stars[:, ::-1])[::-1]
    assert backwards == pytest.approx(score(strategy, stars))


@FEW
@given(matrices)
def test_borda_and_copeland_are_what_counting_pairs_gives(stars: np.ndarray) -> None:
    movies = range(stars.shape[1])
    above = np.array([[(stars[:, i] > stars[:, j]).sum() for j in movies] for i in movies])
    level = np.array([[(stars[:, i] == stars[:, j]).sum() for j in movies] for i in movies])
    borda = (above + level / 2).sum(axis=1) - len(stars) / 2
    copeland = ((above > above.T) + (above == above.T) / 2).sum(axis=1) - 0.5
    assert score("borda", stars) == pytest.approx(borda)
    assert score("copeland", stars).tolist() == copeland.tolist()


def order(scores: np.ndarray) -> list[int]:
    return np.argsort(-np.round(scores, 9), kind="stable").tolist()


@pytest.mark.parametrize(
    ("strategy", "theirs"),
    [
        ("average", "AverageAggregator"),
        ("least_misery", "LeastMiseryAggregator"),
        ("most_pleasure", "MostPleasureAggregator"),
        ("multiplicative", "MultiplicativeAggregator"),
    ],
)
@FEW
@given(stars=matrices)
def test_the_order_is_grouprecs(strategy: str, theirs: str, stars: np.ndarray) -> None:
    social_choice = pytest.importorskip("grouprec.aggregators.social_choice")
    # Both leave ties in the order of the columns; rounded, or sums tie only nearly.
    scores = getattr(social_choice, theirs)().score_items(stars)
    assert order(score(strategy, stars)) == order(scores)


@FEW
@given(stars=matrices)
def test_the_order_without_misery_is_grouprecs(stars: np.ndarray) -> None:
    social_choice = pytest.importorskip("grouprec.aggregators.social_choice")
    # Theirs wants more than the threshold, ours no less; and theirs drops what ours puts last.
    below = np.nextafter(MISERY, 0)
    theirs = social_choice.AVGNoMiseryAggregator(threshold=below).score_items(stars)
    kept = int(np.isfinite(theirs).sum())
    ours = order(score("average_without_misery", stars))
    assert ours[:kept] == order(theirs)[:kept]


@FEW
@given(st.integers(1, 6), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_the_points_are_grouprecs_where_nobody_ties(members: int, movies: int, seed: int) -> None:
    social_choice = pytest.importorskip("grouprec.aggregators.social_choice")
    # With a tie theirs gives both the lower rank, so that who ties gives away fewer points than who
    # does not; ours gives both the mean. Without ties the ranks are the same, theirs from 1.
    rng = np.random.default_rng(seed)
    stars = np.array([rng.permutation(movies) for _ in range(members)]) / 2 + 0.5
    theirs = social_choice.BordaCountAggregator().score_items(stars)
    assert score("borda", stars) == pytest.approx(theirs - members)


def test_with_ties_grouprec_gives_away_fewer_points() -> None:
    social_choice = pytest.importorskip("grouprec.aggregators.social_choice")
    stars = np.array([[4.0, 4.0, 2.0]])
    assert social_choice.BordaCountAggregator().score_items(stars).tolist() == [2, 2, 1]
    assert score("borda", stars).tolist() == [1.5, 1.5, 0]


def test_every_strategy_has_a_name_a_sentence_and_a_source() -> None:
    for strategy in STRATEGIES.values():
        assert strategy.name
        assert strategy.sentence.endswith(".")
        assert strategy.source[-4:].isdigit()
    assert len({strategy.name for strategy in STRATEGIES.values()}) == len(STRATEGIES)
