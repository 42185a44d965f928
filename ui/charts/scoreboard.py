"""Movie nights looked back on: what was expected and given, over one night and over all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.columns import MEMBER
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.evaluation.honesty import PROMISED
from recommender.evaluation.nights import counted, recorded
from recommender.evaluation.replay import AS_IT_WAS, served_best
from recommender.evaluation.verdict import OURS as OUR_MODEL
from ui.charts.style import GREY, OTHER, OURS, ROW_HEIGHT, STARS, finish, label, need, whiskers

CLOSE = 0.5  # stars; who is no further off surprised nobody
BAND = "rgba(128,128,128,0.2)"  # GREY, see-through
LINES = {  # model -> what people call it, colour, dash
    "crowd": ("the crowd's opinion", OTHER, "dot"),
    "own mean": ("everyone's own mean", GREY, "dash"),
    OUR_MODEL: ("predictions", OURS, "solid"),
}


def predicted_and_given(frame: pd.DataFrame) -> go.Figure:
    """Draw what each person was expected to give the movie of one night, and what they gave.

    Args:
        frame: member_id, member (name), predicted, low, high (80% interval; missing where there was
            no prediction), actual (stars), hit, surprise, counts; the rows of one night of
            `recommender.evaluation.nights.judge`.
    """
    columns = (MEMBER, "member", "predicted", "low", "high", "actual", "hit", "surprise", "counts")
    need(frame, columns, "what was expected and given")
    rows = frame.sort_values("predicted", kind="stable").assign(row=range(len(frame)))
    foreseen = rows[rows["predicted"].notna()]
    figure = go.Figure()
    figure.add_scatter(
        x=foreseen["predicted"].to_numpy(),
        y=foreseen["row"].to_numpy(),
        mode="markers",
        marker={"color": OURS, "size": 10},
        error_x=whiskers(foreseen["predicted"], foreseen["low"], foreseen["high"], OURS),
        customdata=foreseen[["low", "high"]].to_numpy(),
        hovertemplate=(
            "expected %{x:.1f} (%{customdata[0]:.1f} to %{customdata[1]:.1f})<extra></extra>"
        ),
        name="expected (line: 80%)",
    )
    figure.add_scatter(
        x=rows["actual"].to_numpy(),
        y=rows["row"].to_numpy(),
        mode="markers",
        marker={"color": OTHER, "size": 12, "symbol": "diamond"},
        hovertemplate="given %{x}<extra></extra>",
        name="given",
    )
    figure.update_xaxes(title="stars", range=[MIN_STARS - 0.2, MAX_STARS + 0.2], tickvals=STARS)
    figure.update_yaxes(
        tickvals=rows["row"].tolist(),
        ticktext=[label(name, 18) for name in rows["member"]],
        range=[-0.6, len(rows) - 0.4],
    )
    height = 130 + ROW_HEIGHT * len(rows)
    return finish(figure, _who_surprised(recorded(rows)), height=height, legend=True)


def _who_surprised(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "Nobody's rating of this movie was foreseen"
    most = rows.loc[rows["surprise"].abs().idxmax()]
    off = f"{abs(most['surprise']):.1f} stars {'more' if most['surprise'] > 0 else 'less'}"
    if len(rows) == 1:
        where = "inside" if most["hit"] else "outside"
        return (
            f"{label(most['member'])} gave {most['actual']:g}, {where} the interval "
            f"({most['predicted']:.1f} expected)"
        )
    lead = f"{rows['hit'].sum()} of {len(rows)} ratings lay inside their interval"
    if abs(most["surprise"]) <= CLOSE:
        return f"{lead}; nobody was further off than half a star"
    return f"{lead}; {label(most['member'])} surprised most ({off})"


def record_over_nights(frame: pd.DataFrame) -> go.Figure:
    """Draw the mean error so far of the predictions and of two simple guesses, night after night.

    Args:
        frame: on (date), nights, n, model, mae (stars); see
            `recommender.evaluation.nights.record_over_time`.
    """
    need(frame, ("on", "nights", "n", "model", "mae"), "the record over all nights")
    figure = go.Figure()
    for model, (name, colour, dash) in LINES.items():
        part = frame[frame["model"] == model]
        figure.add_scatter(
            x=part["nights"].to_numpy(),
            y=part["mae"].to_numpy(),
            mode="lines+markers",
            line={"color": colour, "dash": dash},
            marker={"color": colour, "size": 6},
            customdata=_when(part),
            hovertemplate="%{customdata}: %{y:.2f}<extra></extra>",
            name=name,
        )
    last = frame[frame["nights"] == frame["nights"].max()].set_index("model")
    figure.update_xaxes(title="nights", **_counts(last["nights"].iloc[0]))
    figure.update_yaxes(title="stars off so far", rangemode="tozero", nticks=6)
    figure.update_layout(legend_traceorder="reversed")  # ours is drawn last, on top
    mae = last["mae"]
    title = (
        f"After {counted(int(last['nights'].iloc[0]), 'night')} the predictions are off by "
        f"{mae[OUR_MODEL]:.2f} stars on average, everyone's own mean by {mae['own mean']:.2f}, the "
        f"crowd's opinion by {mae['crowd']:.2f}"
    )
    return finish(figure, title, height=300, legend=True)


def interval_honesty(frame: pd.DataFrame) -> go.Figure:
    """Draw the share of ratings inside their 80% interval so far, and what chance allows of it.

    Args:
        frame: on (date), nights, n, inside, share, low, high (0..1), verdict; see
            `recommender.evaluation.honesty.honesty_over_time`.
    """
    columns = ("on", "nights", "n", "inside", "share", "low", "high", "verdict")
    need(frame, columns, "the honesty of the intervals")
    nights = frame["nights"].to_numpy()
    # Every night has its own step, so that the band of a single one can be seen.
    edges = np.column_stack([nights - 0.5, nights + 0.5]).ravel()
    low, high = (np.repeat(frame[end].to_numpy(), 2) for end in ("low", "high"))
    figure = go.Figure()
    figure.add_scatter(
        x=np.concatenate([edges, edges[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself",
        fillcolor=BAND,
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
        name="what chance allows (95%)",
    )
    figure.add_hline(y=PROMISED, line={"color": GREY, "dash": "dot"})
    figure.add_scatter(
        x=nights,
        y=frame["share"].to_numpy(),
        mode="lines+markers",
        line={"color": OURS},
        marker={"color": OURS, "size": 7},
        customdata=_when(frame),
        hovertemplate="%{customdata}: %{y:.0%}<extra></extra>",
        name="inside so far",
    )
    last = frame.iloc[-1]
    figure.update_xaxes(title="nights (dotted: the 80% promised)", **_counts(last["nights"]))
    figure.update_yaxes(title="ratings inside", range=[0, 1.04], tickformat=".0%")
    return finish(figure, _how_many_inside(last), height=300, legend=True)


def _how_many_inside(last: pd.Series) -> str:
    lead = (
        f"{last['inside']} of {counted(last['n'], 'rating')} ({last['share']:.0%}) lay inside "
        f"their {PROMISED:.0%} interval"
    )
    if last["verdict"] == "too few":
        return f"{lead}: too few to tell"
    low, high = (round(last[end] * last["n"]) for end in ("low", "high"))
    return f"{lead}; chance alone gives {low} to {high}"


def _when(frame: pd.DataFrame) -> list[str]:
    return [
        f"{on:%Y-%m-%d}, {counted(n, 'rating')}"
        for on, n in frame[["on", "n"]].itertuples(index=False)
    ]


def _counts(last: int) -> dict[str, object]:
    # Whole nights only, about six of them.
    return {"range": [0.4, last + 0.6], "tick0": 1, "dtick": max(1, -(-last // 6))}


def strategies_replayed(frame: pd.DataFrame) -> go.Figure:
    """Draw how each strategy would have pleased on all nights, beside what was really watched.

    Args:
        frame: strategy, name, nights, mean, low, high (stars), best_chance, known_share; see
            `recommender.evaluation.replay.replay`. The first is drawn on top.
    """
    columns = (
        "strategy", "name", "nights", "mean", "low", "high", "best_chance", "known_share",
    )  # fmt: skip
    need(frame, columns, "the strategies replayed")
    rows = frame.assign(row=range(len(frame)))
    figure = go.Figure()
    for real, colour, symbol in ((False, OURS, "circle"), (True, OTHER, "diamond")):
        part = rows[(rows["strategy"] == AS_IT_WAS) == real]
        figure.add_scatter(
            x=part["mean"].to_numpy(),
            y=part["row"].to_numpy(),
            mode="markers",
            marker={"color": colour, "size": 11, "symbol": symbol},
            error_x=whiskers(part["mean"], part["low"], part["high"], colour),
            customdata=part[["low", "high", "best_chance", "known_share"]].to_numpy(),
            hovertemplate=(
                "%{x:.2f} stars (%{customdata[0]:.2f} to %{customdata[1]:.2f})<br>best in "
                "%{customdata[2]:.0%} of the draws<br>%{customdata[3]:.0%} of its ratings are real"
                "<extra></extra>"
            ),
        )
    figure.update_xaxes(title="mean stars of a night<br>(line: 80% of the draws)", nticks=5)
    figure.update_yaxes(
        tickvals=rows["row"].tolist(),
        ticktext=[label(name) for name in rows["name"]],
        range=[len(rows) - 0.4, -0.6],
    )
    return finish(figure, served_best(frame), height=90 + ROW_HEIGHT * len(rows))
