"""How well the members of a club match, also those who hardly rated the same movies.

A member's ratings leave a joint distribution over their taste for any movies (see
`recommender.kernel`).
Tastes are drawn from it for a panel of movies that many people know, and every draw of two members
is compared in two ways:

    stars   how likely both give a movie of the panel the same stars, half a star up or down
    taste   of two movies of the panel, how often both prefer the same one when what everybody
            thinks of the movies is left aside: that both like good movies does not count, nor how
            generous they are, and chance is one half

The spread of a figure over the draws says how sure it is. Without ratings two tastes are
independent, so a little data says one half in the second way, with a wide interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import linalg
from scipy.special import ndtr

from recommender.columns import MEMBER, MOVIE, RATING
from recommender.dataset import check_ratings
from recommender.model import HybridModel

STARS, TASTE = "stars", "taste"
MEASURES = (STARS, TASTE)
FIRST, SECOND = "first", "second"  # the columns that name a pair, in the order of the members
PANEL, DRAWS = 200, 200
COMPARED = 25  # other movies that each of the panel is compared with
CHANCE = 0.5
TAILS = (0.5, 0.1, 0.9)  # a figure, and the ends of its 80% interval
SURE = 0.95  # of the draws on one side, before that is called sure


@dataclass(frozen=True)
class Drawn:
    """Draws of what a member thinks of some movies.

    Args:
        liking: (n_draws, n_movies) stars above what everybody expects.
        noise: standard deviation of a rating around it, stars.
    """

    liking: np.ndarray
    noise: float


def well_known(model: HybridModel, limit: int = PANEL) -> np.ndarray:
    """Return the rows of the movies that most people rated, at most `limit`."""
    rows = np.argsort(-model.counts, kind="stable")[:limit]
    return rows[model.counts[rows] > 0]


def draw_taste(
    model: HybridModel,
    own_ratings: pd.DataFrame,
    member_id: int,
    rows: np.ndarray,
    *,
    rng: np.random.Generator,
    draws: int = DRAWS,
) -> Drawn:
    """Draw a member's taste for several movies together, from what their own ratings leave open.

    Args:
        own_ratings: movie_id, rating; checked. None of them leaves everything open.
        rows: of movies that somebody rated.
    """
    # Not through the model's kept columns: those are of all movies, and only these are needed.
    kernel = replace(model.kernel(member_id), everyones=model.space)
    taste = model.taste(own_ratings, kernel)
    prior = kernel.covariance(rows, rows).astype(np.float64)
    mean = np.zeros(len(rows))
    if len(taste.rated):
        across = kernel.covariance(taste.rated, rows).astype(np.float64)
        known = linalg.solve_triangular(taste.factor, across, lower=True)
        mean, prior = taste.pull @ across, prior - known.T @ known
    spread = float(model.spread_of(taste.surprise, len(taste.rated)))
    values, vectors = np.linalg.eigh(spread * prior)
    steps = rng.standard_normal((draws, len(rows))) * np.sqrt(np.maximum(values, 0.0))
    return Drawn(mean + steps @ vectors.T, float(np.sqrt(spread * model.options.noise_variance)))


def two_by_two(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs out of `n` movies: each with the next `COMPARED` in a circle, or all there are.

    All pairs of 200 movies would take four times as long and say the same.
    """
    if n <= 2 * COMPARED:
        first, second = np.triu_indices(n, 1)
        return first, second
    step = np.repeat(np.arange(1, COMPARED + 1), n)
    at = np.tile(np.arange(n), COMPARED)
    return at, (at + step) % n


def preferences(liking: np.ndarray) -> np.ndarray:
    """Return whether the first movie of each pair of `two_by_two` is preferred.

    Args:
        liking: (..., n_movies) stars.

    Returns:
        (..., n_pairs) bool.
    """
    first, second = two_by_two(liking.shape[-1])
    return liking[..., first] > liking[..., second]


def star_chances(drawn: Drawn, crowd: np.ndarray, thresholds: np.ndarray) -> np.ndarray:
    """Return the chance of 0.5, 1, ... 5 stars for each draw and movie, (10, n_draws, n_movies).

    Args:
        crowd: (n_movies,) what everybody is expected to give, stars.
        thresholds: as in `Reactions`.
    """
    reach = (crowd + drawn.liking - thresholds[1:, None, None]) / drawn.noise
    above = ndtr(reach.astype(np.float32))  # the chance of the next half star or more
    chances = np.empty((len(thresholds), *drawn.liking.shape), dtype=np.float32)
    chances[0], chances[1:-1], chances[-1] = 1 - above[0], above[:-1] - above[1:], above[-1]
    return chances


