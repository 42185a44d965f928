"""Tables of the leaderboard's runs: means over seeds, and ours against every rival.

Differences are ours minus theirs, with a paired 95% bootstrap over clubs.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from benchmarks.command import text_table
from benchmarks.protocol import ACCURACY, MORE_IS_BETTER
from recommender.evaluation.bootstrap import Tally, differences

if TYPE_CHECKING:
    from benchmarks.leaderboard import Run

OURS = "ours"
BETTER, WORSE, UNCLEAR = "better", "worse", "unclear"
MARKS = {BETTER: "✓", WORSE: "✗", UNCLEAR: " "}
NOTHING = "–"
KEY = f"{MARKS[BETTER]} the interval excludes 0 and ours is better; {MARKS[WORSE]} worse."


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return condition, model, each metric (mean over seeds), seconds; the smallest rmse first.

    A model without stars, or without an interval, has NaN there; one without rmse comes last.
    """
    rows = [{"model": run.model, **run.tally.as_dict(), "seconds": run.seconds} for run in runs]
    frame = pd.DataFrame(rows).assign(condition=[run.condition for run in runs])
    means = frame.groupby(["condition", "model"], sort=False).mean().sort_values("rmse")
    whole = pd.concat([means.loc[[name]] for name in frame["condition"].unique()]).reset_index()
    return whole[[*whole.columns.drop("seconds"), "seconds"]]


def against_ours(runs: Sequence[Run]) -> pd.DataFrame:
    """Return condition, model, metric, difference (ours - model), low, high, ours for every rival.

    `ours` is "better" or "worse" where the interval excludes 0, else "unclear"; None for coverage
    and width, of which neither more nor less is better. Metrics of one of the two are left out.
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
        frames.append(found.assign(condition=condition, model=model)[columns])
    found = pd.concat(frames[1:] or frames, ignore_index=True)
    return found.assign(ours=[_reading(*row) for row in found[["metric", "low", "high"]].values])


def _reading(metric: str, low: float, high: float) -> str | None:
    if metric not in ACCURACY:
        return None
    if not low > 0 and not high < 0:
        return UNCLEAR
    return BETTER if (low > 0) == (metric in MORE_IS_BETTER) else WORSE


def as_text(found: pd.DataFrame, against: pd.DataFrame) -> str:
    """Return `table` and `against_ours` for a terminal."""
    parts = [
        f"{condition}\n{text_table(rows.drop(columns='condition').dropna(axis=1, how='all'))}"
        for condition, rows in found.groupby("condition", sort=False)
    ]
    rivals = _in_order(found, against)
    rivals = rivals[rivals["metric"].isin(ACCURACY)]
    for condition, rows in rivals.groupby("condition", sort=False):
        cells = [f"{row.difference:+.4f} {MARKS[row.ours]}" for row in rows.itertuples()]
        wide = rows.assign(cell=cells).pivot(index="model", columns="metric", values="cell")
        metrics = [name for name in ACCURACY if name in wide]
        wide = wide.loc[rows["model"].unique(), metrics].fillna(NOTHING).reset_index()
        parts.append(f"{condition}: ours minus theirs; {KEY}\n{text_table(wide)}")
    return "\n\n".join([*parts, *(textwrap.fill(text, 100) for text in exceptions(against))])


def _in_order(found: pd.DataFrame, against: pd.DataFrame) -> pd.DataFrame:
    """Return `against` with the rivals in the order of `found`."""
    return found[["condition", "model"]].merge(against, on=["condition", "model"])


def exceptions(against: pd.DataFrame) -> list[str]:
    """Return a sentence a condition: the metrics in which ours is not better than a model."""
    sentences = []
    for condition, rows in against[against["ours"].notna()].groupby("condition", sort=False):
        rest = rows[rows["ours"] != BETTER]
        but = [
            f"{metric} ({reading} against {', '.join(models['model'])})"
            for (metric, reading), models in rest.groupby(["metric", "ours"], sort=False)
        ]
        where = f"every column but {', '.join(but)}" if but else "every column"
        sentences.append(f"{condition}: ours is better than all others in {where}.")
    return sentences


def as_markdown(found: pd.DataFrame, against: pd.DataFrame) -> str:
    """Return the same as two Markdown tables, the best of each column bold."""
    metrics = [name for name in ACCURACY if name in found]
    rows = []
    for condition, part in found.groupby("condition", sort=False):
        best = {m: part[m].max() if m in MORE_IS_BETTER else part[m].min() for m in metrics}
        for row in part.to_dict("records"):
            name = f"**{row['model']}**" if row["model"] == OURS else row["model"]
            figures = [_figure(row[metric], row[metric] == best[metric]) for metric in metrics]
            coverage = row.get("coverage", np.nan)
            inside = f"{coverage:.1%}" if coverage >= 0 else NOTHING
            rows.append([condition, name, *figures, inside])
    standing = _markdown(["", "model", *metrics, "inside 80%"], rows)
    if against.empty:
        return standing
    rivals = _in_order(found, against)
    gaps = []
    for (condition, model), part in rivals.groupby(["condition", "model"], sort=False):
        by_metric = part.set_index("metric")
        cells = [_gap(by_metric.loc[m]) if m in by_metric.index else NOTHING for m in metrics]
        gaps.append([condition, model, *cells])
    differences_ = _markdown(["", "ours minus", *metrics], gaps)
    return "\n\n".join([standing, differences_, KEY, *exceptions(rivals)])


def _figure(value: float, best: bool) -> str:
    if np.isnan(value):
        return NOTHING
    return f"**{value:.4f}**" if best else f"{value:.4f}"


def _gap(row: pd.Series) -> str:
    text = f"{row['difference']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})"
    return f"{text} {MARKS[row['ours']]}".rstrip()


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
