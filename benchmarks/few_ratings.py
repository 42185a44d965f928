"""Members of whom little is known: are the predictions ever worse than the user+item bias?

    python benchmarks/few_ratings.py --seeds 0-2

Under the club protocol, but of each member only a few ratings, drawn at random, are shown to
`react`; "all" shows every visible one. Root mean squared error in stars, ours and the bias's from
the same ratings, and the share of ratings inside ours' 80% interval.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import pandas as pd

from recommender import HybridModel, TrainingOptions, load_bundled
from recommender.bias import offsets
from recommender.evaluation.protocol import CONDITIONS, Clubs, split_clubs

SIZES = (0, 1, 3, 5, 10, 20, None)
DAMPING = 5.0  # of the bias, as on the leaderboard


def one_split(seed: int, condition: str) -> pd.DataFrame:
    """Return one row a hidden rating and number of known ratings."""
    data, hidden = split_clubs(load_bundled(), seed, condition, Clubs())
    model = HybridModel.fit(data, TrainingOptions(seed=seed))
    _, of_movie = offsets(data.rows, DAMPING)
    visible = data.ratings.rename(columns={"user_id": "member_id"})
    visible = visible[visible["member_id"].isin(hidden["user_id"])]
    visible = visible.sample(frac=1.0, random_state=seed)
    frames = []
    for size in SIZES:
        known = visible if size is None else visible.groupby("member_id").head(size)
        for member, judged in hidden.groupby("user_id"):
            own = known[known["member_id"] == member]
            reactions = model.react(own, judged["movie_id"], member_ids=[member])
            low, high = reactions.interval()
            rest = own["rating"] - model.bias.mu - of_movie[model.rows(own["movie_id"])]
            generosity = rest.sum() / (len(own) + DAMPING)
            bias = model.bias.mu + of_movie[model.rows(judged["movie_id"])] + generosity
            actual = judged["rating"].to_numpy()
            frames.append(
                pd.DataFrame(
                    {
                        "condition": condition,
                        "known": "all" if size is None else str(size),
                        "ours": (reactions.mean[0] - actual) ** 2,
                        "bias": (np.clip(bias, 0.5, 5.0) - actual) ** 2,
                        "inside": (actual >= low[0]) & (actual <= high[0]),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", default="0-2", help="such as 0-2 (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(argv)
    first, _, last = options.seeds.partition("-")
    seeds = range(int(first), int(last or first) + 1)
    found = pd.concat([one_split(seed, c) for c in CONDITIONS for seed in seeds])
    table = found.groupby(["condition", "known"], sort=False).mean().reset_index()
    table[["ours", "bias"]] = np.sqrt(table[["ours", "bias"]])
    if options.json:
        print(json.dumps(table.to_dict("records")))
    else:
        print(table.to_string(index=False, float_format="%.4f"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
