"""Guests: who comes along, and the little that is known of their taste."""

from __future__ import annotations

import streamlit as st

from club.nights import Night
from ui import state
from ui.components.basics import change, change_button, errors_shown, row
from ui.components.tile import called_apart
from ui.state import View
from ui.text import plain

FAMOUS = 2000  # movies to choose from: what a guest names is rarely more obscure
LOVES, HATES = 3, 2


def dialog(club: View, night: Night) -> None:
    """Open the dialog that brings a guest to a night."""
    st.dialog("Who comes along?", icon=":material/person_add:", on_dismiss="rerun")(_bring)(
        club, night
    )


@errors_shown()
def _bring(club: View, night: Night) -> None:
    st.caption("Some movies, or a few words, are enough to predict what a guest will like.")
    name = st.text_input("Name", key="guest_name", max_chars=60)
    movies = state.base_dataset().rating_counts.nlargest(FAMOUS).index.tolist()
    loves = _movies(club, movies, "Movies they love", LOVES, "guest_loves")
    hates = _movies(
        club, [m for m in movies if m not in loves], "Movies they hate", HATES, "guest_hates"
    )
    with st.expander("Or a few keywords", icon=":material/sell:"):
        words = club.catalogue.vocabulary[1]
        likes = _keywords(words, "They like", "guest_likes")
        dislikes = _keywords(words, "They dislike", "guest_dislikes")
    if st.button("Bring them", type="primary", disabled=not name.strip(), key="guest_save"):

        def bring() -> None:
            store = state.store()
            guest = store.members.add_guest(
                name, loves=loves, hates=hates, likes=likes, dislikes=dislikes
            )
            # Others may have come while this dialog was open.
            present = state.store().nights.get(night.night_id).present
            state.store().nights.attend(night.night_id, [*present, guest])

        change(bring, done=f"Welcome, {plain(name)}!")
        st.rerun()


def _movies(club: View, movies: list[int], label: str, most: int, key: str) -> list[int]:
    return st.multiselect(
        label,
        movies,
        format_func=called_apart(club, movies).__getitem__,
        max_selections=most,
        key=key,
        placeholder=f"up to {most}",
    )


def _keywords(words: list[str], label: str, key: str) -> list[str]:
    return st.multiselect(
        label, words, key=key, accept_new_options=True, placeholder="heist, paris, time travel …"
    )


def listed(club: View) -> None:
    """Draw the club's guests, with what can be done about them."""
    if club.guests:
        st.markdown("##### Guests")
    members = state.store().members
    for guest, raw in club.guests.items():
        loved = [
            f"{club.title(movie)} ({given:g})"
            for (member, movie), given in club.stars.items()
            if member == guest
        ]
        likes, dislikes = club.guest_words.loc[guest]
        known = [*loved, *likes, *(f"not {word}" for word in dislikes)] or ["nothing known"]
        name = plain(raw)
        with row(f"guest_{guest}"):
            st.markdown(f"**{name}**  \n:gray[:small[{plain(', '.join(known))}]]", width="stretch")
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
                done=f"{name} is off the guests; past nights keep them.",
                key=f"bye_{guest}",
                type="tertiary",
                icon=":material/close:",
                help=f"Take {name} off the guests",
            )
