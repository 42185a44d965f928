"""Join imported movies and ratings to the base dataset; no movie can become another one.

A movie of the source is one of the catalogue if, in this order,

    its MovieLens id is, and a file of links says so or title and year agree with it;
    its number at TMDB is;
    its title and year are (a year apart only if no other movie is called so then).

Numbers that happen to be in use on both sides say nothing: thousands are, for different movies.
Raters are taken whole and never mixed up with those that are known already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.source import Source
from club.matching import TitleMatcher, titles_agree
from club.search import normalise
from club.validation import MAX_TERMS
from recommender.columns import MOVIE, RATING, TIMESTAMP, USER
from recommender.dataset import Dataset, check_movies

STRANGERS = 10_000_000  # the first id of raters who are not known
FROM_TMDB, FROM_ELSEWHERE, ROOM = 1_000_000_000, 1_500_000_000, 500_000_000
SHOWN = 8


@dataclass(frozen=True)
class Import:
    """A base dataset that would take the place of the present one.

    Args:
        kind: where it comes from, for people.
        data: catalogue and ratings.
        counts: label for people -> number.
        sample: title, year and keywords of some of its movies.
        notes: sentences for people.
    """

    kind: str
    data: Dataset
    counts: dict[str, int]
    sample: pd.DataFrame
    notes: tuple[str, ...]


def join(
    source: Source,
    base: Dataset,
    *,
    with_ratings: bool = True,
    max_ratings: int = 1_000_000,
) -> Import:
    """Join `source` to the base dataset: all movies of both, and the source's ratings.

    No movie of the base dataset goes or becomes another one, so the club's ratings stay valid.

    Args:
        with_ratings: whether the source's ratings take the place of the base dataset's.
        max_ratings: of more ratings, so many by whole people are taken.

    Raises:
        InvalidInput: none of the ratings is of a movie that is known.
    """
    ids = identify(source, base.movies)
    movies = merged(base.movies, source.movies, ids)
    ratings, notes = base.ratings, list[str]()
    if with_ratings and source.ratings is not None:
        ratings, more = take_ratings(source.ratings, ids, base.ratings, max_ratings)
        notes += more
    data = Dataset(ratings, movies)
    known = ids.dropna().astype("int64")
    matched = known[known.isin(base.movies.index)]
    words = source.movies["keywords"].map(len) > 0
    described = known[words.reindex(known.index).to_numpy(dtype=bool)]
    counts = {
        "Movies": len(data.movies),
        "New ones": len(data.movies) - len(base.movies),
        "Known already": matched.nunique(),
        "Get keywords": described[described.isin(matched)].nunique(),
        "Ratings": len(data.ratings),
        "People": len(data.user_ids),
        "Rows left out": sum(source.rejected.values()),
    }
    for reason, number in source.rejected.items():
        notes.append(f"Left out ({reason}): {number:,}.")
    shown = described if len(described) else known
    sample = data.movies.loc[shown.drop_duplicates().head(SHOWN), ["title", "year", "keywords"]]
    sample = sample.assign(keywords=[", ".join(words) for words in sample["keywords"]])
    return Import(source.kind, data, counts, sample, tuple(notes))


def identify(source: Source, catalogue: pd.DataFrame) -> pd.Series:
    """Return the catalogue's id, old or new, for each of the source's movies (Int64).

    Missing where the catalogue does not have the movie and the source does not name it. No two
    movies of the source get the same id.
    """
    found = pd.Series(pd.NA, index=source.movies.index, dtype="Int64")
    ours, theirs = TitleMatcher(catalogue), TitleMatcher(source.movies)
    taken: set[int] = set()
    rows = list(source.movies.itertuples())

    def by_title(row: Any, within: int) -> int | None:
        titles = (row.title, *row.aliases)
        if pd.isna(row.year) or len(theirs.find(titles, int(row.year), within)) > 1:
            return None
        called = ours.find(titles, int(row.year), within)
        return int(called.pop()) if len(called) == 1 else None

    for find in (
        lambda row: _by_movielens_id(row, catalogue, linked=source.linked),
        lambda row: None if pd.isna(row.tmdb_id) else ours.by_tmdb_id(int(row.tmdb_id)),
        lambda row: by_title(row, 0),
        lambda row: by_title(row, 1),
    ):
        for row in rows:
            movie = find(row) if pd.isna(found[row.Index]) else None
            if movie is not None and movie not in taken:
                found[row.Index] = movie
                taken.add(movie)
    for row in sorted(rows, key=lambda row: str(row.Index)):
        if pd.isna(found[row.Index]) and row.title:
            movie = _new_id(row, source, catalogue, taken)
            found[row.Index] = movie
            taken.add(movie)
    return found


def _by_movielens_id(row: Any, catalogue: pd.DataFrame, *, linked: bool) -> int | None:
    """Return the row's MovieLens id if the catalogue has it and its title and year agree."""
    if pd.isna(row.movielens_id) or int(row.movielens_id) not in catalogue.index:
        return None
    movie = int(row.movielens_id)
    if linked:
        return movie
    year, title, aliases = (catalogue.at[movie, name] for name in ("year", "title", "aliases"))
    if not (pd.isna(year) or pd.isna(row.year)) and abs(int(year) - int(row.year)) > 1:
        return None
    return movie if titles_agree((row.title, *row.aliases), (title, *aliases)) else None


def _new_id(row: Any, source: Source, catalogue: pd.DataFrame, taken: set[int]) -> int:
    """Return an id that no other movie has; the same movie gets the same one every time."""
    if not pd.isna(row.movielens_id) and int(row.movielens_id) not in catalogue.index:
        wanted = int(row.movielens_id)
    elif not pd.isna(row.tmdb_id):
        wanted = FROM_TMDB + int(row.tmdb_id) % ROOM
    else:
        wanted = FROM_ELSEWHERE + crc32(f"{source.kind}\n{row.Index}".encode()) % ROOM
    key = normalise(row.title)
    while wanted in taken or (
        wanted in catalogue.index and normalise(str(catalogue.at[wanted, "title"])) != key
    ):
        wanted = FROM_ELSEWHERE + (wanted + 1) % ROOM
    return wanted


