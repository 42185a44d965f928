"""Tastes of a club's members: similarity, leanings, what divides the club, and a map.

Similarity: two members' tastes for well-known movies are drawn from the joint distribution that
their ratings leave (see `recommender.kernel`); it is how likely both give a movie the same stars,
half a star up or down.

Leanings: how a member rates movies with a feature beyond everybody's opinion and their own user
bias, drawn towards 0 as far as the noise asks for (James and Stein, 1961; variances are estimated
from all members and features together by moments, Efron and Morris, 1975).

Map: t-SNE (van der Maaten and Hinton, 2008) of the embeddings keeps nearest neighbours; how far
apart two regions lie means little, so regions are named by the keywords that stand out in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri
from sklearn.cluster import KMeans
from sklearn.manifold import TSNE

from recommender.columns import MEMBER, MOVIE, RATING, TIMESTAMP
from recommender.dataset import check_ratings
from recommender.features import GENRE, KEYWORD
from recommender.model import HybridModel

FIRST, SECOND = "first", "second"  # the columns that name a pair, in the order of the members
PANEL, DRAWS = 200, 200
REACH = float(ndtri(0.9))  # standard deviations of an 80% interval
NEAR = 0.75  # stars; ratings in halves that lie no further apart differ by half a star at most
SURE = 0.95  # probability of being right before two members are called alike or apart

USER_BIAS_VARIANCE = 0.12  # stars², as the model has it by default
NOISE = 0.8  # stars², of a rating around everybody's opinion and the user bias
LEAST_VARIANCE = 0.01  # stars², of leanings: a tenth of a star
LEAN_MOVIES = 2  # with a feature, before a member is said to lean to it
WORTH_SAYING, LIMIT = 0.1, 5  # stars of a leaning; rows at either end of a list

RATED_BY = 3  # members who rated a movie before it can divide them
SPLIT_DAMPING = 3.0  # ratings of the usual variance that each movie's are mixed with
SPLIT_MOVIES, SPLIT_MEMBERS = 5, 3  # with a feature, before it can divide the club

MAP_MOVIES, FEWEST, PERPLEXITY = 2000, 30, 30.0  # of a map; fewer movies are no map
REGIONS, LABELS = 11, 2
SEEN_IN, STANDS_OUT = 4, 2.0  # movies of a region, and times as often as elsewhere


@dataclass(frozen=True)
class Drawn:
    """Draws of a member's taste for some movies."""

    taste: np.ndarray  # (n_draws, n_movies) stars above everybody's opinion
    noise: np.ndarray  # (n_movies,) standard deviation of a rating around it, stars


def panel(model: HybridModel, limit: int = PANEL) -> np.ndarray:
    """Return the rows of the most rated movies, at most `limit`."""
    rows = np.argsort(-model.counts, kind="stable")[:limit]
    return rows[model.counts[rows] > 0]


def draw_member(model: HybridModel, own_ratings: pd.DataFrame, member_id: int) -> Drawn:
    """Draw a member's taste for the panel's movies together; the same whoever else is compared.

    Args:
        own_ratings: the member's member_id, movie_id, rating, or no rows.
    """
    own = check_ratings(own_ratings, person=MEMBER)
    rows = panel(model)
    posterior = model.posterior(own, member_id)
    mean, covariance = posterior.predict(rows)
    scale = model.calibration.variance_scale(posterior.chi_square, len(own))
    wider = np.sqrt(scale * model.bias.spread[rows])
    values, vectors = np.linalg.eigh(covariance)
    steps = np.random.default_rng([0, member_id]).standard_normal((DRAWS, len(rows)))
    taste = mean + wider * (steps * np.sqrt(np.maximum(values, 0.0)) @ vectors.T)
    return Drawn(taste, wider * np.sqrt(model.options.noise_variance))


def same_stars(one: Drawn, other: Drawn) -> np.ndarray:
    """Return the probability of the same stars, half a star up or down, (n_draws,)."""
    apart, sd = one.taste - other.taste, np.hypot(one.noise, other.noise)
    ends = (apart + NEAR) / sd, (apart - NEAR) / sd
    return np.asarray((ndtr(ends[0]) - ndtr(ends[1])).mean(axis=1))


