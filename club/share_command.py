"""python -m club share: a passphrase for the home network, and the address for the phones."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from club import config, sharing
from club.errors import InvalidInput


def add_share_command(commands: Any) -> None:
    """Describe the command to `argparse`'s subparsers."""
    share = commands.add_parser("share", help="set the passphrase for the home network")
    share.add_argument("--port", type=int, default=8501, help="where the app listens")
    share.add_argument("--new", action="store_true", help="set a new passphrase; all must enter it")
    share.set_defaults(run=_share)


def _share(options: argparse.Namespace) -> None:
    if not sharing.is_port_free(options.port):  # what answers there may be another program
        raise InvalidInput(
            f"Port {options.port} cannot be used, perhaps because something else uses it. "
            "PORT=8600 make share takes another one."
        )
    folder = config.folder()
    if not options.new and sharing.load_passphrases(folder):
        print("The passphrase is the one from before. To set a new one: make share NEW=--new")
    else:
        _set_passphrases(folder)
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
