"""Varied suggestions, similar movies and active learning."""

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, Reactions, TrainingOptions
from recommender.suggest import (
    BOLD,
    CAREFUL,
    REACH,
    similar,
    suggest,
    to_rate,
)

MOVIES = list(range(22))
EVEN, ODD = set(range(0, 22, 2)), set(range(1, 22, 2))
NEUTRAL = {"diversity": 0.0, "obscurity": 0.5, "certainty": 1 / 3}  # leaves the score alone
RATINGS = pd.DataFrame(
    [(1, 0, 5.0), (1, 2, 5.0), (1, 1, 1.0), (2, 0, 1.0), (2, 1, 5.0), (2, 3, 5.0)],
    columns=["member_id", "movie_id", "rating"],
)


@pytest.fixture(scope="module")
def reactions(tiny_model: HybridModel) -> Reactions:
    return tiny_model.react(RATINGS, MOVIES)


class TestSuggest:
    def test_present_members_only(self, tiny_model: HybridModel, reactions: Reactions) -> None:
        trains = suggest(tiny_model, reactions, **NEUTRAL, present=[1], limit=5)
        ships = suggest(tiny_model, reactions, **NEUTRAL, present=[2], limit=5)
        assert (trains["movie_id"] % 2 == 0).all()
        assert (ships["movie_id"] % 2 == 1).all()
        assert suggest(tiny_model, reactions, present=[]).empty

    def test_value_is_the_documented_sum(
        self, tiny_model: HybridModel, reactions: Reactions
    ) -> None:
        found = suggest(tiny_model, reactions, obscurity=0.9, certainty=0.25, diversity=0.3)
        expected = (
            found["score"]
            + (BOLD + 0.25 * (CAREFUL - BOLD)) * found["sd"]
            + 0.8 * REACH * (0.5 - found["fame"])
        )
        assert found["value"].to_numpy() == pytest.approx(expected.to_numpy())
        counts = tiny_model.rating_counts(found["movie_id"])
        assert found["ratings"].tolist() == counts.tolist()

    @pytest.mark.parametrize(("dial", "column"), [("obscurity", "fame"), ("certainty", "sd")])
    def test_dial_lowers_the_mean_of_its_column(
        self, tiny_model: HybridModel, reactions: Reactions, dial: str, column: str
    ) -> None:
        for other, limit in ((0.0, 3), (0.7, 9)):
            rest = {"obscurity": other, "certainty": other, "diversity": 0.0}
            means = [
                suggest(tiny_model, reactions, **rest | {dial: value}, limit=limit)[column].mean()
                for value in (0.0, 0.3, 0.6, 1.0)
            ]
            assert (np.diff(means) <= 1e-9).all()

    def test_diversity_mixes_kinds(self, tiny_model: HybridModel, reactions: Reactions) -> None:
        means = []
        for diversity in (1.0, 0.0):
            dials = NEUTRAL | {"diversity": diversity}
            found = suggest(tiny_model, reactions, **dials, present=[1], limit=6)
            rows = tiny_model.rows(found["movie_id"])
            means.append(np.add(*tiny_model.kernel.similarity(rows, rows)).mean())
        assert means[0] < means[1]


class TestSimilar:
    @pytest.mark.parametrize(("movie", "same", "word"), [(0, EVEN, "train"), (21, ODD, "ship")])
    def test_movies_of_the_same_kind(
        self, tiny_model: HybridModel, movie: int, same: set[int], word: str
    ) -> None:
        found = similar(tiny_model, movie, limit=10)
        assert set(found["movie_id"]) == same - {movie}
        assert all(word in shared for shared in found["shared"])
        assert found["likeness"].is_monotonic_decreasing
        assert found["likeness"].between(0, 1).all()
        assert found["chosen"].between(0, 1, inclusive="neither").all()
        pd.testing.assert_frame_equal(similar(tiny_model, movie, limit=4), found.head(4))

    def test_shared_features_by_kind_and_rarity(self) -> None:
        movies = pd.DataFrame(
            {
                "title": list("abcd"),
                "year": [1995, 1996, 1997, None],
                "genres": [("Crime", "Drama"), ("Drama", "Crime"), ("Drama",), ()],
                "keywords": [("heist", "paris"), ("paris", "heist"), ("heist",), ("1990s",)],
            },
            index=pd.Index([10, 11, 12, 13], name="movie_id"),
        )
        rows = [(user, movie, 4.0) for user in (1, 2) for movie in (10, 11, 12, 13)]
        ratings = pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"])
        options = TrainingOptions(components=0, min_movies=1)
        found = similar(HybridModel.fit(Dataset(ratings, movies), options), 10)
        # Without LightFM only features are known, so a movie that shares none is missing.
        assert found["movie_id"].tolist() == [11, 12]
        assert found["shared"].tolist() == [
            ("paris", "heist", "Crime", "Drama", "1990s"),
            ("heist", "Drama", "1990s"),
        ]
        assert (found["chosen"] == 0).all()

    def test_new_movie(self, tiny_model: HybridModel) -> None:
        new = pd.DataFrame({"title": ["X", "Y"], "keywords": ["ship", ""]}, index=[-1, -2])
        wider = tiny_model.with_movies(new)
        assert set(similar(wider, -1, limit=11)["movie_id"]) == ODD
        assert -1 in set(similar(wider, 7, limit=11)["movie_id"])
        unknown = similar(wider, -2)
        assert list(unknown) == ["movie_id", "likeness", "chosen", "shared"]
        assert unknown.empty


class TestToRate:
    def test_variance_falls_as_announced_whatever_the_stars(self, tiny_model: HybridModel) -> None:
        shortlist = [10, 12]

        def mean_variance(ratings: pd.DataFrame) -> float:
            posterior = tiny_model.posterior(ratings[ratings["member_id"] == 1], 1)
            return float(np.diag(posterior.predict(tiny_model.rows(shortlist))[1]).mean())

        asked = to_rate(tiny_model, RATINGS, 1, shortlist, candidates=[4], limit=1)
        for stars in (0.5, 5.0):
            rated = pd.DataFrame({"member_id": [1], "movie_id": [4], "rating": [stars]})
            fall = mean_variance(RATINGS) - mean_variance(pd.concat([RATINGS, rated]))
            assert fall == pytest.approx(asked["teaches"].iloc[0], rel=1e-3)

    def test_later_ones_account_for_earlier_ones(self, tiny_model: HybridModel) -> None:
        asked = to_rate(tiny_model, RATINGS, 1, [10], limit=4)
        assert asked["movie_id"].is_unique
        second = asked.iloc[1]
        movie = int(second["movie_id"])
        alone = to_rate(tiny_model, RATINGS, 1, [10], candidates=[movie]).iloc[0]
        assert second["teaches"] < alone["teaches"]

    def test_neither_rated_movies_nor_the_shortlist(self, tiny_model: HybridModel) -> None:
        asked = to_rate(tiny_model, RATINGS, 1, [10, 12], limit=99)
        assert set(asked["movie_id"]) == set(range(22)) - {0, 2, 1, 10, 12}
        seen = asked.set_index("movie_id")["seen"]
        assert seen[20] == 0.0
        assert seen[4] == pytest.approx(tiny_model.counts[4] / 24)
        assert (to_rate(tiny_model, RATINGS, 9, [10], limit=3)["teaches"] > 0).sum() == 3
