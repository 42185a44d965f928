"""The club from the command line: python -m club --help lists the commands."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
import time
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from club import backup, config, export, restore, sharing
from club.catalogue import catalogue
from club.db.transfer import OnStep
from club.demo import load_demo
from club.errors import ClubError, InvalidInput, writing
from club.imports import catalogue as catalogues
from club.imports import ratings
from club.imports.ratings import Choices, ClubNow, Plan, RatingsFile
from club.matching import TitleMatcher
from club.sources import lookup, movielens
from club.sources.wikidata import ADDRESS, Wikidata
from club.store import Store
from club.validation import FIRST_YEAR, clean_name, name_key
from recommender.bundled import demo_club, load_bundled
from recommender.dataset import Dataset
from recommender.errors import DataError
from recommender.persistence import write_atomically
from recommender.terminal import Parser, called, progress, run


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return the exit status: 0, or 2 for bad input after one clear line."""
    config.configure_logging("WARNING")
    return run(_parser(), lambda options: options.run(options), arguments, (ClubError, DataError))


def _parser() -> Parser:
    place: dict[str, Any] = {
        "metavar": "URL",
        "help": "path of an SQLite file, or sqlite:///... or postgresql://...; "
        f"else ${config.DATABASE}, else {config.FILE} in {config.folder()} (${config.VAR})",
    }
    common, figures = Parser(add_help=False), Parser(add_help=False)
    common.add_argument("--database", default=argparse.SUPPRESS, **place)
    figures.add_argument("--json", action="store_true", help="print JSON")
    parser = Parser(prog=called("club"), description="Look after the club's database.")
    parser.add_argument("--database", default=None, **place)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, act: Any, *parents: Parser) -> argparse.ArgumentParser:
        text = act.__doc__
        added = commands.add_parser(name, parents=[common, *parents], help=text, description=text)
        added.set_defaults(run=act, parser=added)
        return added

    new = command("new", _new)
    new.add_argument("name", metavar="NAME", help="of the club")
    command("demo", _demo).add_argument(
        "--force", action="store_true", help="replace the present club, for good"
    )
    command("members", _members, figures)

    saved = command("backup", _backup)
    saved.add_argument(
        "path", type=Path, metavar="PATH", help="a new file; else one among the backups", nargs="?"
    )
    back = command("restore", _restore, figures)
    back.add_argument("file", type=Path, metavar="FILE", help="a backup")
    back.add_argument("--yes", action="store_true", help="do it; else only say what would be done")

    out = command("export", _export)
    formats = "all ratings as CSV; all that the club knows as a ZIP; a member's for Letterboxd"
    kinds = ["ratings", "all", "letterboxd"]
    out.add_argument("--format", choices=kinds, default="ratings", help=formats)
    out.add_argument("--member", metavar="NAME", help="whose movies, for Letterboxd")
    out.add_argument("--output", type=Path, metavar="FILE", help="a file instead of the screen")

    bring = command("import", _import, figures)
    bring.add_argument("--rejected", metavar="FILE", type=Path, help="CSV of what was left out")
    bring.add_argument("files", type=Path, metavar="FILE", help="a ZIP or CSV", nargs="+")
    bring.add_argument("--member", metavar="NAME", help="whose they are, where no file says it")
    bring.add_argument("--new-member", action="store_true", help="add members not in the club yet")
    bring.add_argument("--dry-run", action="store_true", help="only say what would be done")
    what = "where the club has other stars: the file's or the club's; else the newer"
    bring.add_argument("--take", choices=["theirs", "ours"], default="newer", help=what)
    what = "add movies that the catalogue lacks to the club's own; nothing is left to decide"
    bring.add_argument("--add-missing", action="store_true", help=what)
    bring.add_argument(
        "--numbers", choices=["movielens", "tmdb"], help="whose numbers files without titles have"
    )
    what = "the highest rating, where no format says it"
    bring.add_argument("--scale", type=int, choices=[5, 10, 100], help=what)

    movies = command("import-catalogue", _import_catalogue, figures)
    source = movies.add_mutually_exclusive_group()
    source.add_argument("path", type=Path, metavar="PATH", help="a folder, ZIP or file", nargs="?")
    source.add_argument("--fetch", choices=movielens.ARCHIVES, help="fetch MovieLens's archive")
    movies.add_argument("--preview", action="store_true", help="only say what would be taken over")
    movies.add_argument("--no-ratings", action="store_true", help="keep the ratings to learn from")
    source.add_argument("--forget", action="store_true", help="go back to the bundled data")

    _look_up_options(command("look-up", _look_up, figures))

    share = command("share", _share)
    share.add_argument("--port", type=int, default=8501, help="where the app listens")
    share.add_argument("--new", action="store_true", help="set a new passphrase; all must enter it")
    return parser


