"""The charts of movies: what the base dataset's raters gave one, and the map of all."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MOVIE
from recommender.reactions import STEPS
from ui.charts.style import CLEAR, GIVEN, GREY, INK, OURS, PAPER, STARS_AXIS, finish, label
from ui.charts.traces import Look, dots

LIKED = 4.0
GENRE_COLOURS = ("#c2405f", "#1f8a90", "#b07d1e", "#7a6bc9", "#5f8a3a", "#b5633c", "#3f7fb5")
MAP_LINE = 18  # letters of a region's words on one line
# of a name on a map
NAME: Look = {"showarrow": False, "font": {"size": 11, "color": INK}, "bgcolor": PAPER}
SMALL, LARGE = 3.0, 10.0  # pixels, by the number of ratings


def rating_distribution(stars: pd.Series) -> go.Figure:
    """Draw how often each half star was given to a movie, which at least one has rated."""
    figure = go.Figure()
    figure.add_bar(
        x=STEPS,
        y=[int((stars == step).sum()) for step in STEPS],
        width=0.42,
        marker={"color": GIVEN, "opacity": np.where(STEPS >= LIKED, 1.0, 0.45)},
        hovertemplate="%{x} stars: %{y}<extra></extra>",
    )
    figure.update_xaxes(title="stars given", showgrid=False, **STARS_AXIS)
    figure.update_yaxes(visible=False, rangemode="tozero")
    n, mean, liked = len(stars), stars.mean(), (stars >= LIKED).mean()
    title = f"{liked:.0%} of {n:,} people gave it 4 stars or more; the average is {mean:.1f}"
    return finish(figure, title, height=150)


def taste_map(movies: pd.DataFrame, regions: pd.DataFrame) -> go.Figure:
    """Draw movies as dots, larger when more people rated them; regions by their words.

    Args:
        movies: movie_id, x, y, title (with year), genres (text), genre (the main one), ratings,
            rated (the club's mean stars; missing where nobody rated it), listed (bool: on the
            shortlist).
        regions: x, y, label.
    """
    hover = [
        f"<b>{label(row.title, 60)}</b><br>{label(row.genres, 60)}"
        + ("" if pd.isna(row.rated) else f"<br>we gave it {row.rated:.1f}")
        for row in movies.itertuples()
    ]
    size = SMALL + (LARGE - SMALL) * movies["ratings"].rank(pct=True) ** 3
    movies = movies.assign(size=size, hover=hover)
    figure = go.Figure()

    def draw(part: pd.DataFrame, name: str, colour: object, **special: Any) -> None:
        look: Look = {"marker_size": part["size"], "marker_line": {"width": 0}} | special
        look |= {"customdata": part[[MOVIE]].to_numpy(), "text": part["hover"], "name": name}
        dots(figure, part, "x", colour, "%{text}", y="y", **look)

    commonest = movies["genre"].value_counts().index[: len(GENRE_COLOURS)]
    colours = dict(zip(commonest, GENRE_COLOURS, strict=False))
    main = movies["genre"].where(movies["genre"].isin(commonest), "other")
    for genre, part in movies.groupby(main):
        draw(part, str(genre), colours.get(genre, GREY), marker_opacity=0.55)
    rated, listed = movies.dropna(subset=["rated"]), movies[movies["listed"]]
    if len(rated):
        ring = {"color": GIVEN, "width": 1}
        draw(rated.assign(size=rated["size"] + 2), "rated by us", CLEAR, marker_line=ring)
    if len(listed):
        star: Look = {"marker_symbol": "star", "marker_line": {"color": "#ffffff", "width": 1}}
        draw(listed.assign(size=16.0), "tonight's shortlist", OURS, **star)
    for row in regions.itertuples():
        lines = [label(part, MAP_LINE) for part in textwrap.wrap(str(row.label), MAP_LINE)[:2]]
        text, x = "<br>".join(f"<b>{line}</b>" for line in lines), max(-0.75, min(0.75, row.x))
        figure.add_annotation(x=x, y=row.y, text=text, borderpad=2, **NAME)
    title = "Movies that the same people like lie close together"
    return finish_map(figure, title).update_layout(clickmode="event+select")


def finish_map(figure: go.Figure, title: str) -> go.Figure:
    """Finish a map of points within -1..1, whose axes mean nothing."""
    finish(figure, title, height=560, legend=True)
    figure.update_xaxes(visible=False, range=[-1.08, 1.08])
    figure.update_yaxes(visible=False, range=[-1.08, 1.08])
    return figure.update_layout(hovermode="closest")
