"""The simple guesses' chances are as well calibrated as they can be, on other people's ratings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from recommender import Dataset, HybridModel
from recommender.evaluation.chances import Chances, learn_chances
from recommender.evaluation.club import leave_one_out


def test_a_constant_promises_the_share_that_is_liked() -> None:
    liked = np.array([True] * 3 + [False] * 7)
    chances = Chances.learn(pd.DataFrame({"constant": np.full(10, 3.5)}), liked)
    assert chances.of("constant", pd.Series([3.5])).iloc[0] == pytest.approx(0.3, abs=1e-4)


def test_the_curve_that_made_the_likes_is_found() -> None:
    rng = np.random.default_rng(0)
    stars = rng.uniform(1, 5, 40_000)
    liked = rng.random(40_000) < expit(0.4 + 2.5 * (stars - 4))
    start, slope = Chances.learn(pd.DataFrame({"guess": stars}), liked).curves["guess"]
    assert start == pytest.approx(0.4, abs=0.05)
    assert slope == pytest.approx(2.5, abs=0.07)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0.5, 5), st.booleans()), min_size=2, max_size=30))
def test_chances_are_between_0_and_1_whatever_was_liked(pairs: list[tuple[float, bool]]) -> None:
    stars, liked = (np.array(column) for column in zip(*pairs, strict=True))
    found = Chances.learn(pd.DataFrame({"guess": stars}), liked.astype(bool))
    promised = found.of("guess", pd.Series(stars))
    assert promised.between(0, 1).all()
    # On average it keeps what it promises on the ratings that it was fitted to.
    if 0.2 <= liked.mean() <= 0.8 and np.ptp(stars) == 0:
        assert promised.mean() == pytest.approx(liked.mean(), abs=1e-3)


def test_each_rating_is_guessed_without_itself(
    checkerboard: Dataset, tiny_model: HybridModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[pd.DataFrame] = []

    def keep(guesses: pd.DataFrame, liked: np.ndarray) -> Chances:
        seen.append(guesses.assign(liked=liked))
        return Chances({})

    monkeypatch.setattr(Chances, "learn", keep)
    learn_chances(tiny_model, checkerboard.ratings)
    members = checkerboard.ratings.rename(columns={"user_id": "member_id"})
    for rater in (0, 7):
        own = members[members["member_id"] == rater]
        alone = leave_one_out(tiny_model, own)
        guessed = seen[0][(members["member_id"] == rater).to_numpy()]
        for column in ("bias", "member_mean", "constant"):
            assert guessed[column].to_numpy() == pytest.approx(alone[column].to_numpy())
        assert guessed["liked"].tolist() == (own["rating"] >= 4).tolist()