def compare(member_ratings: pd.DataFrame, drawn: Mapping[int, Drawn]) -> pd.DataFrame:
    """Compare the draws of every two members.

    Args:
        member_ratings: member_id, movie_id, rating.
        drawn: of each member, in order, what `draw_member` returns for the panel.

    Returns:
        One row a pair: first, second (member ids), value, low, high (shares 0..1: median and 80%
        interval over the draws), clarity ("alike" or "apart" where 95% of the draws lie above or
        below the mean of all pairs, otherwise "unclear"), both (number of movies that both rated).
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    pairs = list(combinations(drawn, 2))
    stars = [same_stars(drawn[one], drawn[other]) for one, other in pairs]
    given = ratings.pivot(index=MOVIE, columns=MEMBER, values=RATING).reindex(columns=list(drawn))
    shares = np.reshape(stars, (len(pairs), DRAWS))
    value, low, high = np.quantile(shares, (0.5, 0.1, 0.9), axis=1)
    above = (shares > value.sum() / max(len(pairs), 1)).mean(axis=1)
    return pd.DataFrame(
        {
            FIRST: [one for one, _ in pairs],
            SECOND: [other for _, other in pairs],
            "value": value,
            "low": low,
            "high": high,
            "clarity": np.select([above >= SURE, above <= 1 - SURE], ["alike", "apart"], "unclear"),
            "both": [int(given[[one, other]].notna().all(axis=1).sum()) for one, other in pairs],
        }
    )


def beyond_the_crowd(
    model: HybridModel, member_ratings: pd.DataFrame, learned: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Compare every rating with the opinion of everybody outside the club.

    Args:
        member_ratings: member_id, movie_id, rating, timestamp.
        learned: the club's ratings as the model learned them (see `HybridModel.expected`); None
            when they were just `member_ratings`.

    Returns:
        The same rows with others (stars, their opinion), difference (stars) and known (bool: the
        opinion is at least as certain as with as many ratings as the model's damping).
    """
    ratings = check_ratings(member_ratings, person=MEMBER)
    movies = np.sort(ratings[MOVIE].unique())
    others = model.expected(movies, without=ratings if learned is None else learned)
    expected, variance = others.loc[ratings[MOVIE], ["expected", "variance"]].to_numpy().T
    return ratings.assign(
        others=expected,
        difference=ratings[RATING] - expected,
        known=(variance <= model.options.item_bias_variance / 2)
        & (model.rating_counts(ratings[MOVIE]) > 0),
    )


def generosity(beyond: pd.DataFrame) -> pd.DataFrame:
    """Return each member's user bias, from the rows of `beyond_the_crowd`.

    Returns:
        Index member_id; value, low, high (stars, 80% interval), n (ratings), first, last (seconds).
    """
    by_member = beyond.groupby(MEMBER)
    n = by_member.size()
    around = beyond["difference"] - by_member["difference"].transform("mean")
    # As if one more rating of each member had been as noisy as ratings are.
    noise = ((around**2).sum() + NOISE * len(n)) / max(len(beyond), 1)
    weight = USER_BIAS_VARIANCE / (USER_BIAS_VARIANCE + noise / n)
    value = weight * by_member["difference"].mean()
    reach = REACH * np.sqrt(weight * noise / n)
    times = by_member[TIMESTAMP]
    columns = {"value": value, "low": value - reach, "high": value + reach, "n": n}
    return pd.DataFrame({**columns, "first": times.min(), "last": times.max()})


