"""The club's movie nights as the pages need them, cached under the store's version."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from club.candidates import Candidates, sift
from club.nights import BallotBox, Night, Nights, Verdicts
from recommender import HybridModel, Reactions, group
from recommender.columns import MEMBER, MOVIE, RATING
from recommender.evaluation.nights import judge
from recommender.evaluation.replay import replay
from ui import predictions, services
from ui.services import View

NIGHT = "night_id"


def book() -> Nights:
    """Return the store's nights, for changes."""
    return services.store().nights


@st.cache_resource(show_spinner=False, max_entries=4)
def _nights(location: str, version: int) -> tuple[Night, ...]:
    return tuple(book().all())


def nights(club: View) -> tuple[Night, ...]:
    """Return all nights, the newest first."""
    return _nights(services.database(), club.version)


def find(club: View, night_id: int) -> Night | None:
    """Return a night, None where there is none with that number."""
    return next((night for night in nights(club) if night.night_id == night_id), None)


def under_way(club: View, today: date) -> list[Night]:
    """Return the nights that still want something: today's and later ones, and those to rate.

    The next one comes first.
    """
    wanted = [
        night
        for night in nights(club)
        if night.state == "decided" or (night.state == "planned" and night.on >= today)
    ]
    return sorted(wanted, key=lambda night: (night.on, night.night_id))


@st.cache_resource(show_spinner=False, max_entries=8)
def _ballot_box(location: str, version: int, night_id: int) -> BallotBox:
    return book().ballot_box(night_id)


def ballot_box(club: View, night: Night) -> BallotBox:
    """Return who has voted, and what once all have."""
    return _ballot_box(services.database(), club.version, night.night_id)


@st.cache_resource(show_spinner=False, max_entries=8)
def _verdicts(location: str, version: int, night_id: int) -> Verdicts:
    return book().verdicts(night_id)


def verdicts(club: View, night: Night) -> Verdicts:
    """Return who has rated the night's movie, and how once the ratings are open."""
    return _verdicts(services.database(), club.version, night.night_id)


@st.cache_resource(show_spinner=False, max_entries=8)
def _vetoes(location: str, version: int, night_id: int) -> dict[int, tuple[int, ...]]:
    return book().vetoes(night_id)


def candidates(club: View, night: Night) -> Candidates:
    """Return what may be watched on a night, and why the rest of the shortlist may not."""
    runtimes = club.movies["runtime"].reindex(list(club.shortlist))
    return sift(
        club.shortlist,
        vetoes=_vetoes(services.database(), club.version, night.night_id),
        seen={movie: tuple(club.seen_by(movie, night.present)) for movie in club.shortlist},
        runtimes={
            int(movie): None if pd.isna(minutes) else int(minutes)
            for movie, minutes in runtimes.items()
        },
        rewatch=night.rewatch,
        longest=night.longest,
    )


@st.cache_resource(show_spinner=False, max_entries=4)
def _frozen(location: str, version: int) -> pd.DataFrame:
    return book().predictions()


def frozen(club: View) -> pd.DataFrame:
    """Return every prediction that was frozen, see `Nights.predictions`."""
    return _frozen(services.database(), club.version)


def frozen_reactions(club: View, night: Night) -> Reactions:
    """Return what was expected of a decided night's people and candidates."""
    rows = frozen(club)
    rows = rows[rows[NIGHT] == night.night_id]
    # Somebody who came after the decision has no row.
    members = [member for member in night.present if (rows[MEMBER] == member).any()]
    mean, sd = (
        rows.pivot(index=MEMBER, columns=MOVIE, values=column).loc[members]
        for column in ("mean", "sd")
    )
    movies = tuple(int(movie) for movie in mean.columns)
    return Reactions(tuple(members), movies, mean.to_numpy(), sd.to_numpy())


