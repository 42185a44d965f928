"""What was predicted for a night, frozen when its movie is decided."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert, select

from club import ballots, evenings, validation
from club.db import schema
from club.errors import InvalidInput
from club.evenings import Night

STARS = ("mean", "sd", "low", "high", "like", "own_mean", "crowd")
COLUMNS = ("member_id", "movie_id", *STARS, "known")
_table = schema.predictions
_column = schema.predictions.c


def decide(
    connection: Connection,
    night: Night,
    movie_id: int,
    predictions: pd.DataFrame,
    *,
    model: str,
    by: str,
    version: int,
    at: int,
) -> None:
    """Freeze the predictions and decide on the movie; see `Nights.decide`."""
    if not night.present:
        raise InvalidInput("Nobody is there that night; say who comes first.")
    rows = _checked(night, predictions)
    if movie_id not in {row["movie_id"] for row in rows}:
        raise InvalidInput("The movie is none of the candidates that were predicted.")
    _refuse_vetoed(connection, night, movie_id)
    connection.execute(insert(_table), rows)
    evenings.change(
        connection,
        night.night_id,
        movie_id=movie_id,
        decided_at=at,
        decided_by=validation.clean_label(by, "How it was decided", validation.MAX_DECIDED_BY),
        model=validation.clean_label(model, "A model's name", validation.MAX_MODEL),
        club_version=version,
    )


def change_movie(connection: Connection, night: Night, movie_id: int | None) -> bool:
    """Watch another of the movies that were predicted; return whether it is another.

    Raises:
        InvalidInput: nothing is decided, or everything is over; somebody has rated; the movie was
            not predicted or is vetoed.
        NotFound: there can be no such movie.
    """
    if movie_id is not None:
        movie_id = validation.whole_id(movie_id, "movie")
    if movie_id == night.movie:
        return False
    evenings.refuse_called_off(night)
    if night.decided_at is None:
        raise InvalidInput("No movie is decided yet; decide on one first.")
    if movie_id is None:
        raise InvalidInput("A night that is decided keeps a movie; choose another one.")
    rated = schema.night_ratings.c
    mine = select(rated.member_id).where(rated.night_id == night.night_id)
    if night.opened_at is not None or connection.execute(mine).first() is not None:
        raise InvalidInput("The movie was rated that night; it cannot be another one any more.")
    known = select(_column.movie_id).where(
        _column.night_id == night.night_id, _column.movie_id == movie_id
    )
    if connection.execute(known).first() is None:
        raise InvalidInput("The movie is none of the candidates that were predicted.")
    _refuse_vetoed(connection, night, movie_id)
    evenings.change(connection, night.night_id, movie_id=movie_id)
    return True


def predictions(connection: Connection, night: Night | None) -> pd.DataFrame:
    """Return what was frozen, of one night or of all; see `Nights.predictions`."""
    query = select(_table).order_by(_column.night_id, _column.member_id, _column.movie_id)
    if night is not None:
        query = query.where(_column.night_id == night.night_id)
    names = ["night_id", *COLUMNS]
    frame = pd.DataFrame(connection.execute(query).all(), columns=names)
    ids = dict.fromkeys(["night_id", "member_id", "movie_id"], "int64")
    return frame.astype({**ids, **dict.fromkeys(STARS, "float64"), "known": "bool"})


def _figure(value: float) -> float:
    return float(value) + 0.0  # PostgreSQL keeps no sign of a zero; now there is none


def _checked(night: Night, predictions: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows to freeze.

    Raises:
        InvalidInput: a column is missing, they are not of everybody there and every candidate,
            or a figure is none.
    """
    missing = [name for name in COLUMNS if name not in predictions.columns]
    if missing:
        raise InvalidInput(f"The predictions have no {missing[0]}.")
    frame = predictions[list(COLUMNS)].reset_index(drop=True)
    keys = frame[["member_id", "movie_id"]]
    movies = keys["movie_id"].unique()
    wanted = pd.MultiIndex.from_product([night.present, movies])
    if len(keys) != len(wanted) or not wanted.isin(pd.MultiIndex.from_frame(keys)).all():
        raise InvalidInput(
            "The predictions must be of everybody who is there and of every candidate, each once."
        )
    if not np.isfinite(frame[list(STARS)].to_numpy(dtype=float)).all():
        raise InvalidInput("A prediction that is no number cannot be kept.")
    return [
        {
            "night_id": night.night_id,
            "member_id": int(row.member_id),
            "movie_id": int(row.movie_id),
            "mean": _figure(row.mean),
            "sd": _figure(row.sd),
            "low": _figure(row.low),
            "high": _figure(row.high),
            "like_chance": _figure(row.like),
            "own_mean": _figure(row.own_mean),
            "crowd": _figure(row.crowd),
            "known": bool(row.known),
        }
        for row in frame.itertuples(index=False)
    ]


def _refuse_vetoed(connection: Connection, night: Night, movie_id: int) -> None:
    who = ballots.vetoes(connection, night).get(movie_id, ())
    if who:
        name = schema.members.c.name
        query = select(name).where(schema.members.c.member_id == who[0])
        raise InvalidInput(f"{connection.execute(query).scalar_one()} has vetoed this movie.")
