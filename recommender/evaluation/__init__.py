"""How right the models are: on held-out ratings, and under the club protocol."""

from recommender.evaluation.report import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
