"""Draw the pictures of docs/how-predictions-work.md from the real model and the bundled ratings.

python -m benchmarks.pictures            # into docs/pictures; takes two minutes
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from benchmarks import command, few_ratings
from benchmarks.protocol import CONDITIONS, Clubs, split_clubs
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from recommender.bundled import demo_club
from ui.charts.style import GREY, OTHER, OURS

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH, LEFT, STEP = 720, 320, 28  # pixels
PAPER, INK, FAINT, LINE, THIRD = "#fbf8f3", "#231a24", "#6f6470", "#e2d8c8", "#1f8a90"
MEMBER, MOVIE = 61, 4973  # Ana of the demo club, who has not rated Amélie
SHOWN = 5  # of the member's ratings, before the rest is summed
FAMOUS = 300  # movies with the most ratings, of which some are shown
LEVELS = np.arange(0.1, 0.96, 0.1)
NAMES = {"warm": "known movies", "cold": "new movies"}
Row = tuple[str, list[tuple[float, float, str]], str]  # label, (from, to, colour) of each bar, text


def svg(height: float, heading: str, parts: Sequence[str]) -> str:
    """Return a picture with its heading at the top, which is read aloud in its place."""
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" '
            f'width="{WIDTH}" height="{height:.0f}" role="img" font-size="13" '
            "font-family=\"system-ui, 'Segoe UI', Arial, sans-serif\">",
            f"<title>{escape(heading)}</title>",
            rect(0, 0, WIDTH, height, PAPER),
            f'<text x="16" y="30" font-size="17" font-weight="600">{escape(heading)}</text>',
            *parts,
            "</svg>",
            "",
        ]
    )


def text(x: float, y: float, words: str, anchor: str = "start", fill: str = INK) -> str:
    """Return `words` with their foot at `y`; `anchor` is start, middle or end."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{fill}">{escape(words)}</text>'
    )


def rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Return a filled box."""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'
    )


def path(points: Sequence[tuple[float, float]], stroke: str, dash: str = "", width: int = 1) -> str:
    """Return a line through `points`."""
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{places}" fill="none" stroke="{stroke}" stroke-width="{width}" '
        f'stroke-dasharray="{dash}"/>'
    )


def bars(heading: str, rows: Sequence[Row], legend: Sequence[tuple[str, str]] = ()) -> str:
    """Return horizontal bars on one scale, a row a label."""
    ends = [end for _, pieces, _ in rows for piece in pieces for end in piece[:2]]
    low, high = min(ends), max(ends)

    def at(value: float) -> float:
        return LEFT + (value - low) / (high - low) * (WIDTH - 130 - LEFT)

    parts, y = [], 38.0
    for words, pieces, figure in rows:
        y += STEP
        short = words if len(words) <= 44 else f"{words[:43].rstrip()}…"
        parts.append(text(LEFT - 12, y, short, "end"))
        for start, end, colour in pieces:
            x, width = min(at(start), at(end)), abs(at(end) - at(start)) + 1
            parts.append(rect(x, y - 12, width, 16, colour))
        right = max(at(end) for piece in pieces for end in piece[:2])
        parts.append(text(right + 8, y, figure, fill=FAINT))
    for i, (words, colour) in enumerate(legend):
        parts += [rect(16 + 200 * i, y + 21, 12, 12, colour), text(34 + 200 * i, y + 32, words)]
    return svg(y + (56 if legend else 28), heading, parts)


def sum_of_parts(model: HybridModel, data: Dataset, member_id: int, movie_id: int) -> str:
    """Draw one prediction as the sum that it is, a bar for each part."""
    own = data.ratings.rename(columns={"user_id": "member_id"})
    own = own[own["member_id"] == member_id]
    found = model.explain(own, member_id, movie_id)
    of_kind = found.groupby("kind")["stars"].sum()
    movies = found[found["kind"] == "rated movie"]
    order = movies["stars"].abs().sort_values(ascending=False).index[:SHOWN]
    largest = movies.loc[order].sort_values("stars", ascending=False)
    given, title = own.set_index("movie_id")["rating"], data.movies["title"]
    name = demo_club().members.get(member_id, f"Member {member_id}")
    rest = movies["stars"].sum() - largest["stars"].sum()
    parts = [
        (f"{title[movie_id]} is better than most", of_kind["movie"]),
        (f"how {name} rates in general", of_kind["member"]),
        *((f"{given[r.movie_id]:g} ★ for {title[r.movie_id]}", r.stars)
          for r in largest.itertuples()),
        (f"the other {len(movies) - SHOWN} ratings", rest),
        ("keywords, genres, decade", of_kind.get("feature", 0.0)),
    ]  # fmt: skip
    at = of_kind["mean"]
    rows: list[Row] = [("everyone's average", [(at, at, INK)], f"{at:.2f}")]
    for words, stars in parts:
        rows.append((words, [(at, at + stars, THIRD if stars > 0 else OURS)], f"{stars:+.2f}"))
        at += stars
    reactions = model.react(own, [movie_id], member_ids=[member_id])
    low, high = (float(end[0, 0]) for end in reactions.interval())
    rows.append(("the prediction", [(at, at, INK)], f"{at:.2f} ({low:.1f} to {high:.1f})"))
    return bars(f"Why {name} should give {title[movie_id]} {at:.1f}", rows)


def nearness(model: HybridModel, data: Dataset, movie_id: int) -> str:
    """Draw the covariance of tastes for one movie and for famous ones, by part of the kernel."""
    row = model.rows([movie_id])
    famous = np.setdiff1d(np.argsort(-model.counts)[:FAMOUS], row)
    kernel, v = model.kernel, model.kernel.variances
    parts = {
        "place in taste space": kernel.embedding_covariance(row, famous)[0],
        "liked by the same raters": v.neighbours
        * (kernel.residuals[row] @ kernel.residuals[famous].T).toarray()[0],
        "shared words": v.features
        * (kernel.features[row] @ kernel.features[famous].T).toarray()[0],
    }
    legend = list(zip(parts, (OURS, OTHER, THIRD), strict=True))
    total = np.sum(list(parts.values()), axis=0)
    order, n = np.argsort(-total), len(total)
    title = data.movies.loc[model.movie_ids, "title"].to_numpy()
    rows: list[Row] = []
    for i in order[np.unique([0, 1, 2, 3, n // 8, n // 2, n - 2, n - 1])]:
        ends, pieces = {True: 0.0, False: 0.0}, []
        for name, colour in legend:
            value = float(parts[name][i])
            pieces.append((ends[value >= 0], ends[value >= 0] + value, colour))
            ends[value >= 0] += value
        rows.append((str(title[famous[i]]), pieces, f"{total[i]:.2f}"))
    return bars(f"What a rating of {title[row[0]]} tells of (covariance, stars²)", rows, legend)


Series = tuple[str, str, str, Sequence[tuple[float, float]]]  # name, colour, dash, points


def lines(
    heading: str,
    series: Sequence[Series],
    ticks: tuple[Sequence[tuple[float, str]], Sequence[tuple[float, str]]],
    under: str,
) -> str:
    """Return lines over ticks of x and of y; points and ticks lie between 0 and 1."""

    def at(x: float, y: float) -> tuple[float, float]:
        return 64 + x * (WIDTH - 250), 336 - y * 280

    parts = [path([at(0, y), at(1, y)], LINE) for y, _ in ticks[1]]
    parts += [text(52, at(0, y)[1] + 4, words, "end", FAINT) for y, words in ticks[1]]
    parts += [text(at(x, 0)[0], 356, words, "middle", FAINT) for x, words in ticks[0]]
    parts.append(text(WIDTH / 2, 384, under, "middle", FAINT))
    lowest = 0.0
    for name, colour, dash, points in sorted(series, key=lambda one: -one[3][-1][1]):
        places = [at(*point) for point in points]
        parts.append(path(places, colour, dash, 2))
        lowest = max(places[-1][1] + 4, lowest + 18)
        parts.append(text(at(1, 0)[0] + 10, lowest, name, fill=colour))
    return svg(400, heading, parts)


def coverage_lines(reached: pd.DataFrame) -> str:
    """Draw the coverage of intervals of every level.

    Args:
        reached: condition, level, share (0..1).
    """
    ticks = [(level, f"{level:.0%}") for level in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    series: list[Series] = [("exact", GREY, "3 4", [(0, 0), (1, 1)])]
    for condition, rows in reached.groupby("condition", sort=False):
        inside = rows.set_index(rows["level"].round(2))["share"][0.8]
        points = [tuple(pair) for pair in rows[["level", "share"]].to_numpy()]
        colour = OURS if condition == "warm" else THIRD
        series.append((f"{NAMES[str(condition)]}: {inside:.0%} at 80%", colour, "", points))
    heading = "How many ratings fall inside their interval"
    return lines(heading, series, (ticks, ticks), "level of the interval")


def learning_lines(curve: pd.DataFrame) -> str:
    """Draw the error of ours and of the bias by the number of known ratings.

    Args:
        curve: see `few_ratings.curve`.
    """
    known = list(curve["known"].unique())
    ends = curve[["ours", "bias"]].to_numpy()
    low, high = np.floor(ends.min() * 20) / 20, np.ceil(ends.max() * 20) / 20
    x = [(i / (len(known) - 1), words) for i, words in enumerate(known)]
    y = [((s - low) / (high - low), f"{s:.2f}") for s in np.arange(low, high + 0.01, 0.1)]
    series: list[Series] = []
    for condition, rows in curve.groupby("condition", sort=False):
        dash = "" if condition == "warm" else "6 4"
        for model, colour in (("bias", GREY), ("ours", OURS)):
            heights = (rows[model] - low) / (high - low)
            points = [
                (x[known.index(n)][0], h) for n, h in zip(rows["known"], heights, strict=True)
            ]
            series.append((f"{model}, {NAMES[str(condition)]}", colour, dash, points))
    heading = "Typical error in stars, ours and the user+item bias'"
    return lines(heading, series, (x, y), "ratings known of a member")


def measure(
    data: Dataset, options: TrainingOptions, clubs: Clubs
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frames of `coverage_lines` and `learning_lines`, from one draw of clubs."""
    reached, rows = [], []
    for condition in CONDITIONS:
        visible, hidden = split_clubs(data, options.seed, condition, clubs)
        model = HybridModel.fit(visible, options)
        inside = np.zeros(len(LEVELS))
        known = visible.ratings.rename(columns={"user_id": "member_id"})
        for member, unseen in hidden.groupby("user_id"):
            own = known[known["member_id"] == member]
            reactions = model.react(own, unseen["movie_id"], member_ids=[member])
            for i, level in enumerate(LEVELS):
                low, high = reactions.interval(float(level))
                inside[i] += unseen["rating"].between(low[0], high[0]).sum()
        share = {"condition": condition, "level": LEVELS, "share": inside / len(hidden)}
        reached.append(pd.DataFrame(share))
        rows.append(few_ratings.judged(model, visible, hidden).assign(condition=condition))
    return pd.concat(reached, ignore_index=True), few_ratings.curve(pd.concat(rows))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    command.parser("pictures", __doc__ or "").parse_args(argv)
    data, options = load_bundled(), TrainingOptions()
    model = HybridModel.fit(data, options)
    reached, curve = measure(data, options, Clubs())
    pictures = {
        "sum": sum_of_parts(model, data, MEMBER, MOVIE),
        "nearness": nearness(model, data, MOVIE),
        "intervals": coverage_lines(reached),
        "learning": learning_lines(curve),
    }
    for name, picture in pictures.items():
        (FOLDER / f"{name}.svg").write_text(picture, "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
