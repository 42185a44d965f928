from __future__ import annotations

import pandas as pd
import pytest

from recommender import DataError, Dataset
from recommender.evaluation.split import random_split


def test_a_fifth_is_hidden_and_nothing_is_lost(checkerboard: Dataset) -> None:
    train, hidden = random_split(checkerboard, seed=4)
    assert len(hidden) == round(len(checkerboard.ratings) / 5)
    both = pd.concat([train.ratings, hidden]).sort_values(["user_id", "movie_id"])
    whole = checkerboard.ratings.sort_values(["user_id", "movie_id"])
    assert both.reset_index(drop=True).equals(whole.reset_index(drop=True))


def test_the_seed_decides(checkerboard: Dataset) -> None:
    hidden = [random_split(checkerboard, seed)[1] for seed in (1, 1, 2)]
    assert hidden[0].equals(hidden[1])
    assert not hidden[0].equals(hidden[2])


def test_one_rating_cannot_be_split(checkerboard: Dataset) -> None:
    one = Dataset(checkerboard.ratings.head(1), checkerboard.movies)
    with pytest.raises(DataError, match="too few"):
        random_split(one)
