"""Does the match of two members say how they will agree on movies that neither has rated yet?

    python -m benchmarks.taste_match --seeds 0-1

Two ways of hiding what real raters gave:

    club       under the club protocol: 30% of the movies that three of a club rated, from all of it
    strangers  pairs of raters keep at most two of the movies that both rated, as in a club whose
               members hardly saw the same movies

Every pair with at least eight hidden movies is judged, by both measures of `recommender.taste`:

    r, r_plain   correlation with the agreement observed on the hidden movies: of the match, taken
                 from well-known movies, and of the agreement on the movies that both rated visibly
    r_best       correlation that a perfect match would reach if the model is right (agreement on a
                 dozen movies is noisy)
    least, most  agreement observed for the third of the pairs with the lowest and highest match,
                 and as promised by draws of their tastes for these movies
    inside       share of pairs whose observed agreement lies in the 80% interval of these draws
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

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
        crowd: (n_movies,) the expected stars of a member without ratings.
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
    crowd = model.expected(model.movie_ids)
    usual, doubt = (crowd[column].to_numpy() for column in ("expected", "variance"))
    shown = theirs.pivot(index="movie_id", columns="member_id", values="rating")
    for _, club in hidden.groupby("club"):
        given = club.pivot(index="movie_id", columns="user_id", values="rating")
        given = given[model.rating_counts(given.index) > 0]
        rows = model.rows(given.index)
        shared = rng.standard_normal((DRAWS, len(rows))) * np.sqrt(doubt[rows])
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
            match = {
                STARS: np.median(same_stars(chances[one], chances[other])),
                TASTE: np.median((prefer[one] == prefer[other]).mean(axis=1)),
            }
            on_hidden = usual[rows[at]]
            observed = agreement(*(given[who].to_numpy()[at] for who in (one, other)), on_hidden)
            promised = agreement(*(stars[who][:, at] for who in (one, other)), on_hidden)
            seen = shown[[one, other]].dropna()
            plain = dict.fromkeys(MEASURES, np.array(np.nan))
            if len(seen) > KEPT:
                plain = agreement(*seen.to_numpy().T, usual[model.rows(seen.index)])
            for name in MEASURES:
                low, high = np.quantile(promised[name], (0.1, 0.9))
                yield {
                    "measure": name,
                    "match": match[name],
                    "observed": observed[name],
                    "promised": promised[name].mean(),
                    "noise": promised[name].var(),
                    "plain": float(plain[name]),
                    "inside": low <= observed[name] <= high,
                }


def one_seed(seed: int) -> pd.DataFrame:
    """Return the rows of `judged` for both ways of hiding."""
    frames = []
    for way, split in {"club": split_clubs, "strangers": split_strangers}.items():
        visible, hidden = split(load_bundled(), seed)
        model = HybridModel.fit(visible, TrainingOptions(seed=seed))
        frames.append(pd.DataFrame(judged(model, visible, hidden, seed)).assign(way=way))
    return pd.concat(frames, ignore_index=True)


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Return one row a way of hiding and measure, with the columns explained above."""
    rows = []
    for (way, measure), own in found.groupby(["way", "measure"], sort=False):
        third = pd.qcut(own["match"].rank(method="first"), 3, labels=["least", "", "most"])
        means = own.groupby(third, observed=True)[["observed", "promised"]].mean()
        spread = own["promised"].var()
        row = {
            "way": way,
            "measure": measure,
            "pairs": len(own),
            "r": own["match"].corr(own["observed"]),
            "r_plain": own["plain"].corr(own["observed"], min_periods=3),
            "r_best": np.sqrt(spread / (spread + own["noise"].mean())),
        }
        for end in ("least", "most"):
            row |= {f"{end}_{name}": means.at[end, name] for name in means}
        rows.append(row | {"inside": own["inside"].mean()})
    return pd.DataFrame(rows)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    return command.run_seeds("taste_match", __doc__, one_seed, summary, argv)


if __name__ == "__main__":
    raise SystemExit(main())
