"""The two published recipes that this project starts from, as published and mended.

**keyword**: an article's pipeline. The counts of the 100 most frequent plot keywords are the only
features; WARP, 50 components, 10 epochs; a member's scores are stretched to 0..5 stars.
**confidence**: a notebook's pipeline for reviews, on movies. Users and movies with more than five
ratings; each rating weighs 1 + 10 ln(1 + stars); user features are the genres of what was seen
before; item features are genres and five quantile bins, and one for missing, of each numeric
column (year, mean rating, number of ratings); identity blocks; WARP, 64 components, 20 epochs,
learning rate 0.05, alpha 1e-6.

`evaluation.recipes` runs and judges them. Mistakes that it keeps as published, and else mends:

1. Rows of features in another order than the interactions' columns (keyword): features are in the
   order in which the ratings first mention a movie, columns in the order of the ids as text.
2. Fit on train and test together (keyword): the model has seen what it is tested on. (confidence:
   means and numbers of ratings are taken over train and test together.)
3. MovieLens ids joined with TMDB ids (keyword): a movie gets the keywords of whichever movie has
   its number at TMDB. Reproduced only when `links` are given, since a Dataset knows no TMDB ids.
4. Apostrophes losing keywords (keyword): a row of keywords with an apostrophe fails to parse, and
   the movie gets the keywords of the row before it.
5. Low ratings taken as likes (both): every rating is a positive, one star as well as five. Mended:
   4 stars or more, in fitting and in judging.
6. Train items not excluded from the test ranking (both): what a user is known to have seen fills
   the top of the list.

Published runs were not seeded; these are. Movies without any keyword have no row in the keyword
recipe's file and are left out of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from lightfm import LightFM
from scipy import sparse

from recommender.columns import MOVIE, RATING, USER
from recommender.errors import DataError
from recommender.evaluation.baselines import (
    Axes,
    Ranker,
    fit_warp,
    normalised,
    ranker_of,
)
from recommender.features import with_identity

LIKED = 4.0  # stars from which on the mended recipes take a rating as a like
TOP_KEYWORDS = 100
ALPHA = 10.0  # of the confidence 1 + ALPHA ln(1 + stars)
MIN_INTERACTIONS = 5
QUANTILES = 5

Links = Mapping[int, int]


def likes(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the ratings of 4 stars or more."""
    return ratings[ratings[RATING] >= LIKED]


def fit_keyword(ratings: pd.DataFrame, movies: pd.DataFrame, *, seed: int = 0) -> Ranker:
    """Fit the mended keyword recipe.

    Args:
        ratings, movies: as in Dataset.
        seed: of LightFM.

    Returns:
        The order of all movies with keywords, rated or not.

    Raises:
        DataError: nobody liked a movie with keywords.
    """
    words = _described(movies["keywords"])
    merged = ratings[ratings[MOVIE].isin(words.index)]
    everything = Axes(np.unique(merged[USER]), words.index.to_numpy())
    seen = Axes(everything.user_ids, np.unique(merged[MOVIE]))
    features = _keyword_counts(words)
    of_seen = features[everything.columns(pd.Series(seen.movie_ids))]
    return ranker_of(_keyword_model(seen, likes(merged), of_seen, seed), everything, features)


def fit_keyword_as_published(
    ratings: pd.DataFrame, movies: pd.DataFrame, *, links: Links | None = None, seed: int = 0
) -> Ranker:
    """Fit the keyword recipe with mistakes 1, 3 (when there are `links`), 4 and 5.

    Args:
        ratings, movies: as in Dataset.
        links: TMDB id of each movie_id.
        seed: of LightFM.

    Returns:
        The order of the rated movies with keywords.

    Raises:
        DataError: nobody rated a movie with keywords.
    """
    words = _described(published_words(movies["keywords"], links))
    merged = ratings[ratings[MOVIE].isin(words.index)]
    mentioned = merged[MOVIE].unique()
    features = _keyword_counts(words.loc[mentioned])
    axes = Axes(np.unique(merged[USER]), np.array(sorted(mentioned, key=str)))
    return ranker_of(_keyword_model(axes, merged, features, seed), axes, features)


def _keyword_model(
    axes: Axes, positives: pd.DataFrame, features: sparse.csr_matrix, seed: int
) -> LightFM:
    if positives.empty:
        raise DataError("The keyword recipe needs likes of movies that have keywords.")
    return fit_warp(axes.stars(positives), features, components=50, epochs=10, seed=seed)


def _described(words: pd.Series) -> pd.Series:
    return words[[len(terms) > 0 for terms in words]]


def published_words(keywords: pd.Series, links: Links | None) -> pd.Series:
    """Return what the article's parser makes of `keywords` (index movie_id, tuples of words)."""
    parsed: list[tuple[str, ...]] = []
    for terms in keywords:
        broken = any("'" in term for term in terms)
        parsed.append((parsed[-1] if parsed else ()) if broken else terms)
    words = pd.Series(parsed, index=keywords.index, dtype=object)
    if links is None:
        return words
    taken_for = pd.Index([links.get(int(movie), -1) for movie in words.index])
    return words.set_axis(taken_for)[(taken_for >= 0) & ~taken_for.duplicated()]


