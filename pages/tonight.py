"""Tonight: what the people who are here should watch, and how each of them will like it."""

import streamlit as st

from ui import router, state
from ui.components.basics import header, no_members, no_shortlist
from ui.sections import club as clubs
from ui.sections import tonight
from ui.sections.night import planning

router.require()

club = state.view()
clubs.demo_banner(club)
header("What shall we watch tonight?")
planning.banner(club)

if not club.names:
    no_members()
    st.stop()

here = tonight.who_is_here(club)
if not here:
    tonight.nobody_here(club)
    st.stop()

planning.make_it_one(here)
if not club.shortlist:
    no_shortlist()
    st.stop()

strategy = tonight.choose_strategy()
movies = tonight.candidates(club, here)
if movies:
    tonight.show_ranking(club, here, movies, strategy)
else:
    tonight.all_seen()
