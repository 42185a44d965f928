"""How a night's movie is chosen: candidates, vetoes, hidden votes, lots, and the decision."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from club import validation
from club.db import schema
from club.errors import InvalidInput
from club.nights.planning import (
    Night,
    entered_by_those_there,
    find_night,
    require_there,
    update_night,
)
from club.section import Section, find_member

STARS = ("mean", "sd", "shared_sd", "low", "high", "like", "own_mean", "crowd")
COLUMNS = ("member_id", "movie_id", *STARS, "known")
MIDDLES = tuple(step / 2 - 0.25 for step in range(1, 11))  # between the stars
_veto, _ballot = schema.vetoes.c, schema.ballots.c
_prediction = schema.predictions.c


@dataclass(frozen=True)
class BallotBox:
    """A night's votes as far as everybody may know them.

    Args:
        voted: those who are there and have voted.
        waiting: those who are there and have not.
        ballots: movie ids by member id, the best first (approved ones in any order); None while
            they are hidden: before the last vote is in, unless somebody reveals them.
    """

    voted: tuple[int, ...]
    waiting: tuple[int, ...]
    ballots: dict[int, tuple[int, ...]] | None


@dataclass(frozen=True)
class Reason:
    """Why a movie is no candidate.

    Args:
        kind: "vetoed" or "seen" (by `members`), or "long" (it takes `minutes`).
        members: those who vetoed or have seen it.
        minutes: how long it takes.
    """

    kind: Literal["vetoed", "seen", "long"]
    members: tuple[int, ...] = ()
    minutes: int | None = None


@dataclass(frozen=True)
class Candidates:
    """The movies of the shortlist that may be watched, and why the others may not.

    Args:
        movies: movie ids in the order of the shortlist.
        out: movie_id -> why not, in that order.
        unknown_length: those of `movies` whose length is unknown; empty when it does not matter.
    """

    movies: tuple[int, ...]
    out: dict[int, Reason]
    unknown_length: tuple[int, ...]


def filter_candidates(
    shortlist: Sequence[int],
    *,
    vetoes: Mapping[int, tuple[int, ...]],
    seen: Mapping[int, tuple[int, ...]],
    runtimes: Mapping[int, int | None],
    rewatch: bool,
    longest: int | None,
) -> Candidates:
    """Return the movies of the shortlist that may be watched.

    Args:
        shortlist: movie ids.
        vetoes, seen: movie_id -> member ids of those present; a veto counts before anything else.
        runtimes: movie_id -> minutes, None: unknown.
        rewatch: whether movies that somebody present has seen may be watched.
        longest: minutes that a movie may take, None for any.
    """

    def why_not(movie: int) -> Reason | None:
        minutes = runtimes.get(movie)
        if vetoes.get(movie):
            return Reason("vetoed", vetoes[movie])
        if seen.get(movie) and not rewatch:
            return Reason("seen", seen[movie])
        if longest is not None and minutes is not None and minutes > longest:
            return Reason("long", minutes=minutes)
        return None

    reasons = {movie: why_not(movie) for movie in shortlist}
    movies = tuple(movie for movie, reason in reasons.items() if reason is None)
    return Candidates(
        movies,
        {movie: reason for movie, reason in reasons.items() if reason is not None},
        () if longest is None else tuple(movie for movie in movies if runtimes.get(movie) is None),
    )


class Choosing(Section):
    """The part of `store.nights` that leads to the decision and keeps what was predicted then."""

    def veto(self, night_id: int, member_id: int, movie_id: int) -> int:
        """Note on a planned night that somebody who is there does not want a movie."""
        about = {"night_id": night_id, "member_id": member_id, "movie_id": movie_id}
        with self._database.write("vetoed", **about) as write:
            night, person = _voter(write.connection, night_id, member_id)
            (movie,) = self._movie_ids(write.connection, movie_id)
            if person in _vetoes(write.connection, night).get(movie, ()):
                return write.commit_if(False)
            row = {"night_id": night.night_id, "member_id": person, "movie_id": movie}
            write.insert(schema.vetoes, row)
        return write.version

    def unveto(self, night_id: int, member_id: int, movie_id: int) -> int:
        """Take back the veto of somebody who is there, if there is one, on a planned night."""
        about = {"night_id": night_id, "member_id": member_id, "movie_id": movie_id}
        with self._database.write("took a veto back", **about) as write:
            night, person = _voter(write.connection, night_id, member_id)
            movie = validation.whole_id(movie_id, "movie")
            mine = {"night_id": night.night_id, "member_id": person, "movie_id": movie}
            return write.commit_if(write.delete(schema.vetoes, **mine))

    def vetoes(self, night_id: int) -> dict[int, tuple[int, ...]]:
        """Return the vetoes: movie_id -> ids of the members who do not want it, both in order."""
        with self._database.read() as connection:
            return _vetoes(connection, find_night(connection, night_id))

    def vote(self, night_id: int, member_id: int, choices: Sequence[int]) -> int:
        """Cast somebody's ballot, in place of an earlier one as long as the votes are hidden.

        The last one reveals them all. Who comes after that can still vote, but in the open.

        Args:
            choices: movie ids, each once: the approved ones, or a ranking with the best first.

        Raises:
            InvalidInput: also when there is no voting, or the ballot cannot count.
        """
        with self._database.write("voted", night_id=night_id, member_id=member_id) as write:
            night, person = _voter(write.connection, night_id, member_id)
            movies = self._movie_ids(write.connection, *choices)
            if night.voting is None:
                raise InvalidInput("There is no voting on this night; say how to vote first.")
            box = _changeable_ballots(write.connection, night, person)
            if night.voting == "rank" and not movies:
                raise InvalidInput("A ranking needs at least one movie.")
            if len(set(movies)) < len(movies):
                raise InvalidInput("Each movie can stand on a ballot only once.")
            if box[person] == movies:
                return write.commit_if(False)
            mine = {"night_id": night.night_id, "member_id": person}
            write.delete(schema.ballots, **mine)
            write.insert(schema.ballots, {**mine, "choices": movies, "cast_at": write.now})
            box[person] = movies
            if night.votes_revealed_at is None and None not in box.values():
                update_night(write, night, votes_revealed_at=write.now)
        return write.version

    def unvote(self, night_id: int, member_id: int) -> int:
        """Take somebody's ballot back, if there is one, as long as the votes are hidden."""
        act = "took a vote back"
        with self._database.write(act, night_id=night_id, member_id=member_id) as write:
            night, person = _voter(write.connection, night_id, member_id)
            _changeable_ballots(write.connection, night, person)
            mine = {"night_id": night.night_id, "member_id": person}
            return write.commit_if(write.delete(schema.ballots, **mine))

    def reveal_votes(self, night_id: int) -> int:
        """Reveal the ballots of a planned night, at least one, whoever is waited for."""
        with self._database.write("revealed the votes", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            night.require_planned()
            box = entered_by_those_there(write.connection, night, _ballot.choices)
            if all(choices is None for choices in box.values()):
                raise InvalidInput("Nobody has voted yet.")
            if night.votes_revealed_at is None:
                update_night(write, night, votes_revealed_at=write.now)
            return write.commit_if(night.votes_revealed_at is None)

    def ballot_box(self, night_id: int) -> BallotBox:
        """Return the votes as far as everybody may know them."""
        with self._database.read() as connection:
            night = find_night(connection, night_id)
            box = entered_by_those_there(connection, night, _ballot.choices)
        waiting = tuple(person for person, choices in box.items() if choices is None)
        voted = {person: tuple(choices) for person, choices in box.items() if choices is not None}
        hidden = night.votes_revealed_at is None and night.revealed_at is None
        return BallotBox(tuple(voted), waiting, None if hidden else voted)

    def draw(
        self,
        night_id: int,
        candidates: Sequence[int],
        pick: Callable[[int], int] = secrets.randbelow,
    ) -> int:
        """Draw a movie by lot among the candidates that nobody vetoed, store it and return it.

        Args:
            candidates: movie ids.
            pick: given how many there are, returns which one, from 0.

        Raises:
            InvalidInput: the night is not planned, or no candidate is left.
        """
        with self._database.write("drew a lot", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            night.require_planned()
            movies = self._movie_ids(write.connection, *candidates)
            vetoed = _vetoes(write.connection, night)
            left = [movie for movie in dict.fromkeys(movies) if movie not in vetoed]
            if not left:
                raise InvalidInput("There is no candidate left that nobody vetoed.")
            drawn = write.about["movie_id"] = left[pick(len(left))]
            update_night(write, night, drawn_movie_id=drawn, draws=night.draws + 1)
        return drawn

    def decide(
        self,
        night_id: int,
        movie_id: int,
        predictions: pd.DataFrame,
        *,
        model: str,
        by: str,
        thresholds: Sequence[float] = MIDDLES,
    ) -> int:
        """Decide on the movie and store the prediction snapshot, for good.

        Args:
            movie_id: one of the candidates, vetoed by nobody.
            predictions: of everybody who is there and every candidate: member_id, movie_id, mean,
                sd, shared_sd (the part of sd that all members have in common), low, high (stars;
                the 80% interval), like (chance of 4 stars or more), own_mean (of the person's
                ratings, else the base dataset's), crowd (the mean without anybody's taste), known
                (whether they had rated it).
            model: which model predicted, up to 120 characters.
            by: how it was decided, up to 30 characters.
            thresholds: (10,) points on the scale of the mean above which a prediction counts as
                0.5, 1, ... 5 stars; by default the middles between the stars.

        Raises:
            InvalidInput: the night is not planned, nobody is there, the movie cannot be chosen or
                the predictions are not complete.
        """
        with self._database.write("decided on", night_id=night_id, movie_id=movie_id) as write:
            night = find_night(write.connection, night_id)
            night.require_planned()
            (movie,) = self._movie_ids(write.connection, movie_id)
            if not night.present:
                raise InvalidInput("Nobody is there that night; say who comes first.")
            rows = _snapshot_rows(night, predictions)
            if movie not in {row["movie_id"] for row in rows}:
                raise InvalidInput("This movie is not among the candidates.")
            if vetoed := _vetoes(write.connection, night).get(movie):
                name = find_member(write.connection, vetoed[0]).name
                raise InvalidInput(f"{name} has vetoed this movie.")
            write.insert(schema.predictions, *rows)
            update_night(
                write,
                night,
                movie_id=movie,
                decided_movie_id=movie,
                decided_at=write.now,
                decided_by=validation.clean_label(
                    by, "How it was decided", validation.MAX_DECIDED_BY
                ),
                model=validation.clean_label(model, "A model's name", validation.MAX_MODEL),
                club_version=write.version,
                thresholds=_clean_thresholds(thresholds),
            )
        return write.version

    def predictions(self) -> pd.DataFrame:
        """Return the prediction snapshots of all nights.

        Returns:
            night_id, member_id, movie_id, mean, sd, shared_sd (NaN on nights decided by a release
            that did not store it), low, high, like, own_mean, crowd, known.
        """
        types = dict.fromkeys(("night_id", "member_id", "movie_id"), "int64")
        types |= dict.fromkeys(STARS, "float64") | {"known": "bool"}
        columns = (_prediction["like_chance" if name == "like" else name] for name in types)
        query = select(*columns).order_by(*schema.predictions.primary_key)
        return self._database.frame(query, types)

    def change_movie(self, night_id: int, movie_id: int) -> int:
        """Note that another movie is watched on a decided night, whichever it is.

        The decision and its predictions stay as they were; `Night.decided_movie` tells it.

        Raises:
            InvalidInput: also when somebody has rated the movie that stands there.
        """
        with self._database.write("changed a night", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            (movie,) = self._movie_ids(write.connection, movie_id)
            if movie == night.movie:
                return write.commit_if(False)
            night.require_on()
            if night.decided_at is None:
                raise InvalidInput("No movie is decided yet; decide on one first.")
            ratings = select(schema.night_ratings).filter_by(night_id=night.night_id)
            if night.revealed_at is not None or write.connection.execute(ratings).first():
                raise InvalidInput(
                    "Somebody has rated this movie already; take those stars back first."
                )
            update_night(write, night, movie_id=movie)
        return write.version


def _voter(connection: Connection, night_id: int, member_id: int) -> tuple[Night, int]:
    """Return a planned night and the id of somebody who is there."""
    night = find_night(connection, night_id)
    night.require_planned()
    return night, require_there(connection, night, member_id)


def _vetoes(connection: Connection, night: Night) -> dict[int, tuple[int, ...]]:
    """Return the vetoes of those who are there."""
    query = (
        select(_veto.movie_id, _veto.member_id)
        .where(_veto.night_id == night.night_id, _veto.member_id.in_(night.present))
        .order_by(_veto.movie_id, _veto.member_id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for movie_id, member_id in connection.execute(query):
        found[movie_id] = (*found.get(movie_id, ()), member_id)
    return found


def _changeable_ballots(
    connection: Connection, night: Night, member_id: int
) -> dict[int, list[int] | None]:
    """Return the ballots, None for who has not voted; raise InvalidInput if theirs is out."""
    box = entered_by_those_there(connection, night, _ballot.choices)
    if night.votes_revealed_at is not None and box[member_id] is not None:
        raise InvalidInput("The votes are out; a vote that is in stays as it is.")
    return box


def _clean_thresholds(thresholds: Sequence[float]) -> list[float]:
    found = [float(threshold) for threshold in thresholds]
    if len(found) != len(MIDDLES) or not np.isfinite(found).all() or sorted(found) != found:
        raise InvalidInput("The thresholds must be ten numbers in order.")
    return found


def _snapshot_rows(night: Night, predictions: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a prediction snapshot.

    Raises:
        InvalidInput: a column is missing, they are not of everybody there and every candidate,
            or a figure is not finite.
    """
    missing = [name for name in COLUMNS if name not in predictions.columns]
    if missing:
        raise InvalidInput(f"The predictions have no {missing[0]}.")
    frame = predictions[list(COLUMNS)].reset_index(drop=True)
    keys = frame[["member_id", "movie_id"]]
    wanted = pd.MultiIndex.from_product([night.present, keys["movie_id"].unique()])
    if len(keys) != len(wanted) or not wanted.isin(pd.MultiIndex.from_frame(keys)).all():
        raise InvalidInput(
            "The predictions must be of everybody who is there and of every candidate, each once."
        )
    # PostgreSQL keeps no sign of a zero: adding 0 removes it.
    figures = frame[list(STARS)].astype("float64") + 0.0
    if not np.isfinite(figures.to_numpy()).all():
        raise InvalidInput("A prediction that is no number cannot be kept.")
    frame = frame.assign(
        **figures, known=frame["known"].astype(bool), night_id=night.night_id
    ).astype({"member_id": "int64", "movie_id": "int64"})
    return frame.rename(columns={"like": "like_chance"}).to_dict("records")
