"""Do five ratings that the app asks for teach more than five others?

    python -m benchmarks.questions --seeds 0-2

Members of simulated clubs start with a few of their ratings. Then they rate five more movies that
they have seen: those that the app asks for, five random ones, or the five with most ratings.
Judged on ratings that the club protocol hides: root mean squared error in stars, and the variance
that is left. `excess` is the error above that of "asked for", with its 95% bootstrap over members.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import split_clubs
from recommender import HybridModel, TrainingOptions, load_bundled
from recommender.evaluation.bootstrap import Tally, differences
from recommender.suggest import to_rate

START, MORE, SHORTLIST = 5, 5, 10
WAYS = ("nothing more", "asked for", "random", "popular")


def one_seed(seed: int) -> pd.DataFrame:
    """Return member, way, error (stars², mean of a shortlist) and variance (stars²)."""
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
        shortlist, movies = judged["movie_id"].tolist(), pool["movie_id"].to_numpy()
        asked = to_rate(model, known, member, shortlist, candidates=movies, limit=MORE)
        chosen = {
            "nothing more": [],
            "asked for": asked["movie_id"],
            "random": np.random.default_rng(len(movies)).choice(movies, MORE, replace=False),
            "popular": movies[np.argsort(-model.rating_counts(movies), kind="stable")[:MORE]],
        }
        for way in WAYS:
            rated = pd.concat([known, pool[pool["movie_id"].isin(chosen[way])]])
            reactions = model.react(rated, shortlist)
            error = (reactions.mean[0] - judged["rating"].to_numpy()) ** 2
            rows.append((member, way, error.mean(), (reactions.sd**2).mean()))
    return pd.DataFrame(rows, columns=["member", "way", "error", "variance"])


def summary(found: pd.DataFrame) -> pd.DataFrame:
    """Return a row a way: rmse, its excess with an interval, and the variance left."""
    errors = found.pivot_table(index=["seed", "member"], columns="way", values="error")
    of = {
        way: Tally(("rmse",), errors[[way]].to_numpy(), np.ones((len(errors), 1))) for way in WAYS
    }
    excess = pd.concat([differences([of[way]], [of["asked for"]]) for way in WAYS])
    table = pd.DataFrame({"way": WAYS, "rmse": [of[way].as_dict()["rmse"] for way in WAYS]})
    table[["excess", "low", "high"]] = excess[["difference", "low", "high"]].to_numpy()
    return table.assign(variance=found.groupby("way")["variance"].mean()[[*WAYS]].to_numpy())


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    return command.run_seeds("questions", __doc__, one_seed, summary, argv)


if __name__ == "__main__":
    raise SystemExit(main())