def _keyword_counts(words: pd.Series) -> sparse.csr_matrix:
    """Count the most frequent keywords: (n_movies, 100 or fewer), rows in the order of `words`."""
    lower = [[term.lower() for term in terms] for terms in words]
    counts = Counter(term for terms in lower for term in terms)
    top = {term for term, _ in sorted(counts.items(), key=lambda c: (-c[1], c[0]))[:TOP_KEYWORDS]}
    return _token_matrix([term for term in terms if term in top] for terms in lower)


def _token_matrix(rows: Iterable[Iterable[str]]) -> sparse.csr_matrix:
    """Return how often each token (columns, sorted) occurs in each row, float32."""
    lists = [list(row) for row in rows]
    names = sorted({token for row in lists for token in row})
    column = {name: j for j, name in enumerate(names)}
    i = np.repeat(np.arange(len(lists)), [len(row) for row in lists])
    j = np.array([column[token] for row in lists for token in row], dtype=np.int64)
    ones = np.ones(len(j), dtype=np.float32)
    return sparse.csr_matrix((ones, (i, j)), shape=(len(lists), len(names)))


def fit_confidence(
    train: pd.DataFrame,
    movies: pd.DataFrame,
    *,
    positives: pd.DataFrame | None = None,
    counted: pd.DataFrame | None = None,
    seed: int = 0,
) -> Ranker:
    """Fit the confidence recipe.

    Args:
        train: ratings; users and movies with five or fewer are left out.
        movies: as in Dataset.
        positives: the ratings taken as positives, the likes among `train` by default.
        counted: the ratings that a movie's mean and number come from, `train` by default.
        seed: of LightFM.

    Raises:
        DataError: nobody and nothing has enough ratings.
    """
    kept = active(train)
    axes = Axes.of(kept)
    genres = movies["genres"].reindex(axes.movie_ids)
    items = _item_tokens(genres, movies, kept, train if counted is None else counted)
    seen = kept[MOVIE].map(genres).groupby(kept[USER]).agg(lambda rows: set().union(*rows))
    item_features = _with_identity(_token_matrix(items))
    user_features = _with_identity(_token_matrix(seen.reindex(axes.user_ids)))
    chosen = axes.stars(likes(kept) if positives is None else positives)
    model = fit_warp(
        chosen,
        item_features,
        weights=confidence(chosen.data),
        user_features=user_features,
        components=64,
        epochs=20,
        learning_rate=0.05,
        alpha=1e-6,
        seed=seed,
    )
    return ranker_of(model, axes, item_features, user_features)


def _with_identity(tokens: sparse.csr_matrix) -> sparse.csr_matrix:
    return normalised(with_identity(tokens, np.ones(tokens.shape[0], dtype=bool)))


def confidence(stars: np.ndarray) -> np.ndarray:
    """Return how much a rating weighs: 1 + 10 ln(1 + stars)."""
    return 1 + ALPHA * np.log1p(stars)


def active(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the ratings whose user and movie both have more than five in `ratings`.

    Raises:
        DataError: nothing is left.
    """
    enough = [
        ratings[column].map(ratings[column].value_counts()) > MIN_INTERACTIONS
        for column in (USER, MOVIE)
    ]
    kept = ratings[enough[0] & enough[1]]
    if kept.empty:
        raise DataError(f"Nobody rated more than {MIN_INTERACTIONS} movies that others rated too.")
    return kept


def _item_tokens(
    genres: pd.Series, movies: pd.DataFrame, kept: pd.DataFrame, counted: pd.DataFrame
) -> list[list[str]]:
    """Return genres and quantile bins of each movie of `genres`, as tokens."""
    by_movie = counted.groupby(MOVIE)[RATING]
    numeric = {
        "year": movies["year"].astype("float64"),
        "mean": by_movie.mean(),
        "ratings": by_movie.size().astype("float64"),
    }
    bins = [
        name + "=" + quantile_bins(values.reindex(genres.index), kept[MOVIE])
        for name, values in numeric.items()
    ]
    return [[*row, *tokens] for row, *tokens in zip(genres, *bins, strict=True)]


def quantile_bins(values: pd.Series, interactions: pd.Series) -> pd.Series:
    """Cut `values` (index movie_id) into five bins, "0" to "4", and "Missing".

    As in the notebook, a fifth of the `interactions` (movie ids) falls into each bin, not a fifth
    of the movies; equal edges make fewer bins.
    """
    known = interactions.map(values).dropna()
    if known.empty:
        return pd.Series("Missing", index=values.index)
    edges = np.unique(np.quantile(known, np.linspace(0, 1, QUANTILES + 1)))
    number = np.searchsorted(edges[1:-1], values, side="left").astype(str)
    return pd.Series(np.where(values.isna(), "Missing", number), index=values.index)
