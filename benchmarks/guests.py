"""Guests of whom a few extremes are known: what do named movies and keywords say about the rest?

    python -m benchmarks.guests --seeds 0-2

Raters unknown to the model are the guests. From one half of their ratings they name three of the
movies that they gave most stars (drawn among them, the well-known ones more often) and two with
fewest, or the three keywords that they like most (by the shrunk mean of what is left of their
stars) and the one that they like least. The other half is predicted from that. "unbalanced" is
the rmse without the balancing movies that recommender/guests.py adds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import score
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from recommender.evaluation.splits import raters_to_try
from recommender.guests import HATED, LOVED, imagined, is_balance

GUESTS, LEAST = 100, 40  # guests a seed, and how many ratings each has
LOVES, HATES, LIKES, DISLIKES, RANDOM = 3, 2, 3, 1, 5
DAMPING = 4.0  # movies that a keyword's mean is mixed with


@dataclass(frozen=True)
class Said:
    """What a guest says, and all that the model is to know of them.

    Args:
        named: member_id, movie_id, rating: LOVED or HATED.
        likes, dislikes: keywords.
        gave: member_id, movie_id, rating: the stars that are used for the named movies.
    """

    named: pd.DataFrame
    likes: tuple[str, ...] = ()
    dislikes: tuple[str, ...] = ()
    gave: pd.DataFrame | None = None


def extremes(
    model: HybridModel, past: pd.DataFrame, n: int, sign: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return the `n` ratings with most stars (`sign` 1) or fewest (-1).

    Ties are drawn in proportion to the number of ratings of each movie.
    """
    stars, counts = sign * past["rating"].to_numpy(), model.rating_counts(past["movie_id"])
    last = np.sort(stars)[-n]
    sure, level = np.flatnonzero(stars > last), np.flatnonzero(stars == last)
    chance = counts[level] / counts[level].sum()
    return past.iloc[[*sure, *rng.choice(level, n - len(sure), replace=False, p=chance)]]


def keywords(model: HybridModel, past: pd.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the keywords liked most and least: shrunk means of stars above the expected ones."""
    expected = model.expected(past["movie_id"])["expected"].to_numpy()
    left = past["rating"].to_numpy() - expected
    has = (model.kernel.features[model.rows(past["movie_id"])] > 0).astype(float)
    n = np.asarray(has.sum(axis=0)).ravel()
    mean = has.T @ (left - left.mean()) / (n + DAMPING)
    mean[(np.array(model.features.kinds) != "keyword") | (n < 2)] = 0.0
    order, labels = np.argsort(-mean, kind="stable"), model.features.labels
    return (
        tuple(labels[word] for word in order[:LIKES] if mean[word] > 0),
        tuple(labels[word] for word in order[::-1][:DISLIKES] if mean[word] < 0),
    )


def ways(model: HybridModel, past: pd.DataFrame, rng: np.random.Generator) -> dict[str, Said]:
    """Return what one guest says, way by way."""
    loves = extremes(model, past, LOVES, 1, rng)
    hates = extremes(model, past.drop(loves.index), HATES, -1, rng)
    loved, hated = loves.assign(rating=LOVED), hates.assign(rating=HATED)
    both, nothing = pd.concat([loved, hated]), past.iloc[:0]
    milder = pd.concat([loves.assign(rating=LOVED - 0.5), hates.assign(rating=HATED + 0.5)])
    likes, dislikes = keywords(model, past)
    return {
        "nothing: the crowd's opinion": Said(nothing),
        f"{RANDOM} random ratings": Said(nothing, gave=past.sample(RANDOM, random_state=rng)),
        "3 + 2 movies, their stars": Said(nothing, gave=pd.concat([loves, hates])),
        "3 + 2 movies, 5 and 1": Said(both),
        "3 + 2 movies, 4.5 and 1.5": Said(both, gave=milder),
        "3 loved movies": Said(loved),
        "2 hated movies": Said(hated),
        "3 + 1 keywords": Said(nothing, likes, dislikes),
        "3 liked keywords": Said(nothing, likes),
        "3 + 2 movies, 3 + 1 keywords": Said(both, likes, dislikes),
    }


def judged(model: HybridModel, said: Said, unseen: pd.DataFrame) -> pd.DataFrame:
    """Return `unseen` with guess, low, high (80%) and unbalanced (a guess), all in stars."""
    guest = int(unseen["member_id"].iloc[0])
    words = pd.DataFrame({"likes": [said.likes], "dislikes": [said.dislikes]}, index=[guest])
    evidence = imagined(words, said.named, model.features)
    taught = model.with_movies(evidence.movies)
    known = pd.concat([said.named if said.gave is None else said.gave, evidence.ratings])
    balance = is_balance(known["movie_id"])
    reactions, plain = (
        taught.react(own, unseen["movie_id"], member_ids=[guest])
        for own in (known, known[~balance])
    )
    low, high = reactions.interval()
    return unseen.assign(
        guess=reactions.mean[0], low=low[0], high=high[0], unbalanced=plain.mean[0]
    )


def one_seed(seed: int) -> pd.DataFrame:
    """Return one row a guest, way and unseen rating; see `judged`."""
    data = load_bundled()
    guests = raters_to_try(data, GUESTS, least=LEAST, most=len(data.ratings), seed=seed)
    theirs = data.ratings["user_id"].isin(guests)
    visible = Dataset(data.ratings[~theirs], data.movies)
    model = HybridModel.fit(visible, TrainingOptions(seed=seed))
    known = data.ratings[theirs & data.ratings["movie_id"].isin(visible.ratings["movie_id"])]
    known = known.rename(columns={"user_id": "member_id"})
    rng = np.random.default_rng(seed)
    frames = []
    for _, own in known.groupby("member_id"):
        mixed = own[["member_id", "movie_id", "rating"]].sample(frac=1.0, random_state=rng)
        past, unseen = mixed.iloc[: len(own) // 2], mixed.iloc[len(own) // 2 :]
        for way, said in ways(model, past, rng).items():
            frames.append(judged(model, said, unseen).assign(way=way))
    return pd.concat(frames, ignore_index=True)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a row a way: rmse, mae, order, coverage, unbalanced (an rmse)."""
    # Another seed's guests may be the same people.
    rows = rows.assign(club=0, user_id=rows["member_id"] + rows["seed"] * 10**6)
    found = []
    for way, own in rows.groupby("way", sort=False):
        figures = score(own, own["guess"], own["low"], own["high"])
        wanted = {name: figures[name] for name in ("rmse", "mae", "order", "coverage")}
        plain = score(own, own["unbalanced"])["rmse"]
        found.append({"said": way, **wanted, "unbalanced": plain})
    return pd.DataFrame(found)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    return command.run_seeds("guests", __doc__, one_seed, summary, argv)


if __name__ == "__main__":
    raise SystemExit(main())
