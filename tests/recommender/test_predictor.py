"""Predictions for large accounts: blocks, kept results, and variances of few inducing movies."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, TrainingOptions

N_MOVIES, N_USERS = 3_200, 40


@pytest.fixture(scope="module")
def model() -> HybridModel:
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(1, N_USERS + 1), 300)
    movies = np.concatenate([rng.permutation(N_MOVIES)[:300] for _ in range(N_USERS)])
    stars = np.where((users + movies) % 2, 4.5, 2.0)
    ratings = pd.DataFrame({"user_id": users, "movie_id": movies, "rating": stars})
    words = [(("train", "ship")[i % 2], f"word {i % 97}") for i in range(N_MOVIES)]
    catalogue = pd.DataFrame(
        {"title": [f"Movie {i}" for i in range(N_MOVIES)], "year": 1990, "keywords": words},
        index=pd.RangeIndex(N_MOVIES, name="movie_id"),
    )
    options = TrainingOptions(components=8, epochs=1, repeats=1)
    return HybridModel.fit(Dataset(ratings, catalogue), options)


def account(stars: np.ndarray, member: int = 901, seed: int = 1) -> pd.DataFrame:
    movies = np.random.default_rng(seed).permutation(N_MOVIES)[: len(stars)]
    return pd.DataFrame({"member_id": member, "movie_id": movies, "rating": stars})


def mixed(size: int) -> np.ndarray:
    return np.random.default_rng(2).integers(1, 11, size) / 2


@pytest.mark.parametrize("member", [901, 7], ids=["a stranger", "one of the raters"])
def test_mean_is_exact_and_deviation_close(model: HybridModel, member: int) -> None:
    own = account(mixed(350), member)
    rated = model.movie_ids[model.counts > 0]
    found = model.react(own, rated, member_ids=[member])
    taste, covariance = model.posterior(own, member).predict(model.rows(rated))
    expected = model.expected(rated)
    exact = (expected["expected"] + taste).clip(0.5, 5.0)
    assert found.mean[0] == pytest.approx(exact.to_numpy(), abs=1e-4)
    chi_square = model.posterior(own, member).chi_square
    scale = model.calibration.variance_scale(chi_square, len(own))
    scale *= model.bias.spread[model.rows(rated)]
    sd = np.sqrt(
        scale * (np.diag(covariance) + model.options.noise_variance) + expected["variance"]
    )
    ratio = found.sd[0] / sd.to_numpy()
    assert ratio.min() > 0.98
    assert ratio.mean() < 1.1


def test_explanation_weighs_ratings_as_the_posterior_does(model: HybridModel) -> None:
    own = account(mixed(500))
    weights = model.posterior(own, 901).weights
    unseen = int(np.setdiff1d(model.movie_ids[model.counts > 0], own["movie_id"])[0])
    parts = model.explain(own, 901, unseen).set_index("label")["stars"]
    user_bias = model.options.user_bias_variance * weights.sum()
    assert parts["generosity"] == pytest.approx(user_bias, abs=1e-4)
    b = model.bias.expected
    slope = model.options.item_slope_variance * b[model.rows([unseen])] * b
    followed = slope[model.rows(own["movie_id"])] @ weights
    assert parts["going with the crowd"] == pytest.approx(followed, abs=1e-4)


def changed(own: pd.DataFrame) -> list[pd.DataFrame]:
    """The same account with a rating more, fewer, another one, and in another order."""
    new = pd.DataFrame({"member_id": [901], "movie_id": [-1], "rating": [1.0]})
    new["movie_id"] = np.setdiff1d(np.arange(N_MOVIES), own["movie_id"])[:1]
    other = own.assign(rating=own["rating"].where(own.index != 3, 5.5 - own["rating"]))
    return [pd.concat([own, new]), own.drop(index=100), own.iloc[:0], other, own.iloc[::-1]]


def test_a_changed_account_is_predicted_as_if_it_had_always_been_so(model: HybridModel) -> None:
    own = account(mixed(200))
    some = model.movie_ids[::8]
    for other in changed(own):
        used, fresh = replace(model), replace(model)
        used.react(own, some)
        found = used.react(other, some, member_ids=[901])
        expected = fresh.react(other, some, member_ids=[901])
        assert found.mean == pytest.approx(expected.mean, abs=1e-5)
        assert found.sd == pytest.approx(expected.sd, abs=1e-5)
        again = used.react(own, some)
        assert again.mean == pytest.approx(fresh.react(own, some).mean, abs=1e-5)


def test_more_members_than_are_kept(model: HybridModel, monkeypatch: pytest.MonkeyPatch) -> None:
    club = pd.concat([account(mixed(30 + 9 * i), 901 + i, i) for i in range(5)])
    alone = [replace(model).react(own, [1, 5, 9]) for _, own in club.groupby("member_id")]
    monkeypatch.setattr("recommender.predictor.KEPT", 2)
    monkeypatch.setattr("recommender.predictor.COVARIANCES", 0)
    small = replace(model)
    for movies in ([1, 5, 9], model.movie_ids, [1, 5, 9]):
        together = small.react(club, movies)
        assert together.mean.shape == (5, len(movies))
    assert together.mean == pytest.approx(np.vstack([one.mean for one in alone]), abs=1e-5)
    assert together.sd == pytest.approx(np.vstack([one.sd for one in alone]), abs=1e-5)


@pytest.mark.parametrize(
    ("stars", "low", "high"),
    [
        (np.full(300, 5.0), 4.5, 5.0),
        (np.full(300, 1.0), 0.5, 1.5),
        (np.tile([0.5, 5.0], 400), 1.0, 4.5),
    ],
    ids=["all fives", "all ones", "alternating"],
)
def test_any_scale_stays_sensible(
    model: HybridModel, stars: np.ndarray, low: float, high: float
) -> None:
    own = account(stars)
    unseen = np.setdiff1d(model.movie_ids, own["movie_id"])
    reactions = model.react(own, unseen)
    assert low < reactions.mean.mean() <= high
    assert ((reactions.mean >= 0.5) & (reactions.mean <= 5)).all()
    assert ((reactions.sd > 0.05) & (reactions.sd < 3)).all()
    assert np.isfinite(reactions.like_probability()).all()
    parts = model.explain(own, 901, int(unseen[0]))
    assert parts["stars"].sum() == pytest.approx(reactions.mean[0, 0], abs=1e-9)
    without = parts[parts["kind"] != "limit"]["stars"].sum()
    assert (parts["kind"] == "limit").any() == (not 0.5 < without < 5)
