"""Catalogue: what there is to choose from, and how to have more of it."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.sections import catalogue, imports, tmdb

router.require()

club = state.view()
header("Catalogue", "What there is to choose from, and how to have more of it.")
catalogue.overview(club)

left, right = st.columns(2, gap="large")
with left:
    catalogue.add_by_hand(club)
with right:
    tmdb.section(club)
    st.space("small")
    imports.section(club)
