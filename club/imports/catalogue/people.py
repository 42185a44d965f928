"""The raters of a source: whole people only, never mixed up with those who are known already."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from club.errors import InvalidInput
from club.imports.catalogue.source import Source
from recommender.columns import MOVIE, RATING, TIMESTAMP, USER

STRANGERS = 10_000_000  # added to ids that were given elsewhere
LARGEST_OWN_ID = 2**31


def take_ratings(
    source: Source, ids: pd.Series, known: pd.DataFrame, most: int
) -> tuple[pd.DataFrame, list[str]]:
    """Read the source's ratings of movies that have an id.

    Args:
        ids: the source's key -> movie_id (Int64).
        known: the ratings of the world; who gave exactly the same ratings there is the same
            person and keeps the id, so that nobody counts twice.
        most: of more ratings, about so many are taken, by whole people and always the same ones.

    Returns:
        user_id, movie_id, rating, timestamp; and sentences for people.

    Raises:
        InvalidInput: none of the ratings is of a movie that is known.
    """
    assert source.ratings is not None
    notes: list[str] = []
    total = sum(len(chunk) for chunk in source.ratings())
    share = min(1.0, most / max(total, 1))
    parts = [_mapped(chunk, ids) for chunk in _of_some_people(source.ratings(), share)]
    ratings = pd.concat(parts, ignore_index=True)
    if share < 1:
        notes.append(
            f"Of {total:,} ratings {len(ratings):,} are taken, all those of one person in "
            f"{1 / share:.1f}: learning from more takes long and changes little."
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


def _of_some_people(chunks: Iterator[pd.DataFrame], share: float) -> Iterator[pd.DataFrame]:
    for chunk in chunks:
        if share >= 1:
            yield chunk
            continue
        marks = pd.util.hash_array(chunk["user"].astype(str).str.strip().to_numpy(dtype=object))
        yield chunk[marks < np.uint64(share * 2**64)]


def _mapped(chunk: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    keys = chunk["movie"]
    if pd.api.types.is_numeric_dtype(ids.index):
        keys = pd.to_numeric(keys, errors="coerce")
    else:
        keys = keys.astype(str).str.strip()
    return pd.DataFrame(
        {
            "user": chunk["user"].astype(str).str.strip(),
            MOVIE: keys.map(ids),
            RATING: chunk["rating"].astype("float64"),
            TIMESTAMP: chunk["timestamp"].astype("int64"),
        }
    )


def _user_ids(ratings: pd.DataFrame, known: pd.DataFrame) -> np.ndarray:
    codes, names = pd.factorize(ratings["user"], sort=True)
    same = {mark: int(user) for user, mark in _marks(known[USER], known).items()}
    marks = _marks(pd.Series(codes, index=ratings.index), ratings)
    found = {int(code): same[mark] for code, mark in marks.items() if mark in same}
    used, ids = set(found.values()), np.empty(len(names), dtype=np.int64)
    numbers = pd.to_numeric(pd.Series(names), errors="coerce")
    for code in range(len(names)):
        number = numbers.iloc[code]
        if code in found:
            ids[code] = found[code]
            continue
        own = pd.notna(number) and 0 <= number < LARGEST_OWN_ID
        wanted = STRANGERS + (int(number) if own else LARGEST_OWN_ID + code)
        while wanted in used:
            wanted += 2 * LARGEST_OWN_ID
        used.add(wanted)
        ids[code] = wanted
    return ids[codes]


def _marks(who: pd.Series, ratings: pd.DataFrame) -> pd.Series:
    """Return for each person a mark of all their ratings, whatever their order."""
    pair = ratings[[MOVIE, RATING]].astype({MOVIE: "int64", RATING: "float64"})
    each = pd.Series(pd.util.hash_pandas_object(pair, index=False).to_numpy(), index=who.to_numpy())
    sums = each.groupby(level=0).agg(["sum", "size"])
    return sums["sum"].astype("uint64").astype(str) + "/" + sums["size"].astype(str)
