from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recommender import Dataset, HybridModel, TrainingOptions
from recommender.explain import sentence
from recommender.guests import HATED, LOVED, ORDINARY_ID, WISH_ID, imagined


@pytest.mark.parametrize("member", [1, 2, 9])
@pytest.mark.parametrize("movie", [0, 4, 5, 20])
def test_the_parts_sum_to_the_prediction(
    tiny_model: HybridModel, train_lover: pd.DataFrame, member: int, movie: int
) -> None:
    parts = tiny_model.explain(train_lover, member, movie)
    predicted = tiny_model.react(train_lover, [movie], member_ids=[member]).mean[0, 0]
    assert parts["stars"].sum() == pytest.approx(predicted, abs=1e-5)


def test_a_cut_at_five_stars_is_a_part_of_its_own(tiny_model: HybridModel) -> None:
    fan = pd.DataFrame({"member_id": 1, "movie_id": range(0, 20, 2), "rating": 5.0})
    parts = tiny_model.explain(fan, 1, 20).set_index("kind")["stars"]
    assert parts.sum() <= 5.0 + 1e-12
    assert parts.sum() == pytest.approx(tiny_model.react(fan, [20]).mean[0, 0])


def test_every_rated_movie_and_every_word_has_its_part(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    parts = tiny_model.explain(train_lover, 1, 4)
    assert list(parts) == ["kind", "label", "stars", "movie_id", "steady"]
    assert parts.loc[parts["kind"] == "rated movie", "movie_id"].tolist() == [0, 2, 1]
    words = parts[parts["kind"] == "feature"].set_index("label")["stars"]
    assert set(words.index) == {"train", "Drama", "1990s"}
    assert words["train"] > 0


def test_the_word_that_repels_is_negative(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    parts = tiny_model.explain(train_lover, 1, 5).set_index("label")["stars"]
    assert parts["ship"] < 0


TITLES = pd.Series({1: "Amélie", 2: "Heat", 3: "Up"})
OWN = pd.DataFrame({"member_id": 1, "movie_id": [1, 2, 3], "rating": [4.5, 2.0, 3.0]})


def parts(*rows: tuple[str, str, float, int | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["kind", "label", "stars", "movie_id"])
    return frame.astype({"movie_id": "Int64"}).assign(steady=True)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            [("rated movie", "1", 0.4, 1), ("rated movie", "2", -0.3, 2),
             ("rated movie", "3", 0.1, 3),
             ("feature", "paris", 0.42, None), ("feature", "heist", -0.2, None)],
            "Because you gave Amélie 4.5 and Heat 2; paris +0.4, heist −0.2.",
        ),
        ([("rated movie", "1", 0.4, 1)], "Because you gave Amélie 4.5."),
        ([("feature", "paris", 0.4, None)], "Because of paris +0.4."),
        (
            [("movie", "this movie", 0.3, None), ("feature", "paris", 0.01, None)],
            "Nothing you rated is much like it; it is well liked by everybody (+0.3).",
        ),
        (
            [("movie", "this movie", -0.6, None)],
            "Nothing you rated is much like it; it is not much liked by most (−0.6).",
        ),
    ],
)  # fmt: skip
def test_the_reason_in_words(rows: list[tuple[str, str, float, int | None]], said: str) -> None:
    assert sentence(parts(*rows), OWN, 1, TITLES) == said


def test_a_member_without_ratings_is_told_so() -> None:
    assert sentence(parts(("movie", "", 0.3, None)), OWN, 5, TITLES).startswith("No ratings yet")


def test_a_part_is_steady_when_every_seed_alone_gives_it_the_same_sign(
    checkerboard: Dataset, train_lover: pd.DataFrame
) -> None:
    options = TrainingOptions(components=4, epochs=1, repeats=3, seed=1, min_movies=2)
    model = HybridModel.fit(checkerboard, options)
    alone = []
    for space in model.space.each_seed(3):
        assert np.linalg.norm(space.places, axis=1)[:20] == pytest.approx(np.ones(20), abs=1e-5)
        fields = {k: v for k, v in vars(model).items() if not k.startswith("_")}
        one = HybridModel(**fields | {"space": space, "options": replace(options, repeats=1)})
        alone.append(one.explain(train_lover, 1, 5)["stars"])
    together = model.explain(train_lover, 1, 5)
    same = (np.sign(alone) == np.sign(together["stars"].to_numpy())).all(axis=0)
    assert together["steady"].tolist() == same.tolist()


