"""The two published recipes as their authors ran them, or mended, beside simple rivals.

python -m benchmarks.recipes keyword --as-published --links FILE
python -m benchmarks.recipes confidence
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import linalg, sparse

from benchmarks import command
from recommender.bundled import load_bundled
from recommender.columns import MOVIE, USER
from recommender.dataset import Dataset
from recommender.errors import DataError, RecommenderError
from recommender.evaluation.baselines import Axes, Popularity, Ranker
from recommender.evaluation.evaluate import ranking_figures, ranking_table
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

RECIPES = ("keyword", "confidence")
SAMPLE = 5000  # users that the confidence recipe is judged on, at most


def evaluate_recipe(
    name: str,
    data: Dataset,
    *,
    as_published: bool = False,
    links: Links | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Run a recipe on a random 80/20 split and judge it.

    The keyword recipe is judged by lists of 5 beside popularity; the confidence recipe by lists of
    10, on a sample of users with more than five ratings, beside popularity and matrix
    factorisation of implicit feedback.

    Args:
        name: "keyword" or "confidence".
        data: ratings and movies; the keyword recipe needs keywords.
        as_published: keep the mistakes that `recommender.recipes` lists.
        links: TMDB id of each movie_id, to reproduce mistake 3.
        seed: of the split and of the models.

    Returns:
        model, split ("train" or "test"), metric, value.

    Raises:
        DataError: there is no such recipe, or too little data for it.
    """
    if name == "keyword":
        return _evaluate_keyword(data, as_published, links, seed)
    if name == "confidence":
        return _evaluate_confidence(data, as_published, seed)
    raise DataError(f"There is no recipe {name!r}; choose one of {', '.join(RECIPES)}.")


def _evaluate_keyword(
    data: Dataset, as_published: bool, links: Links | None, seed: int
) -> pd.DataFrame:
    train, test = random_split(data, seed)
    if as_published:
        ranker = KeywordRecipe.fit(data, seed=seed, as_published=True, links=links)
        wanted, hoped, known = train.ratings, test, None
    else:
        ranker = KeywordRecipe.fit(train, seed=seed)
        wanted, hoped, known = likes(train.ratings), likes(test), train.ratings
    rankers = {"keyword recipe": ranker, "popularity": Popularity.fit(train, ranker.axes)}
    return ranking_table(rankers, wanted, hoped, known=known, k=5)


def _evaluate_confidence(data: Dataset, as_published: bool, seed: int) -> pd.DataFrame:
    train, test = random_split(data, seed)
    counted = data.ratings if as_published else None
    ranker = ConfidenceRecipe.fit(train, seed=seed, as_published=as_published, counted=counted)
    axes, kept = ranker.axes, active(train.ratings)
    learned = kept if as_published else likes(kept)
    watched = axes.stars(learned)
    watched.data = confidence(watched.data)
    rankers = {
        "confidence recipe": ranker,
        "popularity": Popularity.fit(Dataset(learned, data.movies), axes),
        "matrix factorisation": fit_als(axes, watched, seed=seed),
    }
    wanted = test if as_published else likes(test)
    wanted = wanted[wanted[USER].isin(axes.user_ids) & wanted[MOVIE].isin(axes.movie_ids)]
    known = None if as_published else train.ratings
    rng = np.random.default_rng(seed)
    return ranking_table(rankers, _sample(learned, rng), _sample(wanted, rng), known=known, k=10)


