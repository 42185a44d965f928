"""The published recipes as their authors ran them, and mended."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import recipes


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize(("name", "k"), [("keyword", 5), ("confidence", 10)])
def test_recipes_measure_every_model(checkerboard, name, k, as_published, monkeypatch) -> None:
    # Nobody on so small a board has more than five likes held out.
    monkeypatch.setattr(recipes, "MIN_INTERACTIONS", 0)
    found = recipes.RECIPES[name](checkerboard, as_published, seed=3)
    models = [f"{name} recipe", "popularity"]
    if name == "confidence" and find_spec("implicit"):
        models.append("matrix factorisation")
    assert list(found["model"].unique()) == models
    for _, part in found.groupby(["model", "split"]):
        assert set(part["metric"]) == {"auc", f"precision@{k}", f"recall@{k}", "reciprocal_rank"}
    assert found["value"].between(0, 1).all()
    assert found.equals(recipes.RECIPES[name](checkerboard, as_published, seed=3))


def test_command_prints_published_and_mended_figures(data_folder: Path, capsys) -> None:
    links = data_folder / "links.csv"
    links.write_text("movieId,imdbId,tmdbId\n" + "".join(f"{i},1,{i + 1}\n" for i in range(20)))
    argv = ["keyword", "--data", str(data_folder)]
    assert recipes.main([*argv, "--json"]) == 0
    mended = json.loads(capsys.readouterr().out)
    assert recipes.main([*argv, "--json", "--as-published", "--links", str(links)]) == 0
    published = json.loads(capsys.readouterr().out)
    assert (mended["version"], published["version"]) == ("mended", "as published")
    assert set(published["ranking"]) == {"keyword recipe", "popularity"}
    assert recipes.main([*argv, "--as-published"]) == 0
    assert capsys.readouterr().out.startswith("The keyword recipe, as published\n")


@pytest.mark.parametrize("name", ["keywords.csv", "nothing.csv"])
def test_command_refuses_links_without_ids(data_folder: Path, capsys, name: str) -> None:
    argv = ["keyword", "--as-published", "--data", str(data_folder)]
    argv += ["--links", str(data_folder / name)]
    assert recipes.main(argv) == 2
    assert "no CSV file with movieId and tmdbId" in capsys.readouterr().err
