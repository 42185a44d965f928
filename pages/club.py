"""Club: members, shortlist, and what this club is."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.sections import backups, changes, exports, guests
from ui.sections import club as clubs
from ui.text import plain

router.require()

club = state.view()
header(plain(club.club.name), "Who is in it, and what it might watch.")

left, right = st.columns(2, gap="large")
with left:
    clubs.members(club)
    guests.listed(club)
with right:
    clubs.shortlist(club)

st.space("small")
left, right = st.columns(2, gap="large")
with left:
    exports.panel(club)
with right:
    backups.section(club)

st.space("small")
changes.section(club)

st.space("small")
clubs.sharing()

st.space("small")
st.subheader("About", anchor=False)
clubs.about(club)
