"""The map of taste: where movies lie, and where the club is at home."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MOVIE
from ui.charts.style import CLEAR, GREY, INK, OTHER, OURS, finish, label, need

STARS_SCALE = [[0.0, "#b9532f"], [0.5, "#b8a46a"], [1.0, "#1f8a90"]]
GENRE_COLOURS = ("#c2405f", "#1f8a90", "#b07d1e", "#7a6bc9", "#5f8a3a", "#b5633c", "#3f7fb5")
SMALL, LARGE = 3.0, 10.0  # pixels, by fame
PAPER = "rgba(251,248,243,0.82)"  # behind a region's words, on a light page and on a dark one


def taste_map(
    movies: pd.DataFrame, regions: pd.DataFrame, *, colour: str = "genre", height: int = 560
) -> go.Figure:
    """Draw movies as dots, larger when more people rated them; regions by their words.

    Args:
        movies: movie_id, x, y, title (with year), genres (text), genre (the main one), ratings,
            expected (stars, may be missing), rated (the club's mean stars; missing where nobody
            rated it), listed (bool: on the shortlist).
        regions: x, y, label.
        colour: "genre" or "expected".
    """
    needed = (MOVIE, "x", "y", "title", "genres", "genre", "ratings", "expected", "rated", "listed")
    need(movies, needed, "the map of taste")
    figure = go.Figure()
    share = movies["ratings"].rank(pct=True) ** 3
    movies = movies.assign(size=SMALL + (LARGE - SMALL) * share, hover=_hovers(movies))
    if colour == "genre":
        commonest = movies["genre"].value_counts().index[: len(GENRE_COLOURS)]
        named = dict(zip(commonest, GENRE_COLOURS, strict=False))
        for genre, part in movies.groupby(
            movies["genre"].where(movies["genre"].isin(commonest), "other")
        ):
            _dots(figure, part, str(genre), {"color": named.get(genre, GREY), "opacity": 0.55})
    else:
        known = movies.dropna(subset=["expected"])
        marker = {
            "color": known["expected"],
            "colorscale": STARS_SCALE,
            "opacity": 0.75,
            "colorbar": {"title": "stars", "thickness": 10, "len": 0.5, "outlinewidth": 0},
        }
        _dots(figure, known, "expected stars", marker)
    rated = movies.dropna(subset=["rated"])
    if len(rated):
        ring = {"color": CLEAR, "line": {"color": OTHER, "width": 1}}
        _dots(figure, rated.assign(size=rated["size"] + 2), "rated by us", ring)
    listed = movies[movies["listed"]]
    if len(listed):
        mark = {"color": OURS, "symbol": "star", "line": {"color": "#ffffff", "width": 1}}
        _dots(figure, listed.assign(size=16.0), "tonight's shortlist", mark)
    for row in regions.itertuples():
        figure.add_annotation(
            x=row.x, y=row.y, text=f"<b>{label(row.label, 34)}</b>", showarrow=False,
            font={"size": 11, "color": INK}, bgcolor=PAPER, borderpad=2,
        )  # fmt: skip
    finish(figure, finding(movies, regions), height=height, legend=True)
    figure.update_xaxes(visible=False, range=[-1.08, 1.08])
    figure.update_yaxes(visible=False, range=[-1.08, 1.08])
    return figure.update_layout(hovermode="closest", clickmode="event+select")


def finding(movies: pd.DataFrame, regions: pd.DataFrame) -> str:
    """Return in one line where the club likes it most."""
    rated = movies.dropna(subset=["rated"])
    if len(rated) < 10 or regions.empty:
        return "The map of taste: near each other when the same people choose them"
    across, up = (
        np.subtract.outer(rated[axis].to_numpy(), regions[axis].to_numpy()) for axis in ("x", "y")
    )
    nearest = regions.index[(across**2 + up**2).argmin(axis=1)]
    by_region = rated["rated"].groupby(nearest).agg(["mean", "size"])
    often = by_region[by_region["size"] >= 5]
    if often.empty:
        return "The map of taste: near each other when the same people choose them"
    best = often["mean"].idxmax()
    words, mean = regions.at[best, "label"], often.at[best, "mean"]
    return f"The club likes it best around “{label(words, 40)}”: {mean:.1f} stars on average there"


def _hovers(movies: pd.DataFrame) -> list[str]:
    return [
        f"<b>{label(row.title, 60)}</b><br>{label(row.genres, 60)}"
        + ("" if pd.isna(row.expected) else f"<br>the club should give it {row.expected:.1f}")
        + ("" if pd.isna(row.rated) else f"<br>we gave it {row.rated:.1f}")
        for row in movies.itertuples()
    ]


def _dots(figure: go.Figure, part: pd.DataFrame, name: str, marker: Mapping[str, object]) -> None:
    figure.add_scatter(
        x=part["x"],
        y=part["y"],
        mode="markers",
        name=name,
        customdata=part[[MOVIE]].to_numpy(),
        text=part["hover"],
        hovertemplate="%{text}<extra></extra>",
        marker={"size": part["size"], "line": {"width": 0}, **marker},
    )