# The club


def _new(options: argparse.Namespace) -> None:
    """Begin an empty club."""
    store = Store.open(options.database).by(_actor())
    if store.version():
        raise InvalidInput("The club has data already; restore a backup or name another database.")
    store.start_own_club(options.name)
    print(f"{store.place} holds the new club {store.club().name}.")


def _demo(options: argparse.Namespace) -> None:
    """Load the demo club."""
    store = Store.open(options.database).by(_actor())
    demo = demo_club()
    if not load_demo(store, load_bundled(), demo, replace=options.force):
        raise InvalidInput("The club has data already; --force replaces all of it with the demo.")
    print(f"{store.place} holds the demo club of {len(demo.members)} members.")


def _members(options: argparse.Namespace) -> None:
    """List the members."""
    store = _existing(options)
    counts = store.ratings.current()["member_id"].value_counts()
    rows = [
        {"member_id": member_id, "name": name, "ratings": int(counts.get(member_id, 0))}
        for member_id, name in store.members.all()["name"].items()
    ]
    lines = (f"{row['member_id']:>4}  {row['ratings']:>6,} ratings  {row['name']}" for row in rows)
    _show(options, rows, lines)


# Backups


def _backup(options: argparse.Namespace) -> None:
    """Copy the club to a file."""
    store = _existing(options)
    if options.path is not None:
        backup.write(store, options.path, _bar())
    elif made := backup.roll(store, on_step=_bar()):
        options.path = made.file
    else:
        print(f"Nothing has changed since the last backup in {backup.folder(store.database)}.")
        return
    print(f"{store.place} is copied to {options.path}.")


def _restore(options: argparse.Namespace) -> None:
    """Put a backup back, also into another database."""
    found = restore.preview(options.database, options.file)
    kept = None
    if options.yes:
        kept = restore.restore(options.database, options.file, _bar(), who=_actor())
    figures = {
        "file": options.file,
        "restored": options.yes,
        "kept": kept and kept.file,
        "now": found.now and vars(found.now),
        "backup": vars(found.backup),
    }
    now = "a damaged database, which is put aside" if found.damaged else "no database yet"
    lines = [
        f"Now:         {now if found.now is None else _state(found.now)}",
        f"The backup:  {_state(found.backup)}",
        found.table.to_string(index=False, na_rep="–"),
    ]
    if options.yes:
        lines.append(f"{options.file} is restored. Press Learn again in the app to learn from it.")
    else:
        lines.append("Nothing was changed; --yes does it.")
    if kept:
        lines.append(f"What was there before is kept as {kept.file}.")
    _show(options, figures, lines)


def _state(club: restore.Figures) -> str:
    return f"{club.name}, last changed {club.changed_at:%Y-%m-%d %H:%M}"


# Export


def _export(options: argparse.Namespace) -> None:
    """Write ratings as CSV, or everything as a ZIP."""
    if (options.format == "letterboxd") != (options.member is not None):
        raise InvalidInput("--format letterboxd and --member NAME go together.")
    if options.format == "all" and options.output is None:
        raise InvalidInput("A ZIP is nothing for the screen: name --output FILE.")
    store = _existing(options)
    movies = catalogue(base_dataset(), store)
    if options.format == "ratings":
        content, whose = export.ratings_csv(store, movies), "All ratings are"
    elif options.format == "all":
        content, whose = export.everything(store, movies), "All that the club knows is"
    else:
        people = store.members.all(include_guests=True)["name"]
        known = {name_key(name): int(member) for member, name in people.items()}
        member_id = known.get(name_key(options.member))
        if member_id is None:
            raise InvalidInput(f"There is no member called {options.member}.")
        content = export.for_letterboxd(store, movies, member_id)
        whose = f"{people[member_id]}'s movies are"
    if options.output is None:
        sys.stdout.write(content.decode("utf-8").replace("\r\n", "\n"))
        return
    _write(options.output, content)
    print(f"{whose} in {options.output}.")


# Import


