"""Predict how every member of a movie club, and the club, will like a movie.

The way of the data: dataset -> features -> hybrid (LightFM) -> reactions -> group -> charts.
"""

from recommender.bundled import load_bundled
from recommender.dataset import Dataset
from recommender.errors import DataError, ModelFileError, RecommenderError
from recommender.model import HybridModel, TrainingOptions
from recommender.reactions import Reactions

__all__ = [
    "DataError",
    "Dataset",
    "HybridModel",
    "ModelFileError",
    "Reactions",
    "RecommenderError",
    "TrainingOptions",
    "load_bundled",
]
