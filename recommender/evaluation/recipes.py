"""The two published recipes as their authors judged them, or mended, beside simple rivals."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.columns import MOVIE, RATING, USER
from recommender.dataset import Dataset, check_ratings
from recommender.errors import DataError, RecommenderError
from recommender.evaluation.baselines import Axes, Popularity, Ranker
from recommender.evaluation.evaluate import ranking_table
from recommender.evaluation.splits import random_split
from recommender.recipes import (
    MIN_INTERACTIONS,
    ConfidenceRecipe,
    KeywordRecipe,
    Links,
    active,
    confidence,
    likes,
)

EXTRA = 480  # Jurassic Park, which the article keeps beside the club's own movies
SAMPLE = 5000  # users that the confidence recipe is judged on, at most


def keyword(
    data: Dataset, as_published: bool = False, links: Links | None = None, seed: int = 0
) -> pd.DataFrame:
    """Judge the keyword recipe by lists of 5, beside popularity, on a random 80/20 split.

    Args:
        as_published: keep the mistakes that `recommender.recipes` lists.
        links: TMDB id of each movie_id, to reproduce mistake 3.

    Returns:
        model, split ("train" or "test"), metric, value.

    Raises:
        DataError: there is too little data.
    """
    train, test = random_split(data, seed)
    fitted = data if as_published else train
    ranker = KeywordRecipe.fit(fitted, seed=seed, as_published=as_published, links=links)
    rankers = {"keyword recipe": ranker, "popularity": Popularity.fit(train, ranker.axes)}
    if as_published:
        return ranking_table(rankers, train.ratings, test, known=None, k=5)
    return ranking_table(rankers, likes(train.ratings), likes(test), known=train.ratings, k=5)


def confident(
    data: Dataset, as_published: bool = False, links: Links | None = None, seed: int = 0
) -> pd.DataFrame:
    """Judge the confidence recipe by lists of 10, on a sample of users with more than five ratings.

    Beside popularity and, where `implicit` is installed, matrix factorisation of implicit feedback.
    Arguments, result and errors are those of `keyword`; there are no links to mix up.
    """
    train, test = random_split(data, seed)
    counted = data.ratings if as_published else None
    ranker = ConfidenceRecipe.fit(train, seed=seed, as_published=as_published, counted=counted)
    axes, learned = ranker.axes, active(train.ratings)
    learned = learned if as_published else likes(learned)
    popularity = Popularity.fit(Dataset(learned, data.movies), axes)
    rankers = {"confidence recipe": ranker, "popularity": popularity}
    if find_spec("implicit"):
        watched = axes.stars(learned)
        watched.data = confidence(watched.data)
        rankers["matrix factorisation"] = als_ranker(axes, watched, seed, factors=64)
    wanted = test if as_published else likes(test)
    wanted = wanted[wanted[USER].isin(axes.user_ids) & wanted[MOVIE].isin(axes.movie_ids)]
    known = None if as_published else train.ratings
    rng = np.random.default_rng(seed)
    return ranking_table(rankers, _sample(learned, rng), _sample(wanted, rng), known=known, k=10)


RECIPES = {"keyword": keyword, "confidence": confident}


def _sample(ratings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Keep the rows of at most SAMPLE users, drawn among those with more than five."""
    counts = ratings[USER].value_counts().sort_index()
    users = counts.index[counts > MIN_INTERACTIONS].to_numpy()
    chosen = rng.choice(users, size=min(SAMPLE, len(users)), replace=False)
    return ratings[ratings[USER].isin(chosen)]


def als_ranker(axes: Axes, weights: sparse.coo_matrix, seed: int, factors: int) -> Ranker:
    """Factorise implicit feedback by alternating least squares (Hu, Koren and Volinsky, 2008).

    Args:
        weights: (n_users, n_movies), of each choice.
    """
    from implicit.als import AlternatingLeastSquares  # noqa: PLC0415

    model = AlternatingLeastSquares(factors=factors, num_threads=1, random_state=seed)
    model.fit(weights.tocsr(), show_progress=False)
    users, movies = (f.astype(np.float64) for f in (model.user_factors, model.item_factors))
    return Ranker(axes, users, movies, np.zeros(len(movies)))


def read_links(file: Path) -> dict[int, int]:
    """Return the TMDB id of each MovieLens id in a links.csv; movies without one are left out.

    Raises:
        RecommenderError: the file cannot be read, or has no such columns.
    """
    frame = _read(file, ["movieId", "tmdbId"])
    return dict(zip(frame["movieId"].tolist(), frame["tmdbId"].tolist(), strict=True))


def read_club(file: Path) -> pd.DataFrame:
    """Return the ratings of a movieclub.csv: user_id, movie_id (MovieLens ids), rating.

    Raises:
        RecommenderError: the file cannot be read, or has no such columns.
    """
    frame = _read(file, ["userId", "movieId", "rating"])
    names = {"userId": USER, "movieId": MOVIE, "rating": RATING}
    return frame.rename(columns=names).drop_duplicates([USER, MOVIE], keep="last")


def with_club(data: Dataset, club: pd.DataFrame, only_theirs: bool = False) -> Dataset:
    """Return the data with a club's ratings beside those of others, as the article joins them.

    Args:
        club: user_id, movie_id, rating; movies that `data` does not list are left out. Users who
            are in `data` too get ids of their own.
        only_theirs: keep only the ratings of movies that the club rated, and of `EXTRA`.

    Raises:
        DataError: nothing of the club's is known, or a rating is no number of stars.
    """
    club = check_ratings(club)[[USER, MOVIE, RATING]]
    known = club[club[MOVIE].isin(data.movies.index)]
    if known.empty:
        raise DataError("None of the club's movies is in the data; its ids are to be MovieLens'.")
    if np.isin(known[USER], data.user_ids).any():
        known = known.assign(**{USER: known[USER] + data.user_ids.max() + 1})
    both = pd.concat([data.ratings[[USER, MOVIE, RATING]], known], ignore_index=True)
    joined = Dataset(both, data.movies)
    return joined.of_movies([*known[MOVIE].unique(), EXTRA]) if only_theirs else joined


def _read(file: Path, columns: list[str]) -> pd.DataFrame:
    try:
        frame = pd.read_csv(file, usecols=columns).dropna()[columns]
        ids = [name for name in columns if name != "rating"]
        return frame.astype(dict.fromkeys(ids, "int64"))
    except (OSError, ValueError):
        raise RecommenderError(f"{file} is no CSV file with {' and '.join(columns)}.") from None
