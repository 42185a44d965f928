"""`python -m recommender train | evaluate | recipe`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recommender.bundled import load_bundled
from recommender.columns import MEMBER, MOVIE, USER
from recommender.dataset import Dataset
from recommender.embeddings import LOSSES
from recommender.errors import RecommenderError
from recommender.evaluation import Evaluation, evaluate
from recommender.evaluation.evaluate import ranking_figures
from recommender.model import TrainingOptions
from recommender.persistence import check_target
from recommender.recipes import JUDGES, RECIPES, learn, load, read_club, read_links, with_club
from recommender.terminal import Parser, as_json, called, positive, progress, run, text_table, whole

CHOICES = {"loss": LOSSES, "recipe": RECIPES}
OPTIONS: dict[str, tuple[Callable[[str], Any], str]] = {
    "recipe": (str, "a published recipe in place of our model"),
    "loss": (str, "; ".join(f"{name} {text}" for name, text in LOSSES.items())),
    "components": (whole, "width of each of LightFM's fits"),
    "epochs": (positive, "passes over the ratings"),
    "learning_rate": (float, "of LightFM"),
    "alpha": (float, "penalty on LightFM's features"),
    "repeats": (positive, "fits with other seeds, side by side"),
    "max_keywords": (whole, "how many keywords, the most frequent first"),
    "min_movies": (positive, "movies that a keyword, genre or decade describes at least"),
}


def parser() -> Parser:
    """Return the command line of the package."""
    top = Parser(
        prog=called("recommender"),
        description="Learn from ratings, and evaluate the predictions.",
        allow_abbrev=False,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, act, text in (
        ("train", train, "learn from the data and save the model"),
        ("evaluate", show_evaluation, "hold out a fifth of the ratings and predict them"),
    ):
        sub = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        sub.set_defaults(act=act)
        _add_common(sub)
        if act is train:
            sub.add_argument(
                "--out", type=Path, required=True, metavar="FOLDER", help="of the model"
            )
            told = "fits at once, the same bytes for any number (default: all cores)"
            sub.add_argument("--jobs", type=positive, metavar="N", help=told)
        else:
            sub.add_argument("-k", type=positive, default=10, help="length of the list ranked")
            sub.add_argument(
                "--model", type=Path, metavar="FOLDER", help="take the options of a saved model"
            )
        sub.add_argument(
            "--since", type=whole, metavar="YEAR", help="use only ratings given since that year"
        )
        for option, (kind, meaning) in OPTIONS.items():
            default = getattr(TrainingOptions, option)
            sub.add_argument(
                f"--{option.replace('_', '-')}",
                type=kind,
                choices=CHOICES.get(option),
                help=f"{meaning} (default {'all' if default is None else default or 'none'})",
            )
    add_recipe(commands)
    return top


def _add_common(sub: Parser) -> None:
    told = "folder with movielens/ and keywords.csv (default: the bundled data)"
    sub.add_argument("--data", type=Path, metavar="FOLDER", help=told)
    sub.add_argument("--json", action="store_true", help="print figures as JSON")
    sub.add_argument("--seed", type=whole, default=0, help="of split and model (default 0)")


def chosen_options(args: Namespace, start: TrainingOptions | None = None) -> TrainingOptions:
    """Return `start` with the options given on the command line."""
    given = {name: getattr(args, name) for name in OPTIONS}
    given = {name: value for name, value in given.items() if value is not None}
    return replace(start or TrainingOptions(), seed=args.seed, **given)


def chosen_data(args: Namespace) -> Dataset:
    """Return the data that the command line names."""
    data = load_bundled(args.data)
    return data if args.since is None else data.since(args.since)


def train(args: Namespace) -> None:
    """Learn, save, and print what was learned from."""
    check_target(args.out)
    kept = args.out.with_name(f".{args.out.name}-fits")
    model = learn(chosen_data(args), chosen_options(args), progress, jobs=args.jobs, kept=kept)
    try:
        model.save(args.out)
    except OSError as error:
        raise RecommenderError(f"Cannot save into {args.out}: {error.strerror}.") from None
    facts = {
        "saved": str(args.out),
        "ratings": model.n_ratings,
        "users": model.n_users,
        "movies": model.n_movies,
        "trained_at": model.trained_at.isoformat(),
    }
    if args.json:
        print(json.dumps(facts, indent=1))
    else:
        print(
            f"Learned from {model.n_ratings:,} ratings by {model.n_users:,} users; "
            f"{model.n_movies:,} movies can be predicted. Saved in {args.out}."
        )


def add_recipe(commands: Any) -> None:
    """Add the command of the published recipes."""
    text = "judge a published recipe, as published or mended"
    sub = commands.add_parser("recipe", help=text, description=text, allow_abbrev=False)
    sub.set_defaults(act=show_recipe)
    add = sub.add_argument
    add("name", choices=JUDGES)
    add("--as-published", action="store_true", help="keep the mistakes of the publication")
    told = "CSV with movieId and tmdbId, for the published keyword recipe to mix up"
    add("--links", type=Path, metavar="FILE", help=told)
    told = "movieclub.csv with userId, movieId and rating, whose ratings join the data"
    add("--club", type=Path, metavar="FILE", help=told)
    told = "keep only the movies that the club rated, as the article does"
    add("--club-movies", action="store_true", help=told)
    told = "movie ids: how the club would react to them, by the mended recipe and by our model"
    add("--react", type=whole, nargs="+", default=[], metavar="MOVIE", help=told)
    _add_common(sub)


def show_recipe(args: Namespace) -> None:
    """Print the ranking metrics of a published recipe and its rivals."""
    if args.club_movies and args.club is None:
        raise RecommenderError("--club-movies needs the club's ratings: give --club FILE, too.")
    if args.react and (args.club is None or args.as_published):
        raise RecommenderError("--react needs --club FILE, and the recipe not as published.")
    data = load_bundled(args.data)
    others = data.user_ids
    if args.club is not None:
        data = with_club(data, read_club(args.club), args.club_movies)
    links = None if args.links is None else read_links(args.links)
    found = JUDGES[args.name](data, args.as_published, links, args.seed)
    version = "as published" if args.as_published else "mended"
    reactions = _reactions(args, data, np.setdiff1d(data.user_ids, others)) if args.react else None
    if args.json:
        figures = {"recipe": args.name, "version": version, "ranking": ranking_figures(found)}
        if reactions is not None:
            figures["reactions"] = reactions.to_dict("records")
        print(as_json(figures))
    else:
        print(f"The {args.name} recipe, {version}\n\n{text_table(_wide(found))}")
        if reactions is not None:
            print(f"\nExpected stars, give or take a standard deviation\n\n{text_table(reactions)}")


def _reactions(args: Namespace, data: Dataset, members: np.ndarray) -> pd.DataFrame:
    """Return the stars that the recipe and our model expect of each member and movie asked for."""
    own = data.ratings[data.ratings[USER].isin(members)].rename(columns={USER: MEMBER})
    columns: dict[str, pd.Series] = {}
    for name, recipe in (("recipe", args.name), ("ours", "")):
        options = TrainingOptions(recipe=recipe, seed=args.seed)
        found = learn(data, options, progress).react(own, args.react).frame()
        columns |= {name: found["mean"].round(2), f"{name} ±": found["sd"].round(2)}
    titles = found[MOVIE].map(data.movies["title"])
    return pd.DataFrame({"member": found[MEMBER], "movie": titles, **columns})


def show_evaluation(args: Namespace) -> None:
    """Print the errors of the model on held-out ratings."""
    start = None if args.model is None else load(args.model).options
    options = chosen_options(args, start)
    data = chosen_data(args).described()
    found = evaluate(data, options=options, seed=args.seed, k=args.k, on_step=progress)
    print(as_json(found.figures()) if args.json else evaluation_text(found))


def evaluation_text(found: Evaluation) -> str:
    """Return the figures of an evaluation as plain text."""
    intervals, ranking = found.figures()["intervals"], text_table(_wide(found.ranking))
    return (
        f"Finding what people watched (known movies left out)\n\n{ranking}\n\n"
        f"Predicting {len(found.predictions):,} held-out ratings, in stars\n\n"
        f"{text_table(found.errors)}\n\n"
        f"80% intervals hold {intervals['coverage']:.1%} of them and are "
        f"{intervals['width']:.2f} stars wide."
    )


def _wide(ranking: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each model and split, a column for each metric, in their order."""
    rows = ranking.set_index(["model", "split", "metric"])["value"]
    return rows.unstack(sort=False).reset_index()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    return run(parser(), lambda args: args.act(args), argv)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
