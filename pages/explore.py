"""Explore: something good out of everything there is, and the map of taste."""

import streamlit as st

from ui import router
from ui.components.basics import EndOfPage, header, no_members
from ui.sections import club as clubs
from ui.sections import explore, tonight

club = router.require()
clubs.demo_banner(club)
header("Find us something")

if not club.names:
    no_members()
    raise EndOfPage

with st.popover("Who and what", icon=":material/tune:", key="filters"):
    here = tonight.who_is_here(club)
    strategy = tonight.choose_strategy(explore.STRATEGIES_IN_STARS)
    movies = explore.filters(club)
    dials = explore.draw_dials()
if here:
    explore.whose_list(club)
    explore.in_common(club, here, strategy, movies)
    explore.found(club, here, strategy, movies, dials)
else:
    tonight.nobody_here(club)
st.space("small")
explore.draw_map(club, movies)
