"""Ratings and their history, recorded in steps that can be undone.

A *step* is what was entered at once, one rating or many. Undo works as in an editor: it takes back
the latest step that is neither an undo nor undone already, so that undoing again walks further
back. The ratings of the demo, of a night or of a guest cannot be undone, nor what they replaced.
An undo is recorded as a step of its own; nothing is ever deleted from the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, func, or_, select

from club import validation
from club.db import schema
from club.db.database import Write
from club.section import Section, guest_ids, require_present, utc_times

_rating, _event = schema.ratings.c, schema.rating_events.c
_CAN_BE_UNDONE = (
    _event.kind.in_(("rate", "clear")),
    _event.step.not_in(select(_event.undoes).where(_event.undoes.is_not(None))),
)


@dataclass(frozen=True)
class Entry:
    """One rating that a step changed; stars 0.5..5, None: no rating."""

    member_id: int
    movie_id: int
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Change:
    """A step: the ratings that were changed at once, and when (UTC)."""

    step: int
    at: datetime
    entries: tuple[Entry, ...]


class Ratings(Section):
    """The store's section `store.ratings`."""

    def current(self, include_left: bool = False, include_guests: bool = False) -> pd.DataFrame:
        """Return the ratings that count.

        Returns:
            member_id, movie_id (int64), rating (stars, float64), timestamp (int64, seconds).
        """
        query = select(
            _rating.member_id, _rating.movie_id, _rating.half_stars, _rating.rated_at
        ).order_by(_rating.member_id, _rating.movie_id)
        if not include_left:
            query = query.join(schema.members).where(schema.members.c.left_at.is_(None))
        if not include_guests:
            query = query.where(_rating.member_id.not_in(guest_ids()))
        types = dict.fromkeys(("member_id", "movie_id", "rating", "timestamp"), "int64")
        frame = self._database.frame(query, types)
        return frame.assign(rating=frame["rating"] / 2)

    def rate(self, member_id: int, movie_id: int, stars: float) -> int:
        """Set a member's rating of a movie, 0.5..5 stars in half steps; return the version."""
        validation.half_stars(stars)  # None would clear the rating
        return self.rate_many([(member_id, movie_id, stars)])

    def unrate(self, member_id: int, movie_id: int) -> int:
        """Take away a member's rating of a movie, if there is one, and return the version."""
        return self.rate_many([(member_id, movie_id, None)])

    def rate_many(self, changes: Iterable[tuple[int, int, float | None]]) -> int:
        """Set or (stars None) take away many ratings as one step, all or none of them.

        Args:
            changes: (member_id, movie_id, stars); of several for the same two, the last counts.

        Returns:
            The version; unchanged when all ratings are so already.
        """
        wanted = {
            (validation.whole_id(member_id, "member"), validation.whole_id(movie_id, "movie")): (
                None if stars is None else validation.half_stars(stars)
            )
            for member_id, movie_id, stars in changes
        }
        with self._database.write("rated") as write:
            for member_id in {member for member, _ in wanted}:
                require_present(write.connection, member_id)
            self._movie_ids(write.connection, *{movie for _, movie in wanted})
            if len(wanted) == 1:
                ((write.about["member_id"], write.about["movie_id"]),) = wanted
            return write.commit_if(record(write, wanted))

    def undoable(self) -> Change | None:
        """Return the step that `undo` would take back; None when there is none left."""
        with self._database.read() as connection:
            return _change(_latest_step(connection, *_CAN_BE_UNDONE))

    def undo(self, step: int | None = None) -> Change | None:
        """Take back the latest step that is neither an undo nor undone already, nor a night's.

        Args:
            step: do so only if that step is this one (from `undoable`), so that nobody takes
                back what somebody else has just done.

        Returns:
            The step that was taken back: each entry's `before` counts again. None when there is
            none left, or the latest is another than `step`.
        """
        with self._database.write("took back ratings") as write:
            rows = _latest_step(write.connection, *_CAN_BE_UNDONE)
            if rows and step not in {None, rows[0].step}:
                rows = []
            _take_back(write, [(row, {"kind": "undo", "undoes": row.step}) for row in rows])
        return _change(rows)

    def redo(self, step: int) -> Change | None:
        """Bring back what `undo` took back, as a step of its own that can be undone.

        Args:
            step: that was taken back.

        Returns:
            The new step. None when it was not taken back, or its ratings have changed since.
        """
        with self._database.write("brought ratings back") as write:
            rows = _latest_step(write.connection, _event.undoes == step)
            _take_back(write, [(row, {}) for row in rows])
            done = _latest_step(write.connection, _event.step == write.version) if rows else []
            return _change(done)

    def history(self, limit: int | None = None, include_guests: bool = False) -> pd.DataFrame:
        """Return the changes of all ratings, newest first; nothing is removed from it.

        Args:
            limit: this many events at most.
            include_guests: guests' ratings, too.

        Returns:
            event_id, step (what was done at once), at (datetime64[s, UTC]), member_id, movie_id,
            before, after (stars; NaN: no rating), kind ("rate", "clear", "undo", "demo", "night",
            "guest", "merge" or "delete"), undoes (Int64: the step that an undo took back),
            changed_by (NaN: unknown).
        """
        types = dict.fromkeys(("event_id", "step", "at", "member_id", "movie_id"), "int64")
        types |= dict.fromkeys(("half_before", "half_after"), "float64")
        types |= {"kind": "str", "undoes": "Int64", "changed_by": "str"}
        query = select(*(_event[name] for name in types)).order_by(_event.event_id.desc())
        if not include_guests:
            query = query.where(_event.member_id.not_in(guest_ids()))
        frame = self._database.frame(query.limit(limit), types)
        frame = frame.rename(columns={"half_before": "before", "half_after": "after"})
        return frame.assign(
            at=utc_times(frame["at"]), before=frame["before"] / 2, after=frame["after"] / 2
        )


