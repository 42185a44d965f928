"""Movie: everything about one movie, for this club."""

import streamlit as st

from ui import router
from ui.components.basics import EndOfPage, asked_for
from ui.sections import movie as movies
from ui.sections import own_movies, tmdb

club = router.require()
movie = asked_for(movies.ASKED)
if movie is None or movie not in club.movies.index:
    movies.look_elsewhere(club)
    raise EndOfPage

movies.hero(club, movie)
own_movies.correct(club, movie)
left, right = st.columns(2, gap="medium")
with left:
    movies.about(club, movie)
    tmdb.offers(club, movie)
with right:
    movies.world(movie)
movies.alike(club, movie)
