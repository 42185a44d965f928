"""Nights looked back on: every figure worked out by hand, and words no louder than the figures."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from recommender.evaluation.honesty import Kept, honesty, honesty_over_time
from recommender.evaluation.nights import judge, record, record_over_time, recorded
from recommender.evaluation.surprises import (
    easiest_and_hardest,
    foresight,
    surprises,
    turned_round,
)

NAMES = {1: "Ana", 2: "Bruno", 3: "Cleo", 4: "Dan"}
TITLES = {7: "Up", 9: "Heat"}
NIGHTS = ["night_id", "on", "movie_id"]
PREDICTIONS = [
    "night_id", "member_id", "movie_id", "mean", "sd", "low", "high", "like", "own_mean", "crowd",
    "known",
]  # fmt: skip
GIVEN = ["night_id", "member_id", "rating"]


@pytest.fixture
def nights() -> pd.DataFrame:
    rows = [(2, date(2026, 1, 9), 9), (1, date(2026, 1, 2), 7), (3, date(2026, 1, 16), 7)]
    return pd.DataFrame(rows, columns=NIGHTS)


@pytest.fixture
def predictions() -> pd.DataFrame:
    """Cleo had rated Up; movie 8 was a candidate; nobody has rated the third night."""
    rows = [
        (1, 1, 7, 4.0, 0.5, 3.4, 4.6, 0.7, 3.0, 3.5, False),
        (1, 2, 7, 3.9, 0.95, 2.7, 5.0, 0.6, 2.5, 3.5, False),
        (1, 3, 7, 4.8, 0.3, 4.4, 5.0, 0.9, 3.5, 3.5, True),
        (1, 1, 8, 1.0, 0.5, 0.5, 1.6, 0.0, 3.0, 2.0, False),
        (1, 2, 8, 1.0, 0.5, 0.5, 1.6, 0.0, 2.5, 2.0, False),
        (2, 1, 9, 2.0, 0.5, 1.4, 2.5, 0.1, 3.5, 3.0, False),
        (2, 2, 9, 3.0, 1.0, 1.7, 4.3, 0.2, 2.0, 3.0, False),
        (3, 1, 7, 5.0, 0.5, 4.4, 5.0, 0.9, 3.5, 3.5, False),
    ]
    return pd.DataFrame(rows, columns=PREDICTIONS)


@pytest.fixture
def given() -> pd.DataFrame:
    """Dan came later: nothing was predicted for him."""
    rows = [(2, 1, 2.5), (2, 2, 4.0), (1, 1, 4.5), (1, 2, 2.0), (1, 3, 5.0), (1, 4, 3.0)]
    return pd.DataFrame(rows, columns=GIVEN)


@pytest.fixture
def judged(nights, predictions, given) -> pd.DataFrame:
    return judge(nights, predictions, given)


def many(hits: list[int], each: int = 5, like: float = 0.5) -> pd.DataFrame:
    """One night a number: so many of its ratings lie inside; all are 3 stars, half a star off."""
    rows = [
        (night, date(2026, 1, 1) + timedelta(weeks=night), member, member < inside)
        for night, inside in enumerate(hits)
        for member in range(each)
    ]
    frame = pd.DataFrame(rows, columns=["night_id", "on", "member_id", "hit"])
    return frame.assign(
        movie_id=7, predicted=3.5, own_mean=4.0, crowd=2.5, actual=3.0, like=like, surprise=-0.5,
        surprise_sd=-1.0, counts=True,
    )  # fmt: skip


def test_each_rating_stands_beside_what_was_predicted_of_it(judged: pd.DataFrame) -> None:
    assert judged[["night_id", "member_id"]].to_numpy().tolist() == [
        [1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2],
    ]  # fmt: skip
    assert judged["movie_id"].tolist() == [7, 7, 7, 7, 9, 9]
    assert judged["on"].iloc[-1] == date(2026, 1, 9)
    assert judged["actual"].tolist() == [4.5, 2.0, 5.0, 3.0, 2.5, 4.0]
    assert judged["surprise"].dropna().tolist() == pytest.approx([0.5, -1.9, 0.2, 0.5, 1.0])
    assert judged["surprise_sd"].dropna().tolist() == pytest.approx([1, -2, 2 / 3, 1, 1])


def test_the_ends_of_an_interval_lie_inside_it(judged: pd.DataFrame) -> None:
    # Ana's 2.5 of the second night is the very end of 1.4 to 2.5.
    assert judged["hit"].tolist() == [True, False, True, False, True, True]


def test_rewatches_and_people_without_a_prediction_stay_out_of_the_record(judged) -> None:
    assert judged["rewatch"].tolist() == [False, False, True, False, False, False]
    assert judged["counts"].tolist() == [True, True, False, False, True, True]
    assert pd.isna(judged["predicted"].iloc[3])
    assert recorded(judged)["member_id"].tolist() == [1, 2, 1, 2]


def test_the_record_beside_two_simple_guesses(judged: pd.DataFrame) -> None:
    found = record(judged)
    assert (found.n, found.nights) == (4, 2)
    # Ours missed by 0.5, 1.9, 0.5, 1; own means by 1.5, 0.5, 1, 2; the crowd by 1, 1.5, 0.5, 1.
    assert found.errors["model"].tolist() == ["ours", "own mean", "crowd"]
    assert found.errors["mae"].tolist() == pytest.approx([0.975, 1.25, 1.0])
    assert found.errors["gap"].tolist() == pytest.approx([0, 0.275, 0.025])
    # The squares add up to 5.11, 7.5 and 4.5.
    assert found.errors["rmse"].tolist() == pytest.approx([1.130265, 1.369306, 1.060660], abs=1e-6)
    assert found.errors["clarity"].tolist() == ["", "too few", "too few"]
    assert found.errors[["low", "high", "gap_low", "gap_high"]].isna().all(axis=None)
    assert found.sentence == (
        "Over 2 nights (4 ratings) the predictions were off by 0.97 stars on average; everyone's "
        "own mean by 1.25, the crowd's opinion by 1.00: too few to tell (30 ratings of 5 nights "
        "are needed)."
    )


def test_the_error_so_far_is_over_all_ratings_so_far(judged: pd.DataFrame) -> None:
    found = record_over_time(judged)
    assert found["night_id"].tolist() == [1, 1, 1, 2, 2, 2]
    assert found["nights"].tolist() == [1, 1, 1, 2, 2, 2]
    assert found["n"].tolist() == [2, 2, 2, 4, 4, 4]
    assert found["model"].tolist() == ["ours", "own mean", "crowd"] * 2
    assert found["mae"].tolist() == pytest.approx([1.2, 1.0, 1.25, 0.975, 1.25, 1.0])


def test_a_gap_on_every_night_is_clear_and_a_lone_one_is_not() -> None:
    # Own means miss by 1 on every night, ours and the crowd's opinion by half a star.
    found = record(many([4] * 6))
    assert found.errors["gap"].tolist() == [0, 0.5, 0]
    assert found.errors["gap_low"].tolist() == [0, 0.5, 0]
    assert found.errors["clarity"].tolist() == ["", "better", "unclear"]
    assert found.sentence == (
        "Over 6 nights (30 ratings) the predictions were off by 0.50 stars on average; everyone's "
        "own mean by 1.00 (clearly more), the crowd's opinion by 0.50 (no clear difference)."
    )
    worse = record(many([4] * 6).assign(predicted=5.0))
    assert worse.errors["clarity"].tolist() == ["", "worse", "worse"]
    assert "own mean by 1.00 (clearly less)" in worse.sentence
    lone = many([4] * 6)
    lone.loc[lone["night_id"] == 0, "crowd"] = 0.5
    assert record(lone).errors["clarity"].tolist() == ["", "better", "unclear"]
    assert record(many([4] * 4, each=10)).errors["clarity"].tolist() == ["", "too few", "too few"]
    assert record(many([4] * 5)).errors["clarity"].tolist() == ["", "too few", "too few"]


def test_intervals_of_few_nights_are_wider_than_the_bootstrap() -> None:
    rows = many([4] * 6)
    rows.loc[rows["night_id"] < 3, "predicted"] = 4.0  # a star off on half of the nights
    ours = record(rows).errors.set_index("model").loc["ours"]
    assert ours["mae"] == 0.75
    # Of six nights drawn, 1 to 5 are bad ones in 97% of draws: 0.5833 to 0.9167. Student's quantile
    # for 5 degrees of freedom is 2.571, the root of 6/5 is 1.095: 1.437 times as wide.
    assert ours["low"] == pytest.approx(0.75 - 1.437 / 6, abs=1e-3)
    assert ours["high"] == pytest.approx(0.75 + 1.437 / 6, abs=1e-3)


NINE = [5, *[4] * 8]  # nights of five; 37 of 45 inside


@pytest.mark.parametrize(
    ("hits", "said"),
    [
        (NINE, "37 of 45 ratings (82%) lay inside their 80% interval; chance alone gives 31 to 41: "
               "the intervals are honest, as far as one can tell."),
        ([4, 4, 4, *[3] * 6], "30 of 45 ratings (67%) lay inside their 80% interval; chance alone "
                              "gives 31 to 41: the intervals are too narrow."),
        ([4, 4, *[5] * 7], "43 of 45 ratings (96%) lay inside their 80% interval; chance alone "
                           "gives 31 to 41: the intervals are too wide."),
        ([0, 0], "0 of 10 ratings (0%) lay inside their 80% interval: too few to tell (30 ratings "
                 "of 5 nights are needed)."),
    ],
)  # fmt: skip
def test_honest_too_narrow_too_wide_or_too_few(hits: list[int], said: str) -> None:
    assert honesty(many(hits)).sentence == said


def test_whole_nights_that_go_wrong_are_less_proof_than_single_ratings() -> None:
    # 30 of 45, but three nights went wrong altogether. Nights differ 7.8125 times as much as
    # independent ratings would: 36 - 5 and 36 + 5 move out by 2.795 to 22.02 and beyond 45.
    found = honesty(many([5] * 6 + [0] * 3)).intervals
    assert (found.count, found.low, found.high, found.verdict) == (30, 23, 45, "kept")
    # Wilson's interval of two thirds of 45 / 7.8125 = 5.76 ratings.
    assert (found.came.low, found.came.high) == pytest.approx((0.2944, 0.9055), abs=1e-4)
    # Single ratings going wrong, the same on all nights, are Wilson's 30 of 45.
    even = honesty(many([4, 4, 4, *[3] * 6])).intervals
    assert (even.came.low, even.came.high) == pytest.approx((0.5207, 0.7864), abs=1e-3)


@pytest.mark.parametrize(
    ("stars", "like", "said"),
    [
        ([4.0] * 21 + [3.0] * 24, 0.5, "21 of 45 ratings came to 4 stars or more, where the "
         "chances promised 22; chance alone gives 16 to 29: the chances are honest, as far as one "
         "can tell."),
        ([3.5] * 45, 0.5, "0 of 45 ratings came to 4 stars or more, where the chances promised 22; "
         "chance alone gives 16 to 29: the chances are too high."),
        ([4.0] * 45, 0.5, "45 of 45 ratings came to 4 stars or more, where the chances promised "
         "22; chance alone gives 16 to 29: the chances are too low."),
        ([4.0] * 45, 1.0, "45 of 45 ratings came to 4 stars or more, where the chances promised "
         "45; chance alone gives 45 to 45: the chances are honest, as far as one can tell."),
    ],
)  # fmt: skip
def test_chances_of_a_like_are_held_to_their_word(stars, like: float, said: str) -> None:
    rows = many([4] * 9, like=like)
    # Dealt out over the nights one by one, so that no night is special.
    dealt = rows.sort_values("member_id", kind="stable").index
    rows.loc[dealt, "actual"] = stars
    assert honesty(rows).likes_sentence == said


def test_chances_that_differ_are_counted_one_by_one() -> None:
    night = pd.Series([1, 1, 1, 1])
    came = pd.Series([True, True, False, False])
    # Two are certain, two cannot be: two come, whatever chance does.
    sure = Kept.of(pd.Series([1.0, 1.0, 0.0, 0.0]), came, night)
    assert (sure.count, sure.promised, sure.low, sure.high) == (2, 2.0, 2, 2)
    # One is certain; of the two halves none, one or both come with 25, 50 and 25%.
    mixed = Kept.of(pd.Series([1.0, 0.5, 0.5, 0.0]), came, night)
    assert (mixed.low, mixed.high, mixed.verdict) == (1, 3, "too few")


def test_the_share_inside_so_far_and_what_chance_allows() -> None:
    found = honesty_over_time(many(NINE))
    assert found["n"].tolist() == [5, 10, 15, 20, 25, 30, 35, 40, 45]
    assert found["inside"].tolist() == [5, 9, 13, 17, 21, 25, 29, 33, 37]
    assert found["share"].iloc[[0, 1]].tolist() == [1.0, 0.9]
    # Of five ratings two to five lie inside with 97.5% at either end: less than two with 0.7%.
    assert found[["low", "high"]].iloc[0].tolist() == [0.4, 1.0]
    assert found[["low", "high"]].iloc[-1].tolist() == pytest.approx([31 / 45, 41 / 45])
    assert found["verdict"].tolist() == ["too few"] * 5 + ["kept"] * 4
    # Six nights that are alike are as good as 30 ratings; then three come that are not.
    uneven = many([5] * 6 + [0] * 3)
    for rows in (uneven, uneven.iloc[::-1]):
        low = honesty_over_time(rows)["low"] * [5, 10, 15, 20, 25, 30, 35, 40, 45]
        assert low.iloc[[5, 8]].tolist() == pytest.approx([19, 23])


def test_the_biggest_surprise_comes_first(judged: pd.DataFrame) -> None:
    found = surprises(judged, NAMES, TITLES)
    assert found["sentence"].tolist() == [
        "Bruno gave Up 2, 1.9 stars less than expected",
        "Bruno gave Heat 4, 1.0 stars more than expected",
        "Ana gave Up 4.5, 0.5 stars more than expected",
        "Ana gave Heat 2.5, 0.5 stars more than expected",
    ]
    assert found["night_id"].tolist() == [1, 2, 1, 2]
    one = surprises(judged[judged["night_id"] == 2], NAMES, TITLES)
    assert one["member_id"].tolist() == [2, 1]


def test_a_rating_that_was_foreseen_is_no_surprise(judged: pd.DataFrame) -> None:
    same = judged.head(1).assign(surprise=-0.04)
    assert surprises(same, NAMES, TITLES)["sentence"].tolist() == ["Ana gave Up 4.5, as expected"]


def test_who_is_easy_to_foresee_takes_five_ratings() -> None:
    rows = many([4] * 5, each=3)
    rows["surprise"] = rows["member_id"].map({0: -1.5, 1: 0.5, 2: 1.0})
    found = foresight(rows[(rows["member_id"] < 2) | (rows["night_id"] > 0)])
    assert found.to_dict("list") == {
        "member_id": [1, 0], "n": [5, 5], "mae": [0.5, 1.5], "bias": [0.5, -1.5],
    }  # fmt: skip
    assert easiest_and_hardest(found, {0: "Ana", 1: "Bruno"}) == (
        "So far Bruno (off by 0.5 stars on average, 5 ratings) is the easiest to foresee, Ana (off "
        "by 1.5 stars on average, 5 ratings) the hardest."
    )
    assert easiest_and_hardest(found.head(1), NAMES) == (
        "It takes two people with 5 predicted ratings each to say who is easier."
    )


def test_pairs_that_came_out_the_other_way_round(judged: pd.DataFrame) -> None:
    assert turned_round(judged, NAMES).empty
    evening = judged[judged["counts"]].head(3).assign(
        night_id=1, member_id=[1, 2, 3], predicted=[4.0, 3.0, 3.5], actual=[2.0, 4.5, 3.0]
    )  # fmt: skip
    found = turned_round(evening, NAMES)
    assert found["swing"].tolist() == [3.5, 2.0, 1.5]
    assert found[["member_id", "other_id"]].to_numpy().tolist() == [[1, 2], [3, 2], [1, 3]]
    assert found["sentence"].iloc[0] == (
        "Ana was expected to like it more than Bruno (4.0 and 3.0); it was the other way round "
        "(2 and 4.5)"
    )
    alike = evening.assign(predicted=[4.0, 3.8, 3.9])
    assert turned_round(alike, NAMES).empty  # nobody was expected to like it more than another
    level = evening.assign(actual=3.0)
    assert turned_round(level, NAMES).empty  # the same stars are not the other way round


EMPTY = {"nights": NIGHTS, "predictions": PREDICTIONS, "given": GIVEN}


@pytest.mark.parametrize(
    "missing",
    [("given",), ("predictions",), ("nights", "given"), ("nights", "predictions", "given")],
)
def test_nothing_to_judge_is_said(nights, predictions, given, missing) -> None:
    frames = {"nights": nights, "predictions": predictions, "given": given}
    frames |= {name: pd.DataFrame(columns=EMPTY[name]) for name in missing}
    rows = judge(**frames)
    assert not rows["counts"].any()
    nothing = "No rating of a night has been predicted yet."
    assert record(rows).sentence == nothing
    assert list(record(rows).errors) == list(record(many([4])).errors)
    assert honesty(rows).sentence == honesty(rows).likes_sentence == nothing
    for frame in (
        record_over_time(rows), honesty_over_time(rows), foresight(rows),
        surprises(rows, NAMES, TITLES), turned_round(rows, NAMES),
    ):  # fmt: skip
        assert frame.empty
        assert len(frame.columns)


def test_one_person_on_one_night(judged: pd.DataFrame) -> None:
    one = judged.head(1)
    found = record(one)
    assert found.errors["mae"].tolist() == [0.5, 1.5, 1.0]
    assert found.sentence.startswith("Over 1 night (1 rating) the predictions were off by 0.50 ")
    assert honesty(one).sentence.startswith("1 of 1 rating (100%) lay inside their 80% interval: ")
    assert honesty_over_time(one)[["share", "low", "high"]].to_numpy().tolist() == [[1, 0, 1]]


stars = st.integers(1, 10).map(lambda half: half / 2)
evenings = st.lists(
    st.lists(st.tuples(st.floats(0.5, 5), stars, st.booleans()), min_size=1, max_size=4),
    min_size=1,
    max_size=7,
)


def frames_of(evenings) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Nights, predictions and ratings: one night a list, one person a (mean, stars, known)."""
    first = date(2026, 1, 2)
    nights = [(n, first + timedelta(days=7 * n), 7 + n) for n in range(len(evenings))]
    people = [(n, m, *person) for n, each in enumerate(evenings) for m, person in enumerate(each)]
    predictions = [
        (n, m, 7 + n, mean, 1.0, mean - 1.28, mean + 1.28, mean / 5, 3.0, 3.5, known)
        for n, m, mean, _, known in people
    ]
    given = [(n, m, actual) for n, m, _, actual, _ in people]
    return (
        pd.DataFrame(nights, columns=NIGHTS),
        pd.DataFrame(predictions, columns=PREDICTIONS),
        pd.DataFrame(given, columns=GIVEN),
    )


