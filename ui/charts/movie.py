"""What the world gave one movie."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.errors import DataError
from recommender.reactions import STEPS
from ui.charts.style import OURS, STARS, finish

LIKED = 4.0
FEW = 5  # raters; below, shares of them say nothing


def rating_distribution(stars: pd.Series) -> go.Figure:
    """Draw how often each half star was given to a movie.

    Args:
        stars: 0.5..5, one for each rater.

    Raises:
        DataError: there is no rating.
    """
    if stars.empty:
        raise DataError("There is nothing to draw: nobody rated the movie.")
    counts = [int((stars == step).sum()) for step in STEPS]
    figure = go.Figure()
    figure.add_bar(
        x=STEPS,
        y=counts,
        width=0.42,
        marker={"color": OURS, "opacity": np.where(STEPS >= LIKED, 1.0, 0.45)},
        hovertemplate="%{x} stars: %{y}<extra></extra>",
    )
    figure.update_xaxes(title="stars given", tickvals=STARS, range=[0.2, 5.3], showgrid=False)
    figure.update_yaxes(visible=False, rangemode="tozero")
    return finish(figure, _finding(stars), height=150)


def _finding(stars: pd.Series) -> str:
    n, mean = len(stars), stars.mean()
    if n < FEW:
        return f"Only {n} of the world's raters gave it stars: {mean:.1f} on average"
    liked = (stars >= LIKED).mean()
    return f"{liked:.0%} of {n:,} raters gave it 4 stars or more; the mean is {mean:.1f}"
