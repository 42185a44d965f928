"""What the strategies choose, and what that would mean for each of those who are here."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER, MOVIE
from recommender.compare import who_gains
from recommender.dataset import MAX_STARS, MIN_STARS
from ui.charts.style import GREY, INK, OTHER, OURS, STAR_COLOURS, finish, label, need

LINE, CELL, BAR = 17, 36, 26  # pixels: a line of text above a row, the row, a person's bar
WIDTH = 46  # letters that fit a line of text across a phone


def strategies_side_by_side(frame: pd.DataFrame) -> go.Figure:
    """Draw what everyone (columns) is expected to give each movie (rows) that a strategy chooses.

    Args:
        frame: movie_id, movie (title), strategies (tuple: the names of those that choose it),
            member_id, member (name), mean (stars); see `recommender.compare.Comparison.stars`.
            Rows and columns keep the order of their first appearance, the favourite first.

    Returns:
        A row for each movie below a line with its title and the strategies that choose it.
    """
    need(frame, (MOVIE, "movie", "strategies", MEMBER, "member", "mean"), "the strategies")
    movies = frame.drop_duplicates(MOVIE).set_index(MOVIE)
    members = frame.drop_duplicates(MEMBER).set_index(MEMBER)["member"].map(label)
    total = int(movies["strategies"].map(len).sum())
    stars = frame.pivot(index=MOVIE, columns=MEMBER, values="mean").loc[movies.index, members.index]
    figure = go.Figure()
    edges, cells, hover = [0], [], []
    for (_, row), means in zip(movies.iterrows(), stars.to_numpy(), strict=True):
        lines = _who_chooses(row["strategies"], total)
        text = f"<b>{label(row['movie'], 40)}</b><br>{'<br>'.join(lines)}"
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=edges[-1],
            yanchor="top",
            text=text,
            align="left",
            showarrow=False,
            font_size=12,
        )
        # A heatmap's rows may differ in height: one without stars leaves room for the text.
        words = LINE * (len(lines) + 1) + 8
        edges += [edges[-1] + words, edges[-1] + words + CELL]
        cells += [[None] * len(members), means.tolist()]
        said = [
            f"{label(row['movie'])}, {name}: {mean:.1f} stars"
            for name, mean in zip(members, means, strict=True)
        ]
        hover += [[""] * len(members), said]
    figure.add_heatmap(
        z=cells,
        y=edges,
        zmin=MIN_STARS,
        zmax=MAX_STARS,
        colorscale=STAR_COLOURS,
        showscale=False,
        texttemplate="%{z:.1f}",
        textfont_color=INK,
        xgap=2,
        customdata=hover,
        hoverongaps=False,
        hovertemplate="%{customdata}<extra></extra>",
    )
    figure.update_xaxes(
        tickvals=list(range(len(members))),
        ticktext=[label(name, 14) for name in frame.drop_duplicates(MEMBER)["member"]],
        tickangle=-45,
        showgrid=False,
    )
    figure.update_yaxes(range=[edges[-1], 0], showticklabels=False, ticks="", showgrid=False)
    return finish(figure, _how_many_agree(movies, total), height=60 + edges[-1])


def _who_chooses(strategies: tuple[str, ...], total: int) -> list[str]:
    if len(strategies) == total:
        return [f"all {total} strategies"]
    return textwrap.wrap(label(", ".join(strategies), 400), WIDTH)


def _how_many_agree(movies: pd.DataFrame, total: int) -> str:
    favourite, *others = [label(title, 30) for title in movies["movie"]]
    votes = movies["strategies"].map(len).tolist()
    if not others:
        return f"All {total} strategies choose {favourite}"
    lead = f"{votes[0]} of {total} strategies choose {favourite}"
    if len(others) == 1:
        return f"{lead}, {votes[1]} {others[0]}"
    return f"{lead}; the other {total - votes[0]} choose {len(others)} more movies"


def gains_and_losses(frame: pd.DataFrame, *, favourite: str) -> go.Figure:
    """Draw by how many stars each person is better or worse off with another movie.

    Args:
        frame: movie_id, movie (title), member_id, member (name), gain (stars against the
            favourite, less than 0: loses); see `recommender.compare.Comparison.gains`. Movies
            keep the order of their first appearance; within each, who gains most is on top.
        favourite: the title of the movie that most strategies choose.
    """
    need(frame, (MOVIE, "movie", MEMBER, "member", "gain"), "gains and losses")
    rows = frame.assign(order=pd.factorize(frame[MOVIE])[0])
    rows = rows.sort_values(["order", "gain"], ascending=[True, False], kind="stable")
    # One row for each person, and above each movie's people one for its title.
    rows["y"] = np.arange(len(rows)) + rows["order"] + 1
    rows["member"] = [label(name, 14) for name in rows["member"]]
    figure = go.Figure()
    for colour, part in ((OTHER, rows[rows["gain"] >= 0]), (OURS, rows[rows["gain"] < 0])):
        figure.add_bar(
            x=part["gain"].to_numpy(),
            y=part["y"].to_numpy(),
            orientation="h",
            marker_color=colour,
            text=[_signed(gain) for gain in part["gain"]],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{text} stars<extra></extra>",
        )
    for _, first in rows.drop_duplicates(MOVIE).iterrows():
        figure.add_annotation(
            x=0,
            xref="paper",
            xanchor="left",
            y=first["y"] - 1,
            text=f"<b>{label(first['movie'], 40)}</b>",
            showarrow=False,
        )
    figure.add_vline(x=0, line={"color": GREY, "width": 1})
    reach = 1.4 * max(rows["gain"].abs().max(), 0.5)  # leaves room for the figures
    figure.update_xaxes(title="stars more or less than with the favourite", range=[-reach, reach])
    last = int(rows["y"].max())
    figure.update_yaxes(
        tickvals=rows["y"].tolist(),
        ticktext=rows["member"].tolist(),
        range=[last + 0.6, -0.6],
        showgrid=False,
    )
    rival = rows[rows["order"] == 0]
    title = (
        f"With {label(rival['movie'].iloc[0], 30)} instead of {label(favourite, 30)}, "
        f"{who_gains(rival.set_index('member')['gain'])}"
    )
    return finish(figure.update_layout(bargap=0.25), title, height=60 + BAR * (last + 1))


def _signed(gain: float) -> str:
    return f"{round(gain, 1) + 0.0:+.1f}".replace("-", "−")
