"""The Movies Dataset: TMDB's facts and keywords, MovieLens' ratings, and the links between both.

`id` in movies_metadata.csv and keywords.csv is TMDB's, `movieId` in the ratings is MovieLens'.
Thousands of numbers are in use on both sides for different movies, so only the links join them.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.source import (
    Progress,
    Rejected,
    Source,
    movies_frame,
    rating_parts,
    valid_ratings,
)
from club.imports.files import Archive
from club.imports.tables import csv_rows, whole_number
from club.sources.tmdb import GENRES
from club.validation import (
    LONGEST_RUNTIME,
    MAX_OVERVIEW,
    MAX_TITLE,
    plausible_year,
    tidied,
    tidied_terms,
)

KIND = "The Movies Dataset"
METADATA, KEYWORDS = "movies_metadata.csv", "keywords.csv"
LINKS, RATINGS = ("links.csv", "links_small.csv"), ("ratings.csv", "ratings_small.csv")
COLUMNS = {"userId": "user", "movieId": "movie", "rating": "rating", "timestamp": "timestamp"}


def recognises(archive: Archive) -> bool:
    """Return True if these are files of The Movies Dataset, or enough of them."""
    return METADATA in archive or (KEYWORDS in archive and archive.first(*LINKS) is not None)


def read(archive: Archive, report: Progress) -> Source:
    """Read what is there of it.

    Raises:
        InvalidInput: a file is damaged, or the ratings come without the links that they need.
    """
    rejected = Rejected()
    notes: list[str] = []
    report(0.05, METADATA)
    facts = _metadata(archive, rejected) if METADATA in archive else {}
    report(0.4, KEYWORDS)
    keywords = _keywords(archive, rejected) if KEYWORDS in archive else {}
    links_file, ratings_file = archive.first(*LINKS), archive.first(*RATINGS)
    report(0.6, "links")
    links: dict[int, int | None] = {}
    linked = (
        csv_rows(archive, links_file, ("movieId", "tmdbId"), rejected.add) if links_file else ()
    )
    for movie, _, row in _new(linked, str(links_file), "movieId", links, rejected):
        links[movie] = whole_number(row["tmdbId"])
    if unknown := sum(tmdb_id is None for tmdb_id in links.values()):
        notes.append(f"{unknown:,} movies have no number at TMDB in {links_file}.")
    ratings = None
    if ratings_file and not links:
        raise InvalidInput(
            f"{ratings_file} needs links.csv or links_small.csv beside it: its numbers are "
            "MovieLens', the others TMDB's."
        )
    if ratings_file:
        report(0.7, ratings_file)
        parts = rating_parts(archive, ratings_file, COLUMNS)
        ratings = valid_ratings(parts, ratings_file, rejected)
    return Source(KIND, _movies(facts, keywords, links), True, ratings, rejected, tuple(notes))


def _new(
    rows: Iterable[tuple[int, dict[str, str]]],
    file: str,
    id_column: str,
    known: Collection[int],
    rejected: Rejected,
) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Yield (id, line, row) of the rows whose id is a number and not yet among `known`."""
    for line, row in rows:
        number = whole_number(row[id_column])
        if number is None or number in known:
            reason = "the id is no number" if number is None else "listed twice"
            rejected.add(file, line, reason, list(row.values()))
        else:
            yield number, line, row


def _metadata(archive: Archive, rejected: Rejected) -> dict[int, dict[str, Any]]:
    facts: dict[int, dict[str, Any]] = {}
    rows = csv_rows(archive, METADATA, ("id", "title", "release_date"), rejected.add)
    for tmdb_id, line, row in _new(rows, METADATA, "id", facts, rejected):
        title = tidied(row["title"], MAX_TITLE)
        if not title:
            rejected.add(METADATA, line, "no title", list(row.values()))
            continue
        original = tidied(row.get("original_title", ""), MAX_TITLE)
        minutes = whole_number(row.get("runtime", ""))
        genres = _names(row.get("genres", "")) or ()
        facts[tmdb_id] = {
            "title": title,
            "year": plausible_year(whole_number(row["release_date"].strip()[:4])),
            "genres": tuple(dict.fromkeys(GENRES[name] for name in genres if name in GENRES)),
            "aliases": (original,) if original and original != title else (),
            "runtime": minutes if minutes and minutes <= LONGEST_RUNTIME else None,
            "overview": tidied(row.get("overview", ""), MAX_OVERVIEW),
        }
    return facts


def _keywords(archive: Archive, rejected: Rejected) -> dict[int, tuple[str, ...]]:
    keywords: dict[int, tuple[str, ...]] = {}
    rows = csv_rows(archive, KEYWORDS, ("id", "keywords"), rejected.add)
    for tmdb_id, line, row in _new(rows, KEYWORDS, "id", keywords, rejected):
        names = _names(row["keywords"])
        if names is None:
            rejected.add(KEYWORDS, line, "the keywords are no list", list(row.values()))
        else:
            keywords[tmdb_id] = tidied_terms(names)
    return keywords


def _names(text: str) -> list[str] | None:
    """Return the names in a list of dicts as Python writes it, None if it is no such list."""
    try:
        return [str(item["name"]) for item in ast.literal_eval(text.strip() or "[]")]
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
        return None


def _movies(
    facts: dict[int, dict[str, Any]],
    keywords: dict[int, tuple[str, ...]],
    links: dict[int, int | None],
) -> pd.DataFrame:
    """One row a movie: those with a MovieLens id under it, the others under a negative number."""
    tmdb_ids = dict.fromkeys([*facts, *keywords])
    linked = {tmdb: movie for movie, tmdb in reversed(links.items()) if tmdb in tmdb_ids}
    described: list[dict[str, Any]] = [
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
    # Ratings may be of movies of which nothing else is known here; the catalogue may know them.
    described += [
        {"key": movie, "tmdb_id": tmdb, "movielens_id": movie}
        for movie, tmdb in links.items()
        if movie not in there
    ]
    return movies_frame(described)
