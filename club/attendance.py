"""Who is there on a night."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from club import evenings, roster, validation
from club.db import schema
from club.errors import InvalidInput
from club.evenings import Night

_nights = schema.nights.c


def require_there(connection: Connection, night: Night, member_id: int) -> int:
    """Return the id of somebody who is there and of the club or its guest.

    Raises:
        InvalidInput: they have left the club, or are not there that night.
        NotFound: there is no such member.
    """
    roster.require_present(connection, member_id, "first")
    person = roster.find(connection, member_id)
    if person.member_id not in night.present:
        raise InvalidInput(f"{person.name} is not there that night; add them first.")
    return int(person.member_id)


def come(connection: Connection, night_id: int, member_ids: Iterable[int]) -> None:
    """Add people to a night.

    Raises:
        InvalidInput: somebody has left the club.
        NotFound: there is no such member.
    """
    people = sorted({validation.whole_id(member_id, "member") for member_id in member_ids})
    for member_id in people:
        roster.require_present(connection, member_id, "first")
    rows = [{"night_id": night_id, "member_id": member_id} for member_id in people]
    if rows:
        connection.execute(insert(schema.attendance), rows)


def attend(connection: Connection, night: Night, member_ids: Iterable[int]) -> bool:
    """Make exactly these people those who are there; return whether anything is other now.

    Whoever is there no more takes their ballot and vetoes along.

    Raises:
        InvalidInput: the night is called off; somebody new has left the club; or somebody who
            would go has rated the night.
        NotFound: there is no such member.
    """
    evenings.refuse_called_off(night)
    wanted = {validation.whole_id(member_id, "member") for member_id in member_ids}
    new, gone = wanted - set(night.present), set(night.present) - wanted
    rated = schema.night_ratings.c
    staying = connection.execute(
        select(schema.members.c.name)
        .join(schema.night_ratings)
        .where(rated.night_id == night.night_id, rated.member_id.in_(gone))
        .order_by(rated.member_id)
    )
    if (name := staying.scalars().first()) is not None:
        raise InvalidInput(f"{name} has rated this night and stays in it.")
    come(connection, night.night_id, new)
    for member_id in gone:
        _go(connection, _nights.night_id == night.night_id, member_id)
    return bool(new or gone)


def leave_planned(connection: Connection, member_id: int) -> None:
    """Take somebody who leaves the club off all nights that are not decided yet."""
    _go(connection, _nights.decided_at.is_(None), validation.whole_id(member_id, "member"))


def _go(connection: Connection, which: ColumnElement[bool], member_id: int) -> None:
    nights = select(_nights.night_id).where(which)
    for table in (schema.attendance, schema.ballots, schema.vetoes):
        mine = (table.c.member_id == member_id) & table.c.night_id.in_(nights)
        connection.execute(delete(table).where(mine))
