"""Where the club's own files are and what is logged: the same for the app and for every command."""

from __future__ import annotations

import logging
import os
from pathlib import Path

# Variables of the environment.
VAR, DATABASE, LOG = "MOVIE_CLUB_VAR", "MOVIE_CLUB_DATABASE", "MOVIE_CLUB_LOG"
URL = "MOVIE_CLUB_URL"
OURS = Path(__file__).resolve().parent.parent / "data" / "var"
FILE, WORLD = "club.db", "world"
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
_PACKAGES = ("club", "ui", "recommender")


def folder() -> Path:
    """Return the folder of the club's own files: $MOVIE_CLUB_VAR, else data/var."""
    return Path(os.environ.get(VAR) or OURS)


def base_dataset() -> Path:
    """Return the folder of the imported base dataset."""
    return folder() / WORLD


def database() -> str | Path:
    """Return where the database is: $MOVIE_CLUB_DATABASE, else club.db in `folder`."""
    return os.environ.get(DATABASE) or folder() / FILE


def configure_logging(default: str = "INFO") -> None:
    """Log the packages of this program to stderr, at the level of $MOVIE_CLUB_LOG.

    May be called more than once; the last call counts.

    Args:
        default: one of `LEVELS`; for an unset variable or one that names no level.
    """
    asked = os.environ.get(LOG, "").strip().upper()
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    for name in _PACKAGES:
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(asked if asked in LEVELS else default)
