"""The catalogue: its size, and a form that adds a movie by hand."""

from __future__ import annotations

from datetime import date

import streamlit as st

from club.validation import LONGEST_RUNTIME
from ui import state
from ui.components.basics import asked_for, change, notify
from ui.components.choices import keyword_box
from ui.components.figures import draw_counts
from ui.components.tile import Tile, tiles
from ui.sections.night import planning
from ui.state import View
from ui.text import film, plain

ADDED = "own_added"  # the movie added last, until the page is left


def overview(club: View) -> None:
    """Draw the numbers of movies, keywords, ratings and raters."""
    world, movies = state.base_dataset(), club.movies
    described = sum(len(words) > 0 for words in movies["keywords"])
    counts = {"Movies": len(movies), "With keywords": described}
    counts |= {"Ratings": len(world.ratings), "People": len(world.user_ids)}
    draw_counts(counts, border=True)


def add_by_hand(club: View) -> None:
    """Draw the form for a movie that the catalogue lacks, and predictions for the last one."""
    st.header("Add a movie by hand", anchor=False)
    st.caption("A new release, a friend's short film: we make a guess from its keywords.")
    genres = club.catalogue.vocabulary[0]
    years = 1888, date.today().year + 5
    asked, asked_year = st.query_params.get("title", "")[:200], asked_for("year")
    if asked_year is not None and not years[0] <= asked_year <= years[1]:
        asked_year = None
    with st.form("add_movie", clear_on_submit=True, border=False):
        title, year, minutes = st.columns([3, 1, 1])
        title.text_input("Title", asked, key="own_title", max_chars=200)
        year.number_input("Year", *years, value=asked_year, step=1, key="own_year")
        minutes.number_input("Minutes", 1, LONGEST_RUNTIME, value=None, step=1, key="own_minutes")
        st.multiselect("Genres", genres, key="own_genres", placeholder="Drama …", select_all=False)
        about = "What it is about, where, when, in what mood. They are all that we know of it."
        keyword_box(club, "Keywords", "own_keywords", accept_new_options=True, help=about)
        st.toggle("Put it on the shortlist", value=True, key="own_listed")
        icon = ":material/movie:"
        st.form_submit_button(
            "Add the movie", type="primary", icon=icon, on_click=change, args=(_add,)
        )
    if st.session_state.get(ADDED) in club.own_movies.index:
        _expected(club, st.session_state[ADDED])


def _add() -> None:
    asked, movies = st.session_state, state.store().movies
    title, year, genres, keywords, minutes = (
        asked[f"own_{name}"] for name in ("title", "year", "genres", "keywords", "minutes")
    )
    movie = movies.add(title, year, genres, keywords, runtime=minutes)
    if asked["own_listed"]:
        movies.add_to_shortlist(movie)
    asked[ADDED] = movie
    for name in ("title", "year"):
        st.query_params.pop(name, None)
    notify(f"{plain(film(title, year))} is in.")


def _expected(club: View, movie: int) -> None:
    """Draw everyone's predicted stars for the movie that was added last."""
    reactions = state.reactions(club, (movie,), tuple(club.names)) if club.names else None
    if movie in planning.still_secret(club):
        reactions = None
    stars = reactions.mean[:, 0].tolist() if reactions else []
    people = [(member, mean, False) for member, mean in zip(club.names, stars, strict=False)]
    tiles(club, [Tile(movie, tuple(people))], "own_expected", "S")
