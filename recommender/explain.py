"""Explanations: a prediction taken apart without a remainder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.columns import MOVIE
from recommender.dataset import MAX_STARS, MIN_STARS
from recommender.guests import is_balance, is_wish
from recommender.kernel import MemberKernel

MEAN, ITEM_BIAS, MEMBER_PART = "mean", "movie", "member"
RATED, FEATURE, LIMIT = "rated movie", "feature", "limit"
MAX_KEYWORDS = 3  # of a guest in a reason


def explain(
    kernels: Sequence[MemberKernel],
    weights: Sequence[np.ndarray],
    rated: pd.Series,
    rows: np.ndarray,
    row: int,
    *,
    mean_rating: float,
    item_bias: float,
    mean: float,
    labels: Sequence[str],
) -> pd.DataFrame:
    """Return the parts of one prediction; `HybridModel.explain` calls this.

    Args:
        kernels: the member's, first with all of LightFM's seeds, then with each seed alone.
        weights: (n_rated,) of the ratings, by each of these.
        rated: (n_rated,) movie ids of the member's ratings.
        rows: (n_rated,) their rows.
        row: of the movie predicted.
        mean_rating, item_bias: stars.
        mean: the prediction, stars.
        labels: (n_features,) for people.

    Returns:
        kind, label, stars (may be negative), movie_id (of a rated movie, otherwise missing), stable
        (whether every seed alone gives the part this sign). Kinds: "mean" (of all ratings), "movie"
        (its item bias), "member" (user bias, and how far they follow the item bias), "rated movie"
        (covariance with one, or with the keywords that a guest named), "feature" (a keyword, genre
        or decade, over all that the member rated), and "limit" where the sum was cut to 0.5..5. The
        stars sum to `mean`: what thousands of float32 products were rounded by, about 1e-6, counts
        as user bias.
    """
    wish, balance = is_wish(rated), is_balance(rated)
    stars, *seeds = (
        _parts(kernel, each, rows, row, wish=wish, balance=balance)
        for kernel, each in zip(kernels, weights, strict=True)
    )
    stable = (np.sign(seeds) == np.sign(stars)).all(axis=0)

    known = kernels[0].items.features
    features = [labels[feature] for feature in known[[row]].indices]
    ids = rated[~balance]
    names = ids.astype(str)
    wishes = known[rows[wish]]
    names[is_wish(ids)] = [
        _listed([labels[feature] for feature in sorted(words.indices)]) for words in wishes
    ]
    cut = mean - (mean_rating + item_bias + stars.sum())
    if MIN_STARS < mean < MAX_STARS:
        stars[0], cut = stars[0] + cut, 0.0
    parts: list[tuple[object, ...]] = [
        (MEAN, "everyone's average", mean_rating, pd.NA, True),
        (ITEM_BIAS, "this movie", item_bias, pd.NA, True),
        *zip(
            [MEMBER_PART] * 2 + [RATED] * len(ids) + [FEATURE] * len(features),
            ["generosity", "going with the crowd", *names, *features],
            stars,
            [pd.NA, pd.NA, *ids, *[pd.NA] * len(features)],
            stable,
            strict=True,
        ),
        *([(LIMIT, "stars end at 0.5 and 5", cut, pd.NA, True)] if cut else []),
    ]
    frame = pd.DataFrame(parts, columns=["kind", "label", "stars", MOVIE, "stable"])
    return frame.astype({MOVIE: "Int64", "stars": "float64", "stable": "bool"})


def _listed(words: list[str]) -> str:
    """Return "heist", "heist and paris" or "heist, paris, rome and 2 more"."""
    shown, more = words[:MAX_KEYWORDS], len(words) - MAX_KEYWORDS
    if more > 0:
        shown.append(f"{more} more")
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def _parts(
    kernel: MemberKernel,
    weights: np.ndarray,
    rated: np.ndarray,
    row: int,
    *,
    wish: np.ndarray,
    balance: np.ndarray,
) -> np.ndarray:
    """Return user bias, item slope, each rated movie, and each feature of the movie; stars.

    What a guest's keywords and balancing movies say of every movie alike counts as user bias; the
    features that such keywords share with the movie count as theirs.
    """
    items, v = kernel.items, kernel.items.variances
    user_bias = np.full(len(rated), v.user_bias)
    slope = v.item_slope * items.item_bias[row] * items.item_bias[rated]
    own = items.features[[row]]
    shared = v.features * items.features[rated].multiply(own).tocsr()[:, own.indices]
    shared = sparse.diags_array((~wish).astype(np.float32)) @ shared
    near = kernel.covariance(rated, np.array([row]))[:, 0].astype(np.float64)
    near -= user_bias + slope + np.asarray(shared.sum(axis=1)).ravel()
    alike = near * balance
    everything = np.arange(len(items.item_bias))
    alike[wish] = items.embedding_covariance(rated[wish], everything).mean(axis=1)
    user_bias += alike
    near -= alike
    by_feature = shared.T.astype(np.float64) @ weights
    return np.concatenate(
        [[user_bias @ weights, slope @ weights], (near * weights)[~balance], by_feature]
    )
