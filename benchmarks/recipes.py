"""The two published recipes as their authors ran them, or mended, beside simple rivals.

python -m benchmarks.recipes keyword --as-published --links FILE
python -m benchmarks.recipes confidence
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.rivals import als_ranker
from recommender.bundled import load_bundled
from recommender.columns import MOVIE, USER
from recommender.dataset import Dataset
from recommender.errors import RecommenderError
from recommender.evaluation.baselines import Popularity
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


def read_links(file: Path) -> dict[int, int]:
    """Return the TMDB id of each MovieLens id in a links.csv; movies without one are left out."""
    try:
        frame = pd.read_csv(file, usecols=["movieId", "tmdbId"]).dropna().astype("int64")
    except (OSError, ValueError):
        raise RecommenderError(f"{file} is no CSV file with movieId and tmdbId.") from None
    return dict(zip(frame["movieId"].tolist(), frame["tmdbId"].tolist(), strict=True))


def show(options: Namespace) -> None:
    """Print the ranking metrics of a recipe and its rivals."""
    links = read_links(options.links) if options.links else None
    evaluate = RECIPES[options.recipe]
    found = evaluate(load_bundled(options.data), options.as_published, links, options.seed)
    version = "as published" if options.as_published else "mended"
    if options.json:
        figures = {"recipe": options.recipe, "version": version}
        print(command.as_json({**figures, "ranking": ranking_figures(found)}))
        return
    key = ["model", "split"]
    wide = found.set_index([*key, "metric"])["value"].unstack(sort=False).reset_index()
    print(f"The {options.recipe} recipe, {version}\n\n{command.text_table(wide)}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("recipes", __doc__)
    command.add_data(parser)
    add = parser.add_argument
    add("recipe", choices=RECIPES)
    add("--as-published", action="store_true", help="keep the mistakes of the publication")
    meaning = "CSV with movieId and tmdbId, for the published keyword recipe to mix up"
    add("--links", type=Path, metavar="FILE", help=meaning)
    add("--seed", type=command.whole, default=0, help="of split and models")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
