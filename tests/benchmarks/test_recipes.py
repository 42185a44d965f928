"""The published recipes as their authors ran them, and matrix factorisation beside them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from benchmarks import recipes
from benchmarks.recipes import evaluate_recipe, fit_als, solve
from recommender import DataError
from recommender.evaluation.baselines import Axes


@pytest.fixture
def few_interactions(monkeypatch) -> None:
    """Nobody in so small a world has more than five likes held out."""
    monkeypatch.setattr("benchmarks.recipes.MIN_INTERACTIONS", 0)


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize(
    ("name", "models", "k"),
    [
        ("keyword", ["keyword recipe", "popularity"], 5),
        ("confidence", ["confidence recipe", "popularity", "matrix factorisation"], 10),
    ],
)
@pytest.mark.usefixtures("few_interactions")
def test_evaluate_recipe_measures_every_model(checkerboard, name, models, k, as_published) -> None:
    found = evaluate_recipe(name, checkerboard, as_published=as_published, seed=3)
    assert list(found["model"].unique()) == models
    metrics = {"auc", f"precision@{k}", f"recall@{k}", "reciprocal_rank"}
    for _, part in found.groupby(["model", "split"]):
        assert set(part["metric"]) == metrics
    assert found["value"].between(0, 1).all()
    assert found.equals(evaluate_recipe(name, checkerboard, as_published=as_published, seed=3))


def test_evaluate_recipe_refuses_an_unknown_name(checkerboard) -> None:
    with pytest.raises(DataError, match="no recipe 'soup'; choose one of keyword, confidence"):
        evaluate_recipe("soup", checkerboard)


N = 12
SQUARE = Axes(np.arange(N), np.arange(N))


def watched(confidence: float = 10.0) -> np.ndarray:
    """Even users watched even movies, odd users odd ones; the diagonal is held out."""
    i, j = np.indices((N, N))
    return np.where(((i + j) % 2 == 0) & (i != j), confidence, 0.0)


def test_als_finds_held_out_movies() -> None:
    model = fit_als(SQUARE, sparse.csr_array(watched()), components=2, rounds=8, seed=1)
    scores = model.scores(np.arange(N))
    for user in range(N):
        others = scores[user, np.arange(N) % 2 != user % 2]
        assert scores[user, user] > others.max() + 0.5


def test_als_solves_each_side_exactly() -> None:
    confidence, others = watched()[:3], np.random.default_rng(0).normal(size=(N, 4))
    found = solve(sparse.csr_array(confidence), others, penalty=0.3)
    for row, factors in zip(confidence, found, strict=True):
        weight, wanted = np.where(row > 0, row, 1.0), (row > 0).astype(float)
        gram = others.T @ (weight[:, None] * others) + 0.3 * np.eye(4)
        np.testing.assert_allclose(factors, np.linalg.solve(gram, others.T @ (weight * wanted)))


def test_als_user_without_movies_has_no_factors() -> None:
    confidence = watched()
    confidence[3] = 0
    model = fit_als(SQUARE, sparse.csr_array(confidence), components=2, rounds=2)
    assert not model.users[3].any()


@pytest.mark.parametrize("confidence", [np.zeros((N, N)), np.full((N, N), 0.5)])
def test_als_refuses_confidences_below_1(confidence: np.ndarray) -> None:
    with pytest.raises(DataError, match="confidences of 1 or more"):
        fit_als(SQUARE, sparse.csr_array(confidence))


def test_command_prints_published_and_mended_figures(folder: Path, capsys) -> None:
    links = folder / "links.csv"
    links.write_text("movieId,imdbId,tmdbId\n" + "".join(f"{i},1,{i + 1}\n" for i in range(20)))
    argv = ["keyword", "--data", str(folder)]
    assert recipes.main([*argv, "--json"]) == 0
    mended = json.loads(capsys.readouterr().out)
    assert recipes.main([*argv, "--json", "--as-published", "--links", str(links)]) == 0
    published = json.loads(capsys.readouterr().out)
    assert (mended["version"], published["version"]) == ("mended", "as published")
    assert set(published["ranking"]) == {"keyword recipe", "popularity"}
    assert recipes.main([*argv, "--as-published"]) == 0
    assert capsys.readouterr().out.startswith("The keyword recipe, as published\n")


@pytest.mark.parametrize("name", ["keywords.csv", "nothing.csv"])
def test_command_refuses_links_without_ids(folder: Path, capsys, name: str) -> None:
    argv = ["keyword", "--as-published", "--data", str(folder), "--links", str(folder / name)]
    assert recipes.main(argv) == 2
    assert "no CSV file with movieId and tmdbId" in capsys.readouterr().err
