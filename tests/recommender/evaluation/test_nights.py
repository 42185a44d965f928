"""Movie nights: outcomes, errors and coverage, worked out by hand."""

from datetime import date, timedelta

import pandas as pd
import pytest

from recommender.evaluation.nights import (
    interval_coverage,
    outcomes,
    record,
    record_over_time,
    recorded,
    surprises,
)

NIGHTS = ["night_id", "on", "movie_id"]
PREDICTIONS = [
    "night_id", "member_id", "movie_id", "mean", "sd", "low", "high", "like", "own_mean", "crowd",
    "known",
]  # fmt: skip
GIVEN = ["night_id", "member_id", "rating"]
EMPTY = {"nights": NIGHTS, "predictions": PREDICTIONS, "given": GIVEN}


@pytest.fixture
def frames() -> dict[str, pd.DataFrame]:
    """Member 3 had rated movie 7, 4 came later, nobody has rated night 3; 8 was a candidate."""
    nights = [(2, date(2026, 1, 9), 9), (1, date(2026, 1, 2), 7), (3, date(2026, 1, 16), 7)]
    predictions = [
        (1, 1, 7, 4.0, 0.5, 3.4, 4.6, 0.7, 3.0, 3.5, False),
        (1, 2, 7, 3.9, 0.95, 2.7, 5.0, 0.6, 2.5, 3.5, False),
        (1, 3, 7, 4.8, 0.3, 4.4, 5.0, 0.9, 3.5, 3.5, True),
        (1, 1, 8, 1.0, 0.5, 0.5, 1.6, 0.0, 3.0, 2.0, False),
        (1, 2, 8, 1.0, 0.5, 0.5, 1.6, 0.0, 2.5, 2.0, False),
        (2, 1, 9, 2.0, 0.5, 1.4, 2.5, 0.1, 3.5, 3.0, False),
        (2, 2, 9, 3.0, 1.0, 1.7, 4.3, 0.2, 2.0, 3.0, False),
        (3, 1, 7, 5.0, 0.5, 4.4, 5.0, 0.9, 3.5, 3.5, False),
    ]
    given = [(2, 1, 2.5), (2, 2, 4.0), (1, 1, 4.5), (1, 2, 2.0), (1, 3, 5.0), (1, 4, 3.0)]
    rows = {"nights": nights, "predictions": predictions, "given": given}
    return {name: pd.DataFrame(rows[name], columns=columns) for name, columns in EMPTY.items()}


