"""Do five ratings that the app asks for teach more than five others?

    python -m benchmarks.questions --seeds 0-2

Members of simulated clubs start with a few of their ratings. Then they rate five more movies that
they have seen: those that the app asks for, five random ones, or the five that most people have
rated. Judged on the ratings that the club protocol hides: root mean squared error in stars, and
the variance that is left, both less is better. The interval (95%) of the difference to ours comes
from a bootstrap over members.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import split_clubs
from recommender import HybridModel, TrainingOptions, load_bundled
from recommender.suggest import to_rate

START, MORE, SHORTLIST = 5, 5, 10
WAYS = ("nothing more", "asked for", "random", "popular")


def more_ratings(
    way: str, model: HybridModel, known: pd.DataFrame, pool: pd.DataFrame, shortlist: list[int]
) -> list[int]:
    """Return the movies that the member rates next."""
    movies = pool["movie_id"].to_numpy()
    if way == "nothing more":
        return []
    if way == "random":
        return list(np.random.default_rng(len(movies)).choice(movies, MORE, replace=False))
    if way == "popular":
        return list(movies[np.argsort(-model.rating_counts(movies), kind="stable")[:MORE]])
    member = int(pool["member_id"].iloc[0])
    asked = to_rate(model, known, member, shortlist, candidates=movies, limit=MORE)
    return list(asked["movie_id"])


def one_seed(seed: int) -> pd.DataFrame:
    """Return one row a member and way: squared error and variance on a shortlist."""
    data, hidden = split_clubs(load_bundled(), seed, "warm")
    model = HybridModel.fit(data, TrainingOptions(seed=seed))
    visible = data.ratings.rename(columns={"user_id": "member_id"})
    rng = np.random.default_rng(seed)
    rows = []
    for member, unseen in hidden.groupby("user_id"):
        own = visible[visible["member_id"] == member]
        own = own.iloc[rng.permutation(len(own))]
        known, pool = own.iloc[:START], own.iloc[START:]
        judged = unseen.iloc[rng.permutation(len(unseen))[:SHORTLIST]]
        shortlist = judged["movie_id"].tolist()
        for way in WAYS:
            chosen = more_ratings(way, model, known, pool, shortlist)
            rated = pd.concat([known, pool[pool["movie_id"].isin(chosen)]])
            reactions = model.react(rated, shortlist)
            error = (reactions.mean[0] - judged["rating"].to_numpy()) ** 2
            rows.append((seed, member, way, error.mean(), (reactions.sd**2).mean()))
    return pd.DataFrame(rows, columns=["seed", "member", "way", "error", "variance"])


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Return a row a way: rmse, its difference to ours with an interval, and the variance left."""
    errors = found.pivot_table(index=["seed", "member"], columns="way", values="error")
    draws = np.random.default_rng(0).integers(len(errors), size=(1000, len(errors)))
    rows = []
    for way in WAYS:
        drawn = np.sqrt(errors[way].to_numpy()[draws].mean(axis=1)) - np.sqrt(
            errors["asked for"].to_numpy()[draws].mean(axis=1)
        )
        low, high = np.quantile(drawn, [0.025, 0.975])
        rmse = float(np.sqrt(errors[way].mean()))
        excess = rmse - float(np.sqrt(errors["asked for"].mean()))
        variance = found.loc[found["way"] == way, "variance"].mean()
        rows.append((way, rmse, excess, low, high, variance))
    return pd.DataFrame(rows, columns=["way", "rmse", "excess", "low", "high", "variance"])


def main(argv: list[str] | None = None) -> int:
    parser = command.parser("questions", __doc__, default_seeds="0-2")
    options = parser.parse_args(argv)
    frames = [one_seed(seed) for seed in command.steps(options.seeds)]
    command.show(summary(pd.concat(frames, ignore_index=True)), options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
