"""A night before its movie is decided: when, where, for whom, whose turn it is to pick."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal

from sqlalchemy import Column, Connection, Row, and_, func, insert, select

from club import validation
from club.db import schema
from club.db.database import Write
from club.errors import InvalidInput, NotFound
from club.section import Section, find_member, guest_ids, require_present

Voting = Literal["approve", "rank"]
State = Literal["planned", "decided", "revealed", "called off"]

_night, _there, _member = schema.nights.c, schema.attendance.c, schema.members.c
# Column of each field that can be changed, and the check of its values.
_FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "on": ("on_date", validation.clean_date),
    "starts_at": ("starts_at", validation.clean_start),
    "place": ("place", validation.clean_place),
    "notes": ("notes", validation.clean_notes),
    "picker": ("picker_id", lambda member_id: member_id),
    "rewatch": ("rewatch", bool),
    "longest": ("longest", validation.clean_runtime),
    "voting": ("voting", validation.clean_voting),
}
_WHILE_PLANNED = ("rewatch", "longest", "voting")


@dataclass(frozen=True)
class Night:
    """One evening of the club.

    Args:
        on: the day; `starts_at` the local time, None: unknown.
        picker: the member whose turn it was to pick.
        movie: the one that is or was watched; None while it is planned.
        rewatch: whether movies that somebody has seen are candidates.
        longest: minutes that the movie may take; None for any length.
        voting: how people vote; None when they do not.
        drawn: the movie drawn by lot last; `draws` says how often lots were drawn.
        votes_revealed_at: when everybody's ballots were shown; None while they are hidden.
        decided_by: how it was decided, for people.
        decided_movie: the movie that was decided on; another one than `movie` may be watched.
        thresholds: (10,) points on the scale of the mean above which a prediction counted as 0.5,
            1, ... 5 stars when it was decided; None before, and on nights decided by a release
            that did not store them (nor the predictions' shared_sd).
        revealed_at: when everybody's ratings were shown; None while they are hidden.
        present: those who are there, in the order in which they joined the club.
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
    votes_revealed_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    decided_movie: int | None
    model: str | None
    thresholds: tuple[float, ...] | None
    revealed_at: datetime | None
    called_off: bool
    present: tuple[int, ...]

    @property
    def state(self) -> State:
        """The furthest step that the night has reached."""
        if self.called_off:
            return "called off"
        if self.revealed_at is not None:
            return "revealed"
        return "planned" if self.decided_at is None else "decided"

    def require_planned(self) -> None:
        """Raise InvalidInput if the night is called off or its movie decided."""
        self.require_on()
        self.require_undecided()

    def require_undecided(self) -> None:
        """Raise InvalidInput if the night's movie is decided."""
        if self.decided_at is not None:
            raise InvalidInput("The movie of this night is decided already.")

    def require_on(self) -> None:
        """Raise InvalidInput if the night is called off."""
        if self.called_off:
            raise InvalidInput("This night is called off.")


class Planning(Section):
    """The part of `store.nights` that plans a night and says who comes."""

    def all(self) -> list[Night]:
        """Return every night, the newest first (by date, then by id), called off ones included."""
        with self._database.read() as connection:
            return read_nights(connection)

    def get(self, night_id: int) -> Night:
        """Return one night."""
        with self._database.read() as connection:
            return find_night(connection, night_id)

    def plan(self, on: date, present: Iterable[int] = (), **fields: Any) -> int:
        """Add a night and return its night_id.

        Args:
            present: member ids of those who come.
            fields: starts_at, place, picker, notes, rewatch, longest; see `Night`.

        Raises:
            InvalidInput: one of these cannot be used, or somebody has left the club.
            TypeError: a night has no such field.
        """
        fields = {"on": on, "place": "", "notes": "", "rewatch": False, **fields}
        with self._database.write("planned a night") as write:
            row = {**_columns(write.connection, fields), "draws": 0, "created_at": write.now}
            added = insert(schema.nights).values(row).returning(_night.night_id)
            night_id = int(write.connection.execute(added).scalar_one())
            insert_attendance(write, night_id, member_set(present))
            write.about["night_id"] = night_id
        return night_id

    def edit(self, night_id: int, **changes: Any) -> int:
        """Change a night.

        Args:
            changes: on, starts_at, place, notes, picker at any time; rewatch, longest, voting
                ("approve", "rank" or None; another one drops the ballots) while it is planned.

        Raises:
            InvalidInput: one of these cannot be used, or not any more.
            TypeError: a night has no such field, or it cannot be changed.
        """
        with self._database.write("changed a night", night_id=night_id) as write:
            connection, night = write.connection, find_night(write.connection, night_id)
            this = {"night_id": night.night_id}
            row = connection.execute(select(schema.nights).filter_by(**this)).one()
            columns = _columns(connection, changes).items()
            changed = {name: value for name, value in columns if getattr(row, name) != value}
            if any(name in changed for name in _WHILE_PLANNED):
                night.require_undecided()
            if "voting" in changed:
                write.delete(schema.ballots, **this)
                changed["votes_revealed_at"] = None
            if changed:
                update_night(write, night, **changed)
            return write.commit_if(bool(changed))

    def delete(self, night_id: int) -> int:
        """Delete a night with its predictions; ratings that it revealed stay the club's."""
        with self._database.write("deleted a night", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            write.delete(schema.nights, night_id=night.night_id)
        return write.version

    def call_off(self, night_id: int) -> int:
        """Call a night off, unless its ratings are revealed."""
        with self._database.write("called a night off", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            if night.revealed_at is not None:
                raise InvalidInput("This night has taken place; it cannot be called off.")
            if not night.called_off:
                update_night(write, night, called_off_at=write.now)
            return write.commit_if(not night.called_off)

    def call_on(self, night_id: int) -> int:
        """Take back that a night is called off, if it is."""
        with self._database.write("put a night back on", night_id=night_id) as write:
            night = find_night(write.connection, night_id)
            update_night(write, night, called_off_at=None)
            return write.commit_if(night.called_off)

    def whose_turn(self, present: Iterable[int]) -> int | None:
        """Return the member among those present whose last pick is longest ago.

        Members who never picked come first, then those who joined first; guests never, and nights
        that are called off do not count. None where nobody is a member.
        """
        picked = and_(_night.picker_id == _member.member_id, _night.called_off_at.is_(None))
        query = (
            select(_member.member_id)
            .outerjoin(schema.nights, picked)
            .where(_member.member_id.in_([*present]), _member.member_id.not_in(guest_ids()))
            .where(_member.left_at.is_(None))
            .group_by(_member.member_id)
            .order_by(func.max(_night.on_date).nulls_first(), _member.member_id)
        )
        with self._database.read() as connection:
            return connection.execute(query).scalars().first()


def read_nights(connection: Connection, *where: Any) -> list[Night]:
    """Return nights, newest first.

    Args:
        where: conditions on the table of nights.
    """
    query = select(schema.nights, _there.member_id).outerjoin(schema.attendance).where(*where)
    order = (_night.on_date.desc(), _night.night_id.desc(), _there.member_id)
    rows: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(query.order_by(*order)):
        rows.setdefault(row.night_id, []).append(row)
    return [_of_rows(of_one) for of_one in rows.values()]


def find_night(connection: Connection, night_id: int) -> Night:
    """Return one night.

    Raises:
        NotFound: there is no such night.
    """
    number = validation.whole_id(night_id, "night")
    found = read_nights(connection, _night.night_id == number)
    if not found:
        raise NotFound(f"There is no night {number}.")
    return found[0]


def require_there(connection: Connection, night: Night, member_id: int) -> int:
    """Return the id of a member or guest who is there that night.

    Raises:
        InvalidInput: they have left the club, or are not there that night.
        NotFound: there is no such member.
    """
    person = require_present(connection, member_id)
    if person.member_id not in night.present:
        raise InvalidInput(f"{person.name} is not there that night; add them first.")
    return int(person.member_id)


def entered_by_those_there(
    connection: Connection, night: Night, column: Column[Any]
) -> dict[int, Any]:
    """Return a column's value for each person who is there; None for those without a row.

    Args:
        column: of a table with one row a night and person.
    """
    query = select(column.table.c.member_id, column).filter_by(night_id=night.night_id)
    entered: dict[int, Any] = {row[0]: row[1] for row in connection.execute(query)}
    return {person: entered.get(person) for person in night.present}


def update_night(write: Write, night: Night, **values: Any) -> None:
    """Set columns of a night."""
    write.update(schema.nights, {"night_id": night.night_id}, **values)


def member_set(member_ids: Iterable[int]) -> set[int]:
    """Return member ids as int; raise NotFound where no member can have one."""
    return {validation.whole_id(member_id, "member") for member_id in member_ids}


def insert_attendance(write: Write, night_id: int, member_ids: set[int]) -> None:
    """Add people to those who are there; raise InvalidInput if one of them has left."""
    for member_id in sorted(member_ids):
        require_present(write.connection, member_id)
        write.insert(schema.attendance, {"night_id": night_id, "member_id": member_id})


def _columns(connection: Connection, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns and values for fields of a night.

    Raises:
        TypeError: there is no such field, or it cannot be changed.
    """
    row = {}
    for name, value in fields.items():
        if name not in _FIELDS:
            raise TypeError(f"A night has no {name!r} that can be changed.")
        column, clean = _FIELDS[name]
        row[column] = clean(value)
    if row.get("picker_id") is not None:
        row["picker_id"] = find_member(connection, row["picker_id"]).member_id
    return row


def _of_rows(rows: list[Row[Any]]) -> Night:
    """Return the night of rows that differ in member_id only."""
    row = rows[0]

    def moment(seconds: int | None) -> datetime | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

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
        votes_revealed_at=moment(row.votes_revealed_at),
        decided_at=moment(row.decided_at),
        decided_by=row.decided_by,
        decided_movie=row.decided_movie_id,
        model=row.model,
        thresholds=None if row.thresholds is None else tuple(row.thresholds),
        revealed_at=moment(row.opened_at),
        called_off=row.called_off_at is not None,
        present=tuple(one.member_id for one in rows if one.member_id is not None),
    )
