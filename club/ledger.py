"""Ratings and everything that ever happened to them, recorded in steps that can be undone.

A *step* is what somebody did at once, one rating or many. Undo works as in an editor: it takes back
the latest step that is neither an undo nor undone already, so that undoing again walks further
back. What the demo, a night or a guest brought cannot be undone, nor what it has replaced. The undo
is recorded as a step of its own; nothing is ever deleted from the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, and_, bindparam, delete, insert, or_, select

from club import roster
from club.db.schema import members, rating_events, ratings

UNDOABLE = ("rate", "clear")
_events = rating_events.c


@dataclass(frozen=True)
class Entry:
    """What a step did to one rating; stars 0.5..5, None where there was no rating."""

    member_id: int
    movie_id: int
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """A step: what was done at once, and when (UTC)."""

    step: int
    at: datetime
    entries: tuple[Entry, ...]


def current(connection: Connection, include_left: bool, include_guests: bool) -> pd.DataFrame:
    """Return the ratings that count: member_id, movie_id, rating (stars), timestamp (seconds)."""
    query = select(
        ratings.c.member_id, ratings.c.movie_id, ratings.c.half_stars, ratings.c.rated_at
    ).order_by(ratings.c.member_id, ratings.c.movie_id)
    if not include_left:
        query = query.join(members).where(members.c.left_at.is_(None))
    if not include_guests:
        query = query.where(ratings.c.member_id.not_in(roster.guest_ids()))
    columns = ["member_id", "movie_id", "rating", "timestamp"]
    frame = pd.DataFrame(connection.execute(query).all(), columns=columns).astype("int64")
    return frame.assign(rating=frame["rating"] / 2)


def record(
    connection: Connection,
    step: int,
    wanted: Mapping[tuple[int, int], int | None],
    *,
    at: int,
    changed_by: Mapping[int, str | None] | str | None = None,
    rated_at: Mapping[tuple[int, int], int] = MappingProxyType({}),
    kind: str | None = None,
) -> bool:
    """Make ratings what is wanted, as one step.

    Args:
        step: the step's number, larger than any before.
        wanted: half stars 1..10, or None for no rating, by (member_id, movie_id).
        at: now, in seconds.
        changed_by: who entered it; by member_id where that was not one for all.
        rated_at: since when they are so, in seconds, where that was before now.
        kind: of what cannot be undone ("night", "guest"); else it is "rate" or "clear".

    Returns:
        Whether anything had to change; what is so already makes no event.
    """
    people = {member for member, _ in wanted}
    if changed_by is None or isinstance(changed_by, str):
        changed_by = dict.fromkeys(people, changed_by)
    rows = connection.execute(select(ratings).where(ratings.c.member_id.in_(people)))
    now = {(row.member_id, row.movie_id): (row.half_stars, row.rated_at) for row in rows}
    nothing = (None, None)
    events = [
        {
            "step": step,
            "kind": kind or ("clear" if after is None else "rate"),
            "at": at,
            "member_id": key[0],
            "movie_id": key[1],
            "half_before": now.get(key, nothing)[0],
            "rated_before": now.get(key, nothing)[1],
            "half_after": after,
            "rated_after": None if after is None else min(rated_at.get(key, at), at),
            "changed_by": changed_by[key[0]],
        }
        for key, after in wanted.items()
        if now.get(key, nothing)[0] != after
    ]
    _apply(connection, events)
    return bool(events)


def record_demo(
    connection: Connection, step: int, rows: Iterable[tuple[int, int, int, int]]
) -> None:
    """Record ratings that were made elsewhere: member_id, movie_id, half stars, when (seconds)."""
    _apply(
        connection,
        [
            {
                "step": step,
                "kind": "demo",
                "at": at,
                "member_id": member,
                "movie_id": movie,
                "half_before": None,
                "rated_before": None,
                "half_after": halves,
                "rated_after": at,
                "changed_by": None,
            }
            for member, movie, halves, at in rows
        ],
    )


def latest(connection: Connection) -> Change | None:
    """Return the step that an undo would take back; None when there is none left."""
    rows = _latest_rows(connection)
    return _change(rows) if rows else None


def undo(
    connection: Connection, step: int, only: int | None, *, at: int, changed_by: str | None
) -> Change | None:
    """Take back the latest step that is neither an undo nor undone, and return it.

    Args:
        step: the number of the undo itself.
        only: take back this step or nothing, so that nobody undoes what somebody else just did.
        at: now, in seconds.
    """
    rows = _latest_rows(connection)
    if not rows or only not in {None, rows[0].step}:
        return None
    events = [
        {
            "step": step,
            "kind": "undo",
            "undoes": row.step,
            "at": at,
            "member_id": row.member_id,
            "movie_id": row.movie_id,
            "half_before": row.half_after,
            "rated_before": row.rated_after,
            "half_after": row.half_before,
            "rated_after": row.rated_before,
            "changed_by": changed_by,
        }
        for row in rows
    ]
    _apply(connection, events)
    return _change(rows)


def history(
    connection: Connection,
    member_id: int | None,
    movie_id: int | None,
    limit: int | None,
    include_guests: bool,
) -> pd.DataFrame:
    """Return what happened, newest first; see `Store.history`."""
    query = select(
        _events.event_id,
        _events.step,
        _events.at,
        _events.member_id,
        _events.movie_id,
        _events.half_before,
        _events.half_after,
        _events.kind,
        _events.undoes,
        _events.changed_by,
    ).order_by(_events.event_id.desc())
    if member_id is not None:
        query = query.where(_events.member_id == member_id)
    if movie_id is not None:
        query = query.where(_events.movie_id == movie_id)
    if not include_guests:
        query = query.where(_events.member_id.not_in(roster.guest_ids()))
    types = {
        "event_id": "int64",
        "step": "int64",
        "at": "int64",
        "member_id": "int64",
        "movie_id": "int64",
        "before": "float64",
        "after": "float64",
        "kind": "str",
        "undoes": "Int64",
        "changed_by": "str",
    }
    rows = connection.execute(query.limit(limit)).all()
    frame = pd.DataFrame(rows, columns=list(types)).astype(types)
    return frame.assign(
        at=pd.to_datetime(frame["at"], unit="s", utc=True).astype("datetime64[s, UTC]"),
        before=frame["before"] / 2,
        after=frame["after"] / 2,
    )


def _latest_rows(connection: Connection) -> list[Row[Any]]:
    undone = select(_events.undoes).where(_events.undoes.is_not(None))
    # Something that cannot be undone, like a night, lies over what was done before.
    covered = (
        select(_events.step)
        .outerjoin(
            ratings,
            and_(ratings.c.member_id == _events.member_id, ratings.c.movie_id == _events.movie_id),
        )
        .where(
            or_(
                _events.half_after.is_distinct_from(ratings.c.half_stars),
                _events.rated_after.is_distinct_from(ratings.c.rated_at),
            )
        )
    )
    step = (
        select(_events.step)
        .where(
            _events.kind.in_(UNDOABLE), _events.step.not_in(undone), _events.step.not_in(covered)
        )
        .order_by(_events.step.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = select(rating_events).where(_events.step == step).order_by(_events.event_id)
    return list(connection.execute(query))


def _change(rows: list[Row[Any]]) -> Change:
    def stars(halves: int | None) -> float | None:
        return None if halves is None else halves / 2

    entries = tuple(
        Entry(row.member_id, row.movie_id, stars(row.half_before), stars(row.half_after))
        for row in rows
    )
    return Change(rows[0].step, datetime.fromtimestamp(rows[0].at, UTC), entries)


def _apply(connection: Connection, events: list[dict[str, Any]]) -> None:
    """Add the events to the history and make what they say count."""
    if not events:
        return
    connection.execute(insert(rating_events), events)
    replaced = [
        {"member": event["member_id"], "movie": event["movie_id"]}
        for event in events
        if event["half_before"] is not None
    ]
    if replaced:
        connection.execute(
            delete(ratings).where(
                ratings.c.member_id == bindparam("member"), ratings.c.movie_id == bindparam("movie")
            ),
            replaced,
        )
    kept = [
        {
            "member_id": event["member_id"],
            "movie_id": event["movie_id"],
            "half_stars": event["half_after"],
            "rated_at": event["rated_after"],
        }
        for event in events
        if event["half_after"] is not None
    ]
    if kept:
        connection.execute(insert(ratings), kept)
