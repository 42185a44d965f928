"""Hold out ratings at random."""

from __future__ import annotations

import numpy as np
import pandas as pd

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
