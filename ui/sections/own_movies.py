"""Movies that the club adds itself: add, correct, merge and delete them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from club.movies import NewMovie
from club.validation import LONGEST_RUNTIME
from recommender.columns import MOVIE
from ui import state
from ui.components.basics import asked_for, change, notify
from ui.components.choices import keyword_box
from ui.components.search import movie_search
from ui.components.tile import Tile, tiles
from ui.sections.night import planning
from ui.state import View
from ui.text import counted, film, plain

SHOWN = 60  # of what may be hundreds
YEARS = range(1870, 2101)
ADDED = "own_added"  # in the session: the movie added last, until the page is left


def add_by_hand(club: View) -> None:
    """Draw the form for a movie that the catalogue lacks, and predictions for the last one."""
    st.header("Add a movie by hand", anchor=False)
    st.caption("A new release, a friend's short film: we make a guess from its keywords.")
    year = asked_for("year")
    asked = {"title": st.query_params.get("title", "")[:200]}
    with st.form("add_movie", clear_on_submit=True, border=False):
        facts = _facts(club, "own", asked | ({"year": year} if year in YEARS else {}))
        to_list = st.toggle("Put it on the shortlist", value=True, key="own_listed")
        icon = ":material/movie:"
        if st.form_submit_button("Add the movie", type="primary", icon=icon):
            change(_add, facts, to_list)
            st.rerun()
    if st.session_state.get(ADDED) in club.own_movies.index:
        _expected(club, st.session_state[ADDED])


def _facts(club: View, key: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the fields of an own movie and return what is in them, as `NewMovie` takes it."""
    title, year, minutes = st.columns([3, 1, 1])
    years, genres = (YEARS[0], YEARS[-1]), known.get("genres", ())
    about = "What it is about, where, when, in what mood. They are all that we know of it."
    return {
        "title": title.text_input(
            "Title", known.get("title", ""), key=f"{key}_title", max_chars=200
        ),
        "year": year.number_input("Year", *years, known.get("year"), step=1, key=f"{key}_year"),
        "runtime": minutes.number_input(
            "Minutes", 1, LONGEST_RUNTIME, known.get("runtime"), step=1, key=f"{key}_minutes"
        ),
        "genres": st.multiselect(
            "Genres",
            sorted({*club.catalogue.vocabulary[0], *genres}),
            genres,
            key=f"{key}_genres",
            placeholder="Drama …",
            select_all=False,
        ),
        "keywords": keyword_box(
            club,
            "Keywords",
            f"{key}_keywords",
            known.get("keywords", ()),
            accept_new_options=True,
            help=about,
        ),
    }


def _add(facts: dict[str, Any], to_list: bool) -> None:
    movies = state.store().movies
    movie = movies.add(**facts)
    if to_list:
        movies.add_to_shortlist(movie)
    st.session_state[ADDED] = movie
    for name in ("title", "year"):
        st.query_params.pop(name, None)
    notify(f"{plain(film(facts['title'], facts['year']))} is in.")


def _expected(club: View, movie: int) -> None:
    """Draw everyone's predicted stars for the movie that was added last."""
    reactions = state.reactions(club, (movie,), tuple(club.names)) if club.names else None
    if movie in planning.still_secret(club):
        reactions = None
    stars = reactions.mean[:, 0].tolist() if reactions else []
    people = [(member, mean, False) for member, mean in zip(club.names, stars, strict=False)]
    tiles(club, [Tile(movie, tuple(people))], "own_expected", "S")


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
        known = club.own_movies.loc[movie].to_dict()
        known |= {"year": club.year(movie), "runtime": club.runtime(movie)}
        with st.form(f"correct_{movie}_form", border=False):
            facts = _facts(club, f"correct_{movie}", known)
            if st.form_submit_button("Save", type="primary"):
                edit = state.store().movies.edit
                change(lambda: edit(movie, NewMovie(**facts)), done="Saved.")
                st.rerun()
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
        with st.popover("Delete it", icon=":material/delete:", key="delete_movie"):
            _delete(club, movie)


def _delete(club: View, movie: int) -> None:
    rated = int((club.ratings[MOVIE] == movie).sum())
    with_it = f", with {counted(rated, 'rating')}" if rated else ""
    st.markdown(plain(f"{club.title(movie)} goes for good{with_it}."))
    if st.button("Delete it", type="primary", key="delete_sure"):
        done = f"{plain(club.title(movie))} is deleted."
        if change(state.store().movies.delete, movie, done=done):
            st.switch_page("pages/club.py", query_params={})
        st.rerun()
