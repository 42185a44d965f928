"""A night, and what is said of it: when, where, and what is open until the movie is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from club import roster, validation
from club.db import schema
from club.errors import InvalidInput, NotFound

Voting = Literal["approve", "rank"]
State = Literal["planned", "decided", "opened", "called off"]

_table = schema.nights
_column = schema.nights.c
_there = schema.attendance.c
_WHILE_PLANNED = ("rewatch", "longest", "voting")


@dataclass(frozen=True)
class Night:
    """One evening of the club.

    Args:
        on: the day; `starts_at` the local time, None when nobody knows.
        picker: the member whose turn it was to pick.
        movie: what was decided; None while it is planned.
        rewatch: whether movies that somebody has seen are candidates.
        longest: minutes that the movie may take; None for any length.
        voting: how people vote; None when they do not.
        drawn: the movie drawn by lot last; `draws` says how often lots were drawn.
        decided_by: how it was decided, for people.
        club_version: the store's version that the decision made.
        present: who is there, in the order in which they joined the club.
    """

    night_id: int
    on: date
    starts_at: time | None
    place: str
    picker: int | None
    movie: int | None
    notes: str
    rewatch: bool
    longest: int | None
    voting: Voting | None
    drawn: int | None
    draws: int
    decided_at: datetime | None
    decided_by: str | None
    model: str | None
    club_version: int | None
    opened_at: datetime | None
    called_off: bool
    present: tuple[int, ...]

    @property
    def state(self) -> State:
        """How far it is: the movie decided, then everybody's stars opened, or nothing of it."""
        if self.called_off:
            return "called off"
        if self.opened_at is not None:
            return "opened"
        return "planned" if self.decided_at is None else "decided"


def every(connection: Connection) -> list[Night]:
    """Return all nights, newest first; see `Nights.all`."""
    return _read(connection, select(_table, _there.member_id))


def find(connection: Connection, night_id: int) -> Night:
    """Return one night.

    Raises:
        NotFound: there is no such night.
    """
    number = validation.whole_id(night_id, "night")
    found = _read(connection, select(_table, _there.member_id).where(_column.night_id == number))
    if not found:
        raise NotFound(f"There is no night {number}.")
    return found[0]


def find_planned(connection: Connection, night_id: int) -> Night:
    """Return a night whose movie is still open.

    Raises:
        InvalidInput: it is called off, or its movie is decided.
        NotFound: there is no such night.
    """
    night = find(connection, night_id)
    refuse_called_off(night)
    refuse_decided(night)
    return night


def refuse_decided(night: Night) -> None:
    """Raise InvalidInput if the night's movie is decided."""
    if night.decided_at is not None:
        raise InvalidInput("The movie of this night is decided; that cannot change any more.")


def refuse_called_off(night: Night) -> None:
    """Raise InvalidInput if the night is called off."""
    if night.called_off:
        raise InvalidInput("This night is called off; call it on again first.")


def plan(connection: Connection, said: Mapping[str, Any], at: int) -> int:
    """Add a night and return the night_id.

    Args:
        said: what is said of it, by the names in `Night`.
        at: now, in seconds.

    Raises:
        InvalidInput: something cannot be used.
        NotFound: there is no such member.
    """
    row = {**_checked(connection, said), "draws": 0, "created_at": at}
    added = connection.execute(insert(_table).values(row).returning(_column.night_id))
    return int(added.scalar_one())


def edit(connection: Connection, night_id: int, said: Mapping[str, Any]) -> bool:
    """Change what is said of a night; return whether anything is other now.

    Args:
        said: as for `plan`. A change of the voting drops the ballots.

    Raises:
        InvalidInput: something cannot be used, or cannot change after the decision.
        NotFound: there is no such night or member.
    """
    night = find(connection, night_id)
    row = connection.execute(select(_table).where(_column.night_id == night.night_id)).one()
    checked = _checked(connection, said)
    changes = {name: value for name, value in checked.items() if getattr(row, name) != value}
    if any(name in changes for name in _WHILE_PLANNED):
        refuse_decided(night)
    if "voting" in changes:
        ballots = schema.ballots
        connection.execute(delete(ballots).where(ballots.c.night_id == night.night_id))
    if changes:
        change(connection, night.night_id, **changes)
    return bool(changes)


def remove(connection: Connection, night_id: int) -> None:
    """Delete a night that was never decided.

    Raises:
        InvalidInput: it was decided.
        NotFound: there is no such night.
    """
    night = find(connection, night_id)
    if night.decided_at is not None:
        raise InvalidInput("A night whose movie is decided stays; it can be called off.")
    connection.execute(delete(_table).where(_column.night_id == night.night_id))


def call_off(connection: Connection, night_id: int, at: int) -> bool:
    """Call a night off; return whether it was on.

    Raises:
        InvalidInput: its ratings are opened.
        NotFound: there is no such night.
    """
    night = find(connection, night_id)
    if night.opened_at is not None:
        raise InvalidInput("This night has taken place; it cannot be called off.")
    if not night.called_off:
        change(connection, night.night_id, called_off_at=at)
    return not night.called_off


def call_on(connection: Connection, night_id: int) -> bool:
    """Take back that a night is called off; return whether it was.

    Raises:
        NotFound: there is no such night.
    """
    night = find(connection, night_id)
    if night.called_off:
        change(connection, night.night_id, called_off_at=None)
    return night.called_off


def change(connection: Connection, night_id: int, **values: Any) -> None:
    """Set columns of a night."""
    connection.execute(update(_table).where(_column.night_id == night_id).values(values))


def _checked(connection: Connection, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns and values for what is said of a night.

    Raises:
        TypeError: there is nothing of this name to say.
    """
    row: dict[str, Any] = {}
    for name, value in said.items():
        match name:
            case "on":
                row["on_date"] = validation.clean_date(value)
            case "starts_at":
                row["starts_at"] = validation.clean_start(value)
            case "place":
                row["place"] = validation.clean_place(value)
            case "notes":
                row["notes"] = validation.clean_notes(value)
            case "picker":
                picker = None if value is None else roster.find(connection, value).member_id
                row["picker_id"] = picker
            case "rewatch":
                row["rewatch"] = bool(value)
            case "longest":
                row["longest"] = validation.clean_limit(value)
            case "voting":
                row["voting"] = validation.clean_voting(value)
            case _:
                raise TypeError(f"A night has no {name!r} that can be changed.")
    return row


def _read(connection: Connection, query: Select[Any]) -> list[Night]:
    """Return nights, newest first, in one statement: it sees one state of the database."""
    order = (_column.on_date.desc(), _column.night_id.desc(), _there.member_id)
    rows: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query.outerjoin(schema.attendance).order_by(*order)):
        rows.setdefault(row.night_id, []).append(row)
    return [_night(of_one) for of_one in rows.values()]


def _night(rows: list[Row[Any]]) -> Night:
    row = rows[0]
    return Night(
        night_id=row.night_id,
        on=row.on_date,
        starts_at=None if row.starts_at is None else time(*divmod(row.starts_at, 60)),
        place=row.place,
        picker=row.picker_id,
        movie=row.movie_id,
        notes=row.notes,
        rewatch=row.rewatch,
        longest=row.longest,
        voting=row.voting,
        drawn=row.drawn_movie_id,
        draws=row.draws,
        decided_at=_moment(row.decided_at),
        decided_by=row.decided_by,
        model=row.model,
        club_version=row.club_version,
        opened_at=_moment(row.opened_at),
        called_off=row.called_off_at is not None,
        present=tuple(one.member_id for one in rows if one.member_id is not None),
    )


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
