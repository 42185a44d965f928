import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, TrainingOptions
from recommender.calibration import Calibration, find_thresholds
from recommender.reactions import STEPS


def test_find_thresholds_recovers_known_ones() -> None:
    rng = np.random.default_rng(0)
    mean, sd = rng.uniform(1, 5, 100_000), np.full(100_000, 0.8)
    true = np.array([-9.0, 0.9, 1.2, 2.0, 2.3, 2.8, 3.1, 3.5, 4.4, 4.7])
    drawn = mean + sd * rng.standard_normal(100_000)
    stars = STEPS[np.searchsorted(true, drawn, side="right").clip(1) - 1]
    assert find_thresholds(mean, sd, stars)[1:] == pytest.approx(true[1:], abs=0.03)


def test_scale_goes_from_the_prior_to_what_a_member_showed() -> None:
    calibration = Calibration(prior=1.0, observed=1.0, thresholds=np.empty(0))
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
    assert model.calibration.thresholds[2:] == pytest.approx(
        np.full(8, model.calibration.thresholds[9])
    )
    member = pd.DataFrame({"member_id": 1, "movie_id": [0, 1], "rating": [5.0, 1.0]})
    reactions = model.react(member, [2])
    assert reactions.like_probability(1.5) == pytest.approx(reactions.like_probability(5.0))
