"""Movie: everything about one movie, for this club."""

import streamlit as st

from ui import router, services
from ui.components import movie as movies
from ui.components.basics import header

router.require()

club = services.view()
movie = movies.asked_for()
if movie is None or movie not in club.movies.index:
    header("Movie")
    movies.look_elsewhere(club)
    st.stop()

movies.name_tab(club, movie)
header(movies.heading(club, movie))
movies.facts_beside_poster(club, movie)
