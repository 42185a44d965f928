from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import DataError, Dataset, HybridModel, TrainingOptions, load_bundled


def test_it_learns_who_likes_trains(tiny_model: HybridModel, train_lover: pd.DataFrame) -> None:
    reactions = tiny_model.react(train_lover, [4, 5])
    assert reactions.member_ids == (1, 2)
    assert reactions.movie_ids == (4, 5)
    (lover_train, lover_ship), (hater_train, hater_ship) = reactions.mean
    assert lover_train > lover_ship + 0.5
    assert hater_ship > hater_train + 0.5


def test_keywords_alone_carry_to_a_movie_that_nobody_has_rated(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    assert tiny_model.counts[[20, 21]].tolist() == [0, 0]
    mean = tiny_model.react(train_lover, [20, 21]).mean
    assert mean[0, 0] > mean[0, 1]
    assert mean[1, 1] > mean[1, 0]


def test_a_new_movie_is_predicted_from_its_words(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    new = pd.DataFrame({"title": ["X", "Y"], "keywords": ["train", "ship"]}, index=[-1, -2])
    with pytest.raises(DataError, match=r"does not know movie -1; add it with 'with_movies' first"):
        tiny_model.react(train_lover, [-1])
    wider = tiny_model.with_movies(new)
    mean = wider.react(train_lover, [-1, -2]).mean
    assert mean[0, 0] > mean[0, 1]
    assert not tiny_model.knows(-1)
    assert wider.with_movies(new) is wider
    old = tiny_model.react(train_lover, [4, 20])
    assert wider.react(train_lover, [4, 20]).mean == pytest.approx(old.mean, abs=1e-5)


def test_a_member_without_ratings_gets_the_crowds_opinion_and_a_wide_interval(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    reactions = tiny_model.react(train_lover, [4, 5], member_ids=[9, 1])
    assert reactions.mean[0] == pytest.approx(tiny_model.bias.mu + tiny_model.bias.expected[[4, 5]])
    assert (reactions.sd[0] > 0.8).all()
    nobody = tiny_model.react(train_lover.iloc[:0], [4], member_ids=[9])
    assert nobody.mean.shape == (1, 1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(1, 10)), unique_by=lambda r: r[0]))
def test_more_ratings_never_make_a_prediction_less_certain(
    tiny_model: HybridModel, rows: list[tuple[int, int]]
) -> None:
    ratings = pd.DataFrame(
        [(1, movie, half / 2) for movie, half in rows], columns=["member_id", "movie_id", "rating"]
    ).astype({"member_id": int, "movie_id": int, "rating": float})
    movies = list(range(22))
    # Surprising ratings may show that a member is hard to foresee; that is left out here.
    calm = replace(tiny_model, options=replace(tiny_model.options, variance_weight=1e12))
    less = calm.react(ratings.iloc[:-1], movies, member_ids=[1])
    more = calm.react(ratings, movies, member_ids=[1])
    assert (more.sd <= less.sd + 1e-6).all()
    assert (more.mean >= 0.5).all()
    assert (more.mean <= 5.0).all()


def test_a_member_who_surprises_gets_wider_intervals(tiny_model: HybridModel) -> None:
    movies = list(range(0, 20, 2))
    steady = pd.DataFrame({"member_id": 1, "movie_id": movies, "rating": 4.0})
    wild = steady.assign(member_id=2, rating=[0.5, 5.0] * 5)
    reactions = tiny_model.react(pd.concat([steady, wild]), [5, 20])
    assert (reactions.sd[1] > reactions.sd[0] + 0.1).all()


def test_members_and_movies_do_not_influence_each_others_predictions(
    tiny_model: HybridModel, train_lover: pd.DataFrame
) -> None:
    both = tiny_model.react(train_lover, [5, 4, 8])
    alone = tiny_model.react(train_lover[train_lover["member_id"] == 2], [8])
    assert both.mean[1, 2] == pytest.approx(alone.mean[0, 0], abs=1e-6)
    assert both.sd[1, 2] == pytest.approx(alone.sd[0, 0], abs=1e-6)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rating": 7.0}, "found 7.0 for movie"),
        ({"movie_id": 999}, "does not know movie 999"),
    ],
)
def test_bad_ratings_are_refused(
    tiny_model: HybridModel, train_lover: pd.DataFrame, change: dict[str, float], sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        tiny_model.react(train_lover.iloc[:1].assign(**change), [4])


def test_same_data_and_seed_give_the_same_bits(
    checkerboard: Dataset, tiny_model: HybridModel, tiny_options: TrainingOptions
) -> None:
    again = HybridModel.fit(checkerboard, tiny_options)
    assert again.kernel.embeddings.tobytes() == tiny_model.kernel.embeddings.tobytes()
    assert again.bias.movie.tobytes() == tiny_model.bias.movie.tobytes()
    other = HybridModel.fit(checkerboard, replace(tiny_options, seed=4))
    assert other.kernel.embeddings.tobytes() != tiny_model.kernel.embeddings.tobytes()


def test_every_epoch_is_reported(checkerboard: Dataset, tiny_options: TrainingOptions) -> None:
    seen: list[tuple[int, int]] = []
    HybridModel.fit(checkerboard, tiny_options, lambda done, total: seen.append((done, total)))
    total = seen[0][1]
    assert seen == [(i + 1, total) for i in range(total)]


def test_nothing_to_learn_from_is_said(checkerboard: Dataset) -> None:
    with pytest.raises(DataError, match="the data has no ratings"):
        HybridModel.fit(Dataset(checkerboard.ratings.iloc[:0], checkerboard.movies))
    with pytest.raises(DataError, match="needs an epoch"):
        TrainingOptions(epochs=0)


def test_without_lightfm_the_bundled_world_is_known_by_its_words() -> None:
    data = load_bundled()
    model = HybridModel.fit(data, TrainingOptions(components=0))
    assert (model.n_users, model.n_ratings, model.n_movies) == (671, 100_004, 9_066)
    # Ten votes for space battles: more space battles, fewer costume dramas.
    space, costume = 1196, 838  # The Empire Strikes Back, Emma
    fans = pd.DataFrame(
        {"member_id": 1, "movie_id": [260, 1210, 2628, 5378], "rating": [5.0, 5.0, 4.5, 4.5]}
    )
    crowd = model.react(fans.iloc[:0], [space, costume], member_ids=[1]).mean[0]
    fan = model.react(fans, [space, costume]).mean[0]
    assert fan[0] - crowd[0] > fan[1] - crowd[1]
    assert np.isfinite(fan).all()
