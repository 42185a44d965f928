"""The club's movie nights as pages need them: read once for each view of the club."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from club.nights import BallotBox, Candidates, Night, Outcome, filter_candidates
from recommender import group
from recommender.columns import MEMBER, MOVIE, RATING
from recommender.evaluation.nights import outcomes
from recommender.reactions import STEPS
from ui import state
from ui.cache import cached
from ui.state import View

NIGHT = "night_id"


@cached()
def nights(club: View) -> tuple[Night, ...]:
    """Return all nights, the newest first."""
    return tuple(state.store().nights.all())


def find(club: View, night_id: int) -> Night | None:
    """Return a night, None where there is none with that number."""
    return next((night for night in nights(club) if night.night_id == night_id), None)


def tonights(club: View, today: date, but: int | None = None) -> Night | None:
    """Return the night that is on: today's newest, or yesterday's while its movie is not rated.

    Args:
        but: the number of a night that is over for those who ask, as are revealed ones before it.
    """
    for night in nights(club):
        late = night.state == "decided" and night.on == today - timedelta(days=1)
        before = but is not None and night.state == "revealed" and night.night_id < but
        over = before or night.night_id == but
        if (night.on == today or late) and not night.called_off and not over:
            return night
    return None


def under_way(club: View, today: date) -> list[Night]:
    """Return planned nights from today on and decided ones, the next one first."""
    wanted = [
        night
        for night in nights(club)
        if night.state == "decided" or (night.state == "planned" and night.on >= today)
    ]
    return sorted(wanted, key=lambda night: (night.on, night.night_id))


@cached(max_entries=8)
def ballot_box(club: View, night_id: int) -> BallotBox:
    """Return who has voted, and the ballots once all have."""
    return state.store().nights.ballot_box(night_id)


@cached(max_entries=8)
def outcome(club: View, night_id: int) -> Outcome:
    """Return who has rated the night's movie, and the stars once they are revealed."""
    return state.store().nights.outcome(night_id)


@cached(max_entries=8)
def whose_turn(club: View, here: tuple[int, ...]) -> int | None:
    """Return whose turn it is to pick, see `Nights.whose_turn`."""
    return state.store().nights.whose_turn(here)


@cached(max_entries=8)
def _vetoes(club: View, night_id: int) -> dict[int, tuple[int, ...]]:
    return state.store().nights.vetoes(night_id)


def candidates(
    club: View,
    here: Sequence[int],
    *,
    longest: int | None = None,
    rewatch: bool = False,
    night: Night | None = None,
) -> Candidates:
    """Return what may be watched by those who are here, and why the rest of the shortlist may not.

    Args:
        longest, rewatch: see `filter_candidates`.
        night: whose vetoes count, if there is one.
    """
    return filter_candidates(
        club.shortlist,
        vetoes={} if night is None else _vetoes(club, night.night_id),
        seen={movie: tuple(club.seen_by(movie, here)) for movie in club.shortlist},
        runtimes={movie: club.runtime(movie) for movie in club.shortlist},
        rewatch=rewatch,
        longest=longest,
    )


@cached()
def snapshots(club: View) -> pd.DataFrame:
    """Return every prediction snapshot, see `Nights.predictions`."""
    return state.store().nights.predictions()


def decided(club: View) -> pd.DataFrame:
    """Return the nights with a movie as a frame: night_id, on, movie_id, decided_by."""
    rows = [
        (night.night_id, night.on, night.movie, night.decided_by)
        for night in nights(club)
        if night.state in {"decided", "revealed"}
    ]
    return pd.DataFrame(rows, columns=[NIGHT, "on", MOVIE, "decided_by"])


@cached()
def judged(club: View) -> pd.DataFrame:
    """Return the predicted beside the given stars of nights whose stars are revealed."""
    return outcomes(decided(club), snapshots(club), state.store().nights.ratings())


@cached()
def _earlier(club: View) -> pd.DataFrame:
    watched = decided(club)[[NIGHT, "on", MOVIE]]
    rows = snapshots(club)
    best = rows.groupby([NIGHT, MEMBER])["mean"].max().rename("best").reset_index()
    got = rows.merge(watched, on=[NIGHT, MOVIE]).merge(best, on=[NIGHT, MEMBER])
    got = got.merge(state.store().nights.ratings(), on=[NIGHT, MEMBER], how="left")
    got["got"] = got[RATING].fillna(got["mean"])
    got["best"] = got[["best", "got"]].max(axis=1)
    return got[[NIGHT, "on", MEMBER, "got", "best"]]


def debts(club: View, present: Sequence[int], before: Night | None = None) -> dict[int, float]:
    """Return the debt of nights (`before` one) to each person present, see `group.debts`."""
    rows = _earlier(club)
    return group.debts(rows if before is None else rows[rows["on"] <= before.on], present)


def snapshot(
    club: View, night: Night, movies: Sequence[int]
) -> tuple[pd.DataFrame, list[float], str] | None:
    """Return what `Nights.decide` wants: predictions, thresholds, model; None without a model."""
    expected = state.reactions(club, tuple(movies), night.present)
    model = state.model(club)
    if expected is None or model is None:
        return None
    frame = expected.frame()
    given = pd.concat([club.ratings, club.guest_ratings])
    means = given.groupby(MEMBER)[RATING].mean()
    everybody = model.react(club.evidence.iloc[:0], list(movies), member_ids=[0]).mean[0]
    keys = zip(frame[MEMBER], frame[MOVIE], strict=True)
    shared = np.zeros(len(movies)) if expected.shared_sd is None else expected.shared_sd
    frame = frame.assign(
        shared_sd=frame[MOVIE].map(dict(zip(expected.movie_ids, shared, strict=True))),
        own_mean=frame[MEMBER].map(means).fillna(model.mean_rating),
        crowd=frame[MOVIE].map(dict(zip(movies, everybody, strict=True))),
        known=[key in club.stars for key in keys],
    )
    # Different for every learning.
    name = f"learned {model.trained_at:%Y-%m-%d %H:%M:%S} UTC from {model.n_ratings:,} ratings"
    return frame, [float(expected.threshold(stars).mean()) for stars in STEPS], name
