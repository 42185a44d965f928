"""Movies that the club added itself, its shortlist, and details fetched from TMDB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, asdict, dataclass
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Executable, Row, delete, func, select, update

from club import ratings, validation
from club.db import schema
from club.db.database import Write
from club.db.transfer import OnStep
from club.errors import InvalidInput, NotFound
from club.section import Section
from recommender.dataset import COLUMNS, check_movies

KEPT_DAYS = 180  # TMDB's terms allow to keep its data for six months
_SECONDS_A_DAY = 86_400
_KEPT = ("overview", "aliases", "imdb_id", "tmdb_id", "directors", "cast")  # by `edit`
_movie, _detail, _listed = schema.movies.c, schema.movie_details.c, schema.shortlist.c


@dataclass
class NewMovie:
    """A movie to add; its facts are checked and cleaned.

    Args:
        title: 1..200 characters.
        year: 1870..2100, or None.
        genres: texts, or one text with "|" between them.
        keywords: the same.
        runtime: minutes, or None.
        overview: up to 3,000 characters.
        tmdb_id: its number at TMDB, or None.
        aliases: other titles that it is found by.
        imdb_id: its number at IMDb, such as "tt0133093", or None.
        directors, cast: names.

    Raises:
        InvalidInput: one of these cannot be used.
    """

    title: str
    year: int | None = None
    genres: str | Iterable[str] = ()
    keywords: str | Iterable[str] = ()
    _: KW_ONLY
    runtime: int | None = None
    overview: str = ""
    tmdb_id: int | None = None
    aliases: Iterable[str] = ()
    imdb_id: str | None = None
    directors: str | Iterable[str] = ()
    cast: str | Iterable[str] = ()

    def __post_init__(self) -> None:
        self.title = validation.clean_title(self.title)
        self.year = validation.clean_year(self.year)
        self.genres = validation.clean_terms(self.genres, "genres")
        self.keywords = validation.clean_terms(self.keywords, "keywords")
        self.runtime = validation.clean_runtime(self.runtime)
        self.overview = validation.clean_overview(self.overview)
        self.tmdb_id = validation.clean_tmdb_id(self.tmdb_id)
        self.aliases = validation.clean_aliases(self.aliases)
        self.imdb_id = validation.clean_imdb_id(self.imdb_id)
        self.directors = validation.clean_terms(self.directors, "directors")
        self.cast = validation.clean_terms(self.cast, "cast")

    @property
    def titles(self) -> tuple[str, ...]:
        """The title, then the others."""
        return self.title, *self.aliases


@dataclass(frozen=True)
class Details:
    """Facts about one movie that were fetched from TMDB.

    Args:
        movie_id: of the catalogue.
        title: the movie's in the catalogue.
        tmdb_id: its number at TMDB.
        runtime: minutes; None: unknown.
    """

    movie_id: int
    title: str
    tmdb_id: int
    runtime: int | None = None
    overview: str = ""


class Movies(Section):
    """The store's section `store.movies`."""

    def own(self) -> pd.DataFrame:
        """Return the movies that the club added, in the form of `Dataset.movies`.

        Returns:
            index movie_id (negative); title, year, genres, keywords, aliases, runtime, directors,
            cast, overview, imdb_id, tmdb_id.
        """
        query = select(_movie.movie_id, *(_movie[name] for name in COLUMNS))
        return self._frame(query.order_by(_movie.added_at, _movie.movie_id.desc()), [*COLUMNS])

    def add(
        self,
        title: str,
        year: int | None = None,
        genres: str | Iterable[str] = (),
        keywords: str | Iterable[str] = (),
        **facts: Any,
    ) -> int:
        """Add a movie that the base dataset lacks, and return its (negative) movie_id.

        Args:
            title, year, genres, keywords, facts: as for `NewMovie`.
        """
        movie = NewMovie(title, year, genres, keywords, **facts)
        with self._database.write("added a movie") as write:
            _refuse_known(write.connection, movie)
            (write.about["movie_id"],) = insert_movies(write, [movie])
        return write.about["movie_id"]

    def edit(self, movie_id: int, movie: NewMovie) -> int:
        """Give one of the club's own movies other facts and return the version.

        What a person cannot enter (other titles, numbers, people) stays where `movie` has none.

        Raises:
            InvalidInput: another one of the club's movies is called so.
        """
        with self._database.write("changed a movie", movie_id=movie_id) as write:
            old = _own_movie(write.connection, movie_id)
            _refuse_known(write.connection, movie, but=old.movie_id)
            values = asdict(movie)
            values |= {name: values[name] or getattr(old, name) for name in _KEPT}
            write.update(schema.movies, {"movie_id": old.movie_id}, **values)
        return write.version

    def merge(self, movie_id: int, into: int) -> int:
        """Make one of the club's own movies and another one the same, and return the version.

        Ratings, what was seen, the shortlist, vetoes and ballots go to the other one. Of two
        ratings of one person the newer stays. Nights whose movie is decided are as they were, and
        keep the own movie with them.

        Args:
            into: of the base dataset, or another own movie.
        """
        with self._database.write("merged a movie", movie_id=movie_id) as write:
            connection = write.connection
            old = _own_movie(connection, movie_id).movie_id
            (new,) = self._movie_ids(connection, into)
            if new == old:
                raise InvalidInput("A movie cannot be merged with itself.")
            query = select(schema.ratings).where(schema.ratings.c.movie_id.in_([old, new]))
            given: dict[int, Row[Any]] = {}
            wanted: dict[tuple[int, int], int | None] = {}
            when: dict[tuple[int, int], int] = {}
            for row in connection.execute(query.order_by(schema.ratings.c.rated_at)):
                given[row.member_id] = row
                if row.movie_id == old:
                    wanted[row.member_id, old] = None
            for member, row in given.items():
                wanted[member, new] = row.half_stars
                when[member, new] = row.rated_at
            ratings.record(write, wanted, rated_at=when, kind="merge")
            _replace(write, old, new)
        return write.version

    def delete(self, movie_id: int) -> int:
        """Delete one of the club's own movies, with its ratings, and return the version.

        Raises:
            InvalidInput: a night was decided with it; its predictions cannot go.
        """
        with self._database.write("deleted a movie", movie_id=movie_id) as write:
            connection = write.connection
            old = _own_movie(connection, movie_id)
            if _is_decided(connection, old.movie_id):
                raise InvalidInput(
                    f"{old.title} was a candidate of a night that is decided, so it has to stay."
                )
            raters = select(schema.ratings.c.member_id).filter_by(movie_id=old.movie_id)
            people = connection.execute(raters).scalars()
            gone = dict.fromkeys(((member, old.movie_id) for member in people), None)
            ratings.record(write, gone, kind="delete")
            _replace(write, old.movie_id, None)
        return write.version

    def add_all(self, movies: Iterable[NewMovie]) -> list[int]:
        """Add movies as one step, without those added before; return the new movie_ids."""
        with self._database.write("added movies") as write:
            before = set(write.connection.execute(select(_movie.movie_id)).scalars())
            ids = dict.fromkeys(insert_movies(write, list(movies)))
            added = [movie_id for movie_id in ids if movie_id not in before]
            write.commit_if(bool(added))
        return added

    def complete(self, found: Mapping[int, NewMovie]) -> int:
        """Fill in what own movies lack, as one step, and return the version.

        Keywords are added; nothing else that is there is changed. Movies that are gone by now are
        left out.
        """
        with self._database.write("looked up movies") as write:
            changed = False
            for movie_id, movie in found.items():
                query = select(schema.movies).filter_by(movie_id=movie_id)
                row = write.connection.execute(query).one_or_none()
                if row is None:
                    continue
                facts = asdict(movie)
                values = {name: facts[name] for name in facts if not getattr(row, name)}
                keywords = list(dict.fromkeys([*row.keywords, *facts["keywords"]]))
                values["keywords"] = keywords[: validation.MAX_TERMS]
                write.update(schema.movies, {"movie_id": movie_id}, **values)
                changed |= values != {name: getattr(row, name) for name in values}
            return write.commit_if(changed)

    def shortlist(self) -> list[int]:
        """Return the ids of the movies that the club might watch, first added first."""
        with self._database.read() as connection:
            query = select(_listed.movie_id).order_by(_listed.position)
            return list(connection.execute(query).scalars())

    def add_to_shortlist(self, movie_id: int) -> int:
        """Put a movie at the shortlist's end, unless it is on it, and return the version."""
        with self._database.write("put on the shortlist", movie_id=movie_id) as write:
            (movie,) = self._movie_ids(write.connection, movie_id)
            return write.commit_if(append_to_shortlist(write, movie))

    def remove_from_shortlist(self, movie_id: int) -> int:
        """Take a movie off the shortlist, if it is on it, and return the version."""
        movie_id = validation.whole_id(movie_id, "movie")
        with self._database.write("took off the shortlist", movie_id=movie_id) as write:
            return write.commit_if(write.delete(schema.shortlist, movie_id=movie_id))

    def details(self) -> pd.DataFrame:
        """Return the details of the base dataset's movies fetched within the last six months.

        Returns:
            index movie_id; title (the catalogue's then), runtime, overview, tmdb_id.
        """
        oldest = self._database.now() - KEPT_DAYS * _SECONDS_A_DAY
        names = ["title", "runtime", "overview", "tmdb_id"]
        query = select(_detail.movie_id, *(_detail[name] for name in names))
        query = query.where(_detail.fetched_at > oldest).order_by(_detail.movie_id)
        return self._frame(query, names)

    def _frame(self, query: Executable, names: list[str]) -> pd.DataFrame:
        """Return movie_id and these columns of a catalogue in the form of `Dataset.movies`."""
        found = self._database.frame(query, dict.fromkeys(("movie_id", *names), "object"))
        return _checked(found) if len(found) else _no_movies(tuple(names))

    def save_details(self, found: Iterable[Details]) -> int:
        """Save details of movies in place of earlier ones, all or none, and return the version.

        Those of the club's own movies go where the movie is and take nothing away.
        """
        movies = list(found)
        with self._database.write("fetched details of movies") as write:
            for movie in movies:
                this = {"movie_id": validation.whole_id(movie.movie_id, "movie")}
                facts = {
                    "tmdb_id": validation.clean_tmdb_id(movie.tmdb_id),
                    "runtime": validation.clean_runtime(movie.runtime),
                    "overview": validation.clean_overview(movie.overview),
                }
                if this["movie_id"] < 0:
                    known = {name: fact for name, fact in facts.items() if fact}
                    write.update(schema.movies, this, **known)
                    continue
                write.delete(schema.movie_details, **this)
                about = {"title": movie.title, "keywords": [], "fetched_at": write.now}
                write.insert(schema.movie_details, this | facts | about)
            return write.commit_if(bool(movies))


