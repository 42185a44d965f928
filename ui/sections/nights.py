"""The Nights page: what comes, what was, whose turn it is."""

from __future__ import annotations

from datetime import date

import pandas as pd
import streamlit as st

from club.nights import Night
from ui import nights, state
from ui.components.basics import empty_state, row
from ui.components.figures import draw_table
from ui.components.tile import poster_image
from ui.sections.night import planning
from ui.state import View
from ui.text import day_of, long_day, plain, stars


def coming(club: View) -> None:
    """Draw the nights that still want something, and the form for a new one."""
    waiting = nights.under_way(club, date.min)
    for night in waiting:
        _row(club, night)
    if waiting:
        planning.calendar_button(
            club, [night for night in waiting if night.state == "planned"] or waiting,
            "All of these for your calendar",
        )  # fmt: skip
    with st.expander("Plan a night", icon=":material/event_available:", expanded=not waiting):
        planning.plan_form(club)
    _turns(club)


def past(club: View) -> None:
    """Draw the nights that were, the newest first."""
    gone = [night for night in nights.nights(club) if night.state in {"revealed", "called off"}]
    if not gone:
        sentence = "No night has been rated yet; the first one begins on Tonight or above."
        with empty_state(":material/history:", sentence, "no_past"):
            pass
        return
    for night in gone:
        _row(club, night)


def _row(club: View, night: Night) -> None:
    with row(f"row_{night.night_id}", border=True):
        if night.movie in club.movies.index:
            poster_image(club, int(night.movie or 0), width=52)
        with st.container(gap="xxsmall"):
            title = club.title(night.movie) if night.movie is not None else "Movie night"
            planning.link(night, f"**{plain(title)}**  \n{long_day(night.on)}")
            st.caption(_said(club, night))
        st.badge(
            planning.STATES[night.state],
            color=planning.PLACES[night.state],  # type: ignore[arg-type]
        )


def _said(club: View, night: Night) -> str:
    """Return in Markdown who was there and what came of it."""
    parts = [planning.named(club, night.present) if night.present else "nobody yet"]
    if night.picker:
        verb = "picks" if night.movie is None else "picked"
        parts.append(f"{plain(club.name(night.picker))} {verb}")
    if night.state == "revealed":
        mine = nights.judged_of(club, night)
        given = nights.outcome(club, night.night_id).stars or {}
        if given:
            parts.append(f"**{plain(stars(sum(given.values()) / len(given)))}**")
        counts = mine[mine["counts"]]
        if len(counts):
            parts.append(f"expected {counts['predicted'].mean():.1f}")
    return " · ".join(parts)


def _turns(club: View) -> None:
    """Draw whose turn to pick is next, and who has picked how often."""
    if not club.names:
        return
    next_ = state.store().nights.whose_turn(list(club.names))
    turns = state.store().nights.turns()
    if next_ is not None:
        st.markdown(
            f":material/redo: If everybody comes, **{plain(club.name(next_))}** picks next."
        )
    with st.expander("Who has picked how often", icon=":material/format_list_numbered:"):
        table = pd.DataFrame(
            {
                "": [club.name(int(member)) for member in turns.index],
                "Picked": turns["picked"].to_numpy(),
                "Last": [
                    "–" if pd.isna(last) else day_of(pd.Timestamp(last).date())
                    for last in turns["last"]
                ],
            }
        )
        draw_table(table, "Who has picked how often, and when last")
        st.caption("Whoever is absent is skipped and keeps their place; guests have no turns.")
