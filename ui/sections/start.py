"""The first minutes of a club: its name, who is in it, what they have seen, a shortlist."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import streamlit as st

from recommender.columns import MEMBER
from recommender.suggest import suggest
from ui import access, state
from ui.components.basics import change, header, no_predictions, row
from ui.components.entry import name_entry
from ui.components.people import faces_rows
from ui.components.search import movie_search
from ui.components.tile import Tile, shortlist_movie, shortlist_or_not, tiles
from ui.sections import rate
from ui.state import View
from ui.text import counted, listed, plain

SUGGESTED = "suggested"  # in the session: the movies that the last step offers
OFFERED, WANTED = 12, 4
FEW = 30  # ratings of a person from which on a prediction is no first guess any more


def _go(step: str) -> None:
    st.query_params["step"] = step
    st.session_state.pop(SUGGESTED, None)


def club_name() -> None:
    """Draw the field for the name of a new club, which takes the demo's place."""
    header("What is your club called?")
    if not access.is_host():
        st.markdown("Only a host can start a new club.")
        return
    st.caption("The demo makes room: its members, ratings and nights go.")

    def begin(name: str) -> None:
        change(access.host_only(state.store().start_own_club), name)

    name_entry("Name of the club", "Friday film club", "Start", "club_name", begin)


def names(club: View) -> None:
    """Draw who is in the new club, and the field for the next name."""
    header(
        f"Who is in {plain(club.club.name)}?",
        "Everyone who comes to movie night, you too. Enter adds a name.",
    )

    def add(name: str) -> None:
        change(state.store().members.add, name)

    name_entry("Name of a member", "First name", "Add", "member_name", add)
    faces_rows(club, [([member], name) for member, name in club.names.items()], "in_the_club")
    st.button(
        "Next: what have you seen?",
        type="primary",
        key="next",
        on_click=_go,
        args=("rate",),
        disabled=not club.names,
    )


def rate_in_turn(club: View) -> None:
    """Draw the wall of whose turn it is, and the way to the next one."""
    person = rate.choose_person(club)
    if person is None:
        names(club)
        return
    header(
        f"What have you seen, {plain(club.names[person])}?",
        f"Tap the stars of {rate.ENOUGH} movies that you know.",
    )
    rate.take_turns(club, person)
    rated = rate.ratings_of(club)
    waiting = [m for m in club.names if m != person and rated[m] < rate.ENOUGH]
    label = f"Next: {plain(club.names[waiting[0]])}" if waiting else "Next: a shortlist"

    def go_on() -> None:
        if waiting:
            st.session_state[rate.PERSON] = waiting[0]
        else:
            _go("shortlist")

    ready = rated[person] >= rate.ENOUGH
    look: dict[str, Any] = {"type": "primary" if ready else "secondary", "on_click": go_on}
    st.button(label, key="next", **look)
    rate.wall(club, person)
    st.button(label, key="next_below", **look)


def shortlist(club: View) -> None:
    """Draw movies to put on the shortlist, and the way to the first answer."""
    header("What might you watch?", f"Choose {WANTED} or so for your shortlist.")
    kind: Literal["primary", "secondary"] = "primary" if club.shortlist else "secondary"
    if st.button("Tonight's answer", type=kind, key="next", disabled=not club.shortlist):
        st.switch_page("pages/tonight.py", query_params={})
    offered = _suggested(club)
    if offered is None:
        no_predictions(240)
    else:
        shown = [
            Tile(movie, action="✓ Listed" if movie in club.shortlist else "Shortlist")
            for movie in offered
        ]
        tiles(club, shown, "offered", "M", on_action=partial(shortlist_or_not, club))
    movie_search(club, "wanted", "Something else?", partial(shortlist_movie, club))


def _suggested(club: View) -> list[int] | None:
    """Return what Explore finds for all, the same as long as the step lasts; None: no model."""
    if SUGGESTED not in st.session_state:
        rated = {movie for _, movie in club.stars}
        left = tuple(movie for movie in club.movies.index.tolist() if movie not in rated)
        model, reactions = state.model(club), state.reactions(club, left, tuple(club.names))
        if model is None or reactions is None:
            return None
        found = suggest(model, reactions, limit=OFFERED)
        st.session_state[SUGGESTED] = [int(movie) for movie in found["movie_id"]]
    return [movie for movie in st.session_state[SUGGESTED] if movie in club.movies.index]


def is_new(club: View) -> bool:
    """Return whether a club of our own has something to do before it gets an answer."""
    return not club.club.is_demo and not (club.names and len(club.ratings) and club.shortlist)


def steps(club: View) -> None:
    """Draw what is to be done before the first answer, with ticks at what is done."""
    rated = rate.ratings_of(club)
    ready = bool(rated) and min(rated.values()) >= rate.ENOUGH
    told = listed(f"{plain(club.names[m])} {n} of {rate.ENOUGH}" for m, n in rated.items())
    parts = [
        ("names", "Who is in the club", counted(len(rated), "member"), bool(rated)),
        ("rate", "What you have seen", "everyone is ready" if ready else told, ready),
        ("shortlist", "What you might watch", counted(len(club.shortlist), "movie"),
         bool(club.shortlist)),
    ]  # fmt: skip
    with st.container(border=True, key="first_steps"):
        st.markdown("Three steps to your first answer")
        for step, title, so_far, done in parts:
            icon = ":material/check_circle:" if done else ":material/radio_button_unchecked:"
            with row(f"step_{step}"):
                query = {"step": step}
                st.page_link("pages/start.py", label=title, icon=icon, query_params=query)
                st.caption(so_far)
        step = next((step for step, _, _, done in parts if not done), "shortlist")
        if st.button("Go on", type="primary", key="go_on"):
            st.switch_page("pages/start.py", query_params={"step": step})


def first_guess(club: View) -> None:
    """Say how little a new club's answer rests on, as long as it is little."""
    rated = club.ratings[MEMBER].value_counts()
    few = [member for member in club.names if rated.get(member, 0) < FEW]
    if not club.club.is_demo and few:
        st.caption(
            f":material/info: A first guess, from {counted(len(club.ratings), 'rating')}. "
            "Every movie that you rate makes it surer."
        )
