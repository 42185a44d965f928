"""Explore: something good out of everything there is, and the map of taste."""

import streamlit as st

from ui import router, state
from ui.components.basics import header, no_members
from ui.sections import club as clubs
from ui.sections import explore, tonight

router.require()

club = state.view()
clubs.demo_banner(club)
header("Find us something", "The best of the whole catalogue, for whoever is here.")

if not club.names:
    no_members()
    st.stop()

here = tonight.who_is_here(club)
strategy = tonight.choose_strategy(explore.STRATEGIES_IN_STARS)
dials = explore.draw_dials()
movies = explore.filters(club)
if here:
    explore.found(club, here, strategy, movies, dials)
else:
    tonight.nobody_here(club)
st.space("small")
explore.draw_map(club, here, movies)
