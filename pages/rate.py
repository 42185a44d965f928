"""Rate: tap stars for what you have seen, one person after the other."""

import streamlit as st

from ui import access, router
from ui.components.basics import EndOfPage, header, no_members
from ui.sections import rate
from ui.text import plain

club = router.require()
if not club.names:
    header("Rate")
    no_members("Nobody is in the club yet.")
    raise EndOfPage

movie, person = rate.chosen_movie(club), rate.choose_person(club)
if movie is not None:
    header(f"Who has seen {plain(club.title(movie))}?")
    rate.board(club, movie)
elif person is None:
    header("What have you seen?")
    if not access.is_name_asked(club):
        access.choose_name(club, "who_rates")
else:
    header(
        f"What have you seen, {plain(club.names[person])}?",
        f"Tap the stars. {rate.ENOUGH} movies are a good start.",
    )
    rate.take_turns(club, person)
    rate.watchlist(club, person)
    rate.wall(club, person)
st.page_link("pages/bring.py", label="Import ratings", icon=":material/upload_file:")
