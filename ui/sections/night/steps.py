"""A night's steps on one page: pick, vote, watch, rate, reveal."""

from __future__ import annotations

import streamlit as st

from club.nights import Night
from ui.sections.night import choosing, outcome, planning
from ui.state import View


def draw(club: View, night: Night) -> None:
    """Draw a night as far as it has come."""
    planning.head(club, night)
    moved_on = planning.moved_on(club, night)
    picking = planning.step(club, night) == "Pick"
    if night.state == "called off":
        st.title(planning.called(club, night), anchor=False)
        st.info("This night is called off.", icon=":material/event_busy:")
    elif night.state == "revealed":
        outcome.result(club, night, moved_on=moved_on)
    elif night.state == "decided":
        outcome.watch(club, night, moved_on=moved_on)
    else:
        if picking:
            planning.people(club, night)
        if night.present:
            choosing.choose(club, choosing.of_night(night))
        else:
            st.title(choosing.TITLE, anchor=False)
            st.info("Nobody is here yet. Tap who is coming.", icon=":material/chair:")
    said = outcome.decided(club, night)
    planning.details(club, night, ask_people=not picking, said=said)
