"""Who changed what: a part of the settings."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from recommender.columns import MEMBER, MOVIE
from ui import nights, state
from ui.cache import cached
from ui.components.figures import draw_table
from ui.state import View
from ui.text import counted, film, half_stars, listed, long_day

LATEST = 100


def section(club: View) -> None:
    """Draw the latest changes."""
    table = said(club)
    if table.empty:
        st.caption("Nothing has changed yet.")
        return
    columns = {
        "When": st.column_config.DatetimeColumn(format="D MMM, HH:mm", width=100),
        "Who": st.column_config.TextColumn(width=90),
    }
    alt = "The latest changes of the club, with who made them"
    draw_table(table, alt, columns=columns, height=600)


@cached()
def said(club: View) -> pd.DataFrame:
    """Return the latest changes in words: When (local time), Who, What; newest first."""
    store = state.store()
    changes = store.audit_log(LATEST)
    history = store.ratings.history(limit=5 * LATEST, include_guests=True)
    steps = dict(iter(history.groupby("step")))
    people = store.members.all(include_left=True, include_guests=True)["name"]
    dates = {night.night_id: long_day(night.on) for night in nights.nights(club)}

    def movie(movie_id: int) -> str:
        known = movie_id in club.movies.index
        return film(club.title(movie_id), club.year(movie_id)) if known else f"movie {movie_id}"

    def ratings(events: pd.DataFrame) -> str:
        if len(events) > 1:
            first = events[MEMBER].unique()[:-4:-1]  # the history begins with the latest
            who = listed(people.get(member, "somebody") for member in first)
            return f"{counted(len(events), 'rating')} of {who}"
        event = events.iloc[0]
        stars = "no stars" if pd.isna(event["after"]) else half_stars(event["after"])
        return f"{people.get(event[MEMBER], 'somebody')}, {movie(int(event[MOVIE]))}, {stars}"

    def what(row: pd.Series) -> str:
        if row["act"] in {"rated", "took back ratings"} and row["version"] in steps:
            return f"{row['act']}: {ratings(steps[row['version']])}"
        things = [] if pd.isna(row["member_id"]) else [people.get(row["member_id"], "somebody")]
        things += [] if pd.isna(row["movie_id"]) else [movie(int(row["movie_id"]))]
        things += [] if pd.isna(row["night_id"]) else [dates.get(row["night_id"], "a night")]
        return row["act"] + (f": {', '.join(things)}" if things else "")

    return pd.DataFrame(
        {
            "When": [
                moment.astimezone().replace(tzinfo=None)
                for moment in changes["at"].dt.to_pydatetime()
            ],
            "Who": changes["who"].fillna("–"),
            "What": [what(row) for _, row in changes.iterrows()],
        }
    )
