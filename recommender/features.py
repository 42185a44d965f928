"""Content features of movies as a sparse matrix: keywords, genres and decade, and identity."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

KEYWORD, GENRE, DECADE = "keyword", "genre", "decade"


def _terms(movies: pd.DataFrame) -> list[list[str]]:
    """Return "kind:term" of all keywords, genres and the decade of each movie."""
    columns = zip(movies["keywords"], movies["genres"], movies["year"], strict=True)
    return [
        [
            *(f"{KEYWORD}:{term}" for term in dict.fromkeys(word.casefold() for word in keywords)),
            *(f"{GENRE}:{term}" for term in dict.fromkeys(genres)),
            *([] if pd.isna(year) else [f"{DECADE}:{int(year) // 10 * 10}s"]),
        ]
        for keywords, genres, year in columns
    ]


@dataclass(frozen=True)
class MovieFeatures:
    """A vocabulary of content features, found in one catalogue and applied to any other."""

    names: tuple[str, ...]  # "kind:term", sorted; column j of every matrix is names[j]

    @classmethod
    def build(
        cls, movies: pd.DataFrame, min_movies: int = 5, max_keywords: int | None = None
    ) -> MovieFeatures:
        """Collect every feature of at least `min_movies` movies.

        A feature of fewer movies carries nothing from one movie to another.

        Args:
            max_keywords: keep only so many keywords, the most frequent ones.
        """
        counts = Counter(name for row in _terms(movies) for name in row)
        names = sorted(name for name, count in counts.items() if count >= min_movies)
        if max_keywords is not None:
            keywords = [name for name in names if name.startswith(f"{KEYWORD}:")]
            rare = sorted(keywords, key=lambda name: -counts[name])[max_keywords:]
            names = sorted(set(names).difference(rare))
        return cls(tuple(names))

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kind of each column: keyword, genre or decade."""
        return tuple(name.split(":", 1)[0] for name in self.names)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Term of each column, for people."""
        return tuple(name.split(":", 1)[1] for name in self.names)

    def encode(self, movies: pd.DataFrame) -> sparse.csr_matrix:
        """Return the 0/1 matrix (n_movies, n_features); unknown features are left out."""
        column = {name: j for j, name in enumerate(self.names)}
        rows = [[column[name] for name in row if name in column] for row in _terms(movies)]
        ends = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
        columns = np.array([j for row in rows for j in row], dtype=np.int32)
        ones = np.ones(len(columns), dtype=np.float32)
        matrix = sparse.csr_matrix((ones, columns, ends), shape=(len(movies), len(self.names)))
        matrix.sort_indices()
        return matrix


def with_identity(content: sparse.csr_matrix, own_column: np.ndarray) -> sparse.csr_matrix:
    """Put an identity block before `content`: without it movies with equal features are one movie.

    Args:
        own_column: (n_movies,) bool; the others are described by their content alone.

    Returns:
        (n_movies, own_column.sum() + n_features), float32, rows in the order of `content`.
    """
    movies = np.flatnonzero(own_column)
    ones = np.ones(len(movies), dtype=np.float32)
    identity = sparse.csr_matrix(
        (ones, (movies, np.arange(len(movies)))), shape=(content.shape[0], len(movies))
    )
    return sparse.hstack([identity, content], format="csr", dtype=np.float32)


def scale_rows(matrix: sparse.csr_matrix, power: float) -> sparse.csr_matrix:
    """Divide each row by its sum to a power: 1 makes rows sum to 1, 1/2 gives 0/1 rows length 1.

    Args:
        matrix: (n_rows, n_columns), each row empty or with a sum of 1 or more.
    """
    total = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1)
    scaled = sparse.diags_array((1 / total**power).astype(np.float32)) @ matrix
    return sparse.csr_matrix(scaled, dtype=np.float32)
