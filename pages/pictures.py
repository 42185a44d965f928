"""Our taste: who is like whom, what divides us, what each of us is like, and the prizes."""

import streamlit as st

from ui import nights, router, state
from ui.components.basics import header
from ui.components.choices import view_switch
from ui.sections import awards, pictures, profile

router.require()

club = state.view()
header("Our taste", "Who is like whom, what divides us, what each of us is like, and the prizes.")
if not pictures.anything_to_show(club):
    st.stop()

part = view_switch("What to look at", ["Matches", "Divides", "Members", "Awards"], "part")
if part == "Matches":
    pictures.matches(club)
    pictures.over_time(club)
elif part == "Divides":
    pictures.movies(club)
    pictures.words(club)
elif part == "Members":
    profile.show(club)
else:
    awards.show(club, nights.attendance(club))
