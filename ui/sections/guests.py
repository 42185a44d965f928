"""Guests: who comes along, and the little that is known of their taste."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from ui import live, state
from ui.components.basics import change, change_button, row
from ui.components.choices import keyword_box
from ui.components.tile import called_apart
from ui.state import View
from ui.text import half_stars, plain

FAMOUS = 2000  # movies to choose from: what a guest names is rarely more obscure
LOVES, HATES = 3, 2
LOVED, HATED = 5.0, 1.0  # stars that stand for them


def dialog(club: View, attend: Callable[[int], None]) -> None:
    """Open the dialog that brings a guest; `attend` gets the guest's number."""

    def bring(name: str, **taste: list) -> None:
        attend(state.store().members.add_guest(name, **taste))

    live.dialog("Who comes along?", _form, club, None, bring, icon=":material/person_add:")


def _edit(club: View, guest: int) -> None:
    """Open the dialog that corrects what is known of a guest."""

    def save(_: str, **taste: list) -> None:
        state.store().members.edit_guest(guest, **taste)

    live.dialog(f"What {plain(club.name(guest))} likes", _form, club, guest, save)


def _form(club: View, guest: int | None, save: Callable[..., None]) -> None:
    name = "" if guest is None else club.name(guest)
    likes, dislikes = ((), ()) if guest is None else club.guest_words.loc[guest]
    stars = {movie: given for (one, movie), given in club.stars.items() if one == guest}
    if guest is None:
        st.caption("A few movies or words are enough for a guess.")
        name = st.text_input("Name", key="guest_name", max_chars=60)
    famous = state.base_dataset().rating_counts.nlargest(FAMOUS).index
    movies = list(dict.fromkeys(map(int, [*club.own_movies.index, *stars, *famous])))
    fives = [movie for movie, given in stars.items() if given == LOVED]
    ones = [movie for movie, given in stars.items() if given == HATED]
    loves = _movies(club, movies, "Movies they love", LOVES, fives)
    left = [movie for movie in movies if movie not in loves]
    hates = _movies(club, left, "Movies they hate", HATES, ones)
    with st.expander("Or a few keywords", icon=":material/sell:", expanded=bool(likes or dislikes)):
        new = {"accept_new_options": True}
        liked = keyword_box(club, "They like", "guest_likes", likes, **new)
        disliked = keyword_box(club, "They dislike", "guest_dislikes", dislikes, **new)
    label = "Add them" if guest is None else "Save"
    if st.button(label, type="primary", key="guest_save"):
        taste = {"loves": loves, "hates": hates, "likes": liked, "dislikes": disliked}
        done = f"Welcome, {plain(name)}!" if guest is None else "Saved."
        change(partial(save, name, **taste), done=done)
        st.rerun()


def _movies(club: View, movies: list[int], label: str, most: int, known: list[int]) -> list[int]:
    known = [movie for movie in known if movie in movies]
    return st.multiselect(
        label,
        movies,
        known,
        format_func=called_apart(club, movies).__getitem__,
        max_selections=max(most, len(known)),
        placeholder=f"Up to {most}",
        key=f"guest_{label}",
        select_all=False,
    )


def listed(club: View) -> None:
    """Draw the club's guests, with what can be done about them."""
    if club.guests:
        st.header("Guests", anchor=False)
    members = state.store().members
    for guest, raw in club.guests.items():
        loved = [
            f"{club.title(movie)} ({half_stars(given)})"
            for (member, movie), given in club.stars.items()
            if member == guest
        ]
        likes, dislikes = club.guest_words.loc[guest]
        known = [*loved, *likes, *(f"not {word}" for word in dislikes)] or ["nothing known yet"]
        name = plain(raw)
        with row(f"guest_{guest}"):
            st.markdown(f"**{name}**  \n:gray[:small[{plain(', '.join(known))}]]", width="stretch")
            look: Any = {"type": "tertiary", "icon": ":material/edit:"}
            if st.button("", key=f"guest_taste_{guest}", help=f"What {name} likes", **look):
                _edit(club, guest)
            change_button(
                "Make a member",
                members.promote_guest,
                guest,
                done=f"{name} is a member now.",
                key=f"promote_{guest}",
                type="tertiary",
                icon=":material/how_to_reg:",
            )
            change_button(
                "",
                members.remove,
                guest,
                done=f"{name} is no longer a guest.",
                key=f"bye_{guest}",
                type="tertiary",
                icon=":material/close:",
                help=f"Remove {name}",
            )