def merged(catalogue: pd.DataFrame, new: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Return the catalogue with what `new` adds; what the catalogue says itself stays first."""
    rows = new.drop(columns="movielens_id").assign(**{MOVIE: ids})
    rows = rows.dropna(subset=[MOVIE]).astype({MOVIE: "int64"}).set_index(MOVIE)
    strange = rows[~rows.index.isin(catalogue.index)]
    same = rows[rows.index.isin(catalogue.index)]
    whole = catalogue.copy()
    at = whole.index.get_indexer(same.index)
    for name in ("keywords", "genres", "aliases"):
        column = whole[name].to_numpy(copy=True)
        for place, theirs, title in zip(at, same[name], same["title"], strict=True):
            if name == "aliases":
                known = whole["title"].iloc[place]
                titles = filter(None, (known, *column[place], title, *theirs))
                column[place] = _distinct(titles, normalise)[1 : MAX_TERMS + 1]
            elif name == "keywords" or not column[place]:
                column[place] = _distinct((*column[place], *theirs), str.casefold)[:MAX_TERMS]
        whole[name] = column
    for name in ("runtime", "tmdb_id", "year"):
        whole[name] = whole[name].fillna(same[name].reindex(whole.index))
    for name in ("overview", "imdb_id"):
        texts = same[name].reindex(whole.index).fillna("")
        whole[name] = whole[name].where(whole[name] != "", texts)
    return pd.concat([whole, check_movies(strange)])


def _distinct(terms: Iterable[str], key: Callable[[str], object]) -> tuple[str, ...]:
    """Return the first of the terms that have the same key."""
    first: dict[object, str] = {}
    for term in terms:
        first.setdefault(key(term), term)
    return tuple(first.values())


# Ratings


def take_ratings(
    chunks: Iterable[pd.DataFrame], ids: pd.Series, known: pd.DataFrame, most: int
) -> tuple[pd.DataFrame, list[str]]:
    """Read the source's ratings of movies that have an id.

    Args:
        ids: the source's key -> movie_id (Int64).
        known: the ratings of the base dataset; a rater of exactly the same ratings there is the
            same person and keeps the id, so that nobody counts twice.
        most: of more ratings, about so many are taken, by whole people and always the same ones.

    Returns:
        user_id, movie_id, rating, timestamp; and sentences for people.

    Raises:
        InvalidInput: none of the ratings is of a movie that is known.
    """
    notes: list[str] = []
    parts, total = [], 0
    for chunk in chunks:
        total += len(chunk)
        parts.append(_share(_mapped(chunk, ids), most / max(total, 1)))
    ratings = _share(pd.concat(parts, ignore_index=True), most / max(total, 1))
    if total > most:
        notes.append(
            f"Of {total:,} ratings {len(ratings):,} are taken, all those of one person in "
            f"{total / most:.1f}: learning from more takes long and changes little."
        )
    lost = int(ratings[MOVIE].isna().sum())
    if lost:
        notes.append(f"{lost:,} ratings are of movies that nothing says the title of.")
    ratings = ratings.dropna(subset=[MOVIE]).astype({MOVIE: "int64"})
    if ratings.empty:
        raise InvalidInput("None of the ratings is of a movie that these files name.")
    ratings = ratings.sort_values(TIMESTAMP, kind="stable").drop_duplicates(
        ["user", MOVIE], keep="last"
    )
    ratings[USER] = _user_ids(ratings, known)
    columns = [USER, MOVIE, RATING, TIMESTAMP]
    return ratings.sort_values([USER, MOVIE], ignore_index=True)[columns], notes


def _mapped(chunk: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Return the ratings under the catalogue's ids."""
    movies = chunk["movie"].str.strip()
    if pd.api.types.is_numeric_dtype(ids.index):
        movies = pd.to_numeric(movies, errors="coerce")
    mapped = chunk.assign(user=chunk["user"].str.strip(), **{MOVIE: movies.map(ids)})
    return mapped.drop(columns="movie")


def _share(ratings: pd.DataFrame, share: float) -> pd.DataFrame:
    """Return the ratings of a share of the people, all of them from 1 on."""
    if share >= 1:
        return ratings
    marks = pd.util.hash_array(ratings["user"].to_numpy(dtype=object))
    return ratings[marks < np.uint64(share * 2**64)]


def _user_ids(ratings: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    """Return for each rating the user id: that of the same person in `known`, or a new one."""
    codes, names = pd.factorize(ratings["user"], sort=True)
    same = {mark: int(user) for user, mark in _marks(known[USER], known).items()}
    ids = max(STRANGERS, int(known[USER].max()) + 1) + np.arange(len(names), dtype=np.int64)
    for code, mark in _marks(pd.Series(codes, index=ratings.index), ratings).items():
        ids[int(code)] = same.get(mark, ids[int(code)])
    return ids[codes]


def _marks(who: pd.Series, ratings: pd.DataFrame) -> pd.Series:
    """Return for each person a mark of all their ratings, whatever their order."""
    pair = ratings[[MOVIE, RATING]].astype({MOVIE: "int64", RATING: "float64"})
    each = pd.Series(pd.util.hash_pandas_object(pair, index=False).to_numpy(), index=who.to_numpy())
    sums = each.groupby(level=0).agg(["sum", "size"])
    return sums["sum"].astype("uint64").astype(str) + "/" + sums["size"].astype(str)
