"""How accurate the models are: on held-out ratings, on a club's own, and on its movie nights."""

from recommender.evaluation.evaluate import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
