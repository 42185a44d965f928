"""One member among the others and against the crowd, and who rated when."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER, MOVIE
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

FILL = [[0.0, STAR_COLOURS[1][1]], [1.0, STAR_COLOURS[2][1]]]


def generosity(frame: pd.DataFrame, *, member_id: int) -> go.Figure:
    """Draw how generous every member is against everybody's opinion of the same movies.

    Args:
        frame: member_id, member (name), value, low, high (stars, 80% interval).
        member_id: whom the title is about.
    """
    need(frame, (MEMBER, "member", "value", "low", "high"), "generosity")
    rows = frame.sort_values("value", kind="stable").reset_index(drop=True)
    figure = go.Figure()
    for chosen, colour in ((False, GREY), (True, OURS)):
        part = rows[(rows[MEMBER] == member_id) == chosen]
        figure.add_scatter(
            x=part["value"].to_numpy(),
            y=part.index.to_numpy(),
            mode="markers",
            marker={"color": colour, "size": 11 if chosen else 9},
            error_x=whiskers(part["value"], part["low"], part["high"], colour),
            customdata=part[["low", "high"]].to_numpy(),
            hovertemplate="%{x:+.2f} (%{customdata[0]:+.2f} to %{customdata[1]:+.2f})"
            "<extra></extra>",
        )
    figure.add_vline(x=0, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_xaxes(title="stars above or below everybody (line: 80%)", nticks=6)
    figure.update_yaxes(
        tickvals=rows.index.to_list(),
        ticktext=[label(name, 14) for name in rows["member"]],
        range=[-0.6, len(rows) - 0.4],
    )
    return finish(figure, _how_generous(rows, member_id), height=90 + ROW_HEIGHT * len(rows))


def _how_generous(rows: pd.DataFrame, member_id: int) -> str:
    own = rows[rows[MEMBER] == member_id].iloc[0]
    name, value = label(own["member"]), own["value"]
    if own["low"] <= 0 <= own["high"]:
        return f"{name} is neither surely generous nor surely harsh: {value:+.1f} stars"
    rivals = int((rows["value"] > value).sum() if value > 0 else (rows["value"] < value).sum())
    degree = {0: "the ", 1: "the second "}.get(rivals, "") if len(rows) > 1 else ""
    most, plain = ("most generous", "generous") if value > 0 else ("harshest", "harsh")
    return (
        f"{name} is {f'{degree}{most} of us' if degree else plain}: {abs(value):.1f} stars "
        f"{'more' if value > 0 else 'less'} than everybody gives the same movies"
    )


def favourite_words(frame: pd.DataFrame, *, member: str) -> go.Figure:
    """Draw the words that a member leans to, and those that they lean away from.

    Args:
        frame: word, n, lean, low, high (stars, 80% interval), the most liked first.
        member: the name.
    """
    need(frame, ("word", "n", "lean", "low", "high"), "favourite words")
    row = np.arange(len(frame))
    figure = go.Figure()
    for liked, colour, symbol in ((True, OTHER, "circle"), (False, OURS, "diamond")):
        side = (frame["lean"] > 0).to_numpy() == liked
        part = frame[side]
        figure.add_scatter(
            x=part["lean"].to_numpy(),
            y=row[side],
            mode="markers",
            marker={"color": colour, "size": 10, "symbol": symbol},
            error_x=whiskers(part["lean"], part["low"], part["high"], colour),
            customdata=part[["low", "high", "n"]].to_numpy(),
            hovertemplate="%{x:+.1f} (%{customdata[0]:+.1f} to %{customdata[1]:+.1f}), "
            "%{customdata[2]:.0f} movies<extra></extra>",
        )
    figure.add_vline(x=0, line={"color": GREY, "width": 1, "dash": "dot"})
    figure.update_xaxes(title="stars more or less than usual (line: 80%)", nticks=6)
    figure.update_yaxes(
        tickvals=row,
        ticktext=[label(word, 20) for word in frame["word"]],
        range=[len(frame) - 0.4, -0.6],
    )
    height = 80 + ROW_HEIGHT * len(frame)
    return finish(figure, _which_words(frame, member), height=height)


def _which_words(frame: pd.DataFrame, member: str) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    said = [
        f"{way} “{label(end['word'])}” ({end['lean']:+.1f} stars"
        f"{'' if end['low'] * end['high'] > 0 else ', not sure'})"
        for way, end, right in (
            ("to", first, first["lean"] > 0),
            ("away from", last, last["lean"] < 0),
        )
        if right
    ]
    return f"{label(member)} leans {' and '.join(said)}"


def against_the_crowd(frame: pd.DataFrame, *, member: str) -> go.Figure:
    """Draw the movies on which a member differs most from everybody.

    Args:
        frame: movie_id, movie (title), rating, crowd, difference (stars), most above first.
        member: the name.
    """
    need(frame, (MOVIE, "movie", "rating", "crowd", "difference"), "against the crowd")
    rows = list(range(len(frame)))
    figure = go.Figure()
    for row, movie in enumerate(frame.itertuples()):
        figure.add_scatter(
            x=[movie.crowd, movie.rating],
            y=[row, row],
            mode="lines",
            line={"color": GREY, "width": 2},
            hoverinfo="skip",
            showlegend=False,
        )
    for column, colour, symbol, name in (
        ("crowd", GREY, "diamond-open", "everybody"), ("rating", OURS, "circle", label(member, 18)),
    ):  # fmt: skip
        figure.add_scatter(
            x=frame[column].to_numpy(),
            y=rows,
            mode="markers",
            marker={"color": colour, "size": 11, "symbol": symbol, "line": {"width": 1.5}},
            hovertemplate="%{x:.1f} stars<extra></extra>",
            name=name,
        )
    figure.update_xaxes(range=[0.2, 5.3], tickvals=STARS, title="stars")
    figure.update_yaxes(
        tickvals=rows,
        ticktext=[label(title, 18) for title in frame["movie"]],
        range=[len(frame) - 0.4, -0.6],
    )
    height = 140 + ROW_HEIGHT * len(frame)
    return finish(figure, _what_differs(frame, member), height=height, legend=True)


def _what_differs(frame: pd.DataFrame, member: str) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    said = [
        f"“{label(movie['movie'], 40)}” {movie['rating']:g} where everybody gives "
        f"{movie['crowd']:.1f}"
        for movie, right in ((first, first["difference"] > 0), (last, last["difference"] < 0))
        if right
    ]
    return f"{label(member)} gave {', and '.join(said)}"


def rating_years(frame: pd.DataFrame) -> go.Figure:
    """Draw how many ratings each member gave in each year.

    Args:
        frame: member_id, member (name), year, n; members in the order to be drawn.
    """
    need(frame, (MEMBER, "member", "year", "n"), "ratings by year")
    names = frame.drop_duplicates(MEMBER).set_index(MEMBER)["member"]
    years = range(int(frame["year"].min()), int(frame["year"].max()) + 1)
    table = frame.pivot(index=MEMBER, columns="year", values="n")
    table = table.reindex(index=names.index, columns=years)
    hover = [
        [f"{label(names[member])}, {year}: {0 if np.isnan(n) else n:.0f} ratings"
         for year, n in row.items()]
        for member, row in table.iterrows()
    ]  # fmt: skip
    figure = go.Figure()
    figure.add_heatmap(
        z=np.log1p(table.to_numpy(dtype=float)),
        zmin=0,
        colorscale=FILL,
        showscale=False,
        text=table.map("{:.0f}".format).where(table.notna(), "").to_numpy(),
        texttemplate="%{text}" if len(years) <= 12 else None,
        textfont={"color": INK, "size": 11},
        xgap=2,
        ygap=2,
        customdata=hover,
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
    figure.update_xaxes(
        tickvals=list(range(len(years))),
        ticktext=[str(year) for year in years],
        showgrid=False,
        tickangle=-45,
    )
    figure.update_yaxes(
        autorange="reversed",
        tickvals=list(range(len(names))),
        ticktext=[label(name, 14) for name in names],
        showgrid=False,
    )
    return finish(figure, _busiest(frame), height=60 + ROW_HEIGHT * len(names))


def _busiest(frame: pd.DataFrame) -> str:
    by_year = frame.groupby("year")["n"].sum()
    year, n = int(by_year.idxmax()), int(by_year.max())
    own = frame[frame["year"] == year].sort_values("n", ascending=False, kind="stable").iloc[0]
    share = "all" if own["n"] == n else f"{own['n']:,}"
    return (
        f"{year} was our busiest year: {n:,} ratings, {share} of them from {label(own['member'])}"
    )
