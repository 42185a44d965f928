"""The Evaluation page's charts: predictions against ratings, and against simpler models."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from recommender.columns import MEMBER
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.evaluation.evaluate import OURS as OUR_MODEL
from recommender.evaluation.metrics import coverage, reliability_bins
from recommender.evaluation.nights import LEVEL as PROMISED
from ui.charts.style import GIVEN, GREY, OURS, SINGLE, STARS_AXIS, finish, label
from ui.charts.traces import ENDS, Look, dots, plain_line, row_labels

DOT = "dot"
DIAGONAL = [MIN_STARS, MAX_STARS]
RMSE = "root mean squared error in stars"
RANKING = {
    "auc": "AUC",
    "precision": "Precision at {k}",
    "recall": "Recall at {k}",
    "reciprocal_rank": "Reciprocal rank",
}
POINTS = 500  # more single ratings than this would hide all else
ENOUGH = 5  # ratings, before their middle 80% is drawn
BAND = "rgba(194,64,95,0.22)"  # OURS, see-through
SYMBOLS = ("square-open", "diamond-open", "triangle-up-open", "cross-open")


def error_against_baselines(frame: pd.DataFrame, *, ours: str = OUR_MODEL) -> go.Figure:
    """Draw each model's root mean squared error with its interval, the smallest on top.

    Args:
        frame: model, metric, value, low, high (stars); rows of other metrics are ignored.
            Optionally excess_low, excess_high: 95% interval of how much more than ours each is;
            where that of the best baseline holds 0, the title claims no difference.
        ours: the model to bring out.
    """
    rows = frame[frame["metric"] == "rmse"].sort_values("value", ascending=False, kind="stable")
    rows = rows.assign(row=range(len(rows)))
    figure = go.Figure()
    look: Look = {"mode": "markers+text", "texttemplate": "%{x:.3f}", "textposition": "top center"}
    dots(figure, rows[rows["model"] != ours], "value", GREY, ".3f", bars=ENDS, **look)
    dots(figure, rows[rows["model"] == ours], "value", OURS, ".3f", bars=ENDS, **look)
    figure.update_xaxes(title=f"{RMSE}<br>(less is better; line: 95% interval)", nticks=5)
    row_labels(figure, rows["model"], upwards=True)
    title = _error_title(rows.set_index("model"), ours)
    return finish(figure, title, height=70 + 44 * len(rows))


def _error_title(rows: pd.DataFrame, ours: str) -> str:
    error = rows["value"]
    others = error.drop(ours, errors="ignore")
    if ours not in error.index or others.empty:
        return f"The smallest error: {error.min():.2f} stars, by {label(error.idxmin())}"
    best = others.idxmin()
    lead, name = f"Our error is {error[ours]:.2f} stars", f"({label(best)})"
    if "excess_low" in rows and rows.at[best, "excess_low"] <= 0 <= rows.at[best, "excess_high"]:
        return f"{lead}, the best baseline's {others.min():.2f} {name}: no clear difference"
    change = error[ours] / others.min() - 1
    way = "less" if change < 0 else "more"
    return f"{lead}, {abs(change):.1%} {way} than the best baseline's {name}"


def reliability(frame: pd.DataFrame) -> go.Figure:
    """Draw how often a movie was liked over the predicted probability that it would be.

    Args:
        frame: like (predicted probability, 0..1), liked (bool); one row a held-out rating.

    Returns:
        One dot for each tenth of the probability, with Wilson's 95% interval (Wilson, 1927),
        larger where there are more ratings; a calibrated model lies on the dotted line.
    """
    bins = reliability_bins(frame)
    n, likely = bins["n"].to_numpy(), bins["promised"]
    figure = go.Figure()
    plain_line(figure, [0, 1], [0, 1], line_dash=DOT)
    hover = "promised %{x:.0%}, liked %{y:.0%} of %{customdata[2]} ratings"
    look: Look = {"marker_size": 7 + 11 * np.sqrt(n / n.max()), "marker_line_width": 0}
    bars = (*ENDS, "n")
    dots(figure, bins, "promised", OURS, hover, y="share", bars=bars, vertical=True, **look)
    axis = {"range": [-0.04, 1.04], "tickformat": ".0%"}
    figure.update_xaxes(title="chance promised (dotted: kept exactly)", **axis)
    figure.update_yaxes(title="share that was liked", **axis)
    gap = np.average((likely - bins["share"]).abs(), weights=n)
    # The mean distance of a normal distribution: how far a calibrated model's shares would be off.
    chance = np.average(np.sqrt(2 / np.pi * likely * (1 - likely) / n), weights=n)
    title = (
        f"The chances promised for {len(frame):,} ratings were off by {100 * gap:.1f} percentage "
        f"points on average ({100 * chance:.1f} by chance alone)"
    )
    return finish(figure, title, height=330)


def ranking_metrics(frame: pd.DataFrame, *, ours: str = "LightFM") -> go.Figure:
    """Draw each ranking metric of each model, on what it learned from and on what was held out.

    Args:
        frame: model, split ("train" or "test"), metric ("auc", "precision@10", ...), value 0..1.
        ours: the model of the title.
    """
    metrics, models = list(frame["metric"].unique()), list(frame["model"].unique())[::-1]
    names = [
        RANKING.get(kind, label(kind)).format(k=k)
        for kind, _, k in (metric.partition("@") for metric in metrics)
    ]
    figure = make_subplots(
        rows=len(metrics),
        cols=1,
        subplot_titles=names,
        vertical_spacing=0.36 / len(metrics),
    )
    row_labels(figure, models, upwards=True)
    frame = frame.assign(row=frame["model"].map(models.index))
    for i, metric in enumerate(metrics, start=1):
        for split, name, colour, symbol in (
            ("test", "held out", OURS, "circle"),
            ("train", "learned from", GREY, "circle-open"),
        ):
            part = frame[(frame["metric"] == metric) & (frame["split"] == split)]
            look: Look = {"marker_size": 11, "marker_symbol": symbol, "row": i, "col": 1}
            look |= {"name": name, "legendgroup": split, "showlegend": i == 1}
            look |= {"marker_line_width": 2 if split == "train" else 0, "meta": names[i - 1]}
            dots(figure, part, "value", colour, ".3f", **look)
    figure.update_xaxes(rangemode="tozero", nticks=6)
    figure.update_annotations(font_size=13)
    height = 60 + len(metrics) * (76 + 30 * len(models))
    finished = finish(figure, _ranking_title(frame, ours), height=height, legend=True)
    finished.layout.margin.t += 18  # for the first metric's name
    return finished


def _ranking_title(frame: pd.DataFrame, ours: str) -> str:
    test = frame[frame["split"] == "test"]
    top = test[test["metric"].str.startswith("precision@")].set_index("model")
    if ours not in top.index or len(top) == 1:
        return "How well each model finds what people watched"
    k = int(top.loc[ours, "metric"].partition("@")[2])
    others = top["value"].drop(ours)
    return (
        f"Of {k} movies recommended by {label(ours)}, {k * top.loc[ours, 'value']:.1f} "
        f"were watched; by {label(others.idxmax())}, {k * others.max():.1f}"
    )


def stars_by_prediction(frame: pd.DataFrame) -> go.Figure:
    """Draw the stars given over the stars predicted, with the predicted intervals.

    Args:
        frame: predicted, low, high (80% interval), actual (stars); optionally label, the hover
            text of each row.

    Returns:
        For each half star predicted: the mean interval as a band; the mean of what was given with
        its middle 80% as a bar; single ratings as dots while they are few.
    """
    groups = frame.groupby((frame["predicted"] * 2).round() / 2)
    bins = groups[["predicted", "low", "high", "actual"]].mean().assign(n=groups.size())
    bins[["first", "last"]] = groups["actual"].quantile([0.1, 0.9]).unstack()
    bins = bins[bins["n"] >= ENOUGH] if (bins["n"] >= ENOUGH).any() else bins
    at, low, high = bins[["predicted", "low", "high"]].to_numpy().T
    figure = go.Figure()
    look: Look = {"fill": "toself", "fillcolor": BAND, "line_width": 0, "showlegend": True}
    around, ends = np.concatenate([at, at[::-1]]), np.concatenate([high, low[::-1]])
    plain_line(figure, around, ends, name="promised for 80%", **look)
    plain_line(figure, DIAGONAL, DIAGONAL, line_dash=DOT)
    if len(frame) <= POINTS:
        names = [label(name, 60) for name in frame.get("label", [""] * len(frame))]
        look = {"marker_size": 6, "marker_opacity": 0.45, "name": SINGLE, "text": names}
        hover = "%{text}<br>predicted %{x:.1f}, given %{y}"
        dots(figure, frame, "predicted", GREY, hover, y="actual", **look)
    hover = (
        "predicted %{x:.1f}: given %{y:.1f} on average, mostly %{customdata[0]:.1f} to "
        "%{customdata[1]:.1f} (%{customdata[2]:.0f} ratings)"
    )
    look = {"y": "actual", "bars": ("first", "last", "n"), "vertical": True, "marker_size": 9}
    dots(figure, bins, "predicted", GIVEN, hover, name="given: mean, middle 80%", **look)
    figure.update_xaxes(title="stars predicted", **STARS_AXIS)
    figure.update_yaxes(title="stars given", **STARS_AXIS)
    inside = coverage(frame)
    promise = f"; we promise {PROMISED:.0%}"
    if not inside.low <= PROMISED <= inside.high:
        more = "more" if inside.low > PROMISED else "fewer"
        promise = f", clearly {more} than the {PROMISED:.0%} that we promise"
    title = f"{inside.value:.0%} of the {inside.n:,} ratings lie where we expected them{promise}"
    return finish(figure, title, height=380, legend=True)


def member_errors(frame: pd.DataFrame) -> go.Figure:
    """Draw each model's mean absolute error on each member's ratings, our smallest on top.

    The frame is `Findings.members` with member (name).
    """
    ours = frame[frame["model"] == OUR_MODEL].sort_values("value", ascending=False, kind="stable")
    order = {member: row for row, member in enumerate(ours[MEMBER])}
    frame = frame.assign(row=frame[MEMBER].map(order))
    baselines = [model for model in frame["model"].unique() if model != OUR_MODEL]
    figure = go.Figure()
    for model, symbol in zip(baselines, SYMBOLS, strict=False):
        look: Look = {"marker_size": 9, "marker_symbol": symbol, "marker_line_width": 1.5}
        part = frame[frame["model"] == model]
        dots(figure, part, "value", GREY, ".2f", name=label(model), **look)
    look = {"bars": ENDS, "marker_size": 11, "name": label(OUR_MODEL)}
    dots(figure, frame.loc[ours.index], "value", OURS, ".2f", **look)
    figure.update_xaxes(title="stars missed by on average (line: 95%)", nticks=6)
    row_labels(figure, ours["member"], 14, upwards=True)
    better, worse = ((ours["clarity"] == word).sum() for word in ("better", "worse"))
    title = f"Clearly closer than the best simple guess for {better} of {len(ours)} members"
    if not better and not worse:
        title = "For no member a clear difference to the best simple guess yet"
    elif worse:
        title += f", clearly worse for {worse}"
    return finish(figure, title, height=150, rows=len(ours), legend=True)
