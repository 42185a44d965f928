"""The Club page's way out: the club's data as files that other programs can read."""

from __future__ import annotations

from functools import partial

import streamlit as st

from club.export import everything, for_letterboxd, packed, ratings_csv
from ui import state
from ui.state import View
from ui.text import counted, plain

WHO = "letterboxd_of"  # the key of the choice
LETTERBOXD = "https://letterboxd.com/import/"


def panel(club: View) -> None:
    """Draw the buttons that download ratings, everything, and one member's movies."""
    st.subheader("Take your data with you", anchor=False)
    st.caption(
        "What is sealed stays out: votes and stars of nights that are not over. Here or in another "
        "club, *Bring ratings* reads the ratings again; the whole club comes back from a backup."
    )
    with st.container(horizontal=True):
        st.download_button(
            "All ratings (CSV)",
            partial(ratings_csv, state.store(), club.movies),
            file_name="ratings.csv",
            mime="text/csv",
            key="export_ratings",
            icon=":material/star_half:",
            on_click="ignore",
        )
        st.download_button(
            "Everything (ZIP)",
            partial(everything, state.store(), club.movies),
            file_name="movie-club.zip",
            mime="application/zip",
            key="export_all",
            icon=":material/folder_zip:",
            help="Members, guests, ratings and their history, nights, votes, predictions, "
            "shortlist and own movies, as CSV files",
            on_click="ignore",
        )
    if club.names:
        _letterboxd(club)


def _letterboxd(club: View) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        member = st.selectbox(
            "For Letterboxd",
            list(club.names),
            index=None,
            format_func=lambda one: plain(club.names[one]),
            placeholder="Whose movies?",
            key=WHO,
            width=240,
        )
        if member is None:
            return
        # Already here: how many files there are says what the download is called.
        parts = for_letterboxd(state.store(), club.movies, member)
        is_one = len(parts) == 1
        st.download_button(
            "Download (CSV)" if is_one else "Download (ZIP)",
            partial(_packed, parts),
            file_name="letterboxd.csv" if is_one else "letterboxd.zip",
            mime="text/csv" if is_one else "application/zip",
            key=f"export_letterboxd_{member}",
            icon=":material/download:",
            on_click="ignore",
        )
    files = "" if is_one else f" It takes {counted(len(parts), 'file')}, one after the other."
    st.caption(f"[Letterboxd]({LETTERBOXD}) reads it: Settings, Data, Import your data.{files}")


def _packed(parts: dict[str, bytes]) -> bytes:
    return packed(parts) if len(parts) > 1 else parts["letterboxd.csv"]
