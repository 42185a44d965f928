"""The club from the command line: python -m club --help lists what it can do."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from club import audit, config
from club.backup_commands import add_backup_commands
from club.errors import ClubError, InvalidInput
from club.export_command import add_export_command
from club.import_command import add_import_command
from club.rating_import_command import add_rating_import_command
from club.share_command import add_share_command
from club.store import Store

if TYPE_CHECKING:
    from recommender.bundled import DemoClub
    from recommender.dataset import Dataset


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line instead of repeating how it is used."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status: 0, or 2 for bad input after one clear line."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
        sys.stdout.flush()
    except ClubError as error:
        # A path may hold what a terminal would obey.
        said = "".join(c if c.isprintable() else "�" for c in str(error))
        print(f"python -m club {options.command}: {said}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes once more
    return 0


def _parser() -> _Parser:
    place: dict[str, Any] = {
        "metavar": "URL",
        "help": "path of an SQLite file, or sqlite:///... or postgresql://...; "
        f"else ${config.DATABASE}, else {config.FILE} in ${config.VAR}, else in {config.OURS}",
    }
    common = _Parser(add_help=False)
    common.add_argument("--database", default=argparse.SUPPRESS, **place)
    parser = _Parser(prog="python -m club", description="Look after the club's database.")
    parser.add_argument("--database", default=None, **place)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", parents=[common], help="load the demo club")
    demo.add_argument(
        "--force", action="store_true", help="replace whatever the database holds, for good"
    )
    demo.set_defaults(run=_demo)

    members = commands.add_parser("members", parents=[common], help="list the members")
    members.add_argument("--json", action="store_true", help="print JSON")
    members.set_defaults(run=_members)

    add_export_command(commands, common)
    add_backup_commands(commands, common)
    add_import_command(commands)
    add_rating_import_command(commands, common)
    add_share_command(commands)
    return parser


def _demo(options: argparse.Namespace) -> None:
    from club.demo import load_demo  # noqa: PLC0415

    world, demo = _bundled()
    store = Store.open(options.database).by(audit.at_the_terminal())
    if not load_demo(store, world, demo, replace=options.force):
        raise InvalidInput("The club has data already; --force replaces all of it with the demo.")
    print(f"{store.place} holds the demo club of {len(demo.members)} members.")


def _members(options: argparse.Namespace) -> None:
    store = Store.open(options.database, must_exist=True)
    counts = store.ratings()["member_id"].value_counts()
    rows = [
        {"member_id": member_id, "name": name, "ratings": int(counts.get(member_id, 0))}
        for member_id, name in store.members()["name"].items()
    ]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        print(f"{row['member_id']:>4}  {row['ratings']:>6,} ratings  {row['name']}")


def _bundled() -> tuple[Dataset, DemoClub]:
    """The world and the demo club that ship with the program."""
    # Needed by two commands only, and slow: it brings the whole learning machinery.
    from recommender.bundled import demo_club, load_bundled  # noqa: PLC0415
    from recommender.errors import DataError  # noqa: PLC0415

    try:
        return load_bundled(), demo_club()
    except DataError as error:
        raise ClubError(str(error)) from error


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.exit(main())