def _checked(found: pd.DataFrame) -> pd.DataFrame:
    names = [name for name in found if name != "movie_id"]
    texts = {name: "str" for name in names if COLUMNS[name] == "text"}
    return check_movies(found)[names].astype(texts)


@cache
def _no_movies(names: tuple[str, ...]) -> pd.DataFrame:
    """Return what most clubs have at most times, without the work of checking columns."""
    return _checked(pd.DataFrame(columns=["movie_id", *names], dtype=object))


def insert_movies(
    write: Write, wanted: Sequence[NewMovie], on_step: OnStep | None = None
) -> list[int]:
    """Add movies within a transaction and return their ids: negative, and never used before.

    Args:
        wanted: one that the club has added before stays as it is, under its id.
        on_step: called with (movies done, movies in all, what).
    """
    if not wanted:
        return []
    known, counter = _Known(write.connection), schema.club.c.last_movie_id
    query = update(schema.club).values(last_movie_id=counter - len(wanted)).returning(counter)
    last = write.connection.execute(query).scalar_one()
    ids: list[int] = []
    for left, movie in zip(range(len(wanted) - 1, -1, -1), wanted, strict=True):
        same = known.find(movie)
        movie_id = last + left if same is None else same[0]
        if same is None:
            added = {"movie_id": movie_id, "added_at": write.now, **asdict(movie)}
            write.insert(schema.movies, added)
            known.add(movie_id, movie)
        ids.append(movie_id)
        if on_step is not None:
            on_step(len(ids), len(wanted), "movies")
    return ids


