"""The formats of catalogues, and the one way to read any of them.

To add a format, declare its tables: which files, and which of their columns are which of our
fields. `id` in The Movies Dataset's metadata and keywords is TMDB's, `movieId` in its ratings is
MovieLens'. Thousands of numbers are in use on both sides for different movies, so only the links
join them.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.source import Progress, Rejected, Source, TableFormat, movies_frame
from club.imports.files import Archive
from club.imports.tables import genre_names, minutes, movielens_title, whole_number
from club.validation import (
    MAX_OVERVIEW,
    MAX_TITLE,
    plausible_year,
    tidied,
    tidied_terms,
)
from recommender.dataset import parse_terms

MAX_TAG, MIN_PEOPLE, MIN_MOVIES = 30, 2, 3
GENRES_100K = (
    "unknown", "Action", "Adventure", "Animation", "Children", "Comedy", "Crime", "Documentary",
    "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi",
    "Thriller", "War", "Western",
)  # fmt: skip


@dataclass(frozen=True)
class Format:
    """A kind of catalogue by its tables, all with the column `key` for the movie.

    Args:
        kind: for people.
        movies: have title, year or title with year, genres, keywords and the like; rows of several
            tables with one key describe one movie.
        ratings: have user, key as movie, rating and timestamp.
        links: have movielens_id and tmdb_id.
        tags: have user, key and tag.
        needs: sets of tables, of which all of one are there.
        by_tmdb: whether the movies' keys are TMDB's numbers, and the ratings' are MovieLens'.
        is_movielens: whether the keys are those of later MovieLens data.
        is_numbered: whether the keys are numbers.
    """

    kind: str
    movies: tuple[TableFormat, ...]
    ratings: TableFormat
    links: TableFormat | None = None
    tags: TableFormat | None = None
    needs: tuple[tuple[TableFormat, ...], ...] = ()
    by_tmdb: bool = False
    is_movielens: bool = False
    is_numbered: bool = True

    def recognises(self, archive: Archive) -> bool:
        """Return True if the tables that it needs are there."""
        needs = self.needs or (self.movies,)
        return any(all(table.find(archive) for table in tables) for tables in needs)


KNOWN = (
    "The Movies Dataset (movies_metadata.csv, keywords.csv, links.csv, ratings.csv), "
    "MovieLens (movies.csv and ratings.csv, or movies.dat, or u.item), or reviews "
    "(user_id, parent_asin, rating, timestamp) with their products (parent_asin, title)"
)
RATED = {"user": "userId", "movie": "movieId", "rating": "rating", "timestamp": "timestamp"}
METADATA = TableFormat(
    {"key": "id", "title": "title", "year": "release_date"},
    files=("movies_metadata.csv",),
    optional={
        "original_title": "original_title", "genres": "genres", "runtime": "runtime",
        "overview": "overview",
    },
)  # fmt: skip
KEYWORDS = TableFormat({"key": "id", "keywords": "keywords"}, files=("keywords.csv",))
LINKS = TableFormat(
    {"movielens_id": "movieId", "tmdb_id": "tmdbId"},
    files=("links.csv", "links_small.csv"),
    optional={"imdb_id": "imdbId"},
)
PRODUCTS = TableFormat(
    {"key": "parent_asin", "title": "title"}, optional={"keywords": "categories"}
)
REVIEWS = TableFormat(
    {"user": "user_id", "movie": "parent_asin", "rating": "rating", "timestamp": "timestamp"}
)
FORMATS = (
    Format(
        "The Movies Dataset",
        movies=(METADATA, KEYWORDS),
        links=LINKS,
        ratings=TableFormat(RATED, files=("ratings.csv", "ratings_small.csv")),
        needs=((METADATA,), (KEYWORDS, LINKS)),
        by_tmdb=True,
    ),
    Format(
        "MovieLens",
        movies=(
            TableFormat(
                {"key": "movieId", "full_title": "title", "genres": "genres"}, files=("movies.csv",)
            ),
        ),
        links=LINKS,
        tags=TableFormat({"user": "userId", "key": "movieId", "tag": "tag"}, files=("tags.csv",)),
        ratings=TableFormat(RATED, files=("ratings.csv",)),
        is_movielens=True,
    ),
    Format(
        "MovieLens, an older archive",
        movies=(
            TableFormat(
                files=("movies.dat",), header=("key", "full_title", "genres"), separator="::"
            ),
        ),
        tags=TableFormat(
            files=("tags.dat",), header=("user", "key", "tag", "timestamp"), separator="::"
        ),
        ratings=TableFormat(  # pandas is quick with single colons: between two is an empty column
            files=("ratings.dat",),
            header=("user", "", "movie", "", "rating", "", "timestamp"),
            separator=":",
        ),
        is_movielens=True,
    ),
    Format(
        "MovieLens 100k",  # its ids are its own: later data number other movies so
        movies=(
            TableFormat(
                files=("u.item",),
                header=("key", "full_title", "released", "video", "address", *GENRES_100K),
                separator="|",
            ),
        ),
        ratings=TableFormat(files=("u.data",), header=tuple(RATED), separator="\t"),
    ),
    Format(
        "Reviews",
        movies=(PRODUCTS,),
        ratings=REVIEWS,
        needs=((PRODUCTS, REVIEWS),),
        is_numbered=False,
    ),
)


def read(path: Path, on_progress: Progress | None = None) -> Source:
    """Read a folder, a ZIP or a single file; its ratings are read by `join`.

    Args:
        on_progress: called with the share done (0..1) and what is being read.

    Raises:
        InvalidInput: it is nothing that is known, or a file that is needed is missing or damaged.
    """
    archive, report = Archive(path), on_progress or (lambda _share, _what: None)
    form = next((form for form in FORMATS if form.recognises(archive)), None)
    if form is None:
        raise InvalidInput(f"{path.name} holds nothing that is known here; known are {KNOWN}.")
    rejected = Rejected()
    facts: dict[Any, dict[str, Any]] = {}
    for number, table in enumerate(form.movies):
        report(0.1 + 0.3 * number, "movies")
        for key, movie in _described(form, table, archive, rejected):
            facts.setdefault(key, {}).update(movie)
    report(0.7, "links and ratings")
    links = _links(form.links, archive, rejected) if form.links else {}
    tags = _tags(form.tags.rows(archive, rejected)) if form.tags else {}
    ratings = form.ratings.ratings(archive, rejected)
    if form.by_tmdb and ratings is not None and not links:
        raise InvalidInput(
            f"{form.ratings.find(archive)} needs links.csv or links_small.csv beside it: its "
            "numbers are MovieLens', the others TMDB's."
        )
    if form.by_tmdb:
        movies = _by_links(facts, links)
    else:
        for key, movie in facts.items():
            movie |= {"key": key, **links.get(key, {})}
            movie["movielens_id"] = key if form.is_movielens else None
            movie["keywords"] = movie.get("keywords") or tidied_terms(tags.get(key, ()))
        movies = movies_frame([*facts.values()])
    return Source(form.kind, movies, form.by_tmdb, ratings, rejected)


def _why_not(key: int | str | None) -> str:
    return "the id is no number" if key is None else "listed twice"


def _links(table: TableFormat, archive: Archive, rejected: Rejected) -> dict[int, dict[str, Any]]:
    """Return MovieLens id -> tmdb_id and imdb_id."""
    links: dict[int, dict[str, Any]] = {}
    for row in table.rows(archive, rejected):
        movie = whole_number(row["movielens_id"])
        if movie is None or movie in links:
            rejected[_why_not(movie)] += 1
        else:
            imdb = whole_number(row.get("imdb_id", "").removeprefix("tt"))
            links[movie] = {
                "tmdb_id": whole_number(row["tmdb_id"]),
                "imdb_id": f"tt{imdb:07}" if imdb else "",
            }
    return links


def _described(
    form: Format, table: TableFormat, archive: Archive, rejected: Rejected
) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield key and facts of each movie of a table; reject what is none or is there twice."""
    known: set[Any] = set()
    for row in table.rows(archive, rejected):
        key = whole_number(row["key"]) if form.is_numbered else row["key"].strip() or None
        movie = _facts(row)
        if key is None or key in known:
            rejected[_why_not(key)] += 1
        elif "title" in movie and not movie["title"]:
            rejected["no title"] += 1
        elif "title" not in movie and movie["keywords"] is None:
            rejected["the keywords are no list"] += 1
        else:
            known.add(key)
            yield key, movie


