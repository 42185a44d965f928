"""Bootstrap intervals of one model, of a paired difference, and of losses by unit."""

import numpy as np
import pandas as pd
import pytest

from recommender.evaluation.bootstrap import Tally, clarity, compare, differences, intervals


def test_tally_takes_roots_of_means_and_has_nan_without_data() -> None:
    total = np.array([[4.0, 0.5, 0.0], [0.0, 1.0, 0.0]])
    count = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 0.0]])
    tally = Tally(("rmse", "order", "regret"), total, count)
    assert tally.as_dict() == pytest.approx(
        {"rmse": np.sqrt(2), "order": 0.75, "regret": np.nan}, nan_ok=True
    )
    assert tally.only(["order"]).as_dict() == {"order": 0.75}


def test_paired_difference_is_sharper_than_two_intervals() -> None:
    rng = np.random.default_rng(0)
    losses = rng.gamma(2.0, size=(40, 1)) * (1 + np.arange(40)[:, None] % 7)
    better, worse = (Tally(("mae",), scale * losses, np.ones((40, 1))) for scale in (1, 1.05))
    gap = differences([better], [worse]).iloc[0]
    assert gap["low"] < gap["difference"] < gap["high"] < 0
    alone = intervals(better).iloc[0]
    assert alone["low"] < alone["value"] < alone["high"]
    assert gap["high"] - gap["low"] < (alone["high"] - alone["low"]) / 5


def test_compare_resamples_units_not_ratings() -> None:
    losses = pd.DataFrame({"ours": [0.0, 0.0, 1.0, 1.0], "other": [1.0, 1.0, 2.0, 2.0]})
    found = compare(losses, pd.Series([7, 7, 8, 8])).set_index("model")
    assert found["value"].tolist() == [0.5, 1.5]
    # With two movies every share of the draws is 0, ½ or 1.
    assert found.loc["ours", ["low", "high"]].tolist() == [0.0, 1.0]
    assert found.loc["ours", ["gap", "gap_low", "gap_high"]].tolist() == [0.0, 0.0, 0.0]
    assert found.loc["other", ["gap", "gap_low", "gap_high"]].tolist() == [1.0, 1.0, 1.0]
    one_movie = compare(losses, pd.Series([7] * 4)).set_index("model")
    assert one_movie.loc["ours", ["low", "high"]].tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("n", "low", "high", "reading"),
    [
        (29, 0.1, 0.2, "too few"),
        (30, 0.1, 0.2, "better"),
        (30, -0.2, -0.1, "worse"),
        (30, 0.0, 0.1, "unclear"),
    ],
)
def test_clarity(n: int, low: float, high: float, reading: str) -> None:
    assert clarity(n, low, high) == reading
