"""What the leaderboard's runs say: means over seeds, and ours against every rival.

Differences are ours minus theirs, with a paired 95% bootstrap over clubs.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from benchmarks.protocol import ACCURACY, MORE_IS_BETTER
from benchmarks.runs import OURS, Run
from recommender.evaluation.bootstrap import Tally, differences
from recommender.terminal import text_table

BETTER, WORSE, UNCLEAR = "better", "worse", "unclear"
MARKS = {BETTER: "✓", WORSE: "✗", UNCLEAR: " "}
NOTHING = "–"
TERMINAL = 100  # columns


def table(runs: Sequence[Run]) -> pd.DataFrame:
    """Return condition, model, each metric (mean over seeds), seconds; the smallest rmse first.

    A model that gives no stars, or no interval, has NaN there; no rmse comes last.
    """
    rows = [{"model": run.model, **run.tally.as_dict(), "seconds": run.seconds} for run in runs]
    frame = pd.DataFrame(rows).assign(condition=[run.condition for run in runs])
    means = frame.groupby(["condition", "model"], sort=False).mean().sort_values("rmse")
    parts = [means.loc[[condition]] for condition in frame["condition"].unique()]
    whole = pd.concat(parts).reset_index()
    return whole[[*whole.columns.drop("seconds"), "seconds"]]


def against_ours(runs: Sequence[Run]) -> pd.DataFrame:
    """Return condition, model, metric, difference (ours - model), low, high, ours for every rival.

    `ours` is "better" or "worse" where the interval excludes 0, else "unclear"; for coverage and
    width, of which neither more nor less is better by itself, it is None. Metrics that only one of
    the two has are left out.
    """
    tallies: dict[tuple[str, str], list[Tally]] = {}
    for run in sorted(runs, key=lambda run: run.seed):
        tallies.setdefault((run.condition, run.model), []).append(run.tally)
    frames = []
    for (condition, model), rival in tallies.items():
        mine = tallies.get((condition, OURS))
        if mine is None or model == OURS:
            continue
        shared = tuple(name for name in rival[0].metrics if name in mine[0].metrics)
        found = differences([t.only(shared) for t in mine], [t.only(shared) for t in rival])
        frames.append(found.assign(condition=condition, model=model))
    columns = ["condition", "model", "metric", "difference", "low", "high"]
    if not frames:
        return pd.DataFrame([], None, [*columns, "ours"])
    found = pd.concat(frames, ignore_index=True)[columns]
    return found.assign(ours=[_reading(*row) for row in found[["metric", "low", "high"]].values])


def _reading(metric: str, low: float, high: float) -> str | None:
    if metric not in ACCURACY:
        return None
    if not low > 0 and not high < 0:
        return UNCLEAR
    return BETTER if (low > 0) == (metric in MORE_IS_BETTER) else WORSE


def as_text(found: pd.DataFrame, against: pd.DataFrame) -> str:
    """Return what `table` and `against_ours` found, to be read on a terminal."""
    parts = [
        f"{condition}\n{text_table(_left(_narrow(rows.drop(columns='condition'))))}"
        for condition, rows in found.groupby("condition", sort=False)
    ]
    each = _nearest_first(found, against)
    for condition, rivals in each.groupby("condition", sort=False):
        head = (
            f"{condition}: ours minus theirs, 95% over clubs; "
            f"{MARKS[BETTER]} ours is better, {MARKS[WORSE]} worse, else it cannot be said"
        )
        parts.append(f"{head}\n{text_table(_left(_three_lines(rivals)))}")
    said = [textwrap.fill(sentence, TERMINAL) for sentence in exceptions(each)]
    return "\n\n".join([*parts, *said])


def _narrow(rows: pd.DataFrame) -> pd.DataFrame:
    """Spell out what needs no four decimals, and drop what no model has."""
    spelled = {"coverage": ("80%", "{:.1%}"), "width": ("width", "{:.2f}")}
    for name, (title, form) in {**spelled, "seconds": ("s", "{:.1f}")}.items():
        if name in rows:
            rows[name] = rows[name].map(form.format, na_action="ignore")
            rows = rows.rename(columns={name: title})
    return rows.dropna(axis="columns", how="all")


def _nearest_first(found: pd.DataFrame, against: pd.DataFrame) -> pd.DataFrame:
    """Return `against` with the rivals in the order of `found`."""
    return found[["condition", "model"]].merge(against, on=["condition", "model"])


def _left(frame: pd.DataFrame) -> pd.DataFrame:
    """Let the first column, a name, begin at the left."""
    name = frame.columns[0]
    width = int(frame[name].str.len().max())
    padded = frame[name].str.ljust(width)
    return frame.assign(**{name: padded}).rename(columns={name: str(name).ljust(width)})


def _three_lines(rivals: pd.DataFrame) -> pd.DataFrame:
    """Return difference, low and high of each rival below each other, a column a metric."""
    lines = []
    for model, rows in rivals.groupby("model", sort=False):
        of = rows.set_index("metric")
        for label, column in ((model, "difference"), ("  from", "low"), ("  to", "high")):
            cells = dict.fromkeys(ACCURACY, NOTHING)
            for metric in of.index.intersection(ACCURACY):
                mark = MARKS[of.at[metric, "ours"]] if column == "difference" else " "
                cells[metric] = f"{of.at[metric, column]:+.4f} {mark}"
            lines.append({"model": label, **cells})
    return pd.DataFrame(lines)


def exceptions(against: pd.DataFrame) -> list[str]:
    """Return a sentence a condition: in which columns ours is not better than which model."""
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
    standing = _markdown(
        ["", "model", *metrics, "inside 80%"],
        [
            [condition, f"**{row['model']}**" if row["model"] == OURS else row["model"]]
            + [_figure(row[metric], _is_best(rows[metric], row[metric])) for metric in metrics]
            + [f"{row['coverage']:.1%}" if row.get("coverage", np.nan) >= 0 else NOTHING]
            for condition, rows in found.groupby("condition", sort=False)
            for _, row in rows.iterrows()
        ],
    )
    if against.empty:
        return standing
    rivals = _nearest_first(found, against)
    each = rivals.set_index(["condition", "model", "metric"])
    pairs = rivals[["condition", "model"]].drop_duplicates().to_numpy()
    gaps = _markdown(
        ["", "ours minus", *metrics],
        [
            [condition, model, *(_gap(each, (condition, model, metric)) for metric in metrics)]
            for condition, model in pairs
        ],
    )
    key = f"{MARKS[BETTER]} the interval excludes 0 and ours is better; {MARKS[WORSE]} worse."
    return "\n\n".join([standing, gaps, key, *exceptions(rivals)])


def _is_best(column: pd.Series, value: float) -> bool:
    best: Callable[[pd.Series], float]
    best = pd.Series.max if column.name in MORE_IS_BETTER else pd.Series.min
    return bool(value == best(column))


def _figure(value: float, best: bool) -> str:
    if np.isnan(value):
        return NOTHING
    return f"**{value:.4f}**" if best else f"{value:.4f}"


def _gap(each: pd.DataFrame, at: tuple[str, str, str]) -> str:
    if at not in each.index:
        return NOTHING
    row = each.loc[at]
    text = f"{row['difference']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})"
    return f"{text} {MARKS[row['ours']]}".rstrip()


def _markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
