"""What the bundled keywords are worth: ours with them, without, exchanged, and with other words.

    python -m benchmarks.keywords                     # a table
    python -m benchmarks.keywords --other FOLDER      # and with the keywords.csv in FOLDER
    python -m benchmarks.keywords --resume FILE       # go on where it was stopped

Whoever claims that keywords help shows it against the same keywords given to other movies.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from benchmarks import command
from benchmarks.leaderboard import hybrid, permuted, run_all
from benchmarks.protocol import ACCURACY, CONDITIONS
from benchmarks.standings import OURS, table
from recommender import load_bundled
from recommender.evaluation.baselines import Fit


def contestants(other: Path | None) -> dict[str, Fit]:
    """Return the fits; all but the last describe the movies of the bundled keywords."""
    found = {
        OURS: hybrid(),
        "genres and decade only": hybrid(lambda keywords, _: keywords.map(lambda _: ())),
        "keywords of other movies": hybrid(permuted),
    }
    if other:
        theirs = load_bundled(other).movies["keywords"]
        found["other keywords, same movies"] = hybrid(
            lambda keywords, _: theirs.where(keywords.map(len) > 0, keywords)
        )
    return found


def show(options: Namespace) -> None:
    """Print the metrics of ours with each version of the keywords."""
    runs = run_all(
        load_bundled(),
        seeds=options.seeds,
        conditions=CONDITIONS,
        models=contestants(options.other),
        file=options.resume,
        on_run=command.progress,
    )
    command.show(table(runs)[["condition", "model", *ACCURACY]], options.json)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = command.parser("keywords", __doc__ or "", default_seeds="0-4")
    parser.add_argument("--other", type=Path, metavar="FOLDER", help="like data/, other keywords")
    parser.add_argument("--resume", type=Path, metavar="FILE", help="keep finished runs in FILE")
    return command.run(parser, show, argv)


if __name__ == "__main__":
    raise SystemExit(main())
