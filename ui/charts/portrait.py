"""Who matches whom, and who grew together or apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from recommender.portrait.match import FIRST, SECOND, TASTE
from ui.charts.style import GREY, INK, OTHER, OURS, STAR_COLOURS, finish, label, need

PALE = 0.35  # of its colour is what an unsure cell keeps
NUMBERED = 10  # members, before numbers no longer fit a phone
# Terracotta for less than usual, teal for more.
SIDES = [[0.0, STAR_COLOURS[0][1]], [0.5, STAR_COLOURS[1][1]], [1.0, STAR_COLOURS[2][1]]]
NAME = 10  # letters of a name


def match_matrix(frame: pd.DataFrame) -> go.Figure:
    """Draw how well every two members match; pale where that is not sure.

    Args:
        frame: one measure of `recommender.portrait.match.matches`, with one and other (names).
    """
    needed = (FIRST, SECOND, "one", "other", "measure", "value", "low", "high", "reference",
              "clarity", "both")  # fmt: skip
    need(frame, needed, "the members' matches")
    back = frame.rename(columns={FIRST: SECOND, SECOND: FIRST, "one": "other", "other": "one"})
    cells = pd.concat([frame, back], ignore_index=True)
    names = pd.concat([frame.set_index(FIRST)["one"], frame.set_index(SECOND)["other"]])
    names = names[~names.index.duplicated()]
    far = (cells["value"] - cells["reference"]).abs().max() or 1.0
    cells["colour"] = (cells["value"] - cells["reference"]) / far
    cells["colour"] *= np.where(cells["clarity"] == "unclear", PALE, 1.0)
    reach = (cells["high"] - cells["low"]) / 2
    cells["text"] = [
        f"{value:.0%}<br>±{half * 100:.0f}"
        for value, half in zip(cells["value"], reach, strict=True)
    ]
    cells["hover"] = [
        f"{label(row.one)} and {label(row.other)}: {row.value:.0%} ({row.low:.0%} to "
        f"{row.high:.0%})<br>movies both rated: {row.both}"
        for row in cells.itertuples()
    ]

    def grid(column: str) -> np.ndarray:
        table = cells.pivot(index=FIRST, columns=SECOND, values=column)
        return table.reindex(index=names.index, columns=names.index).to_numpy()

    words = grid("text")
    np.fill_diagonal(words, "")

    figure = go.Figure()
    figure.add_heatmap(
        z=grid("colour").astype(float),
        zmin=-1,
        zmax=1,
        colorscale=SIDES,
        showscale=False,
        text=words,
        texttemplate="%{text}" if len(names) <= NUMBERED else None,
        textfont={"color": INK, "size": 11},
        xgap=2,
        ygap=2,
        customdata=grid("hover"),
        hovertemplate="%{customdata}<extra></extra>",
        hoverongaps=False,
    )
    ticks = {
        "tickvals": list(range(len(names))),
        "ticktext": [label(name, NAME) for name in names],
        "showgrid": False,
    }
    figure.update_xaxes(tickangle=-45, **ticks)
    figure.update_yaxes(autorange="reversed", **ticks)
    return finish(figure, _who_matches(frame), height=100 + 38 * len(names))


def _who_matches(frame: pd.DataFrame) -> str:
    ordered = frame.sort_values("value", kind="stable")
    best, least = ordered.iloc[-1], ordered.iloc[0]
    pair = {
        i: f"{label(row['one'])} and {label(row['other'])}" for i, row in enumerate((best, least))
    }
    sure = ["sure" if row["clarity"] != "unclear" else "not sure" for row in (best, least)]
    if frame["measure"].iloc[0] == TASTE:
        if len(frame) > 1 and sure == ["not sure"] * 2:
            return (
                "Whose tastes go together beyond what everybody likes is not sure yet; closest are "
                f"{pair[0]} ({best['value']:.0%}, chance is 50%)"
            )
        lead = f"{pair[0]} prefer the same movie in {best['value']:.0%} of cases ({sure[0]})"
        return (
            f"{lead}, {pair[1]} in {least['value']:.0%} ({sure[1]}); chance is 50%"
            if len(frame) > 1
            else f"{lead}; chance is 50%"
        )
    if len(frame) == 1:
        return f"{pair[0]} give nearly the same stars to {best['value']:.0%} of movies"
    return (
        f"{pair[0]} match best: nearly the same stars for {best['value']:.0%} of movies "
        f"({sure[0]}); {pair[1]} least: {least['value']:.0%} ({sure[1]})"
    )


def distance_over_time(periods: pd.DataFrame, changes: pd.DataFrame) -> go.Figure:
    """Draw how far two members' stars lie apart, period by period.

    Args:
        periods: first, second, one, other (names), period (pandas periods), apart (stars) and n;
            see `recommender.portrait.together.by_period`. Pairs of `changes` are drawn.
        changes: see `recommender.portrait.together.changes`, with one and other; at least a row.
    """
    need(periods, (FIRST, SECOND, "one", "other", "period", "apart", "n"), "distances over time")
    need(changes, (FIRST, SECOND, "one", "other", "change", "clarity"), "changes of distance")
    figure = go.Figure()
    clear = [change.clarity != "unclear" for change in changes.itertuples()]
    for i, change in reversed(list(enumerate(changes.itertuples()))):
        mine = (periods[FIRST] == change.first) & (periods[SECOND] == change.second)
        own = periods[mine].sort_values("period")
        shown = clear[i] or (i == 0 and not any(clear))
        colour = GREY if not shown else OURS if change.change > 0 else OTHER
        pair = f"{label(change.one, NAME)} and {label(change.other, NAME)}"
        figure.add_scatter(
            x=[str(period) for period in own["period"]],
            y=own["apart"].to_numpy(),
            mode="lines+markers",
            line={"color": colour, "width": 3 if shown else 1.5},
            marker={"size": 5 + 2 * np.sqrt(own["n"].to_numpy()), "color": colour},
            opacity=1.0 if shown else 0.6,
            customdata=own["n"].to_numpy(),
            text=[pair] * len(own),  # not in the template, where "%{x}" in a name would be read
            hovertemplate="%{text}, %{x}: %{y:.1f} stars apart on %{customdata} movies"
            "<extra></extra>",
            name=pair,
            showlegend=shown,
        )
    order = sorted({str(period) for period in periods["period"]})
    figure.update_xaxes(type="category", categoryorder="array", categoryarray=order)
    figure.update_yaxes(title="stars apart on average", rangemode="tozero")
    return finish(figure, _who_changed(changes), height=300, legend=True)


def _who_changed(changes: pd.DataFrame) -> str:
    clear = changes[changes["clarity"] != "unclear"]
    said = [
        f"{label(row.one)} and {label(row.other)} "
        f"{'grew apart' if row.change > 0 else 'grew together'}: {row.before:.1f} stars between "
        f"them before {row.since}, {row.after:.1f} from then on"
        for row in (clear if len(clear) else changes).head(2 if len(clear) else 1).itertuples()
    ]
    if len(clear):
        return "; ".join(said)
    first = changes.iloc[0]
    way = "apart" if first["change"] > 0 else "together"
    return (
        f"Nobody surely grew together or apart; {label(first['one'])} and {label(first['other'])} "
        f"may have grown {way} ({first['before']:.1f} stars, then {first['after']:.1f})"
    )
