"""MovieLens archives: CSV since 2014, `::` before, tabs and bars in the first one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from club.imports.catalogue.movies_dataset import COLUMNS
from club.imports.catalogue.source import (
    Progress,
    Rejected,
    Source,
    movies_frame,
    rating_parts,
    valid_ratings,
)
from club.imports.files import Archive
from club.imports.tables import csv_rows, movielens_title, whole_number
from club.validation import plausible_year, tidied_terms
from recommender.dataset import parse_terms

MAX_TAG, MIN_PEOPLE, MIN_MOVIES = 30, 2, 3
GENRES_100K = (
    "", "Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War",
    "Western",
)  # fmt: skip
NAMED = ("user", "movie", "rating", "timestamp")
NAMES = {"Children's": "Children", "IMAX": ""}


def recognises(archive: Archive) -> bool:
    """Return True if these are files of MovieLens."""
    return archive.first("movies.csv", "movies.dat", "u.item") is not None


def read(archive: Archive, report: Progress) -> Source:
    """Read an archive of any year.

    Raises:
        InvalidInput: a file is damaged or has other columns.
    """
    rejected, separator = Rejected(), ""
    tags: dict[int, list[str]] = {}
    numbers: dict[int | None, int | None] = {}
    columns: Mapping[str, str] | Mapping[int, str] = COLUMNS
    report(0.05, "movies")
    if file := archive.first("u.item"):
        kind, ratings, separator = "MovieLens 100k", archive.first("u.data"), "\t"
        columns = dict(enumerate(NAMED))
        rows = _item_rows(archive, file, rejected)
    elif file := archive.first("movies.dat"):
        kind, ratings, separator = "MovieLens, an older archive", archive.first("ratings.dat"), ":"
        columns = {2 * position: name for position, name in enumerate(NAMED)}  # between "::"
        rows = _split(archive, file, 3, rejected)
        tags = _tags(_split(archive, archive.first("tags.dat"), 4, rejected))
    else:
        kind, ratings, file = "MovieLens", archive.first("ratings.csv"), archive.first("movies.csv")
        rows = _columns(archive, file, ("movieId", "title", "genres"), rejected)
        links = archive.first("links.csv")
        for _, (movie_id, tmdb_id) in _columns(archive, links, ("movieId", "tmdbId"), Rejected()):
            numbers[whole_number(movie_id)] = whole_number(tmdb_id)
        report(0.3, "tags")
        tags_file = archive.first("tags.csv")
        tags = _tags(_columns(archive, tags_file, ("userId", "movieId", "tag"), rejected))
    movies = _described(rows, str(file), rejected)
    for movie in movies:
        key = movie["key"]
        movie |= {"tmdb_id": numbers.get(key), "keywords": tidied_terms(tags.get(key, ()))}
        # The ids of 100k are its own: later data number other movies so.
        movie["movielens_id"] = None if kind == "MovieLens 100k" else key
    report(0.6, "ratings")
    parts = None
    if ratings is not None:
        parts = rating_parts(archive, ratings, columns, separator)
        parts = valid_ratings(parts, ratings, rejected)
    return Source(kind, movies_frame(movies), False, parts, rejected)


def _described(
    rows: Iterable[tuple[int, list[str]]], file: str, rejected: Rejected
) -> list[dict[str, Any]]:
    """Return key, title, year, aliases and genres of rows with id, title and genres."""
    found = []
    for line, (number, text, genres) in rows:
        key = whole_number(number)
        title, year, aliases = movielens_title(text)
        if key is None or not title:
            reason = "the id is no number" if key is None else "no title"
            rejected.add(file, line, reason, [number, text, genres])
            continue
        named = (NAMES.get(name, name) for name in parse_terms(genres))
        movie = {"key": key, "title": title, "year": year, "aliases": aliases}
        found.append(movie | {"genres": tuple(name for name in named if name)})
    return found


def _columns(
    archive: Archive, file: str | None, columns: tuple[str, ...], rejected: Rejected
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of these columns of a CSV file; nothing without a file."""
    for line, row in csv_rows(archive, file, columns, rejected.add) if file else ():
        yield line, [row[column] for column in columns]


def _split(
    archive: Archive, file: str | None, cells: int, rejected: Rejected, separator: str = "::"
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of a file without a header; nothing without a file."""
    for line, text in enumerate(archive.lines(file) if file else (), start=1):
        parts = text.rstrip("\r\n").split(separator)
        if len(parts) == cells:
            yield line, parts
        elif text.strip():
            rejected.add(str(file), line, f"another number of cells than {cells}", text)


def _item_rows(archive: Archive, file: str, rejected: Rejected) -> Iterator[tuple[int, list[str]]]:
    """u.item: id | title | release | video release | address | 19 flags, one a genre."""
    for line, cells in _split(archive, file, 24, rejected, "|"):
        flags = zip(cells[5:], GENRES_100K, strict=True)
        title, released = cells[1], re.search(r"\d{4}", cells[2])
        if movielens_title(title)[1] is None and released and plausible_year(int(released[0])):
            title = f"{title} ({released[0]})"
        yield (
            line,
            [cells[0], title, "|".join(name for flag, name in flags if flag == "1" and name)],
        )


def _tags(rows: Iterable[tuple[int, list[str]]]) -> dict[int, list[str]]:
    """Return movie -> its tags of two people or three movies, those of most people first.

    Anybody may write anything there; what one person once called one movie says little.
    """
    people: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    movies: Counter[str] = Counter()
    for _, (user, number, text, *_time) in rows:
        movie, tag = whole_number(number), " ".join(text.casefold().split())
        if movie is None or not 2 <= len(tag) <= MAX_TAG:
            continue
        movies[tag] += not people[movie][tag]
        people[movie][tag].add(user)
    return {
        movie: [
            tag
            for tag, users in sorted(tags.items(), key=lambda item: (-len(item[1]), item[0]))
            if len(users) >= MIN_PEOPLE or movies[tag] >= MIN_MOVIES
        ]
        for movie, tags in people.items()
    }
