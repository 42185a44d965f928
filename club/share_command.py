"""python -m club share: a passphrase for the home network, and the address for the phones."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import Any

from club import config, passphrase
from club.errors import InvalidInput
from club.passphrase import Locks


def add_share_command(commands: Any) -> None:
    """Describe the command to `argparse`'s subparsers."""
    share = commands.add_parser("share", help="set the passphrase for the home network")
    share.add_argument("--port", type=int, default=8501, help="where the app listens")
    share.add_argument("--new", action="store_true", help="set a new passphrase; all must enter it")
    share.set_defaults(run=_share)


def _share(options: argparse.Namespace) -> None:
    # Needed by this command only.
    from club.home_network import address, is_free, terminal  # noqa: PLC0415

    if not is_free(options.port):  # what answers there may be somebody else's
        raise InvalidInput(
            f"Port {options.port} cannot be used, perhaps because something else uses it. "
            "PORT=8600 make share takes another one."
        )
    folder = config.folder()
    if not options.new and passphrase.load(folder):
        print("The passphrase is the one from before. To set a new one: make share NEW=--new")
    else:
        _set(folder)
    here = address(options.port)
    if here is None:
        print("This computer is on no network now, so that only it can open the app.")
        return
    print(f"\nFor the phones: {here}\n\n{terminal(here)}\n")
    print("Anyone who reads along on your network can read along here; see docs/security.md.")


def _set(folder: Path) -> None:
    """Ask for the passphrases where somebody can answer; make one where nobody wants to."""
    member, host = "", ""
    if sys.stdin.isatty():
        member = _asked("Passphrase for your friends (Enter makes one): ")
        host = _asked("Passphrase for hosts elsewhere (Enter: only this computer is host): ")
    if host and passphrase.spoken(host) == passphrase.spoken(member):
        raise InvalidInput("Hosts need a passphrase of their own.")
    made = "" if member else passphrase.make()
    lock = passphrase.hashed(member or made)
    passphrase.save(Locks(lock, passphrase.hashed(host) if host else None), folder)
    if made:
        print(f"The passphrase, which is shown only this once: {made}")


def _asked(question: str) -> str:
    typed = getpass.getpass(question)
    if typed and getpass.getpass("Once more: ") != typed:
        raise InvalidInput("The two are not the same; nothing was changed.")
    return typed
