"""Ours against simple guesses: exact means, intervals over movies, and honest words."""

import pandas as pd
import pytest
from scipy.special import expit

from recommender.evaluation.calibration import coverage, likes_foreseen, reliability_bins
from recommender.evaluation.chances import Chances
from recommender.evaluation.verdict import (
    Findings,
    Verdict,
    brier,
    by_member,
    clarity,
    compare,
    misses,
)


@pytest.fixture
def frame() -> pd.DataFrame:
    """Two members and four movies; the last one was rated by the second member only."""
    return pd.DataFrame(
        {
            "member_id": [1, 1, 1, 2, 2, 2, 2],
            "movie_id": [7, 8, 9, 7, 8, 9, 10],
            "actual": [4.0, 2.0, 5.0, 3.0, 1.0, 4.0, 2.0],
            "predicted": [4.0, 2.5, 4.5, 3.5, 1.5, 4.0, 2.0],
            "low": [3.5, 2.1, 4.0, 3.0, 1.1, 3.0, 1.0],
            "high": [4.5, 3.0, 5.0, 4.0, 2.0, 5.0, 3.0],
            "like": [0.9, 0.1, 0.8, 0.6, 0.0, 0.4, 0.05],
            "bias": [3.5, 3.0, 4.0, 3.0, 2.0, 3.0, 3.0],
            "member_mean": [3.5, 4.5, 3.0, 2.5, 3.0, 2.0, 3.0],
            "constant": [3.0] * 7,
        }
    ).assign(liked=lambda f: f["actual"] >= 4)


def test_misses_are_stars_and_ours_come_first(frame: pd.DataFrame) -> None:
    found = misses(frame)
    assert list(found) == ["ours", "user+item bias", "own mean", "mean of all ratings"]
    assert found["ours"].tolist() == [0.0, 0.5, 0.5, 0.5, 0.5, 0.0, 0.0]
    assert found["user+item bias"].tolist() == [0.5, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0]


CHANCES = Chances({"bias": (0.5, 2.0), "member_mean": (0.0, 0.0), "constant": (-1.0, 1.0)})


def test_brier_of_ours_and_of_the_baselines_by_their_chances(frame: pd.DataFrame) -> None:
    found = brier(frame, CHANCES)
    promised, liked = frame["like"], frame["liked"]
    assert found["ours"].tolist() == pytest.approx(((promised - liked) ** 2).tolist())
    # The first rating: 4 stars, and the bias said 3.5; the second: 2 stars, it said 3.
    assert found["user+item bias"].iloc[:2].tolist() == pytest.approx(
        [(expit(0.5 - 1.0) - 1) ** 2, expit(0.5 - 2.0) ** 2]
    )
    assert found["own mean"].tolist() == [0.25] * 7


def test_compare_draws_movies_not_ratings() -> None:
    losses = pd.DataFrame({"ours": [0.0, 0.0, 1.0, 1.0], "other": [1.0, 1.0, 2.0, 2.0]})
    movies = pd.Series([7, 7, 8, 8])
    found = compare(losses, movies).set_index("model")
    assert found["value"].tolist() == [0.5, 1.5]
    # With two movies every share of the draws is 0, ½ or 1.
    assert found.loc["ours", ["low", "high"]].tolist() == [0.0, 1.0]
    assert found.loc["ours", ["gap", "gap_low", "gap_high"]].tolist() == [0.0, 0.0, 0.0]
    assert found.loc["other", ["gap", "gap_low", "gap_high"]].tolist() == [1.0, 1.0, 1.0]
    one_movie = compare(losses, pd.Series([7] * 4)).set_index("model")
    assert one_movie.loc["ours", ["low", "high"]].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("n", "low", "high", "said"),
    [
        (29, 0.1, 0.2, "too few"),
        (30, 0.1, 0.2, "better"),
        (30, -0.2, -0.1, "worse"),
        (30, -0.1, 0.1, "unclear"),
        (30, 0.0, 0.1, "unclear"),
    ],
)
def test_a_difference_is_called_one_when_it_is(n: int, low: float, high: float, said: str) -> None:
    assert clarity(n, low, high) == said


def test_the_verdict_is_against_the_best_of_the_baselines(frame: pd.DataFrame) -> None:
    verdict = Verdict.of(compare(misses(frame), frame["movie_id"]), len(frame))
    assert (verdict.n, verdict.rival) == (7, "user+item bias")
    assert verdict.ours == pytest.approx(2 / 7)
    assert verdict.theirs == pytest.approx(5.5 / 7)
    assert verdict.gap == pytest.approx(3.5 / 7)
    assert verdict.low <= verdict.gap <= verdict.high
    assert verdict.clarity == "too few"


def test_members_with_hardly_a_rating_have_no_interval(frame: pd.DataFrame) -> None:
    assert by_member(frame).empty
    assert list(by_member(frame)) == list(by_member(pd.concat([frame] * 2, ignore_index=True)))
    twice = pd.concat([frame] * 2, ignore_index=True)
    found = by_member(twice)
    ours = found[found["model"] == "ours"].set_index("member_id")
    assert ours["n"].to_dict() == {1: 6, 2: 8}
    assert ours["value"].tolist() == pytest.approx([1 / 3, 0.25])
    assert set(found["clarity"]) == {"too few"}
    only = by_member(twice[twice["member_id"] == 2])
    assert only["low"].tolist() == found.loc[found["member_id"] == 2, "low"].tolist()


def test_coverage_counts_the_ends_as_inside(frame: pd.DataFrame) -> None:
    share = coverage(frame)
    assert (share.n, share.value) == (7, pytest.approx(5 / 7))
    # Wilson's interval of 5 out of 7.
    assert (share.low, share.high) == pytest.approx((0.3589, 0.9178), abs=1e-4)


def test_reliability_in_tenths() -> None:
    frame = pd.DataFrame({"like": [0.25] * 10 + [1.0] * 10, "liked": [True, *[False] * 9] * 2})
    bins = reliability_bins(frame)
    assert bins["promised"].tolist() == [0.25, 1.0]
    assert bins["share"].tolist() == [0.1, 0.1]
    assert bins["n"].tolist() == [10, 10]
    assert bins["low"].tolist() == pytest.approx([0.0179] * 2, abs=1e-4)
    assert bins["high"].tolist() == pytest.approx([0.4042] * 2, abs=1e-4)


def test_likes_are_counted_by_what_was_expected(frame: pd.DataFrame) -> None:
    found = likes_foreseen(frame)
    assert found.to_dict("list") == {
        "expected": [True, True, False, False],
        "liked": [True, False, True, False],
        "n": [2, 1, 1, 3],
    }


def test_findings_hold_it_all(frame: pd.DataFrame) -> None:
    found = Findings.of(pd.concat([frame.drop(columns="liked")] * 5, ignore_index=True), CHANCES)
    assert found.n == 35
    assert found.predictions["liked"].sum() == 15
    assert found.verdict == Verdict.of(found.errors, 35)
    assert found.verdict.clarity in {"better", "unclear"}
    assert found.chances["model"].tolist() == found.errors["model"].tolist()
    assert set(found.members["member_id"]) == {1, 2}
    pd.testing.assert_frame_equal(
        found.errors, Findings.of(found.predictions, CHANCES).errors, check_exact=True
    )
