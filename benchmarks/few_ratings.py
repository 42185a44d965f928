"""Members of whom little is known: are the predictions ever worse than the user+item bias?

    python -m benchmarks.few_ratings --seeds 0-2

Under the club protocol, but of each member only a few ratings, drawn at random, are shown to
`react`; "all" shows every visible one. Root mean squared error in stars, ours and the bias's from
the same ratings, and the share of ratings inside ours' 80% interval. docs/pictures/learning.svg is
drawn from these figures.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.protocol import CONDITIONS, split_clubs
from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from recommender.bias import offsets
from recommender.dataset import MAX_STARS, MIN_STARS

SIZES = (0, 1, 3, 5, 10, 20, None)
DAMPING = 5.0  # of the bias, as on the leaderboard


def judged(
    model: HybridModel, visible: Dataset, hidden: pd.DataFrame, seed: int = 0
) -> pd.DataFrame:
    """Predict the hidden ratings from more and more of what their members rated.

    Returns:
        known ("0", "1", ... "all"), ours and bias (squared errors, stars²), inside (the 80%
        interval); one row a hidden rating and number of known ratings.
    """
    _, of_movie = offsets(visible.rows, DAMPING)
    theirs = visible.ratings.rename(columns={"user_id": "member_id"})
    theirs = theirs[theirs["member_id"].isin(hidden["user_id"])]
    theirs = theirs.sample(frac=1.0, random_state=seed)
    frames = []
    for size in SIZES:
        known = theirs if size is None else theirs.groupby("member_id").head(size)
        for member, judged in hidden.groupby("user_id"):
            own = known[known["member_id"] == member]
            reactions = model.react(own, judged["movie_id"], member_ids=[member])
            low, high = reactions.interval()
            rest = own["rating"] - model.mean_rating - of_movie[model.rows(own["movie_id"])]
            generosity = rest.sum() / (len(own) + DAMPING)
            bias = model.mean_rating + of_movie[model.rows(judged["movie_id"])] + generosity
            actual = judged["rating"].to_numpy()
            found = {
                "known": "all" if size is None else str(size),
                "ours": (reactions.mean[0] - actual) ** 2,
                "bias": (np.clip(bias, MIN_STARS, MAX_STARS) - actual) ** 2,
                "inside": (actual >= low[0]) & (actual <= high[0]),
            }
            frames.append(pd.DataFrame(found))
    return pd.concat(frames, ignore_index=True)


def curve(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rmse of ours and of the bias, and the share inside, by condition and known."""
    table = rows.groupby(["condition", "known"], sort=False).mean().reset_index()
    table[["ours", "bias"]] = np.sqrt(table[["ours", "bias"]])
    return table


def main(argv: list[str] | None = None) -> int:
    parser = command.parser("few_ratings", __doc__, default_seeds="0-2")
    options = parser.parse_args(argv)
    frames = []
    for condition, seed in command.steps(product(CONDITIONS, options.seeds)):
        visible, hidden = split_clubs(load_bundled(), seed, condition)
        model = HybridModel.fit(visible, TrainingOptions(seed=seed))
        frames.append(judged(model, visible, hidden, seed).assign(condition=condition))
    command.show(curve(pd.concat(frames)), options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
