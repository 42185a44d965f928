"""Hold out ratings, or whole raters, at random."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recommender.columns import USER
from recommender.dataset import Dataset
from recommender.errors import DataError


def random_split(data: Dataset, seed: int = 0, share: float = 0.2) -> tuple[Dataset, pd.DataFrame]:
    """Hide a random `share` (0..1) of all ratings.

    Returns:
        The data without them, and the hidden ratings in their order.

    Raises:
        DataError: there are too few ratings to hide and to keep at least one.
    """
    n = len(data.ratings)
    n_hidden = round(n * share)
    if not 0 < n_hidden < n:
        raise DataError(f"{n} ratings are too few to hold out {share:.0%} of them.")
    hidden = np.zeros(n, dtype=bool)
    hidden[np.random.default_rng(seed).permutation(n)[:n_hidden]] = True
    return (
        Dataset(data.ratings[~hidden], data.movies),
        data.ratings[hidden].reset_index(drop=True),
    )


def raters_to_try(
    data: Dataset,
    n: int = 60,
    *,
    least: int = 125,
    most: int = 250,
    without: Sequence[int] = (),
    seed: int = 0,
) -> tuple[int, ...]:
    """Draw `n` raters with `least` to `most` ratings, to be held out and treated as members.

    Returns:
        User ids, ascending, none of `without`; fewer than `n` where there are not enough.
    """
    counts = data.ratings[USER].value_counts().drop(list(without), errors="ignore")
    fit = np.sort(counts.index[counts.between(least, most)].to_numpy())
    drawn = np.random.default_rng(seed).permutation(fit)[:n]
    return tuple(int(user) for user in np.sort(drawn))
