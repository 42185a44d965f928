"""Members with few ratings: are the predictions ever worse than the user+item bias?

    python -m benchmarks.few_ratings --seeds 0-2

Under the club protocol, but `react` sees only a few ratings of each member, drawn at random ("all":
every visible one). Root mean squared error in stars of ours and of the bias from the same ratings,
and the share of ratings inside ours' 80% interval.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import CONDITIONS, split_clubs
from recommender import HybridModel, TrainingOptions, load_bundled
from recommender.bias import offsets
from recommender.dataset import MAX_STARS, MIN_STARS

SIZES = (0, 1, 3, 5, 10, 20, None)
DAMPING = 5.0  # of the bias, as on the leaderboard


def one_seed(seed: int) -> pd.DataFrame:
    """Return condition, known ("0", "1", ... "all"), ours and bias (squared errors), inside."""
    frames = []
    for condition in CONDITIONS:
        visible, hidden = split_clubs(load_bundled(), seed, condition)
        model = HybridModel.fit(visible, TrainingOptions(seed=seed))
        _, of_movie = offsets(visible.rows, DAMPING)
        theirs = visible.ratings.rename(columns={"user_id": "member_id"})
        theirs = theirs[theirs["member_id"].isin(hidden["user_id"])]
        theirs = theirs.sample(frac=1.0, random_state=seed)
        for size in SIZES:
            known = theirs if size is None else theirs.groupby("member_id").head(size)
            for member, unseen in hidden.groupby("user_id"):
                own = known[known["member_id"] == member]
                reactions = model.react(own, unseen["movie_id"], member_ids=[member])
                low, high = reactions.interval()
                rest = own["rating"] - model.mean_rating - of_movie[model.rows(own["movie_id"])]
                user_bias = rest.sum() / (len(own) + DAMPING)
                bias = model.mean_rating + of_movie[model.rows(unseen["movie_id"])] + user_bias
                found = {
                    "condition": condition,
                    "known": "all" if size is None else str(size),
                    "ours": (reactions.mean[0] - unseen["rating"]) ** 2,
                    "bias": (np.clip(bias, MIN_STARS, MAX_STARS) - unseen["rating"]) ** 2,
                    "inside": unseen["rating"].between(low[0], high[0]),
                }
                frames.append(pd.DataFrame(found))
    return pd.concat(frames, ignore_index=True)


def summary(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rmse of ours and of the bias, and the share inside, by condition and known."""
    groups = rows.drop(columns="seed").groupby(["condition", "known"], sort=False)
    table = groups.mean().reset_index()
    return table.assign(ours=np.sqrt(table["ours"]), bias=np.sqrt(table["bias"]))


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    return command.run_seeds("few_ratings", __doc__, one_seed, summary, argv)


if __name__ == "__main__":
    raise SystemExit(main())
