"""A tidy frame in, a Plotly figure out; each title says what the figure shows."""

from ui.charts.accuracy import error_against_baselines, predicted_against_actual, reliability
from ui.charts.club import like_table, member_errors, stars_by_prediction
from ui.charts.deciding import gains_and_losses, strategies_side_by_side
from ui.charts.divides import movie_stars, word_sides
from ui.charts.learning import learning_curve
from ui.charts.member import against_the_crowd, favourite_words, generosity, rating_years
from ui.charts.movie import rating_distribution
from ui.charts.portrait import distance_over_time, match_matrix
from ui.charts.ranking import ranking_metrics
from ui.charts.scoreboard import (
    interval_honesty,
    predicted_and_given,
    record_over_nights,
    strategies_replayed,
)
from ui.charts.taste_map import taste_map
from ui.charts.tonight import group_heatmap, prediction_intervals

__all__ = [
    "against_the_crowd",
    "distance_over_time",
    "error_against_baselines",
    "favourite_words",
    "gains_and_losses",
    "generosity",
    "group_heatmap",
    "interval_honesty",
    "learning_curve",
    "like_table",
    "match_matrix",
    "member_errors",
    "movie_stars",
    "predicted_against_actual",
    "predicted_and_given",
    "prediction_intervals",
    "ranking_metrics",
    "rating_distribution",
    "rating_years",
    "record_over_nights",
    "reliability",
    "stars_by_prediction",
    "strategies_replayed",
    "strategies_side_by_side",
    "taste_map",
    "word_sides",
]
