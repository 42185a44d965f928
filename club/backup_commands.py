"""python -m club backup | restore: the club kept, and put back."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from club import backup as backups
from club.audit import at_the_terminal
from club.backup import Backup
from club.db.transfer import OnStep
from club.restore import Figures, Preview, preview, restore
from club.store import Store


def add_backup_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Describe the commands to `argparse`'s subparsers; `common` has --database."""
    backup = commands.add_parser("backup", parents=[common], help="copy the club to a file")
    backup.add_argument(
        "path", metavar="PATH", type=Path, nargs="?", help="a new file; else one among the backups"
    )
    backup.set_defaults(run=_backup)

    back = commands.add_parser("restore", parents=[common], help="put a backup back")
    back.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        nargs="?",
        help="a backup; without it backups are listed",
    )
    back.add_argument(
        "--yes", action="store_true", help="do it; else it is only said what would be"
    )
    back.add_argument("--json", action="store_true", help="print JSON")
    back.set_defaults(run=_restore)


def _backup(options: argparse.Namespace) -> None:
    store = Store.open(options.database, must_exist=True)
    if options.path is not None:
        backups.write(store, options.path, _bar())
        print(f"{store.place} is copied to {options.path}.")
        return
    made = backups.roll(store, on_step=_bar())
    if made is None:
        print(f"Nothing has changed since the last backup in {backups.folder(store.database)}.")
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
        print(f"There is no backup in {backups.folder(store.database)} yet.")


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
