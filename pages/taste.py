"""Our taste: who is like whom, what divides us, what each of us is like, and the prizes."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.components.choices import view_switch
from ui.sections import taste

router.require()

club = state.view()
header("Our taste", "Who is like whom, what divides us, what each of us is like, and the prizes.")
if not taste.anything_to_show(club):
    st.stop()

part = view_switch("What to look at", ["Matches", "Divides", "Members", "Awards"], "part")
if part == "Matches":
    taste.matches(club)
elif part == "Divides":
    taste.divides(club)
elif part == "Members":
    taste.profile(club)
else:
    taste.awards(club)
