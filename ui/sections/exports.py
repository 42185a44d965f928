"""The club's data as files that other programs can read."""

from __future__ import annotations

from functools import partial

import streamlit as st

from club.export import everything, for_letterboxd, ratings_csv
from ui import state
from ui.components.basics import download_button
from ui.state import View

LETTERBOXD = "https://letterboxd.com/import/"


def panel(club: View) -> None:
    """Draw the buttons that download ratings, everything, and one member's movies."""
    st.header("For other programs", anchor=False)
    st.caption(
        "Votes and stars that are still hidden stay out. *Import ratings* reads these files again; "
        "what brings back a whole club is a backup."
    )
    with st.container(horizontal=True):
        rated = partial(ratings_csv, state.store(), club.movies)
        icon = ":material/star_half:"
        download_button("All ratings (CSV)", rated, "ratings.csv", "export_ratings", icon=icon)
        download_button(
            "Everything (ZIP)",
            partial(everything, state.store(), club.movies),
            "movie-club.zip",
            "export_all",
            icon=":material/folder_zip:",
            help="All that the club knows, as CSV files",
        )
    if not club.names:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        member = st.selectbox(
            "For Letterboxd",
            list(club.names),
            index=None,
            format_func=club.names.__getitem__,
            placeholder="Whose movies?",
            key="letterboxd_of",
            width=240,
        )
        if member is None:
            return
        rows = partial(for_letterboxd, state.store(), club.movies, member)
        key, icon = f"export_letterboxd_{member}", ":material/download:"
        download_button("Download (CSV)", rows, "letterboxd.csv", key, icon=icon)
    st.caption(f"[Letterboxd]({LETTERBOXD}) reads it.")
