"""The charts of movie nights: choosing a movie, one night's outcome, and the record of all."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.evaluation.nights import LEVEL as PROMISED
from recommender.evaluation.nights import OURS as OUR_MODEL
from recommender.evaluation.nights import recorded
from ui.charts.style import (
    FAINT,
    GIVEN,
    GREY,
    GROUP,
    OURS,
    STAR_COLOURS,
    STARS_AXIS,
    finish,
    label,
    signed,
)
from ui.charts.traces import ENDS, Look, band, cells, dots, line, row_labels, zero_line
from ui.findings import who_gains
from ui.text import counted

CLOSE = 0.5  # stars; a smaller error surprised nobody
STARS: Look = {"zmin": MIN_STARS, "zmax": MAX_STARS, "texttemplate": "%{z:.1f}"}
LINE, CELL, BAR = 17, 36, 26  # pixels: a line of text above a row, the row, a person's bar
WIDTH = 46  # letters that fit a line of text across a phone


def group_heatmap(frame: pd.DataFrame) -> go.Figure:
    """Draw mean (hover: low, high) stars of members (columns) for candidates (rows), in order."""
    movies = frame.drop_duplicates(MOVIE).set_index(MOVIE)["movie"]
    members = frame.drop_duplicates(MEMBER).set_index(MEMBER)["member"]
    hover = [
        f"{label(row.movie)}, {label(row.member)}: {row.mean:.1f} stars ({row.low:.1f} to "
        f"{row.high:.1f})"
        for row in frame.itertuples()
    ]
    table = frame.assign(hover=hover).pivot(index=MOVIE, columns=MEMBER, values=["mean", "hover"])
    stars, hovers = (table[part].loc[movies.index, members.index] for part in ("mean", "hover"))
    mean = stars.astype(float).mean(axis=1)
    figure = go.Figure()
    cells(figure, stars.astype(float), columns=members, scale=STAR_COLOURS, hover=hovers, **STARS)
    row_labels(figure, movies, 18)
    best = label(movies[mean.idxmax()], 40)
    title = f"{best} pleases most: {mean.max():.1f} stars on average"
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
    rows = frame.sort_values("mean", kind="stable")
    rows = rows.assign(row=np.arange(len(rows)) + (group is not None))
    names = rows["member"].tolist()
    figure = go.Figure()
    dots(figure, rows, "mean", OURS, ".1f", bars=ENDS)
    if group is not None:
        names = ["everyone", *names]
        whole = pd.DataFrame([(0, *group)], columns=["row", "mean", *ENDS])
        look: Look = {"marker_size": 13, "marker_symbol": "diamond"}
        dots(figure, whole, "mean", GROUP, ".1f", bars=ENDS, **look)
        figure.add_hline(y=0.5, line={"color": GREY, "width": 1})
    figure.update_xaxes(title="expected stars (line: 80% interval)", **STARS_AXIS)
    row_labels(figure, names, 18, upwards=True)
    least, most = rows.iloc[0], rows.iloc[-1]
    lead = f"{label(movie, 40)}: {label(most['member'])}"
    title = (
        f"{lead} should like it most ({most['mean']:.1f}), {label(least['member'])} least "
        f"({least['mean']:.1f})"
    )
    if len(rows) == 1:
        title = f"{lead} is expected to give {most['mean']:.1f}"
    return finish(figure, title, height=70, rows=len(names))


def strategies_side_by_side(frame: pd.DataFrame, title: str) -> go.Figure:
    """Draw what everyone (columns) is expected to give each movie (rows) that a strategy chooses.

    Args:
        frame: movie_id, movie (title), strategies (tuple: the names of those that choose it),
            member_id, member (name), mean (stars); see `Comparison.stars`.
            Rows and columns keep the order of their first appearance, the favourite first.
        title: see `ui.findings.agreement`.

    Returns:
        A row for each movie below a line with its title and the strategies that choose it.
    """
    movies = frame.drop_duplicates(MOVIE).set_index(MOVIE)
    members = frame.drop_duplicates(MEMBER).set_index(MEMBER)["member"]
    total = int(movies["strategies"].map(len).sum())
    table = frame.pivot(index=MOVIE, columns=MEMBER, values="mean").loc[movies.index, members.index]
    figure = go.Figure()
    edges, values, hover = [0], [], []
    for (_, row), means in zip(movies.iterrows(), table.to_numpy(), strict=True):
        lines = [f"<b>{label(row['movie'], 40)}</b>", f"all {total} strategies"]
        if len(row["strategies"]) < total:
            lines[1:] = textwrap.wrap(label(", ".join(row["strategies"]), 400), WIDTH)
        place: Look = {"yanchor": "top", "align": "left", "font_size": 12}
        _row_title(figure, edges[-1], "<br>".join(lines), **place)
        # A heatmap's rows may differ in height: one without stars leaves room for the text.
        text = edges[-1] + LINE * len(lines) + 8
        edges += [text, text + CELL]
        values += [[None] * len(members), means.tolist()]
        stars = zip(members, means, strict=True)
        said = [f"{label(row['movie'])}, {label(name)}: {mean:.1f} stars" for name, mean in stars]
        hover += [[""] * len(members), said]
    look: Look = {"y": edges, "ygap": 0} | STARS
    cells(figure, values, columns=members, scale=STAR_COLOURS, hover=hover, **look)
    figure.update_yaxes(range=[edges[-1], 0], showticklabels=False, ticks="")
    return finish(figure, title, height=60 + edges[-1])


def _row_title(figure: go.Figure, y: float, text: str, **options: object) -> None:
    place = {"x": 0, "xref": "paper", "xanchor": "left", "showarrow": False}
    figure.add_annotation(y=y, text=text, **place, **options)


def gains_and_losses(frame: pd.DataFrame, *, favourite: str) -> go.Figure:
    """Draw by how many stars each person is better or worse off with another movie.

    Args:
        frame: movie_id, movie (title), member_id, member (name), gain (stars against the
            favourite, less than 0: loses); see `Comparison.gains`. Movies
            keep the order of their first appearance; within each, the largest gain is on top.
        favourite: the title of the movie that most strategies choose.
    """
    rows = frame.assign(order=pd.factorize(frame[MOVIE])[0])
    rows = rows.sort_values(["order", "gain"], ascending=[True, False], kind="stable")
    # One row for each person, and above each movie's people one for its title.
    rows["y"] = np.arange(len(rows)) + rows["order"] + 1
    rows["member"] = [label(name, 14) for name in rows["member"]]
    rows["text"] = [signed(gain) for gain in rows["gain"]]
    figure = go.Figure()
    look: Look = {"orientation": "h", "textposition": "outside", "cliponaxis": False}
    x, y, text = (rows[name].to_numpy() for name in ("gain", "y", "text"))
    hover = "%{text} stars<extra></extra>"
    figure.add_bar(x=x, y=y, text=text, marker_color=OURS, hovertemplate=hover, **look)
    for _, first in rows.drop_duplicates(MOVIE).iterrows():
        _row_title(figure, first["y"] - 1, f"<b>{label(first['movie'], 40)}</b>")
    zero_line(figure, "solid")
    reach = 1.4 * max(rows["gain"].abs().max(), 0.5)  # leaves room for the figures
    figure.update_xaxes(title="stars more or less than with the favourite", range=[-reach, reach])
    last = int(rows["y"].max())
    ticks = {"tickvals": rows["y"].tolist(), "ticktext": rows["member"].tolist()}
    figure.update_yaxes(range=[last + 0.6, -0.6], showgrid=False, **ticks)
    rival = rows[rows["order"] == 0]
    title = (
        f"With {label(rival['movie'].iloc[0], 30)} instead of {label(favourite, 30)}, "
        f"{who_gains(rival.set_index('member')['gain'])}"
    )
    return finish(figure.update_layout(bargap=0.25), title, height=60 + BAR * (last + 1))


def predicted_and_given(frame: pd.DataFrame) -> go.Figure:
    """Draw what each person was expected to give the movie of one night, and what they gave.

    Args:
        frame: member_id, member (name), predicted, low, high (80% interval; missing where there was
            no prediction), actual (stars), hit, surprise, counts; the rows of one night of
            `recommender.evaluation.nights.outcomes`.
    """
    rows = frame.sort_values("predicted", kind="stable").assign(row=range(len(frame)))
    hover = "expected %{x:.1f} (%{customdata[0]:.1f} to %{customdata[1]:.1f})"
    look: Look = {"marker_size": 12, "marker_symbol": "diamond", "name": "given"}
    figure = go.Figure()
    known = rows[rows["predicted"].notna()]
    dots(figure, known, "predicted", OURS, hover, bars=ENDS, name="expected (line: 80%)")
    dots(figure, rows, "actual", GIVEN, "given %{x}", **look)
    figure.update_xaxes(title="stars", **STARS_AXIS)
    row_labels(figure, rows["member"], 18, upwards=True)
    return finish(figure, _outcome_title(recorded(rows)), height=130, rows=len(rows), legend=True)


def _outcome_title(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "Nobody's rating of this movie was foreseen"
    most = rows.loc[rows["surprise"].abs().idxmax()]
    name, off = label(most["member"]), most["surprise"]
    if len(rows) == 1:
        where = "inside" if most["hit"] else "outside"
        given, expected = f"{most['actual']:g}", f"{most['predicted']:.1f} expected"
        return f"{name} gave {given}, {where} the interval ({expected})"
    lead = f"{rows['hit'].sum()} of {len(rows)} ratings lay inside their interval"
    if abs(off) <= CLOSE:
        return f"{lead}; nobody was further off than half a star"
    return f"{lead}; {name} surprised most ({abs(off):.1f} stars {'more' if off > 0 else 'less'})"


def error_over_nights(frame: pd.DataFrame, title: str) -> go.Figure:
    """Draw the mean absolute error so far of the predictions and of two baselines.

    The frame is `record_over_time`, the title `ui.findings.record`.
    """
    figure = go.Figure()
    for model, name, colour, dash in (
        ("crowd", "the crowd's opinion", GREY, "dot"),
        ("own mean", "everyone's own mean", GREY, "dash"),
        (OUR_MODEL, "predictions", OURS, "solid"),
    ):
        part = frame[frame["model"] == model]
        look: Look = {"name": name, "customdata": _when(part), "line_dash": dash, "marker_size": 6}
        line(figure, part["nights"], part["mae"], colour, "%{customdata}: %{y:.2f}", **look)
    last = int(frame["nights"].max())
    figure.update_xaxes(title="nights", **_night_axis(last))
    figure.update_yaxes(title="stars off so far", rangemode="tozero", nticks=6)
    figure.update_layout(legend_traceorder="reversed")  # ours is drawn last, on top
    return finish(figure, title, height=300, legend=True)


def _when(frame: pd.DataFrame) -> list[str]:
    return [f"{row.on:%Y-%m-%d}, {counted(row.n, 'rating')}" for row in frame.itertuples()]


def _night_axis(last: int) -> dict[str, object]:
    # Whole nights only, about six of them.
    return {"range": [0.4, last + 0.6], "tick0": 1, "dtick": max(1, -(-last // 6))}


def interval_coverage(frame: pd.DataFrame, title: str) -> go.Figure:
    """Draw the share of ratings inside their 80% interval so far, and the range of chance.

    The frame is `coverage_over_time`, the title `ui.findings.coverage`.
    """
    nights = frame["nights"].to_numpy()
    # Every night has its own step, so that the band of a single one can be seen.
    edges = np.column_stack([nights - 0.5, nights + 0.5]).ravel()
    low, high = (np.repeat(frame[end].to_numpy(), 2) for end in ENDS)
    look: Look = {"name": "inside so far", "customdata": _when(frame)}
    figure = go.Figure()
    band(figure, edges, low, high, colour=FAINT, name="what chance allows (95%)")
    figure.add_hline(y=PROMISED, line={"color": GREY, "dash": "dot"})
    line(figure, nights, frame["share"], OURS, "%{customdata}: %{y:.0%}", **look)
    axis = _night_axis(nights[-1])
    figure.update_xaxes(title="nights (dotted: the 80% promised)", **axis)
    figure.update_yaxes(title="ratings inside", range=[0, 1.04], tickformat=".0%")
    return finish(figure, title, height=300, legend=True)
