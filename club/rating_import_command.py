"""python -m club import: members' ratings from other apps, the same as the page *Bring ratings*."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from club.audit import at_the_terminal
from club.errors import InvalidInput
from club.store import Store
from club.validation import clean_name, name_key

if TYPE_CHECKING:
    from club.imports.ratings import Plan, RatingsFile


def add_rating_import_command(commands: Any, common: argparse.ArgumentParser) -> None:
    """Describe the command to `argparse`'s subparsers; `common` has --database."""
    parser = commands.add_parser(
        "import",
        parents=[common],
        help="bring members' ratings: Letterboxd, IMDb, any CSV, or what export wrote",
    )
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="a ZIP or CSV")
    parser.add_argument("--member", metavar="NAME", help="whose they are, where no file says it")
    parser.add_argument(
        "--new-member", action="store_true", help="add members whom the club does not have"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
    parser.add_argument(
        "--take",
        choices=["theirs", "ours"],
        default="newer",
        help="where the club has other stars: the file's or the club's; else the newer",
    )
    parser.add_argument(
        "--by-title",
        action="store_true",
        help="where a row says no year, take the one movie that is called so",
    )
    parser.add_argument(
        "--scale",
        type=int,
        choices=[5, 10, 100],
        help="the highest rating, where no format says it",
    )
    parser.add_argument("--rejected", metavar="FILE", type=Path, help="CSV of what was left out")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Read, match and save, or only say what would be saved; see `add_rating_import_command`.

    Raises:
        ClubError: for the caller to show as one line.
    """
    # Slow: they bring the whole learning machinery.
    from club.catalogue import catalogue  # noqa: PLC0415
    from club.import_command import current_world  # noqa: PLC0415
    from club.imports import ratings  # noqa: PLC0415

    store = Store.open(options.database, must_exist=True).by(at_the_terminal())
    found = ratings.read_all(options.files)
    choices = ratings.Choices(
        members=_members(found, store, options.member, options.new_member),
        tops=_tops(found, options.scale),
        by_title=options.by_title,
        take=options.take,
    )
    club, movies = ratings.ClubNow.of(store), catalogue(current_world(), store)
    matches = ratings.match(found, movies)
    plan = ratings.plan(found, matches, club, choices, now=int(time.time()))
    rejected = plan.rejected(movies)
    if options.rejected:
        try:
            options.rejected.write_text(ratings.as_csv(rejected), "utf-8", newline="")
        except OSError as error:
            raise InvalidInput(
                f"{options.rejected} cannot be written: {error.strerror}."
            ) from error
    if not options.dry_run:
        ratings.save(store, plan)
    _show(found, plan, ratings.notes(found, choices), options)


def _members(
    found: Sequence[RatingsFile], store: Store, name: str | None, may_add: bool
) -> dict[tuple[str, str], int | str]:
    known = {name_key(known): int(member) for member, known in store.members()["name"].items()}
    chosen: dict[tuple[str, str], int | str] = {}
    for source in found:
        if name is None and source.people == ("",):
            raise InvalidInput(f"{source.file} does not say whose ratings it holds: name --member.")
        if name is not None and len(source.people) > 1:
            raise InvalidInput(
                f"{source.file} names {len(source.people)} people itself; leave out --member."
            )
        for person in source.people:
            called = clean_name(person if name is None else name)
            member = known.get(name_key(called))
            if member is None and not may_add:
                raise InvalidInput(f"There is no member called {called}; --new-member adds them.")
            chosen[source.file, person] = called if member is None else member
    return chosen


def _tops(found: Sequence[RatingsFile], top: int | None) -> dict[str, int]:
    for source in found:
        if source.scale.contradicts and top is None:
            raise InvalidInput(
                f"{source.file}: {source.scale.doubt} Say --scale 5, 10 or 100 for where they end."
            )
    if top is None:
        return {}
    return {source.file: top for source in found if not source.scale.fixed}


def _show(
    found: Sequence[RatingsFile], plan: Plan, notes: Sequence[str], options: argparse.Namespace
) -> None:
    doubts = [
        f"{source.file}: {source.scale.doubt} They are taken for stars; --scale 10 says otherwise."
        for source in found
        if source.scale.doubt and options.scale is None
    ]
    by_title = sum(entry.match.alone is not None for entry in plan.of("uncertain"))
    if by_title:
        say = "says" if by_title == 1 else "say"
        doubts.append(
            f"{by_title:,} of those to decide {say} no year; --by-title takes the one movie that "
            "is called so."
        )
    figures = {
        "files": {source.file: source.kind for source in found},
        "changed": not options.dry_run,
        "written": len(plan.taken),
        "counts": plan.counts,
        "seen": len(plan.seen),
        "watchlist": len(plan.wished),
        "notes": [*doubts, *notes],
    }
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    for source in found:
        print(f"{source.file}: {source.kind}")
    for label, count in plan.counts.items():
        print(f"{count:>10,}  {label}")
    for note in (*doubts, *notes, *_without_stars(plan)):
        print(note)
    what = "would be written; nothing was changed" if options.dry_run else "written"
    number = len(plan.taken)
    print(f"{number:,} {'rating' if number == 1 else 'ratings'} {what}.")


def _without_stars(plan: Plan) -> list[str]:
    """Return what becomes of the movies that nobody gave stars, in sentences."""
    said = []
    if plan.seen:
        one = len(plan.seen) == 1
        said.append(f"{len(plan.seen):,} without stars {'counts' if one else 'count'} as seen.")
    if plan.wished:
        is_on = "movie is" if len(plan.wished) == 1 else "movies are"
        said.append(
            f"{len(plan.wished):,} {is_on} on a watchlist; the page Bring ratings can put them on "
            "the shortlist."
        )
    return said
