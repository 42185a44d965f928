"""`python -m recommender train | evaluate | leaderboard`."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from recommender.bundled import load_bundled
from recommender.errors import RecommenderError
from recommender.evaluation import Evaluation, evaluate
from recommender.evaluation.baselines import Predictor
from recommender.evaluation.leaderboard import MODELS, run_all
from recommender.evaluation.protocol import CONDITIONS
from recommender.evaluation.recipes import RECIPES, evaluate_recipe
from recommender.evaluation.report import ranking_figures
from recommender.evaluation.rivals import INSTALL, RIVALS, installed_rivals, missing_rivals
from recommender.evaluation.standings import against_ours, as_markdown, as_text, table
from recommender.model import HybridModel, TrainingOptions
from recommender.persistence import check_target
from recommender.terminal import (
    BAD_INPUT,
    INTERRUPTED,
    Parser,
    as_json,
    choices,
    progress,
    seeds,
    text_table,
    whole,
)


def parser() -> Parser:
    """Return the command line of the package."""
    top = Parser(
        prog="python -m recommender",
        description="Learn from ratings, and judge how right the predictions are.",
        allow_abbrev=False,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = Parser(add_help=False)
    common.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="folder with movielens/ and keywords.csv (default: the data that ship with it)",
    )
    common.add_argument("--json", action="store_true", help="print figures as JSON")

    def command(
        name: str, run: Callable[[argparse.Namespace], None], text: str
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        sub.set_defaults(run=run)
        return sub

    sub = command("train", train, "learn from the data and save the model")
    sub.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to save")
    sub.add_argument("--seed", type=whole, default=0, help="of the model (default 0)")

    sub = command("evaluate", show_evaluation, "hold out a fifth of the ratings and predict them")
    sub.add_argument(
        "--recipe",
        choices=["hybrid", *RECIPES],
        default="hybrid",
        help="ours (hybrid, default), or one of the published recipes",
    )
    sub.add_argument(
        "--as-published", action="store_true", help="run the recipe with its mistakes left in"
    )
    sub.add_argument(
        "--links",
        type=Path,
        metavar="FILE",
        help="CSV with movieId and tmdbId, for the published keyword recipe to mix up",
    )
    sub.add_argument("--seed", type=whole, default=0, help="of split and models (default 0)")

    sub = command("leaderboard", leaderboard, "run every model under the club protocol")
    sub.add_argument("--seeds", type=seeds, default="0-4", help="such as 0-4 or 0,3 (default 0-4)")
    sub.add_argument(
        "--condition",
        type=choices(CONDITIONS),
        default="warm,cold",
        help="warm, cold or both (default warm,cold)",
    )
    sub.add_argument(
        "--models",
        type=choices([*MODELS, *RIVALS]),
        help="such as ours,myFM (default: all that are installed)",
    )
    sub.add_argument(
        "--resume",
        type=Path,
        metavar="FILE",
        help="keep finished runs in FILE, and do not run again what is there",
    )
    sub.add_argument("--markdown", action="store_true", help="print the tables as Markdown")
    return top


def train(args: argparse.Namespace) -> None:
    """Learn, save, say what was learned from."""
    check_target(args.out)
    model = HybridModel.fit(load_bundled(args.data), TrainingOptions(seed=args.seed), progress)
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


def show_evaluation(args: argparse.Namespace) -> None:
    """Print how right our model, or a recipe, is on held-out ratings."""
    if args.recipe == "hybrid":
        if args.as_published or args.links:
            raise RecommenderError("--as-published and --links go with a published --recipe.")
        found = evaluate(load_bundled(args.data), seed=args.seed, on_step=progress)
        print(as_json(found.figures()) if args.json else evaluation_text(found))
        return
    progress(0, 1, f"{args.recipe} recipe")
    ranking = evaluate_recipe(
        args.recipe,
        load_bundled(args.data),
        as_published=args.as_published,
        links=read_links(args.links) if args.links else None,
        seed=args.seed,
    )
    progress(1, 1, "done")
    how = "as published" if args.as_published else "mended"
    if args.json:
        figures = ranking_figures(ranking)
        print(as_json({"recipe": args.recipe, "version": how, "ranking": figures}))
    else:
        print(f"The {args.recipe} recipe, {how}\n\n{ranking_text(ranking)}")


def read_links(file: Path) -> dict[int, int]:
    """Read the TMDB id of each MovieLens id from a links.csv; movies without one are left out."""
    try:
        frame = pd.read_csv(file, usecols=["movieId", "tmdbId"]).dropna().astype("int64")
    except (OSError, ValueError):
        raise RecommenderError(f"{file} is no CSV file with movieId and tmdbId.") from None
    return dict(zip(frame["movieId"].tolist(), frame["tmdbId"].tolist(), strict=True))


def contestants(names: Sequence[str] | None) -> dict[str, Predictor]:
    """Return the models called `names`; without names all that run here, saying which do not."""
    models, missing = {**MODELS, **installed_rivals()}, ", ".join(missing_rivals())
    if names is None:
        if missing:
            print(f"Not installed, so left out: {missing}. All: {INSTALL}", file=sys.stderr)
        return models
    for name in names:
        if name not in models:
            raise RecommenderError(f"{name} needs a library that is missing here: {INSTALL}")
    return {name: models[name] for name in names}


def leaderboard(args: argparse.Namespace) -> None:
    """Print how every model does under the club protocol, and ours against each."""
    if args.json and args.markdown:
        raise RecommenderError("Take --json or --markdown, not both.")
    runs = run_all(
        load_bundled(args.data),
        seeds=args.seeds,
        conditions=args.condition,
        models=contestants(args.models),
        file=args.resume,
        on_run=progress,
    )
    found, against = table(runs), against_ours(runs)
    if args.json:
        figures = {"seeds": args.seeds, "table": found.to_dict("records")}
        print(as_json({**figures, "ours_minus": against.to_dict("records")}))
    else:
        print((as_markdown if args.markdown else as_text)(found, against))


def evaluation_text(found: Evaluation) -> str:
    """Return the figures of an evaluation as plain text."""
    intervals = found.figures()["intervals"]
    return (
        f"Finding what people watched (known movies left out)\n\n{ranking_text(found.ranking)}\n\n"
        f"Predicting {len(found.predictions):,} held-out ratings, in stars\n\n"
        f"{text_table(found.errors)}\n\n"
        f"80% intervals hold {intervals['coverage']:.1%} of them and are "
        f"{intervals['width']:.2f} stars wide."
    )


def ranking_text(ranking: pd.DataFrame) -> str:
    """Return a ranking frame as a table with one column a metric."""
    wide = ranking.pivot(index=["model", "split"], columns="metric", values="value")
    order = pd.MultiIndex.from_frame(ranking[["model", "split"]].drop_duplicates())
    return text_table(wide.loc[order, list(ranking["metric"].unique())].reset_index())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status."""
    args = parser().parse_args(argv)
    try:
        args.run(args)
        sys.stdout.flush()
    except RecommenderError as error:
        print(f"python -m recommender: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (such as `head`) has seen enough; let nothing be written at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
