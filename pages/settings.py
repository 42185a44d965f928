"""Settings: everything that keeps the club running, one part at a time."""

import streamlit as st

from ui import router, state
from ui.components.basics import header
from ui.components.choices import view_switch
from ui.sections import (
    backups,
    changes,
    evaluation,
    imports,
    laboratory,
    lookup,
    own_movies,
    sharing,
    tmdb,
)
from ui.sections import club as clubs


def show_catalogue(club: state.View) -> None:
    """Draw the catalogue, and what adds to it."""
    imports.overview(club)
    left, right = st.columns(2, gap="medium")
    with left:
        own_movies.add_by_hand(club)
    with right:
        lookup.section(club)
        tmdb.section(club)
        imports.section(club)


def show_copies(club: state.View) -> None:
    """Draw the backups, and the club's data as files for other programs."""
    backups.section(club)
    backups.exports(club)


PARTS = {
    "Sharing": sharing.section,
    "Catalogue": show_catalogue,
    "How we know": evaluation.section,
    "Laboratory": laboratory.section,
    "Backups": show_copies,
    "Changes": changes.section,
    "About": clubs.about,
}

club = router.require()
header("Settings")
PARTS[view_switch("What to set", list(PARTS), "set")](club)