def leanings(beyond: pd.DataFrame, movies: pd.DataFrame) -> pd.DataFrame:
    """Return each member's leaning to each keyword and genre, beyond their user bias.

    Args:
        beyond: as `beyond_the_crowd` returns it.
        movies: as in `Dataset.movies`.

    Returns:
        kind ("keyword" or "genre"), word, member_id, n (movies), movies (with the word that any
        member rated), lean, low, high (stars, 80% interval).
    """
    rest = beyond.assign(
        rest=beyond["difference"] - beyond[MEMBER].map(generosity(beyond)["value"])
    )
    rated = movies.loc[movies.index.isin(beyond[MOVIE])]
    keywords = rated["keywords"].explode().dropna().str.casefold()
    genres = rated["genres"].explode().dropna()
    words = pd.concat(
        [
            column.rename("word").reset_index().assign(kind=kind)
            for kind, column in ((KEYWORD, keywords), (GENRE, genres))
        ],
        ignore_index=True,
    ).drop_duplicates()
    cells = rest.merge(words, on=MOVIE).groupby(["kind", "word", MEMBER])["rest"]
    frame = cells.agg(mean="mean", n="size").reset_index()
    noise = float(((rest["rest"] ** 2).sum() + NOISE) / (len(rest) + 1))
    surplus = frame["n"] * frame["mean"] ** 2 - noise  # its mean is n times the variance
    by_kind = surplus.groupby(frame["kind"]).sum() / frame.groupby("kind")["n"].sum()
    variance = frame["kind"].map(by_kind.clip(lower=LEAST_VARIANCE)).astype(float)
    weight = variance / (variance + noise / frame["n"])
    reach = REACH * np.sqrt(weight * noise / frame["n"])
    frame["lean"] = weight * frame["mean"]
    frame["low"], frame["high"] = frame["lean"] - reach, frame["lean"] + reach
    counts = words.groupby(["kind", "word"]).size().rename("movies")
    return frame.drop(columns="mean").merge(counts, on=["kind", "word"])


def favourites(
    leanings: pd.DataFrame, member_id: int, kind: str, limit: int = LIMIT
) -> pd.DataFrame:
    """Return the words that a member leans to most, and those that they lean away from most.

    Args:
        leanings: as the function of that name returns it.
        kind: "keyword" or "genre".
        limit: how many at either end.

    Returns:
        word, n, lean, low, high, the most liked first; only leanings of WORTH_SAYING stars or more
        and words of LEAN_MOVIES or more.
    """
    own = leanings[
        (leanings[MEMBER] == member_id)
        & (leanings["kind"] == kind)
        & (leanings["n"] >= LEAN_MOVIES)
    ].sort_values(["lean", "word"], ascending=[False, True], kind="stable")
    liked = own[own["lean"] >= WORTH_SAYING].head(limit)
    disliked = own[own["lean"] <= -WORTH_SAYING].tail(limit)
    return pd.concat([liked, disliked])[["word", "n", "lean", "low", "high"]].reset_index(drop=True)


def departures(beyond: pd.DataFrame, member_id: int, limit: int = LIMIT) -> pd.DataFrame:
    """Return the movies on which a member differs most from everybody, more stars first.

    Returns:
        movie_id, rating, others, difference (stars), at most `limit` in either direction; only
        movies with a known opinion.
    """
    own = beyond[(beyond[MEMBER] == member_id) & beyond["known"]]
    own = own.sort_values(["difference", MOVIE], ascending=[False, True], kind="stable")
    more, less = own[own["difference"] > 0].head(limit), own[own["difference"] < 0].tail(limit)
    return pd.concat([more, less])[[MOVIE, RATING, "others", "difference"]].reset_index(drop=True)