def _sample(ratings: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Keep the rows of at most SAMPLE users, drawn among those with more than five."""
    counts = ratings[USER].value_counts().sort_index()
    users = counts.index[counts > MIN_INTERACTIONS].to_numpy()
    chosen = rng.choice(users, size=min(SAMPLE, len(users)), replace=False)
    return ratings[ratings[USER].isin(chosen)]


def fit_als(
    axes: Axes,
    confidence: sparse.sparray | sparse.spmatrix,
    *,
    components: int = 64,
    rounds: int = 15,
    penalty: float = 0.01,
    seed: int = 0,
) -> Ranker:
    """Factorise implicit feedback by alternating least squares (Hu, Koren and Volinsky, 2008).

    Everything watched is a 1 with confidence c, everything else a 0 with confidence 1:

        minimise  sum over all user-movie pairs of c (p - x_user . y_movie)²
                  + penalty (|x|² + |y|²)

    With one side fixed, each row of the other is a small ridge regression, solved exactly. The
    zeros of all unwatched movies cost nothing because they are in Y'Y, which all users share.

    Args:
        axes: ids of the rows and columns of `confidence`.
        confidence: (n_users, n_movies), 1 or more where watched, zero elsewhere.
        components: width of the factors.
        rounds: how often both sides are solved.
        penalty: on the squared length of every factor.
        seed: of the movies' first factors.

    Raises:
        DataError: nothing was watched, or a confidence is below 1.
    """
    by_user = sparse.csr_array(confidence).astype(np.float64)
    by_user.eliminate_zeros()
    if not by_user.nnz or by_user.data.min() < 1:
        raise DataError("Implicit feedback needs at least one entry, and confidences of 1 or more.")
    by_movie = sparse.csr_array(by_user.T)
    movies = np.random.default_rng(seed).normal(0, 0.1, (by_user.shape[1], components))
    users = np.zeros((by_user.shape[0], components))
    for _ in range(rounds):
        users = solve(by_user, movies, penalty)
        movies = solve(by_movie, users, penalty)
    return Ranker(axes, users, movies, np.zeros(len(movies)))


def solve(confidence: sparse.csr_array, others: np.ndarray, penalty: float) -> np.ndarray:
    """Return the best factors of the rows of `confidence`, given those of its columns."""
    shared = others.T @ others + penalty * np.eye(others.shape[1])
    factors = np.zeros((confidence.shape[0], others.shape[1]))
    for row in np.flatnonzero(np.diff(confidence.indptr)):
        entries = slice(confidence.indptr[row], confidence.indptr[row + 1])
        watched, c = others[confidence.indices[entries]], confidence.data[entries]
        gram = shared + watched.T @ ((c - 1)[:, None] * watched)
        factors[row] = linalg.solve(gram, watched.T @ c, assume_a="pos", check_finite=False)
    return factors


def read_links(file: Path) -> dict[int, int]:
    """Return the TMDB id of each MovieLens id in a links.csv; movies without one are left out."""
    try:
        frame = pd.read_csv(file, usecols=["movieId", "tmdbId"]).dropna().astype("int64")
    except (OSError, ValueError):
        raise RecommenderError(f"{file} is no CSV file with movieId and tmdbId.") from None
    return dict(zip(frame["movieId"].tolist(), frame["tmdbId"].tolist(), strict=True))


def show(options: Namespace) -> None:
    """Print the ranking metrics of a recipe and its rivals."""
    found = evaluate_recipe(
        options.recipe,
        load_bundled(options.data),
        as_published=options.as_published,
        links=read_links(options.links) if options.links else None,
        seed=options.seed,
    )
    version = "as published" if options.as_published else "mended"
    if options.json:
        figures = {"recipe": options.recipe, "version": version}
        print(command.as_json({**figures, "ranking": ranking_figures(found)}))
        return
    order = found[["model", "split"]].drop_duplicates()
    wide = found.pivot(index=["model", "split"], columns="metric", values="value").reset_index()
    wide = order.merge(wide)[["model", "split", *found["metric"].unique()]]
    print(f"The {options.recipe} recipe, {version}\n\n{command.text_table(wide)}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("recipes", __doc__ or "")
    command.add_data(parser)
    parser.add_argument("recipe", choices=RECIPES)
    parser.add_argument(
        "--as-published", action="store_true", help="keep the mistakes of the publication"
    )
    parser.add_argument(
        "--links",
        type=Path,
        metavar="FILE",
        help="CSV with movieId and tmdbId, for the published keyword recipe to mix up",
    )
    parser.add_argument("--seed", type=command.whole, default=0, help="of split and models")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
