"""The picture of a movie: the poster that TMDB gave where there is one, else one drawn for it."""

from __future__ import annotations

import pandas as pd

from club import config
from club.sources.posters import Posters
from ui import state
from ui.posters import framed, poster

# What TMDB's terms ask to say, with their name, wherever something of theirs may be shown.
CREDIT = (
    "Facts and posters from [TMDB](https://www.themoviedb.org), The Movie Database, where the club "
    "fetched them. This product uses the TMDB API but is not endorsed or certified by TMDB."
)


def posters() -> Posters:
    """Return the posters on disk."""
    return Posters(config.folder() / "posters")


def picture(club: state.View, movie_id: int) -> str:
    """Return a movie's picture as SVG text."""
    tmdb_id = club.movies.at[movie_id, "tmdb_id"]
    fetched = None if pd.isna(tmdb_id) else picture_from_tmdb(int(tmdb_id))
    return fetched or poster(club.title(movie_id), club.year(movie_id), club.genres(movie_id))


def picture_from_tmdb(tmdb_id: int) -> str | None:
    """Return the poster that was fetched for a movie as SVG text, None if there is none."""
    file = posters().find(tmdb_id)
    try:
        return None if file is None else framed(file.read_bytes())
    except OSError:  # it went at this moment
        return None
