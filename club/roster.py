"""Who is in the club or comes along: people join, change their name, leave and come back."""

from __future__ import annotations

from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, Select, insert, select, update

from club import validation
from club.db import schema
from club.errors import InvalidInput, NotFound

_table = schema.members
_column = schema.members.c


def members(connection: Connection, include_left: bool, include_guests: bool) -> pd.DataFrame:
    """Return the members in the order in which they joined; see `Store.members`."""
    query = select(
        _column.member_id, _column.name, _column.world_user_id, _column.joined_at, _column.left_at
    ).order_by(_column.member_id)
    if not include_left:
        query = query.where(_column.left_at.is_(None))
    if not include_guests:
        query = query.where(_column.member_id.not_in(guest_ids()))
    names = ["member_id", "name", "world_user_id", "joined_at", "left_at"]
    frame = pd.DataFrame(connection.execute(query).all(), columns=names)
    frame = frame.astype({"member_id": "int64", "name": "str", "world_user_id": "Int64"})
    for name in ("joined_at", "left_at"):
        moments = pd.to_datetime(frame[name].astype("Int64"), unit="s", utc=True)
        frame[name] = moments.astype("datetime64[s, UTC]")
    return frame.set_index("member_id")


def guest_ids() -> Select[tuple[int]]:
    """Return the question who is a guest, to be asked within others."""
    return select(schema.guests.c.member_id)


def join(connection: Connection, name: str, world_user_id: int | None, at: int) -> int:
    """Add a member and return the member_id.

    Raises:
        InvalidInput: the name cannot be used, or somebody present has it.
    """
    name = validation.clean_name(name)
    _refuse_taken(connection, name)
    row = {
        "name": name,
        "name_key": validation.name_key(name),
        "world_user_id": world_user_id,
        "joined_at": at,
    }
    added = connection.execute(insert(_table).values(row).returning(_column.member_id))
    return int(added.scalar_one())


def rename(connection: Connection, member_id: int, name: str) -> bool:
    """Give a member another name; return whether it is another.

    Raises:
        InvalidInput: the name cannot be used, or somebody else present has it.
        NotFound: there is no such member.
    """
    name = validation.clean_name(name)
    member = find(connection, member_id)
    if member.left_at is None:
        _refuse_taken(connection, name, but=member.member_id)
    if member.name != name:
        _change(connection, member.member_id, name=name, name_key=validation.name_key(name))
    return bool(member.name != name)


def leave(connection: Connection, member_id: int, at: int) -> bool:
    """Let a member leave; return whether the member was present.

    Raises:
        NotFound: there is no such member.
    """
    member = find(connection, member_id)
    if member.left_at is None:
        _change(connection, member.member_id, left_at=at)
    return member.left_at is None


def come_back(connection: Connection, member_id: int) -> bool:
    """Take back a member who left; return whether the member was away.

    Raises:
        InvalidInput: somebody present has the same name now.
        NotFound: there is no such member.
    """
    member = find(connection, member_id)
    if member.left_at is not None:
        _refuse_taken(connection, member.name)
        _change(connection, member.member_id, left_at=None)
    return member.left_at is not None


def require_present(
    connection: Connection, member_id: int, purpose: str = "to rate for them"
) -> None:
    """Raise NotFound if there is no such member, InvalidInput if the member has left.

    Args:
        purpose: what to bring them back for.
    """
    member = find(connection, member_id)
    if member.left_at is not None:
        raise InvalidInput(f"{member.name} has left the club; bring them back {purpose}.")


def find(connection: Connection, member_id: int) -> Row[Any]:
    """Return the row of a member or guest.

    Raises:
        NotFound: there is no such member.
    """
    number = validation.whole_id(member_id, "member")
    row = connection.execute(select(_table).where(_column.member_id == number)).one_or_none()
    if row is None:
        raise NotFound(f"There is no member {number}.")
    return row


def _change(connection: Connection, member_id: int, **values: Any) -> None:
    connection.execute(update(_table).where(_column.member_id == member_id).values(values))


def _refuse_taken(connection: Connection, name: str, but: int | None = None) -> None:
    query = select(_column.name, _column.member_id.in_(guest_ids()).label("is_guest")).where(
        _column.name_key == validation.name_key(name), _column.left_at.is_(None)
    )
    if but is not None:
        query = query.where(_column.member_id != but)
    other = connection.execute(query).one_or_none()
    if other is not None:
        what = "guest" if other.is_guest else "member"
        raise InvalidInput(f"There is a {what} called {other.name} already; choose another name.")
