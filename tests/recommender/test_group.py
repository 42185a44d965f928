"""Strategies by their authors' examples, the ranking for those present, fairness across nights."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from recommender import DataError, Reactions, group

# Masthoff's example (2004): ratings of the programmes A to J by John, Adam and Mary, 1 to 10.
# Halved, these are stars, and her threshold of misery, below 5, is ours.
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
FEW = settings(max_examples=20, deadline=None)
ratings = hnp.arrays(
    float,
    st.tuples(st.integers(1, 6), st.integers(1, 7)),
    elements=st.integers(1, 10).map(lambda half: half / 2),
)


def score(strategy: str, stars: np.ndarray, share: np.ndarray | None = None) -> np.ndarray:
    equal = np.full(len(stars), 1 / len(stars))
    return group.STRATEGIES[strategy].score(stars, equal if share is None else share)


class TestStrategies:
    @pytest.mark.parametrize("strategy", group.STRATEGIES)
    def test_masthoffs_example(self, strategy: str) -> None:
        assert score(strategy, MASTHOFF) == pytest.approx(np.array(EXPECTED[strategy]))

    def test_shares_weight_votes(self) -> None:
        stars = np.array([[5.0, 1.0], [1.0, 5.0], [1.0, 5.0]])
        share = group.shares(np.array([3.0, 0.0, 0.0]), 1.0)
        assert share == pytest.approx([4 / 6, 1 / 6, 1 / 6])
        for strategy in ("average", "multiplicative", "borda", "copeland", "approval", "plurality"):
            assert np.argmax(score(strategy, stars)) == 1
            assert np.argmax(score(strategy, stars, share)) == 0

    def test_shares_without_base(self) -> None:
        # In shares 1.1 + 1.3 is not quite 2.4, which must not decide a duel.
        share = group.shares(np.array([1.1, 1.3, 2.4]), 0.0)
        stars = np.array([[5.0, 1.0], [5.0, 1.0], [1.0, 5.0]])
        assert score("copeland", stars, share).tolist() == [0.5, 0.5]
        assert group.shares(np.array([0.3, 0.1]), 0.0) == pytest.approx([0.75, 0.25])
        assert group.shares(np.array([0.0, 0.0]), 0.0).tolist() == [0.5, 0.5]
        with pytest.raises(DataError, match="cannot be negative"):
            group.shares(np.array([-0.1]), 0.0)


# Movie 10 divides, movie 20 pleases both a little, movie 30 is second best for both.
STARS = np.array([[5.0, 3.5, 4.0], [2.0, 3.5, 3.0]])
CLUB = Reactions((1, 2), (10, 20, 30), STARS, np.full((2, 3), 0.5))


def of(stars: np.ndarray) -> Reactions:
    members, movies = stars.shape
    return Reactions(tuple(range(members)), tuple(range(movies)), stars, np.ones_like(stars))


class TestRank:
    def test_present_members_only(self) -> None:
        ranked = group.rank(CLUB, "least_misery")
        assert ranked["movie_id"].tolist() == [20, 30, 10]
        assert ranked["rank"].tolist() == [1, 2, 3]
        assert ranked["score"].tolist() == ranked["lowest"].tolist() == [3.5, 3.0, 2.0]
        alone = group.rank(CLUB, "average", present=[2])
        assert alone["movie_id"].tolist() == [20, 30, 10]
        assert alone["mean"].tolist() == [3.5, 3.0, 2.0]

    def test_a_new_strategy_needs_one_entry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        worst = group.Strategy("Worst", "The worst.", "It is worst", lambda s, w: -w @ s)
        monkeypatch.setitem(group.STRATEGIES, "worst", worst)  # type: ignore[arg-type]
        assert group.rank(CLUB, "worst")["score"].tolist() == [-3.5, -3.5, -3.5]

    def test_no_member_or_movie_gives_no_rows_but_all_columns(self) -> None:
        for strategy in group.STRATEGIES:
            one = group.rank(of(STARS[:, :1]), strategy)
            assert one[["movie_id", "rank"]].to_numpy().tolist() == [[0, 1]]
            nobody = group.rank(CLUB, strategy, present=[], debt={1: 1.0})
            assert (nobody.empty, list(nobody)) == (True, list(one))
            assert group.rank(of(np.zeros((2, 0))), strategy).empty

    def test_vetoed_movies_come_last(self) -> None:
        ranked = group.rank(CLUB, "most_pleasure", veto_below=2.5)
        assert ranked["movie_id"].tolist() == [30, 20, 10]
        assert ranked["vetoed"].tolist() == [False, False, True]

    def test_fairness_weights_are_the_debts(self) -> None:
        # Member 1 is owed a quarter of what member 2 is: 10 -> 2.6, 20 -> 3.5, 30 -> 3.2.
        ranked = group.rank(CLUB, "fairness", debt={1: 0.1, 2: 0.4})
        assert ranked["movie_id"].tolist() == [20, 30, 10]
        assert ranked["score"].tolist() == [3.5, 3.2, 2.6]
        assert group.rank(CLUB, "fairness", debt={1: 0.0, 2: 0.0})["score"].tolist() == [
            3.5,
            3.5,
            3.5,
        ]

    def test_tie_goes_to_the_higher_mean_and_then_to_the_order(self) -> None:
        # The lowest stars are equal; the means are 3, 3.5, 3.5 and 2.
        stars = np.array([[4.0, 5.0, 5.0, 2.0], [2.0, 2.0, 2.0, 2.0]])
        club = Reactions((1, 2), (40, 30, 20, 10), stars, np.full((2, 4), 0.5))
        ranked = group.rank(club, "least_misery")
        assert ranked["movie_id"].tolist() == [30, 20, 40, 10]

    @FEW
    @given(ratings, st.sampled_from(sorted(group.STRATEGIES)), st.randoms())
    def test_order_of_members_does_not_matter(
        self, stars: np.ndarray, strategy: str, random: object
    ) -> None:
        order = list(range(len(stars)))
        random.shuffle(order)  # type: ignore[attr-defined]
        one, other = (group.rank(of(rows), strategy) for rows in (stars, stars[order]))
        assert one.set_index("movie_id")["score"].to_dict() == pytest.approx(
            other.set_index("movie_id")["score"].to_dict()
        )

    @FEW
    @given(ratings, st.sampled_from(sorted(group.STRATEGIES)))
    def test_unanimous_favourite_comes_first(self, stars: np.ndarray, strategy: str) -> None:
        best = np.full((len(stars), 1), 5.0)
        ranked = group.rank(of(np.hstack([np.minimum(stars, 4.9), best])), strategy)
        assert ranked["movie_id"].iloc[0] == stars.shape[1]


def test_choices_are_the_first_of_each_strategy() -> None:
    # Up: 5, 4.6 and 2.6; Contact is fine with all; Babe with nobody.
    up, contact = 10, 20
    mean = np.array([[5.0, 3.8, 1.0], [4.6, 4.0, 1.0], [2.6, 3.9, 1.0]])
    club = Reactions((1, 2, 3), (up, contact, 30), mean, np.full((3, 3), 0.5))
    found = group.choices(club)
    assert list(found) == list(group.STRATEGIES)
    assert {key for key, movie in found.items() if movie == contact} == {"least_misery", "approval"}
    assert set(found.values()) == {up, contact}
    # The debt changes the choice by fairness, and no other.
    owed = group.choices(club, {3: 1.0})
    assert {key for key in found if owed[key] != found[key]} == {"fairness"}
    assert group.choices(of(np.zeros((2, 0)))) == {}


class TestMeanWithGiven:
    def test_given_ratings_have_no_variance(self) -> None:
        # Two are expected to give 4 and 3, give or take half a star each; one gave 5.
        expected = Reactions((1, 2), (10,), np.array([[4.0], [3.0]]), np.full((2, 1), 0.5))
        mean, low, high = group.mean_with_given(expected, [5.0])
        assert mean == pytest.approx(4.0)
        reach = 1.2815515655446004 * np.sqrt(0.5) / 3
        assert (low, high) == pytest.approx((4 - reach, 4 + reach))
        nobody = Reactions((), (10,), np.zeros((0, 1)), np.zeros((0, 1)))
        assert group.mean_with_given(nobody, [5.0, 2.0]) == (3.5, 3.5, 3.5)
        with pytest.raises(DataError, match="needs a member"):
            group.mean_with_given(nobody, [])
        row = group.rank(CLUB).set_index("movie_id").loc[20]
        alone = Reactions((1, 2), (20,), STARS[:, [1]], np.full((2, 1), 0.5))
        assert group.mean_with_given(alone, []) == pytest.approx(
            (row["mean"], row["low"], row["high"])
        )


COLUMNS = ["night_id", "on", "member_id", "got", "best"]
ANA, BRUNO, CLEO, DEV = 1, 2, 3, 4
FIRST = date(2024, 1, 5)


def nights(*rows: tuple[int, int, float, float]) -> pd.DataFrame:
    """Night n is n weeks after the first."""
    dated = [(night, FIRST + timedelta(weeks=night), *row) for night, *row in rows]
    return pd.DataFrame(dated, columns=COLUMNS)


# Ana and Bruno, then Bruno and Cleo: satisfactions 0.8 and 1, then 0.5 and 1.
CHANGING = nights((1, ANA, 4.0, 5.0), (1, BRUNO, 5.0, 5.0), (2, BRUNO, 2.0, 4.0), (2, CLEO, 4, 4))


class TestFairness:
    def test_debts_worked_out_by_hand(self) -> None:
        # Ana: mean 0.8, behind 0.2 on her only night. Bruno: mean 0.75, behind 0.5 on his last.
        # Cleo has had her best. Dev was never present and is owed the mean of the others.
        owed = group.debts(CHANGING, [DEV, ANA, BRUNO, CLEO])
        assert list(owed) == [DEV, ANA, BRUNO, CLEO]
        assert owed == pytest.approx({DEV: 0.575 / 3, ANA: 0.2, BRUNO: 0.375, CLEO: 0.0})
        assert group.debts(CHANGING, [ANA, DEV]) == pytest.approx({ANA: 0.2, DEV: 0.2})

    def test_of_two_nights_on_one_day_the_higher_id_is_the_last(self) -> None:
        matinee = nights((2, ANA, 5, 5), (2, BRUNO, 2, 5), (1, ANA, 1, 5), (1, BRUNO, 5, 5))
        assert group.debts(matinee.assign(on=FIRST), [BRUNO]) == pytest.approx({BRUNO: 0.45})

    @settings(max_examples=3, deadline=None)
    @given(st.integers(2, 6), st.integers(0, 2**32 - 1))
    def test_choices_equal_grouprec_while_the_group_stays_the_same(
        self, members: int, seed: int
    ) -> None:
        sequential = pytest.importorskip("grouprec.aggregators.sequential")
        rng = np.random.default_rng(seed)
        people = list(range(1, members + 1))
        theirs = sequential.SIAAAggregator(b=group.BALANCE)
        past = pd.DataFrame(columns=COLUMNS)
        for night in range(1, 13):
            owed = group.debts(past, people)
            # Where all have always had their best, its weights are 0 and it takes the first column.
            assume(night == 1 or any(owed.values()))
            stars = rng.uniform(0.5, 5, (members, 9))
            club = Reactions(tuple(people), tuple(range(9)), stars, np.ones_like(stars))
            chosen = int(group.rank(club, "fairness", debt=owed)["movie_id"].iloc[0])
            assert chosen == theirs.aggregate(stars, 1)[0]
            rows = zip(people, stars[:, chosen], stars.max(axis=1), strict=True)
            tonight = nights(*((night, member, got, best) for member, got, best in rows))
            past = pd.concat([past, tonight]) if len(past) else tonight
