"""How well models find the movies that people went on to watch."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from ui.charts.style import OTHER, OURS, ROW_HEIGHT, finish, label, need

NAMES = {
    "auc": "AUC",
    "precision": "Precision at {k}",
    "recall": "Recall at {k}",
    "reciprocal_rank": "Reciprocal rank",
}
LOOKS = {
    "test": {"symbol": "circle", "color": OURS, "size": 11},
    "train": {"symbol": "circle-open", "color": OTHER, "size": 11, "line": {"width": 2}},
}


def _name(metric: str) -> str:
    kind, _, k = metric.partition("@")
    return NAMES.get(kind, label(metric)).format(k=k)


def ranking_metrics(frame: pd.DataFrame, *, ours: str = "hybrid") -> go.Figure:
    """Draw each ranking metric of each model, on what it learned from and on what was held out.

    Args:
        frame: model, split ("train" or "test"), metric ("auc", "precision@10", ...), value 0..1.
        ours: the model that the title speaks of.
    """
    need(frame, ("model", "split", "metric", "value"), "ranking metrics")
    metrics, models = list(frame["metric"].unique()), list(frame["model"].unique())[::-1]
    figure = make_subplots(
        rows=len(metrics),
        cols=1,
        subplot_titles=[_name(metric) for metric in metrics],
        vertical_spacing=0.36 / len(metrics),
    )
    for row, metric in enumerate(metrics, start=1):
        for split, look in LOOKS.items():
            part = frame[(frame["metric"] == metric) & (frame["split"] == split)]
            figure.add_scatter(
                x=part["value"].to_numpy(),
                y=[models.index(model) for model in part["model"]],
                mode="markers",
                marker=look,
                name={"test": "held out", "train": "learned from"}[split],
                legendgroup=split,
                showlegend=row == 1,
                hovertemplate="%{x:.3f}<extra></extra>",
                row=row,
                col=1,
            )
    figure.update_xaxes(rangemode="tozero", nticks=6)
    figure.update_yaxes(
        tickvals=list(range(len(models))),
        ticktext=[label(model) for model in models],
        range=[-0.6, len(models) - 0.4],
    )
    figure.update_annotations(font_size=13)
    height = 60 + len(metrics) * (76 + ROW_HEIGHT * len(models))
    return finish(figure, _title(frame, ours), height=height, legend=True)


def _title(frame: pd.DataFrame, ours: str) -> str:
    test = frame[frame["split"] == "test"]
    top = test[test["metric"].str.startswith("precision@")].set_index("model")
    if ours not in top.index or len(top) == 1:
        auc = test[test["metric"] == "auc"].set_index("model")["value"]
        if auc.empty:
            return "How well each model finds what people watched"
        return f"Best at telling watched from unwatched: {label(auc.idxmax())}, AUC {auc.max():.2f}"
    k = int(top.loc[ours, "metric"].partition("@")[2])
    others = top["value"].drop(ours)
    return (
        f"Of {k} movies recommended by the {label(ours)} model, {k * top.loc[ours, 'value']:.1f} "
        f"were watched; by {label(others.idxmax())}, {k * others.max():.1f}"
    )
