"""One night: who is here, what to watch, and afterwards how right the prediction was."""

import streamlit as st

from ui import router, services
from ui.sections import night as nights
from ui.sections import night_choice, night_verdict

router.require()

club = services.view()
night = nights.asked_for(club)
if night is None:
    nights.look_elsewhere()
    st.stop()

nights.head(club, night)
if night.state == "called off":
    st.info("This night is called off.", icon=":material/event_busy:")
    nights.details(club, night)
    st.stop()

if night.state == "planned":
    nights.people(club, night)
if night.state == "opened":
    night_verdict.promised(club, night)
    night_verdict.result(club, night)
    night_verdict.late(club, night)
    nights.details(club, night)
    st.stop()

me = nights.who_am_i(club, night)
if night.state == "decided":
    night_verdict.rate(club, night, me)
    night_verdict.promised(club, night)
    night_verdict.another_movie(club, night)
    nights.people(club, night)
else:
    night_choice.choose(club, night, me)
nights.details(club, night)
