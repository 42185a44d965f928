"""The people protocol: strangers of whom nothing, little or much is known, for any model.

A fifth of the raters is held out whole: no model learns where movies lie from them. Random movies
of each are hidden, and of their other ratings 0 to 50 are known. Ours reacts to those; every other
model learns anew with them. Fold 0 (user_id % 5 == 0) is kept out of all tuning; `--final` judges
it alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import pandas as pd

from benchmarks import command
from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import Dataset
from recommender.errors import DataError
from recommender.evaluation.baselines import Fit
from recommender.evaluation.bootstrap import differences
from recommender.evaluation.evaluate import error_tally
from recommender.model import LIKED, HybridModel

FOLDS, FINAL, TUNING = 5, 0, (1, 2, 3, 4)
SIZES = (0, 1, 2, 3, 5, 10, 20, 50)  # ratings known
HIDDEN = 40  # movies of each person, at most
EDGES = {  # the first value of each bucket
    "movie's ratings": (0, 1, 2, 5, 10, 20, 50, 100),
    "movie's year": (0, 1980, 1995, 2005, 2010),
    "own spread": (0.0, 0.5, 0.75, 1.0, 1.25),
    "own mean": (0.0, 2.5, 3.0, 3.5, 4.0),
}


def split_people(data: Dataset, fold: int) -> tuple[Dataset, pd.DataFrame, pd.DataFrame]:
    """Hold out the people of a fold.

    Returns:
        What everybody else rated; of the people held out the ratings that may be known, in random
        order, and those that are hidden. Only people with enough for both, the same at every size.

    Raises:
        DataError: nobody in the fold has enough ratings.
    """
    out = data.ratings[USER] % FOLDS == fold
    mixed = data.ratings[out].sample(frac=1.0, random_state=fold)
    count = mixed.groupby(USER)[USER].transform("size")
    number = mixed.groupby(USER).cumcount()
    hidden = number < np.minimum(count - max(SIZES), HIDDEN)
    enough = count > max(SIZES)
    if not hidden.any():
        raise DataError(f"Nobody in fold {fold} has more than {max(SIZES)} ratings.")
    return Dataset(data.ratings[~out], data.movies), mixed[enough & ~hidden], mixed[hidden]


def run_people(data: Dataset, *, folds: Sequence[int], models: Mapping[str, Fit]) -> pd.DataFrame:
    """Run every model on every fold and size, with a progress bar.

    Returns:
        One row a model, size and hidden rating: model, fold, user_id, movie_id, rating, stars
        (predicted), low, high, like (NaN where a model gives none), known, and those of EDGES.
    """
    frames, years = [], data.movies["year"].astype("float64").fillna(0)
    for fold, name in command.steps(product(folds, models)):
        visible, known, hidden = split_people(data, fold)
        counts = visible.rating_counts.reindex(hidden[MOVIE]).to_numpy()
        own = data.ratings.groupby(USER)[RATING].agg(["mean", "std"]).loc[hidden[USER]]
        model = models[name](visible, fold)
        for size in SIZES:
            some = known.groupby(USER).head(size)
            both = Dataset(pd.concat([visible.ratings, some]), data.movies)
            if size and not isinstance(model, HybridModel):
                model = models[name](both, fold)
            found = model.predict(hidden[[USER, MOVIE]], both)
            columns = {
                "model": name,
                "fold": fold,
                "stars": found.stars,
                "low": np.nan if found.low is None else found.low,
                "high": np.nan if found.high is None else found.high,
                "like": np.nan if found.like is None else found.like,
                "known": size,
                "movie's ratings": counts,
                "movie's year": years.loc[hidden[MOVIE]].to_numpy(),
                "own spread": own["std"].to_numpy(),
                "own mean": own["mean"].to_numpy(),
            }
            if not found.order_only:
                frames.append(hidden[[USER, MOVIE, RATING]].assign(**columns))
    return pd.concat(frames, ignore_index=True)


def buckets(rows: pd.DataFrame, ours: str) -> pd.DataFrame:
    """Return the figures of every model by bucket, from the rows of `run_people`.

    Returns:
        by, bucket (from which value on), model, n (ratings), rmse, error (mean), inside (share of
        ratings in the 80% interval), and difference (of rmse, `ours` - model), low, high (paired
        95% bootstrap over people). "known" has all sizes, the others the largest.
    """
    found = []
    most = rows[rows["known"] == rows["known"].max()]
    for by, edges in {"known": SIZES, **EDGES}.items():
        part = rows if by == "known" else most
        start = np.array(edges)[np.searchsorted(edges, part[by], side="right") - 1]
        for first, here in part.groupby(start):
            by_model = here.groupby("model", sort=False)
            tallies = {m: error_tally(one, one["stars"]).only(["rmse"]) for m, one in by_model}
            for model, one in by_model:
                error = one["stars"] - one[RATING]
                inside = one[RATING].between(one["low"], one["high"]).where(one["low"].notna())
                row = {"by": by, "bucket": first, "model": model, "n": len(one)}
                row |= {"rmse": np.sqrt((error**2).mean()), "error": error.mean()}
                row["inside"] = inside.astype("float64").mean()
                if ours in tallies and model != ours:
                    gap = differences([tallies[ours]], [tallies[model]]).iloc[0]
                    row |= gap[["difference", "low", "high"]].to_dict()
                found.append(row)
    return pd.DataFrame(found)


def reliability(rows: pd.DataFrame) -> pd.DataFrame:
    """Return model, tenth, n, expected and observed (shares of 4 stars or more)."""
    given = rows[rows["like"].notna()]
    tenth = (given["like"] * 10).astype(int).clip(upper=9)
    liked = (given[RATING] >= LIKED).astype("float64")
    groups = given.assign(liked=liked).groupby([given["model"], tenth.rename("tenth")])
    found = groups.agg(n=("like", "size"), expected=("like", "mean"), observed=("liked", "mean"))
    return found.reset_index()
