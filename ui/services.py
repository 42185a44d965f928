"""Everything that lives longer than one run of a page: the store, the world, the models.

What is read from the store is cached under the store's version, an integer that only rises, so
nothing goes stale. What models say is kept by `ui.predictions`, `ui.judging` and `ui.portraits`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import streamlit as st

from club import config
from club.catalogue import catalogue, training_data
from club.demo import load_demo
from club.errors import InvalidInput
from club.imports import catalogue as catalogue_import
from club.search import MovieSearch
from club.store import Store
from recommender import Dataset, evaluation, load_bundled
from recommender.bundled import demo_club
from recommender.columns import MEMBER, MOVIE
from ui.evaluator import Evaluator, fingerprint
from ui.latest import Latest
from ui.trainer import Trainer
from ui.view import Catalogue
from ui.view import View as View  # noqa: PLC0414  (every page asks here for the club)

WHO = "in_whose_name"  # in the session: see `ui.identity`


def var() -> Path:
    """Return the folder of the club's own files: $MOVIE_CLUB_VAR, else data/var."""
    return config.folder()


def database() -> str:
    """Return where the database is: $MOVIE_CLUB_DATABASE, else club.db in `var`."""
    return str(config.database())


@st.cache_resource(show_spinner=False)
def bundled() -> Dataset:
    """Return the ratings and movies that the program ships with."""
    return load_bundled()


def world_number() -> int:
    """Return a number that changes whenever the world is another one."""
    return catalogue_import.number(config.world())


def imported() -> catalogue_import.Imported | str | None:
    """Return what the club brought, a sentence when that cannot be read, None when nothing."""
    number = world_number()
    return _imported(config.world(), number) if number else None


@st.cache_resource(show_spinner=False, max_entries=2)
def _imported(folder: Path, number: int) -> catalogue_import.Imported | str:
    try:
        return catalogue_import.load(folder)
    except InvalidInput as error:
        return str(error)


def world() -> Dataset:
    """Return the strangers' ratings and the catalogue: imported, or else bundled."""
    found = imported()
    return found.data if isinstance(found, catalogue_import.Imported) else bundled()


def _kept(club: View) -> list[int]:
    """Return the movies that must stay in the catalogue, whatever the world."""
    of_nights = store().nights.predictions()[MOVIE].tolist()
    rated = [*club.ratings[MOVIE].tolist(), *club.guest_ratings[MOVIE].tolist()]
    return sorted({*rated, *of_nights, *club.shortlist} - {*club.own_movies.index})


def take_over(found: catalogue_import.Import) -> int:
    """Make what was imported the world, begin to learn from it, and return the store's version."""
    catalogue_import.save(found, config.world())
    version = store().touch("brought another catalogue")
    learn()
    return version


def back_to_bundled(club: View) -> int:
    """Make the bundled data the world again, but for movies that the club has to do with."""
    strange = [movie for movie in _kept(club) if movie not in bundled().movies.index]
    if strange:
        movies = pd.concat([bundled().movies, club.movies.loc[strange]])
        found = catalogue_import.Import(
            kind="The bundled data and what the club rated",
            data=Dataset(bundled().ratings, movies),
            counts={},
            sample=movies.iloc[:0],
            rejected=movies.iloc[:0],
            notes=(),
        )
        return take_over(found)
    catalogue_import.forget(config.world())
    version = store().touch("went back to the bundled catalogue")
    learn()
    return version


@st.cache_resource(show_spinner=False, max_entries=4)
def _store(location: str) -> Store:
    opened = Store.open(location, knows_movie=lambda movie: movie in world().movies.index)
    if opened.is_new():
        load_demo(opened, bundled(), demo_club())
    return opened


def store() -> Store:
    """Return the club's store as the visitor uses it; a new one holds the demo club."""
    return _store(database()).by(st.session_state.get(WHO))


@st.cache_resource(show_spinner=False, max_entries=4)
def _trainer(folder: Path) -> Trainer:
    return Trainer(folder)