def decided(club: View) -> pd.DataFrame:
    """Return the nights with a movie as a frame: night_id, on, movie_id, decided_by."""
    rows = [
        (night.night_id, night.on, night.movie, night.decided_by)
        for night in nights(club)
        if night.state in {"decided", "opened"}
    ]
    return pd.DataFrame(rows, columns=[NIGHT, "on", MOVIE, "decided_by"])


@st.cache_resource(show_spinner=False, max_entries=4)
def _judged(location: str, version: int, _club: View) -> pd.DataFrame:
    return judge(decided(_club), frozen(_club), book().given())


def judged(club: View) -> pd.DataFrame:
    """Return what was predicted beside what was given on opened nights."""
    return _judged(services.database(), club.version, club)


@st.cache_resource(show_spinner=False, max_entries=4)
def _replayed(location: str, version: int, _club: View) -> pd.DataFrame:
    ratings = pd.concat([_club.ratings, _club.guest_ratings], ignore_index=True)
    return replay(decided(_club), frozen(_club), book().given(), ratings)


def replayed(club: View) -> pd.DataFrame:
    """Return how each strategy would have served the club on its decided nights."""
    return _replayed(services.database(), club.version, club)


@st.cache_resource(show_spinner=False, max_entries=4)
def _earlier(location: str, version: int, _club: View) -> pd.DataFrame:
    watched = decided(_club)[[NIGHT, "on", MOVIE]]
    rows = frozen(_club)
    best = rows.groupby([NIGHT, MEMBER])["mean"].max().rename("best").reset_index()
    got = rows.merge(watched, on=[NIGHT, MOVIE]).merge(best, on=[NIGHT, MEMBER])
    got = got.merge(book().given(), on=[NIGHT, MEMBER], how="left")
    got["got"] = got[RATING].fillna(got["mean"])
    got["best"] = got[["best", "got"]].max(axis=1)
    return got[[NIGHT, "on", MEMBER, "got", "best"]]


def earlier(club: View, before: Night | None = None) -> pd.DataFrame:
    """Return what earlier nights gave to whom, as `recommender.group.debts` reads it.

    Args:
        before: only nights that come before this one; all by default.
    """
    rows = _earlier(services.database(), club.version, club)
    return rows if before is None else rows[rows["on"] <= before.on]


def debts(club: View, present: Sequence[int], before: Night | None = None) -> dict[int, float]:
    """Return what earlier nights owe those who are here."""
    return group.debts(earlier(club, before), present)


def attendance(club: View) -> pd.DataFrame:
    """Return who was at which night with a movie: on, member_id."""
    rows = [
        (night.on, member)
        for night in nights(club)
        if night.state in {"decided", "opened"}
        for member in night.present
    ]
    return pd.DataFrame(rows, columns=["on", MEMBER])


def promise(club: View, night: Night, movies: Sequence[int]) -> pd.DataFrame | None:
    """Return what is frozen when the night is decided: everyone's prediction for each candidate.

    Returns:
        The columns that `Nights.decide` wants; None while there is no model.
    """
    expected = predictions.reactions(club, tuple(movies), night.present)
    model = predictions.model(club)
    if expected is None or model is None:
        return None
    frame = expected.frame()
    given = pd.concat([club.ratings, club.guest_ratings])
    means = given.groupby(MEMBER)[RATING].mean()
    everybody = model.react(club.evidence.iloc[:0], list(movies), member_ids=[0]).mean[0]
    keys = zip(frame[MEMBER], frame[MOVIE], strict=True)
    return frame.assign(
        own_mean=frame[MEMBER].map(means).fillna(model.bias.mu),
        crowd=frame[MOVIE].map(dict(zip(movies, everybody, strict=True))),
        known=[key in club.stars for key in keys],
    )


def model_name(model: HybridModel) -> str:
    """Return which model this is, in a way that tells it from every other."""
    return f"learned {model.trained_at:%Y-%m-%d %H:%M:%S} UTC from {model.n_ratings:,} ratings"