def same_stars(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the chance that two give the same stars, half a star up or down, (n_draws,).

    Args:
        one, other: as `star_chances` returns them.
    """
    near = other.copy()
    near[1:] += other[:-1]
    near[:-1] += other[1:]
    return np.einsum("sdm,sdm->d", one, near) / one.shape[2]


def draw_member(
    model: HybridModel,
    own_ratings: pd.DataFrame,
    member_id: int,
    *,
    panel: int = PANEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Drawn:
    """Draw what one member thinks of the panel; the same whoever else is compared.

    Args:
        own_ratings: the member's member_id, movie_id, rating.
        panel: how many well-known movies, at most.
    """
    own = check_ratings(own_ratings, who=MEMBER)
    rng = np.random.default_rng([seed, member_id])
    return draw_taste(model, own, member_id, well_known(model, panel), rng=rng, draws=draws)


def matches(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    member_ids: Sequence[int],
    *,
    panel: int = PANEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Return how well every two members match, by both measures.

    Args:
        member_ratings: member_id, movie_id, rating.
        member_ids: who is compared, in order.
        panel: how many well-known movies they are compared on, at most.

    Returns:
        As `compare`.
    """
    ratings = check_ratings(member_ratings, who=MEMBER)
    each = {
        member: draw_member(
            model,
            ratings[ratings[MEMBER] == member],
            member,
            panel=panel,
            draws=draws,
            seed=seed,
        )
        for member in member_ids
    }
    return compare(model, ratings, each)


def compare(
    model: HybridModel, member_ratings: pd.DataFrame, drawn: Mapping[int, Drawn]
) -> pd.DataFrame:
    """Compare the draws of every two members.

    Args:
        member_ratings: member_id, movie_id, rating.
        drawn: of each member who is compared, in order, what `draw_member` returns.

    Returns:
        first, second (member ids), measure ("stars" or "taste"), value, low, high (shares 0..1:
        the median and 80% interval over the draws), reference (chance for the taste; for the stars
        the mean of all pairs), clarity ("alike" where 95% of the draws lie above the reference,
        "apart" where they lie below, else "unclear"), both (movies that both rated) and difference
        (the mean distance of their stars on these, stars; missing where there are none). One row a
        pair and measure.
    """
    ratings = check_ratings(member_ratings, who=MEMBER)
    draws, panel = next((each.liking.shape for each in drawn.values()), (DRAWS, PANEL))
    rows = well_known(model, panel)
    crowd = model.bias.mu + model.bias.expected[rows]
    prefer = {member: preferences(each.liking) for member, each in drawn.items()}
    chances = {
        member: star_chances(each, crowd, model.thresholds) for member, each in drawn.items()
    }
    pairs = list(combinations(drawn, 2))
    stars = [same_stars(chances[one], chances[other]) for one, other in pairs]
    taste = [(prefer[one] == prefer[other]).mean(axis=1) for one, other in pairs]
    usual = float(np.median(stars, axis=1).mean()) if pairs else CHANCE
    both = in_common(ratings, list(drawn))
    return pd.concat(
        [
            _summary(both, STARS, np.reshape(stars, (len(pairs), draws)), usual),
            _summary(both, TASTE, np.reshape(taste, (len(pairs), draws)), CHANCE),
        ],
        ignore_index=True,
    )


def _summary(
    both: pd.DataFrame, measure: str, shares: np.ndarray, reference: float
) -> pd.DataFrame:
    """Put what the draws (n_pairs, n_draws) of one measure say beside what the pairs rated."""
    value, low, high = np.quantile(shares, TAILS, axis=1)
    above = (shares > reference).mean(axis=1)
    clarity = np.select([above >= SURE, above <= 1 - SURE], ["alike", "apart"], "unclear")
    found = both[[FIRST, SECOND]].assign(
        measure=measure, value=value, low=low, high=high, reference=reference, clarity=clarity
    )
    return found.join(both[["both", "difference"]])


def in_common(ratings: pd.DataFrame, member_ids: Sequence[int]) -> pd.DataFrame:
    """Return how many movies every two members rated, and how far their stars lie apart there.

    Returns:
        first, second, both, difference (stars, missing where both is 0); every pair has a row.
    """
    stars = ratings.pivot(index=MOVIE, columns=MEMBER, values=RATING).reindex(columns=member_ids)
    found = []
    for one, other in combinations(member_ids, 2):
        apart = (stars[one] - stars[other]).abs().dropna()
        found.append((one, other, len(apart), apart.mean()))
    return pd.DataFrame(found, columns=[FIRST, SECOND, "both", "difference"])
