"""What the club fetched about movies of the world: kept for a while, then fetched again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete, insert, select, update

from club import validation
from club.db import schema

KEPT_DAYS = 180  # TMDB's terms let nobody keep what it says for more than six months
_SECONDS_A_DAY = 86_400
_table = schema.movie_details.c
_movies = schema.movies.c


@dataclass(frozen=True)
class Details:
    """What is known of one movie beyond the catalogue.

    Args:
        movie_id: of the catalogue.
        title: the movie's there.
        tmdb_id: its number at TMDB.
        runtime: minutes; None where nobody knows.
    """

    movie_id: int
    title: str
    tmdb_id: int
    runtime: int | None = None
    overview: str = ""
    keywords: tuple[str, ...] = ()


def keep(connection: Connection, found: Iterable[Details], at: int) -> bool:
    """Keep details in place of earlier ones; return whether there were any.

    Those of the club's own movies go where the movie is, add to its keywords and take nothing away.

    Raises:
        InvalidInput: the club cannot keep them; see `club.validation`.
    """
    rows: list[dict[str, Any]] = [
        {
            "movie_id": validation.whole_id(movie.movie_id, "movie"),
            "title": movie.title,
            "tmdb_id": validation.clean_tmdb_id(movie.tmdb_id),
            "runtime": validation.clean_runtime(movie.runtime),
            "overview": validation.clean_overview(movie.overview),
            "keywords": validation.clean_terms(movie.keywords, "keywords"),
            "fetched_at": at,
        }
        for movie in found
    ]
    for row in rows:
        if row["movie_id"] < 0:
            _complete(connection, row)
            continue
        connection.execute(delete(schema.movie_details).where(_table.movie_id == row["movie_id"]))
        connection.execute(insert(schema.movie_details).values(row))
    return bool(rows)


def _complete(connection: Connection, row: dict[str, Any]) -> None:
    mine = _movies.movie_id == row["movie_id"]
    keywords = connection.execute(select(_movies.keywords).where(mine)).scalar_one_or_none()
    if keywords is None:  # the movie went while its details were fetched
        return
    both = list(dict.fromkeys([*keywords, *row["keywords"]]))[: validation.MAX_TERMS]
    facts = {name: row[name] for name in ("tmdb_id", "runtime", "overview") if row[name]}
    connection.execute(update(schema.movies).where(mine).values(keywords=both, **facts))


def fetched(connection: Connection, now: int) -> pd.DataFrame:
    """Return the details that may still be used; see `Store.movie_details`."""
    query = select(schema.movie_details).where(_table.fetched_at > now - KEPT_DAYS * _SECONDS_A_DAY)
    rows = connection.execute(query.order_by(_table.movie_id)).all()
    frame = pd.DataFrame(
        {
            "movie_id": pd.Series([row.movie_id for row in rows], dtype="int64"),
            "title": pd.Series([row.title for row in rows], dtype="str"),
            "keywords": pd.Series([tuple(row.keywords) for row in rows], dtype=object),
            "runtime": pd.Series([row.runtime for row in rows], dtype="Int64"),
            "overview": pd.Series([row.overview for row in rows], dtype="str"),
            "tmdb_id": pd.Series([row.tmdb_id for row in rows], dtype="Int64"),
        }
    )
    return frame.set_index("movie_id")


def merged(movies: pd.DataFrame, details: pd.DataFrame) -> pd.DataFrame:
    """Return a catalogue with what was fetched about its movies.

    Details count only where the catalogue still has the movie under the same id and title and
    knows no other number at TMDB. Its own keywords come first, its own overview stays; of runtimes
    the fetched one counts, since the bundled ones are good to some minutes only.

    Args:
        movies: in the form of `Dataset.movies`.
        details: as `Store.movie_details` returns them.
    """
    known = details[details.index.isin(movies.index)]
    before = movies.loc[known.index]
    other = before["tmdb_id"].notna() & (before["tmdb_id"] != known["tmdb_id"])
    known = known[(before["title"] == known["title"]) & ~other]
    if known.empty:
        return movies
    result, before = movies.copy(), movies.loc[known.index]
    result.loc[known.index, "runtime"] = known["runtime"].fillna(before["runtime"])
    result.loc[known.index, "tmdb_id"] = known["tmdb_id"]
    result.loc[known.index, "overview"] = before["overview"].where(
        before["overview"] != "", known["overview"]
    )
    pairs = zip(before["keywords"], known["keywords"], strict=True)
    both = [tuple(dict.fromkeys([*ours, *theirs])) for ours, theirs in pairs]
    result.loc[known.index, "keywords"] = pd.Series(both, index=known.index, dtype=object)
    return result
