"""Where the club's own files are: the same for the app and for every command."""

from __future__ import annotations

import os
from pathlib import Path

VAR, DATABASE = "MOVIE_CLUB_VAR", "MOVIE_CLUB_DATABASE"  # variables of the environment
OURS = Path(__file__).resolve().parent.parent / "data" / "var"
FILE, WORLD = "club.db", "world"


def folder() -> Path:
    """Return the folder of the club's own files: $MOVIE_CLUB_VAR, else data/var."""
    return Path(os.environ.get(VAR) or OURS)


def world() -> Path:
    """Return the folder of the movies and ratings that the club brought."""
    return folder() / WORLD


def database() -> str | Path:
    """Return where the database is: $MOVIE_CLUB_DATABASE, else club.db in `folder`."""
    return os.environ.get(DATABASE) or folder() / FILE
