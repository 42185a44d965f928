"""What the models say, kept for as long as it holds.

What depends on the whole club is cached under the store's version; what depends on one member under
what that member has said, so that others' ratings leave it as it is. A model is known by the moment
at which it learned, and by the movies that it was told of since.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import streamlit as st

from club.catalogue import ratings_at
from recommender import HybridModel, Reactions
from recommender.ask import for_the_club, what_to_rate
from recommender.columns import MEMBER, MOVIE, RATING
from recommender.similar import similar as movies_like
from ui import services
from ui.services import View

ASKED_ABOUT, QUESTIONS = 800, 6


def model(club: View) -> HybridModel | None:
    """Return the model that serves, taught about every movie; None before the first."""
    generation = services.trainer().status.generation  # before the model: never newer than it
    learned = services.trainer().model
    if learned is None:
        return None
    new, digest = _unlearned(club, generation, learned)
    return _taught((learned.trained_at, digest), learned, new)


Key = tuple[datetime | None, str]


def key(club: View) -> Key:
    """Return what tells the model that serves from others; to be asked for before the model."""
    generation = services.trainer().status.generation
    learned = services.trainer().model
    if learned is None:
        return None, ""
    return learned.trained_at, _unlearned(club, generation, learned)[1]


def _unlearned(club: View, generation: int, learned: HybridModel) -> tuple[pd.DataFrame, str]:
    number = services.world_number()
    return _new(services.database(), club.version, number, generation, learned, club)


@st.cache_resource(show_spinner=False, max_entries=4)
def _new(
    location: str,
    version: int,
    world_number: int,
    generation: int,
    _learned: HybridModel,
    _club: View,
) -> tuple[pd.DataFrame, str]:
    """Return the movies that the model has not learned from, and a digest of what is said of them.

    They are the club's own, those of a world from which it has not learned yet, and what guests
    imagine.
    """
    movies = _club.movies[~_club.movies.index.isin(_learned.movie_ids)]
    if len(_club.imagined.movies):
        movies = pd.concat([movies, _club.imagined.movies])
    return movies, services.digest(movies)


# Not under the version: ratings teach it no movies, and what it has computed is worth keeping.
@st.cache_resource(show_spinner=False, max_entries=2)
def _taught(key: Key, _learned: HybridModel, _new: pd.DataFrame) -> HybridModel:
    return _learned.with_movies(_new)


def reactions(
    club: View, movie_ids: tuple[int, ...], member_ids: tuple[int, ...]
) -> Reactions | None:
    """Return what the members are expected to think; None while there is no model at all."""
    served, serving = key(club), model(club)
    if serving is None:
        return None
    movies = np.array(movie_ids, dtype=np.int64)
    nobody = serving.react(club.evidence.iloc[:0], movies, member_ids=())
    each = [
        _reaction(served, member, said(club, member), movies.tobytes(), serving)
        for member in member_ids
    ]
    return replace(
        nobody,
        member_ids=member_ids,
        mean=np.vstack([nobody.mean, *[mean for mean, _ in each]]),
        sd=np.vstack([nobody.sd, *[sd for _, sd in each]]),
    )


def said(club: View, member: int) -> bytes:
    """Return all that is known of a member's taste, for keys."""
    return bytes(club.of(member)[[MOVIE, RATING]].to_numpy(dtype=np.float64).tobytes())


def own(member: int, said: bytes) -> pd.DataFrame:
    """Return member_id, movie_id and rating out of what `said` returned."""
    movies, stars = np.frombuffer(said).reshape(-1, 2).T
    return pd.DataFrame({MEMBER: member, MOVIE: movies.astype(np.int64), RATING: stars})


# Under what the member said, not the version: it changes nothing for the others.
@st.cache_resource(show_spinner=False, max_entries=150)
def _reaction(
    key: Key, member: int, said: bytes, movies: bytes, _model: HybridModel
) -> tuple[np.ndarray, np.ndarray]:
    wanted = np.frombuffer(movies, dtype=np.int64)
    found = _model.react(own(member, said), wanted, member_ids=[member])
    return found.mean, found.sd


def similar(club: View, movie_id: int, limit: int = 12) -> pd.DataFrame | None:
    """Return what `recommender.similar` finds; None while there is no model at all."""
    served, serving = key(club), model(club)
    if serving is None:
        return None
    known = services.world_number(), len(club.movies)
    return _similar(served, known, movie_id, limit, serving, club.movies)


# Not under the version: what is alike changes with the model and the catalogue alone.
@st.cache_resource(show_spinner=False, max_entries=400)
def _similar(
    served: Key,
    known: tuple[int, int],
    movie_id: int,
    limit: int,
    _model: HybridModel,
    _movies: pd.DataFrame,
) -> pd.DataFrame:
    # A model may have learned from movies that are no longer there: an earlier club's own.
    gone = len(_model.movie_ids) - int(_movies.index.isin(_model.movie_ids).sum())
    found = movies_like(_model, movie_id, limit + gone)
    return found[found[MOVIE].isin(_movies.index)].head(limit)


def questions(club: View) -> dict[int, tuple[int, ...]]:
    """Return the movies whose rating would tell most about the shortlist, and whom to ask."""
    served, serving = key(club), model(club)
    if serving is None or not club.names or not club.shortlist:
        return {}
    asked = for_the_club(
        {
            member: _question(
                served, services.world_number(), member, said(club, member), club.shortlist, serving
            )
            for member in club.names
        },
        QUESTIONS,
    )
    return dict(zip(asked[MOVIE], asked["members"], strict=True))


@st.cache_resource(show_spinner=False, max_entries=100)
def _question(
    key: Key,
    world_number: int,
    member: int,
    said: bytes,
    shortlist: tuple[int, ...],
    _model: HybridModel,
) -> pd.DataFrame:
    # What hardly anybody has seen is not worth asking, and would take most of the time.
    famous = services.world().rating_counts.nlargest(ASKED_ABOUT).index.to_numpy()
    return what_to_rate(
        _model, own(member, said), member, shortlist, candidates=famous, limit=QUESTIONS
    )


def new_ratings(club: View, learned_version: int) -> int:
    """Return how many ratings of the club have changed since that version of it was learned."""
    return _new_ratings(services.database(), club.version, learned_version)


@st.cache_resource(show_spinner=False, max_entries=4)
def _new_ratings(location: str, version: int, learned_version: int) -> int:
    history = services.store().history()
    late = history[history["step"] > learned_version]
    return len(late.drop_duplicates([MEMBER, MOVIE]))


def learned_ratings(club: View) -> tuple[pd.DataFrame, str] | None:
    """Return the club's ratings as the model that serves learned from them; None before it has.

    Returns:
        member_id, movie_id, rating (stars); and what tells these from others.
    """
    version = services.trainer().learned_version
    return None if version is None else _learned_ratings(services.database(), club.version, version)


@st.cache_resource(show_spinner=False, max_entries=4)
def _learned_ratings(location: str, version: int, learned_version: int) -> tuple[pd.DataFrame, str]:
    found = ratings_at(services.store(), learned_version)
    return found, services.digest(found)
