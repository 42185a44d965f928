"""MovieLens archives: CSV since 2014, `::` before, tabs and bars in the first of all."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from club.imports.catalogue.archive import Archive
from club.imports.catalogue.kaggle import COLUMNS, as_movies
from club.imports.catalogue.source import Rejected, Source
from club.imports.catalogue.tables import (
    CHUNK,
    clean_terms,
    clean_year,
    csv_chunks,
    movielens_title,
    rating_chunks,
    rows,
    whole_number,
)
from recommender.dataset import parse_terms

LONGEST_TAG, PEOPLE, MOVIES = 30, 2, 3
GENRES_100K = (
    "", "Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary", "Drama",
    "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War",
    "Western",
)  # fmt: skip
NAMES = {"Children's": "Children", "IMAX": ""}


def recognises(archive: Archive) -> bool:
    """Tell whether these are files of MovieLens."""
    return archive.first("movies.csv", "movies.dat", "u.item") is not None


def read(archive: Archive, report: Callable[[float, str], None]) -> Source:
    """Read any of the archives.

    Raises:
        InvalidInput: a file is damaged or has other columns.
    """
    rejected = Rejected()
    report(0.05, "movies")
    if file := archive.first("u.item"):
        described, kind = _first_movies(archive, file, rejected), "MovieLens 100k"
        ratings = _plain_ratings(archive, archive.first("u.data"), "\t", rejected)
        # Its ids are its own: later data number other movies so.
        return Source(kind, as_movies(described), False, ratings, rejected)
    if file := archive.first("movies.dat"):
        described = _old_movies(archive, file, rejected)
        tags = _tags(_split(archive, archive.first("tags.dat"), 4, rejected))
        ratings = _plain_ratings(archive, archive.first("ratings.dat"), "::", rejected)
        kind = "MovieLens, an older archive"
    else:
        described = _movies(archive, archive.first("movies.csv") or "", rejected)
        report(0.3, "tags")
        tags = _tags(_tag_rows(archive, rejected))
        file = archive.first("ratings.csv")
        report(0.6, "ratings.csv")
        ratings = file and rating_chunks(csv_chunks(archive, file, COLUMNS), file, rejected)
        kind = "MovieLens"
    for movie in described:
        movie["keywords"] = clean_terms(tags.get(movie["key"], ()))
        movie["movielens_id"] = movie["key"]
    return Source(kind, as_movies(described), False, ratings or None, rejected)


def _genres(text: str) -> tuple[str, ...]:
    named = (NAMES.get(name, name) for name in parse_terms(text))
    return tuple(name for name in named if name)


def _movies(archive: Archive, file: str, rejected: Rejected) -> list[dict[str, Any]]:
    numbers: dict[int, int | None] = {}
    if links := archive.first("links.csv"):
        for _, row in rows(archive, links, ("movieId", "tmdbId"), rejected):
            if (number := whole_number(row["movieId"])) is not None:
                numbers[number] = whole_number(row["tmdbId"])
    found = []
    for line, row in rows(archive, file, ("movieId", "title", "genres"), rejected):
        movie = _described(row["movieId"], row["title"], row["genres"])
        if isinstance(movie, str):
            rejected.add(file, line, movie, list(row.values()))
        else:
            found.append(movie | {"tmdb_id": numbers.get(movie["key"])})
    return found


def _old_movies(archive: Archive, file: str, rejected: Rejected) -> list[dict[str, Any]]:
    found = []
    for line, (number, title, genres) in _split(archive, file, 3, rejected):
        movie = _described(number, title, genres)
        if isinstance(movie, str):
            rejected.add(file, line, movie, title)
        else:
            found.append(movie)
    return found


def _described(number: str, text: str, genres: str) -> dict[str, Any] | str:
    """Return what a row says of a movie, or why it says nothing."""
    key = whole_number(number)
    title, year, aliases = movielens_title(text)
    if key is None or not title:
        return "no title" if key is not None else "the id is no number"
    return {
        "key": key, "title": title, "year": year, "aliases": aliases, "genres": _genres(genres)
    }  # fmt: skip


def _first_movies(archive: Archive, file: str, rejected: Rejected) -> list[dict[str, Any]]:
    """u.item: id | title | release | video release | address | 19 flags, one a genre."""
    found = []
    for line, text in enumerate(archive.lines(file), start=1):
        cells = text.rstrip("\r\n").split("|")
        if len(cells) != 24:
            rejected.add(file, line, "another number of cells than 24", text)
            continue
        flags = zip(cells[5:], GENRES_100K, strict=True)
        genres = "|".join(genre for flag, genre in flags if flag == "1" and genre)
        movie = _described(cells[0], cells[1], genres)
        if isinstance(movie, str):
            rejected.add(file, line, movie, text)
        else:
            released = re.search(r"\d{4}", cells[2])
            movie["year"] = movie["year"] or clean_year(int(released[0]) if released else None)
            found.append(movie)
    return found


def _split(
    archive: Archive, file: str | None, cells: int, rejected: Rejected
) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells) of a file whose cells are separated by `::`; nothing without a file."""
    for line, text in enumerate(archive.lines(file) if file else (), start=1):
        parts = text.rstrip("\r\n").split("::")
        if len(parts) == cells:
            yield line, parts
        elif text.strip():
            rejected.add(str(file), line, f"another number of cells than {cells}", text)


def _plain_ratings(archive: Archive, file: str | None, separator: str, rejected: Rejected) -> Any:
    """Ratings without a header: user, movie, rating, time."""
    if file is None:
        return None

    def parts() -> Iterator[pd.DataFrame]:
        with archive.open(file) as stream:
            lines: list[list[str]] = []
            for raw in stream:
                cells = raw.decode("latin-1").strip().split(separator)
                lines.append((cells + [""] * 4)[:4])
                if len(lines) == CHUNK:
                    yield _frame(lines)
                    lines = []
            if lines:
                yield _frame(lines)

    return rating_chunks(parts, file, rejected)


def _frame(lines: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame(lines, columns=["user", "movie", "rating", "timestamp"], dtype="str")


def _tag_rows(archive: Archive, rejected: Rejected) -> Iterator[tuple[int, list[str]]]:
    file = archive.first("tags.csv")
    if file:
        for line, row in rows(archive, file, ("userId", "movieId", "tag"), rejected):
            yield line, [row["userId"], row["movieId"], row["tag"]]


def _tags(found: Iterator[tuple[int, list[str]]]) -> dict[int, list[str]]:
    """Return movie -> its tags, the most given first: those that two people or three movies share.

    Anybody may write anything there; what one person once called one movie says little.
    """
    people: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    movies: Counter[str] = Counter()
    for _, (user, number, text, *_rest) in found:
        movie, tag = whole_number(number), " ".join(text.casefold().split())
        if movie is None or not 2 <= len(tag) <= LONGEST_TAG:
            continue
        if not people[movie][tag]:
            movies[tag] += 1
        people[movie][tag].add(user)
    return {
        movie: [
            tag
            for tag, who in sorted(of.items(), key=lambda item: (-len(item[1]), item[0]))
            if len(who) >= PEOPLE or movies[tag] >= MOVIES
        ]
        for movie, of in people.items()
    }
