"""Nights: what comes, what was, and how right the predictions were."""

import streamlit as st

from ui import router
from ui.components.basics import EndOfPage, header, no_members
from ui.components.choices import view_switch
from ui.sections import nights

club = router.require()
header("Movie nights", nights.summary(club))

if not club.names:
    no_members()
    raise EndOfPage

if view_switch("What to see", ["Nights", "Scoreboard"], "view") == "Scoreboard":
    nights.scoreboard(club)
else:
    nights.coming(club)
    st.header("What we watched", anchor=False)
    nights.past(club)
    nights.others(club)
