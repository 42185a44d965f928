"""What splits the club and what unites it: movies and words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER, MOVIE
from ui.charts.style import GREY, OTHER, OURS, ROW_HEIGHT, STARS, finish, label, need

NAME = 10  # letters of a name beside a mark


def movie_stars(frame: pd.DataFrame) -> go.Figure:
    """Draw every member's stars for the movies that split and those that unite the club.

    Args:
        frame: movie_id, movie (title), side ("splits" or "unites"), member (name) and rating
            (stars), one row a rating; movies in the order to be drawn.
    """
    need(frame, (MOVIE, "movie", "side", "member", "rating"), "what splits and unites")
    movies = frame.drop_duplicates(MOVIE).set_index(MOVIE)["movie"]
    row = {movie: i for i, movie in enumerate(movies.index)}
    figure = go.Figure()
    for side, colour in (("splits", OURS), ("unites", OTHER)):
        part = frame[frame["side"] == side]
        for movie, own in part.groupby(MOVIE, sort=False):
            figure.add_scatter(
                x=[own["rating"].min(), own["rating"].max()],
                y=[row[movie]] * 2,
                mode="lines",
                line={"color": colour, "width": 2},
                opacity=0.5,
                hoverinfo="skip",
                showlegend=False,
            )
        given = part.groupby([MOVIE, "rating"], sort=False)["member"]
        who = given.agg(lambda names: ", ".join(label(name, NAME) for name in names))
        figure.add_scatter(
            x=who.index.get_level_values("rating"),
            y=[row[movie] for movie in who.index.get_level_values(MOVIE)],
            mode="markers",
            marker={
                "color": colour,
                "size": 7 + 4 * np.sqrt(given.size().to_numpy()),
                "symbol": "circle" if side == "splits" else "diamond",
            },
            text=who.to_numpy(),
            hovertemplate="%{x} stars: %{text}<extra></extra>",
            name=f"{side} us",
        )
    figure.update_xaxes(range=[0.2, 5.3], tickvals=STARS, title="stars given")
    figure.update_yaxes(
        tickvals=list(row.values()),
        ticktext=[label(title, 18) for title in movies],
        range=[len(row) - 0.4, -0.6],
    )
    height = 150 + ROW_HEIGHT * len(row)
    return finish(figure, _what_splits(frame), height=height, legend=True)


def _what_splits(frame: pd.DataFrame) -> str:
    said = []
    for side, own in frame.groupby("side"):
        first = own[own[MOVIE] == own[MOVIE].iloc[0]].sort_values("rating", kind="stable")
        low, high = first.iloc[0], first.iloc[-1]
        title = label(low["movie"], 40)
        said.append(
            f"“{title}” splits us most: {label(low['member'])} gave {low['rating']:g}, "
            f"{label(high['member'])} {high['rating']:g}"
            if side == "splits"
            else f"“{title}” unites us most: {low['rating']:g} to {high['rating']:g} stars "
            f"from all {len(first)} who rated it"
        )
    return "; ".join(said)


def word_sides(frame: pd.DataFrame) -> go.Figure:
    """Draw where the members stand on words that divide them.

    Args:
        frame: word, member_id, member (name), lean, low, high (stars) and sure (bool: the ends
            surely differ); words in the order to be drawn.
    """
    need(frame, ("word", MEMBER, "member", "lean", "low", "high", "sure"), "words that divide")
    words = list(dict.fromkeys(frame["word"]))
    row = {word: i for i, word in enumerate(words)}
    grouped = frame.groupby("word", sort=False)["lean"]
    ends = [frame.loc[at.to_numpy()] for at in (grouped.idxmin(), grouped.idxmax())]
    between = frame.drop(index=[*ends[0].index, *ends[1].index])
    figure = go.Figure()
    for word, own in frame.groupby("word", sort=False):
        figure.add_scatter(
            x=[own["lean"].min(), own["lean"].max()],
            y=[row[word]] * 2,
            mode="lines",
            line={"color": GREY, "width": 1.5, "dash": "solid" if own["sure"].all() else "dot"},
            hoverinfo="skip",
        )
    for part, colour, at in (
        (between, GREY, None), (ends[0], OURS, "middle left"), (ends[1], OTHER, "middle right"),
    ):  # fmt: skip
        names = [label(name, NAME) for name in part["member"]]
        figure.add_scatter(
            x=part["lean"].to_numpy(),
            y=[row[word] for word in part["word"]],
            mode="markers+text" if at else "markers",
            marker={"color": colour, "size": 11 if at else 7, "opacity": 1 if at else 0.7},
            text=names,
            textposition=at,
            textfont={"size": 11},
            customdata=part[["low", "high"]].to_numpy(),
            hovertemplate="%{text}: %{x:+.1f} stars (%{customdata[0]:+.1f} to "
            "%{customdata[1]:+.1f})<extra></extra>",
        )
    low, high = frame["lean"].min(), frame["lean"].max()
    room = 0.35 * (high - low) + 0.05  # for the names
    figure.add_vline(x=0, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_xaxes(title="stars more or less than usual", range=[low - room, high + room])
    figure.update_yaxes(
        tickvals=list(row.values()),
        ticktext=[label(word, 16) for word in words],
        range=[len(row) - 0.4, -0.6],
    )
    return finish(figure, _what_divides(frame), height=110 + ROW_HEIGHT * len(row))


def _what_divides(frame: pd.DataFrame) -> str:
    own = frame[frame["word"] == frame["word"].iloc[0]].sort_values("lean", kind="stable")
    low, high = own.iloc[0], own.iloc[-1]
    sure = "sure" if low["sure"] else "not sure"
    return (
        f"“{label(low['word'])}” divides us most: {high['lean']:+.1f} stars from "
        f"{label(high['member'])}, {low['lean']:+.1f} from {label(low['member'])} ({sure})"
    )
