"""Does the match of two members say how they will agree on movies that neither has rated yet?

    python -m benchmarks.taste_match --seeds 0-1

Two ways of hiding what real raters gave:

    club       under the club protocol: 30% of the movies that three of a club rated, from all of it
    strangers  pairs of raters keep at most two of the movies that both rated, as in a club whose
               members hardly saw the same movies

Every pair with at least eight hidden movies is judged, by both measures of
`recommender.taste`. `r` is the correlation of the match, taken from well-known movies,
with the agreement observed on the hidden ones; `r_plain` that of the agreement on the movies that
both rated visibly. Agreement on a dozen movies is itself noisy: `r_best` is the correlation that a
perfect match would reach if the model is right. Then what was observed for the third of the pairs
that match least and the third that match most, and what their draws had promised for these movies;
and the share of pairs whose observed agreement lies inside the 80% interval of these draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import split_clubs
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from recommender.reactions import STEPS
from recommender.taste import (
    DRAWS,
    MEASURES,
    STARS,
    TASTE,
    Drawn,
    draw_member,
    panel,
    preferences,
    same_stars,
    star_probabilities,
)

WAYS = ("club", "strangers")
LEAST, KEPT = 8, 2  # hidden movies of a pair to be judged; movies in common that strangers keep
AGREED = 0.5  # stars


def split_strangers(data: Dataset, seed: int, ratings: int = 60) -> tuple[Dataset, pd.DataFrame]:
    """Hide what two raters have in common but for `KEPT` movies; each rater is in one pair.

    Args:
        ratings: each rater has at least so many.

    Returns:
        As `split_clubs`, a club for every pair.
    """
    rng = np.random.default_rng(seed)
    user, movie = data.ratings["user_id"].to_numpy(), data.ratings["movie_id"].to_numpy()
    people, counts = np.unique(user, return_counts=True)
    people = rng.permutation(people[counts >= ratings])
    club = np.full(len(user), -1)
    for number, pair in enumerate(people[: len(people) // 2 * 2].reshape(-1, 2)):
        mine = np.isin(user, pair)
        movies, raters = np.unique(movie[mine], return_counts=True)
        both = rng.permutation(movies[raters == 2])[KEPT:]
        if len(both) >= LEAST:
            club[mine & np.isin(movie, both)] = number
    visible = Dataset(data.ratings[club < 0], data.movies)
    return visible, data.ratings[club >= 0].assign(club=club[club >= 0])


def agreement(one: np.ndarray, other: np.ndarray, crowd: np.ndarray) -> dict[str, np.ndarray]:
    """Return the share of movies with the same stars, and of pairs of movies in the same order.

    Args:
        one, other: (..., n_movies) stars of two people.
        crowd: (n_movies,) what everybody is expected to give, stars.
    """
    first, second = np.triu_indices(len(crowd), 1)
    above = [(stars - crowd)[..., first] > (stars - crowd)[..., second] for stars in (one, other)]
    return {
        STARS: (np.abs(one - other) <= AGREED).mean(axis=-1),
        TASTE: (above[0] == above[1]).mean(axis=-1),
    }


def judged(
    model: HybridModel, visible: Dataset, hidden: pd.DataFrame, seed: int
) -> Iterator[dict[str, object]]:
    """Yield one row a pair and measure: its match, and what was promised and observed."""
    theirs = visible.ratings.rename(columns={"user_id": "member_id"})
    theirs = theirs[theirs["member_id"].isin(hidden["user_id"])]
    known_rows, rng = panel(model), np.random.default_rng(seed)
    usual = model.bias.mu + model.bias.expected
    shown = theirs.pivot(index="movie_id", columns="member_id", values="rating")
    for _, club in hidden.groupby("club"):
        given = club.pivot(index="movie_id", columns="user_id", values="rating")
        given = given[model.counts[model.rows(given.index)] > 0]
        rows = model.rows(given.index)
        shared = rng.standard_normal((DRAWS, len(rows))) * np.sqrt(model.bias.uncertainty[rows])
        prefer, chances, stars = {}, {}, {}
        for member in given.columns:
            own = theirs[theirs["member_id"] == member]
            every = np.concatenate([known_rows, rows])
            both = draw_member(model, own, member, rows=every, seed=seed)
            known, asked = np.split(both.taste, [len(known_rows)], axis=1)
            prefer[member] = preferences(known)
            chances[member] = star_probabilities(
                Drawn(known, both.noise), usual[known_rows], model.thresholds
            )
            noise = both.noise * rng.standard_normal(asked.shape)
            told = usual[rows] + asked + shared + noise
            stars[member] = STEPS[np.maximum(np.searchsorted(model.thresholds, told) - 1, 0)]
        for one, other in combinations(given.columns, 2):
            at = given[[one, other]].notna().all(axis=1).to_numpy()
            if at.sum() < LEAST:
                continue
            crowd = usual[rows[at]]
            match = {
                STARS: float(np.median(same_stars(chances[one], chances[other]))),
                TASTE: float(np.median((prefer[one] == prefer[other]).mean(axis=1))),
            }
            observed = agreement(given[one].to_numpy()[at], given[other].to_numpy()[at], crowd)
            promised = agreement(stars[one][:, at], stars[other][:, at], crowd)
            seen = shown[[one, other]].dropna()
            plain = dict.fromkeys(MEASURES, np.nan)
            if len(seen) > KEPT:
                everybody = usual[model.rows(seen.index)]
                plain = agreement(seen[one].to_numpy(), seen[other].to_numpy(), everybody)
            for name in MEASURES:
                low, high = np.quantile(promised[name], (0.1, 0.9))
                yield {
                    "measure": name,
                    "match": match[name],
                    "observed": float(observed[name]),
                    "promised": float(promised[name].mean()),
                    "noise": float(promised[name].var()),
                    "plain": float(plain[name]),
                    "inside": bool(low <= observed[name] <= high),
                }


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Return one row a way of hiding and measure, see the top of this file."""
    rows = []
    for (way, measure), own in found.groupby(["way", "measure"], sort=False):
        third = pd.qcut(own["match"].rank(method="first"), 3, labels=["least", "", "most"])
        means = own.groupby(third, observed=True)[["observed", "promised"]].mean()
        total = own["promised"].var() + own["noise"].mean()
        known = own.dropna(subset=["plain"])
        rows.append(
            {
                "way": way,
                "measure": measure,
                "pairs": len(own),
                "r": own["match"].corr(own["observed"]),
                "r_plain": known["plain"].corr(known["observed"]) if len(known) > 2 else np.nan,
                "r_best": float(np.sqrt(own["promised"].var() / total)),
                "least_observed": means.at["least", "observed"],
                "least_promised": means.at["least", "promised"],
                "most_observed": means.at["most", "observed"],
                "most_promised": means.at["most", "promised"],
                "inside": own["inside"].mean(),
            }
        )
    return pd.DataFrame(rows)


def main(argv: list[str] | None = None) -> int:
    parser = command.parser("taste_match", __doc__, default_seeds="0-1")
    options = parser.parse_args(argv)
    frames = []
    for way, seed in command.steps(product(WAYS, options.seeds)):
        split = split_clubs if way == "club" else split_strangers
        visible, hidden = split(load_bundled(), seed)
        model = HybridModel.fit(visible, TrainingOptions(seed=seed))
        frames.append(pd.DataFrame(judged(model, visible, hidden, seed)).assign(way=way))
    command.show(summary(pd.concat(frames, ignore_index=True)), options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
