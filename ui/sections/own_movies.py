"""Movies that the club added itself: correct, merge and delete them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from club.movies import NewMovie
from club.validation import LONGEST_RUNTIME
from recommender.columns import MOVIE
from ui import live, state
from ui.components.basics import change, errors_shown
from ui.components.choices import keyword_box
from ui.components.search import movie_search
from ui.components.tile import Tile, tiles
from ui.state import View
from ui.text import counted, film, plain

SHOWN = 60  # of what may be hundreds


def listed(club: View) -> None:
    """Draw the movies that the club added, the latest first, each a way to its page."""
    if club.own_movies.empty:
        return
    with st.expander(f"Movies we added ({len(club.own_movies)})", icon=":material/movie:"):
        shown = [Tile(int(movie)) for movie in club.own_movies.index[::-1][:SHOWN]]
        tiles(club, shown, "own_movies", "S")
        if len(club.own_movies) > SHOWN:
            st.caption(f"And {len(club.own_movies) - SHOWN:,} more.")


def correct(club: View, movie: int) -> None:
    """Draw what can be changed about one of the club's own movies."""
    if movie not in club.own_movies.index:
        return
    with st.expander("Correct this movie", icon=":material/edit:", key="correct"):
        _form(club, movie)
        st.markdown("**Is it there twice?** Find the other one, and the two become one.")

        def choose(other: int) -> None:
            st.session_state["merge_into"] = other

        movie_search(club, "merge", "Find the other one", choose)
        other: int | None = st.session_state.get("merge_into")
        if other is not None and other in club.movies.index and other != movie:
            name = film(club.title(other), club.year(other))
            if st.button(f"Merge with {plain(name)}", key="merge_sure"):
                st.session_state.pop("merge_into")
                if change(state.store().movies.merge, movie, other, done="The two are one now."):
                    st.switch_page("pages/movie.py", query_params={"movie": str(other)})
                st.rerun()
        if st.button("Delete it", icon=":material/delete:", key="delete_movie"):
            live.hold()
            _ask_to_delete(club, movie)


def _form(club: View, movie: int) -> None:
    genres = club.catalogue.vocabulary[0]
    row = club.own_movies.loc[movie]
    with st.form(f"correct_{movie}", border=False):
        title = st.text_input("Title", row["title"], max_chars=200)
        year = st.number_input("Year", 1870, 2100, club.year(movie), step=1)
        minutes = st.number_input("Minutes", 1, LONGEST_RUNTIME, club.runtime(movie), step=1)
        kinds, words = list(row["genres"]), list(row["keywords"])
        kinds = st.multiselect("Genres", sorted({*genres, *kinds}), kinds, select_all=False)
        key = f"keywords_{movie}"
        words = keyword_box(club, "Keywords", key, words, accept_new_options=True)
        if st.form_submit_button("Save", type="primary"):

            def save() -> int:
                facts = NewMovie(title, year, kinds, words, runtime=minutes)
                return state.store().movies.edit(movie, facts)

            change(save, done="Saved.")
            st.rerun()


@st.dialog("Delete this movie?", icon=":material/delete:", on_dismiss="rerun")
@errors_shown()
def _ask_to_delete(club: View, movie: int) -> None:
    rated = int((club.ratings[MOVIE] == movie).sum())
    with_it = f", with {counted(rated, 'rating')}" if rated else ""
    st.markdown(plain(f"{club.title(movie)} goes for good{with_it}."))
    if st.button("Delete it", type="primary", key="delete_sure"):
        done = f"{plain(club.title(movie))} is deleted."
        delete = partial(state.store().movies.delete, movie)
        if change(delete, done=done):
            st.switch_page("pages/club.py", query_params={})
        st.rerun()
