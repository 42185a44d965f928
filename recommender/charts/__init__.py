"""A tidy frame in, a Plotly figure out; each title says what the figure shows."""

from recommender.charts.accuracy import (
    error_against_baselines,
    predicted_against_actual,
    reliability,
)
from recommender.charts.club import like_table, member_errors, stars_by_prediction
from recommender.charts.learning import learning_curve
from recommender.charts.movie import rating_distribution
from recommender.charts.ranking import ranking_metrics
from recommender.charts.taste_map import taste_map
from recommender.charts.tonight import group_heatmap, prediction_intervals

__all__ = [
    "error_against_baselines",
    "group_heatmap",
    "learning_curve",
    "like_table",
    "member_errors",
    "predicted_against_actual",
    "prediction_intervals",
    "ranking_metrics",
    "rating_distribution",
    "reliability",
    "stars_by_prediction",
    "taste_map",
]
