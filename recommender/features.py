"""What a movie is, as rows of a sparse matrix: keywords, genres and decade, and itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

KEYWORD, GENRE, DECADE = "keyword", "genre", "decade"


def _describe(movie: tuple[str, ...], genres: tuple[str, ...], year: object) -> Iterator[str]:
    """Yield "kind:term" for everything that is known of one movie."""
    for term in dict.fromkeys(keyword.casefold() for keyword in movie):
        yield f"{KEYWORD}:{term}"
    for term in dict.fromkeys(genres):
        yield f"{GENRE}:{term}"
    if not pd.isna(year):
        yield f"{DECADE}:{int(str(year)) // 10 * 10}s"


def _terms(movies: pd.DataFrame) -> list[tuple[str, ...]]:
    columns = zip(movies["keywords"], movies["genres"], movies["year"], strict=True)
    return [tuple(_describe(keywords, genres, year)) for keywords, genres, year in columns]


@dataclass(frozen=True)
class MovieFeatures:
    """A vocabulary of content features, found in a catalogue and applied to any other.

    Args:
        names: "kind:term", sorted; column j of every matrix is names[j].
    """

    names: tuple[str, ...]

    @classmethod
    def build(cls, movies: pd.DataFrame, min_movies: int = 5) -> MovieFeatures:
        """Collect every feature that describes at least `min_movies` of `movies`.

        A word that describes fewer movies carries nothing from one movie to another.
        """
        counts = pd.Series([name for row in _terms(movies) for name in row], dtype=object)
        counts = counts.value_counts()
        return cls(tuple(sorted(counts[counts >= min_movies].index)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """"keyword", "genre" or "decade" for each column."""  # fmt: skip
        return tuple(name.split(":", 1)[0] for name in self.names)

    @property
    def labels(self) -> tuple[str, ...]:
        """The words without their kind, for people."""
        return tuple(name.split(":", 1)[1] for name in self.names)

    def encode(self, movies: pd.DataFrame) -> sparse.csr_matrix:
        """Return the 0/1 matrix (n_movies, n_features); words never seen are left out."""
        column = {name: j for j, name in enumerate(self.names)}
        rows = [[column[name] for name in row if name in column] for row in _terms(movies)]
        ends = np.concatenate([[0], np.cumsum([len(row) for row in rows], dtype=np.int64)])
        columns = np.array([j for row in rows for j in row], dtype=np.int32)
        ones = np.ones(len(columns), dtype=np.float32)
        matrix = sparse.csr_matrix((ones, columns, ends), shape=(len(movies), len(self.names)))
        matrix.sort_indices()
        return matrix


def with_identity(content: sparse.csr_matrix, own_row: np.ndarray) -> sparse.csr_matrix:
    """Put an identity block before `content`: one column for each movie with a row of its own.

    Without it movies with the same keywords would become the same movie.

    Args:
        content: (n_movies, n_features).
        own_row: (n_movies,) bool; the others are described by their content alone.

    Returns:
        (n_movies, own_row.sum() + n_features), float32, rows in the order of `content`.
    """
    movies = np.flatnonzero(own_row)
    ones = np.ones(len(movies), dtype=np.float32)
    identity = sparse.csr_matrix(
        (ones, (movies, np.arange(len(movies)))), shape=(content.shape[0], len(movies))
    )
    return sparse.hstack([identity, content], format="csr", dtype=np.float32)