class _Known:
    """The club's own movies, to find one again by its numbers, or else by title and year.

    Args:
        but: one that is left out.
    """

    def __init__(self, connection: Connection, but: int | None = None) -> None:
        self._movies: dict[object, list[tuple[int, Any]]] = defaultdict(list)
        columns = (_movie.movie_id, _movie.title, _movie.year, _movie.imdb_id, _movie.tmdb_id)
        for row in connection.execute(select(*columns)):
            if row.movie_id != but:
                self.add(row.movie_id, row)

    def add(self, movie_id: int, movie: Any) -> None:
        """Remember a movie with title, year, imdb_id and tmdb_id."""
        for key in _keys(movie):
            self._movies[key].append((movie_id, movie))

    def find(self, movie: NewMovie) -> tuple[int, str] | None:
        """Return id and title of the same movie; those of other numbers are other movies."""
        for key in _keys(movie):
            for movie_id, other in self._movies.get(key, ()):
                numbers = [(other.imdb_id, movie.imdb_id), (other.tmdb_id, movie.tmdb_id)]
                both = [one == two for one, two in numbers if one is not None and two is not None]
                if any(both) or not both:
                    return movie_id, other.title
        return None


def _keys(movie: Any) -> list[object]:
    numbers = [("imdb", movie.imdb_id), ("tmdb", movie.tmdb_id)]
    known = [pair for pair in numbers if pair[1] is not None]
    return [*known, (validation.name_key(movie.title), movie.year)]