def record(
    write: Write,
    wanted: Mapping[tuple[int, int], int | None],
    *,
    rated_at: Mapping[tuple[int, int], int] = MappingProxyType({}),
    entered_by: Mapping[int, str | None] = MappingProxyType({}),
    kind: str | None = None,
) -> bool:
    """Set ratings within a transaction, as one step.

    Args:
        wanted: half stars 1..10, or None for no rating, by (member_id, movie_id).
        rated_at: when they were given, in seconds, where that was before now.
        entered_by: the actor by member_id, where that is not the transaction's.
        kind: of what cannot be undone ("demo", "night", "guest", "merge", "delete"); else "rate" or
            "clear".

    Returns:
        Whether anything had to change; a rating that is so already makes no event.
    """
    people = {member for member, _ in wanted}
    rows = write.connection.execute(select(schema.ratings).where(_rating.member_id.in_(people)))
    now = {(row.member_id, row.movie_id): (row.half_stars, row.rated_at) for row in rows}
    events = []
    for key, after in wanted.items():
        half_before, rated_before = now.get(key, (None, None))
        if half_before == after:
            continue
        given = min(rated_at.get(key, write.now), write.now)
        event = {
            "step": write.version,
            "kind": kind or ("clear" if after is None else "rate"),
            "at": given if kind == "demo" else write.now,
            "member_id": key[0],
            "movie_id": key[1],
            "half_before": half_before,
            "rated_before": rated_before,
            "half_after": after,
            "rated_after": None if after is None else given,
            "changed_by": entered_by.get(key[0], write.actor),
        }
        events.append(event)
    _apply(write, events)
    return bool(events)


def _latest_step(connection: Connection, *where: ColumnElement[bool]) -> list[Row[Any]]:
    """Return the events of the latest step `where` all ratings count now as it left them.

    A step that cannot be undone, like a night's, lies over those before it.
    """
    same = and_(_rating.member_id == _event.member_id, _rating.movie_id == _event.movie_id)
    differs = or_(
        _event.half_after.is_distinct_from(_rating.half_stars),
        _event.rated_after.is_distinct_from(_rating.rated_at),
    )
    covered = select(_event.step).outerjoin(schema.ratings, same).where(differs)
    latest = select(func.max(_event.step)).where(_event.step.not_in(covered), *where)
    query = select(schema.rating_events).where(_event.step == latest.scalar_subquery())
    return list(connection.execute(query.order_by(_event.event_id)))


def _take_back(write: Write, undone: list[tuple[Row[Any], dict[str, Any]]]) -> None:
    """Take events back, by events with these values; roll back if there are none."""
    events = [
        {
            "step": write.version,
            "kind": "clear" if row.half_before is None else "rate",
            "at": write.now,
            "member_id": row.member_id,
            "movie_id": row.movie_id,
            "half_before": row.half_after,
            "rated_before": row.rated_after,
            "half_after": row.half_before,
            "rated_after": row.rated_before,
            "changed_by": write.actor,
            **values,
        }
        for row, values in undone
    ]
    _apply(write, events)
    write.commit_if(bool(events))


def _change(rows: list[Row[Any]]) -> Change | None:
    """Return the step of these events, None for no events."""

    def stars(halves: int | None) -> float | None:
        return None if halves is None else halves / 2

    if not rows:
        return None
    entries = tuple(
        Entry(row.member_id, row.movie_id, stars(row.half_before), stars(row.half_after))
        for row in rows
    )
    return Change(rows[0].step, datetime.fromtimestamp(rows[0].at, UTC), entries)


def _apply(write: Write, events: list[dict[str, Any]]) -> None:
    """Add events to the history and bring the current ratings up to date."""
    write.insert(schema.rating_events, *events)
    replaced = [
        {"member": event["member_id"], "movie": event["movie_id"]}
        for event in events
        if event["half_before"] is not None
    ]
    if replaced:
        mine = (_rating.member_id == bindparam("member")) & (_rating.movie_id == bindparam("movie"))
        write.connection.execute(delete(schema.ratings).where(mine), replaced)
    added = [
        {
            "member_id": event["member_id"],
            "movie_id": event["movie_id"],
            "half_stars": event["half_after"],
            "rated_at": event["rated_after"],
        }
        for event in events
        if event["half_after"] is not None
    ]
    write.insert(schema.ratings, *added)
