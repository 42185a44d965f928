"""How the error falls with the number of ratings that are known of somebody."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import linalg

from recommender.columns import MEMBER, MOVIE, RATING, USER
from recommender.dataset import MAX_STARS, MIN_STARS, Dataset, check_ratings
from recommender.evaluation.bootstrap import Tally, intervals
from recommender.evaluation.club import Crowd, without_the_club
from recommender.model import HybridModel

SIZES = (0, 1, 3, 5, 10, 20, 40, 80, 120)
SPARE = 5  # ratings to judge somebody by, beside those that are known
LOSSES = ("rmse", "bias_rmse", "mae", "bias_mae", "gap")
ROOTED = [loss.endswith("rmse") for loss in LOSSES]  # squares until the end


def sizes_that_fit(counts: pd.Series, sizes: Sequence[int] = SIZES) -> tuple[int, ...]:
    """Return those of `sizes` at which at least half of the members can be judged.

    Args:
        counts: how many ratings each member has given.
    """
    return tuple(size for size in sizes if len(counts) and (counts >= size + SPARE).mean() >= 0.5)


def learning_curve(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    sizes: Sequence[int] | None = None,
    *,
    learned: pd.DataFrame | None = None,
    repeats: int = 5,
    seed: int = 0,
) -> pd.DataFrame:
    """Predict the same ratings of the same people from more and more of their other ratings.

    Each member's ratings are shuffled `repeats` times; the first ones are known, `sizes` of them,
    and those behind the largest size are predicted. Who has too few for the largest size is left
    out at all of them: otherwise the curve would compare people, not numbers of ratings.

    Args:
        member_ratings: member_id, movie_id, rating.
        sizes: ascending; those of `sizes_that_fit` when None.
        learned: see `recommender.evaluation.club.without_the_club`.

    Returns:
        known (how many ratings), members (how many were judged), rmse and mae of ours, bias_rmse
        and bias_mae of the user+item bias, gap (how much less ours misses, mean absolute errors),
        gap_low, gap_high (95% bootstrap over members); all in stars. No row when nobody can be
        judged.
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    counts = ratings[MEMBER].value_counts()
    sizes = sizes_that_fit(counts) if sizes is None else sizes
    people = [] if not sizes else sorted(counts.index[counts >= max(sizes) + SPARE])
    columns = ["known", "members", *LOSSES, "gap_low", "gap_high"]
    if not people:
        return pd.DataFrame(columns=columns)
    crowd = without_the_club(model, ratings, learned)
    rng = np.random.default_rng(seed)
    each = [
        _losses(model, ratings[ratings[MEMBER] == member], crowd, sizes, repeats=repeats, rng=rng)
        for member in people
    ]
    total, count = (np.stack(parts) for parts in zip(*each, strict=True))
    means = total.sum(axis=0) / count.sum()
    gaps = Tally(
        tuple(str(size) for size in sizes),
        total[:, :, LOSSES.index("gap")],
        np.repeat(count[:, None], len(sizes), axis=1),
    )
    curve = pd.DataFrame(np.where(ROOTED, np.sqrt(np.abs(means)), means), columns=list(LOSSES))
    curve.insert(0, "known", list(sizes))
    curve.insert(1, "members", len(people))
    return curve.assign(
        **intervals(gaps, seed)[["low", "high"]].add_prefix("gap_").to_dict("series")
    )


def _losses(
    model: HybridModel,
    own: pd.DataFrame,
    crowd: Crowd,
    sizes: Sequence[int],
    *,
    repeats: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, int]:
    """Sums of a member's losses, (n_sizes, n_losses), and over how many predictions."""
    rows, stars, most = model.rows(own[MOVIE]), own[RATING].to_numpy(), max(sizes)
    residual = model.residual(own)
    everybody = crowd.expected.loc[own[MOVIE]].to_numpy()
    covariance = model.member_kernel(own[MEMBER].iloc[0]).covariance(rows, rows).astype(np.float64)
    at, total = list(sizes), np.zeros((len(sizes), len(LOSSES)))
    for _ in range(repeats):
        order = rng.permutation(len(own))
        known, hidden = order[:most], order[most:]
        gram = covariance[np.ix_(known, known)] + model.options.noise_variance * np.eye(most)
        factor = linalg.cholesky(gram, lower=True)
        # Row n of what both, whitened, have in common is what rating n adds to those before it.
        across = linalg.solve_triangular(factor, covariance[np.ix_(known, hidden)], lower=True)
        white = linalg.solve_triangular(factor, residual[known], lower=True)
        liking = _running(across * white[:, None])[at]
        generosity = _running(residual[known])[at] / (np.array(at) + model.options.damping)
        ours = np.clip(everybody[hidden] + liking, MIN_STARS, MAX_STARS) - stars[hidden]
        bias = everybody[hidden] + generosity[:, None]
        bias = np.clip(bias, MIN_STARS, MAX_STARS) - stars[hidden]
        misses = np.abs(ours), np.abs(bias)
        losses = (ours**2, bias**2, *misses, misses[1] - misses[0])
        total += np.stack([loss.sum(axis=1) for loss in losses], axis=1)
    return total, repeats * (len(own) - most)


def _running(parts: np.ndarray) -> np.ndarray:
    """Return the sums of the first 0, 1, 2, ... of `parts` along the first axis."""
    return np.concatenate([np.zeros_like(parts[:1]), np.cumsum(parts, axis=0)])


def change_with_more(curve: pd.DataFrame, now: float, more: int = 20) -> float:
    """Return the factor by which `more` ratings change the mean absolute error.

    Args:
        curve: from `learning_curve`, two sizes or more.
        now: how many ratings are known already. Between the sizes the curve is a straight line
            over the logarithm; behind the last it goes on as between the last two.
    """
    sizes, error = np.log1p(curve["known"].to_numpy(float)), curve["mae"].to_numpy()
    slope = (error[-1] - error[-2]) / (sizes[-1] - sizes[-2])
    wanted = np.log1p([now, now + more])
    before, after = np.interp(wanted, sizes, error) + slope * np.maximum(wanted - sizes[-1], 0)
    return float(after / before)


def raters_to_try(
    data: Dataset,
    n: int = 60,
    *,
    least: int = max(SIZES) + SPARE,
    most: int = 2 * (max(SIZES) + SPARE),
    without: Sequence[int] = (),
    seed: int = 0,
) -> tuple[int, ...]:
    """Draw `n` raters with `least` to `most` ratings, to be treated as members of a club.

    Args:
        without: user ids that are not to be drawn.

    Returns:
        user ids, ascending; all that there are where these are fewer than `n`.
    """
    counts = data.ratings[USER].value_counts().drop(list(without), errors="ignore")
    fit = np.sort(counts.index[counts.between(least, most)].to_numpy())
    drawn = np.random.default_rng(seed).permutation(fit)[:n]
    return tuple(int(user) for user in np.sort(drawn))
