"""What each member wants to watch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, exists, or_, select

from club.db import schema
from club.section import Section

_wanted = schema.watchlists.c


class Watchlists(Section):
    """The store's section `store.watchlists`.

    A movie stands on the list of a member or guest until they have seen it: rated it, marked it as
    seen, or been there on a night that is over. It is back when that is taken back.
    """

    def all(self) -> pd.DataFrame:
        """Return the lists of everybody present: member_id, movie_id, first added first."""
        query = (
            select(_wanted.member_id, _wanted.movie_id)
            .join(schema.members)
            .where(schema.members.c.left_at.is_(None), ~self._is_seen())
            .order_by(_wanted.added_at, _wanted.member_id, _wanted.movie_id)
        )
        return self._database.frame(query, {"member_id": "int64", "movie_id": "int64"})

    def of(self, member_id: int) -> list[int]:
        """Return the ids of the movies on one list, first added first."""
        lists = self.all()
        return [int(movie) for movie in lists.loc[lists["member_id"] == member_id, "movie_id"]]

    def add(self, member_id: int, movie_ids: Iterable[int]) -> int:
        """Put movies on somebody's list, unless they are on it, and return the version."""
        return self._add_movies("put on a watchlist", schema.watchlists, member_id, movie_ids)

    def remove(self, member_id: int, movie_id: int) -> int:
        """Take a movie off somebody's list, if it is on it, and return the version."""
        return self._remove_movie("took off a watchlist", schema.watchlists, member_id, movie_id)

    def _is_seen(self) -> ColumnElement[bool]:
        """Return the condition that the list's owner has seen the movie of a row."""

        def in_table(table: Any) -> ColumnElement[bool]:
            same = table.c.member_id == _wanted.member_id
            return exists().where(same, table.c.movie_id == _wanted.movie_id)

        night, there = schema.nights.c, schema.attendance.c
        # Where people are it may be two days earlier than here.
        yesterday = datetime.fromtimestamp(self._database.now(), UTC).date() - timedelta(days=1)
        over = or_(
            night.opened_at.is_not(None),
            and_(night.decided_at.is_not(None), night.on_date < yesterday),
        )
        on_a_night = exists().where(
            there.night_id == night.night_id,
            there.member_id == _wanted.member_id,
            night.movie_id == _wanted.movie_id,
            night.called_off_at.is_(None),
            over,
        )
        return or_(in_table(schema.ratings), in_table(schema.seen), on_a_night)