def _import(options: argparse.Namespace) -> None:
    """Import members' ratings: Letterboxd, IMDb, any CSV, or what export wrote."""
    store = _existing(options)
    found = ratings.read_all(options.files)
    for source in found:
        if source.is_numbered and options.numbers is None:
            raise InvalidInput(
                f"{source.file} has numbers in place of titles: say --numbers movielens or tmdb."
            )
    choices = Choices(
        members=_chosen_members(found, store, options.member, options.new_member),
        tops=_chosen_tops(found, options.scale),
        all_decided=options.add_missing,
        add_missing=options.add_missing,
        take=options.take,
    )
    movies = catalogue(base_dataset(), store)
    matches = ratings.match(found, TitleMatcher(movies), options.numbers or "movielens")
    plan = ratings.plan(found, matches, ClubNow.of(store), choices, now=int(time.time()))
    if options.rejected:
        _write(options.rejected, ratings.as_csv(plan.rejected(movies)).encode())
    if not options.dry_run:
        ratings.save(store, plan, _bar())
    written, seen, wished = (plan.taken(kind) for kind in ("rating", "seen", "wished"))
    notes = _doubts(found, plan, options)
    figures = {
        "files": {source.file: source.kind for source in found},
        "changed": not options.dry_run,
        "written": len(written),
        "counts": plan.counts,
        "seen": len(seen),
        "watchlist": len(wished),
        "added": len(plan.lacking) if options.add_missing else 0,
        "notes": notes,
    }
    unrated = {
        "without stars, taken for seen": len(seen),
        "for a watchlist": len(wished),
        "movies added to the club's own": figures["added"],
    }
    counts = {**plan.counts, **{label: count for label, count in unrated.items() if count}}
    what = "would be written; nothing was changed" if options.dry_run else "written"
    lines = [
        *(f"{source.file}: {source.kind}" for source in found),
        *(f"{count:>10,}  {label}" for label, count in counts.items()),
        *notes,
        f"{len(written):,} {'rating' if len(written) == 1 else 'ratings'} {what}.",
    ]
    _show(options, figures, lines)


def _chosen_members(
    found: Sequence[RatingsFile], store: Store, name: str | None, may_add: bool
) -> dict[tuple[str, str], int | str]:
    known = {name_key(known): int(member) for member, known in store.members.all()["name"].items()}
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


def _chosen_tops(found: Sequence[RatingsFile], top: int | None) -> dict[str, int]:
    for source in found:
        if source.scale.contradicts and top is None:
            raise InvalidInput(
                f"{source.file}: {source.scale.doubt} Say --scale 5, 10 or 100 for where they end."
            )
    if top is None:
        return {}
    return {source.file: top for source in found if not source.scale.fixed}


def _doubts(found: Sequence[RatingsFile], plan: Plan, options: argparse.Namespace) -> list[str]:
    doubts = [
        f"{source.file}: {source.scale.doubt} They are taken for stars; --scale 10 says otherwise."
        for source in found
        if source.scale.doubt and options.scale is None
    ]
    if plan.lacking and not options.add_missing:
        doubts.append(
            f"The catalogue lacks {len(plan.lacking):,} of these movies; --add-missing keeps them "
            "as the club's own."
        )
    return doubts


