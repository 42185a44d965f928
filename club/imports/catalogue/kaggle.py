"""The Movies Dataset: TMDB's facts and keywords, MovieLens' ratings, and the links between both.

`id` in movies_metadata.csv and keywords.csv is TMDB's, `movieId` in the ratings is MovieLens'.
Thousands of numbers are in use on both sides for different movies, so only the links join them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.archive import Archive
from club.imports.catalogue.source import Rejected, Source
from club.imports.catalogue.tables import (
    clean_overview,
    clean_terms,
    clean_title,
    clean_year,
    csv_chunks,
    literal_names,
    rating_chunks,
    rows,
    whole_number,
)
from club.sources.tmdb import GENRES
from club.validation import LONGEST_RUNTIME

KIND = "The Movies Dataset"
METADATA, KEYWORDS = "movies_metadata.csv", "keywords.csv"
LINKS, RATINGS = ("links.csv", "links_small.csv"), ("ratings.csv", "ratings_small.csv")
COLUMNS = {"userId": "user", "movieId": "movie", "rating": "rating", "timestamp": "timestamp"}


def recognises(archive: Archive) -> bool:
    """Tell whether these are files of The Movies Dataset, or enough of them."""
    if METADATA in archive:
        return True
    return KEYWORDS in archive and archive.first(*LINKS) is not None


def read(archive: Archive, report: Callable[[float, str], None]) -> Source:
    """Read what is there of it.

    Raises:
        InvalidInput: a file is damaged, or the ratings come without the links that they need.
    """
    rejected = Rejected()
    notes: list[str] = []
    report(0.05, METADATA)
    facts = _metadata(archive, rejected) if METADATA in archive else {}
    report(0.4, KEYWORDS)
    keywords = _keywords(archive, rejected, notes) if KEYWORDS in archive else {}
    links_file, ratings_file = archive.first(*LINKS), archive.first(*RATINGS)
    report(0.6, "links")
    links = _links(archive, links_file, rejected, notes) if links_file else {}
    if ratings_file and not links:
        raise InvalidInput(
            f"{ratings_file} needs links.csv or links_small.csv beside it: its numbers are "
            "MovieLens', the others TMDB's."
        )
    movies = _movies(facts, keywords, links)
    ratings = None
    if ratings_file:
        report(0.7, ratings_file)
        table = csv_chunks(archive, ratings_file, COLUMNS)
        ratings = rating_chunks(table, ratings_file, rejected)
    return Source(KIND, movies, True, ratings, rejected, tuple(notes))


def _metadata(archive: Archive, rejected: Rejected) -> dict[int, dict[str, Any]]:
    facts: dict[int, dict[str, Any]] = {}
    for line, row in rows(archive, METADATA, ("id", "title", "release_date"), rejected):
        tmdb_id, title = whole_number(row["id"]), clean_title(row["title"])
        if tmdb_id is None:
            rejected.add(METADATA, line, "the id is no number", list(row.values()))
        elif not title:
            rejected.add(METADATA, line, "no title", list(row.values()))
        elif tmdb_id in facts:
            rejected.add(METADATA, line, "listed twice", list(row.values()))
        else:
            facts[tmdb_id] = _described(row, title)
    return facts


def _described(row: dict[str, str], title: str) -> dict[str, Any]:
    original = clean_title(row.get("original_title", ""))
    minutes = whole_number(row.get("runtime", ""))
    try:
        genres = literal_names(row.get("genres", ""))
    except ValueError:
        genres = []
    return {
        "title": title,
        "year": clean_year(whole_number(row["release_date"].strip()[:4])),
        "genres": tuple(dict.fromkeys(GENRES[name] for name in genres if name in GENRES)),
        "aliases": (original,) if original and original != title else (),
        "runtime": minutes if minutes and minutes <= LONGEST_RUNTIME else None,
        "overview": clean_overview(row.get("overview", "")),
    }


def _keywords(archive: Archive, rejected: Rejected, notes: list[str]) -> dict[int, tuple[str, ...]]:
    keywords: dict[int, tuple[str, ...]] = {}
    read = twice = 0
    for line, row in rows(archive, KEYWORDS, ("id", "keywords"), rejected):
        read += 1
        tmdb_id = whole_number(row["id"])
        if tmdb_id is None:
            rejected.add(KEYWORDS, line, "the id is no number", list(row.values()))
            continue
        if tmdb_id in keywords:
            twice += 1
            rejected.add(KEYWORDS, line, "listed twice", list(row.values()))
            continue
        try:
            keywords[tmdb_id] = clean_terms(literal_names(row["keywords"]))
        except ValueError:
            rejected.add(KEYWORDS, line, "the keywords are no list", list(row.values()))
    notes.append(f"{read:,} rows of keywords were read, {twice:,} of them a second time.")
    return keywords


def _links(
    archive: Archive, file: str, rejected: Rejected, notes: list[str]
) -> dict[int, int | None]:
    """Return MovieLens id -> TMDB id, None where the file does not say."""
    links: dict[int, int | None] = {}
    unknown = 0
    for line, row in rows(archive, file, ("movieId", "tmdbId"), rejected):
        movie = whole_number(row["movieId"])
        if movie is None or movie in links:
            reason = "listed twice" if movie else "the id is no number"
            rejected.add(file, line, reason, list(row.values()))
            continue
        links[movie] = whole_number(row["tmdbId"])
        unknown += links[movie] is None
    if unknown:
        notes.append(f"{unknown:,} movies have no number at TMDB in {file}.")
    return links


def _movies(
    facts: dict[int, dict[str, Any]],
    keywords: dict[int, tuple[str, ...]],
    links: dict[int, int | None],
) -> pd.DataFrame:
    """One row a movie: those with a MovieLens id under it, the others under a negative number."""
    tmdb_ids = [*facts, *(tmdb for tmdb in keywords if tmdb not in facts)]
    known = set(tmdb_ids)
    linked = {tmdb: movie for movie, tmdb in reversed(links.items()) if tmdb in known}
    described = [
        {
            "key": linked.get(tmdb, -tmdb),
            "tmdb_id": tmdb,
            "movielens_id": linked.get(tmdb),
            "keywords": keywords.get(tmdb, ()),
            **facts.get(tmdb, {}),
        }
        for tmdb in tmdb_ids
    ]
    there = set(linked.values())
    # Ratings may be of movies of which nothing else is said; the catalogue may know them.
    bare = [
        {"key": movie, "tmdb_id": tmdb, "movielens_id": movie}
        for movie, tmdb in links.items()
        if movie not in there
    ]
    return as_movies([*described, *bare])


def as_movies(described: list[dict[str, Any]]) -> pd.DataFrame:
    """Return the frame of `Source.movies` for dicts with `key` and whatever else is known."""

    def column(name: str, default: Any) -> list[Any]:
        return [row.get(name, default) for row in described]

    def numbers(name: str) -> pd.Series:
        return pd.Series(column(name, None), dtype="Int64")

    frame = pd.DataFrame(
        {
            "key": pd.Series(column("key", None)),
            "title": pd.Series(column("title", ""), dtype="str"),
            "year": numbers("year"),
            "genres": pd.Series(column("genres", ()), dtype=object),
            "keywords": pd.Series(column("keywords", ()), dtype=object),
            "aliases": pd.Series(column("aliases", ()), dtype=object),
            "runtime": numbers("runtime"),
            "overview": pd.Series(column("overview", ""), dtype="str"),
            "tmdb_id": numbers("tmdb_id"),
            "movielens_id": numbers("movielens_id"),
        }
    )
    return frame.drop_duplicates("key").set_index("key")
