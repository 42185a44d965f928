import numpy as np
import pandas as pd
import pytest
from scipy.stats import pearson3

from recommender import Dataset, HybridModel, TrainingOptions
from recommender.calibration import Calibration, find_thresholds
from recommender.reactions import STEPS, upper_tail


def test_find_thresholds_recovers_known_ones() -> None:
    rng = np.random.default_rng(0)
    mean, sd = rng.uniform(1, 5, 100_000), np.full(100_000, 0.8)
    true = np.array([-9.0, 0.9, 1.2, 2.0, 2.3, 2.8, 3.1, 3.5, 4.4, 4.7])
    drawn = mean + sd * rng.standard_normal(100_000)
    stars = STEPS[np.searchsorted(true, drawn, side="right").clip(1) - 1]
    assert find_thresholds(mean, sd, stars)[1:] == pytest.approx(true[1:], abs=0.03)


def test_upper_tail_is_that_of_pearsons_distribution() -> None:
    z = np.linspace(-3, 3, 61)
    assert upper_tail(z, 0.0) == pytest.approx(pearson3.sf(-z, 0.0))
    for skew in (-1.0, -0.5, 0.5):
        assert upper_tail(z, skew) == pytest.approx(pearson3.sf(-z, skew), abs=0.01)
        assert (np.diff(upper_tail(np.linspace(-9, 9, 99), skew)) >= 0).all()


def measured(thresholds: np.ndarray | None = None) -> Calibration:
    return Calibration(
        prior=1.0,
        observed=1.0,
        thresholds=np.zeros((2, 10)) if thresholds is None else thresholds,
        whole=0.5,
        halves=np.array([0.01, 0.4]),
        skew=0.0,
    )


def test_half_stars_show_where_stars_begin() -> None:
    whole, finer = np.full(10, 3.5), np.full(10, 3.7)
    calibration = measured(np.array([whole, finer]))
    found = calibration.thresholds_of(np.array([0, 0, 0, 3, 1]), np.array([0, 3, 20, 20, 20]))
    assert found.shape == (5, 10)
    unknown, few, many, often, once = found[:, 7]
    assert unknown == pytest.approx(3.6)
    assert 3.5 < many < 3.501 < few < unknown < often < 3.7
    assert many < once < often


def test_raters_of_whole_stars_begin_them_lower() -> None:
    """Half of the raters round the same opinions to whole stars."""
    rng = np.random.default_rng(0)
    users, movies = np.repeat(np.arange(80), 40), np.tile(np.arange(40), 80)
    opinion = np.linspace(2.0, 4.9, 40)[movies] + 0.4 * rng.standard_normal(3200)
    step = np.where(users % 2, 0.5, 1.0)
    stars = np.clip(np.round(opinion / step) * step, 0.5, 5.0)
    ratings = pd.DataFrame({"user_id": users, "movie_id": movies, "rating": stars})
    titles = pd.DataFrame({"title": "a"}, index=pd.RangeIndex(40, name="movie_id"))
    model = HybridModel.fit(Dataset(ratings, titles), TrainingOptions(components=0))
    assert model.calibration.whole == pytest.approx(0.5, abs=0.01)
    assert model.calibration.thresholds[:, 7] == pytest.approx([3.5, 3.75], abs=0.08)
    own = ratings[ratings["user_id"] < 2].rename(columns={"user_id": "member_id"})
    likes = model.react(own, range(40)).like_probability(4.0)
    assert (likes[0] > likes[1])[20:30].all()


def test_scale_goes_from_the_prior_to_what_a_member_showed() -> None:
    calibration = measured()
    number = np.array([0, 1, 10, 100, 10_000])
    steady, erratic = (calibration.variance_scale(each * number, number) for each in (0.25, 4.0))
    assert steady[0] == erratic[0] == 1
    assert (np.diff(steady) < 0).all()
    assert (np.diff(erratic) > 0).all()
    assert steady[-1] < 0.26
    assert erratic[-1] > 3.9


def test_thresholds_of_unused_stars_coincide(checkerboard: Dataset) -> None:
    """Everybody gives 1 or 5, so any chance of 1.5 stars is the chance of 5."""
    model = HybridModel.fit(checkerboard, TrainingOptions(components=0, min_movies=2))
    thresholds = model.calibration.thresholds
    assert thresholds[:, 2:] == pytest.approx(np.repeat(thresholds[:, [9]], 8, axis=1))
    member = pd.DataFrame({"member_id": 1, "movie_id": [0, 1], "rating": [5.0, 1.0]})
    reactions = model.react(member, [2])
    assert reactions.like_probability(1.5) == pytest.approx(reactions.like_probability(5.0))
