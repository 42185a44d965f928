"""Is the chance of "4 stars or more" kept, and better than simple guesses that are calibrated too?

    python benchmarks/chances.py --seeds 0-1

Under the club protocol. Every model's chances are calibrated on the visible ratings only. Brier
score (mean squared error of the chance, less is better), the mean chance and the share that was
liked; excess is the Brier score above ours, with a 95% bootstrap over clubs.
"""

from __future__ import annotations

import command
import numpy as np
import pandas as pd

from recommender import Dataset, HybridModel, TrainingOptions, load_bundled
from recommender.evaluation.baselines import BASELINES
from recommender.evaluation.bootstrap import Tally, differences
from recommender.evaluation.chances import learn_chances
from recommender.evaluation.predict import LIKED, react_to_pairs
from recommender.evaluation.protocol import CONDITIONS, split_clubs

OURS = "ours"
CURVES = {"user+item bias": "bias", "member mean": "member_mean", "constant": "constant"}


def promised(
    visible: Dataset, hidden: pd.DataFrame, options: TrainingOptions
) -> dict[str, np.ndarray]:
    """Return each model's chance (0..1) that each hidden rating is 4 stars or more."""
    model = HybridModel.fit(visible, options)
    chances = learn_chances(model, visible.ratings)
    found = {OURS: np.asarray(react_to_pairs(model, visible.ratings, hidden).like)}
    for name, curve in CURVES.items():
        stars = BASELINES[name](visible, hidden, options.seed).stars
        found[name] = chances.of(curve, pd.Series(stars)).to_numpy()
    return found


def squared_errors(chance: np.ndarray, hidden: pd.DataFrame) -> Tally:
    """Return the squared errors of the chances, club by club."""
    error = (chance - (hidden["rating"] >= LIKED)) ** 2
    by_club = error.groupby(hidden["club"])
    total, count = (part.to_numpy(float)[:, None] for part in (by_club.sum(), by_club.size()))
    return Tally(("brier",), total, count)


def summary(runs: list[tuple[pd.DataFrame, dict[str, np.ndarray]]]) -> pd.DataFrame:
    """Return a row a model: Brier score, excess over ours, mean chance, share liked."""
    liked = np.mean([(hidden["rating"] >= LIKED).mean() for hidden, _ in runs])
    tallies = {
        name: [squared_errors(chances[name], hidden) for hidden, chances in runs]
        for name in (OURS, *CURVES)
    }
    rows = []
    for name, tally in tallies.items():
        excess = differences(tally, tallies[OURS]).iloc[0]
        rows.append(
            {
                "model": name,
                "brier": float(np.mean([one.values()[0] for one in tally])),
                "excess": excess["difference"],
                "low": excess["low"],
                "high": excess["high"],
                "promised": float(np.mean([chances[name].mean() for _, chances in runs])),
                "liked": liked,
            }
        )
    return pd.DataFrame(rows)


def main(argv: list[str] | None = None) -> int:
    parser = command.parser(__doc__)
    parser.add_argument(
        "--seeds", type=command.seeds, default="0-1", help="such as 0-1 (default %(default)s)"
    )
    options = parser.parse_args(argv)
    data, frames = load_bundled(), []
    for condition in CONDITIONS:
        runs = []
        for done, seed in enumerate(options.seeds):
            command.progress(done, len(options.seeds), f"{condition}, seed {seed}")
            visible, hidden = split_clubs(data, seed, condition)
            runs.append((hidden, promised(visible, hidden, TrainingOptions(seed=seed))))
        frames.append(summary(runs).assign(condition=condition))
    command.progress(len(options.seeds), len(options.seeds), "done")
    command.show(pd.concat(frames, ignore_index=True), options.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
