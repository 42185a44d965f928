"""How right the predictions were for a club: its intervals, its members, its likes."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.evaluation.calibration import Share, coverage
from recommender.evaluation.verdict import OURS as OUR_MODEL
from ui.charts.style import (
    GREY,
    INK,
    OTHER,
    OURS,
    ROW_HEIGHT,
    STAR_COLOURS,
    STARS,
    diagonal,
    finish,
    label,
    need,
    single_ratings,
    whiskers,
)

PROMISED = 0.8  # of the ratings inside their interval
LEAST = 5  # ratings, before their middle 80% is drawn
BAND = "rgba(194,64,95,0.22)"  # OURS, see-through
SYMBOLS = ("square-open", "diamond-open", "triangle-up-open", "cross-open")
CELLS = {
    (True, True): "liked,<br>as expected",
    (True, False): "a letdown",
    (False, True): "a pleasant<br>surprise",
    (False, False): "not liked,<br>as expected",
}


def stars_by_prediction(frame: pd.DataFrame) -> go.Figure:
    """Draw what was given over what was predicted, with the intervals promised and kept.

    Args:
        frame: predicted, low, high (80% interval), actual (stars); optionally label, the hover
            text of each row.

    Returns:
        For each half star predicted: the mean interval as a band; the mean of what was given with
        its middle 80% as a bar; single ratings as dots while they are few.
    """
    need(frame, ("predicted", "low", "high", "actual"), "stars by prediction")
    half = (frame["predicted"] * 2).round() / 2
    bins = frame.groupby(half).agg(
        predicted=("predicted", "mean"),
        low=("low", "mean"),
        high=("high", "mean"),
        actual=("actual", "mean"),
        first=("actual", lambda stars: stars.quantile(0.1)),
        last=("actual", lambda stars: stars.quantile(0.9)),
        n=("actual", "size"),
    )
    bins = bins[bins["n"] >= LEAST] if (bins["n"] >= LEAST).any() else bins
    at = bins["predicted"].to_numpy()
    figure = go.Figure()
    figure.add_scatter(
        x=np.concatenate([at, at[::-1]]),
        y=np.concatenate([bins["high"], bins["low"][::-1]]),
        fill="toself",
        fillcolor=BAND,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name="promised for 80%",
    )
    diagonal(figure, MIN_STARS, MAX_STARS)
    hover = "predicted %{x:.1f}, given %{y}"
    single_ratings(figure, frame, "predicted", "actual", colour=GREY, hover=hover)
    figure.add_scatter(
        x=at,
        y=bins["actual"].to_numpy(),
        mode="markers",
        marker={"color": OTHER, "size": 9},
        error_y=whiskers(bins["actual"], bins["first"], bins["last"], OTHER),
        customdata=bins[["n", "first", "last"]].to_numpy(),
        hovertemplate=(
            "predicted %{x:.1f}: given %{y:.1f} on average, mostly %{customdata[1]:.1f} to "
            "%{customdata[2]:.1f} (%{customdata[0]} ratings)<extra></extra>"
        ),
        name="given: mean, middle 80%",
    )
    axis = {"range": [0.2, 5.3], "tickvals": STARS}
    figure.update_xaxes(title="stars predicted", **axis)
    figure.update_yaxes(title="stars given", **axis)
    return finish(figure, _how_many_kept(coverage(frame)), height=380, legend=True)


def _how_many_kept(kept: Share) -> str:
    lead = f"{kept.value:.0%} of the {kept.n:,} ratings lie inside their predicted interval"
    if kept.low > PROMISED:
        return f"{lead}, clearly more than the {PROMISED:.0%} promised"
    if kept.high < PROMISED:
        return f"{lead}, clearly fewer than the {PROMISED:.0%} promised"
    return f"{lead}, not clearly other than the {PROMISED:.0%} promised"


def member_errors(frame: pd.DataFrame) -> go.Figure:
    """Draw by how many stars each model misses each member's ratings, the best predicted on top.

    Args:
        frame: member_id, member (name), clarity, model, value, low, high (stars); see
            `recommender.evaluation.verdict.by_member`.
    """
    need(frame, (MEMBER, "member", "clarity", "model", "value", "low", "high"), "members' errors")
    ours = frame[frame["model"] == OUR_MODEL].sort_values("value", ascending=False, kind="stable")
    row = {member: i for i, member in enumerate(ours[MEMBER])}
    figure = go.Figure()
    baselines = [model for model in frame["model"].unique() if model != OUR_MODEL]
    for model, symbol in zip(baselines, SYMBOLS, strict=False):
        part = frame[frame["model"] == model]
        figure.add_scatter(
            x=part["value"].to_numpy(),
            y=[row[member] for member in part[MEMBER]],
            mode="markers",
            marker={"color": GREY, "size": 9, "symbol": symbol, "line": {"width": 1.5}},
            hovertemplate="%{x:.2f}<extra></extra>",
            name=label(model),
        )
    figure.add_scatter(
        x=ours["value"].to_numpy(),
        y=list(range(len(ours))),
        mode="markers",
        marker={"color": OURS, "size": 11},
        error_x=whiskers(ours["value"], ours["low"], ours["high"], OURS),
        customdata=ours[["low", "high"]].to_numpy(),
        hovertemplate=("%{x:.2f} (%{customdata[0]:.2f} to %{customdata[1]:.2f})<extra></extra>"),
        name=label(OUR_MODEL),
    )
    figure.update_xaxes(title="stars missed by on average (line: 95%)", nticks=6)
    figure.update_yaxes(
        tickvals=list(range(len(ours))),
        ticktext=[label(name, 14) for name in ours["member"]],
        range=[-0.6, len(ours) - 0.4],
    )
    height = 150 + ROW_HEIGHT * len(ours)
    return finish(figure, _who_is_foreseen(ours), height=height, legend=True)


def _who_is_foreseen(ours: pd.DataFrame) -> str:
    better, worse = ((ours["clarity"] == word).sum() for word in ("better", "worse"))
    if not better and not worse:
        return "For no member a clear difference to the best simple guess yet"
    lead = f"Clearly closer than the best simple guess for {better} of {len(ours)} members"
    return f"{lead}, clearly worse for {worse}" if worse else lead


def like_table(frame: pd.DataFrame) -> go.Figure:
    """Draw how often a like was expected and came, as a table of two by two.

    Args:
        frame: expected, liked (bool), n: four rows; see
            `recommender.evaluation.calibration.likes_foreseen`.
    """
    need(frame, ("expected", "liked", "n"), "likes that were foreseen")
    counts = frame.set_index(["expected", "liked"])["n"]
    total = max(int(counts.sum()), 1)
    sides = (True, False)
    share = [[_signed(e, liked) * counts[e, liked] / total for e in sides] for liked in sides]
    words = [
        [f"<b>{counts[e, liked]:,}</b> ({counts[e, liked] / total:.0%})<br>{CELLS[e, liked]}"
         for e in sides]
        for liked in sides
    ]  # fmt: skip
    colours = [[(at + i) / 2, colour] for i, scale in enumerate(_HALVES) for at, colour in scale]
    figure = go.Figure()
    figure.add_heatmap(
        z=share,
        zmin=-0.6,
        zmax=0.6,
        colorscale=colours,
        showscale=False,
        text=words,
        texttemplate="%{text}",
        textfont={"color": INK, "size": 13},
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    figure.update_xaxes(tickvals=[0, 1], ticktext=["expected to like it", "not expected to"])
    figure.update_yaxes(
        tickvals=[0, 1], ticktext=["4 stars<br>or more", "fewer"], autorange="reversed"
    )
    right = (counts[True, True] + counts[False, False]) / total
    likes = (counts[True, True] + counts[False, True]) / total
    title = (
        f"Liked or not was foreseen for {right:.0%} of {total:,} ratings; always giving the "
        f"commoner answer would be right for {max(likes, 1 - likes):.0%}"
    )
    return finish(figure, title, height=250)


# Terracotta where it was wrong, teal where it was right, paper where there is nothing.
_HALVES = (
    [(0.0, STAR_COLOURS[0][1]), (1.0, STAR_COLOURS[1][1])],
    [(0.0, STAR_COLOURS[1][1]), (1.0, STAR_COLOURS[2][1])],
)


def _signed(expected: bool, liked: bool) -> int:
    return 1 if expected == liked else -1
