"""The club in pictures, computed once for each version of the club and generation of the model."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from recommender import HybridModel
from recommender.portrait.awards import awards
from recommender.portrait.divides import movie_splits, word_splits
from recommender.portrait.leanings import beyond_the_crowd, generosity, leanings
from recommender.portrait.match import Drawn, compare, draw_member
from recommender.portrait.streaks import weeks
from recommender.portrait.together import by_period, changes, distances
from ui import judging, predictions, services
from ui.services import View


@dataclass(frozen=True)
class Tastes:
    """What the members lean to; each frame is what its function in `recommender.portrait` returns.

    Args:
        beyond: `leanings.beyond_the_crowd`.
        generosity: `leanings.generosity`.
        leanings: `leanings.leanings`.
        splits: `divides.word_splits`.
    """

    beyond: pd.DataFrame
    generosity: pd.DataFrame
    leanings: pd.DataFrame
    splits: pd.DataFrame


@dataclass(frozen=True)
class Records:
    """What the ratings say by themselves, without a model.

    Args:
        periods: `together.by_period`.
        changes: `together.changes`.
        splits: `divides.movie_splits`.
        weeks: `streaks.weeks`.
    """

    periods: pd.DataFrame
    changes: pd.DataFrame
    splits: pd.DataFrame
    weeks: pd.DataFrame


Key = tuple[str, int, int, int]


def _key(club: View) -> Key:
    generation = services.trainer().status.generation
    return services.database(), club.version, services.world_number(), generation


def matches(club: View) -> pd.DataFrame | None:
    """Return how well every two members match; None before a model has learned."""
    key, serving = _key(club), predictions.model(club)
    if serving is None or services.trainer().learned_version is None:
        return None
    return _matches(key, serving, club)


@st.cache_resource(show_spinner=False, max_entries=4)
def _matches(key: Key, _model: HybridModel, _club: View) -> pd.DataFrame:
    served = predictions.key(_club)
    drawn = {
        member: _drawn(served, member, predictions.said(_club, member), _model)
        for member in _club.names
    }
    return compare(_model, _club.ratings, drawn)


# As in `ui.predictions`: others' ratings leave a member's taste as it is.
@st.cache_resource(show_spinner=False, max_entries=60)
def _drawn(served: predictions.Key, member: int, said: bytes, _model: HybridModel) -> Drawn:
    return draw_member(_model, predictions.own(member, said), member)


def tastes(club: View) -> Tastes | None:
    """Return what the members lean to; None before a model has learned."""
    key, serving = _key(club), predictions.model(club)
    learned = predictions.learned_ratings(club)
    if serving is None or learned is None:
        return None
    return _tastes(key, serving, club, learned[0])


@st.cache_resource(show_spinner=False, max_entries=4)
def _tastes(key: Key, _model: HybridModel, _club: View, _learned: pd.DataFrame) -> Tastes:
    beyond = beyond_the_crowd(_model, _club.ratings, _learned)
    leans = leanings(beyond, _club.movies)
    return Tastes(beyond, generosity(beyond), leans, word_splits(leans))


def records(club: View) -> Records:
    """Return what needs no model."""
    return _records(services.database(), club.version, services.world_number(), club)


@st.cache_resource(show_spinner=False, max_entries=4)
def _records(location: str, version: int, world_number: int, _club: View) -> Records:
    apart = distances(_club.ratings)
    return Records(
        by_period(apart), changes(apart), movie_splits(_club.ratings), weeks(_club.ratings)
    )


def prizes(club: View) -> pd.DataFrame:
    """Return each year's prizes; before a model has learned, those that need none."""
    found, left_out = tastes(club), judging.left_out(club)
    beyond = None if found is None else found.beyond
    return _prizes(_key(club), left_out is not None, club, beyond, left_out)


@st.cache_resource(show_spinner=False, max_entries=4)
def _prizes(
    key: Key,
    judged: bool,
    _club: View,
    _beyond: pd.DataFrame | None,
    _left_out: pd.DataFrame | None,
) -> pd.DataFrame:
    return awards(_club.ratings, _beyond, _left_out)
