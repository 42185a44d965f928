"""Movies that are alike to a taste: who likes one is likely to like the other.

How alike two movies are is the correlation of a member's taste for them before any rating, from
two parts of the covariance that `recommender.kernel` adds up:

    likeness(a, b) = (place(a, b) + words(a, b)) / sqrt(variance(a) variance(b))

Place: the same people choose both. Words: shared keywords, genres and decade. Generosity and going
with the crowd are about the member; by them all good movies would be alike. The neighbours say too
little about a single pair of movies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from recommender.columns import MOVIE
from recommender.errors import DataError
from recommender.features import DECADE, GENRE, KEYWORD
from recommender.kernel import Space

if TYPE_CHECKING:
    from recommender.model import HybridModel

KINDS = (KEYWORD, GENRE, DECADE)  # the most telling first


def likeness(space: Space, row: int) -> tuple[np.ndarray, np.ndarray]:
    """Return how alike every movie is to the one at `row`: by place, and by words.

    Returns:
        Two arrays (n_movies,) whose sum is the correlation of a taste, 0..1; 1 for the movie
        itself, unless nothing at all is known of it.
    """
    v = space.variances
    own_words = space.words[[row]].toarray()[0]
    words = v.words * (space.words @ own_words)
    place = space.place_part(np.array([row]), slice(None))[0]
    # A guessed place may lie anywhere around its guess, so only its words make a movie certainly
    # like another; with itself it is one movie all the same.
    prior = v.place if space.places.shape[1] else 0.0
    place[row] = prior
    variance = prior + v.words * _squared_length(space.words)
    scale = np.sqrt(variance * variance[row])
    scale[scale == 0] = np.inf
    return place / scale, words / scale


def pairwise(space: Space, rows: np.ndarray) -> np.ndarray:
    """Return how alike each two of the movies at `rows` are, (n_rows, n_rows), 0..1."""
    v = space.variances
    words = space.words[rows]
    prior = v.place if space.places.shape[1] else 0.0
    total = space.place_part(rows, rows) + v.words * (words @ words.T).toarray()
    scale = np.sqrt(prior + v.words * _squared_length(words))
    scale[scale == 0] = np.inf
    found = np.clip(total / np.outer(scale, scale), 0.0, 1.0)
    np.fill_diagonal(found, 1.0)
    return found


def _squared_length(words: sparse.csr_matrix) -> np.ndarray:
    """(n_rows,) of a matrix whose rows may be empty."""
    sums = np.concatenate([[0.0], np.cumsum(words.data.astype(np.float64) ** 2)])
    return sums[words.indptr[1:]] - sums[words.indptr[:-1]]


def similar(model: HybridModel, movie_id: int, limit: int = 12) -> pd.DataFrame:
    """Return the movies that are most alike to one, the most alike first.

    Args:
        limit: how many, 1 or more.

    Returns:
        movie_id, likeness (0..1, the correlation of a taste for the two), chosen (the share 0..1
        of the likeness that comes from the places: the same people choose both), shared (tuple of
        the words that both have: keywords, then genres, then the decade, the rarest first). Never
        the movie itself. The place of a movie that nobody rated is guessed from its words; of one
        without any of both there is nothing to say, and so no row.

    Raises:
        DataError: the model does not know the movie, or the limit is no positive number.
    """
    if limit < 1:
        raise DataError(f"Ask for one similar movie or more, not {limit}.")
    row = int(model.rows([movie_id])[0])
    place, words = likeness(model.space, row)
    nothing_known = not model.counts[row] and not model.space.words[[row]].nnz
    total = np.zeros_like(place) if nothing_known else place + words
    total[row] = 0.0
    found = np.flatnonzero(total >= _at_least(total, limit))
    found = found[np.argsort(-total[found], kind="stable")][:limit]
    found = found[total[found] > 0]
    return pd.DataFrame(
        {
            MOVIE: model.movie_ids[found],
            "likeness": np.minimum(total[found], 1.0).astype(np.float64),
            "chosen": (place[found] / total[found]).astype(np.float64),
            "shared": pd.Series(_words_in_common(model, row, found), dtype=object),
        }
    )


def _at_least(total: np.ndarray, limit: int) -> float:
    """Return the value that the `limit` largest of `total` reach, without sorting all."""
    if limit >= len(total):
        return float(total.min())
    return float(np.partition(total, -limit)[-limit])


def _words_in_common(model: HybridModel, row: int, others: np.ndarray) -> list[tuple[str, ...]]:
    """Return for each of `others` the labels of the words that it shares with `row`."""
    words, kinds = model.space.words, model.features.kinds
    own = words[[row]].indices
    movies = np.bincount(words.indices, minlength=words.shape[1])
    own = own[np.lexsort((movies[own], [KINDS.index(kinds[word]) for word in own]))]
    has = words[others][:, own].toarray() > 0
    labels = np.array(model.features.labels, dtype=object)[own]
    return [tuple(dict.fromkeys(labels[line])) for line in has]
