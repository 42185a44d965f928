"""`python -m recommender train | evaluate`."""

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
from recommender.model import HybridModel, TrainingOptions
from recommender.persistence import check_target
from recommender.terminal import (
    BAD_INPUT,
    INTERRUPTED,
    Parser,
    as_json,
    progress,
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
    sub.add_argument("--seed", type=whole, default=0, help="of split and models (default 0)")
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
    """Print the errors of the model on held-out ratings."""
    found = evaluate(load_bundled(args.data), seed=args.seed, on_step=progress)
    print(as_json(found.figures()) if args.json else evaluation_text(found))


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