def _facts(row: dict[str, str]) -> dict[str, Any]:
    """Return what a row says of a movie, in the form of `movies_frame`."""
    movie: dict[str, Any] = {}
    if "full_title" in row:
        movie["title"], movie["year"], movie["aliases"] = movielens_title(row["full_title"])
    if "title" in row:
        movie["title"] = tidied(row["title"], MAX_TITLE)
    if "year" in row:
        movie["year"] = plausible_year(whole_number(row["year"].strip()[:4]))
    if "original_title" in row:
        original = tidied(row["original_title"], MAX_TITLE)
        movie["aliases"] = (original,) if original not in {"", movie["title"]} else ()
    if "runtime" in row:
        movie["runtime"] = minutes(row["runtime"])
    if "overview" in row:
        movie["overview"] = tidied(row["overview"], MAX_OVERVIEW)
    if "keywords" in row:
        words = _names(row["keywords"])
        movie["keywords"] = None if words is None else tidied_terms(words)
    if "unknown" in row:
        row["genres"] = "|".join(genre for genre in GENRES_100K[1:] if row[genre] == "1")
    if "genres" in row:
        names = _names(row["genres"])
        terms = parse_terms(row["genres"]) if names is None else names
        movie["genres"] = genre_names(terms)
    return movie


def _names(text: str) -> list[str] | None:
    """Return the terms of a list as Python writes it, of texts or of dicts with a name.

    None if it is no such list.
    """
    try:
        items = ast.literal_eval(text.strip() or "[]")
        if not isinstance(items, list):
            return None
        return [item.casefold() if isinstance(item, str) else str(item["name"]) for item in items]
    except (ValueError, SyntaxError, TypeError, KeyError, MemoryError, RecursionError):
        return None


