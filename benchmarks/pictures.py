"""Draw the pictures of docs/how-predictions-work.md from the real model and the real ratings.

python -m benchmarks.pictures            # into docs/pictures; takes two minutes
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import command, few_ratings
from benchmarks.protocol import CONDITIONS, Clubs, split_clubs
from benchmarks.svg import FAINT, INK, LINE, Picture
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from recommender.bundled import demo_club
from ui.charts.style import GREY, OTHER, OURS

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTH = 720
MEMBER, MOVIE = 61, 4973  # Ana of the demo club, who has not rated Amélie
THIRD = "#1f8a90"
SHOWN = 5  # of the member's ratings, before the rest is summed
FAMOUS = 300  # movies with the most ratings, of which some are shown
LEVELS = np.arange(0.1, 0.96, 0.1)


def sum_of_parts(
    model: HybridModel, data: Dataset, member_id: int, movie_id: int, name: str
) -> Picture:
    """One prediction as the sum that it is, a bar for each part."""
    own = data.ratings.rename(columns={"user_id": "member_id"})
    own = own[own["member_id"] == member_id]
    found = model.explain(own, member_id, movie_id)
    of_kind = found.groupby("kind")["stars"].sum()
    movies = found[found["kind"] == "rated movie"]
    largest = movies.loc[movies["stars"].abs().sort_values(ascending=False).index[:SHOWN]]
    given = own.set_index("movie_id")["rating"]
    title = data.movies["title"]
    rest = movies["stars"].sum() - largest["stars"].sum()
    parts = [
        (f"{title[movie_id]} is better than most", of_kind["movie"]),
        (f"how {name} rates in general", of_kind["member"]),
        *(
            (f"{given[row.movie_id]:g} ★ for {title[row.movie_id]}", row.stars)
            for row in largest.sort_values("stars", ascending=False).itertuples()
        ),
        (f"the other {len(movies) - len(largest)} ratings", rest),
        ("keywords, genres, decade", of_kind.get("feature", 0.0)),
    ]
    world, total = of_kind["world"], found["stars"].sum()
    running = world + np.cumsum([0.0, *(stars for _, stars in parts)])
    left, right = 320, WIDTH - 70
    low, high = running.min() - 0.15, running.max() + 0.15

    def at(stars: float) -> float:
        return left + (stars - low) / (high - low) * (right - left)

    picture = Picture(
        WIDTH, 66 + 28 * (len(parts) + 2), f"Why {name} should give {title[movie_id]} {total:.1f}"
    )
    y = 66.0
    picture.text(left - 12, y, "everyone's average", anchor="end")
    picture.text(at(world) + 10, y, f"{world:.2f}")
    picture.dot(at(world), y - 4, INK)
    for (words, stars), start in zip(parts, running, strict=False):
        y += 28
        end = start + stars
        picture.path([(at(start), y - 24), (at(start), y + 4)], LINE)
        picture.rect(min(at(start), at(end)), y - 12, abs(at(end) - at(start)) + 1, 16,
                     THIRD if stars > 0 else OURS)  # fmt: skip
        picture.text(left - 12, y, _short(words), anchor="end")
        picture.text(max(at(start), at(end)) + 8, y, f"{stars:+.2f}", fill=FAINT)
    y += 28
    reactions = model.react(own, [movie_id], member_ids=[member_id])
    first, last = (float(end[0, 0]) for end in reactions.interval())
    picture.path([(16, y - 20), (WIDTH - 16, y - 20)], LINE)
    picture.text(left - 12, y, "the prediction", anchor="end")
    picture.dot(at(total), y - 4, INK)
    picture.text(at(total) + 10, y, f"{total:.2f} ({first:.1f} to {last:.1f})")
    return picture


def _short(words: str, most: int = 42) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def nearness(model: HybridModel, data: Dataset, movie_id: int) -> Picture:
    """How much the taste for some movies varies together with that for one, by part."""
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
    total = np.sum(list(parts.values()), axis=0)
    order = np.argsort(-total)
    n = len(order)
    chosen = order[np.unique([0, 1, 2, 3, n // 8, n // 2, n - 2, n - 1])]
    left, right = 300, WIDTH - 70
    low = sum(np.minimum(values[chosen], 0) for values in parts.values()).min()
    high = total[chosen].max()

    def at(stars: float) -> float:
        return left + (stars - low) / (high - low) * (right - left)

    title = data.movies.loc[model.movie_ids, "title"].to_numpy()
    picture = Picture(WIDTH, 130 + 28 * len(chosen), f"What a rating of {title[row[0]]} tells of")
    y = 38.0
    for i in chosen:
        y += 28
        picture.text(left - 12, y, _short(str(title[famous[i]])), anchor="end")
        ends = {1: 0.0, -1: 0.0}
        for values, colour in zip(parts.values(), (OURS, OTHER, THIRD), strict=True):
            side = 1 if values[i] >= 0 else -1
            start, ends[side] = ends[side], ends[side] + values[i]
            picture.rect(min(at(start), at(ends[side])), y - 12, abs(at(values[i]) - at(0)), 16,
                         colour)  # fmt: skip
        picture.text(at(ends[1]) + 8, y, f"{total[i]:.2f}", fill=FAINT)
    picture.path([(at(0), 50), (at(0), y + 12)], INK)
    x, y = 16.0, y + 40
    for name, colour in zip(parts, (OURS, OTHER, THIRD), strict=True):
        picture.rect(x, y - 11, 12, 12, colour)
        picture.text(x + 18, y, name)
        x += 34 + 7.2 * len(name)
    under = "Covariance of the two tastes, stars². Generosity adds the same to every pair."
    picture.text(16, y + 26, under, fill=FAINT)
    return picture


def _axes(
    heading: str, x: Sequence[tuple[float, str]], y: Sequence[tuple[float, str]], under: str
) -> Picture:
    """A picture with ticks; x and y are (place, label) with places 0..1 in the plot."""
    picture = Picture(WIDTH, 400, heading)
    for place, words in y:
        _, height = _place(0, place)
        picture.path([_place(0, place), _place(1, place)], LINE)
        picture.text(52, height + 4, words, anchor="end", fill=FAINT)
    for place, words in x:
        across, _ = _place(place, 0)
        picture.text(across, 356, words, anchor="middle", fill=FAINT)
    picture.text(WIDTH / 2, 384, under, anchor="middle", fill=FAINT)
    return picture


def _place(x: float, y: float) -> tuple[float, float]:
    return 64 + x * (WIDTH - 250), 336 - y * 280


def kept(reached: pd.DataFrame) -> Picture:
    """How many ratings lie inside intervals of every level.

    Args:
        reached: condition, level, share (0..1).
    """
    ticks = [(level, f"{level:.0%}") for level in (0, 0.2, 0.4, 0.6, 0.8, 1)]
    picture = _axes("How many ratings fall inside their interval", ticks, ticks, "promised")
    picture.path([_place(0, 0), _place(1, 1)], GREY, dash="3 4")
    for (condition, rows), colour in zip(
        reached.groupby("condition", sort=False), (OURS, THIRD), strict=False
    ):
        points = [_place(*pair) for pair in rows[["level", "share"]].to_numpy()]
        picture.path(points, colour, width=2)
        for point in points:
            picture.dot(*point, colour)
        inside = rows.set_index(rows["level"].round(2))["share"][0.8]
        y = 90 if condition == "warm" else 116
        picture.text(84, y, f"{_who(str(condition))}: {inside:.0%} inside the 80% interval",
                     fill=colour)  # fmt: skip
    return picture


def _who(condition: str) -> str:
    return {"warm": "known movies", "cold": "new movies"}[condition]


def learning(curve: pd.DataFrame) -> Picture:
    """The error of ours and of the bias by how many of a member's ratings are known.

    Args:
        curve: see `few_ratings.curve`.
    """
    known = list(curve["known"].unique())
    ends = curve[["ours", "bias"]].to_numpy()
    low, high = np.floor(ends.min() * 20) / 20, np.ceil(ends.max() * 20) / 20
    x = [(i / (len(known) - 1), words) for i, words in enumerate(known)]
    stars = np.arange(low, high + 0.01, 0.05 if high - low < 0.4 else 0.1)
    y = [((tick - low) / (high - low), f"{tick:.2f}") for tick in stars]
    picture = _axes(
        "Typical error in stars, ours and the user+item bias'", x, y,
        "ratings known of a member",
    )  # fmt: skip
    labels = []
    for condition, rows in curve.groupby("condition", sort=False):
        for model, colour in (("bias", GREY), ("ours", OURS)):
            heights = (rows[model] - low) / (high - low)
            points = [
                _place(x[known.index(n)][0], h) for n, h in zip(rows["known"], heights, strict=True)
            ]
            picture.path(points, colour, width=2, dash="" if condition == "warm" else "6 4")
            for point in points:
                picture.dot(*point, colour)
            labels.append((points[-1][1] + 4, f"{model}, {_who(str(condition))}", colour))
    lowest = 0.0
    for y_end, words, colour in sorted(labels):
        lowest = max(y_end, lowest + 18)
        picture.text(_place(1, 0)[0] + 10, lowest, words, fill=colour)
    return picture


def measured(
    data: Dataset, options: TrainingOptions, clubs: Clubs
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what `kept` and `learning` draw, from one draw of clubs."""
    reached, rows = [], []
    for condition in CONDITIONS:
        visible, hidden = split_clubs(data, options.seed, condition, clubs)
        model = HybridModel.fit(visible, options)
        inside = np.zeros(len(LEVELS))
        known = visible.ratings.rename(columns={"user_id": "member_id"})
        for member, judged in hidden.groupby("user_id"):
            own = known[known["member_id"] == member]
            reactions = model.react(own, judged["movie_id"], member_ids=[member])
            for i, level in enumerate(LEVELS):
                low, high = reactions.interval(float(level))
                inside[i] += judged["rating"].between(low[0], high[0]).sum()
        share = {"condition": condition, "level": LEVELS, "share": inside / len(hidden)}
        reached.append(pd.DataFrame(share))
        rows.append(few_ratings.judged(model, visible, hidden).assign(condition=condition))
    return pd.concat(reached, ignore_index=True), few_ratings.curve(pd.concat(rows))


def draw(data: Dataset, options: TrainingOptions, folder: Path) -> None:
    """Write the four pictures into `folder`."""
    model = HybridModel.fit(data, options)
    name = demo_club().members[MEMBER]
    sum_of_parts(model, data, MEMBER, MOVIE, name).save(folder / "sum.svg")
    nearness(model, data, MOVIE).save(folder / "nearness.svg")
    reached, curve = measured(data, options, Clubs())
    kept(reached).save(folder / "intervals.svg")
    learning(curve).save(folder / "learning.svg")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    command.parser("pictures", __doc__ or "").parse_args(argv)
    draw(load_bundled(), TrainingOptions(), FOLDER)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
