import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recommender import DataError, Reactions
from recommender.group import STRATEGIES, rank, with_given

# Movie 10 divides, movie 20 pleases all a little, movie 30 is second best for both.
STARS = np.array([[5.0, 3.5, 4.0], [2.0, 3.5, 3.0]])
CLUB = Reactions((1, 2), (10, 20, 30), STARS, np.full((2, 3), 0.5))


@pytest.mark.parametrize(
    ("strategy", "order", "best"),
    [
        ("average", [10, 20, 30], 3.5),
        ("average_without_misery", [20, 30, 10], 3.5),
        ("least_misery", [20, 30, 10], 3.5),
        ("most_pleasure", [10, 30, 20], 5.0),
        ("multiplicative", [20, 30, 10], 3.5),
        ("borda", [10, 20, 30], 2.0),
        ("copeland", [10, 20, 30], 1.0),
        ("approval", [10, 30, 20], 1.0),
        ("plurality", [10, 20, 30], 1.0),
        ("fairness", [10, 20, 30], 3.5),
    ],
)
def test_each_strategy_orders_as_it_says(strategy: str, order: list[int], best: float) -> None:
    ranked = rank(CLUB, strategy)
    assert ranked["movie_id"].tolist() == order
    assert ranked["rank"].tolist() == [1, 2, 3]
    assert ranked["score"].iloc[0] == best


def test_only_those_present_count() -> None:
    ranked = rank(CLUB, "average", present=[2])
    assert ranked["movie_id"].tolist() == [20, 30, 10]
    assert ranked["lowest_member"].tolist() == [2, 2, 2]
    assert ranked["mean"].tolist() == [3.5, 3.0, 2.0]


def test_nobody_present_gives_no_rows_but_all_columns() -> None:
    ranked = rank(CLUB, present=[])
    assert len(ranked) == 0
    assert list(ranked) == list(rank(CLUB))


def test_a_veto_sends_a_movie_to_the_end_and_says_so() -> None:
    ranked = rank(CLUB, "most_pleasure", veto_below=2.5)
    assert ranked["movie_id"].tolist() == [30, 20, 10]
    assert ranked["vetoed"].tolist() == [False, False, True]


def test_who_is_owed_counts_more() -> None:
    # Member 2 is owed two stars and counts three times: 10 -> 2.75, 20 -> 3.5, 30 -> 3.25.
    ranked = rank(CLUB, "average", debt={2: 2.0})
    assert ranked["movie_id"].tolist() == [20, 30, 10]
    assert ranked["score"].tolist() == [3.5, 3.25, 2.75]


def test_by_fairness_members_count_as_they_are_owed() -> None:
    # Member 1 is owed a quarter of what member 2 is: 10 -> 2.6, 20 -> 3.5, 30 -> 3.2.
    ranked = rank(CLUB, "fairness", debt={1: 0.1, 2: 0.4})
    assert ranked["movie_id"].tolist() == [20, 30, 10]
    assert ranked["score"].tolist() == [3.5, 3.2, 2.6]
    assert rank(CLUB, "fairness", debt={1: 0.0, 2: 0.0})["score"].tolist() == [3.5, 3.5, 3.5]
    alone = rank(CLUB, "fairness", present=[1], debt={1: 0.0, 2: 0.4})
    assert alone["score"].tolist() == [5.0, 4.0, 3.5]


def test_a_tie_goes_to_the_higher_mean_and_then_to_the_order() -> None:
    # Everyone is as unhappy as with any other; the means are 3, 3.5, 3.5 and 2.
    stars = np.array([[4.0, 5.0, 5.0, 2.0], [2.0, 2.0, 2.0, 2.0]])
    club = Reactions((1, 2), (40, 30, 20, 10), stars, np.full((2, 4), 0.5))
    ranked = rank(club, "least_misery")
    assert ranked["movie_id"].tolist() == [30, 20, 40, 10]
    assert ranked["tied"].tolist() == [True] * 4
    assert rank(club)["tied"].tolist() == [True, True, False, False]
    vetoed = rank(club, "most_pleasure", present=[1], veto_below=4.5)
    assert vetoed["movie_id"].tolist() == [30, 20, 40, 10]
    assert vetoed["tied"].tolist() == [True, True, False, False]


def test_a_vetoed_movie_does_not_tie_with_what_may_be_watched() -> None:
    stars = np.array([[5.0, 5.0], [1.0, 3.0]])
    ranked = rank(Reactions((1, 2), (10, 20), stars, np.ones((2, 2))), "most_pleasure", None, 2.0)
    assert ranked["movie_id"].tolist() == [20, 10]
    assert ranked["tied"].tolist() == [True, False]


