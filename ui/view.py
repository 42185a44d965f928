"""The club as it was at one version: what a page draws comes from one view."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from club.store import Club
from recommender.columns import MEMBER, MOVIE
from recommender.features import MovieFeatures
from recommender.guests import Evidence, imagined


@dataclass(frozen=True)
class Catalogue:
    """Every movie there is, the same for all views of which the movies are the same.

    Args:
        movies: index movie_id.
        titles, years, genres: of each, as some pages ask about thousands of movies.
    """

    movies: pd.DataFrame
    titles: dict[int, str]
    years: dict[int, float]
    genres: dict[int, tuple[str, ...]]

    @classmethod
    def of(cls, movies: pd.DataFrame) -> Catalogue:
        """Return the catalogue of these movies."""
        return cls(
            movies,
            {movie: str(title) for movie, title in movies["title"].items()},
            dict(movies["year"].items()),
            {movie: tuple(genres) for movie, genres in movies["genres"].items()},
        )


@dataclass(frozen=True)
class View:
    """The club as it was at one version; what a page draws comes from one view.

    Args:
        cache_key: the identity of the database, its version, and the base dataset.
        version: of the store.
        club: name and whether it is the demo.
        names: member_id -> name, present members in order of joining.
        guests: member_id -> name of those who come along now and then.
        ratings: member_id, movie_id, rating, timestamp of the members.
        guest_ratings: the same of the guests.
        guest_words: index member_id; likes, dislikes (tuples of keywords that a guest named).
        seen: (member_id, movie_id) of what somebody says to have seen, rated or not.
        shortlist: movie ids in order.
        own_movies: what the club added by hand.
        known: every movie there is.
    """

    cache_key: Hashable
    version: int
    club: Club
    names: dict[int, str]
    guests: dict[int, str]
    ratings: pd.DataFrame
    guest_ratings: pd.DataFrame
    guest_words: pd.DataFrame
    seen: frozenset[tuple[int, int]]
    shortlist: tuple[int, ...]
    own_movies: pd.DataFrame
    known: Catalogue

    @property
    def movies(self) -> pd.DataFrame:
        """Every movie there is, index movie_id."""
        return self.known.movies

    def name(self, member_id: int) -> str:
        """Return the name of a member or guest as it is; use `plain` for Markdown."""
        return self.names.get(member_id) or self.guests.get(member_id, "somebody who left")

    def title(self, movie_id: int) -> str:
        """Return a movie's title as it is, for table cells; use `plain` for Markdown."""
        return self.known.titles.get(movie_id, "a movie that is gone")

    def year(self, movie_id: int) -> int | None:
        """Return the year, None where nobody knows it."""
        year = self.known.years[movie_id]
        return None if pd.isna(year) else int(year)

    def genres(self, movie_id: int) -> tuple[str, ...]:
        """Return the genres, most telling first as the catalogue has them."""
        return self.known.genres[movie_id]

    @cached_property
    def imagined(self) -> Evidence:
        """What the guests' words stand for: movies that nobody has filmed, and their stars."""
        if self.guest_words.empty:  # most clubs at most times; the vocabulary takes a while
            return imagined(self.guest_words)
        return imagined(self.guest_words, self.guest_ratings, MovieFeatures.build(self.movies))

    @cached_property
    def evidence(self) -> pd.DataFrame:
        """member_id, movie_id, rating: all that is known of the tastes of members and guests."""
        parts = [self.ratings, self.guest_ratings, self.imagined.ratings]
        return pd.concat([part[[MEMBER, MOVIE, "rating"]] for part in parts], ignore_index=True)

    @cached_property
    def _by_person(self) -> dict[int, pd.DataFrame]:
        return {int(person): theirs for person, theirs in self.evidence.groupby(MEMBER)}

    def of(self, person: int) -> pd.DataFrame:
        """Return the rows of `evidence` that are a member's or guest's."""
        return self._by_person.get(person, self.evidence.iloc[:0])

    @cached_property
    def stars(self) -> dict[tuple[int, int], float]:
        """(member_id, movie_id) -> stars given by a member or guest."""
        everyone = pd.concat([self.ratings, self.guest_ratings])
        keys = zip(everyone[MEMBER], everyone[MOVIE], strict=True)
        return dict(zip(keys, everyone["rating"], strict=True))

    def rated_by(self, movie_id: int) -> list[int]:
        """Return the members who rated the movie, in order of joining."""
        return [member for member in self.names if (member, movie_id) in self.stars]

    def seen_by(self, movie_id: int, people: Sequence[int]) -> list[int]:
        """Return who of `people` rated the movie or says to have seen it, in their order."""
        return [
            one for one in people if (one, movie_id) in self.stars or (one, movie_id) in self.seen
        ]