def test_what_is_not_steady_is_not_given_as_a_reason() -> None:
    shaky = parts(("movie", "", 0.3, None), ("feature", "paris", 0.42, None))
    shaky["steady"] = [True, False]
    assert "paris" not in sentence(shaky, OWN, 1, TITLES)


def guests(**words: tuple[str, ...]) -> pd.DataFrame:
    frame = {"likes": [words.get("likes", ())], "dislikes": [words.get("dislikes", ())]}
    return pd.DataFrame(frame, index=pd.Index([9]))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"likes": ("train",)}, "Because you like train."),
        ({"likes": ("train", "drama")}, "Because you like Drama and train."),
        ({"dislikes": ("train",)}, "Because you dislike train."),
    ],
)
@pytest.mark.parametrize("movie", [4, 20])
def test_a_guests_keywords_are_a_reason(
    tiny_model: HybridModel, words: dict[str, tuple[str, ...]], said: str, movie: int
) -> None:
    evidence = imagined(guests(**words), features=tiny_model.features)
    model = tiny_model.with_movies(evidence.movies)
    found = model.explain(evidence.ratings, 9, movie)
    predicted = model.react(evidence.ratings, [movie], member_ids=[9]).mean[0, 0]
    assert found["stars"].sum() == pytest.approx(predicted, abs=1e-5)
    assert (found["kind"] == "rated movie").sum() == 1
    assert sentence(found, evidence.ratings, 9, pd.Series({movie: "Movie"})) == said


def test_what_a_guests_keywords_say_of_every_movie_is_no_reason(tiny_model: HybridModel) -> None:
    evidence = imagined(guests(likes=("train",)), features=tiny_model.features)
    model = tiny_model.with_movies(evidence.movies)
    found = [model.explain(evidence.ratings, 9, movie) for movie in range(20)]
    pulls = [parts.loc[parts["kind"] == "rated movie", "stars"].item() for parts in found]
    assert min(pulls[::2]) > 0 > max(pulls[1::2])


WISH = {WISH_ID - 18: "heist and paris", WISH_ID - 19: "ghost"}
NAMED = pd.DataFrame(
    [(9, 1, LOVED), (9, 2, HATED), (9, WISH_ID - 18, LOVED), (9, WISH_ID - 19, HATED),
     (9, ORDINARY_ID, 4.5)],
    columns=["member_id", "movie_id", "rating"],
)  # fmt: skip


@pytest.mark.parametrize(
    ("pulls", "said"),
    [
        ({1: 0.4, WISH_ID - 18: 0.3, 2: -0.1},
         "Because you gave Amélie 5, and like heist and paris."),
        ({WISH_ID - 18: 0.3, WISH_ID - 19: -0.2},
         "Because you like heist and paris and dislike ghost."),
        ({1: 0.3, 2: -0.4, WISH_ID - 18: 0.1}, "Because you gave Heat 1 and Amélie 5."),
    ],
)  # fmt: skip
def test_movies_and_keywords_of_a_guest_are_told_together(
    pulls: dict[int, float], said: str
) -> None:
    rows = [
        ("rated movie", WISH.get(movie, str(movie)), stars, movie) for movie, stars in pulls.items()
    ]
    assert sentence(parts(*rows), NAMED, 9, TITLES) == said


def test_many_keywords_are_told_in_part(checkerboard: Dataset) -> None:
    words = ("b", "c", "d", "e", "f")
    movies = checkerboard.movies.assign(keywords=[words] * len(checkerboard.movies))
    options = TrainingOptions(components=4, epochs=1, repeats=1, seed=1, min_movies=2)
    model = HybridModel.fit(Dataset(checkerboard.ratings, movies), options)
    evidence = imagined(guests(likes=words), features=model.features)
    found = model.with_movies(evidence.movies).explain(evidence.ratings, 9, 4)
    assert found.loc[found["kind"] == "rated movie", "label"].tolist() == ["b, c, d and 2 more"]
