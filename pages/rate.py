"""Rate: one person enters everyone's stars in seconds."""

import streamlit as st

from ui import access, router, state
from ui.components.basics import empty_state, header
from ui.components.choices import view_switch
from ui.sections import rate

router.require()

club = state.view()
who = "You enter your own" if access.only_own(club) else "One person can enter everyone's"
header("Rate", f"{who} stars; predictions move at once.")

if not club.names:
    with empty_state(":material/group_add:", "There is nobody to rate for yet.", "no_members"):
        st.page_link(router.page("club"), label="Add members", icon=":material/person_add:")
        st.page_link(router.page("bring"), label="Bring ratings", icon=":material/upload_file:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    way = view_switch("How to rate", ["One movie", "Grid"], "way")
    rate.undo_button(club)
    st.page_link(router.page("bring"), label="Bring ratings", icon=":material/upload_file:")

if way == "Grid":
    rate.grid(club)
else:
    rate.search(club)
    movie = rate.chosen_movie(club)
    if movie is not None:
        rate.board(club, movie)
    rate.suggestions(club, but=movie)
