"""The published recipes: each mistake is there as published, and gone when mended."""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recommender import DataError, Dataset, HybridModel, TrainingOptions, recipes
from recommender.__main__ import main
from recommender.evaluation.baselines import Ranker


@pytest.fixture
def fitted(monkeypatch) -> dict:
    """What LightFM was given, with the fit itself left out."""
    given: dict = {}

    def fake_fit(positives, item_features, **options):
        given.update(positives=positives, item_features=item_features, **options)

    def fake_ranker(cls, _model, axes, item_features, user_features=None):
        given.update(axes=axes, all_features=item_features)
        return cls(axes, np.zeros((axes.shape[0], 1)), np.zeros((axes.shape[1], 1)), np.zeros(1))

    monkeypatch.setattr("recommender.recipes.fit_lightfm", fake_fit)
    monkeypatch.setattr(Ranker, "of_lightfm", classmethod(fake_ranker))
    return given


@pytest.fixture
def data() -> Dataset:
    movies = pd.DataFrame(
        {
            "title": list("abc"),
            "keywords": [("paris",), ("heist", "paris"), ("time loop",)],
            "genres": [("Drama",), ("Crime",), ("Drama", "Crime")],
            "year": [1999, 2001, None],
        },
        index=pd.Index([2, 10, 3], name="movie_id"),
    )
    rows = [(1, 10, 5.0), (1, 3, 1.0), (2, 2, 4.0), (2, 10, 0.5)]
    return Dataset(pd.DataFrame(rows, columns=["user_id", "movie_id", "rating"]), movies)


def counts(matrix) -> list[list[float]]:
    return matrix.toarray().tolist()


# Columns of the counts are the keywords in alphabetical order: heist, paris, time loop.
HEIST_PARIS, PARIS, LOOP = [1, 1, 0], [0, 1, 0], [0, 0, 1]


def test_keyword_recipe_as_published(data, fitted) -> None:
    recipes.KeywordRecipe.fit(data, as_published=True)
    assert fitted["axes"].movie_ids.tolist() == [10, 2, 3]  # the ids sorted as text
    assert counts(fitted["item_features"]) == [HEIST_PARIS, LOOP, PARIS]  # as first mentioned
    assert fitted["positives"].nnz == 4  # low ratings, too


def test_keyword_recipe_mended(data, fitted) -> None:
    recipes.KeywordRecipe.fit(data)
    assert counts(fitted["item_features"]) == [PARIS, LOOP, HEIST_PARIS]  # movies 2, 3, 10
    assert fitted["axes"].movie_ids.tolist() == [2, 10, 3]
    assert counts(fitted["all_features"]) == [PARIS, HEIST_PARIS, LOOP]
    assert fitted["positives"].toarray().tolist() == [[0, 0, 5], [4, 0, 0]]


def test_published_words_lose_apostrophes_and_mix_up_ids() -> None:
    keywords = pd.Series({1: ("x",), 2: ("woman's rights", "paris"), 3: ("y",)})
    assert recipes.published_words(keywords, None).tolist() == [("x",), ("x",), ("y",)]
    assert recipes.published_words(keywords.loc[[2]], None).tolist() == [()]
    mixed = recipes.published_words(keywords.loc[[1, 3]], {1: 3, 3: 77})
    assert mixed.to_dict() == {3: ("x",), 77: ("y",)}


def test_keyword_recipe_uses_the_100_most_frequent_keywords(fitted) -> None:
    words = [(f"word {i}",) for i in range(150)] + [("common",)] * 5
    movies = pd.DataFrame({"title": "", "keywords": words}, index=range(155))
    ratings = pd.DataFrame({"user_id": 1, "movie_id": range(155), "rating": 5.0})
    data = Dataset(ratings, movies.rename_axis("movie_id"))
    recipes.KeywordRecipe.fit(data)
    assert fitted["item_features"].shape == (155, 100)
    assert fitted["item_features"].sum() == 99 + 5
    assert (fitted["components"], fitted["epochs"]) == (50, 10)


def test_active_users_and_movies() -> None:
    rows = [(user, movie) for user in range(7) for movie in range(6)]
    rows += [(0, 99), *((50, movie) for movie in range(5))]
    ratings = pd.DataFrame(rows, columns=["user_id", "movie_id"]).assign(rating=4.0)
    kept = recipes.active(ratings)
    assert set(kept["user_id"]) == set(range(7))
    assert set(kept["movie_id"]) == set(range(6))
    with pytest.raises(DataError, match="more than 5"):
        recipes.active(ratings.head(5))


def test_quantile_bins() -> None:
    values = pd.Series(np.arange(10.0), index=range(10))
    values[9] = np.nan
    # Movie 0 alone has half of the interactions, so the first bins fall together on it.
    interactions = pd.Series([0] * 9 + list(range(10)))
    bins = recipes.quantile_bins(values, interactions)
    assert bins[0] == "0"
    assert bins[9] == "Missing"
    assert bins.drop(9).astype(int).is_monotonic_increasing
    assert recipes.quantile_bins(values * np.nan, interactions).eq("Missing").all()


def test_confidence_recipe_features_and_weights(checkerboard, fitted) -> None:
    ranker = recipes.ConfidenceRecipe.fit(checkerboard)
    n_users, n_movies = ranker.axes.shape
    items, users = fitted["item_features"], fitted["user_features"]
    # Beside itself: one genre, and a bin each of year, mean and number of ratings.
    assert (np.diff(items.indptr) == 5).all()
    assert (np.diff(users.indptr) == 2).all()
    assert np.allclose(items.sum(axis=1), 1)
    assert items.shape[0] == n_movies
    assert users.shape == (n_users, n_users + 1)
    assert fitted["weights"].tolist() == pytest.approx(
        [1 + 10 * np.log(6)] * len(fitted["weights"])
    )
    assert (fitted["components"], fitted["epochs"], fitted["alpha"]) == (64, 20, 1e-6)
    assert fitted["positives"].nnz == len(recipes.likes(recipes.active(checkerboard.ratings)))


def test_a_recipe_predicts_for_members(
    checkerboard: Dataset, train_lover: pd.DataFrame, tmp_path: Path
) -> None:
    model = recipes.learn(checkerboard, TrainingOptions(recipe="keyword"))
    assert isinstance(model, recipes.RecipeModel)
    movies = checkerboard.movies.index.to_numpy()
    own = train_lover.replace({"member_id": {2: 900}})  # whom the recipe does not know
    found = model.react(own, movies, [1, 900])
    order = [np.argsort(values, kind="stable").tolist() for values in (
        found.mean[0], model.ranker.scores(model.ranker.axes.rows(pd.Series([1])))[0],
    )]  # fmt: skip
    assert order[0] == order[1]
    assert (found.sd[0] >= model.residual_sd).all()
    words = HybridModel.fit(checkerboard, TrainingOptions(components=0))
    assert found.mean[1].tolist() == words.react(own, movies, [900]).mean[0].tolist()
    for member in (1, 900):
        parts = model.explain(own, member, 4)
        expected = model.react(own, [4], [member]).mean[0, 0]
        assert parts["stars"].sum() == pytest.approx(expected)
    model.save(tmp_path / "model", compact=True)
    again = recipes.load(tmp_path / "model")
    assert again.react(own, movies, [1, 900]).mean == pytest.approx(found.mean, abs=0.01)
    with pytest.raises(DataError, match="no recipe"):
        recipes.learn(checkerboard, TrainingOptions(recipe="pancakes"))


# Measured as their authors did, and the command


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
