"""How the error falls with the number of ratings known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from ui.charts.style import GREY, OURS, finish, need

SAME = 1e-9  # stars; smaller gaps are rounding


def learning_curve(frame: pd.DataFrame) -> go.Figure:
    """Draw the error over the number of ratings known of each person, ours and the bias'.

    Args:
        frame: known, mae, bias_mae, gap, gap_high (stars), members; see
            `recommender.evaluation.learning.learning_curve`.
    """
    need(frame, ("known", "mae", "bias_mae", "gap", "gap_high", "members"), "the learning curve")
    at = np.log1p(frame["known"].to_numpy(dtype=float))
    figure = go.Figure()
    for column, name, colour, dash in (
        ("bias_mae", "user+item bias", GREY, "dash"),
        ("mae", "ours", OURS, "solid"),
    ):
        figure.add_scatter(
            x=at,
            y=frame[column].to_numpy(),
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"color": colour, "size": 8},
            customdata=frame["known"].to_numpy(),
            hovertemplate="%{customdata} known: %{y:.3f}<extra></extra>",
            name=name,
        )
    people = int(frame["members"].iloc[0])
    each = f"each of {people} people" if people > 1 else "one person"
    figure.update_xaxes(
        title=f"ratings known of {each}",
        tickvals=at,
        ticktext=[str(known) for known in frame["known"]],
    )
    figure.update_yaxes(title="stars missed by", nticks=6, tickformat=".2f")
    return finish(figure, _what_it_shows(frame), height=330, legend=True)


def _what_it_shows(frame: pd.DataFrame) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    worse = frame.loc[frame["gap_high"] < -SAME, "known"]
    if len(worse):
        than = f"clearly more than the bias with {', '.join(map(str, worse))}"
    elif (frame["gap"] < -SAME).any():
        than = "never clearly more than the bias"
    else:
        than = "never more than the bias"
    if len(frame) == 1:
        return f"With {first['known']:.0f} known ratings it misses by {first['mae']:.2f} stars"
    few = f"{first['known']:.0f}" if first["known"] else "none"
    return (
        f"With {last['known']:.0f} ratings known it misses by {last['mae']:.2f} stars, with {few} "
        f"by {first['mae']:.2f}; {than}"
    )
