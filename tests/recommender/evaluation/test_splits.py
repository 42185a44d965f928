from __future__ import annotations

import pandas as pd
import pytest

from recommender import DataError, Dataset
from recommender.evaluation.splits import random_split, raters_to_try


def test_random_split_hides_a_fifth_and_loses_nothing(checkerboard: Dataset) -> None:
    train, hidden = random_split(checkerboard, seed=4)
    assert len(hidden) == round(len(checkerboard.ratings) / 5)
    both = pd.concat([train.ratings, hidden]).sort_values(["user_id", "movie_id"])
    whole = checkerboard.ratings.sort_values(["user_id", "movie_id"])
    assert both.reset_index(drop=True).equals(whole.reset_index(drop=True))


def test_random_split_depends_on_the_seed(checkerboard: Dataset) -> None:
    hidden = [random_split(checkerboard, seed)[1] for seed in (1, 1, 2)]
    assert hidden[0].equals(hidden[1])
    assert not hidden[0].equals(hidden[2])


def test_random_split_refuses_one_rating(checkerboard: Dataset) -> None:
    one = Dataset(checkerboard.ratings.head(1), checkerboard.movies)
    with pytest.raises(DataError, match="too few"):
        random_split(one)


def test_raters_to_try_have_enough_ratings(checkerboard: Dataset) -> None:
    assert raters_to_try(checkerboard, 4) == (), "nobody has 125 ratings"
    drawn = raters_to_try(checkerboard, 4, least=14, most=14, without=[0, 1])
    assert len(drawn) == 4
    assert not {0, 1} & set(drawn)
    assert drawn == raters_to_try(checkerboard, 4, least=14, most=14, without=[0, 1])
    assert len(raters_to_try(checkerboard, 400, least=14, most=14)) == 24
