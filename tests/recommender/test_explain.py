"""Explanations sum to the prediction."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, TrainingOptions
from recommender.guests import imagined


class TestExplain:
    @pytest.mark.parametrize(("member", "movie"), [(1, 0), (2, 5), (2, 20), (9, 4)])
    def test_stars_sum_to_the_prediction(
        self, tiny_model: HybridModel, train_lover: pd.DataFrame, member: int, movie: int
    ) -> None:
        parts = tiny_model.explain(train_lover, member, movie)
        predicted = tiny_model.react(train_lover, [movie], member_ids=[member]).mean[0, 0]
        assert parts["stars"].sum() == pytest.approx(predicted, abs=1e-5)

    def test_sum_stops_at_five_stars(self, tiny_model: HybridModel) -> None:
        fan = pd.DataFrame({"member_id": 1, "movie_id": range(0, 20, 2), "rating": 5.0})
        model = replace(tiny_model, bias=replace(tiny_model.bias, mu=tiny_model.bias.mu + 2))
        parts = model.explain(fan.assign(rating=5.0), 1, 4)
        assert parts["kind"].iloc[-1] == "limit"
        assert parts["stars"].sum() == pytest.approx(5.0)

    def test_parts_of_rated_movies_and_features(
        self, tiny_model: HybridModel, train_lover: pd.DataFrame
    ) -> None:
        parts = tiny_model.explain(train_lover, 1, 4)
        assert list(parts) == ["kind", "label", "stars", "movie_id", "stable"]
        assert parts["kind"].unique().tolist() == [
            "mean", "movie", "member", "rated movie", "feature",
        ]  # fmt: skip
        assert parts.loc[parts["kind"] == "rated movie", "movie_id"].tolist() == [0, 2, 1]
        features = parts[parts["kind"] == "feature"].set_index("label")["stars"]
        assert set(features.index) == {"train", "Drama", "1990s"}
        assert features["train"] > 0
        assert tiny_model.explain(train_lover, 1, 5).set_index("label")["stars"]["ship"] < 0

    def test_stable_parts_have_the_same_sign_with_every_seed(
        self, checkerboard: Dataset, train_lover: pd.DataFrame
    ) -> None:
        options = TrainingOptions(components=4, epochs=1, repeats=3, seed=1, min_movies=2)
        model = HybridModel.fit(checkerboard, options)
        alone = []
        for kernel in model.kernel.split_seeds(3):
            length = np.linalg.norm(kernel.embeddings, axis=1)[:20]
            assert length == pytest.approx(np.ones(20), abs=1e-5)
            one = replace(model, kernel=kernel, options=replace(options, repeats=1))
            alone.append(one.explain(train_lover, 1, 5)["stars"])
        together = model.explain(train_lover, 1, 5)
        same = (np.sign(alone) == np.sign(together["stars"].to_numpy())).all(axis=0)
        assert together["stable"].tolist() == same.tolist()


def guest(**words: tuple[str, ...]) -> pd.DataFrame:
    frame = {"likes": [words.get("likes", ())], "dislikes": [words.get("dislikes", ())]}
    return pd.DataFrame(frame, index=pd.Index([9]))


class TestGuests:
    @pytest.mark.parametrize(
        ("words", "label", "movie"),
        [
            ({"likes": ("train", "drama")}, "Drama and train", 4),
            ({"dislikes": ("train",)}, "train", 20),
        ],
    )
    def test_keywords_are_one_part(
        self, tiny_model: HybridModel, words: dict[str, tuple[str, ...]], label: str, movie: int
    ) -> None:
        evidence = imagined(guest(**words), features=tiny_model.features)
        model = tiny_model.with_movies(evidence.movies)
        found = model.explain(evidence.ratings, 9, movie)
        predicted = model.react(evidence.ratings, [movie], member_ids=[9]).mean[0, 0]
        assert found["stars"].sum() == pytest.approx(predicted, abs=1e-5)
        assert found.loc[found["kind"] == "rated movie", "label"].tolist() == [label]

    def test_what_keywords_say_of_every_movie_is_user_bias(self, tiny_model: HybridModel) -> None:
        evidence = imagined(guest(likes=("train",)), features=tiny_model.features)
        model = tiny_model.with_movies(evidence.movies)
        found = [model.explain(evidence.ratings, 9, movie) for movie in range(4)]
        stars = [parts.loc[parts["kind"] == "rated movie", "stars"].item() for parts in found]
        assert min(stars[::2]) > 0 > max(stars[1::2])
