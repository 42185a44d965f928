"""The actor whom the audit log names for commands."""

from __future__ import annotations

import getpass


def terminal_actor() -> str:
    """Return the actor of a command: the computer's user."""
    try:
        user = getpass.getuser()
    except (ImportError, KeyError, OSError):  # the system knows no name for them
        user = "somebody"
    return f"{user[:40]} (command)"
