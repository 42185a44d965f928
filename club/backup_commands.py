"""python -m club backup | restore | move: the club kept, put back, taken elsewhere."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from club import backups, contents
from club.audit import at_the_terminal
from club.backups import Backup
from club.contents import OnStep
from club.move import is_taken, move
from club.restore import Figures, Preview, preview, restore
from club.store import Store


def add_backup_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Describe the commands to `argparse`'s subparsers; `common` has --database."""
    backup = commands.add_parser("backup", parents=[common], help="copy the club to a file")
    backup.add_argument(
        "path", metavar="PATH", type=Path, nargs="?", help="a new file; else one among the backups"
    )
    backup.set_defaults(run=_backup)

    back = commands.add_parser("restore", parents=[common], help="put a backup or an export back")
    back.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        nargs="?",
        help="a backup, or the ZIP of an export; without it backups are listed",
    )
    back.add_argument(
        "--yes", action="store_true", help="do it; else it is only said what would be"
    )
    back.add_argument("--json", action="store_true", help="print JSON")
    back.set_defaults(run=_restore)

    away = commands.add_parser("move", parents=[common], help="copy the club to another database")
    away.add_argument("--to", metavar="URL", required=True, help="where to, as for --database")
    away.add_argument("--replace", action="store_true", help="even if there is a club already")
    away.add_argument(
        "--yes", action="store_true", help="do it; else it is only said what would be"
    )
    away.add_argument("--json", action="store_true", help="print JSON")
    away.set_defaults(run=_move)


def _backup(options: argparse.Namespace) -> None:
    store = Store.open(options.database, must_exist=True)
    if options.path is not None:
        backups.back_up(store, options.path, _bar())
        print(f"{store.place} is copied to {options.path}.")
        return
    made = backups.roll(store, on_step=_bar())
    if made is None:
        print(f"Nothing has changed since the last backup in {backups.folder_of(store.database)}.")
    else:
        print(f"{store.place} is copied to {made.file}.")


def _restore(options: argparse.Namespace) -> None:
    if options.file is None:
        _list(options)
        return
    found = preview(options.database, options.file)
    who = at_the_terminal()
    kept = restore(options.database, options.file, _bar(), who=who) if options.yes else None
    if options.json:
        figures = {
            "file": str(options.file),
            "restored": options.yes,
            "kept": None if kept is None else str(kept.file),
            "now": found.now and _facts(found.now),
            "backup": _facts(found.backup),
            "lost": found.lost,
        }
        print(json.dumps(figures, ensure_ascii=False, indent=2))
        return
    _show(found)
    if not options.yes:
        print("Nothing was changed; --yes does it.")
        return
    print(f"{options.file} is restored. Press Retrain in the app to learn from it.")
    if kept:
        print(f"What was there before is kept as {kept.file}.")


def _list(options: argparse.Namespace) -> None:
    store = Store.open(options.database, must_exist=True)
    found = backups.find(store.database)
    if options.json:
        rows = [
            {"file": str(backup.file), "made_at": _time(backup), "bytes": backup.size}
            for backup in found
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for backup in found:
        print(f"{_time(backup)}  {backup.size / 1e6:>8,.1f} MB  {backup.file}")
    if not found:
        print(f"There is no backup in {backups.folder_of(store.database)} yet.")


def _move(options: argparse.Namespace) -> None:
    store = Store.open(options.database, must_exist=True)
    if options.yes:
        rows = move(store, options.to, replace=options.replace, on_step=_bar())
    else:
        taken = is_taken(options.to)
        with contents.one_moment(store.database) as connection:
            rows = contents.counts(connection)
    if options.json:
        print(json.dumps({"moved": options.yes, "rows": rows}, indent=2))
        return
    for table, count in rows.items():
        print(f"{count:>12,}  {table.replace('_', ' ')}")
    if options.yes:
        print(f"All of it is copied and compared. {store.place} is as it was.")
        print("Set MOVIE_CLUB_DATABASE to the new place to use it from now on.")
        return
    if taken:
        print("There is a club at that place already; --replace replaces it.")
    print("Nothing was changed; --yes does it.")


def _show(found: Preview) -> None:
    if found.now is None:
        there = "a damaged database, which is put aside" if found.damaged else "no database yet"
        print(f"Now:         {there}")
    else:
        print(f"Now:         {found.now.name}, last changed {found.now.changed_at:%Y-%m-%d %H:%M}")
    backup = found.backup
    print(f"The backup:  {backup.name}, last changed {backup.changed_at:%Y-%m-%d %H:%M}")
    print(found.table.to_string(index=False, na_rep="–"))
    lost = {name: count for name, count in found.lost.items() if count}
    if lost:
        what = ", ".join(f"{name} {count:,}" for name, count in lost.items())
        print(f"Given or changed since, and lost by it: {what}.")


def _facts(figures: Figures) -> dict[str, Any]:
    changed = figures.changed_at.isoformat()
    return {"name": figures.name, "changed_at": changed, "rows": figures.rows}


def _time(backup: Backup) -> str:
    return backup.made_at.strftime("%Y-%m-%d %H:%M:%SZ")


def _bar() -> OnStep | None:
    """A bar, where somebody watches."""
    if not sys.stderr.isatty():
        return None
    from recommender.terminal import progress  # noqa: PLC0415  (slow: the learning machinery)

    return progress