def trainer() -> Trainer:
    """Return the trainer, which has begun to learn if it never has, or from another world."""
    found = _trainer(var())
    status = found.status.state
    elsewhere = status == "ready" and found.learned_world not in {None, world_number()}
    if status == "empty" or elsewhere:
        learn()
    return found


def learn() -> bool:
    """Begin to learn from the world and the club as they are now; False if that goes on already."""
    club, number = store(), world_number()
    return _trainer(var()).start(lambda: training_data(world(), club), club.version(), world=number)


def digest(frame: pd.DataFrame) -> str:
    """Return what tells a frame, with all that it says, from others."""
    said = repr(list(frame.itertuples(name=None)))
    return hashlib.sha256(said.encode()).hexdigest()


# Not under the version: every open page keeps the view that it shows, and they share this.
@st.cache_resource(show_spinner=False, max_entries=2)
def _catalogue(world_number: int, digest: str, _club: Store) -> Catalogue:
    return Catalogue.of(catalogue(world(), _club))


@st.cache_resource(show_spinner=False, max_entries=4)
def _view(location: str, version: int, world_number: int) -> View:
    club = _store(location)
    own, details = club.movies(), club.movie_details()
    known = _catalogue(world_number, digest(own) + digest(details), club)
    movies, guests, ratings = known.movies, club.guests(), club.ratings(include_guests=True)
    # A movie of a world that is gone keeps its ratings, but there is nothing to show.
    ratings = ratings[ratings[MOVIE].isin(movies.index)]
    names = {int(member): str(name) for member, name in club.members()["name"].items()}
    mine = ratings[MEMBER].isin(list(names))
    return View(
        cache_key=(location, version, world_number),
        version=version,
        club=club.club(),
        names=names,
        guests={int(member): str(name) for member, name in guests["name"].items()},
        ratings=ratings[mine].reset_index(drop=True),
        guest_ratings=ratings[~mine].reset_index(drop=True),
        guest_words=guests[["likes", "dislikes"]],
        seen=frozenset(club.seen().itertuples(index=False, name=None)),
        shortlist=tuple(movie for movie in club.shortlist() if movie in movies.index),
        own_movies=own,
        known=known,
    )


def view() -> View:
    """Return the club as it is now."""
    return _view(database(), store().version(), world_number())


@st.cache_resource(show_spinner=False, max_entries=4)
def _search(
    world_number: int, own: tuple[tuple[int, str], ...], _movies: pd.DataFrame
) -> MovieSearch:
    return MovieSearch(_movies, world().rating_counts.reindex(_movies.index, fill_value=0))


def search(club: View, text: str, limit: int = 8) -> list[int]:
    """Return the movies that somebody who types `text` may mean, best first."""
    own = tuple(zip(club.own_movies.index, club.own_movies["title"], strict=True))
    return _search(world_number(), own, club.movies).find(text, limit)


Moment = tuple[int, int, str]


def moment() -> Moment:
    """Return what an open page compares to learn that it is out of date."""
    status = trainer().status
    return _latest(database()).ask(), status.generation, status.state


def lately() -> Moment:
    """Return `moment` as it is or was a moment ago, for all the pages that ask again and again."""
    status = trainer().status
    return _latest(database()).recall(), status.generation, status.state


@st.cache_resource(show_spinner=False, max_entries=4)
def _latest(location: str) -> Latest:
    return Latest(_store(location).version)


@st.cache_resource(show_spinner=False, max_entries=4)
def _evaluator(folder: Path, world_number: int) -> Evaluator:
    return Evaluator(folder, fingerprint(world()))


def evaluator() -> Evaluator:
    """Return the evaluator of the world's ratings."""
    return _evaluator(var() / "evaluation", world_number())


def evaluate() -> None:
    """Begin to evaluate, unless that goes on already."""
    evaluator().start(lambda report: evaluation.evaluate(world(), on_step=report))
