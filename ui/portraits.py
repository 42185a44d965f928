"""The club in pictures, computed once for each version of the club and generation of the model."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recommender import HybridModel
from recommender.taste import (
    Drawn,
    awards,
    beyond_the_crowd,
    by_period,
    changes,
    compare,
    distances,
    draw_member,
    generosity,
    leanings,
    movie_splits,
    weeks,
    word_splits,
)
from ui import judging, state
from ui.cache import HashedFrame, cached
from ui.state import View


@dataclass(frozen=True)
class Tastes:
    """What the members lean to; each frame is what its function in `recommender.taste` returns.

    Args:
        beyond: `beyond_the_crowd`.
        generosity: `generosity`.
        leanings: `leanings`.
        splits: `word_splits`.
    """

    beyond: pd.DataFrame
    generosity: pd.DataFrame
    leanings: pd.DataFrame
    splits: pd.DataFrame


@dataclass(frozen=True)
class Records:
    """What the ratings say by themselves, without a model.

    Args:
        periods: `by_period`.
        changes: `changes`.
        splits: `movie_splits`.
        weeks: `weeks`.
    """

    periods: pd.DataFrame
    changes: pd.DataFrame
    splits: pd.DataFrame
    weeks: pd.DataFrame


def matches(club: View) -> pd.DataFrame | None:
    """Return how well every two members match; None before a model has learned."""
    serving = state.model(club)
    if serving is None or state.trainer().learned_version is None:
        return None
    return _matches(serving, club)


@cached()
def _matches(model: HybridModel, club: View) -> pd.DataFrame:
    drawn = {member: _drawn(model, member, club.evidence_of(member)) for member in club.names}
    return compare(model, club.ratings, drawn)


# As in `ui.state`: others' ratings leave a member's taste as it is.
@cached(max_entries=60)
def _drawn(model: HybridModel, member: int, evidence: HashedFrame) -> Drawn:
    return draw_member(model, evidence.frame, member)


def tastes(club: View) -> Tastes | None:
    """Return what the members lean to; None before a model has learned."""
    serving, learned = state.model(club), state.learned_ratings(club)
    return None if serving is None or learned is None else _tastes(serving, club, learned)


@cached()
def _tastes(model: HybridModel, club: View, learned: HashedFrame) -> Tastes:
    beyond = beyond_the_crowd(model, club.ratings, learned.frame)
    leans = leanings(beyond, club.movies)
    return Tastes(beyond, generosity(beyond), leans, word_splits(leans))


@cached()
def records(club: View) -> Records:
    """Return what needs no model."""
    apart = distances(club.ratings)
    return Records(
        by_period(apart), changes(apart), movie_splits(club.ratings), weeks(club.ratings)
    )


def prizes(club: View) -> pd.DataFrame:
    """Return each year's prizes; before a model has learned, those that need none."""
    return _prizes(club, state.model(club), state.learned_ratings(club))


@cached()
def _prizes(club: View, model: HybridModel | None, learned: HashedFrame | None) -> pd.DataFrame:
    found = tastes(club)
    return awards(club.ratings, None if found is None else found.beyond, judging.left_out(club))
