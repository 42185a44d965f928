"""Runs of the leaderboard and their tables: means over seeds, and ours against every rival.

Differences are ours minus theirs, with a paired 95% bootstrap over clubs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from benchmarks.command import text_table
from benchmarks.protocol import ACCURACY, MORE_IS_BETTER
from recommender.evaluation.bootstrap import Tally, differences

OURS = "ours"
MARKS = {"better": "✓", "worse": "✗", "unclear": ""}
NOTHING = "–"
KEY = "✓ the interval excludes 0 and ours is better; ✗ worse."


@dataclass(frozen=True)
class Run:
    """One model on one draw of clubs.

    Args:
        model, condition, seed: the key of the run.
        seconds: for learning and predicting together.
        tally: sums of each metric by club.
    """

    model: str
    condition: str
    seed: int
    seconds: float
    tally: Tally


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return condition, model, each metric (mean over seeds), seconds; the smallest rmse first.

    A model without stars, or without an interval, has NaN there; one without rmse comes last.
    """
    rows = [{"model": run.model, **run.tally.as_dict(), "seconds": run.seconds} for run in runs]
    frame = pd.DataFrame(rows).assign(condition=[run.condition for run in runs])
    means = frame.groupby(["condition", "model"], sort=False).mean().sort_values("rmse")
    means = pd.concat([means.loc[[name]] for name in frame["condition"].unique()]).reset_index()
    return means[[*means.columns.drop("seconds"), "seconds"]]


def against_ours(runs: Sequence[Run]) -> pd.DataFrame:
    """Return condition, model, metric, difference (ours - model), low, high, ours for every rival.

    `ours` is "better" or "worse" where the interval excludes 0, else "unclear"; None for coverage
    and width, of which neither more nor less is better. Metrics that one of the two lacks are left
    out.
    """
    tallies: dict[tuple[str, str], list[Tally]] = {}
    for run in sorted(runs, key=lambda run: run.seed):
        tallies.setdefault((run.condition, run.model), []).append(run.tally)
    columns = ["condition", "model", "metric", "difference", "low", "high"]
    frames = [pd.DataFrame(columns=columns)]
    for (condition, model), rival in tallies.items():
        mine = tallies.get((condition, OURS))
        if mine is None or model == OURS:
            continue
        shared = tuple(name for name in rival[0].metrics if name in mine[0].metrics)
        found = differences([t.only(shared) for t in mine], [t.only(shared) for t in rival])
        frames.append(found.assign(condition=condition, model=model)[columns].dropna())
    found = pd.concat(frames[1:] or frames, ignore_index=True)
    return found.assign(ours=[_reading(*row) for row in found[["metric", "low", "high"]].values])


def _reading(metric: str, low: float, high: float) -> str | None:
    if metric not in ACCURACY:
        return None
    if not low > 0 and not high < 0:
        return "unclear"
    return "better" if (low > 0) == (metric in MORE_IS_BETTER) else "worse"


def rendered(found: pd.DataFrame, against: pd.DataFrame, *, markdown: bool = False) -> str:
    """Return `table` and `against_ours` as text.

    Args:
        markdown: as Markdown tables with intervals, the best of each column bold.
    """
    draw = markdown_table if markdown else text_table
    metrics = [name for name in ACCURACY if name in found]
    shown = found[["condition", "model"]].rename(columns={"condition": ""})
    for name in metrics:
        cells = found[name].map("{:.4f}".format)
        best = "max" if name in MORE_IS_BETTER else "min"
        is_best = markdown & (found[name] == found.groupby("condition")[name].transform(best))
        cells = cells.mask(is_best, "**" + cells + "**")
        shown[name] = cells.where(found[name].notna(), NOTHING)
    if "coverage" in found:
        cells = found["coverage"].map("{:.1%}".format)
        shown["inside 80%"] = cells.where(found["coverage"].notna(), NOTHING)
    rivals = found[["condition", "model"]].merge(against[against["metric"].isin(metrics)])
    if rivals.empty:
        return draw(shown)
    cells = []
    for row in rivals.itertuples():
        interval = f" ({row.low:+.4f} to {row.high:+.4f})" if markdown else ""
        cells.append(f"{row.difference:+.4f}{interval} {MARKS[row.ours]}".rstrip())
    key = ["condition", "model"]
    gaps = rivals.assign(cell=cells).pivot(index=key, columns="metric", values="cell")
    every = pd.MultiIndex.from_frame(rivals[key].drop_duplicates())
    gaps = gaps.reindex(index=every, columns=metrics)
    names = {"condition": "", "model": "ours minus"}
    gaps = gaps.fillna(NOTHING).reset_index().rename(columns=names)
    return "\n\n".join([draw(shown), draw(gaps), KEY])


def markdown_table(frame: pd.DataFrame) -> str:
    """Return `frame` as a table in Markdown."""
    lines = [frame.columns, ["---"] * frame.shape[1], *frame.to_numpy()]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
