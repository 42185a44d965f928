import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from recommender import Reactions

stars = st.floats(0.5, 5.0)
spread = st.floats(0.05, 2.0)


def reactions(mean: float, sd: float) -> Reactions:
    return Reactions((1,), (7,), np.array([[mean]]), np.array([[sd]]))


@given(stars, spread, st.floats(0.05, 0.95), st.floats(0.01, 0.04))
def test_intervals_nest_around_the_mean(mean: float, sd: float, level: float, more: float) -> None:
    low, high = reactions(mean, sd).interval(level)
    wider_low, wider_high = reactions(mean, sd).interval(level + more)
    assert 0.5 <= wider_low[0, 0] <= low[0, 0] <= mean <= high[0, 0] <= wider_high[0, 0] <= 5.0


def test_interval_and_like_probability() -> None:
    low, high = reactions(3.0, 0.5).interval(0.8)
    assert (low[0, 0], high[0, 0]) == pytest.approx(norm.interval(0.8, 3.0, 0.5))
    # A rating of 4 stands for everything from 3.75 up.
    assert reactions(3.75, 0.7).like_probability(4.0)[0, 0] == pytest.approx(0.5)


@pytest.mark.parametrize("mean", [0.5, 0.9, 3.0, 4.6, 5.0])
def test_interval_holds_its_level_where_the_stars_end(mean: float) -> None:
    low, high = reactions(mean, 0.7).interval(0.8)
    given = np.clip(norm.ppf(np.linspace(0.0005, 0.9995, 1000), mean, 0.7), 0.5, 5.0)
    inside = (given >= low[0, 0]) & (given <= high[0, 0])
    assert inside.mean() == pytest.approx(0.8, abs=0.01)


def club(shared: float) -> Reactions:
    mean = np.array([[3.0, 4.0], [3.5, 2.0]])
    return Reactions((1, 2), (7, 8), mean, np.full((2, 2), 0.5), np.full(2, shared))


def test_shared_sd_does_not_average_out() -> None:
    mean, sd = club(0.0).group_mean()
    assert mean.tolist() == [3.25, 3.0]
    assert sd == pytest.approx(np.full(2, 0.5 / np.sqrt(2)))
    _, together = club(0.5).group_mean()
    assert together == pytest.approx(np.full(2, 0.5), abs=1e-6)
    _, alone = club(0.3).group_mean([2])
    assert alone == pytest.approx(np.full(2, 0.5))
