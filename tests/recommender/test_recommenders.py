"""What holds for every implementation of `Recommender`."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, Recommender, TrainingOptions
from recommender.evaluation.baselines import BiasModel, LightFMRanker, Popularity
from recommender.recipes import ConfidenceRecipe, KeywordRecipe, RecipeModel

TINY = TrainingOptions(components=4, epochs=2, repeats=1, min_movies=2)
FITS: dict[str, Callable[[Dataset], Recommender]] = {
    "hybrid": lambda data: HybridModel.fit(data, TINY),
    "features only": lambda data: HybridModel.fit(data, TrainingOptions(components=0)),
    "bias": BiasModel.fit,
    "popularity": Popularity.fit,
    "LightFM": lambda data: LightFMRanker.fit(data, TINY),
    "keyword recipe": KeywordRecipe.fit,
    "confidence recipe": ConfidenceRecipe.fit,
    "recipe as stars": lambda data: RecipeModel.fit(data, TrainingOptions(recipe="keyword")),
}


@pytest.fixture(scope="module", params=FITS)
def fitted(request: pytest.FixtureRequest, checkerboard: Dataset) -> Recommender:
    return FITS[request.param](checkerboard)


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    """Known and unknown users, rated and unrated movies."""
    rows = [(user, movie) for user in (0, 1, 5, 900) for movie in (4, 5, 20, 21)]
    return pd.DataFrame(rows, columns=["user_id", "movie_id"])


def test_one_finite_prediction_a_pair_in_their_order(
    fitted: Recommender, checkerboard: Dataset, pairs: pd.DataFrame
) -> None:
    assert isinstance(fitted, Recommender)
    found = fitted.predict(pairs, checkerboard)
    assert found.stars.shape == (len(pairs),)
    assert np.isfinite(found.stars).all()
    if not found.order_only:
        assert ((found.stars >= 0.5) & (found.stars <= 5)).all()
    if found.low is not None and found.high is not None:
        assert (found.low <= found.high).all()
    assert fitted.predict(pairs.iloc[:0], checkerboard).stars.shape == (0,)
    order = np.random.default_rng(0).permutation(len(pairs))
    shuffled = fitted.predict(pairs.iloc[order], checkerboard).stars
    assert shuffled == pytest.approx(found.stars[order], abs=1e-5)


def test_fit_is_deterministic_and_leaves_the_data_alone(
    fitted: Recommender, checkerboard: Dataset, pairs: pd.DataFrame, request
) -> None:
    data = Dataset(checkerboard.ratings.copy(), checkerboard.movies.copy())
    again = FITS[request.node.callspec.params["fitted"]](data).predict(pairs, data).stars
    assert again == pytest.approx(fitted.predict(pairs, checkerboard).stars, abs=1e-6)
    pd.testing.assert_frame_equal(data.ratings, checkerboard.ratings)
    pd.testing.assert_frame_equal(data.movies, checkerboard.movies)
