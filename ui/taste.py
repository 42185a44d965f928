"""What Our taste and the map of taste show: computed once for each view of the club and model."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date

import pandas as pd

from recommender import DataError, HybridModel
from recommender.columns import MEMBER, MOVIE, TIMESTAMP
from recommender.evaluation.nights import recorded
from recommender.taste import (
    Drawn,
    beyond_the_crowd,
    compare,
    draw_map,
    draw_member,
    generosity,
    leanings,
    movie_splits,
    word_splits,
)
from recommender.year import Year, rating_years
from recommender.year import review as year_review
from ui import evaluation, nights, state
from ui.cache import HashedFrame, cached
from ui.state import View

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Leanings:
    """The members' tastes, from `beyond_the_crowd`, `generosity`, `leanings`, `word_splits`."""

    beyond: pd.DataFrame
    generosity: pd.DataFrame
    words: pd.DataFrame
    splits: pd.DataFrame


def matches(club: View) -> pd.DataFrame | None:
    """Return how well every two members match; None before a model has learned."""
    serving = state.model(club)
    if serving is None or state.trainer().learned_version is None:
        return None
    return _matches(serving, club)


@cached()
def _matches(model: HybridModel, club: View) -> pd.DataFrame:
    drawn = {member: _drawn(model, member, club.evidence_of(member)) for member in club.names}
    return compare(club.ratings, drawn)


# As in `ui.state`: others' ratings leave a member's taste as it is.
@cached(max_entries=60)
def _drawn(model: HybridModel, member: int, evidence: HashedFrame) -> Drawn:
    return draw_member(model, evidence.frame, member)


def tastes(club: View) -> Leanings | None:
    """Return the members' leanings; None before a model has learned."""
    serving, learned = state.model(club), state.learned_ratings(club)
    return None if serving is None or learned is None else _tastes(serving, club, learned)


@cached()
def _tastes(model: HybridModel, club: View, learned: HashedFrame) -> Leanings:
    beyond = beyond_the_crowd(model, club.ratings, learned.frame)
    words = leanings(beyond, club.movies)
    return Leanings(beyond, generosity(beyond), words, word_splits(words))


@cached()
def splits(club: View) -> pd.DataFrame:
    """Return the movies that divide and unite the club."""
    return movie_splits(club.ratings)


def years(club: View) -> list[int]:
    """Return the years in which the club watched or rated something, the latest first."""
    watched = {on.year for on, _ in _watched(club, date.today())}
    return sorted(watched.union(rating_years(_dated(club)).tolist()), reverse=True)


@cached()
def _dated(club: View) -> pd.DataFrame:
    """Return the ratings; one that is older than the night it was revealed on counts for that."""
    nightly = nights.judged(club)[[MEMBER, MOVIE, "on"]].drop_duplicates([MEMBER, MOVIE])
    rows = club.ratings.merge(nightly, on=[MEMBER, MOVIE], how="left")
    on = (pd.to_datetime(rows.pop("on")) - pd.Timestamp(0)) // pd.Timedelta(seconds=1)
    rows[TIMESTAMP] = rows[TIMESTAMP].where(~(on > rows[TIMESTAMP]), on).astype("int64")
    return rows


def review(club: View, year: int) -> Year:
    """Return a year's figures; before a model has learned, those that need none."""
    return _review(club, state.model(club), state.learned_ratings(club), year, date.today())


@cached()
def _review(
    club: View, model: HybridModel | None, learned: HashedFrame | None, year: int, today: date
) -> Year:
    found, unseen = tastes(club), evaluation.left_out(club)
    watched = [movie for on, movie in _watched(club, today) if on.year == year]
    return year_review(
        year,
        _dated(club),
        club.movies["runtime"].reindex(watched),
        beyond=None if found is None else found.beyond,
        # What was predicted before a night goes before what would have been.
        expected=None
        if unseen is None
        else pd.concat([recorded(nights.judged(club)), unseen]).drop_duplicates([MEMBER, MOVIE]),
    )


def _watched(club: View, today: date) -> list[tuple[date, int]]:
    """Return the day and the movie of every night that is over."""
    return [
        (night.on, night.movie)
        for night in nights.nights(club)
        if night.movie is not None
        and (night.state == "revealed" or (night.state == "decided" and night.on < today))
    ]


def taste_map() -> pd.DataFrame | None:
    """Return the map of the serving model, None until it is there; DataError if it failed."""
    model = state.trainer().model
    if model is None or state.trainer().learned_version is None:
        return None
    drawing = _drawing(model)
    if drawing.done() and drawing.exception() is not None:
        raise DataError("The map of taste could not be drawn; the server's log says why.")
    return drawing.result() if drawing.done() else None


@cached()
def _drawing(model: HybridModel) -> Future[pd.DataFrame]:
    """Draw the map in a thread of its own: t-SNE takes some seconds."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="map")
    drawing = pool.submit(_draw, model)
    pool.shutdown(wait=False)
    return drawing


def _draw(model: HybridModel) -> pd.DataFrame:
    try:
        return draw_map(model)
    except Exception:
        log.warning("the map of taste could not be drawn", exc_info=True)
        raise
