"""Whose turn it is to pick the movie."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from sqlalchemy import Connection, and_, func, select

from club import roster
from club.db import schema

_members = schema.members.c
_nights = schema.nights.c


def turns(connection: Connection) -> pd.DataFrame:
    """Return how often each member has picked, and when last; see `Nights.turns`."""
    picked = and_(_nights.picker_id == _members.member_id, _nights.called_off_at.is_(None))
    query = (
        select(_members.member_id, func.count(_nights.night_id), func.max(_nights.on_date))
        .outerjoin(schema.nights, picked)
        .where(_members.left_at.is_(None), _members.member_id.not_in(roster.guest_ids()))
        .group_by(_members.member_id)
        .order_by(_members.member_id)
    )
    rows = connection.execute(query).all()
    frame = pd.DataFrame(rows, columns=["member_id", "picked", "last"])
    frame = frame.astype({"member_id": "int64", "picked": "int64"})
    frame["last"] = pd.to_datetime(frame["last"]).astype("datetime64[s]")
    return frame.set_index("member_id")


def whose_turn(turns: pd.DataFrame, present: Sequence[int]) -> int | None:
    """Return who of those present picked longest ago or never; None where nobody is a member.

    Args:
        turns: as `turns` returns it; of several, who joined first.
    """
    here = turns[turns.index.isin(list(present))]
    if here.empty:
        return None
    return int(here["last"].sort_values(kind="stable", na_position="first").index[0])