@pytest.fixture
def two_nights(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return outcomes(**frames)


def many(hits: list[int], each: int = 5) -> pd.DataFrame:
    """One night a number: so many of its ratings lie inside; all are 3 stars, half a star off."""
    rows = [
        (night, date(2026, 1, 1) + timedelta(weeks=night), member, member < inside)
        for night, inside in enumerate(hits)
        for member in range(each)
    ]
    frame = pd.DataFrame(rows, columns=["night_id", "on", "member_id", "hit"])
    return frame.assign(
        movie_id=7, predicted=3.5, own_mean=4.0, crowd=2.5, actual=3.0, surprise=-0.5, counts=True
    )  # fmt: skip


def test_outcomes_join_predictions_with_ratings(two_nights: pd.DataFrame) -> None:
    assert two_nights[["night_id", "member_id"]].to_numpy().tolist() == [
        [1, 1], [1, 2], [1, 3], [1, 4], [2, 1], [2, 2],
    ]  # fmt: skip
    assert two_nights["movie_id"].tolist() == [7, 7, 7, 7, 9, 9]
    assert two_nights["on"].iloc[-1] == date(2026, 1, 9)
    assert two_nights["actual"].tolist() == [4.5, 2.0, 5.0, 3.0, 2.5, 4.0]
    surprise = two_nights["surprise"].dropna().tolist()
    assert surprise == pytest.approx([0.5, -1.9, 0.2, 0.5, 1.0])
    # 2.5 on the second night is the very end of 1.4 to 2.5.
    assert two_nights["hit"].tolist() == [True, False, True, False, True, True]


def test_outcomes_count_no_rewatch_and_nobody_without_a_prediction(two_nights) -> None:
    assert two_nights["counts"].tolist() == [True, True, False, False, True, True]
    assert pd.isna(two_nights["predicted"].iloc[3])
    assert recorded(two_nights)["member_id"].tolist() == [1, 2, 1, 2]


def test_record_beside_two_simple_guesses(two_nights: pd.DataFrame) -> None:
    found = record(two_nights)
    assert (found.n, found.nights) == (4, 2)
    # Ours missed by 0.5, 1.9, 0.5, 1; own means by 1.5, 0.5, 1, 2; the crowd by 1, 1.5, 0.5, 1.
    assert found.errors["model"].tolist() == ["ours", "own mean", "crowd"]
    assert found.errors["mae"].tolist() == pytest.approx([0.975, 1.25, 1.0])
    assert found.errors["gap"].tolist() == pytest.approx([0, 0.275, 0.025])
    assert found.errors["clarity"].tolist() == ["", "too few", "too few"]
    assert found.errors[["low", "high", "gap_low", "gap_high"]].isna().all(axis=None)


def test_record_over_time_is_cumulative(two_nights: pd.DataFrame) -> None:
    found = record_over_time(two_nights)
    assert found["night_id"].tolist() == [1, 1, 1, 2, 2, 2]
    assert found["nights"].tolist() == [1, 1, 1, 2, 2, 2]
    assert found["n"].tolist() == [2, 2, 2, 4, 4, 4]
    assert found["model"].tolist() == ["ours", "own mean", "crowd"] * 2
    assert found["mae"].tolist() == pytest.approx([1.2, 1.0, 1.25, 0.975, 1.25, 1.0])


def test_record_clarity_needs_a_gap_on_many_nights() -> None:
    # Own means miss by 1 on every night, ours and the crowd's opinion by half a star.
    found = record(many([4] * 6)).errors
    assert found["gap"].tolist() == [0, 0.5, 0]
    assert found["gap_low"].tolist() == [0, 0.5, 0]
    lone = many([4] * 6)
    lone.loc[lone["night_id"] == 0, "crowd"] = 0.5
    worse = many([4] * 6).assign(predicted=5.0)
    for rows, expected in (
        (many([4] * 6), ["", "better", "unclear"]),
        (worse, ["", "worse", "worse"]),
        (lone, ["", "better", "unclear"]),
        (many([4] * 4, each=10), ["", "too few", "too few"]),
        (many([4] * 5), ["", "too few", "too few"]),
    ):
        assert record(rows).errors["clarity"].tolist() == expected


def test_record_intervals_of_few_nights_are_wider_than_the_bootstrap() -> None:
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
    ("hits", "count", "reading"),
    [
        (NINE, 37, "as expected"),
        ([4, 4, 4, *[3] * 6], 30, "too seldom"),
        ([4, 4, *[5] * 7], 43, "too often"),
    ],
)
def test_interval_coverage_against_chance(hits: list[int], count: int, reading: str) -> None:
    found = interval_coverage(many(hits))
    assert (found.count, found.low, found.high, found.reading) == (count, 31, 41, reading)
    assert interval_coverage(many([0, 0])).reading == "too few"


def test_coverage_trusts_whole_nights_less_than_single_ratings() -> None:
    # 30 of 45, but three nights went wrong altogether. Nights differ 7.8125 times as much as
    # independent ratings would: 36 - 5 and 36 + 5 move out by 2.795 to 22.02 and beyond 45.
    found = interval_coverage(many([5] * 6 + [0] * 3))
    assert (found.count, found.low, found.high, found.reading) == (30, 23, 45, "as expected")


def test_surprises_come_largest_first(two_nights: pd.DataFrame) -> None:
    found = surprises(two_nights)
    assert found[["night_id", "member_id"]].to_numpy().tolist() == [[1, 2], [2, 2], [1, 1], [2, 1]]
    assert found["surprise"].tolist() == pytest.approx([-1.9, 1.0, 0.5, 0.5])


@pytest.mark.parametrize("missing", [("given",), ("predictions",), tuple(EMPTY)])
def test_nothing_rated_is_empty_everywhere(frames, missing: tuple[str, ...]) -> None:
    rows = outcomes(**frames | {name: pd.DataFrame(columns=EMPTY[name]) for name in missing})
    assert not rows["counts"].any()
    assert record(rows).n == 0
    assert list(record(rows).errors) == list(record(many([4])).errors)
    assert interval_coverage(rows) is None
    for function in (record_over_time, surprises):
        found = function(rows)
        assert found.empty
        assert len(found.columns)
