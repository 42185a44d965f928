"""The hybrid model: what it learns, how it reacts, and what it tells of everybody's opinion."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import DataError, Dataset, HybridModel, TrainingOptions


class TestFit:
    def test_learns_who_likes_trains(
        self, tiny_model: HybridModel, train_lover: pd.DataFrame
    ) -> None:
        reactions = tiny_model.react(train_lover, [4, 5])
        assert (reactions.member_ids, reactions.movie_ids) == ((1, 2), (4, 5))
        (lover_train, lover_ship), (hater_train, hater_ship) = reactions.mean
        assert lover_train > lover_ship + 0.5
        assert hater_ship > hater_train + 0.5

    def test_same_data_and_seed_give_the_same_bits(
        self, checkerboard: Dataset, tiny_model: HybridModel, tiny_options: TrainingOptions
    ) -> None:
        seen: list[tuple[int, int]] = []
        again = HybridModel.fit(checkerboard, tiny_options, lambda *epoch: seen.append(epoch))
        assert seen == [(i + 1, 10) for i in range(10)]
        assert again.kernel.embeddings.tobytes() == tiny_model.kernel.embeddings.tobytes()
        assert again.bias.movie.tobytes() == tiny_model.bias.movie.tobytes()
        assert again.content_hash == checkerboard.content_hash
        other = HybridModel.fit(checkerboard, replace(tiny_options, seed=4))
        assert other.kernel.embeddings.tobytes() != tiny_model.kernel.embeddings.tobytes()

    def test_few_new_ratings_keep_the_embeddings(
        self, checkerboard: Dataset, tiny_model: HybridModel, tiny_options: TrainingOptions
    ) -> None:
        def fit(n: int, options: TrainingOptions = tiny_options) -> HybridModel:
            new = pd.DataFrame({"user_id": range(90, 90 + n), "movie_id": 20, "rating": 5.0})
            data = Dataset(pd.concat([checkerboard.ratings, new]), checkerboard.movies)
            return HybridModel.fit(data, options, start=tiny_model)

        rated = tiny_model.counts > 0
        before = tiny_model.kernel.embeddings[rated].tobytes()
        few = fit(3)
        assert few.kernel.embeddings[rated].tobytes() == before
        assert (
            few.expected([20]).loc[20, "expected"] > tiny_model.expected([20]).loc[20, "expected"]
        )
        assert few.n_ratings == tiny_model.n_ratings + 3
        for learned in (fit(4), fit(3, replace(tiny_options, seed=4))):
            assert learned.kernel.embeddings[rated].tobytes() != before

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("epochs", 0),
            ("components", -1),
            ("learning_rate", 0.0),
            ("noise_variance", float("nan")),
            ("loss", "hinge"),
        ],
    )
    def test_bad_options(self, name: str, value: Any) -> None:
        with pytest.raises(DataError, match=name):
            TrainingOptions(**{name: value})

    def test_learning_that_diverges(self, checkerboard: Dataset) -> None:
        with pytest.raises(DataError, match="learning rate"):
            HybridModel.fit(checkerboard, TrainingOptions(learning_rate=1e30, loss="logistic"))

    def test_a_killed_learning_goes_on_where_it_was(
        self, checkerboard: Dataset, tiny_options: TrainingOptions, tmp_path: Path
    ) -> None:
        whole, epochs = HybridModel.fit(checkerboard, tiny_options), []

        def killed(done: int, total: int) -> None:
            epochs.append(done)
            if done == total:
                raise KeyboardInterrupt

        for _ in range(2):  # all fits but the last are kept
            with pytest.raises(KeyboardInterrupt):
                HybridModel.fit(checkerboard, tiny_options, killed, jobs=1, kept=tmp_path / "fits")
        (other,) = (tmp_path / "fits").iterdir()
        kept = sorted(other.iterdir())
        assert len(kept) == len(epochs) / 2 / tiny_options.epochs - 1
        kept[0].write_bytes(kept[0].read_bytes()[:-1])
        again = HybridModel.fit(checkerboard, tiny_options, kept=tmp_path / "fits")
        assert np.array_equal(again.kernel.embeddings, whole.kernel.embeddings)
        assert not (tmp_path / "fits").exists()


class TestReact:
    def test_new_movies_are_predicted_from_keywords(
        self, tiny_model: HybridModel, train_lover: pd.DataFrame
    ) -> None:
        assert tiny_model.rating_counts([20, 21]).tolist() == [0, 0]
        unrated = tiny_model.react(train_lover, [20, 21]).mean
        assert unrated[0, 0] > unrated[0, 1]
        new = pd.DataFrame({"title": ["X", "Y"], "keywords": ["train", "ship"]}, index=[-1, -2])
        with pytest.raises(DataError, match=r"does not know movie -1; add it with 'with_movies'"):
            tiny_model.react(train_lover, [-1])
        wider = tiny_model.with_movies(new)
        mean = wider.react(train_lover, [-1, -2]).mean
        assert mean[0, 0] > mean[0, 1]
        assert (tiny_model.knows(-1), wider.knows(-1)) == (False, True)
        assert wider.with_movies(new) is wider
        old = tiny_model.react(train_lover, [4, 20])
        assert wider.react(train_lover, [4, 20]).mean == pytest.approx(old.mean, abs=1e-5)

    def test_member_without_ratings_gets_everybodys_opinion(
        self, tiny_model: HybridModel, train_lover: pd.DataFrame
    ) -> None:
        reactions = tiny_model.react(train_lover, [4, 5], member_ids=[9, 1])
        expected = tiny_model.expected([4, 5])["expected"].to_numpy()
        assert reactions.mean[0] == pytest.approx(expected)
        assert (reactions.sd[0] > 0.8).all()
        assert tiny_model.react(train_lover.iloc[:0], [4], member_ids=[9]).mean.shape == (1, 1)

    @settings(max_examples=15, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 19), st.integers(1, 10)), unique_by=lambda r: r[0]))
    def test_ratings_never_widen_an_interval(
        self, tiny_model: HybridModel, rows: list[tuple[int, int]]
    ) -> None:
        ratings = pd.DataFrame(
            [(1, movie, half / 2) for movie, half in rows],
            columns=["member_id", "movie_id", "rating"],
        ).astype({"member_id": int, "movie_id": int, "rating": float})
        # Residuals may show that a member is hard to predict; that is left out here.
        blind = replace(tiny_model.calibration, weight=1e12)
        model = replace(tiny_model, calibration=blind)
        less = model.react(ratings.iloc[:-1], range(22), member_ids=[1])
        more = model.react(ratings, range(22), member_ids=[1])
        assert (more.sd <= less.sd + 1e-6).all()
        assert ((more.mean >= 0.5) & (more.mean <= 5.0)).all()

    def test_erratic_member_gets_wider_intervals(self, tiny_model: HybridModel) -> None:
        movies = list(range(0, 20, 2))
        calm = pd.DataFrame({"member_id": 1, "movie_id": movies, "rating": 4.0})
        erratic = calm.assign(member_id=2, rating=[0.5, 5.0] * 5)
        reactions = tiny_model.react(pd.concat([calm, erratic]), [5, 20])
        assert reactions.shared_sd is not None
        own = np.sqrt(reactions.sd**2 - reactions.shared_sd**2)
        assert (own[1] > own[0] + 0.1).all()


class TestExpected:
    """Everybody's opinion, with ratings taken out of the item bias."""

    def test_taking_out_ratings_equals_the_sum_of_the_others(
        self, tiny_model: HybridModel, checkerboard: Dataset
    ) -> None:
        bias, movie = tiny_model.bias, 4
        theirs = checkerboard.ratings.rename(columns={"user_id": "member_id"})
        club = theirs[theirs["member_id"] < 3]
        found = tiny_model.expected([movie], without=club).loc[movie]
        rows = theirs[theirs["movie_id"] == movie]
        residual = rows["rating"] - bias.mu - bias.user[rows["member_id"]]
        prior = bias.expected[movie] * (len(rows) + bias.damping) - residual.sum()
        left = residual[rows["member_id"] >= 3]
        assert found["expected"] - bias.mu == pytest.approx(
            (left.sum() + prior) / (len(left) + bias.damping)
        )
        assert found["variance"] == pytest.approx(
            tiny_model.options.item_bias_variance * bias.damping / (len(left) + bias.damping)
        )

    def test_unknown_members_have_nothing_to_take_out(
        self, tiny_model: HybridModel, train_lover: pd.DataFrame
    ) -> None:
        strangers = train_lover.assign(member_id=train_lover["member_id"] + 1000)
        plain = tiny_model.expected(range(22))
        pd.testing.assert_frame_equal(tiny_model.expected(range(22), without=strangers), plain)
