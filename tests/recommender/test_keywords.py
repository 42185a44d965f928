"""What the model makes of keywords."""

import io
import json
import zipfile

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recommender import Dataset, HybridModel, TrainingOptions, keywords


def test_effect_has_the_sign_of_the_ratings() -> None:
    rng = np.random.default_rng(0)
    movies = pd.DataFrame(
        {
            "movie_id": range(40),
            "title": "A",
            "keywords": [("good", "any") if movie % 2 else ("bad", "any") for movie in range(40)],
        }
    )
    pairs = [(user, movie) for user in range(30) for movie in range(40) if rng.random() < 0.7]
    ratings = pd.DataFrame(pairs, columns=["user_id", "movie_id"])
    ratings["rating"] = np.where(ratings["movie_id"] % 2, 4.5, 2.0)
    effects = keywords.keyword_effects(
        HybridModel.fit(Dataset(ratings, movies), TrainingOptions(components=0))
    )
    assert effects["movies"].to_dict() == {"good": 20, "bad": 20, "any": 40}
    assert effects.loc["good", "stars"] > 0.3 > -0.3 > effects.loc["bad", "stars"]
    assert effects.index[-1] == "any"
    assert (effects["sd"] > 0).all()


def test_member_who_loves_trains(tiny_model: HybridModel, train_lover: pd.DataFrame) -> None:
    found = keywords.member_keywords(tiny_model, train_lover).set_index(["member_id", "keyword"])[
        "stars"
    ]
    assert found[1, "train"] > 0 > found[1, "ship"]
    assert found[2, "train"] < 0 < found[2, "ship"]
    assert keywords.member_keywords(tiny_model, train_lover.iloc[:0]).empty


def test_nearest(tiny_model: HybridModel) -> None:
    words, movies = keywords.nearest(tiny_model, "train")
    assert "train" not in words
    assert words.between(-1.001, 1.001).all()
    on_trains = set(movies.index[:5]) - set(range(1, 22, 2))
    assert len(on_trains) >= 4  # even ids are movies with trains
    assert all(part.empty for part in keywords.nearest(tiny_model, "nowhere"))


def test_keywords_that_the_same_people_like_are_near_on_the_map(
    checkerboard: Dataset, tiny_options: TrainingOptions, tiny_model: HybridModel
) -> None:
    words = [(f"{i % 2}{i % 3}", *(f"{i % 2} of {n}" for n in range(16))) for i in range(22)]
    data = Dataset(checkerboard.ratings, checkerboard.movies.assign(keywords=words))
    found = keywords.draw_keywords(HybridModel.fit(data, tiny_options))
    assert len(found) > 30
    assert found[["x", "y"]].abs().max().max() == pytest.approx(1)
    middles = found.groupby(found["keyword"].str[0])[["x", "y"]]
    apart = np.linalg.norm(middles.mean().diff().iloc[1])
    assert apart > middles.std().max().max()
    assert keywords.draw_keywords(tiny_model).empty


def test_adding_a_keyword_moves_the_prediction(
    tiny_model: HybridModel, checkerboard: Dataset, train_lover: pd.DataFrame
) -> None:
    movie = checkerboard.movies.loc[[21]]  # a ship
    found = keywords.with_and_without(tiny_model, movie, ("train",), train_lover, [1, 2])
    assert found.loc[1, "after"] > found.loc[1, "before"]
    assert found.loc[2, "after"] < found.loc[2, "before"]
    same = keywords.with_and_without(tiny_model, movie, movie["keywords"].iloc[0], train_lover, [1])
    assert same["before"].to_numpy() == pytest.approx(same["after"].to_numpy())


def test_archive_holds_arrays_and_what_they_mean(
    tiny_model: HybridModel, checkerboard: Dataset
) -> None:
    archive = zipfile.ZipFile(io.BytesIO(keywords.model_archive(tiny_model, checkerboard)))

    def opened(name: str) -> io.BytesIO:
        return io.BytesIO(archive.read(name))

    embeddings = np.load(opened("item_embeddings.npy"), allow_pickle=False)
    features, stars = (
        sparse.load_npz(opened(f"{name}.npz")) for name in ("item_features", "interactions")
    )
    ids, names = (json.loads(archive.read(f"{name}.json")) for name in ("ids", "vocabulary"))
    assert embeddings.shape[0] == features.shape[0] == len(ids["movie_ids"])
    assert features.shape[1] == len(names)
    assert stars.shape == (len(ids["rater_ids"]), len(ids["rated_movie_ids"]))
    assert stars.sum() == checkerboard.ratings["rating"].sum()
