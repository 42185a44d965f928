"""TMDB as the pages use it: the key from the secrets, one client, one job, and movies' pictures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

import pandas as pd
import streamlit as st

from club import config
from club.errors import SourceUnavailable
from club.sources.posters import Posters
from club.sources.tmdb import ADDRESS, SECRETS, Tmdb
from ui import state
from ui.cache import cached
from ui.posters import framed, poster

# The notice that TMDB's terms ask for, with their name, wherever something of theirs may be shown.
CREDIT = (
    "Facts and posters from [TMDB](https://www.themoviedb.org), The Movie Database, where the club "
    "fetched them. This product uses the TMDB API but is not endorsed or certified by TMDB."
)


def client() -> Tmdb | None:
    """Return the way to TMDB, None without a key; SourceUnavailable for unreadable secrets."""
    try:
        section = st.secrets["tmdb"]
    except KeyError:
        return None
    except (OSError, ValueError):  # no file, or one that cannot be read
        if any(Path(file).exists() for file in st.get_option("secrets.files")):
            raise SourceUnavailable(
                f"{SECRETS} cannot be read; check that texts in it stand in quotes."
            ) from None
        return None
    values = section if isinstance(section, Mapping) else {}
    key, address = values.get("key"), values.get("url", ADDRESS)
    if not isinstance(key, str) or not isinstance(address, str):
        raise SourceUnavailable(f'Write the key for TMDB into {SECRETS} like this: key = "…".')
    return _client(config.folder(), key, address)


poster_job = partial(state.job, "fetching posters")


@cached()
def _client(folder: Path, key: str, address: str) -> Tmdb:
    return Tmdb(key, folder / "tmdb", posters(), address)


def posters() -> Posters:
    """Return the posters on disk."""
    return Posters(config.folder() / "posters")


def picture(club: state.View, movie_id: int) -> str:
    """Return a movie's picture as SVG text: its poster from TMDB, else one drawn for it."""
    tmdb_id = club.movies.at[movie_id, "tmdb_id"]
    fetched = None if pd.isna(tmdb_id) else fetched_picture(int(tmdb_id))
    return fetched or _drawn(club.title(movie_id), club.year(movie_id), club.genres(movie_id))


_drawn = lru_cache(maxsize=2000)(poster)


def fetched_picture(tmdb_id: int) -> str | None:
    """Return the poster that was fetched for a movie as SVG text, None if there is none."""
    file = posters().find(tmdb_id)
    try:
        return None if file is None else framed(file.read_bytes())
    except OSError:  # it expired at this moment
        return None
