"""One night: who is here, what to watch, and afterwards how right the prediction was."""

import streamlit as st

from ui import router, state
from ui.sections import night as night_section
from ui.sections import night_choice, night_verdict

router.require()

club = state.view()
night = night_section.asked_for(club)
if night is None:
    night_section.look_elsewhere()
    st.stop()

night_section.head(club, night)
if night.state == "called off":
    st.info("This night is called off.", icon=":material/event_busy:")
    night_section.details(club, night)
    st.stop()

if night.state == "planned":
    night_section.people(club, night)
if night.state == "revealed":
    night_verdict.promised(club, night)
    night_verdict.result(club, night)
    night_verdict.late(club, night)
    night_section.details(club, night)
    st.stop()

me = night_section.who_am_i(club, night)
if night.state == "decided":
    night_verdict.rate(club, night, me)
    night_verdict.promised(club, night)
    night_verdict.another_movie(club, night)
    night_section.people(club, night)
else:
    night_choice.choose(club, night, me)
night_section.details(club, night)
