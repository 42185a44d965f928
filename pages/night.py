"""One night: who is here, what to watch, and afterwards how right the prediction was."""

import streamlit as st

from ui import router, state
from ui.sections.night import choosing, outcome, planning

router.require()

club = state.view()
night = planning.asked_night(club)
if night is None:
    planning.look_elsewhere()
    st.stop()

planning.head(club, night)
if night.state == "called off":
    st.info("This night is called off.", icon=":material/event_busy:")
    planning.details(club, night)
    st.stop()

if night.state == "planned":
    planning.people(club, night)
if night.state == "revealed":
    outcome.promised(club, night)
    outcome.result(club, night)
    outcome.late(club, night)
    planning.details(club, night)
    st.stop()

me = planning.who_am_i(club, night)
if night.state == "decided":
    outcome.rate(club, night, me)
    outcome.promised(club, night)
    outcome.another_movie(club, night)
    planning.people(club, night)
else:
    choosing.choose(club, night, me)
planning.details(club, night)