@settings(max_examples=12, deadline=None)
@given_any(evenings, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(evenings, chance) -> None:
    frames = frames_of(evenings)
    judged = judge(*frames)
    mixed = judge(*(frame.sample(frac=1, random_state=chance.randrange(99)) for frame in frames))
    pd.testing.assert_frame_equal(judged, mixed)
    shuffled = judged.sample(frac=1, random_state=chance.randrange(99))
    names = dict.fromkeys(range(4), "Ana")
    titles = dict.fromkeys(range(7, 14), "Up")
    pd.testing.assert_frame_equal(record_over_time(judged), record_over_time(shuffled))
    pd.testing.assert_frame_equal(record(judged).errors, record(shuffled).errors)
    pd.testing.assert_frame_equal(
        surprises(judged, names, titles), surprises(shuffled, names, titles)
    )
    pd.testing.assert_frame_equal(turned_round(judged, names), turned_round(shuffled, names))
    pd.testing.assert_frame_equal(honesty_over_time(judged), honesty_over_time(shuffled))
    assert honesty(judged).sentence == honesty(shuffled).sentence


@settings(max_examples=25, deadline=None)
@given_any(st.lists(st.lists(stars, min_size=1, max_size=4), min_size=1, max_size=7))
def test_a_perfect_model_is_never_off_and_always_inside(evenings) -> None:
    judged = judge(*frames_of([[(s, s, False) for s in each] for each in evenings]))
    ours = record(judged).errors.set_index("model").loc["ours"]
    assert (ours["mae"], ours["rmse"]) == (0, 0)
    assert judged["hit"].all()
    assert honesty(judged).intervals.came.value == 1
    assert turned_round(judged, dict.fromkeys(range(4), "Ana")).empty


@settings(max_examples=15, deadline=None)
@given_any(
    st.lists(
        st.lists(st.tuples(st.floats(0.5, 5), stars, st.just(False)), min_size=2, max_size=3),
        min_size=5,
        max_size=7,
    )
)
def test_more_of_the_same_nights_narrow_every_interval(evenings) -> None:
    few, more = (judge(*frames_of(nights)) for nights in (evenings, evenings * 4))
    little, much = record(few).errors, record(more).errors
    np.testing.assert_allclose(little["mae"], much["mae"])
    for low, high in (("low", "high"), ("gap_low", "gap_high")):
        assert (much[high] - much[low] <= little[high] - little[low] + 1e-9).all()
    wide, narrow = honesty(few).intervals.came, honesty(more).intervals.came
    assert narrow.high - narrow.low < wide.high - wide.low
