"""Bring ratings: what members have rated elsewhere, taken over after a preview."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.sections import rating_imports

router.require()

club = state.view()
header("Bring ratings", "What you have rated elsewhere counts here, too.")
st.page_link("pages/rate.py", label="Rate by hand", icon=":material/star_half:")
rating_imports.section(club)