def movie_splits(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return how far the members' stars for each movie spread, the most divisive first.

    The variance is mixed with the usual one of the club's movies, so that three ratings alone
    seldom make the top.

    Returns:
        movie_id, n (ratings, at least RATED_BY), mean, low, high (least and most, stars), spread
        (damped standard deviation, stars).
    """
    stars = ratings.groupby(MOVIE)[RATING]
    frame = stars.agg(n="size", mean="mean", low="min", high="max", variance="var")
    frame = frame[frame["n"] >= RATED_BY]
    freedom = frame["n"] - 1
    squares = freedom * frame["variance"]
    usual = squares.sum() / max(freedom.sum(), 1)
    frame["spread"] = np.sqrt((squares + SPLIT_DAMPING * usual) / (freedom + SPLIT_DAMPING))
    frame = frame.drop(columns="variance").reset_index()
    order = ["spread", "n", MOVIE]
    return frame.sort_values(order, ascending=[False, False, True], ignore_index=True)


def word_splits(leanings: pd.DataFrame) -> pd.DataFrame:
    """Return which words of `leanings` divide the members and which unite them.

    Returns:
        The most divisive first: kind, word, movies (with it that any member rated, at least
        SPLIT_MOVIES), members (who rated LEAN_MOVIES or more, at least SPLIT_MEMBERS), spread
        (standard deviation of their leanings, stars), shared (stars that all lean the same way, 0
        where they disagree), for_it, against (member ids at both ends), sure (bool: their
        intervals do not meet).
    """
    heard = leanings[leanings["n"] >= LEAN_MOVIES].sort_values("lean", kind="stable")
    words = heard.groupby(["kind", "word"])
    first, last = words.first(), words.last()
    agreed = np.where(first["lean"] > 0, first["lean"], last["lean"].clip(upper=0.0))
    frame = pd.DataFrame(
        {
            "movies": first["movies"].astype(int),
            "members": words.size(),
            "spread": words["lean"].std(ddof=0),
            "shared": agreed,
            "for_it": last[MEMBER].astype(int),
            "against": first[MEMBER].astype(int),
            "sure": last["low"] > first["high"],
        }
    )
    frame = frame[(frame["members"] >= SPLIT_MEMBERS) & (frame["movies"] >= SPLIT_MOVIES)]
    frame = frame.reset_index()
    return frame.sort_values(["spread", "word"], ascending=[False, True], ignore_index=True)


def draw_map(model: HybridModel, limit: int = MAP_MOVIES, seed: int = 0) -> pd.DataFrame:
    """Lay the most rated movies out on a plane; the same model and seed give the same map.

    Returns:
        movie_id, x, y (-1..1), the most rated first; no rows with fewer than 30 rated movies or a
        model without embeddings.
    """
    rows = panel(model, limit)
    if len(rows) < FEWEST or not model.kernel.embeddings.shape[1]:
        return pd.DataFrame([], columns=[MOVIE, "x", "y"])
    x, y = lay_out(model.kernel.embeddings[rows], seed)
    return pd.DataFrame({MOVIE: model.movie_ids[rows], "x": x, "y": y})


def lay_out(points: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y (-1..1) of points, so that near ones stay near."""
    perplexity = min(PERPLEXITY, len(points) / 4)
    # Twice as many steps keep neighbours together no better (trustworthiness 0.991 for both).
    tsne = TSNE(init="pca", perplexity=perplexity, random_state=seed, n_jobs=1, max_iter=500)
    plane = tsne.fit_transform(points).astype(np.float64)
    plane -= (plane.max(axis=0) + plane.min(axis=0)) / 2
    plane /= np.abs(plane).max(axis=0)
    return plane[:, 0], plane[:, 1]


def regions(places: pd.DataFrame, keywords: pd.Series, n: int = REGIONS) -> pd.DataFrame:
    """Name regions of a map by keywords that occur there much more often than elsewhere.

    Args:
        places: from `draw_map`.
        keywords: index movie_id, tuples.
        n: number of regions (k-means).

    Returns:
        x, y (the middle), label ("heist, twist ending"), movies (in the region); only regions where
        something stands out.
    """
    columns = ["x", "y", "label", "movies"]
    if len(places) < n:
        return pd.DataFrame([], columns=columns)
    found = KMeans(n, n_init=4, random_state=0).fit(places[["x", "y"]].to_numpy())
    sizes = np.bincount(found.labels_)
    terms = keywords.reindex(places[MOVIE]).to_numpy()
    words = pd.DataFrame({"part": found.labels_, "word": terms}).explode("word").dropna()
    here = words.groupby(["part", "word"]).size().rename("here").reset_index()
    share = sizes[here["part"]] / len(places)
    lift = here["here"] / (here["word"].map(words["word"].value_counts()) * share)
    telling = here.assign(weight=-here["here"] * np.log(lift))
    telling = telling[(here["here"] >= SEEN_IN) & (lift >= STANDS_OUT)]
    telling = telling.sort_values(["weight", "word"])
    rows, used = [], set[str]()
    for part in np.argsort(-sizes, kind="stable"):
        own = telling[(telling["part"] == part) & ~telling["word"].isin(used)]["word"].head(LABELS)
        used.update(own)
        if len(own):
            rows.append((*found.cluster_centers_[part], ", ".join(own), int(sizes[part])))
    return pd.DataFrame(rows, columns=columns)
