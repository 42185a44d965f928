"""One night: who is here, what to watch, and afterwards how right the prediction was."""

import streamlit as st

from ui import evenings, router, services
from ui.components import night as nights
from ui.components import night_choice, night_verdict

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
me = nights.who_am_i(club, night)

if night.state == "planned":
    found = evenings.candidates(club, night)
    if not night.present:
        st.info("Nobody is here yet: tap above who comes.", icon=":material/chair:")
    elif not found.movies:
        night_choice.nothing_left(club, found)
        night_choice.left_out(club, night, found, me)
    else:
        night_choice.views(club, night, found, me)
elif night.state == "decided":
    night_verdict.promised(club, night)
    night_verdict.rate(club, night, me)
    night_verdict.another_movie(club, night)
else:
    night_verdict.result(club, night)
    night_verdict.promised(club, night)
    night_verdict.late(club, night, me)
nights.details(club, night)
