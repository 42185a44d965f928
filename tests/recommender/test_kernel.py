"""The covariance of movies and the posterior of a member's taste."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recommender import Dataset, HybridModel, TrainingOptions
from recommender.kernel import ItemKernel, Variances

V = Variances(
    user_bias=0.3,
    embedding=0.4,
    length_scale=0.5,
    features=0.1,
    item_slope=0.2,
    neighbours=0.3,
    noise=0.4,
)


def kernel_of(embeddings: list[list[float]], features: list[list[float]]) -> ItemKernel:
    """Movies with these embeddings (length 1 or shorter) and features (0 or 1)."""
    rows = np.array(features, dtype=np.float32)
    rows /= np.sqrt(np.maximum(rows.sum(axis=1, keepdims=True), 1))
    n = len(embeddings)
    return ItemKernel(
        np.array(embeddings, dtype=np.float32).reshape(n, -1),
        sparse.csr_matrix(rows),
        np.linspace(-3, 3, n),
        sparse.csr_matrix((n, 1)),
        V,
    )


class TestSimilarity:
    def test_parts_worked_out_by_hand(self) -> None:
        # The second has the same embedding and one feature of two in common, the third another
        # embedding and the same features, the fourth no feature.
        kernel = kernel_of(
            [[1, 0], [1, 0], [0, 1], [-1, 0]], [[1, 1, 0], [0, 1, 1], [1, 1, 0], [0, 0, 0]]
        )
        embedding, features = kernel.similarity(np.array([0]), np.arange(4))
        assert embedding[0] == pytest.approx(
            [0.8, 0.8, 0.8 * np.exp(-2), 0.4 * np.exp(-4) / np.sqrt(0.5 * 0.4)]
        )
        assert features[0] == pytest.approx([0.2, 0.1, 0.2, 0.0])


@pytest.fixture(scope="module")
def model(checkerboard: Dataset) -> HybridModel:
    options = TrainingOptions(
        components=4, epochs=1, repeats=1, neighbour_variance=0.9, neighbour_damping=4.0
    )
    return HybridModel.fit(checkerboard, options)


def of_user(data: Dataset, user: int) -> pd.DataFrame:
    own = data.ratings[data.ratings["user_id"] == user]
    return own.rename(columns={"user_id": "member_id"})


class TestNeighbours:
    def test_residuals_are_damped_to_a_length_below_one(
        self, checkerboard: Dataset, model: HybridModel
    ) -> None:
        bias, rows = model.bias, checkerboard.rows
        residual = rows.stars - bias.mu - bias.movie[rows.movie] - bias.user[rows.user]
        squares = (residual[rows.movie == 3] ** 2).sum()
        length = np.sqrt((model.kernel.residuals[[3]].toarray() ** 2).sum())
        assert length == pytest.approx(np.sqrt(squares / (squares + 4)), rel=1e-5)
        assert model.kernel.residuals[[20]].nnz == 0

    def test_member_is_no_neighbour_of_themselves(
        self, checkerboard: Dataset, model: HybridModel
    ) -> None:
        """The prediction equals that of a model without that rater's column."""
        residuals = model.kernel.residuals.toarray()
        residuals[:, 5] = 0
        blank = replace(model.kernel, residuals=sparse.csr_matrix(residuals))
        without = replace(model, kernel=blank)
        own, everything = of_user(checkerboard, 5), model.movie_ids
        stranger = without.react(own.assign(member_id=77), everything, member_ids=[77])
        member = model.react(own, everything, member_ids=[5])
        assert member.mean == pytest.approx(stranger.mean, abs=1e-5)
        assert member.sd == pytest.approx(stranger.sd, abs=1e-5)
        confirmed = model.react(own.assign(member_id=77), everything, member_ids=[77])
        assert np.abs(confirmed.mean - member.mean).max() > 0.01
        for movie in (int(own["movie_id"].iloc[0]), 20):
            parts, same = model.explain(own, 5, movie), without.explain(own, 5, movie)
            assert parts["stars"].to_numpy() == pytest.approx(same["stars"].to_numpy(), abs=1e-5)

    def test_unrated_movie_is_predicted_without_neighbours(
        self, checkerboard: Dataset, model: HybridModel
    ) -> None:
        alone = replace(model, kernel=model.kernel.without_neighbours())
        own = of_user(checkerboard, 5)
        one, other = (m.react(own, [3, 20], member_ids=[5]) for m in (model, alone))
        assert one.mean[0, 1] == pytest.approx(other.mean[0, 1], abs=1e-6)
        assert one.sd[0, 1] == pytest.approx(other.sd[0, 1], abs=1e-6)
        assert abs(one.mean[0, 0] - other.mean[0, 0]) > 0.01


def test_leave_one_out_in_closed_form_equals_leaving_each_out(tiny_model: HybridModel) -> None:
    own = pd.DataFrame({"movie_id": [0, 1, 2, 4], "rating": [5.0, 1.0, 4.0, 4.5]})
    mean, variance = tiny_model.posterior(own, 99).leave_one_out()
    for i in range(4):
        others = tiny_model.posterior(own.drop(index=i), 99)
        expected, uncertainty = others.predict(tiny_model.rows(own["movie_id"].iloc[[i]]))
        assert mean[i] == pytest.approx(expected[0], abs=1e-5)
        noise = tiny_model.options.noise_variance
        assert variance[i] == pytest.approx(uncertainty[0, 0] + noise, abs=1e-5)
