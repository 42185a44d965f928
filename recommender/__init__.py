"""Predict how every member of a movie club, and the club, will like a movie.

dataset -> features -> embeddings (LightFM) -> model (Gaussian process) -> reactions -> group

>>> from recommender import HybridModel, load_bundled
>>> from recommender.group import rank
>>> model = HybridModel.fit(load_bundled())  # doctest: +SKIP
>>> rank(model.react(member_ratings, movie_ids))  # doctest: +SKIP
"""

from recommender.bundled import load_bundled
from recommender.dataset import Dataset
from recommender.errors import DataError, ModelFileError, RecommenderError
from recommender.model import HybridModel, Recommender, TrainingOptions
from recommender.reactions import Reactions

__all__ = [
    "DataError",
    "Dataset",
    "HybridModel",
    "ModelFileError",
    "Reactions",
    "Recommender",
    "RecommenderError",
    "TrainingOptions",
    "load_bundled",
]
