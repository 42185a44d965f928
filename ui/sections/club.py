"""The Club page: members, shortlist, and the club itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from club.demo import load_demo
from recommender.bundled import DATA, demo_club
from recommender.columns import MEMBER
from ui import access, state
from ui.components.basics import change, change_button, row
from ui.components.entry import name_entry
from ui.components.people import faces_rows, person_picker
from ui.components.search import movie_search
from ui.components.tile import Tile, shortlist_movie, shortlist_or_not, tiles
from ui.sections import guests, own_movies
from ui.state import View
from ui.text import counted, plain
from ui.tmdb import CREDIT

DEMO = "A demo club: real people's ratings, invented names."
CANDIDATE = "candidate"  # the key of the search


def demo_banner(club: View) -> None:
    """Say in one line that this is the demo, with the way out of it."""
    if not club.club.is_demo:
        return
    with row("demo"):
        st.caption(":material/science: A demo club", width="content")
        if access.is_host() and st.button("Start our own club", type="tertiary", key="own"):
            st.switch_page("pages/start.py", query_params={})


def _back_to_demo(club: View) -> None:
    st.markdown(
        f"Your club goes for good, with {counted(len(club.names), 'member')} and "
        f"{counted(len(club.ratings), 'rating')}; the demo takes its place."
    )
    sure = st.checkbox("Yes, delete our club", key="sure")
    if st.button("Load the demo", type="primary", disabled=not sure, key="load_demo"):
        data = state.store(), state.base_dataset(), demo_club()
        load = access.host_only(load_demo)
        change(load, *data, replace=True, done="The demo club is back.")
        st.switch_page("pages/tonight.py", query_params={})


def people(club: View) -> None:
    """Draw members, guests and the shortlist."""
    left, right = st.columns(2, gap="medium")
    with left:
        members(club)
        guests.listed(club)
    with right:
        shortlist(club)
        own_movies.listed(club)


def members(club: View) -> None:
    """Draw who is in the club, with everything that can be done about it."""
    st.header(f"Members ({len(club.names)})", anchor=False)
    counts = club.ratings[MEMBER].value_counts()
    rows = [
        ([member], f"{name} · {counted(int(counts.get(member, 0)), 'rating')}")
        for member, name in club.names.items()
    ]
    faces_rows(club, rows, "members")
    mine = [member for member in club.names if access.may_enter(club, member)]
    look: Any = {"icon": ":material/edit:", "type": "tertiary", "key": "change_member"}
    if mine:
        with st.popover("Change a member", on_change="rerun", **look) as popover:
            if popover.open:
                _change_member(club, mine)

    def add(name: str) -> None:
        change(state.store().members.add, name, done=f"Welcome, {plain(name)}!")

    name_entry("Add a member", "Add somebody", "Add", "new_name", add, first=False)
    _who_left(club)


def _change_member(club: View, people: Sequence[int]) -> None:
    """Draw what can be changed about the one of `people` whose face is tapped."""
    member = person_picker(club, "Who?", people, "to_change")
    if member is None:
        return
    key, name = f"rename_{member}", club.names[member]

    def rename() -> None:
        new, called = st.session_state[key], state.store().members.rename
        change(called, member, new, done=f"Now called {plain(new)}.", whose=[member])

    st.text_input("Name", value=name, key=key, max_chars=60)
    with st.container(horizontal=True):
        st.button("Rename", key=f"{key}_save", on_click=rename, type="primary")
        leave = state.store().members.remove
        done = f"{plain(name)} has left. The ratings stay."
        look = {"key": f"leave_{member}", "icon": ":material/logout:"}
        change_button("Leave the club", leave, member, done=done, whose=[member], **look)


def _who_left(club: View) -> None:
    everyone = state.store().members.all(include_left=True)
    left = everyone.loc[[member for member in everyone.index if member not in club.names], "name"]
    if left.empty:
        return
    with st.expander(f"Left the club ({len(left)})", icon=":material/history:"):
        for member, name in left.items():
            done = f"{plain(name)} is back."
            label, restore = f"Bring {plain(name)} back", state.store().members.restore
            key = f"back_{member}"
            change_button(label, restore, member, done=done, key=key, type="tertiary")


def shortlist(club: View) -> None:
    """Draw tonight's candidates, and the search that adds to them."""
    st.header(f"Shortlist ({len(club.shortlist)})", anchor=False)
    shown = [Tile(movie, action="Take off") for movie in club.shortlist]
    tiles(club, shown, "shortlist", "S", on_action=partial(shortlist_or_not, club))

    def listed(movie: int) -> str:
        return "on the shortlist" if movie in club.shortlist else ""

    add = partial(shortlist_movie, club)
    movie_search(club, CANDIDATE, "Put a movie on the shortlist", add, listed)


def rename_club(club: View) -> None:
    """Draw the field for another name of the club."""

    def rename() -> None:
        name = st.session_state["club_called"]
        change(state.store().rename, name, done=f"The club is called {plain(name)} now.")

    with st.popover("Rename the club", icon=":material/edit:", type="tertiary"):
        st.text_input("Name of the club", club.club.name, key="club_called", max_chars=60)
        st.button("Rename", key="rename_club", on_click=rename, type="primary")


def about(club: View) -> None:
    """Draw what the club is, where the data come from, and the way to the demo and out of it."""
    if club.club.is_demo:
        st.markdown(DEMO)
        demo_banner(club)
    else:
        st.markdown(f"This is **{plain(club.club.name)}**.")
        if not access.is_host():
            st.caption("Only a host can delete the club.")
        else:
            with st.popover("Go back to the demo", icon=":material/science:", key="to_demo"):
                _back_to_demo(club)
    with st.expander("Whose ratings the app learned from", icon=":material/license:"):
        _, text = (DATA / "README.md").read_text("utf-8").split("\n", 1)  # without its title
        st.markdown(text)
    st.caption(CREDIT)
