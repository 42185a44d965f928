"""The published recipes as their authors ran them, and mended."""

import json
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from recommender import DataError, Dataset, recipes
from recommender.__main__ import main


@pytest.mark.parametrize("as_published", [True, False])
@pytest.mark.parametrize(("name", "k"), [("keyword", 5), ("confidence", 10)])
def test_recipes_measure_every_model(checkerboard, name, k, as_published, monkeypatch) -> None:
    # Nobody on so small a board has more than five likes held out.
    monkeypatch.setattr(recipes, "MIN_INTERACTIONS", 0)
    found = recipes.JUDGES[name](checkerboard, as_published, seed=3)
    models = [f"{name} recipe", "popularity"]
    if name == "confidence" and find_spec("implicit"):
        models.append("matrix factorisation")
    assert list(found["model"].unique()) == models
    for _, part in found.groupby(["model", "split"]):
        assert set(part["metric"]) == {"auc", f"precision@{k}", f"recall@{k}", "reciprocal_rank"}
    assert found["value"].between(0, 1).all()


def test_command_prints_published_and_mended_figures(data_folder: Path, capsys) -> None:
    links = data_folder / "links.csv"
    links.write_text("movieId,imdbId,tmdbId\n" + "".join(f"{i},1,{i + 1}\n" for i in range(20)))
    argv = ["recipe", "keyword", "--data", str(data_folder)]
    assert main([*argv, "--json"]) == 0
    mended = json.loads(capsys.readouterr().out)
    assert main([*argv, "--json", "--as-published", "--links", str(links)]) == 0
    published = json.loads(capsys.readouterr().out)
    assert (mended["version"], published["version"]) == ("mended", "as published")
    assert set(published["ranking"]) == {"keyword recipe", "popularity"}
    assert main([*argv, "--as-published"]) == 0
    assert capsys.readouterr().out.startswith("The keyword recipe, as published\n")
    for name in ("keywords.csv", "nothing.csv"):
        assert main([*argv, "--as-published", "--links", str(data_folder / name)]) == 2
        assert "no CSV file with movieId and tmdbId" in capsys.readouterr().err


def test_a_club_joins_the_data_under_ids_of_its_own(checkerboard: Dataset) -> None:
    club = pd.DataFrame({"user_id": [0, 1], "movie_id": [3, 999], "rating": [4.5, 2.0]})
    joined = recipes.with_club(checkerboard, club)
    assert len(joined.ratings) == len(checkerboard.ratings) + 1
    assert len(joined.user_ids) == len(checkerboard.user_ids) + 1
    theirs = recipes.with_club(checkerboard, club, only_theirs=True)
    assert set(theirs.ratings["movie_id"]) == {3}
    with pytest.raises(DataError, match="MovieLens"):
        recipes.with_club(checkerboard, club.iloc[1:])


def test_command_reads_a_club(data_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    club = data_folder / "movieclub.csv"
    rows = [
        f"{user},{movie},{4.5 if movie % 2 else 2}" for user in (900, 901) for movie in range(15)
    ]
    club.write_text("userId,movieId,rating\n" + "\n".join(rows) + "\n")
    argv = ["recipe", "keyword", "--data", str(data_folder), "--json"]
    assert main([*argv, "--club", str(club), "--club-movies", "--as-published"]) == 0
    assert "keyword recipe" in json.loads(capsys.readouterr().out)["ranking"]
    assert main([*argv, "--club", str(club), "--react", "3", "20"]) == 0
    reactions = json.loads(capsys.readouterr().out)["reactions"]
    assert [(row["member"], row["movie"]) for row in reactions[:2]] == [
        (900, "Movie 3"),
        (900, "Movie 20"),
    ]
    assert {row["recipe ±"] for row in reactions} != {row["ours ±"] for row in reactions}
    assert main([*argv, "--react", "3"]) == 2
    assert main([*argv, "--club-movies"]) == 2
    assert "--club FILE" in capsys.readouterr().err
    club.write_text("title,rating\nHeat,4\n")
    assert main([*argv, "--club", str(club)]) == 2
    assert "userId and movieId and rating" in capsys.readouterr().err