def _refuse_known(connection: Connection, movie: NewMovie, but: int | None = None) -> None:
    if known := _Known(connection, but).find(movie):
        raise InvalidInput(f"The club has added {known[1]} before.")


def _own_movie(connection: Connection, movie_id: int) -> Row[Any]:
    """Return the row of one of the club's own movies.

    Raises:
        NotFound: there is no such movie, or it is not the club's own.
    """
    number = validation.whole_id(movie_id, "movie")
    row = connection.execute(select(schema.movies).filter_by(movie_id=number)).one_or_none()
    if row is None:
        raise NotFound(f"There is no movie {number} that the club has added.")
    return row


def _replace(write: Write, old: int, new: int | None) -> None:
    """Let everything that is not decided yet name another movie, or (None) none any more.

    The old movie goes, unless a decided night names it.
    """
    connection, night, ballot = write.connection, schema.nights.c, schema.ballots.c
    is_open = select(night.night_id).where(night.decided_at.is_(None))
    for table in (schema.seen, schema.vetoes, schema.shortlist, schema.watchlists):
        others = [column for column in table.primary_key if column.name != "movie_id"]
        movie = table.c.movie_id
        named = [movie == old]
        if "night_id" in table.c:
            named.append(table.c.night_id.in_(is_open))
        for row in connection.execute(select(*others, movie).where(*named)).all():
            mine = [column == getattr(row, column.name) for column in others]
            there = select(movie).where(movie == new, *mine)
            if new is not None and connection.execute(there).first() is None:
                move = update(table).where(movie == old, *mine).values(movie_id=new)
                connection.execute(move)
        connection.execute(delete(table).where(*named))
    open_ones = select(schema.ballots).where(ballot.night_id.in_(is_open))
    for row in connection.execute(open_ones).all():
        if old in row.choices:
            moved = [new if movie == old else movie for movie in row.choices]
            choices = list(dict.fromkeys(movie for movie in moved if movie is not None))
            key = {"night_id": row.night_id, "member_id": row.member_id}
            if choices:
                write.update(schema.ballots, key, choices=choices)
            else:
                write.delete(schema.ballots, **key)
    for column in (night.movie_id, night.drawn_movie_id):
        planned = update(schema.nights).where(column == old, night.decided_at.is_(None))
        connection.execute(planned.values({column: new}))
    if not _is_decided(connection, old):
        write.delete(schema.movies, movie_id=old)


def _is_decided(connection: Connection, movie_id: int) -> bool:
    """Return whether a night that is decided names the movie."""
    predicted, night = schema.predictions.c.movie_id, schema.nights.c
    watched = night.decided_at.is_not(None) & (night.movie_id == movie_id)
    was_candidate = select(predicted).where(predicted == movie_id).limit(1)
    was_watched = select(night.movie_id).where(watched).limit(1)
    return any(connection.execute(query).first() for query in (was_candidate, was_watched))


def append_to_shortlist(write: Write, movie_id: int) -> bool:
    """Put a movie at the shortlist's end within a transaction; return whether that is new."""
    known = select(_listed.movie_id).filter_by(movie_id=movie_id)
    if write.connection.execute(known).first() is not None:
        return False
    last = write.connection.execute(select(func.max(_listed.position))).scalar_one() or 0
    row = {"movie_id": movie_id, "position": last + 1, "added_at": write.now}
    write.insert(schema.shortlist, row)
    return True


def with_details(movies: pd.DataFrame, details: pd.DataFrame) -> pd.DataFrame:
    """Return a catalogue with the fetched details of its movies.

    Details count only where the catalogue still has the movie under the same id and title and
    knows no other number at TMDB. Its own overview stays; of runtimes the fetched one counts, since
    the bundled ones are good to some minutes only. Nothing that is fetched is learned from.

    Args:
        movies: in the form of `Dataset.movies`.
        details: as `Movies.details` returns them.
    """
    known = details[details.index.isin(movies.index)]
    before = movies.loc[known.index]
    other = before["tmdb_id"].notna() & (before["tmdb_id"] != known["tmdb_id"])
    known = known[(before["title"] == known["title"]) & ~other]
    if known.empty:
        return movies
    result, before = movies.copy(), movies.loc[known.index]
    result.loc[known.index, "runtime"] = known["runtime"].fillna(before["runtime"])
    result.loc[known.index, "tmdb_id"] = known["tmdb_id"]
    result.loc[known.index, "overview"] = before["overview"].where(
        before["overview"] != "", known["overview"]
    )
    return result
