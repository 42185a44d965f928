"""Nights: what comes, what was, and how right the predictions were."""

import streamlit as st

from ui import router, state
from ui.components.basics import header, no_members
from ui.components.choices import view_switch
from ui.nights import nights as all_nights
from ui.sections import nights
from ui.sections.night import figures
from ui.text import counted

router.require()

club = state.view()
held = sum(night.state == "revealed" for night in all_nights(club))
header("Movie nights", f"{counted(held, 'night')} watched and rated so far.")

if not club.names:
    no_members()
    st.stop()

view = view_switch("What to see", ["Nights", "Scoreboard"], "view")
if view == "Scoreboard":
    figures.scoreboard(club)
else:
    nights.coming(club)
    st.space("small")
    st.subheader("What we watched", anchor=False)
    nights.past(club)
