"""Tonight: what the people who are here should watch, and how each of them will like it."""

from datetime import date

import streamlit as st

from ui import nights, router
from ui.components.basics import EndOfPage, no_members, notices
from ui.sections import club as clubs
from ui.sections import start, tonight
from ui.sections.night import choosing, planning, steps

club = router.require()
clubs.demo_banner(club)
notices()

if start.is_new(club) and not nights.nights(club):
    st.title(choosing.TITLE, anchor=False)
    start.steps(club)
    raise EndOfPage

night = nights.tonights(club, date.today(), st.session_state.get(planning.OVER))
if night is not None:
    steps.draw(club, night)
    planning.another_night(night)
elif not club.names:
    st.title(choosing.TITLE, anchor=False)
    no_members()
elif here := tonight.who_is_here(club):
    planning.before_a_night()
    choosing.choose(club, choosing.of_today(here))
    tonight.newcomers_note(club, here)
    start.first_guess(club)
else:
    st.title(choosing.TITLE, anchor=False)
    tonight.nobody_here(club)
planning.others(club, night)
