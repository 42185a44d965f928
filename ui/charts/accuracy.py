"""How right the predicted stars are: against what people gave, and against simpler ways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.evaluation.calibration import reliability_bins
from ui.charts.style import (
    GREY,
    OTHER,
    OURS,
    STARS,
    diagonal,
    finish,
    label,
    need,
    single_ratings,
    whiskers,
)

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
METRICS = {"rmse": "root mean squared error in stars", "mae": "stars missed by on average"}


def predicted_against_actual(frame: pd.DataFrame) -> go.Figure:
    """Draw predicted stars over the stars that were given.

    Args:
        frame: actual, predicted (stars); optionally label, the hover text of each row.

    Returns:
        For each half star given, a box over the middle half of the predictions with whiskers from
        the 10th to the 90th percentile; single ratings as dots while they are few.
    """
    need(frame, ("actual", "predicted"), "predicted against actual stars")
    close = (frame["predicted"] - frame["actual"]).abs() <= 1
    spread = frame.groupby("actual")["predicted"].quantile(list(SHARES)).unstack()
    low, q1, median, q3, high = (spread[share].to_numpy() for share in SHARES)
    figure = go.Figure()
    diagonal(figure, MIN_STARS, MAX_STARS)
    figure.add_box(
        x=spread.index.to_numpy(),
        lowerfence=low,
        q1=q1,
        median=median,
        q3=q3,
        upperfence=high,
        width=0.32,
        marker_color=OURS,
        line_width=1.5,
        hoverinfo="y",
    )
    hover = "given %{x}, predicted %{y:.1f}"
    single_ratings(figure, frame, "actual", "predicted", colour=OTHER, hover=hover)
    axis = {"range": [0.2, 5.3], "tickvals": STARS}
    figure.update_xaxes(title="stars given (dotted: predicted exactly)", **axis)
    figure.update_yaxes(title="stars predicted", **axis)
    title = f"{close.mean():.0%} of {len(frame):,} ratings were predicted within one star"
    return finish(figure, title, height=330)


def error_against_baselines(
    frame: pd.DataFrame, *, metric: str = "rmse", ours: str = "ours"
) -> go.Figure:
    """Draw each model's error with its interval, the smallest on top.

    Args:
        frame: model, metric, value, low, high (stars); rows of other metrics are ignored.
            Optionally excess_low, excess_high: 95% interval of how much more than ours each is;
            where that of the best baseline holds 0, the title claims no difference.
        metric: "rmse" (root of the mean squared error) or "mae" (mean absolute error).
        ours: the model to bring out.
    """
    need(frame, ("model", "metric", "value", "low", "high"), "errors against baselines")
    rows = frame[frame["metric"] == metric].sort_values("value", ascending=False, kind="stable")
    need(rows, (), f"errors in {metric}")
    figure = go.Figure()
    for i, model in enumerate(rows["model"]):
        row, colour = rows.iloc[[i]], OURS if model == ours else GREY
        figure.add_scatter(
            x=row["value"].to_numpy(),
            y=[i],
            mode="markers+text",
            texttemplate="%{x:.3f}",
            textposition="top center",
            marker={"color": colour, "size": 10},
            error_x=whiskers(row["value"], row["low"], row["high"], colour),
            customdata=row[["low", "high"]].to_numpy(),
            hovertemplate="%{x:.3f} (%{customdata[0]:.3f} to %{customdata[1]:.3f})<extra></extra>",
        )
    figure.update_xaxes(
        title=f"{METRICS.get(metric, metric)}<br>(less is better; line: 95% interval)",
        nticks=5,
    )
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[label(model) for model in rows["model"]],
        range=[-0.6, len(rows) - 0.3],
    )
    title = _error_title(rows.set_index("model"), ours)
    return finish(figure, title, height=70 + 44 * len(rows))


def _error_title(rows: pd.DataFrame, ours: str) -> str:
    error = rows["value"]
    others = error.drop(ours, errors="ignore")
    if ours not in error.index or others.empty:
        return f"The smallest error: {error.min():.2f} stars, by {label(error.idxmin())}"
    best = others.idxmin()
    if "excess_low" in rows and rows.at[best, "excess_low"] <= 0 <= rows.at[best, "excess_high"]:
        return (
            f"Our error is {error[ours]:.2f} stars, the best baseline's {others.min():.2f} "
            f"({label(best)}): no clear difference"
        )
    change = error[ours] / others.min() - 1
    return (
        f"Our error is {error[ours]:.2f} stars, {abs(change):.1%} "
        f"{'less' if change < 0 else 'more'} than the best baseline's ({label(best)})"
    )


def reliability(frame: pd.DataFrame) -> go.Figure:
    """Draw how often a movie was liked over the predicted chance that it would be.

    Args:
        frame: like (predicted probability, 0..1), liked (bool); one row a held-out rating.

    Returns:
        One dot for each tenth of the probability, with Wilson's 95% interval (Wilson, 1927),
        larger where there are more ratings; on the dotted line promises are kept exactly.
    """
    need(frame, ("like", "liked"), "the reliability of chances")
    bins = reliability_bins(frame)
    n, share = bins["n"].to_numpy(), bins["share"].to_numpy()
    gap = float(np.average((bins["promised"] - bins["share"]).abs(), weights=n))
    figure = go.Figure()
    diagonal(figure, 0, 1)
    figure.add_scatter(
        x=bins["promised"].to_numpy(),
        y=share,
        mode="markers",
        marker={"color": OURS, "size": 7 + 11 * np.sqrt(n / n.max()), "line": {"width": 0}},
        error_y=whiskers(bins["share"], bins["low"], bins["high"], OURS),
        customdata=n,
        hovertemplate="promised %{x:.0%}, liked %{y:.0%} of %{customdata} ratings<extra></extra>",
    )
    axis = {"range": [-0.04, 1.04], "tickformat": ".0%"}
    figure.update_xaxes(title="chance promised (dotted: kept exactly)", **axis)
    figure.update_yaxes(title="share that was liked", **axis)
    # How far the shares would lie off if every promise were kept: the mean distance of a normal
    # distribution.
    chance = np.sqrt(2 / np.pi * bins["promised"] * (1 - bins["promised"]) / n)
    title = (
        f"The chances promised for {len(frame):,} ratings were off by {100 * gap:.1f} percentage "
        f"points on average ({100 * np.average(chance, weights=n):.1f} by chance alone)"
    )
    return finish(figure, title, height=330)
