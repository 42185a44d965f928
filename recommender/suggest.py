"""Suggestions: a varied list from a catalogue, similar movies, and what to rate next.

`suggest` gives each movie a value in stars,

    value = score + caution(certainty) sd + (2 obscurity - 1) REACH (1/2 - popularity)

where score is the group strategy's, sd that of the group's mean rating, and popularity the share
(0..1) of the catalogue that has fewer ratings. Caution is a confidence bound, below the mean for
certainty and above it for adventure (Auer, "Using confidence bounds for exploitation-exploration
trade-offs", 2002). Movies are then taken one by one, each for its value less VARIETY diversity
times its highest similarity to those taken before: maximal marginal relevance (Carbonell and
Goldstein, 1998).

`to_rate` is active learning. How much a rating will teach is known before it is given: the variance
of the shortlist falls by cov(movie, candidate)² / var(rating), whatever the stars turn out to be
(Rasmussen and Williams, 2006; MacKay, "Information-based objective functions for active data
selection", 1992), weighed by the probability that the member has seen the movie.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recommender.columns import MEMBER, MOVIE
from recommender.dataset import check_ratings
from recommender.errors import DataError
from recommender.features import DECADE, GENRE, KEYWORD
from recommender.group import rank
from recommender.model import HybridModel
from recommender.reactions import Reactions

BOLD, CAREFUL = 1.0, -2.0  # standard deviations of the group's mean, at certainty 0 and 1
REACH = 1.2  # stars between the most and the least popular, at either end of the dial
VARIETY = 1.5  # stars that a movie just like another one loses, at full diversity
POOL = 400  # of the highest value; whatever the dial, a movie behind these is never taken
KINDS = (KEYWORD, GENRE, DECADE)  # of shared features, in the order shown
MAX_SEEN = 0.95  # probability that a member has seen a movie


def suggest(
    model: HybridModel,
    reactions: Reactions,
    *,
    strategy: str = "average",
    present: Sequence[int] | None = None,
    diversity: float = 0.4,
    obscurity: float = 0.2,
    certainty: float = 0.7,
    limit: int = 12,
) -> pd.DataFrame:
    """Choose a varied list from all movies of `reactions` for the members who are present.

    Args:
        model: knows every movie of `reactions`.
        strategy, present: as for `rank`.
        diversity: 0 (only the best) to 1 (as different as can be).
        obscurity: 0 (what everybody knows) to 1 (what hardly anybody does).
        certainty: 0 (adventurous) to 1 (play safe).
        limit: how many, 1 or more.

    Returns:
        In the order of choice: the columns of `rank`, and value (stars), sd (of the group's mean
        rating, stars), fame (popularity, 0..1) and ratings (that the model learned from).

    Raises:
        DataError: a dial lies outside 0..1, or as for `rank`.
    """
    dials = {"diversity": diversity, "obscurity": obscurity, "certainty": certainty}
    for name, dial in dials.items():
        if not 0 <= dial <= 1:
            raise DataError(f"The dial for {name} goes from 0 to 1, not {dial}.")
    ranked = rank(reactions, strategy, present)
    if ranked.empty:
        return ranked.assign(value=[], sd=[], fame=[], ratings=[])
    _, sd = reactions.group_mean(present)
    counts = model.rating_counts(ranked[MOVIE])
    ranked["sd"] = pd.Series(sd, reactions.movie_ids).loc[ranked[MOVIE]].to_numpy()
    fewer = np.searchsorted(np.sort(model.counts), counts)
    ranked["fame"] = fewer / max(model.n_movies - 1, 1)
    ranked["ratings"] = counts.astype(np.int64)
    ranked["value"] = (
        ranked["score"]
        + (BOLD + certainty * (CAREFUL - BOLD)) * ranked["sd"]
        + (2 * obscurity - 1) * REACH * (0.5 - ranked["fame"])
    )
    best = ranked.nlargest(max(POOL, limit), "value", keep="first")
    rows = model.rows(best[MOVIE])
    embedding, by_features = model.kernel.similarity(rows, rows)
    similarity = np.clip(embedding + by_features, 0.0, 1.0)
    left = best["value"].to_numpy(copy=True)
    nearest = np.zeros(len(best))
    chosen: list[int] = []
    while len(chosen) < min(limit, len(best)):
        first = int(np.argmax(left - VARIETY * diversity * nearest))
        chosen.append(first)
        left[first] = -np.inf
        nearest = np.maximum(nearest, similarity[first])
    return best.iloc[chosen].reset_index(drop=True)


def similar(
    model: HybridModel, movie_id: int, limit: int = 12, among: pd.Index | None = None
) -> pd.DataFrame:
    """Return the movies most similar to one, by `ItemKernel.similarity`.

    Args:
        limit: how many, 1 or more.
        among: ids to choose from; by default all that the model knows.

    Returns:
        The most similar first, never the movie itself: movie_id, likeness (similarity, 0..1),
        chosen (the share 0..1 of it from embeddings: the same people choose both), shared (tuple of
        the features of both: keywords, then genres, then the decade, the rarest first). No rows for
        a movie without ratings and features.

    Raises:
        DataError: the model does not know the movie.
    """
    row, features = int(model.rows([movie_id])[0]), model.kernel.features
    own = features[[row]].indices
    everything = np.arange(model.n_movies)
    embedding, by_features = (
        part[0] for part in model.kernel.similarity(np.array([row]), everything)
    )
    known = bool(model.counts[row] or len(own))
    total = (embedding + by_features) * (known & (everything != row))
    if among is not None:
        total *= np.isin(model.movie_ids, among)
    found = np.argsort(-total, kind="stable")[:limit]
    found = found[total[found] > 0]

    kinds = model.features.kinds
    movies = np.bincount(features.indices, minlength=features.shape[1])
    own = own[np.lexsort((movies[own], [KINDS.index(kinds[feature]) for feature in own]))]
    has = features[found][:, own].toarray() > 0
    labels = np.array(model.features.labels, dtype=object)[own]
    shared = [tuple(dict.fromkeys(labels[line])) for line in has]
    return pd.DataFrame(
        {
            MOVIE: model.movie_ids[found],
            "likeness": np.minimum(total[found], 1.0).astype(np.float64),
            "chosen": (embedding[found] / total[found]).astype(np.float64),
            "shared": pd.Series(shared, dtype=object),
        }
    )


def to_rate(
    model: HybridModel,
    member_ratings: pd.DataFrame,
    member_id: int,
    shortlist: Sequence[int],
    *,
    candidates: Sequence[int] | None = None,
    limit: int = 5,
) -> pd.DataFrame:
    """Return the movies whose rating would teach most about the shortlist, best first.

    They are chosen one after the other, each as if those before it were rated already, so that two
    movies that teach the same are not both chosen.

    Args:
        member_ratings: member_id, movie_id, rating.
        member_id: the member to ask, with or without ratings.
        shortlist: tonight's candidates.
        candidates: movies to choose from; by default all that the member has not rated and that are
            not on the shortlist.
        limit: how many, at most.

    Returns:
        movie_id, teaches (how much the mean variance of the shortlist falls, stars²), seen
        (probability that the member has seen it).
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    own = ratings[ratings[MEMBER] == member_id]
    wanted = model.rows(shortlist)
    known = set(own[MOVIE]) | set(shortlist)
    pool = model.movie_ids if candidates is None else candidates
    asked = np.array([movie for movie in pool if int(movie) not in known], dtype=np.int64)
    rows = model.rows(asked)
    chosen: list[int] = []
    teaches: list[float] = []
    # The share of all raters who rated it, more for a member who rated more than most.
    activity = max(1.0, len(own) * model.n_users / model.n_ratings)
    seen = np.clip(model.counts[rows] / model.n_users * activity, 0.0, MAX_SEEN)
    if len(rows) and len(wanted):
        posterior = model.posterior(own, member_id)
        kernel, n = posterior.kernel, len(rows)
        both = np.concatenate([rows, wanted])
        whitened = posterior.whiten(kernel.covariance(posterior.rated, both))
        across = kernel.covariance(rows, wanted) - whitened[:, :n].T @ whitened[:, n:]
        variance = kernel.variance(rows) - (whitened[:, :n] ** 2).sum(axis=0)
        noise = model.options.noise_variance
        while len(chosen) < min(limit, n):
            gain = (across**2).mean(axis=1) / (np.maximum(variance, 0) + noise)
            value = gain * seen
            value[chosen] = -1.0
            best = int(value.argmax())
            chosen.append(best)
            teaches.append(float(gain[best]))
            # What the rating of `best` will say about every other movie.
            sd = np.sqrt(max(variance[best], 0) + noise)
            with_best = kernel.covariance(rows, rows[[best]])[:, 0]
            step = (with_best - whitened[:, :n].T @ whitened[:, best]) / sd
            toward = across[best] / sd
            whitened = np.vstack([whitened, np.concatenate([step, toward])])
            across = across - np.outer(step, toward)
            variance = variance - step**2
    frame = pd.DataFrame({MOVIE: asked[chosen], "teaches": teaches, "seen": seen[chosen]})
    return frame.astype({"teaches": "float64", "seen": "float64"})
