"""What the members are expected to give tonight's candidates."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from ui.charts.style import (
    GREY,
    INK,
    OTHER,
    OURS,
    ROW_HEIGHT,
    STAR_COLOURS,
    STARS,
    finish,
    label,
    need,
    whiskers,
)


def group_heatmap(frame: pd.DataFrame) -> go.Figure:
    """Draw the expected stars of every member (columns) for every candidate (rows).

    Args:
        frame: movie_id, movie (title), member_id, member (name), mean (stars); optionally low and
            high for the hover. Rows and columns keep the order of their first appearance.
    """
    need(frame, (MOVIE, "movie", MEMBER, "member", "mean"), "the group's reactions")
    movies = frame.drop_duplicates(MOVIE).set_index(MOVIE)["movie"]
    members = frame.drop_duplicates(MEMBER).set_index(MEMBER)["member"]

    def grid(column: str) -> pd.DataFrame:
        return frame.pivot(index=MOVIE, columns=MEMBER, values=column).loc[
            movies.index, members.index
        ]

    stars = grid("mean")
    hover = stars.map(": {:.1f} stars".format)
    if {"low", "high"} <= set(frame.columns):
        hover += grid("low").map(" ({:.1f}".format) + grid("high").map(" to {:.1f})".format)
    hover = hover.radd(members.map(label), axis=1).radd(movies.map(label) + ", ", axis=0)
    figure = go.Figure()
    figure.add_heatmap(
        z=stars.to_numpy(),
        zmin=MIN_STARS,
        zmax=MAX_STARS,
        colorscale=STAR_COLOURS,
        showscale=False,
        texttemplate="%{z:.1f}",
        textfont_color=INK,
        xgap=2,
        ygap=2,
        customdata=hover.to_numpy(),
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_xaxes(
        tickvals=list(range(len(members))),
        ticktext=[label(name, 14) for name in members],
        tickangle=-45,
    )
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(movies))),
        ticktext=[label(title, 18) for title in movies],
    )
    mean = stars.mean(axis=1)
    best = movies[mean.idxmax()]
    title = f"{label(best, 40)} pleases most: {mean.max():.1f} stars on average"
    return finish(figure, title, height=90 + 36 * len(movies))


def prediction_intervals(
    frame: pd.DataFrame, *, movie: str, group: tuple[float, float, float] | None = None
) -> go.Figure:
    """Draw each member's expected stars for one candidate with their 80% interval.

    Args:
        frame: member_id, member (name), mean, low, high (stars).
        movie: the candidate's title.
        group: (mean, low, high) of the group, drawn below everyone.
    """
    need(frame, (MEMBER, "member", "mean", "low", "high"), "the members' predictions")
    rows = frame.sort_values("mean", ascending=True, kind="stable")
    figure = go.Figure()
    figure.add_scatter(
        x=rows["mean"].to_numpy(),
        y=list(range(1, len(rows) + 1)),
        mode="markers",
        marker={"color": OURS, "size": 10},
        error_x=whiskers(rows["mean"], rows["low"], rows["high"], OURS),
        customdata=rows[["low", "high"]].to_numpy(),
        hovertemplate="%{x:.1f} (%{customdata[0]:.1f} to %{customdata[1]:.1f})<extra></extra>",
    )
    names = [label(name, 18) for name in rows["member"]]
    if group is not None:
        whole = pd.DataFrame([group], columns=["mean", "low", "high"])
        figure.add_scatter(
            x=whole["mean"].to_numpy(),
            y=[0],
            mode="markers",
            marker={"color": OTHER, "size": 13, "symbol": "diamond"},
            error_x=whiskers(whole["mean"], whole["low"], whole["high"], OTHER),
            hovertemplate=f"{group[0]:.1f} ({group[1]:.1f} to {group[2]:.1f})<extra></extra>",
        )
        figure.add_hline(y=0.5, line={"color": GREY, "width": 1})
    first = 1 if group is None else 0
    figure.update_xaxes(
        title="expected stars (line: 80% interval)",
        range=[MIN_STARS - 0.2, MAX_STARS + 0.2],
        tickvals=STARS,
    )
    figure.update_yaxes(
        tickvals=list(range(first, len(rows) + 1)),
        ticktext=names if first else ["everyone", *names],
        range=[first - 0.6, len(rows) + 0.6],
    )
    height = 70 + ROW_HEIGHT * (len(rows) + 1 - first)
    return finish(figure, _who_likes_it(rows, movie), height=height)


def _who_likes_it(rows: pd.DataFrame, movie: str) -> str:
    least, most = rows.iloc[0], rows.iloc[-1]
    if len(rows) == 1:
        return f"{label(movie, 40)}: {label(most['member'])} is expected to give {most['mean']:.1f}"
    return (
        f"{label(movie, 40)}: {label(most['member'])} should like it most ({most['mean']:.1f}), "
        f"{label(least['member'])} least ({least['mean']:.1f})"
    )