def _import_catalogue(options: argparse.Namespace) -> None:
    """Take over movies, keywords and ratings from The Movies Dataset, MovieLens or reviews."""
    if options.forget:
        catalogues.forget(config.base_dataset())
        print("Back to what came with the app.")
        return
    path = options.path
    if options.fetch:
        print(movielens.TERMS, file=sys.stderr)
        path = movielens.fetch(
            options.fetch,
            config.folder(),
            lambda there, size: progress(there // 10**6, size // 10**6, "MB"),
        )
    if path is None:
        raise InvalidInput("Name a folder, a ZIP or a file, or say --fetch or --forget.")
    source = catalogues.read(path, lambda share, what: progress(int(100 * share), 100, what))
    found = catalogues.join(source, base_dataset(), with_ratings=not options.no_ratings)
    if not options.preview:
        catalogues.save(found, config.base_dataset())
    figures = {"kind": found.kind, "counts": found.counts, "notes": found.notes}
    lines = [
        f"{found.kind}{' (a preview; nothing was changed)' if options.preview else ''}",
        *(f"{count:>12,}  {label}" for label, count in found.counts.items()),
        *found.notes,
        *([] if options.preview else ["The model learns from it as soon as the app is open."]),
    ]
    _show(options, figures, lines)


# Look up


def _look_up_options(parser: argparse.ArgumentParser) -> None:
    what = "from this year on; else from where the catalogue ends"
    parser.add_argument("--since", type=int, metavar="YEAR", help=what)
    parser.add_argument("--added", action="store_true", help="only what the club's own movies lack")


def _look_up(options: argparse.Namespace) -> None:
    """Ask Wikidata what the club's own movies lack, and add newer movies than the catalogue's."""
    store = _existing(options)
    data, counts = base_dataset(), {"filled": 0, "same": 0, "unsure": 0, "added": 0, "known": 0}
    wikidata = Wikidata(config.folder() / lookup.FOLDER, lookup.words(data.movies), ADDRESS)

    def report(done: int, total: int, **found: int) -> None:
        counts.update(found)
        progress(done, total)

    today = date.today()
    since = lookup.last_year(data.movies, today) if options.since is None else options.since
    if not FIRST_YEAR <= since <= today.year:
        raise InvalidInput(f"--since is a year from {FIRST_YEAR} to {today.year}.")
    lookup.complete(wikidata, store, catalogue(data, store), report)
    if not options.added:
        movies = catalogue(data, store)
        lookup.add_newer(wikidata, store, movies, report, since=since)
    told = {
        "filled": "of the club's own movies were completed",
        "same": "turned out to be in the catalogue, and became one with its movie",
        "unsure": "could not be told for certain",
        "added": "newer movies were added",
        "known": "newer ones were there already",
    }
    _show(options, counts, [f"{counts[name]:>10,}  {what}" for name, what in told.items()])


# Share


def _share(options: argparse.Namespace) -> None:
    """Set the passphrase for the home network."""
    if not sharing.is_port_free(options.port):  # what answers there may be another program
        raise InvalidInput(
            f"Port {options.port} cannot be used, perhaps because something else uses it. "
            "PORT=8600 make share takes another one."
        )
    if not options.new and sharing.load_passphrases(config.folder()):
        print("The passphrase is the one from before. To set a new one: make share NEW=--new")
    else:
        _set_passphrases(config.folder())
    here = sharing.home_address(options.port)
    if here is None:
        print("This computer is on no network now, so that only it can open the app.")
        return
    print(f"\nFor the phones: {here}\n\n{sharing.qr_terminal(here)}\n")
    print("Anyone who reads along on your network can read along here; see docs/security.md.")


def _set_passphrases(folder: Path) -> None:
    """Ask for the passphrases on a terminal; generate one elsewhere, or if none is typed."""
    member, host = "", ""
    if sys.stdin.isatty():
        member = _ask("Passphrase for your friends (Enter makes one): ")
        host = _ask("Passphrase for hosts elsewhere (Enter: only this computer is host): ")
    if host and sharing.normalise(host) == sharing.normalise(member):
        raise InvalidInput("Hosts need a passphrase of their own.")
    generated = "" if member else sharing.generate_passphrase()
    hashed = sharing.hash_passphrase(member or generated)
    hosts = sharing.hash_passphrase(host) if host else None
    sharing.save_passphrases(sharing.Passphrases(hashed, hosts), folder)
    if generated:
        print(f"The passphrase, which is shown only this once: {generated}")


def _ask(question: str) -> str:
    typed = getpass.getpass(question)
    if typed and getpass.getpass("Once more: ") != typed:
        raise InvalidInput("The two are not the same; nothing was changed.")
    return typed


# What several commands share


def _actor() -> str:
    """Return the actor of a command for the audit log: the computer's user."""
    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):  # the system knows no name for them
        user = "somebody"
    return f"{user[:40]} (command)"


def _existing(options: argparse.Namespace) -> Store:
    return Store.open(options.database, must_exist=True).by(_actor())


def base_dataset() -> Dataset:
    """Return the imported base dataset, or the bundled one; raises DataError if it is damaged."""
    folder = config.base_dataset()
    return catalogues.load(folder).data if catalogues.number(folder) else load_bundled()


def _bar() -> OnStep | None:
    return progress if sys.stderr.isatty() else None


def _show(options: argparse.Namespace, figures: Any, lines: Iterable[str]) -> None:
    """Print the figures as JSON if asked to, else the lines."""
    if options.json:
        print(json.dumps(figures, default=_as_text, ensure_ascii=False, indent=2))
    else:
        for line in lines:
            print(line)


def _as_text(value: Path | datetime) -> str:
    return str(value) if isinstance(value, Path) else value.isoformat()


def _write(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all; raises StoreUnavailable if it cannot be written."""
    with writing(path):
        if path.exists() and not path.is_file():  # a device or a pipe cannot be replaced
            path.write_bytes(content)
        else:
            path.parent.stat()  # a folder that is missing is not made
            write_atomically(path, lambda fresh: fresh.write_bytes(content), mode=0o644)