def test_sums_that_differ_by_rounding_alone_tie() -> None:
    # The same three stars in another order: 0.1 + 0.2 + 0.3 is not 0.3 + 0.2 + 0.1.
    stars = np.array([[1.1, 1.3, 1.2], [1.2, 1.1, 1.3], [1.3, 1.2, 1.1]])
    ranked = rank(Reactions((1, 2, 3), (30, 20, 10), stars, np.ones((3, 3))))
    assert ranked["movie_id"].tolist() == [30, 20, 10]
    assert ranked["tied"].all()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_one_movie_is_first_and_nobody_ranks_nothing(strategy: str) -> None:
    ranked = rank(Reactions((1, 2), (10,), STARS[:, :1], np.ones((2, 1))), strategy)
    assert ranked[["movie_id", "rank", "tied"]].to_numpy().tolist() == [[10, 1, True]]
    nobody = rank(CLUB, strategy, present=[], debt={1: 1.0})
    assert nobody.empty
    assert list(nobody) == list(ranked)
    assert rank(Reactions((1, 2), (), np.zeros((2, 0)), np.zeros((2, 0))), strategy).empty


def test_the_groups_interval_is_narrower_than_a_members() -> None:
    one = rank(CLUB, present=[1]).set_index("movie_id").loc[20]
    both = rank(CLUB).set_index("movie_id").loc[20]
    assert both["high"] - both["low"] < one["high"] - one["low"]
    assert both["high"] - both["mean"] == pytest.approx(1.2815515655 * 0.5 / np.sqrt(2))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"strategy": "loudest"}, "There is no strategy 'loudest'; choose one of average, "),
        ({"present": [9]}, "There is no prediction for member 9."),
        ({"debt": {1: -1.0}}, "cannot be negative"),
    ],
)
def test_bad_questions_get_one_sentence(arguments: dict[str, object], sentence: str) -> None:
    with pytest.raises(DataError, match=sentence):
        rank(CLUB, **arguments)  # type: ignore[arg-type]


matrices = hnp.arrays(
    float, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=st.floats(0.5, 5)
)


@given(matrices, st.sampled_from(sorted(STRATEGIES)), st.randoms())
def test_no_strategy_cares_who_is_listed_first(stars: np.ndarray, strategy: str, r: object) -> None:
    members, movies = stars.shape
    order = list(range(members))
    r.shuffle(order)  # type: ignore[attr-defined]
    ids = tuple(range(movies))
    one = rank(Reactions(tuple(range(members)), ids, stars, np.ones_like(stars)), strategy)
    other = rank(Reactions(tuple(order), ids, stars[order], np.ones_like(stars)), strategy)
    assert sorted(one["movie_id"]) == list(ids)
    assert one.set_index("movie_id")["score"].to_dict() == pytest.approx(
        other.set_index("movie_id")["score"].to_dict()
    )


@given(matrices, st.sampled_from(sorted(STRATEGIES)))
def test_what_everybody_prefers_comes_first(stars: np.ndarray, strategy: str) -> None:
    best = np.full((len(stars), 1), 5.0)
    club = Reactions(
        tuple(range(len(stars))),
        tuple(range(stars.shape[1] + 1)),
        np.hstack([np.minimum(stars, 4.9), best]),
        np.ones((len(stars), stars.shape[1] + 1)),
    )
    assert rank(club, strategy)["movie_id"].iloc[0] == stars.shape[1]


def test_what_was_given_counts_like_what_is_expected() -> None:
    # Two are expected to give 4 and 3, give or take half a star each; one gave 5.
    expected = Reactions((1, 2), (10,), np.array([[4.0], [3.0]]), np.full((2, 1), 0.5))
    mean, low, high = with_given(expected, [5.0])
    assert mean == pytest.approx(4.0)
    reach = 1.2815515655446004 * np.sqrt(0.5) / 3
    assert (low, high) == pytest.approx((4 - reach, 4 + reach))
    nobody = Reactions((), (10,), np.zeros((0, 1)), np.zeros((0, 1)))
    assert with_given(nobody, [5.0, 2.0]) == (3.5, 3.5, 3.5)
    assert with_given(expected, [])[0] == pytest.approx(3.5)
    with pytest.raises(DataError, match="A group needs a member"):
        with_given(nobody, [])


@given(
    hnp.arrays(float, (3, 1), elements=st.floats(0.5, 5)),
    hnp.arrays(float, (3, 1), elements=st.floats(0.1, 2)),
)
def test_with_nothing_given_it_is_the_groups_interval(mean: np.ndarray, sd: np.ndarray) -> None:
    expected = Reactions((1, 2, 3), (10,), mean, sd)
    row = rank(expected).iloc[0]
    assert with_given(expected, []) == pytest.approx((row["mean"], row["low"], row["high"]))
