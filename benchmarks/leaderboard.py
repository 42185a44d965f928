"""Every model under the club protocol or the people protocol, beside ours.

python -m benchmarks.leaderboard --seeds 0-9 --markdown
python -m benchmarks.leaderboard --models ours,myFM
python -m benchmarks.leaderboard --protocol people --models "ours,user+item bias"
python -m benchmarks.leaderboard --models "ours,ours without keywords" --data FOLDER
"""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product

import numpy as np
import pandas as pd

from benchmarks import command
from benchmarks.people import FINAL, TUNING, buckets, reliability, run_people
from benchmarks.protocol import CONDITIONS, Clubs, split_clubs, tally
from benchmarks.rivals import INSTALL, RIVALS, AddedToBias, Stretched, installed_rivals
from benchmarks.standings import OURS, Run, against_ours, markdown_table, rendered, table
from recommender.bundled import load_bundled
from recommender.columns import MOVIE, USER
from recommender.dataset import Dataset
from recommender.errors import RecommenderError
from recommender.evaluation.baselines import BASELINES, Fit, LightFMRanker, Popularity
from recommender.model import HybridModel, TrainingOptions
from recommender.recipes import ConfidenceRecipe, KeywordRecipe

ORDER_METRICS = ("order", "group_order", "regret")


def hybrid(
    change: Callable[[pd.Series, int], pd.Series] | None = None,
    components: int = TrainingOptions.components,
    share: float = 1.0,
) -> Fit:
    """Return the fit of our model on a share of the raters.

    Args:
        change: exchanges the movies' keywords, given the seed.
    """

    def fit(data: Dataset, seed: int) -> HybridModel:
        if share < 1:
            chosen = np.random.default_rng(seed).random(len(data.user_ids)) < share
            own = data.ratings[USER].isin(data.user_ids[chosen])
            data = Dataset(data.ratings[own], data.movies)
        if change:
            movies = data.movies.assign(keywords=change(data.movies["keywords"], seed))
            data = Dataset(data.ratings, movies)
        return HybridModel.fit(data, TrainingOptions(seed=seed, components=components))

    return fit


def permuted(keywords: pd.Series, seed: int) -> pd.Series:
    """Exchange the keywords of the movies that have any at random."""
    described = np.flatnonzero([len(words) > 0 for words in keywords])
    words = keywords.to_numpy(copy=True)
    words[described] = words[np.random.default_rng(seed).permutation(described)]
    return pd.Series(words, keywords.index)


def recipe(kind: type[KeywordRecipe] | type[ConfidenceRecipe], as_published: bool) -> Fit:
    """Return the fit of a published recipe, its scores read as stars."""
    as_stars = Stretched if kind is KeywordRecipe else AddedToBias
    return lambda data, seed: as_stars(kind.fit(data, seed=seed, as_published=as_published))


MODELS: Mapping[str, Fit] = {
    **BASELINES,
    "popularity": lambda data, seed: Popularity.fit(data),
    "keyword recipe as published": recipe(KeywordRecipe, True),
    "keyword recipe": recipe(KeywordRecipe, False),
    "confidence recipe as published": recipe(ConfidenceRecipe, True),
    "confidence recipe": recipe(ConfidenceRecipe, False),
    "LightFM alone": lambda data, seed: AddedToBias(
        LightFMRanker.fit(data, TrainingOptions(seed=seed))
    ),
    "content only": hybrid(components=0),
    "ours without keywords": hybrid(lambda keywords, _: keywords.map(lambda _: ())),
    "ours with permuted keywords": hybrid(permuted),
    **{f"ours of {share:.0%} of raters": hybrid(share=share) for share in (0.1, 0.2, 0.4)},
    OURS: hybrid(),
}


def run_all(
    data: Dataset,
    *,
    seeds: Sequence[int],
    conditions: Sequence[str],
    models: Mapping[str, Fit] = MODELS,
    clubs: Clubs | None = None,
) -> list[Run]:
    """Run every model on every seed and condition, with a progress bar.

    Args:
        models: name -> how to fit it.
        clubs: how clubs are drawn.

    Raises:
        DataError: a condition is unknown, or the data are too few.
    """
    runs: list[Run] = []

    @lru_cache(maxsize=1)
    def split(condition: str, seed: int) -> tuple[Dataset, pd.DataFrame]:
        return split_clubs(data, seed, condition, clubs)

    for condition, seed, name in command.steps(product(conditions, seeds, models)):
        visible, hidden = split(condition, seed)
        started = time.perf_counter()
        found = models[name](visible, seed).predict(hidden[[USER, MOVIE]], visible)
        seconds = time.perf_counter() - started
        judged = tally(hidden, found.stars, found.low, found.high)
        judged = judged.only(ORDER_METRICS) if found.order_only else judged
        runs.append(Run(name, condition, seed, seconds, judged))
    return runs


def contestants(names: Sequence[str] | None) -> dict[str, Fit]:
    """Return the models called `names`; by default all whose library is installed.

    Raises:
        RecommenderError: a model needs a library that is missing.
    """
    models = {**MODELS, **installed_rivals()}
    missing = [name for name in RIVALS if name not in models and (not names or name in names)]
    if missing and names:
        raise RecommenderError(f"{missing[0]} needs a library that is not installed. {INSTALL}")
    if missing:
        print(f"Not installed, so left out: {', '.join(missing)}. {INSTALL}", file=sys.stderr)
    return {name: models[name] for name in names or models}


def show(options: Namespace) -> None:
    """Print the metrics of every model, and the differences between ours and each."""
    if options.protocol == "people":
        show_people(options)
        return
    runs = run_all(
        load_bundled(options.data),
        seeds=options.seeds,
        conditions=options.condition,
        models=contestants(options.models),
    )
    found, against = table(runs), against_ours(runs)
    if options.json:
        figures = {"seeds": options.seeds, "table": found.to_dict("records")}
        print(command.as_json({**figures, "ours_minus": against.to_dict("records")}))
    else:
        print(rendered(found, against, markdown=options.markdown))


def show_people(options: Namespace) -> None:
    """Print the figures of every model by bucket, and the reliability of their probabilities."""
    folds, models = [FINAL] if options.final else TUNING, contestants(options.models)
    rows = run_people(load_bundled(options.data), folds=folds, models=models)
    found, likes = buckets(rows, OURS), reliability(rows)
    if options.json:
        figures = {"folds": folds, "buckets": found.to_dict("records")}
        print(command.as_json({**figures, "reliability": likes.to_dict("records")}))
        return
    draw = markdown_table if options.markdown else command.text_table
    found["bucket"] = found["bucket"].map("{:g}".format)
    print(f"{draw(found.round(4).astype(object))}\n\n{draw(likes.round(3).astype(object))}")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("leaderboard", __doc__, default_seeds="0-4")
    command.add_data(parser)
    add = parser.add_argument
    conditions, models = command.choices(CONDITIONS), command.choices([*MODELS, *RIVALS])
    add(
        "--condition",
        type=conditions,
        default="warm,cold",
        help="also random (default: %(default)s)",
    )
    add("--models", type=models, help="such as ours,myFM (default: all that are installed)")
    add("--protocol", choices=("clubs", "people"), default="clubs", help="default: clubs")
    add("--final", action="store_true", help="judge the people who were kept out of tuning")
    add("--markdown", action="store_true", help="print the tables as Markdown, without --json")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