def _tags(rows: Iterable[dict[str, str]]) -> dict[int, list[str]]:
    """Return movie -> its tags of two people or three movies, those of most people first.

    Anybody may write anything there; what one person once called one movie says little.
    """
    people: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    movies: Counter[str] = Counter()
    for row in rows:
        movie, tag = whole_number(row["key"]), " ".join(row["tag"].casefold().split())
        if movie is None or not 2 <= len(tag) <= MAX_TAG:
            continue
        movies[tag] += not people[movie][tag]
        people[movie][tag].add(row["user"])
    return {
        movie: [
            tag
            for tag, users in sorted(tags.items(), key=lambda item: (-len(item[1]), item[0]))
            if len(users) >= MIN_PEOPLE or movies[tag] >= MIN_MOVIES
        ]
        for movie, tags in people.items()
    }


def _by_links(facts: dict[int, dict[str, Any]], links: dict[int, dict[str, Any]]) -> pd.DataFrame:
    """Return movies by their MovieLens ids; those without one have a negative number."""
    linked = {of["tmdb_id"]: movie for movie, of in reversed(links.items())}
    described: list[dict[str, Any]] = []
    for tmdb, movie in facts.items():
        known = linked.get(tmdb)
        numbers = {"key": -tmdb, "tmdb_id": tmdb} if known is None else links[known]
        described.append({"key": known, "movielens_id": known, **numbers, **movie})
    # Ratings may be of movies of which nothing else is known here; the catalogue may know them.
    described += [{"key": movie, "movielens_id": movie, **of} for movie, of in links.items()]
    return movies_frame(described)
